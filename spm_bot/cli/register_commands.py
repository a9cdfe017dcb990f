"""Commands about the institution's own lists: bringing them in, and the portfolio that they tell."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from tqdm import tqdm

from spm_bot.app import make_desk, opened
from spm_bot.cli.import_news import as_data, in_words, outcome, refusals, tell_summary
from spm_bot.cli.inputs import day_of, handwritten
from spm_bot.cli.output import Failure, account, show, show_line, show_rows, tell
from spm_bot.cli.staffing import on_no_list
from spm_bot.fieldwork.changes import Change, Terms
from spm_bot.institution import Institution
from spm_bot.registers.listings import Reading, read_register
from spm_bot.registers.mapping import load_mapping
from spm_bot.registers.proposal import suggested
from spm_bot.registers.sheets import Books
from spm_bot.registers.silences import silence_of
from spm_bot.settings import load_settings
from spm_bot.storage import loan_books
from spm_bot.storage.store import Store
from spm_bot.times import on_wall
from spm_bot.usecases.import_register import carry_out_import
from spm_bot.usecases.plan_import import Incoming, Plan, Shrunken, Untimely, plan_import
from spm_bot.usecases.sum_up import sum_up


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
        if args.json:
            show({"refused": [str(refusal) for refusal in reading.refused]})
        raise Failure(refusals(reading))
    async with opened(settings) as store:
        plan, told = await _plan(args, reading, store=store, zone=institution.time_zone)
        if not args.dry_run:
            with _bar("writing", total=len(plan.rows) + len(plan.missing)) as progress:
                now = datetime.now(UTC)
                await carry_out_import(plan, store=store, actor=account(), now=now, progress=progress)
        left = [] if args.dry_run else await _what_is_left(plan, store=store)
    if args.json:
        show({**outcome(plan, reading), **({"changes": told} if args.dry_run else {})})
    tell_summary(plan, reading)
    for each in left:
        tell(each)
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
        raise Failure(f"no portfolio was kept {wanted}: it is kept of each day of a whole list of loans")
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
    as_of = (
        day_of(args.as_of) if args.as_of else on_wall(datetime.now(UTC), zone=institution.time_zone).date()
    )
    mapping = load_mapping(handwritten(args.map), name=args.map) if args.map else None
    with _bar("reading") as progress:
        return read_register(
            files, books=_books(institution), as_of=as_of, mapping=mapping, progress=progress
        )


async def _plan(
    args: argparse.Namespace, reading: Reading, *, store: Store, zone: ZoneInfo
) -> tuple[Plan, list[dict[str, object]]]:
    """What the lists would change; a dry run tells it row by row."""
    told: list[dict[str, object]] = []

    def hear(what: str, change: Change) -> None:
        if args.dry_run and args.json:
            told.append(as_data(what, change))
        elif args.dry_run:
            show_line(in_words(what, change))

    if args.dry_run and not args.json:
        for refusal in reading.refused:
            show_line(f"refused: {refusal}")
    try:
        with _bar("comparing", total=len(reading.register.clients or ())) as progress:
            now = datetime.now(UTC)
            plan = await plan_import(
                _incoming(args, reading, zone=zone), store=store, now=now, tell=hear, progress=progress
            )
    except Untimely as error:
        raise Failure(f"{error} (--as-of says of which day they are)") from None
    except Shrunken as error:
        part = "" if args.partial else ", --partial if it is only a part"
        raise Failure(f"{error}: --allow-closing if they have really left{part}") from None
    return plan, told


async def _what_is_left(plan: Plan, *, store: Store) -> list[str]:
    """What the lists did not reach, once they are in."""
    incoming, left = plan.incoming, []
    if incoming.register.clients is not None and not incoming.tells_all_loans:
        as_of = incoming.register.as_of
        older = await store.read(partial(loan_books.count_older, day=as_of))
        left.append(
            f"no portfolio is kept of {as_of}: the lists do not tell all loans ({older} are of before)"
        )
    if incoming.register.staff is not None:
        left += await store.read(on_no_list)
    return left


def _incoming(args: argparse.Namespace, reading: Reading, *, zone: ZoneInfo) -> Incoming:
    silent = silence_of(reading.columns)
    terms = Terms(
        reading.register.as_of,
        whole=not args.partial and not reading.nameless,
        spared=reading.spared,
        unsaid=silent.clients,
        unsaid_of_loans=silent.loans,
        unsaid_of_staff=silent.staff,
    )
    return Incoming(
        reading.register,
        terms,
        allow_closing=args.allow_closing,
        refused=len(reading.refused),
        zone=zone,
    )


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
