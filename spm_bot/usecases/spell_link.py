"""How a joining link looks and how long it is good: its address, and the signs of the code beside it."""

from __future__ import annotations

from datetime import timedelta

CLIENT_LINK_LASTS = timedelta(days=30)

CODE_SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Signs of a printed code: none that looks like another."""


def deep_link(bot: str, token: str) -> str:
    """The address that opens the chat with the bot and gives it the token."""
    return f"https://t.me/{bot}?start={token}"
