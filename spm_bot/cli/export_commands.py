"""`export responses`: answers as tables for the institution's own analysis, for its eyes only."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path

from tqdm import tqdm

from spm_bot.app import make_desk, opened
from spm_bot.cli.drafts import Draft, draft
from spm_bot.cli.inputs import week_of
from spm_bot.cli.output import Failure, account, show, tell
from spm_bot.reports.extract import Sheet
from spm_bot.reports.spreadsheets import write_csv, write_workbook
from spm_bot.settings import load_settings
from spm_bot.storage import audits
from spm_bot.times import Week
from spm_bot.usecases.export_responses import Export, NothingToExport, Progress, Wanted, gather
from spm_bot.usecases.visit import Desk


async def responses(args: argparse.Namespace) -> None:
    """Writes the responses that may leave, with their codebook, into one workbook or several CSV files."""
    settings = load_settings()
    desk = make_desk(settings.institution)
    wanted = _wanted(args, desk)
    async with opened(settings) as store:
        try:
            with _progress() as progress:
                today = Week.of(datetime.now(UTC), desk.institution.time_zone)
                export = await gather(wanted, today=today, store=store, desk=desk, progress=progress)
        except NothingToExport as error:
            raise Failure(str(error)) from None
        with ExitStack() as drafts:
            files = _filled(args, export, drafts)
            line = partial(
                audits.write_down,
                at=datetime.now(UTC),
                actor=account(),
                event="responses_exported",
                survey=wanted.survey,
                weeks=f"{wanted.first or ''}..{wanted.last or ''}",
                responses=export.responses,
                files=" ".join(f"{Path(each.file).name}:{_hash(each.path)}" for each in files),
            )
            # Written down before anybody can read it.
            await store.write(line)
            for each in files:
                each.publish()
    names = [each.file for each in files]
    if args.json:
        show({"responses": export.responses, "files": names})
    else:
        tell(f"{export.responses} responses: {', '.join(names)}")
        tell("Keep them where answers are kept, and delete them when they are used.")


def _wanted(args: argparse.Namespace, desk: Desk) -> Wanted:
    known = [code for code in desk.library.codes if not desk.library.survey(code).form]
    if args.survey is not None and args.survey not in known:
        raise Failure(f"there is no survey {args.survey!r}: take one of {', '.join(known)}")
    language = args.labels or desk.languages[0]
    if language not in desk.languages:
        raise Failure(f"labels are there in {', '.join(desk.languages)}, not in {language!r}")
    first = args.week or args.first
    last = args.week or args.last
    for week in (first, last):
        if week is not None:
            week_of(week)
    if first and last and first > last:
        raise Failure(f"{first} comes after {last}: swap --from and --to")
    return Wanted(args.survey, first, last, language)


def _filled(args: argparse.Namespace, export: Export, drafts: ExitStack) -> list[Draft]:
    """The files of the export, written but not yet where they will be."""
    if args.format == "xlsx":
        made = drafts.enter_context(draft(args.out))
        write_workbook(made.path, (export.notes, *export.sheets, export.codebook))
        return [made]
    found = []
    for name, sheet in _csv_names(args.out, export):
        made = drafts.enter_context(draft(name))
        with made.path.open("wb") as stream:
            write_csv(stream, sheet)
            os.fsync(stream.fileno())
        found.append(made)
    return found


def _csv_names(out: str, export: Export) -> Iterator[tuple[str, Sheet]]:
    """FILE for the first table; the others beside it, named for what they hold."""
    place = Path(out)
    for number, sheet in enumerate((*export.sheets, export.codebook, export.notes)):
        said = "" if number == 0 else f".{sheet.name.replace(' ', '-')}"
        yield str(place.with_name(f"{place.stem}{said}{place.suffix}")), sheet


def _hash(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@contextmanager
def _progress() -> Iterator[Progress]:
    with tqdm(unit=" responses", desc="reading", disable=None, file=sys.stderr) as bar:
        yield bar.update
