from __future__ import annotations

import asyncio
import gc
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from io import StringIO
from typing import Any

import pytest

from spm_bot.log import configure, event, redacted

TOKEN = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
log = logging.getLogger("spm_bot.tests")


@pytest.fixture
def written() -> Iterator[StringIO]:
    """Where the log goes during a test; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    hook = sys.excepthook
    root.handlers.clear()
    stream = StringIO()
    configure("info", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_event_is_one_line_of_json(written: StringIO) -> None:
    before = datetime.now(UTC)
    event(log, "delivered", row=17, kind="reply", took=0.25, late=False, message=None)
    (line,) = lines(written)
    at = datetime.fromisoformat(line.pop("time"))
    assert abs((at - before).total_seconds()) < 60
    assert line == {
        "level": "info",
        "logger": "spm_bot.tests",
        "event": "delivered",
        "fields": {"row": 17, "kind": "reply", "took": 0.25, "late": False, "message": None},
    }


def test_event_of_another_severity_and_below_the_level(written: StringIO) -> None:
    event(log, "broken", severity=logging.ERROR)
    event(log, "detail", severity=logging.DEBUG)
    assert [(line["level"], line["event"]) for line in lines(written)] == [("error", "broken")]


def test_exception_is_told_by_its_kind_and_place_alone(written: StringIO) -> None:
    child, said = logging.getLogger("telegram.ext.deep.below"), "".join(["I owe ", "my brother"])
    try:
        try:
            raise OSError(f"cannot reach https://api.telegram.org/bot{TOKEN}/getMe")
        except OSError as error:
            raise RuntimeError(said) from error
    except RuntimeError:
        child.exception("failed with %s", TOKEN, stack_info=True)
    assert [secret for secret in (TOKEN, said) if secret in written.getvalue()] == []
    (line,) = lines(written)
    assert line["event"] == "failed with %s"
    told = line["exception"].splitlines()
    assert [each for each in told if not each.startswith(" ")] == ["OSError", "RuntimeError"]
    assert all("test_log.py" in each for each in told if each.startswith("  File"))
    assert "test_log.py" in line["stack"]


@pytest.mark.parametrize(
    ("said", "arguments", "event_"),
    [
        ("Request to %s with %r", ("getMe", {"text": "I owe my brother"}), "Request to %s with %r"),
        ("Task exception was never retrieved\nfuture: <Task ValueError('I owe')>", (), None),
        (ValueError("I owe my brother"), (), "ValueError"),
    ],
)
def test_of_others_only_what_stands_in_their_source_is_written(
    written: StringIO, said: object, arguments: tuple[object, ...], event_: str | None
) -> None:
    logging.getLogger("asyncio").error(said, *arguments)
    assert [line["event"] for line in lines(written)] == [event_ or "Task exception was never retrieved"]


def test_task_that_fails_unheard_does_not_tell_what_it_choked_on(written: StringIO) -> None:
    async def choke() -> None:
        raise ValueError(" ".join(["said:", "I owe"]))

    async def start() -> None:
        lost = asyncio.create_task(choke())
        await asyncio.wait([lost])

    asyncio.run(start())
    gc.collect()
    (line,) = lines(written)
    assert line["event"] == "Task exception was never retrieved"
    assert line["exception"].splitlines()[-1] == "ValueError"
    assert "said: I owe" not in written.getvalue()


def test_exception_that_nobody_catches_is_a_line_of_json(written: StringIO) -> None:
    code = (
        "from spm_bot.log import configure; configure();"
        " raise ValueError('I owe my brother') from OSError('Asha')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    line = json.loads(done.stderr)
    assert (line["level"], line["event"]) == ("critical", "uncaught")
    assert line["exception"].splitlines() == [
        "OSError",
        '  File "<string>", line 1, in <module>',
        "ValueError",
    ]


def test_traceback_kept_by_an_earlier_handler_is_cut_too(written: StringIO) -> None:
    record = log.makeRecord(log.name, logging.ERROR, __file__, 1, "again", (), None)
    record.exc_text = f"Traceback: {TOKEN}"
    log.handle(record)
    assert lines(written)[0]["exception"] == "Traceback: [token]"


def test_fields_are_cut_however_deep_they_lie(written: StringIO) -> None:
    class Colour(StrEnum):
        RED = "red"

    event(
        log,
        "deep",
        phones=["0700 000 001", {"+254700000002": (TOKEN,)}],
        chat=987654321012,
        small=42,
        colour=Colour.RED,
        at=datetime(2026, 11, 24, 7, 30, tzinfo=UTC),
    )
    assert lines(written)[0]["fields"] == {
        "phones": ["[number]", {"[number]": ["[token]"]}],
        "chat": "[number]",
        "small": 42,
        "colour": "red",
        "at": "2026-11-24 07:30:00+00:00",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"bot{TOKEN}", "bot[token]"),
        (TOKEN.replace(":", "%3A"), "[token]"),
        ("call +254-700-000-001 now", "call [number] now"),
        ("phone:0700000001", "phone:[number]"),
        ("(0700) 000 001", "[number]"),
        ("٠٧٠٠٠٠٠٠٠١", "[number]"),
        ("tg:123456789:857694123", "tg:123456789:857694123"),
        ("tg:987654321", "tg:[number]"),
        ("since 2026-11-24 07:30:00 in week 2026-W48", "since 2026-11-24 07:30:00 in week 2026-W48"),
        ("2026-11-24T07:30:00.123456+00:00", "2026-11-24T07:30:00.123456+00:00"),
        ("took 0.123456789012 s of 12345678", "took 0.123456789012 s of 12345678"),
        ("550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000"),
        ("127.0.0.1:8080", "127.0.0.1:8080"),
    ],
)
def test_only_secrets_and_phone_numbers_are_cut(text: str, expected: str) -> None:
    assert redacted(text) == expected


@pytest.mark.parametrize("name", ["aiohttp.access", "apscheduler.scheduler", "sqlalchemy.engine", "telegram"])
def test_libraries_speak_from_warnings_on(written: StringIO, name: str) -> None:
    configure("debug", stream=written)
    logging.getLogger(name).info("GET /")
    logging.getLogger(name).warning("slow")
    assert [line["event"] for line in lines(written)] == ["slow"]


def test_migration_says_what_it_does(written: StringIO) -> None:
    logging.getLogger("alembic.runtime.migration").info("Running %s", "upgrade -> 0001")
    assert [line["event"] for line in lines(written)] == ["Running upgrade -> 0001"]


def test_level_that_does_not_exist_is_refused(written: StringIO) -> None:
    with pytest.raises(ValueError, match="Unknown level: 'LOUD'"):
        configure("loud", stream=written)
