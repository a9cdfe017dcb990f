"""The Telegram channel as one thing to start, use and stop."""

from __future__ import annotations

import asyncio
import logging
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from spm_bot.chat.telegram.intake import FIRST_RETRY, LAST_RETRY, Intake
from spm_bot.chat.telegram.menus import offer_menus
from spm_bot.chat.telegram.outbound import TelegramChannel
from spm_bot.chat.telegram.polling import LONG_POLL, Polling, WrongToken
from spm_bot.chat.telegram.transport import AiohttpRequest
from spm_bot.log import event

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from spm_bot.chat.telegram.intake import Receive
    from spm_bot.chat.telegram.menus import Menus

logger = logging.getLogger("spm_bot.telegram")

OFFICIAL = "https://api.telegram.org"

_NO_MENUS: Menus = MappingProxyType({})


class TelegramApp:
    """One bot on the Bot API server at `base_url`, its root without `/bot`.

    Entering the context greets Telegram once: a rejected token raises WrongToken, an unreachable
    server is logged, and `run` keeps trying. `trust_env` reads proxies from the environment; `menus`
    are the lists of commands that `run` puts in place.
    """

    def __init__(
        self,
        token: str,
        *,
        now: Callable[[], datetime],
        base_url: str = OFFICIAL,
        trust_env: bool = False,
        poll_seconds: int = LONG_POLL,
        menus: Menus = _NO_MENUS,
    ) -> None:
        if not token:
            raise WrongToken
        root = base_url.rstrip("/")
        self._now, self._menus = now, menus
        self._requests = AiohttpRequest(trust_env=trust_env)
        self._polls = AiohttpRequest(pool_size=2, trust_env=trust_env)
        self._bot = Bot(
            token,
            base_url=f"{root}/bot",
            base_file_url=f"{root}/file/bot",
            request=self._requests,
            get_updates_request=self._polls,
        )
        self._polling = Polling(self._polls, self._bot.base_url, seconds=poll_seconds)
        self._stopping = asyncio.Event()
        self._username: str | None = None
        self.channel = TelegramChannel(self._bot)

    @property
    def username(self) -> str | None:
        """The bot's name in links, None until Telegram has been reached."""
        return self._username

    async def __aenter__(self) -> Self:
        await self._requests.initialize()
        await self._polls.initialize()
        try:
            await self._meet()
        except WrongToken:
            await self.__aexit__()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._polls.shutdown()
        await self._requests.shutdown()

    async def run(self, receive: Receive, committed: Callable[[], None]) -> None:
        """Takes updates until `stop`. `receive` handles one durably and returns the note for a tap;
        while it raises, it is tried again. `committed` is called after each, the tap answered.

        Raises WrongToken.
        """
        delay = FIRST_RETRY
        while self._username is None and not self._stopping.is_set():
            await self._pause(delay)
            delay = min(delay * 2, LAST_RETRY)
            await self._meet()
        if self._stopping.is_set():
            return
        intake = Intake(
            self._bot, self._polling, self.channel, receive=receive, committed=committed, now=self._now
        )
        offering = asyncio.create_task(offer_menus(self._bot, self._menus))
        try:
            await intake.run(stopping=self._stopping)
        finally:
            offering.cancel()
            await asyncio.gather(offering, return_exceptions=True)

    def stop(self) -> None:
        """Makes `run` return once what is in work is done, five seconds later at most."""
        self._stopping.set()

    async def _meet(self) -> None:
        rejected = False
        try:
            me = await self._bot.get_me()
        except InvalidToken:
            rejected = True
        except (TelegramError, KeyError, TypeError) as error:
            event(logger, "telegram_unreachable", severity=logging.WARNING, reason=type(error).__name__)
        else:
            self._username = me.username or ""
            event(logger, "telegram_ready", bot=self._username)
        if rejected:
            raise WrongToken

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
