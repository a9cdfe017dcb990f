"""Words that command instead of answering: with a slash, or alone in any language we speak.

A word counts only when it is the whole message: "stop charging me twice" is no opt-out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from spm_bot.surveys.answers import plain


class Command(StrEnum):
    STOP = "stop"
    BACK = "back"
    SKIP = "skip"
    HELP = "help"
    LANGUAGE = "language"
    CONSENT = "consent"
    ASK = "ask"
    DIGEST = "digest"


WORDS: Mapping[Command, frozenset[str]] = MappingProxyType(
    {
        Command.STOP: frozenset({"stop", "unsubscribe", "arret", "arreter", "arretez"}),
        Command.BACK: frozenset({"back", "go back", "retour"}),
        Command.SKIP: frozenset({"skip", "passer"}),
        Command.HELP: frozenset({"help", "aide"}),
        Command.LANGUAGE: frozenset({"language", "langue"}),
    }
)
"""Plain words, without case and accents, as `surveys.answers.plain` leaves them."""


def recognise(text: str) -> tuple[Command, str] | None:
    """The command and what follows it, or None when the message is no command.

    After a slash words may follow (`/digest 2026-W47`); a plain word must stand alone.
    """
    said = text.strip()
    if said.startswith("/"):
        name, *rest = re.split(r"\s", said[1:], maxsplit=1)
        command = next((each for each in Command if each == name.casefold()), None)
        return None if command is None else (command, "".join(rest).strip())
    word = plain(said)
    return next(((command, "") for command, words in WORDS.items() if word in words), None)
