"""Commands about figures of fieldwork: how invitations ended, and how many are needed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from functools import partial

from spm_bot.app import opened
from spm_bot.cli.inputs import week_of
from spm_bot.cli.output import Failure, show, show_rows, tell
from spm_bot.fieldwork.outcomes import Outcome, Tally
from spm_bot.fieldwork.sample_sizes import sample_size
from spm_bot.settings import load_settings
from spm_bot.storage import dispositions, rounds


async def show_outcomes(args: argparse.Namespace) -> None:
    """How the invitations ended: one line a round, and all of them together."""
    week = None if args.week is None else week_of(args.week)
    async with opened(load_settings()) as store:
        if args.code is not None and await store.read(partial(rounds.find_round, code=args.code)) is None:
            raise Failure(f"there is no round {args.code!r}: `spm-bot rounds list` has them all")
        counted = await store.read(partial(dispositions.tallies, code=args.code, week=week))
    show_rows(outcome_rows(counted, as_json=args.json), as_json=args.json)


def outcome_rows(counted: Mapping[str, Tally], *, as_json: bool) -> list[dict[str, object]]:
    """A line a round, and one for all of them together."""
    rows = [_outcomes(code, tally, as_json=as_json) for code, tally in counted.items()]
    if len(counted) > 1:
        rows.append(_outcomes("all", sum(counted.values(), Tally()), as_json=as_json))
    return rows


def _outcomes(code: str, tally: Tally, *, as_json: bool) -> dict[str, object]:
    rates = {
        "rr1": tally.response_rate_1,
        "rr2": tally.response_rate_2,
        "coop2": tally.cooperation_rate,
        "ref1": tally.refusal_rate,
        "con1": tally.contact_rate,
        "delivery": tally.delivery_rate,
    }
    counts = {str(outcome): getattr(tally, outcome) for outcome in Outcome}
    shown = rates if as_json else {name: _percent(rate) for name, rate in rates.items()}
    return {
        "round": code,
        "invited": tally.invited,
        "delivered": tally.delivered,
        **counts,
        "open": tally.open,
        **shown,
    }


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{100 * rate:.1f} %"


def show_size(args: argparse.Namespace) -> None:
    """How many to invite, so that a share is known well enough."""
    found = sample_size(
        args.population,
        margin=args.margin / 100,
        design_effect=args.deff,
        response_rate=args.response / 100,
    )
    if args.json:
        show({"answers": found.answers, "invitations": found.invitations})
    else:
        tell(f"{found.answers} answers are needed: invite {found.invitations}")
    if found.invitations > args.population:
        raise Failure(f"{args.population} clients are too few for a margin of {args.margin:g} points")
