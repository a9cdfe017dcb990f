"""Structured logs: one JSON object a line on standard error, about events and never about what people said.

Our own events name what happened, with ids; bot tokens and phone numbers are cut out of them all the same.
Of others' records only what stands in their source is written, as their arguments may be anything: requests,
rows, answers. Of an exception its kind and place are written: its message may quote what it choked on.

The cutting sits on the handler and not on a logger, because a logger's filter does not see what its
children log; libraries log through their own children.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import TextIO

_OURS = "spm_bot"
_OPEN = (_OURS, "alembic.runtime.migration")
"""Loggers that may speak below a warning, with their arguments: we know what they say."""

_SECRETS = re.compile(
    r"""
    (?P<token> [0-9]+ (?: : | %3A ) [A-Za-z0-9_-]{30,} )
  | (?P<kept>  \btg:[0-9]+:[0-9]+\b                          # our own key of an update
            |  \b[0-9]{4}-[0-9]{2}-[0-9]{2} (?: [T ][0-9:.]+ (?: Z | [+-][0-9:]+ )? )? (?! \w ) )
  | (?P<phone> \+ \d [\d\ ().-]{6,} \d
            |  (?<! [\w.-] ) \(? \d [\d\ ()-]{7,} \d (?! \w ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_NUMBER = 99_999_999


def redacted(text: str) -> str:
    """`text` with bot tokens and what looks like a phone number replaced."""
    return _SECRETS.sub(_cut, text)


def _cut(match: re.Match[str]) -> str:
    match match.lastgroup:
        case "token":
            return "[token]"
        case "phone":
            return "[number]"
        case _:
            return match[0]


def _clean(value: object) -> object:
    """`value` as JSON can carry it, without secrets. A long whole number may be a phone or a chat."""
    match value:
        case None | bool() | float():
            return value
        case int():
            return "[number]" if abs(value) > _LONGEST_NUMBER else value
        case Mapping():
            return {redacted(str(key)): _clean(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_clean(item) for item in value]
        case _:
            return redacted(str(value))


def _is_open(logger: str) -> bool:
    return any(logger == name or logger.startswith(f"{name}.") for name in _OPEN)


def _said(record: logging.LogRecord) -> str:
    if _is_open(record.name):
        return record.getMessage()
    # asyncio puts a task with its exception, text and all, behind the first line.
    return record.msg.partition("\n")[0] if isinstance(record.msg, str) else type(record.msg).__name__


def _place(error: BaseException | None) -> str:
    """Where an exception and those before it were raised, and their kinds, the last one last."""
    told: list[str] = []
    while error is not None:
        told.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return "\n".join(reversed(told))


class Redaction(logging.Filter):
    """Rewrites a record before its handler writes it: message, fields, traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING and not _is_open(record.name):
            return False
        record.msg, record.args = redacted(_said(record)), None
        record.fields = _clean(getattr(record, "fields", {}))
        # Formatters print the cached text when there is one, so the raw traceback is never written.
        if record.exc_info:
            record.exc_text = _place(record.exc_info[1])
        if record.exc_text:
            record.exc_text = redacted(record.exc_text)
        if record.stack_info:
            record.stack_info = redacted(record.stack_info)
        return True


class JsonLines(logging.Formatter):
    """One record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "fields": getattr(record, "fields", {}),
        }
        if record.exc_text:
            line["exception"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False)


def configure(level: str = "INFO", *, stream: TextIO | None = None) -> None:
    """Send our events from `level` up, and others' warnings, to `stream` (standard error) as JSON lines.

    An exception nobody catches is written the same way. Raises ValueError for a level there is not.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(Redaction())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    sys.excepthook = _uncaught


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    logging.getLogger(_OURS).critical("uncaught", exc_info=error)


def event(logger: logging.Logger, name: str, /, *, severity: int = logging.INFO, **fields: object) -> None:
    """Log that `name` happened, with `fields` that a machine can read."""
    logger.log(severity, name, extra={"fields": fields})
