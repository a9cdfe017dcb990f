"""The words of the command line, and how little it takes to read them."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from spm_bot.cli.parser import build_parser
from tests.cli.conftest import ROOT, Give

HEAVY = ("aiohttp", "matplotlib", "numpy", "pandas", "pydantic", "scipy", "sqlalchemy", "telegram")


def commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """The `module:function` behind every command."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for added in action.choices.values():
                yield from commands(added)
    if (command := parser.get_default("command")) is not None:
        yield command


def test_reading_the_command_line_loads_nothing_heavy() -> None:
    code = f"""
import sys
from spm_bot.cli import main
try:
    main(["--help"])
except SystemExit:
    print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
    assert done.stdout.startswith("usage: spm-bot")


def test_every_command_has_a_function_behind_it() -> None:
    found = [command.split(":") for command in commands(build_parser())]
    assert ["operate", "run"] in found
    assert [
        (module, name)
        for module, name in found
        if not callable(getattr(import_module(f"spm_bot.cli.{module}"), name, None))
    ] == []


def test_entry_point_hands_its_status_to_the_shell(give: Give) -> None:
    entry = [sys.executable, str(ROOT / "bot.py")]
    done = subprocess.run([*entry, "digest", "--week", "last"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        1,
        "",
        "spm-bot: 'last' is not a week: write it as 2026-W47\n",
    )


def test_reader_who_has_had_enough_is_no_error_to_talk_about(give: Give, home: Path) -> None:
    (home / "answers.json").write_text("{}", encoding="utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, str(ROOT / "bot.py"), "surveys", "score", "debt_stress", "answers.json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize(
    ("closed", "arguments", "status"),
    [
        (">&-", "surveys list", 1),
        (">&-", "surveys list --json", 1),
        (">&-", "doctor", 1),
        ("2>&-", "surveys list", 0),
        (">&- 2>&-", "staff list", 0),
    ],
)
def test_closed_output_is_no_error_to_talk_about(
    give: Give, closed: str, arguments: str, status: int
) -> None:
    shell = f"exec {shlex.quote(sys.executable)} {shlex.quote(str(ROOT / 'bot.py'))} {arguments} {closed}"
    done = subprocess.run(["/bin/sh", "-c", shell], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert "Error" not in done.stderr


def test_interrupted_command_says_so(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    class Impatient:
        def readline(self) -> str:
            raise KeyboardInterrupt

    monkeypatch.setattr("sys.stdin", Impatient())
    result = give("surveys", "play", "branch_visit")
    assert (result.status, result.err.splitlines()[-1]) == (1, "spm-bot: stopped")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((), "the following arguments are required: COMMAND"),
        (("dgest",), "invalid choice: 'dgest'"),
        (("staff",), "the following arguments are required: ACTION"),
        (("digest",), "one of the arguments --week --quarter is required"),
        (("staff", "revoke", "two"), "argument ID: invalid number value: 'two'"),
        (("audit", "list", "--limit", "0"), "argument --limit: must be 1 or more"),
        (("audit", "list", "--limit", "all"), "argument --limit: invalid number value: 'all'"),
        (("demo", "--clients", "5"), "argument --clients: must be 120 or more"),
        (("demo", "--weeks", "9999"), "argument --weeks: must be 520 or less"),
        (("staff", "revoke", "9" * 20), f"argument ID: must be {2**63 - 1} or less"),
    ],
)
def test_words_that_are_no_command_are_refused(
    give: Give, arguments: tuple[str, ...], complaint: str
) -> None:
    result = give(*arguments)
    assert (result.status, result.out) == (2, "")
    assert complaint in result.err.splitlines()[-1]
