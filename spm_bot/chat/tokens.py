"""Button tokens as the short text that travels with a button (Telegram allows 64 bytes)."""

from __future__ import annotations

import re

from spm_bot.messages import Action, Subject, Token

LIMIT = 64

_NUMBER = re.compile("[0-7]?[0-9a-f]{1,15}")  # what a database takes as a whole number


def encode(token: Token) -> str:
    """`s.1f.3.p.4`: subject, id and turn in hexadecimal, action, value.

    Raises ValueError when the result would not fit into 64 bytes.
    """
    data = f"{token.subject}.{token.id:x}.{token.turn:x}.{token.action}.{token.value}"
    if len(data.encode()) > LIMIT:
        raise ValueError(f"a button may carry {LIMIT} bytes, this one needs {len(data.encode())}")
    return data


def decode(data: str) -> Token | None:
    """The token behind a button's data, or None if we never wrote such data."""
    parts = data.split(".", 4)
    if len(parts) != 5:
        return None
    subject, identity, turn, action, value = parts
    if not _NUMBER.fullmatch(identity) or not _NUMBER.fullmatch(turn):
        return None
    try:
        return Token(Subject(subject), int(identity, 16), int(turn, 16), Action(action), value)
    except ValueError:
        return None
