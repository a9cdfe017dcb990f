"""The channel-neutral vocabulary: what comes in from a chat and what goes out to one.

Every channel speaks these types and nothing else, so a conversation is the same on Telegram, in a
terminal and in a test. How they look on the wire is each channel's own business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Address:
    """One chat: a channel's name and the handle by which that channel knows it."""

    channel: str
    handle: str


class Subject(StrEnum):
    """What a button belongs to."""

    SESSION = "s"
    INVITATION = "i"
    COMMAND = "c"


class Action(StrEnum):
    """What pressing a button asks for. The values are short because they travel in 64 bytes."""

    PICK = "p"
    DONE = "d"
    BACK = "b"
    SKIP = "k"
    YES = "y"
    NO = "n"
    START = "g"
    LATER = "l"
    CLOSE = "x"


@dataclass(frozen=True, slots=True)
class Token:
    """What a button says when pressed. `turn` is the turn of the session that drew it, so a button
    of an earlier question is known as stale; `value` is a choice's place in its list, or a
    command's word.
    """

    subject: Subject
    id: int
    turn: int
    action: Action
    value: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    token: Token


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a message; `kind` is `photo` or `document`, `file` names stored bytes."""

    kind: str
    name: str
    file: str


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to send, or, when `edits` is given, the new look of one sent before.

    `ref` names the message among those of its address, so that a later edit can name it. An edit
    that is `gone` takes the message out of the chat, and leaves `text` in its place where the channel
    can no longer do that. `erases` is the channel's own id of a message to take out, one the person
    typed or, with `gone` and its `text`, one of ours. `text` is plain: no markup, no escaping. `share`
    is the label of a button by which the person can share their own phone number; '' puts such a button
    away. `menu` are the commands that this chat offers from now on, each with what it does; none at all
    gives it back the menu of everybody.
    """

    text: str
    buttons: Rows = ()
    ref: str | None = None
    edits: str | None = None
    attachment: Attachment | None = None
    gone: bool = False
    erases: str | None = None
    share: str | None = None
    menu: tuple[tuple[str, str], ...] | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """Words typed by the person; `message` is the channel's own id of the message."""

    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Tap:
    """A pressed button; `token` is None when the data cannot be read (a button of another age)."""

    token: Token | None


@dataclass(frozen=True, slots=True)
class Start:
    """The chat was opened, with the payload of a deep link or ''."""

    payload: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A shared phone number; `own` when the sender shared their own."""

    phone: str
    own: bool


@dataclass(frozen=True, slots=True)
class Edited:
    """A message of the person's that now says something else."""

    text: str
    message: str


@dataclass(frozen=True, slots=True)
class Blocked:
    """The person stopped the bot in the channel (`blocked`) or let it in again."""

    blocked: bool


@dataclass(frozen=True, slots=True)
class Other:
    """Something we cannot read: a sticker, a photo, a voice note; `kind` says which, `file` is the
    channel's own reference to it ('' if it has none), `message` its id of the message.
    """

    kind: str
    file: str = ""
    message: str = ""


Body = Text | Tap | Start | Contact | Edited | Blocked | Other


@dataclass(frozen=True, slots=True)
class Inbound:
    """One event from a chat. `key` is unique for ever, so a repeated delivery is recognised.

    `language` is the phone's language tag if the channel tells it; `private` is False in a group; `bot` is
    the name by which links lead here, '' where none do.
    """

    key: str
    address: Address
    sent_at: datetime
    body: Body
    language: str | None = None
    private: bool = True
    bot: str = ""
