"""The command line: `main` finds the command, runs it, and turns every known failure into one line."""

from __future__ import annotations

import argparse
import asyncio
import inspect
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from spm_bot.cli.output import Failure, complain
from spm_bot.cli.parser import build_parser

# `run` sets up real logs; without this, Python would print bare warnings between a command's own lines.
logging.getLogger("spm_bot").addHandler(logging.NullHandler())


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status: 0 done, 1 could not, 2 not understood."""
    args = build_parser().parse_args(argv)
    _open_streams()
    try:
        return _run(args)
    except Failure as failure:
        complain(str(failure))
    except KeyboardInterrupt:
        complain("stopped")
    except BrokenPipeError:
        # Whoever reads our output has had enough; Python must not try again, and complain, at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        # Failures are known by name, so that a command need not load what it does not use.
        if type(error).__name__ not in _KNOWN:
            raise
        complain(str(error))
    return 1


_KNOWN = frozenset(
    {
        "BadKey",
        "Conflict",
        "Corrupt",
        "InstitutionError",
        "NothingToRun",
        "SettingsError",
        "SheetError",
        "SurveyError",
        "Unavailable",
        "Undecipherable",
        "WrongToken",
    }
)


def _open_streams() -> None:
    """A shell may start us with an output closed; Python then has None in its place.

    Data nobody can get is a failure, as with a pipe whose reader has gone; messages are just not said.
    """
    if sys.stdout is None:
        reading, writing = os.pipe()
        os.close(reading)
        sys.stdout = os.fdopen(writing, "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")


def _run(args: argparse.Namespace) -> int:
    module, name = args.command.split(":")
    command = getattr(import_module(f"spm_bot.cli.{module}"), name)
    result = command(args)
    if inspect.iscoroutine(result):
        result = asyncio.run(result)
    sys.stdout.flush()
    return int(result or 0)
