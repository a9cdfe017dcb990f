"""How a message is laid out: which calls it takes, where its text is cut, how its buttons lie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from spm_bot.chat import tokens

if TYPE_CHECKING:
    from spm_bot.messages import Outbound, Rows

# Telegram counts characters in UTF-16 units.
TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
TOAST_LIMIT = 200
BUTTONS_IN_A_ROW = 8

Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


@dataclass(frozen=True, slots=True)
class Part:
    """One call of a message: a text, or a `file` with the text as its caption."""

    text: str
    keyboard: Markup | None = None
    kind: Literal["text", "photo", "document"] = "text"
    name: str = ""
    file: bytes = b""


def parts(message: Outbound, *, file: bytes | None) -> tuple[Part, ...]:
    """The calls that make up a message; the last one has the buttons, its own or the one to share.

    An attachment takes the text as its caption, or goes ahead of it when the text is too long for
    one. Raises ValueError for a message that cannot be sent at all.
    """
    text, buttons = mended(message.text), _markup(message)
    texts = [Part(piece) for piece in split(text, limit=TEXT_LIMIT)]
    pieces = texts
    if (attachment := message.attachment) is not None:
        if file is None:
            raise ValueError("the bytes of the attachment are missing")
        kind: Literal["photo", "document"] = "photo" if attachment.kind == "photo" else "document"
        media = Part("", kind=kind, name=mended(attachment.name), file=file)
        fits = _units(text) <= CAPTION_LIMIT
        pieces = [replace(media, text=text)] if fits else [media, *texts]
    return (*pieces[:-1], *(replace(last, keyboard=buttons) for last in pieces[-1:]))


def split(text: str, *, limit: int) -> list[str]:
    """`text` in pieces of at most `limit` UTF-16 units, cut at a paragraph, a line or a space if
    there is one in the second half of a piece. Blank pieces are left out.
    """
    pieces = []
    while _units(text) > limit:
        head = cut(text, limit, mark="")
        end = next((at for gap in ("\n\n", "\n", " ") if (at := head.rfind(gap)) > len(head) // 2), len(head))
        pieces.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [piece for piece in (*pieces, text) if piece.strip()]


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """The rows as buttons; a row wider than a phone may show is laid out in several of even width."""
    lines: list[list[InlineKeyboardButton]] = []
    for row in rows:
        buttons = [
            InlineKeyboardButton(mended(button.label), callback_data=tokens.encode(button.token))
            for button in row
        ]
        width = -(-len(buttons) // -(-len(buttons) // BUTTONS_IN_A_ROW)) if buttons else 1
        lines.extend(buttons[at : at + width] for at in range(0, len(buttons), width))
    return InlineKeyboardMarkup(lines) if lines else None


def _markup(message: Outbound) -> Markup | None:
    """What a message brings with it; Telegram has room for one thing."""
    buttons = keyboard(message.buttons)
    if message.share is None:
        return buttons
    if buttons is not None:
        raise ValueError("a message has buttons or one to share a phone number, never both")
    if not message.share:
        return ReplyKeyboardRemove()
    button = KeyboardButton(mended(message.share), request_contact=True)
    return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def cut(text: str, limit: int, *, mark: str = "…") -> str:
    """`text`, or as much of its beginning as fits into `limit` UTF-16 units together with `mark`."""
    if _units(text) <= limit:
        return text
    room = 2 * (limit - _units(mark))
    return text.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + mark


def mended(text: str) -> str:
    """`text` as it can travel: half a surrogate pair becomes a replacement character."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
