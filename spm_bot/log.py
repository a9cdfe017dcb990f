"""Structured logs: one JSON object a line on standard error, with secrets and phone numbers cut out.

The cutting sits on the handler and not on a logger, because a logger's filter does not see what its
children log; libraries log through their own children.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TextIO

# These repeat every request or tick, or tell of every plug-in that migrations load; the first two print
# addresses that hold the bot token.
_CHATTY = ("httpx", "httpcore", "aiohttp.access", "apscheduler", "alembic.runtime.plugins")

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


class Redaction(logging.Filter):
    """Rewrites a record before its handler writes it: message, fields, traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), None
        record.fields = _clean(getattr(record, "fields", {}))
        # Formatters print the cached text when there is one, so the raw traceback is never written.
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
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
    """Send everything from `level` up to `stream` (standard error) as JSON lines, nowhere else.

    Raises ValueError for a level there is not.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    handler.addFilter(Redaction())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def event(logger: logging.Logger, name: str, /, *, severity: int = logging.INFO, **fields: object) -> None:
    """Log that `name` happened, with `fields` that a machine can read."""
    logger.log(severity, name, extra={"fields": fields})
