"""What the words of the command line are put together from."""

from __future__ import annotations

import argparse
from argparse import ArgumentParser

Commands = argparse._SubParsersAction

MOST_ID = 2**63 - 1
"""The largest number a database can look for."""


def add(commands: Commands[ArgumentParser], name: str, command: str, help_: str) -> ArgumentParser:
    added = commands.add_parser(name, help=help_, description=help_)
    added.set_defaults(command=command)
    return added


def group(commands: Commands[ArgumentParser], name: str, help_: str) -> Commands[ArgumentParser]:
    added = commands.add_parser(name, help=help_, description=help_)
    return added.add_subparsers(metavar="ACTION", required=True)


def json_flag(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print the data as JSON")


def number(least: int, *, most: int):  # type: ignore[no-untyped-def]  # argparse names it in its errors
    def number(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be {least} or more")
        if value > most:
            raise argparse.ArgumentTypeError(f"must be {most} or less")
        return value

    return number
