"""What an import of the lists tells: refused rows, changes, and how many of what came in."""

from __future__ import annotations

from spm_bot.cli.output import tell
from spm_bot.fieldwork.changes import Change, Kind, Tally
from spm_bot.registers.listings import Reading
from spm_bot.usecases.plan_import import Plan

TOLD = 20
"""Refused rows that are told one by one."""


def refusals(reading: Reading) -> str:
    lines = [str(refusal) for refusal in reading.refused[:TOLD]]
    if len(reading.refused) > TOLD:
        lines.append(f"and {len(reading.refused) - TOLD} more")
    return "\n".join([*lines, "nothing is imported: mend these rows, or leave them out with --skip-refused"])


def in_words(what: str, change: Change) -> str:
    told = f"{what} {change.code}: {_fate(change)}"
    loans = "".join(f"; loan {loan.code} {_fate(loan)}" for loan in change.loans)
    return f"{told}{loans}"


def _fate(change: Change) -> str:
    match change.kind:
        case Kind.MISSING:
            return "closed (not in the list)"
        case Kind.CHANGED if change.fields:
            return f"changed ({', '.join(change.fields)})"
        case kind:
            return str(kind)


def as_data(what: str, change: Change) -> dict[str, object]:
    told: dict[str, object] = {"what": what, "code": change.code, "becomes": str(change.kind)}
    told["fields"] = list(change.fields)
    return {**told, "loans": [as_data("loan", loan) for loan in change.loans]} if what == "client" else told


def outcome(plan: Plan, reading: Reading) -> dict[str, object]:
    return {
        "as_of": reading.register.as_of,
        "read": plan.read,
        **_ways(plan.clients),
        "unchanged": plan.clients[Kind.UNCHANGED],
        "forgotten": plan.forgotten,
        "loans": _ways(plan.loans),
        "staff": _ways(plan.staff.tally),
        "facts": plan.facts,
        "deceased": plan.risen,
        "refused": [str(refusal) for refusal in reading.refused],
        "notes": list(reading.notes),
    }


def _ways(tally: Tally) -> dict[str, object]:
    return {"added": tally[Kind.ADDED], "changed": tally[Kind.CHANGED], "closed": tally.closed}


def tell_summary(plan: Plan, reading: Reading) -> None:
    for what, tally, given in (
        (f"{plan.read} clients read", plan.clients, reading.register.clients is not None),
        ("loans", plan.loans, bool(plan.loans.counts)),
        (
            f"{len(reading.register.staff or ())} staff read",
            plan.staff.tally,
            reading.register.staff is not None,
        ),
    ):
        if given:
            tell(f"{what}, " + ", ".join(f"{count} {way}" for way, count in _ways(tally).items()))
    if reading.register.facts:
        tell(f"{len(reading.register.facts)} facts of branches read, {plan.facts} new or changed")
    if plan.forgotten:
        tell(f"{plan.forgotten} left out: asked to be forgotten")
    if plan.risen:
        tell(
            f"left as deceased, although the list has them as active: {', '.join(plan.risen)} (if that was a"
            " mistake, list them as closed once)"
        )
    if reading.nameless:
        tell(f"nobody is closed: {reading.nameless} refused rows have no code, and anybody may be in them")
    for note in reading.notes:
        tell(note)
