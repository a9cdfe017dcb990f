"""The words of the commands about rounds."""

from __future__ import annotations

import argparse
import re
from argparse import ArgumentParser
from collections.abc import Callable

from spm_bot.cli.arguments import MOST_ID, Commands, add, json_flag, number

_MODULE = "round_commands"
_KNOWN = "a round of `rounds list`"


def add_rounds(actions: Commands[ArgumentParser]) -> None:
    """`rounds list`, `rounds launch` and the others."""
    json_flag(
        add(actions, "list", f"{_MODULE}:list_rounds", "rounds with how they stand and when they come next")
    )
    _launch(actions)
    for name, help_ in (
        ("pause", "hold a round: nothing of it is sent"),
        ("resume", "let a paused round go on, or a standing one that was stopped"),
        ("stop", "end a round: what has not left is taken back"),
        ("approve", "say yes to a round that waits"),
        ("refuse", "say no to a round that waits"),
    ):
        move = add(actions, name, f"{_MODULE}:{name}", help_)
        move.add_argument("code", metavar="CODE", help=_KNOWN)
        move.add_argument("--reason", required=True, metavar="R", help="for the audit log, without names")
        json_flag(move)
    _figures(actions)


def _launch(actions: Commands[ArgumentParser]) -> None:
    launch = add(
        actions, "launch", f"{_MODULE}:launch_round", "invite now who is due in a standing round, or a sample"
    )
    launch.add_argument(
        "code", metavar="CODE", type=_code, help="a round of the institution file, or a new one"
    )
    launch.add_argument("--survey", metavar="S", help="ask a sample of its own this survey")
    launch.add_argument("--audience", metavar="A", help="as branch=BUN+BUS,product=group_loan (everybody)")
    launch.add_argument("--size", type=number(30, most=1_000_000), metavar="N", help="how many to invite")
    launch.add_argument(
        "--quota", type=number(1, most=1_000_000), metavar="N", help="answers that are enough"
    )
    launch.add_argument("--strata", metavar="S", help="drawn over (branch,product,gender)")
    launch.add_argument(
        "--spread-days", type=number(1, most=3), metavar="D", help="messages leave over so many"
    )
    launch.add_argument("--reason", metavar="R", help="why, for the SPM manager and the audit log")
    json_flag(launch)


def _figures(actions: Commands[ArgumentParser]) -> None:
    outcomes = add(actions, "outcomes", "outcome_commands:show_outcomes", "how invitations ended, with rates")
    outcomes.add_argument("code", nargs="?", metavar="CODE", help=f"{_KNOWN} (all)")
    outcomes.add_argument("--week", metavar="2026-W47", help="only what was invited in this week")
    json_flag(outcomes)
    size = add(actions, "size", "outcome_commands:show_size", "how many to invite for a margin of error")
    size.add_argument(
        "--margin", type=_decimal(0.1, most=50), default=5.0, metavar="POINTS", help="either way (5)"
    )
    size.add_argument(
        "--population",
        type=number(1, most=MOST_ID),
        default=1_000_000,
        metavar="N",
        help="clients (1000000)",
    )
    size.add_argument(
        "--deff", type=_decimal(1, most=100), default=1.5, metavar="D", help="design effect (1.5)"
    )
    size.add_argument(
        "--response", type=_decimal(1, most=100), default=40.0, metavar="PERCENT", help="who answers (40)"
    )
    json_flag(size)


def _code(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", text):
        raise argparse.ArgumentTypeError("must be 1 to 64 letters, digits, - and _")
    return text


def _decimal(least: float, *, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        value = float(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"must be {least} to {most}")
        return value

    return number
