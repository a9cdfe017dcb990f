from __future__ import annotations

import re
from decimal import Decimal
from gettext import GNUTranslations
from importlib.resources import files
from io import BytesIO

import numpy as np
import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from spm_bot.texts import Voice, before, closest, comma, half_up, language_name, languages, voice

PLACE = re.compile(r"%\(\w+\)s")


def polish() -> Voice:
    """A language with three plurals, of which the test knows every word."""
    catalogue = Catalog(locale="pl")
    catalogue.add("Hello %(name)s", "Cześć %(name)s")
    catalogue.add(("%(n)s day", "%(n)s days"), ("%(n)s dzień", "%(n)s dni", "%(n)s dnia"))
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Voice("pl", GNUTranslations(compiled))


def test_voice_fills_places_in_its_language() -> None:
    assert polish().say("Hello %(name)s", name="Asha") == "Cześć Asha"
    assert polish().say("100 % yours") == "100 % yours"


@pytest.mark.parametrize(("number", "words"), [(1, "1 dzień"), (3, "3 dni"), (5, "5 dnia")])
def test_voice_counts_with_the_plurals_of_its_language(number: int, words: str) -> None:
    assert polish().count("%(n)s day", "%(n)s days", number) == words


@pytest.mark.parametrize("language", ["en", "xx", "../en"])
def test_voice_without_a_catalogue_speaks_english(language: str) -> None:
    speaker = voice(language)
    assert speaker.say("Hello %(name)s", name="Asha") == "Hello Asha"
    assert (speaker.count("%(n)s day", "%(n)s days", 1), speaker.count("%(n)s day", "%(n)s days", 2)) == (
        "1 day",
        "2 days",
    )


def test_english_comes_first_and_every_language_has_a_voice() -> None:
    offered = languages()
    assert offered[0] == "en"
    assert list(offered[1:]) == sorted(set(offered[1:]))
    assert [voice(language).language for language in offered] == list(offered)


def test_catalogues_keep_the_places_of_every_sentence() -> None:
    broken = []
    for language in languages()[1:]:
        source = files("spm_bot").joinpath("locale", language, "LC_MESSAGES", "bot.po")
        for message in read_po(BytesIO(source.read_bytes()), locale=language):
            sentences = message.id if isinstance(message.id, tuple | list) else (message.id,)
            said = message.string if isinstance(message.string, tuple | list) else (message.string,)
            places = set(PLACE.findall(sentences[-1]))
            broken += [(language, words) for words in said if words and set(PLACE.findall(words)) != places]
    assert broken == []


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "English"), ("fr", "Français"), ("sw", "Kiswahili"), ("ar", "العربية"), ("xx", "xx"), ("", "")],
)
def test_language_is_named_in_itself(language: str, name: str) -> None:
    assert language_name(language) == name


@pytest.mark.parametrize(
    ("tag", "offered"),
    [("fr-CA", "fr"), ("FR_ca", "fr"), ("fr", "fr"), ("de", "en"), ("", "en"), (None, "en")],
)
def test_closest_language_to_the_one_of_the_phone(tag: str | None, offered: str) -> None:
    assert closest(tag, ("en", "fr")) == offered


@pytest.mark.parametrize(
    ("value", "digits", "rounded"),
    [
        (0.5, 0, "1"),
        (2.5, 0, "3"),
        (-2.5, 0, "-3"),
        (55.45, 1, "55.5"),
        (2.675, 2, "2.68"),
        (19, 1, "19.0"),
        (np.float64(0.125), 2, "0.13"),
    ],
)
def test_numbers_are_rounded_half_up(value: float, digits: int, rounded: str) -> None:
    assert half_up(value, digits) == Decimal(rounded)
    assert str(half_up(value, digits)) == rounded


def test_name_in_latin_letters_does_not_turn_an_arabic_line_around() -> None:
    assert before("Amina", "نعم", "ar") == "\u200fAmina · نعم"
    assert before("Amina", "yes", "en") == "Amina · yes"


@pytest.mark.parametrize(("language", "sign"), [("en", ", "), ("hi", ", "), ("ar", "\u060c ")])
def test_parts_of_a_list_are_parted_as_the_language_does(language: str, sign: str) -> None:
    assert comma(language) == sign
