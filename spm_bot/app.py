"""The only place where things are built, joined, started and stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from spm_bot.analytics import themes
from spm_bot.analytics.indicators import CATALOGUE, PAR30
from spm_bot.chat.channel import Channel
from spm_bot.chat.commands import described
from spm_bot.chat.dialogue import Dialogue
from spm_bot.institution import Institution, load
from spm_bot.jobs.registry import Every, Job, by_slot
from spm_bot.jobs.runner import schedule
from spm_bot.log import event
from spm_bot.settings import Settings
from spm_bot.storage import keyrings, schema, seals
from spm_bot.storage.store import Durability, Store
from spm_bot.surveys.library import Library
from spm_bot.texts import languages, voice
from spm_bot.times import Clock, Daily, Week
from spm_bot.usecases.carry_out import carry_out
from spm_bot.usecases.deliver import Postman
from spm_bot.usecases.erase import erase
from spm_bot.usecases.keep_slot import keep_slot, may_not_ask
from spm_bot.usecases.lapse import lapse, tidy
from spm_bot.usecases.remind import remind
from spm_bot.usecases.retain import retain
from spm_bot.usecases.visit import Desk, desk_for

PATIENCE = 5.0
BULK_GAP = 0.05
"""Seconds between two invitations: 20 a second leave room for replies under Telegram's 30."""
DIGEST_GRACE = timedelta(days=6)
LAPSE_EVERY = timedelta(minutes=5)
FIELD_EVERY = timedelta(minutes=1)
READY = "ready"

_log = logging.getLogger("spm_bot.app")


class NothingToRun(Exception):
    """No channel is configured; the message says which setting is missing."""


class ChildFailed(Exception):
    """A process we started for a piece of work did not do it."""


@dataclass(frozen=True, slots=True)
class WallClock:
    """The time it is."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def make_desk(path: Path) -> Desk:
    """The desk of the institution file at `path`. Raises InstitutionError."""
    return desk_of(load(path))


def desk_of(institution: Institution) -> Desk:
    """The desk of an institution with all surveys shipped. Raises InstitutionError."""
    library = Library.shipped()
    institution.check_surveys(library.codes)
    institution.check_indicators(CATALOGUE, limited={*CATALOGUE, PAR30})
    institution.check_themes(themes.shipped())
    return desk_for(institution, library, spoken=languages())


@asynccontextmanager
async def opened(settings: Settings, *, durability: Durability = "full") -> AsyncIterator[Store]:
    """The database of the settings, at the newest schema. Raises Unavailable, Corrupt or BadKey."""
    vault = await keyrings.vault_for(settings)
    if await schema.current(settings.database_url) != schema.head():
        await schema.migrate(settings.database_url)
    store = await Store.open(settings.database_url, vault=vault, durability=durability)
    try:
        await keyrings.check(store, settings)
        yield store
    finally:
        await store.close()


async def serve(settings: Settings) -> None:
    """Serves every configured channel and the schedule until SIGTERM or SIGINT.

    Raises NothingToRun, WrongToken, InstitutionError, Unavailable.
    """
    if settings.telegram_token is None:
        raise NothingToRun("no channel is configured: set SPM_TELEGRAM_TOKEN to the token of your bot")
    if settings.webhook_url is not None:
        raise NothingToRun("webhook mode is not built yet: leave SPM_WEBHOOK_URL empty, the bot then polls")
    desk = make_desk(settings.institution)
    clock = WallClock()
    async with opened(settings) as store, store.sole(), _on_duty(store, settings):
        with _stop_signals() as stopping:
            await _serve(settings, store=store, desk=desk, clock=clock, stopping=stopping)


async def _serve(
    settings: Settings, *, store: Store, desk: Desk, clock: Clock, stopping: asyncio.Event
) -> None:
    from spm_bot.chat.telegram.application import TelegramApp  # noqa: PLC0415 - heavy, and optional

    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    menus = {language: described(voice(language)) for language in desk.languages}
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(
            TelegramApp(token, now=clock.now, base_url=settings.telegram_base_url, menus=menus)
        )
        channels: dict[str, Channel] = {telegram.channel.name: telegram.channel}
        dialogue = Dialogue(store, desk, clock)
        postman = Postman(store, desk, clock, channels, bulk_gap=BULK_GAP)
        scheduler = schedule(make_jobs(desk, store), store=store, clock=clock)
        scheduler.start()
        stack.callback(scheduler.shutdown, wait=False)
        tasks = [
            asyncio.create_task(postman.run()),
            asyncio.create_task(telegram.run(dialogue.receive, postman.wake)),
        ]
        event(_log, READY)
        await _until_stopped(stopping, tasks)
        telegram.stop()
        await asyncio.gather(tasks[1], return_exceptions=True)
        await postman.stop(patience=PATIENCE)
        await asyncio.gather(*tasks)
    event(_log, "stopped")


@asynccontextmanager
async def _on_duty(store: Store, settings: Settings) -> AsyncIterator[None]:
    """Lets a rotation of keys know whether the bot that serves has the new one in its list."""
    await store.write(seals.bot_began)
    try:
        await keyrings.check(store, settings)  # a rotation may have ended since the database was opened
        yield
    finally:
        await store.write(seals.bot_ended)


async def _until_stopped(stopping: asyncio.Event, tasks: list[asyncio.Task[None]]) -> None:
    """Returns when asked to stop, or as soon as a part has failed."""
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait([asked, *tasks], return_when=asyncio.FIRST_COMPLETED)
    asked.cancel()
    with suppress(asyncio.CancelledError):
        await asked


def make_jobs(desk: Desk, store: Store) -> list[Job]:
    """Everything that time asks for: rounds, ends, the digest, and tidying."""
    institution = desk.institution
    zone = institution.time_zone
    rounds = [
        Job(
            name=f"round:{standing.code}",
            schedule=standing.slots,
            zone=zone,
            grace=timedelta(hours=standing.window_hours),
            run=partial(keep_slot, standing, store=store, desk=desk),
            held=partial(may_not_ask, standing, store=store, desk=desk),
        )
        for standing in institution.rounds
    ]
    often = partial(Job, schedule=Every(LAPSE_EVERY), zone=zone, grace=LAPSE_EVERY)
    daily = partial(Job, zone=zone, grace=timedelta(days=1))
    field, ended, reminded, erased, dropped = (
        by_slot(partial(work, store=store, desk=desk)) for work in (carry_out, lapse, remind, erase, retain)
    )
    return [
        *rounds,
        Job("field", Every(FIELD_EVERY), zone, FIELD_EVERY, field),
        often(name="lapse", run=ended),
        often(name="remind", run=reminded),
        Job("digest", institution.digest.slot, zone, DIGEST_GRACE, by_slot(partial(_digest, zone=zone))),
        often(name="erase", run=erased),
        daily(name="retain", schedule=Daily(time(3)), run=dropped),
        daily(
            name="tidy", schedule=Daily(institution.digest.slot.at), run=by_slot(partial(tidy, store=store))
        ),
    ]


async def _digest(slot: datetime, *, zone: ZoneInfo) -> None:
    """Makes and hands out the digest of the week before `slot`, in a process of its own.

    Numerical libraries are large and slow to load; the process that serves people stays small.
    """
    week = Week.of(slot, zone).previous()
    command = (sys.executable, "-m", "spm_bot", "digest", "--week", str(week), "--hand-out")
    child = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.DEVNULL)
    try:
        code = await child.wait()
    except asyncio.CancelledError:
        child.kill()
        await child.wait()
        raise
    if code != 0:
        raise ChildFailed(f"the digest process ended with {code}")


@contextmanager
def _stop_signals() -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        yield stopping
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
