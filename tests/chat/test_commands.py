from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.chat.commands import WORDS, Command, recognise


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("STOP", Command.STOP),
        (" stop. ", Command.STOP),
        ("Stop!", Command.STOP),
        ("\u202estop\u202c", Command.STOP),
        ("Arrêtez", Command.STOP),
        ("go back", Command.BACK),
        ("retour", Command.BACK),
        ("Passer", Command.SKIP),
        ("AIDE", Command.HELP),
        ("langue", Command.LANGUAGE),
    ],
)
def test_word_commands_when_it_stands_alone(text: str, command: Command) -> None:
    assert recognise(text) == (command, "")


@pytest.mark.parametrize(
    "text",
    [
        "stop charging me twice",
        "please stop",
        "stop stop",
        "no more duplicate charges",
        "don't stop",
        "back pain",
        "helpful",
        "consent",
        "ask",
        "digest",
        "",
        "   ",
    ],
)
def test_word_within_a_sentence_commands_nothing(text: str) -> None:
    assert recognise(text) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/stop", (Command.STOP, "")),
        ("/ASK", (Command.ASK, "")),
        ("/digest 2026-W47 ", (Command.DIGEST, "2026-W47")),
        (" /digest  2026-W47", (Command.DIGEST, "2026-W47")),
        ("/consent", (Command.CONSENT, "")),
        ("/digest\n2026-W47", (Command.DIGEST, "2026-W47")),
    ],
)
def test_slash_commands_and_hands_on_what_follows(text: str, found: tuple[Command, str]) -> None:
    assert recognise(text) == found


@pytest.mark.parametrize("text", ["/", "/ stop", "/stopping", "/frobnicate", "stop /stop", "//stop"])
def test_unknown_slash_commands_nothing(text: str) -> None:
    assert recognise(text) is None


WORD = st.sampled_from(sorted({word for words in WORDS.values() for word in words}))


@given(word=WORD, more=st.text("abcé", min_size=1), first=st.booleans())
def test_no_command_word_counts_with_another_word_beside_it(word: str, more: str, first: bool) -> None:
    assert recognise(f"{more} {word}" if first else f"{word} {more}") is None


def test_no_word_means_two_commands() -> None:
    words = [word for listed in WORDS.values() for word in listed]
    assert len(words) == len(set(words))
