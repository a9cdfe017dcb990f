from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from spm_bot.chat.telegram.application import TelegramApp
from spm_bot.chat.telegram.menus import Menus
from spm_bot.messages import Inbound
from tests.bench.telegram_bench import TelegramBench

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
async def bench() -> AsyncIterator[TelegramBench]:
    async with TelegramBench.start() as bench:
        yield bench


@pytest.fixture
async def app(bench: TelegramBench) -> AsyncIterator[TelegramApp]:
    async with open_app(bench) as app:
        yield app


def open_app(bench: TelegramBench, *, token: str | None = None, menus: Menus | None = None) -> TelegramApp:
    return TelegramApp(token or bench.token, now=lambda: NOW, base_url=bench.base_url, menus=menus or {})


class Desk:
    """Where received messages arrive. `refusals` says how often each text is refused first."""

    def __init__(self, *, refusals: dict[str, int] | None = None, toast: str | None = None) -> None:
        self.kept: list[Inbound] = []
        self.tries: list[str] = []
        self.commits = 0
        self.gates: dict[str, asyncio.Event] = {}
        self._refusals, self._toast = dict(refusals or {}), toast
        self._news = asyncio.Event()

    async def receive(self, message: Inbound) -> str | None:
        said = getattr(message.body, "text", message.key)
        self.tries.append(said)
        self._news.set()
        if said in self.gates:
            await self.gates[said].wait()
        if self._refusals.get(said, 0) > 0:
            self._refusals[said] -= 1
            raise OSError("the database is down")
        self.kept.append(message)
        return self._toast

    def committed(self) -> None:
        self.commits += 1
        self._news.set()

    async def until(self, done: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not done():
                self._news.clear()
                await self._news.wait()

    async def got(self, number: int) -> None:
        """Until so many messages are handled."""
        await self.until(lambda: self.commits >= number)

    def texts(self, chat: int | None = None) -> list[str]:
        wanted = [each for each in self.kept if chat is None or each.address.handle == str(chat)]
        return [getattr(each.body, "text", each.key) for each in wanted]


@asynccontextmanager
async def running(app: TelegramApp, desk: Desk) -> AsyncIterator[asyncio.Task[None]]:
    """The app at work; stopped and waited for at the end."""
    task = asyncio.create_task(app.run(desk.receive, desk.committed))
    try:
        yield task
    finally:
        app.stop()
        await task
