"""Every sentence the bot says is there in every language it speaks, with the same places to fill."""

import ast
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import spm_bot
from spm_bot.chat.commands import Command, described, recognise, word
from spm_bot.texts import SOURCE, languages, voice

ROOT = Path(spm_bot.__file__).parent
PLACES = re.compile(r"%\((\w+)\)s|%%")
TRANSLATED = [language for language in languages() if language != SOURCE]
PLURALS = {"ar": 6, "es": 2, "fr": 2, "hi": 2, "sw": 2}
SCRIPTS = {"ar": "ARABIC", "hi": "DEVANAGARI"}
WORDLESS = {"%(number)s %%"}
"""Sentences with nothing to translate."""

BUTTONS = (
    *("Start", "Later", "No", "Yes", "Skip", "Done ✓", "‹ Back", "✖ Close", "Share my number"),
    *("In one hour", "Tonight", "Tomorrow"),
)
TOASTS = (
    "All right. Tap Start when it suits you.",
    "Please answer the open question first.",
    "That button is too old.",
    "That question is already answered.",
    "This button is not for you.",
    "This survey is closed. Thank you all the same.",
)
BUTTON_FITS, MENU_FITS, TOAST_FITS = 20, 60, 200


def sentences() -> set[str | tuple[str, str]]:
    """What the code says, at any depth: in a call within another, or in the middle of an f-string."""
    nodes = (node for path in ROOT.rglob("*.py") for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {said for node in nodes if (said := sentence_of(node)) is not None}


def sentence_of(node: ast.AST) -> str | tuple[str, str] | None:
    match node:
        case ast.Call(
            func=ast.Attribute(attr="say") | ast.Name(id="say" | "sentence"),
            args=[ast.Constant(value=str(words)), *_],
        ):
            return words
        case ast.Call(
            func=ast.Attribute(attr="count"),
            args=[ast.Constant(value=str(one)), ast.Constant(value=str(many)), *_],
        ):
            return one, many
    return None


def catalogue(language: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    with (ROOT / "locale" / language / "LC_MESSAGES" / "bot.po").open("rb") as stream:
        messages = read_po(stream, locale=language)
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): forms(message.string)
        for message in messages
        if message.id
    }


def forms(words: str | Sequence[str] | None) -> tuple[str, ...]:
    """A sentence, or its plural forms, each of them."""
    return (words,) if isinstance(words, str) else tuple(words or ())


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogue_holds_exactly_what_is_said(language: str) -> None:
    assert set(catalogue(language)) == sentences()


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_fill_the_same_places(language: str) -> None:
    for source, translated in catalogue(language).items():
        ours = forms(source)
        assert translated
        for words in translated:
            assert words
            assert set(PLACES.findall(words)) == set(PLACES.findall(ours[-1])), words
            assert words.count("%%") == ours[-1].count("%%"), words


def units(text: str) -> int:
    """The length of a text as chats count it."""
    return len(text.encode("utf-16-le")) // 2


def edges(text: str) -> tuple[bool, bool]:
    """Whether there is room at the beginning, and at the end."""
    return text != text.lstrip(), text != text.rstrip()


def shown(language: str) -> Iterator[tuple[str, str]]:
    """Every sentence of a catalogue with each of its translations."""
    for source, translated in catalogue(language).items():
        for words in translated:
            yield forms(source)[-1], words


@pytest.mark.parametrize("language", TRANSLATED)
def test_sentences_have_the_plurals_of_their_language(language: str) -> None:
    found = {source: len(words) for source, words in catalogue(language).items()}
    assert found == {source: PLURALS[language] if isinstance(source, tuple) else 1 for source in found}


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_begin_and_end_like_their_sentence(language: str) -> None:
    stray = [words for source, words in shown(language) if edges(words) != edges(source)]
    assert stray == []


@pytest.mark.parametrize(("language", "script"), SCRIPTS.items())
def test_no_sentence_is_left_in_english(language: str, script: str) -> None:
    left = {
        source
        for source, words in shown(language)
        if not any(unicodedata.name(letter, "").startswith(script) for letter in words)
    }
    assert left == WORDLESS


def test_words_of_buttons_and_taps_are_said() -> None:
    assert {*BUTTONS, *TOASTS} - sentences() == set()


@pytest.mark.parametrize("language", languages())
def test_buttons_menu_and_words_over_the_chat_fit(language: str) -> None:
    say = voice(language).say
    assert [label for label in map(say, BUTTONS) if units(label) > BUTTON_FITS] == []
    assert [does for _, does in described(voice(language)) if units(does) > MENU_FITS] == []
    assert [words for words in map(say, TOASTS) if units(words) > TOAST_FITS] == []


@pytest.mark.parametrize("language", languages())
def test_label_of_a_button_commands_the_same_when_it_is_typed(language: str) -> None:
    say = voice(language).say
    typed = {label: recognise(say(label), language=language) for label in ("‹ Back", "Skip", "✖ Close")}
    assert typed["‹ Back"] == (Command.BACK, "")
    assert typed["Skip"] == (Command.SKIP, "")
    assert typed["✖ Close"] in (None, (Command.QUIET, ""))


@pytest.mark.parametrize("language", TRANSLATED)
def test_word_to_write_is_named_in_the_language_of_the_sentence(language: str) -> None:
    named = [
        (word(command, language), words)
        for source, words in shown(language)
        for command in Command
        if re.search(rf"\b{word(command, SOURCE)}\b", source)
    ]
    assert named
    assert [words for own, words in named if own not in words] == []


def test_lines_that_begin_with_a_command_read_from_right_to_left_in_arabic() -> None:
    lines = [words for source, words in shown("ar") if source.startswith("/")]
    assert lines
    assert [words for words in lines if not words.startswith("\u200f\u200e/")] == []
