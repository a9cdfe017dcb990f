"""From the vocabulary of chats to Telegram's calls, and what became of each of them."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from spm_bot.chat.channel import Delivery, Sent, TryLater, Undeliverable
from spm_bot.chat.telegram.inbound import CHANNEL
from spm_bot.chat.telegram.menus import offer_menu
from spm_bot.chat.telegram.parts import (
    CAPTION_LIMIT,
    TEXT_LIMIT,
    TOAST_LIMIT,
    Part,
    cut,
    keyboard,
    mended,
    parts,
)
from spm_bot.log import event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from telegram import Bot, InlineKeyboardMarkup, Message

    from spm_bot.messages import Outbound

logger = logging.getLogger("spm_bot.telegram")

# Between the parts of one message we wait this long at most rather than send all of it again later.
_PATIENCE = 5.0
_UNSURE = 2.0
_DOWN = 5.0
_LOCKED_OUT = 60.0
_ANSWER_WITHIN = 3.0

_NO_SUCH_MESSAGE = Undeliverable("no such message", gone=False)


class TelegramChannel:
    """Delivers messages through one bot. No call raises for a failed delivery."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @property
    def name(self) -> str:
        return CHANNEL

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery:
        """Sent names the last part, which holds the end of the text and the buttons."""
        try:
            pending = parts(message, file=file)
        except ValueError as error:
            return _unsendable(error)
        outcome: Delivery = Undeliverable("empty", gone=False)
        for place, part in enumerate(pending):
            outcome = await self._send_part(handle, part)
            if place > 0 and isinstance(outcome, TryLater) and outcome.seconds <= _PATIENCE:
                await asyncio.sleep(outcome.seconds)
                outcome = await self._send_part(handle, part)
            if not isinstance(outcome, Sent):
                break
        if isinstance(outcome, Sent) and message.menu is not None:
            await offer_menu(self._bot, handle, message.menu)
        return outcome

    async def edit(self, handle: str, sent: str, message: Outbound) -> Delivery:
        """Replaces text and buttons; without new buttons the old ones go. A text too long is cut."""
        try:
            buttons = keyboard(message.buttons)
        except ValueError as error:
            return _unsendable(error)
        if message.share is not None:
            return _unsendable(ValueError("an edit cannot change the button that shares a phone number"))
        if not sent.isdecimal():
            return _NO_SUCH_MESSAGE

        async def edit(chat: int) -> str:
            await self._edit(chat, int(sent), mended(message.text), buttons)
            return sent

        return await _outcome(handle, edit)

    async def delete(self, handle: str, message: str) -> Delivery:
        """Takes out a message of ours, or in a private chat one of the person's, for two days at most."""
        if not message.isdecimal():
            return _NO_SUCH_MESSAGE

        async def delete(chat: int) -> str:
            await self._delete(chat, int(message))
            return message

        return await _outcome(handle, delete)

    async def acknowledge(self, callback_id: str, text: str | None = None) -> None:
        """Stops the pressed button's spinner, with a short note if given. Tried once, never raises."""
        try:
            async with asyncio.timeout(_ANSWER_WITHIN):
                await self._bot.answer_callback_query(
                    callback_id, text=cut(mended(text), TOAST_LIMIT) if text else None
                )
        except Exception as error:
            event(logger, "callback_not_answered", reason=type(error).__name__)

    async def _send_part(self, handle: str, part: Part) -> Delivery:
        async def send(chat: int) -> str:
            return str((await self._post(chat, part)).message_id)

        return await _outcome(handle, send)

    async def _post(self, chat: int, part: Part) -> Message:
        if part.kind == "text":
            return await self._bot.send_message(chat, part.text, reply_markup=part.keyboard)
        upload = self._bot.send_photo if part.kind == "photo" else self._bot.send_document
        caption = part.text or None
        return await upload(chat, part.file, caption=caption, reply_markup=part.keyboard, filename=part.name)

    async def _edit(self, chat: int, message: int, text: str, markup: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.edit_message_text(
                cut(text, TEXT_LIMIT), chat_id=chat, message_id=message, reply_markup=markup
            )
        except BadRequest as error:
            if _says(error, "no text in the message"):
                await self._edit_caption(chat, message, text, markup)
            elif not _says(error, "message is not modified"):
                raise

    async def _edit_caption(
        self, chat: int, message: int, text: str, markup: InlineKeyboardMarkup | None
    ) -> None:
        try:
            await self._bot.edit_message_caption(
                chat, message, caption=cut(text, CAPTION_LIMIT), reply_markup=markup
            )
        except BadRequest as error:
            if not _says(error, "message is not modified"):
                raise

    async def _delete(self, chat: int, message: int) -> None:
        try:
            await self._bot.delete_message(chat, message)
        except BadRequest as error:
            if not _says(error, "message to delete not found"):
                raise


def failure(error: TelegramError) -> TryLater | Undeliverable:
    """What a refused or failed call means for the message it was to deliver."""
    match error:
        case RetryAfter():
            wait = error.retry_after
            seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
            return TryLater(seconds, "too many requests")
        case Forbidden():
            reasons = ("blocked", "deactivated", "kicked")
            return Undeliverable(
                next((word for word in reasons if _says(error, word)), "forbidden"), gone=True
            )
        case BadRequest():
            unknown = any(
                _says(error, words) for words in ("chat not found", "user not found", "peer_id_invalid")
            )
            return Undeliverable("no such chat" if unknown else "refused", gone=unknown)
        case TimedOut():
            return TryLater(_UNSURE, "timed out")
        case NetworkError() if _says(error, "too large"):
            return Undeliverable("too large", gone=False)
        case NetworkError():
            return TryLater(_DOWN, "network")
        case InvalidToken():
            # A revoked token stops the intake as well; until then nothing must be given up.
            return TryLater(_LOCKED_OUT, "token rejected")
        case _:
            return TryLater(_DOWN, type(error).__name__)


async def _outcome(handle: str, call: Callable[[int], Awaitable[str]]) -> Delivery:
    """Runs `call`, which returns the message's id, on the chat; a group that moved is followed."""
    try:
        chat = int(handle)
    except ValueError:
        return Undeliverable("no such chat", gone=True)
    try:
        try:
            return Sent(await call(chat))
        except ChatMigrated as moved:
            event(logger, "chat_moved")
            return Sent(await call(moved.new_chat_id))
    except TelegramError as error:
        outcome = failure(error)
    except (KeyError, TypeError, ValueError) as error:
        event(logger, "answer_unreadable", severity=logging.WARNING, reason=type(error).__name__)
        outcome = TryLater(_DOWN, "unreadable answer")
    if isinstance(outcome, Undeliverable) and not outcome.gone:
        event(logger, "refused", severity=logging.WARNING, reason=outcome.reason)
    return outcome


def _unsendable(error: ValueError) -> Undeliverable:
    event(logger, "unsendable", severity=logging.ERROR, reason=str(error))
    return Undeliverable("unsendable", gone=False)


def _says(error: TelegramError, words: str) -> bool:
    return words in error.message.lower()
