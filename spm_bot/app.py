"""The only place where things are built, joined, started and stopped."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from spm_bot.chat.channel import Channel
from spm_bot.chat.dialogue import Dialogue
from spm_bot.institution import Institution, load
from spm_bot.jobs.registry import Every, Job
from spm_bot.jobs.runner import schedule
from spm_bot.log import event
from spm_bot.settings import Settings
from spm_bot.storage import schema, seals
from spm_bot.storage.sqlite_file import path_of
from spm_bot.storage.store import Conflict, Durability, Store, Unavailable, address_of
from spm_bot.storage.vault import BadKey, Vault, key_file
from spm_bot.surveys.library import Library
from spm_bot.texts import languages
from spm_bot.times import Clock, Daily, Week
from spm_bot.usecases.deliver import Postman
from spm_bot.usecases.invite import invite_due
from spm_bot.usecases.lapse import lapse, tidy
from spm_bot.usecases.visit import Desk, desk_for

PATIENCE = 5.0
BULK_GAP = 0.05
"""Seconds between two invitations: 20 a second leave room for replies under Telegram's 30."""
DIGEST_GRACE = timedelta(days=6)
LAPSE_EVERY = timedelta(minutes=5)
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
    return desk_for(institution, library, spoken=languages())


@asynccontextmanager
async def opened(settings: Settings, *, durability: Durability = "full") -> AsyncIterator[Store]:
    """The database of the settings, at the newest schema. Raises Unavailable, Corrupt or BadKey."""
    vault = await _vault(settings)
    if await schema.current(settings.database_url) != schema.head():
        await schema.migrate(settings.database_url)
    store = await Store.open(settings.database_url, vault=vault, durability=durability)
    try:
        await _check_key(store, settings)
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
    async with opened(settings) as store, store.sole():
        with _stop_signals() as stopping:
            await _serve(settings, store=store, desk=desk, clock=clock, stopping=stopping)


async def _serve(
    settings: Settings, *, store: Store, desk: Desk, clock: Clock, stopping: asyncio.Event
) -> None:
    from spm_bot.chat.telegram.application import TelegramApp  # noqa: PLC0415 - heavy, and optional

    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    async with AsyncExitStack() as stack:
        telegram = await stack.enter_async_context(
            TelegramApp(token, now=clock.now, base_url=settings.telegram_base_url)
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
            schedule=standing.slot,
            zone=zone,
            grace=timedelta(hours=standing.window_hours),
            run=partial(invite_due, standing, store=store, desk=desk),
        )
        for standing in institution.rounds
    ]
    return [
        *rounds,
        Job("lapse", Every(LAPSE_EVERY), zone, LAPSE_EVERY, partial(lapse, store=store, desk=desk)),
        Job("digest", institution.digest.slot, zone, DIGEST_GRACE, partial(_digest, zone=zone)),
        Job("tidy", Daily(institution.digest.slot.at), zone, timedelta(days=1), partial(tidy, store=store)),
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


async def _vault(settings: Settings) -> Vault:
    """The keys of the settings; on SQLite a key file beside the database, made on first use."""
    if settings.secret_keys:
        return _vault_from(",".join(settings.secret_keys), "SPM_SECRET_KEY")
    path = _key_path(settings)
    lost = not path.exists() and await _is_sealed(settings.database_url)
    return _vault_from(key_file(str(path), make=not lost), str(path))


def _vault_from(keys: str, source: str) -> Vault:
    try:
        return Vault.from_setting(keys)
    except BadKey as error:
        raise BadKey(f"{source}: {error}") from None


async def _is_sealed(url: str) -> bool:
    """Whether a key has been in use on a database, which may not be there yet."""
    there = await schema.current(url) is not None
    return there and await schema.connected(url, seals.sealed)


async def _check_key(store: Store, settings: Settings) -> None:
    """Raises BadKey when the keys are not those of the database: it would be half readable for ever."""
    fits = await store.read(seals.fits)
    if fits is None:
        with suppress(Conflict):  # another process seals it in this moment
            await store.write(seals.put_on)
        fits = await store.read(seals.fits)
    if not fits:
        source = "SPM_SECRET_KEY" if settings.secret_keys else f"the key in {_key_path(settings)}"
        raise BadKey(
            f"{source} does not open this database: bring back the key it was made with"
            " (behind a new key, with a comma, as long as there is data under the old one)"
        )


def _key_path(settings: Settings) -> Path:
    return Path(f"{_database_file(settings)}.key")


def _database_file(settings: Settings) -> Path:
    """Looked at before the key file is made, so that a slip in the address leaves no key behind."""
    path = path_of(address_of(settings.database_url))
    if path.is_dir():
        raise Unavailable(f"{path} is a folder: SPM_DATABASE_URL must name a file, such as {path}/spm.db")
    if not path.parent.is_dir():
        raise Unavailable(f"{path.parent} is no folder: make it, or mend SPM_DATABASE_URL")
    return path


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
