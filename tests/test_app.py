"""Starting, serving and stopping: what `run` refuses, what it leaves behind, what it does by the clock."""

from __future__ import annotations

import asyncio
import os
import signal
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from spm_bot.app import ChildFailed, NothingToRun, make_desk, make_jobs, opened, serve
from spm_bot.chat.telegram.polling import WrongToken
from spm_bot.jobs.registry import Every, Job
from spm_bot.settings import Settings
from spm_bot.storage import digests, schema, seals
from spm_bot.storage.store import Connection, Unavailable
from spm_bot.storage.vault import BadKey, new_key
from spm_bot.times import Cron, Daily, Weekday, Weekly
from tests.bench.telegram_bench import TelegramBench
from tests.journeys.real_parts import ROOT, WITHIN, Bot, House, institution_file

CHATS = range(1, 31)
MONDAY = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
"""Half past seven in Nairobi."""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "institution.yaml").write_text(institution_file(), encoding="utf-8")
    async with TelegramBench.start() as bench:
        yield House(tmp_path, bench)


@pytest.fixture
def settings(house: House, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of the house, for this process and its children alike."""
    monkeypatch.chdir(house.folder)
    for name, value in house.environment.items():
        if name.startswith("SPM_"):
            monkeypatch.setenv(name, value)
    return Settings()


async def job(settings: Settings, name: str) -> Job:
    async with opened(settings) as store:
        jobs = make_jobs(make_desk(settings.institution), store)
    return next(each for each in jobs if each.name == name)


def test_process_that_serves_loads_no_numerical_library() -> None:
    """They are large and slow to load: only the process that makes digests does."""
    script = "import sys, spm_bot.app; print(sorted({'numpy', 'scipy', 'matplotlib'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


async def test_serve_needs_a_token(settings: Settings) -> None:
    with pytest.raises(NothingToRun, match="set SPM_TELEGRAM_TOKEN"):
        await serve(settings.model_copy(update={"telegram_token": None}))


async def test_serve_refuses_a_second_bot_on_one_file_and_ends_when_told(
    house: House, settings: Settings
) -> None:
    serving = asyncio.create_task(serve(settings))
    await house.bench.wait_for_call("getUpdates", within=WITHIN)
    with pytest.raises(
        Unavailable, match=r"another spm-bot already runs on this database: .*; stop it first"
    ):
        await serve(settings)
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(WITHIN):
        await serving


async def test_serve_ends_when_the_token_is_revoked_meanwhile(house: House, settings: Settings) -> None:
    serving = asyncio.create_task(serve(settings))
    await house.bench.wait_for_call("getUpdates", within=WITHIN)
    await house.bench.refuse(401, "Unauthorized", method="getUpdates", times=None)
    await house.bench.say(1, "hello")
    async with asyncio.timeout(WITHIN):
        with pytest.raises(WrongToken):
            await serving


async def test_run_ends_at_once_when_telegram_refuses_the_token(house: House) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "bot.py"), "run"),
        env={**house.environment, "SPM_TELEGRAM_TOKEN": "700000001:another-token"},
        cwd=house.folder,
        stderr=asyncio.subprocess.PIPE,
    )
    _, err = await asyncio.wait_for(process.communicate(), WITHIN)
    assert process.returncode == 1
    assert err.decode().splitlines()[-1] == (
        "spm-bot: Telegram rejects the bot token; compare SPM_TELEGRAM_TOKEN with @BotFather's"
    )


async def test_run_stops_cleanly_in_mid_work_and_nothing_is_said_twice(house: House) -> None:
    bench = house.bench
    await house.sign("en")
    bot = await Bot.start(house)
    await bench.say_all([(chat, "hello") for chat in CHATS])
    await bench.wait_for_call("sendMessage", within=WITHIN)
    assert await bot.stop() == 0
    assert (bot.lines[-1]["event"], bot.troubles()) == ("stopped", [])
    async with house.running():
        for chat in CHATS:
            await bench.expect(chat, "To join, use the link", within=WITHIN)
    sent = Counter(call.fields["chat_id"] for call in await bench.calls(method="sendMessage"))
    assert sent == dict.fromkeys(CHATS, 1)


async def test_bot_says_with_which_key_it_seals_while_it_serves(settings: Settings, house: House) -> None:
    async with house.running():
        key = (house.folder / "spm.db.key").read_text(encoding="ascii").strip()
        newer = settings.model_copy(update={"secret_key": SecretStr(f"{new_key()},{key}")})
        async with opened(newer) as store:
            assert await store.read(seals.bot_is_behind) is True
    async with opened(newer) as store:
        assert await store.read(seals.bot_is_behind) is False


async def test_opening_makes_the_tables_and_a_key_for_us_alone(settings: Settings, house: House) -> None:
    async with opened(settings) as store:
        assert await store.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar()) == 1
    assert await schema.current(settings.database_url) == schema.head()
    modes = {name: stat.S_IMODE((house.folder / name).stat().st_mode) for name in ("spm.db", "spm.db.key")}
    assert modes == {"spm.db": 0o600, "spm.db.key": 0o600}


async def reopened(settings: Settings, *keys: str) -> None:
    secret = SecretStr(",".join(keys)) if keys else None
    async with opened(settings.model_copy(update={"secret_key": secret})):
        pass


async def test_lost_key_file_is_asked_for_and_never_made_anew(settings: Settings, house: House) -> None:
    await reopened(settings)
    key = house.folder / "spm.db.key"
    kept = key.rename(house.folder / "elsewhere")
    with pytest.raises(BadKey) as caught:
        await reopened(settings)
    assert str(caught.value) == (
        f"the key file {key} is missing, and the database cannot be read without it: bring it back"
        " from where its copy is kept, or set SPM_SECRET_KEY"
    )
    assert not key.exists()
    kept.rename(key)
    await reopened(settings)


async def test_tables_made_beforehand_get_their_key_on_first_use(settings: Settings, house: House) -> None:
    await schema.migrate(settings.database_url)
    await reopened(settings)
    assert (house.folder / "spm.db.key").exists()


async def test_key_of_another_database_is_noticed(settings: Settings, house: House) -> None:
    await reopened(settings)
    key = house.folder / "spm.db.key"
    kept, new = key.read_text(encoding="ascii").strip(), new_key()
    key.write_text(new, encoding="ascii")
    with pytest.raises(BadKey, match=f"^the key in {key} does not open this database: bring back the key"):
        await reopened(settings)
    with pytest.raises(BadKey, match=r"^SPM_SECRET_KEY does not open this database"):
        await reopened(settings, new)
    await reopened(settings, new, kept)
    await reopened(settings, kept)


async def test_broken_key_file_is_told_with_its_path(settings: Settings, house: House) -> None:
    key = house.folder / "spm.db.key"
    key.write_text("half a key", encoding="ascii")
    key.chmod(0o600)
    with pytest.raises(BadKey, match=f"^{key}: key 1 of the list is not 32 bytes"):
        await reopened(settings)


async def test_two_processes_that_open_a_new_database_agree_on_its_key(settings: Settings) -> None:
    await asyncio.gather(reopened(settings), reopened(settings), reopened(settings))
    await reopened(settings)


async def test_jobs_follow_the_institution_file(settings: Settings) -> None:
    async with opened(settings) as store:
        jobs = make_jobs(make_desk(settings.institution), store)
    assert [(each.name, each.schedule, each.grace) for each in jobs] == [
        ("round:satisfaction", Weekly(Weekday.TUESDAY, time(10)), timedelta(hours=72)),
        ("round:stress", Weekly(Weekday.WEDNESDAY, time(10)), timedelta(hours=72)),
        ("round:outcomes", Weekly(Weekday.THURSDAY, time(10)), timedelta(hours=72)),
        ("round:exit", Weekly(Weekday.MONDAY, time(10)), timedelta(hours=72)),
        ("round:visits", Cron("0 10 1-7 jan,apr,jul,oct mon"), timedelta(hours=72)),
        ("field", Every(timedelta(minutes=1)), timedelta(minutes=1)),
        ("lapse", Every(timedelta(minutes=5)), timedelta(minutes=5)),
        ("remind", Every(timedelta(minutes=5)), timedelta(minutes=5)),
        ("digest", Weekly(Weekday.MONDAY, time(7, 30)), timedelta(days=6)),
        ("erase", Every(timedelta(minutes=5)), timedelta(minutes=5)),
        ("retain", Daily(time(3)), timedelta(days=1)),
        ("tidy", Daily(time(7, 30)), timedelta(days=1)),
    ]
    assert {str(each.zone) for each in jobs} == {"Africa/Nairobi"}


async def test_digest_job_makes_last_week_in_a_process_of_its_own(settings: Settings) -> None:
    await (await job(settings, "digest")).run(MONDAY, MONDAY)

    def stored(connection: Connection) -> list[bool]:
        return [
            digests.body(connection, week, scope) is not None
            for week in ("2026-W47", "2026-W48")
            for scope in ("", "BUN")
        ]

    async with opened(settings) as store:
        assert await store.read(stored) == [True, True, False, False]


async def test_digest_job_fails_with_its_process(settings: Settings) -> None:
    digest = await job(settings, "digest")
    settings.institution.unlink()
    with pytest.raises(ChildFailed, match="the digest process ended with 1"):
        await digest.run(MONDAY, MONDAY)
