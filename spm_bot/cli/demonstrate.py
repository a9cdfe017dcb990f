"""`demo`: joins the made-up institution with the jobs, the digest and the terminal."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from time import monotonic

from tqdm import tqdm

from spm_bot.app import make_desk, make_jobs, opened
from spm_bot.cli.outcome_commands import outcome_rows
from spm_bot.cli.output import Failure, show_rows, tell
from spm_bot.cli.practice import play_in_terminal
from spm_bot.demo.agenda import LAST_WEEK, ManualClock, Span
from spm_bot.demo.weeks import DURABILITY, Lived, live
from spm_bot.jobs.registry import Job, by_slot
from spm_bot.jobs.runner import tick
from spm_bot.settings import Settings
from spm_bot.storage import dispositions
from spm_bot.storage.store import Store
from spm_bot.texts import voice
from spm_bot.times import Week
from spm_bot.usecases.eligibility import launch_problem
from spm_bot.usecases.visit import Desk

EXAMPLE = Path(__file__).resolve().parents[2] / "institution.yaml"
NOTE = "about-this-demo.txt"
WEEKS = "weeks"

_NOTED = "Made by `spm-bot demo`; the next demo in this folder replaces everything.\n"
_DATABASE = "spm.db"
_MADE = re.compile(
    rf"{re.escape(NOTE)}|{WEEKS}|institution\.yaml|{re.escape(_DATABASE)}(-wal|-shm|\.key|\.lock)?"
    r"|digest-\d{4}-W\d\d(-branches|-weeks)?\.(txt|png|json|pdf|xlsx)|board-\d{4}-Q\d\.(pdf|json)"
)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was asked for on the command line."""

    folder: Path
    clients: int
    weeks: int
    seed: int


async def demo(args: argparse.Namespace) -> None:
    """Builds a made-up institution, lives through its weeks and prints the last card."""
    plan = _Plan(Path(args.out), args.clients, args.weeks, args.seed)
    desk = make_desk(EXAMPLE)
    problem = launch_problem(desk)
    if problem is not None:
        raise Failure(f"the demo runs on the example {EXAMPLE}, but there {problem}")
    claim(plan.folder)
    shutil.copyfile(EXAMPLE, plan.folder / "institution.yaml")
    settings = Settings.model_construct(database_url=_address(plan.folder), secret_key=None)
    _announce(plan, desk)
    started = monotonic()
    async with opened(settings, durability=DURABILITY) as store:
        lived = await _live(plan, desk, store)
        await _report(plan.folder, desk, store)
    tell(
        f"\n{lived.events:,} messages of {lived.joined:,} clients went through the bot"
        f" in {monotonic() - started:.0f} s."
    )
    _point_out(plan.folder)
    if not args.no_chat and sys.stdin.isatty() and sys.stdout.isatty():
        await _offer_chat(settings, desk)


def claim(folder: Path) -> None:
    """Makes the folder ready, without what an earlier demo left. Raises Failure if it holds anything else."""
    if folder.exists() and not folder.is_dir():
        raise Failure(f"{folder} is a file: choose a folder with --out")
    found = sorted(folder.iterdir()) if folder.exists() else []
    strange = [path.name for path in found if not _MADE.fullmatch(path.name)]
    if found and not strange and not (folder / NOTE).is_file():
        strange = [found[0].name]
    if strange:
        raise Failure(f"{folder} holds {strange[0]}, which no demo made: choose another folder with --out")
    for path in found:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NOTE).write_text(_NOTED, encoding="utf-8")


async def _live(plan: _Plan, desk: Desk, store: Store) -> Lived:
    span = Span(plan.weeks, desk.institution.time_zone)
    clock = ManualClock(span.begins)
    keep = partial(_keep_week, folder=plan.folder / WEEKS, span=span, store=store, desk=desk)
    jobs = [_in_process(job, keep) for job in make_jobs(desk, store)]
    with tqdm(total=7 * plan.weeks, unit="day", desc="living", disable=None, file=sys.stderr) as bar:
        try:
            return await live(
                store=store,
                desk=desk,
                clock=clock,
                span=span,
                clients=plan.clients,
                seed=plan.seed,
                due=partial(tick, jobs, store=store, clock=clock),
                day_passed=bar.update,
            )
        except ValueError as error:
            raise Failure(str(error)) from None


def _in_process(job: Job, keep: Callable[[datetime], Awaitable[object]]) -> Job:
    """The digest without a process of its own: the demo has nobody else to serve meanwhile."""
    return replace(job, run=by_slot(keep)) if job.name == "digest" else job


async def _keep_week(slot: datetime, *, folder: Path, span: Span, store: Store, desk: Desk) -> None:
    """Stores the digest of the week before `slot`, and writes its card: pictures and pages would take longer
    than the week itself.
    """
    from spm_bot.reports.card import card
    from spm_bot.usecases.report import keep_week

    week = Week.of(slot, span.zone).previous()
    if not span.first <= week <= LAST_WEEK:
        return
    digest = await keep_week(week, store=store, desk=desk)
    folder.mkdir(exist_ok=True)
    text = card(digest, voice(desk.languages[0]))
    (folder / f"digest-{week}.txt").write_text(text + "\n", encoding="utf-8")


async def _report(folder: Path, desk: Desk, store: Store) -> None:
    """Prints the last week's card, with how invitations ended, and writes its files."""
    from spm_bot.reports.folio import folio, write_folio
    from spm_bot.usecases.report import compute

    digest = await compute(LAST_WEEK, None, store=store, desk=desk)
    drawn = folio(digest, voice(desk.languages[0]))
    write_folio(folder, digest, drawn)
    sys.stdout.write(f"{drawn.card}\n\nHow every invitation ended, by round; rates as AAPOR defines them\n")
    show_rows(outcome_rows(await store.read(dispositions.tallies), as_json=False), as_json=False)
    sys.stdout.flush()


def _announce(plan: _Plan, desk: Desk) -> None:
    institution = desk.institution
    tell(
        f"Building {institution.name}, a made-up lender: {len(institution.branches)} branches,"
        f" {len(institution.products)} products, {plan.clients:,} clients; {plan.weeks} weeks up to"
        f" {LAST_WEEK}, seed {plan.seed}."
    )
    tell("No wording is reviewed: the demo signs them itself, which only a demo may do.")


def _point_out(folder: Path) -> None:
    tell(f"In {folder}: card, pictures, PDF and workbook of the last week, all cards in {WEEKS}/, and")
    tell(f"the database {_DATABASE} with its key. Look at it with the same commands as at a real one:")
    tell(
        f"  SPM_DATABASE_URL={_address(folder)} SPM_INSTITUTION={folder / 'institution.yaml'}"
        f" python bot.py digest --week {LAST_WEEK}"
    )


async def _offer_chat(settings: Settings, desk: Desk) -> None:
    """Somebody at a terminal may answer a survey on the demo's database."""
    sys.stdout.write("\nWould you like to answer a survey yourself? [Enter] yes, n no: ")
    sys.stdout.flush()
    line = sys.stdin.readline()
    if not line or line.strip().casefold().startswith("n"):
        return
    survey = desk.institution.rounds[0].survey
    async with opened(settings) as store:
        await play_in_terminal(survey, language=desk.languages[0], store=store, desk=desk)


def _address(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / _DATABASE}"
