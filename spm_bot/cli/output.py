"""What a command prints: data to standard output, messages to standard error."""

from __future__ import annotations

import getpass
import json
import sys
from collections.abc import Sequence


class Failure(Exception):
    """The command could not do what it was asked; the message is one clear line."""


def complain(message: str) -> None:
    """Says on standard error why it did not work."""
    for line in message.splitlines():
        sys.stderr.write(f"spm-bot: {line}\n")


def tell(message: str) -> None:
    """Says something to the person at the terminal, beside the data."""
    sys.stderr.write(f"{message}\n")


def show(data: object) -> None:
    """Prints data as JSON."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, sort_keys=True) + "\n")


def show_line(text: str) -> None:
    """Prints one line of data."""
    sys.stdout.write(f"{text}\n")


def show_rows(rows: Sequence[dict[str, object]], *, as_json: bool) -> None:
    """Prints rows as JSON, or as aligned columns under their names."""
    if as_json:
        show(list(rows))
        return
    if not rows:
        return
    names = list(rows[0])
    table = [names, *([_cell(row[name]) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in table) for place in range(len(names))]
    for line in table:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def account() -> str:
    """Who sits at this terminal, for the audit log."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):
        return "cli:unknown"


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)
