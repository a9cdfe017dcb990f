"""From Telegram's updates to the vocabulary of chats."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from telegram import Message
from telegram.constants import ChatMemberStatus, ChatType
from telegram.helpers import effective_message_type

from spm_bot.chat import tokens
from spm_bot.messages import Address, Blocked, Contact, Edited, Inbound, Other, Start, Tap, Text

if TYPE_CHECKING:
    from datetime import datetime

    from telegram import CallbackQuery, Chat, ChatMemberUpdated, Update, User

    from spm_bot.messages import Body

CHANNEL = "telegram"

# Half a surrogate pair would break every store behind us.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")

# What a person sends and waits for a reply to; all else is Telegram's own news about a chat.
_SENT_BY_PEOPLE = frozenset(
    [
        "animation",
        "audio",
        "checklist",
        "dice",
        "document",
        "game",
        "gift",
        "invoice",
        "live_photo",
        "location",
        "paid_media",
        "passport_data",
        "photo",
        "poll",
        "sticker",
        "story",
        "venue",
        "video",
        "video_note",
        "voice",
        "web_app_data",
    ]
)


def read(update: Update, *, bot_id: int, username: str, received_at: datetime) -> Inbound | None:
    """The inbound behind an update, or None for one that is no person's doing.

    A pressed button carries no time of its own, so `received_at` stands in.
    """
    key = f"tg:{bot_id}:{update.update_id}"
    if (query := update.callback_query) is not None:
        return _tap(query, key=key, at=received_at)
    if (message := update.message) is not None:
        body = _message_body(message, username=username)
        found = _inbound(key, message.chat, message.from_user, at=message.date, body=body)
        return None if found is None else replace(found, bot=username)
    if (message := update.edited_message) is not None:
        body = None if message.text is None else Edited(_clean(message.text), str(message.message_id))
        at = message.edit_date or message.date
        return _inbound(key, message.chat, message.from_user, at=at, body=body)
    if (change := update.my_chat_member) is not None:
        body = Blocked(_is_out(change))
        return _inbound(key, change.chat, change.from_user, at=change.date, body=body)
    return None


def _inbound(key: str, chat: Chat, sender: User | None, *, at: datetime, body: Body | None) -> Inbound | None:
    if body is None or sender is None or sender.is_bot or chat.type == ChatType.CHANNEL:
        return None
    return Inbound(
        key=key,
        address=Address(CHANNEL, str(chat.id)),
        sent_at=at,
        body=body,
        language=sender.language_code,
        private=chat.type == ChatType.PRIVATE,
    )


def _tap(query: CallbackQuery, *, key: str, at: datetime) -> Inbound | None:
    if query.message is None or _is_strangers(query.message.chat, query.from_user):
        return None
    token = tokens.decode(query.data) if query.data is not None else None
    return _inbound(key, query.message.chat, query.from_user, at=at, body=Tap(token))


def _message_body(message: Message, *, username: str) -> Body | None:
    private = message.chat.type == ChatType.PRIVATE
    if message.text is not None:
        text = _without_our_name(_clean(message.text), username=username)
        start = _start(text) if private else None
        return start or Text(text, str(message.message_id))
    if (contact := message.contact) is not None:
        sender = message.from_user
        own = sender is not None and contact.user_id == sender.id
        return Contact(_clean(contact.phone_number), own)
    kind = effective_message_type(message)
    if kind in _SENT_BY_PEOPLE:
        return Other(str(kind), _file(message, str(kind)), str(message.message_id))
    # A kind younger than the library still deserves a reply, where only a person can have sent it.
    return Other("unknown", message=str(message.message_id)) if kind is None and private else None


def _file(message: Message, kind: str) -> str:
    """Telegram's id of the file sent, of a photo's largest size; '' for what is no file."""
    content = getattr(message, kind, None)
    if isinstance(content, tuple):
        content = max(content, key=lambda size: size.width * size.height)
    return str(getattr(content, "file_id", ""))


def _is_strangers(chat: Chat, sender: User) -> bool:
    """A private chat has one person in it; nobody else may speak there for them."""
    return chat.type == ChatType.PRIVATE and chat.id != sender.id


def _start(text: str) -> Start | None:
    """`/start` with the payload of a deep link; a payload no link can carry counts as none."""
    command, *rest = text.split(maxsplit=1)[:2] or [""]
    if command.lower() != "/start":
        return None
    payload = "".join(rest).rstrip()
    return Start(payload if _PAYLOAD.fullmatch(payload) else "")


def _without_our_name(text: str, *, username: str) -> str:
    """`/help@our_bot now` as `/help now`; a command for another bot stays as it is."""
    if not text.startswith("/"):
        return text
    command = text.split(maxsplit=1)[0]
    name, _, addressee = command.partition("@")
    return name + text[len(command) :] if addressee.lower() == username.lower() != "" else text


def _is_out(change: ChatMemberUpdated) -> bool:
    return change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT)


def _clean(text: str) -> str:
    """Without control characters except newline and tab; marks for right-to-left text stay."""
    return _UNWANTED.sub("", text)
