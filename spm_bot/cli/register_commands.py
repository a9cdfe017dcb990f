"""Commands about the institution's own lists: bringing them in, and the portfolio that they tell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from spm_bot.app import make_desk, opened
from spm_bot.cli.inputs import day_of, handwritten
from spm_bot.cli.output import Failure, account, show, show_line, show_rows, tell
from spm_bot.fieldwork.changes import Change, Kind, Tally, Terms
from spm_bot.institution import Institution
from spm_bot.registers.listings import Reading, read_register
from spm_bot.registers.mapping import load_mapping
from spm_bot.registers.proposal import suggested
from spm_bot.registers.sheets import Books
from spm_bot.registers.silences import silence_of
from spm_bot.settings import load_settings
from spm_bot.storage.store import Store
from spm_bot.usecases.import_register import carry_out_import
from spm_bot.usecases.plan_import import Incoming, Plan, Shrunken, Untimely, plan_import
from spm_bot.usecases.sum_up import sum_up

TOLD = 20
"""Refused rows that are told one by one."""


async def import_register(args: argparse.Namespace) -> None:
    """Reads the institution's lists into the database, or only says what they would change."""
    settings = load_settings()
    institution = make_desk(settings.institution).institution
    files = [Path(file) for file in args.files]
    if args.save_map:
        _save_map(files, args.save_map)
        return
    reading = _read(args, files, institution)
    if reading.refused and not (args.skip_refused or args.dry_run):
        raise Failure(_refusals(reading))
    async with opened(settings) as store:
        plan, told = await _plan(args, reading, store=store)
        if not args.dry_run:
            with _bar("writing", total=len(plan.rows) + len(plan.missing)) as progress:
                now = datetime.now(UTC)
                await carry_out_import(plan, store=store, actor=account(), now=now, progress=progress)
    if args.json:
        show({**_data(plan, reading), **({"changes": told} if args.dry_run else {})})
    _tell_summary(plan, reading)
    if reading.refused and not args.skip_refused:
        raise Failure(
            f"{len(reading.refused)} rows are refused: mend them, or leave them out with --skip-refused"
        )


async def portfolio(args: argparse.Namespace) -> None:
    """Prints what a day's lists say of the loans, each currency by itself."""
    as_of = day_of(args.as_of).isoformat() if args.as_of else None
    async with opened(load_settings()) as store:
        found = await sum_up(store=store, as_of=as_of, by=args.by)
    if found is None:
        wanted = f"of {as_of}" if as_of else "yet"
        raise Failure(f"no portfolio was kept {wanted}: it is kept of the day of every list of loans")
    tell(f"as of {found.as_of}")
    rows: list[dict[str, object]] = []
    for book in found.books:
        at_risk = book.par30 if args.json or book.par30 is None else f"{100 * book.par30:.1f}%"
        rows.append(
            {
                **({args.by: book.name} if args.by else {}),
                "currency": book.currency,
                "loans": book.loans,
                "outstanding": book.outstanding,
                "overdue30": book.overdue30,
                "par30": at_risk,
                "restructured": book.restructured,
                "written_off": book.written_off,
            }
        )
    if args.json:
        show({"as_of": found.as_of, "portfolio": rows})
    else:
        show_rows(rows, as_json=False)


def _save_map(files: Sequence[Path], target: str) -> None:
    text = suggested(files)
    try:
        with Path(target).open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Failure(f"{target}: {(error.strerror or 'cannot be written').lower()}") from None
    tell(f"{target} is written: look through it, then import with --map {target}")


def _read(args: argparse.Namespace, files: Sequence[Path], institution: Institution) -> Reading:
    as_of = day_of(args.as_of) if args.as_of else datetime.now(UTC).date()
    mapping = load_mapping(handwritten(args.map), name=args.map) if args.map else None
    with _bar("reading") as progress:
        return read_register(
            files, books=_books(institution), as_of=as_of, mapping=mapping, progress=progress
        )


async def _plan(
    args: argparse.Namespace, reading: Reading, *, store: Store
) -> tuple[Plan, list[dict[str, object]]]:
    """What the lists would change; a dry run tells it row by row."""
    told: list[dict[str, object]] = []

    def hear(what: str, change: Change) -> None:
        if args.dry_run and args.json:
            told.append(_as_data(what, change))
        elif args.dry_run:
            show_line(_in_words(what, change))

    if args.dry_run and not args.json:
        for refusal in reading.refused:
            show_line(f"refused: {refusal}")
    try:
        with _bar("comparing", total=len(reading.register.clients or ())) as progress:
            now = datetime.now(UTC)
            plan = await plan_import(
                _incoming(args, reading), store=store, now=now, tell=hear, progress=progress
            )
    except Untimely as error:
        raise Failure(f"{error} (--as-of says of which day they are)") from None
    except Shrunken as error:
        raise Failure(
            f"{error}: is it the whole one? --allow-closing if they have really left, --partial if it is only"
            " a part"
        ) from None
    return plan, told


def _incoming(args: argparse.Namespace, reading: Reading) -> Incoming:
    silent = silence_of(reading.columns)
    terms = Terms(
        reading.register.as_of,
        whole=not args.partial and not reading.nameless,
        spared=reading.spared,
        unsaid=silent.clients,
        unsaid_of_loans=silent.loans,
        unsaid_of_staff=silent.staff,
    )
    return Incoming(reading.register, terms, allow_closing=args.allow_closing, refused=len(reading.refused))


def _books(institution: Institution) -> Books:
    return Books(
        frozenset(branch.code for branch in institution.branches),
        {product.code: product.method for product in institution.products},
        institution.country,
        institution.currency,
    )


@contextmanager
def _bar(what: str, *, total: int | None = None) -> Iterator[Callable[[int], object]]:
    """A bar on a terminal, and nothing elsewhere."""
    with tqdm(total=total, desc=what, unit="row", disable=None, leave=False, file=sys.stderr) as bar:
        yield bar.update


def _refusals(reading: Reading) -> str:
    lines = [str(refusal) for refusal in reading.refused[:TOLD]]
    if len(reading.refused) > TOLD:
        lines.append(f"and {len(reading.refused) - TOLD} more")
    return "\n".join([*lines, "nothing is imported: mend these rows, or leave them out with --skip-refused"])


def _in_words(what: str, change: Change) -> str:
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


def _as_data(what: str, change: Change) -> dict[str, object]:
    told: dict[str, object] = {"what": what, "code": change.code, "becomes": str(change.kind)}
    told["fields"] = list(change.fields)
    return {**told, "loans": [_as_data("loan", loan) for loan in change.loans]} if what == "client" else told


def _data(plan: Plan, reading: Reading) -> dict[str, object]:
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


def _tell_summary(plan: Plan, reading: Reading) -> None:
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
