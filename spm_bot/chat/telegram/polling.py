"""One getUpdates call, and what can be wrong with its answer."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from telegram.error import TelegramError

if TYPE_CHECKING:
    from spm_bot.chat.telegram.transport import AiohttpRequest

KINDS = ("message", "edited_message", "callback_query", "my_chat_member")
LONG_POLL = 30

# What the answer may take on top of the long poll, and how long a goodbye may hold up the end.
_SLACK = 10.0
_QUICK = 2.0


class WrongToken(Exception):
    """Telegram does not know this bot token."""

    def __init__(self) -> None:
        super().__init__("Telegram rejects the bot token; compare SPM_TELEGRAM_TOKEN with @BotFather's")


class PollFailed(Exception):
    """No updates this time. `event` names what happened; `wait` is in seconds, if Telegram asks for it."""

    def __init__(self, event: str, reason: str, *, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.event = event
        self.wait = wait


class Polling:
    """Asks for updates as Telegram wrote them, so that one the library cannot read harms no other."""

    def __init__(self, request: AiohttpRequest, base_url: str, *, seconds: int = LONG_POLL) -> None:
        self._request, self._url, self._seconds = request, f"{base_url}/getUpdates", seconds

    async def updates(self, offset: int) -> list[dict[str, Any]]:
        """The next updates from `offset` on, which acknowledges all before it.

        Raises WrongToken or PollFailed.
        """
        fields = {"timeout": str(self._seconds), "allowed_updates": json.dumps(KINDS)}
        return await self._ask(offset, fields, read_timeout=self._seconds + _SLACK)

    async def acknowledge(self, offset: int) -> None:
        """Tells Telegram how far we came. Should it fail, the updates come again, and that is all."""
        try:
            async with asyncio.timeout(_QUICK):
                await self._ask(offset, {"timeout": "0", "limit": "1"}, read_timeout=_QUICK)
        except (WrongToken, PollFailed, TimeoutError):
            return

    async def _ask(self, offset: int, fields: dict[str, str], *, read_timeout: float) -> list[dict[str, Any]]:
        try:
            status, payload = await self._request.post_form(
                self._url, {"offset": str(offset), **fields}, read_timeout=read_timeout
            )
        except TelegramError as error:
            raise PollFailed("telegram_unreachable", error.message) from None
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        return _result(status, answer if isinstance(answer, dict) else {})


def _result(status: int, answer: dict[str, Any]) -> list[dict[str, Any]]:
    if status == HTTPStatus.OK and isinstance(answer.get("result"), list):
        return [update for update in answer["result"] if isinstance(update, dict)]
    if status == HTTPStatus.UNAUTHORIZED:
        raise WrongToken
    if status == HTTPStatus.CONFLICT:
        if "webhook" in str(answer.get("description")).lower():
            raise PollFailed("webhook_active", "a webhook set earlier takes the updates; delete it to poll")
        raise PollFailed("polled_elsewhere", "another process polls with the same token; run only one")
    parameters = answer.get("parameters")
    wait = parameters.get("retry_after") if isinstance(parameters, dict) else None
    raise PollFailed(
        "telegram_refused", f"status {status}", wait=float(wait) if isinstance(wait, int) else 0.0
    )
