"""What a journey is made of: an institution in a folder, its command line, and its bot as a process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import select

from spm_bot.app import READY, make_desk, opened
from spm_bot.messages import Address
from spm_bot.protection.consent import Purpose
from spm_bot.settings import Settings
from spm_bot.storage import consents, people, sessions
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import sessions as session_rows
from spm_bot.surveys.library import Library
from spm_bot.surveys.session import Answer
from spm_bot.usecases.sign import sign_all
from tests.bench.telegram_bench import TelegramBench

ROOT = Path(__file__).parents[2]
BRANCH = "BUN"
BORN = "1980"
HEADING = "client_id,branch,full_name,birth_year,activation_date,product,loan_id,outstanding_principal"
START_WITHIN = 30.0
STOP_WITHIN = 15.0
WITHIN = 15.0
"""Seconds in which a machine under load answers one message."""


class Died(AssertionError):
    """A process of ours ended when it should not have; the message is what it said last."""


@dataclass(frozen=True, slots=True)
class House:
    """An institution on a machine of its own: a folder, settings, and a Bot API server to talk to."""

    folder: Path
    bench: TelegramBench

    @property
    def database(self) -> str:
        return f"sqlite+aiosqlite:///{self.folder / 'spm.db'}"

    @property
    def environment(self) -> dict[str, str]:
        """This process's environment with our settings and nobody else's."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SPM_")}
        return {
            **inherited,
            "SPM_DATABASE_URL": self.database,
            "SPM_TELEGRAM_TOKEN": self.bench.token,
            "SPM_TELEGRAM_BASE_URL": self.bench.base_url,
            "SPM_INSTITUTION": str(self.folder / "institution.yaml"),
        }

    async def command(self, *arguments: str) -> str:
        """What `bot.py` prints with these arguments. Raises Died when it fails."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "bot.py"), *arguments),
            env=self.environment,
            cwd=self.folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
        if process.returncode != 0:
            raise Died(f"{' '.join(arguments)} ended with {process.returncode}: {err.decode()}")
        return out.decode()

    async def data(self, *arguments: str) -> Any:
        """What `bot.py` prints with these arguments and `--json`."""
        return json.loads(await self.command(*arguments, "--json"))

    async def sign(self, *languages: str) -> None:
        """Two people sign everything a client may read in these languages."""
        library = Library.shipped()
        surveys = [each for each in library.surveys.values() if not each.form] + [*library.client_forms]
        async with self.store() as store:
            for language, by in product(languages, ("A. Wanjiru", "B. Otieno")):
                signing = partial(sign_all, surveys=surveys, language=language, by=by, actor="test")
                await store.write(partial(signing, now=datetime.now(UTC)))

    async def enrol(self, chats: Mapping[str, int]) -> None:
        """These clients have joined by these chats, in English, and agreed to everything."""
        text = make_desk(self.folder / "institution.yaml").forms["en"]["consent"]
        async with self.store() as store:
            await store.write(partial(_enrol, chats=chats, text=text, at=datetime.now(UTC)))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Bot]:
        """A bot that serves until the block ends; then it is asked to stop and must do so well."""
        bot = await Bot.start(self)
        try:
            yield bot
        except BaseException:
            await bot.kill()
            raise
        assert await bot.stop() == 0

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """The database, read with the key that lies beside it."""
        async with opened(Settings(database_url=self.database)) as store:
            yield store


@dataclass(slots=True)
class Bot:
    """`bot.py run` as a process. `lines` is its log so far."""

    process: asyncio.subprocess.Process
    lines: list[dict[str, Any]] = field(default_factory=list)
    _reading: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, house: House) -> Bot:
        """A bot that says it is ready. Raises Died when it ends before."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, str(ROOT / "bot.py"), "run"),
            env=house.environment,
            cwd=house.folder,
            stderr=asyncio.subprocess.PIPE,
        )
        bot = cls(process)
        async with asyncio.timeout(START_WITHIN):
            while await bot._read_line():
                if bot.lines[-1]["event"] == READY:
                    bot._reading = asyncio.create_task(bot._read_on())
                    return bot
        raise Died(f"the bot ended before it was ready: {bot.lines}")

    async def kill(self) -> None:
        """Ends it as a power cut would."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self._ended()

    async def stop(self) -> int:
        """Asks it to stop and says how it ended."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(STOP_WITHIN):
            return await self._ended()

    def troubles(self) -> list[dict[str, Any]]:
        """What it logged as a warning or worse."""
        return [line for line in self.lines if line["level"] not in {"debug", "info"}]

    async def _ended(self) -> int:
        code = await self.process.wait()
        if self._reading is not None:
            await self._reading
        return code

    async def _read_on(self) -> None:
        while await self._read_line():
            pass

    async def _read_line(self) -> bool:
        assert self.process.stderr is not None
        line = await self.process.stderr.readline()
        if line:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                self.lines.append({"level": "error", "event": line.decode()})
        return bool(line)


def institution_file() -> str:
    """The example institution, but everybody is due in every week and may be written to at any hour."""
    content = yaml.safe_load((ROOT / "institution.yaml").read_text(encoding="utf-8"))
    content |= {"rest_days": [], "holidays": []}
    content["contact"]["hours"] = {"opens": "00:00", "closes": "00:00"}
    for standing in content["rounds"]:
        if "cycle_weeks" in standing:
            standing["cycle_weeks"] = 1
    return yaml.safe_dump(content, allow_unicode=True)


def register_file(clients: Mapping[str, str]) -> str:
    """A client list of one branch from numbers and their phones: each has a business loan, none is late."""
    rows = [
        f"{code},{BRANCH},{code} Asha,{BORN},2022-01-01,business_loan,L-{code},12000,{phone}"
        for code, phone in clients.items()
    ]
    return "\n".join([f"{HEADING},phone", *rows, ""])


async def join(bench: TelegramBench, chat: int, token: str, *, language: str = "") -> list[str]:
    """Opens a joining link, says who it is and yes twice; returns what the bot asked and said.

    `language` is the button to tap where several languages are offered.
    """
    said = []
    await bench.start_link(chat, token)
    if language:
        said.append(await bench.expect(chat, lambda message: bool(message.buttons), within=WITHIN))
        await bench.tap(chat, language, message=said[-1].id)
    said.append(await bench.expect(chat, "In which year were you born?", within=WITHIN))
    await bench.say(chat, BORN)
    for answer in ("Yes", "1 Yes"):
        said.append(await bench.expect(chat, lambda message: bool(message.buttons), within=WITHIN))
        await bench.tap(chat, answer, message=said[-1].id)
    said.append(await bench.expect(chat, "Thank you.", within=WITHIN))
    return [message.text for message in said]


def _enrol(connection: Connection, *, chats: Mapping[str, int], text: str, at: datetime) -> None:
    for code, handle in chats.items():
        client = people.client_by_code(connection, code)
        chat = people.meet(connection, Address("telegram", str(handle)), language="en")
        people.move_client(connection, client.id, chat.id, at=at)
        for purpose in Purpose:
            consents.record(
                connection,
                subject=client.subject,
                purpose=purpose,
                given=True,
                text_version=text,
                language="en",
                channel="telegram",
                at=at,
            )


async def stored_answers(house: House, client: str) -> dict[str, tuple[str, ...] | float | str | None]:
    """What the database holds of a client's survey, in the order in which it was said."""

    def read(connection: Connection) -> dict[str, Answer]:
        owner = people.client_by_code(connection, client).id
        mine = (session_rows.c.client_id == owner, session_rows.c.form.is_(False))
        identity = connection.execute(select(session_rows.c.id).where(*mine)).scalar_one()
        found = sessions.get(connection, identity)
        assert found is not None
        return dict(found.session.answers)

    async with house.store() as store:
        answers = await store.read(read)
    return {name: _said(answer) for name, answer in answers.items()}


def _said(answer: Answer) -> tuple[str, ...] | float | str | None:
    if answer.codes:
        return answer.codes
    return answer.text if answer.number is None else answer.number
