"""Every sentence the bot says is there in every language it speaks, with the same places to fill."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import spm_bot
from spm_bot.texts import SOURCE, languages

ROOT = Path(spm_bot.__file__).parent
PLACES = re.compile(r"%\((\w+)\)s|%%")
KEYWORDS = {"say": None, "sentence": None, "count": (1, 2)}
TRANSLATED = [language for language in languages() if language != SOURCE]


def sentences() -> set[str | tuple[str, ...]]:
    found = extract_from_dir(ROOT, keywords=KEYWORDS)
    said = {message if isinstance(message, str) else tuple(message) for _, _, message, _, _ in found}
    return said - {"\n"}


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
