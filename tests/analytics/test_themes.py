"""Themes of comments: words per language, the minimum cell, and what may be quoted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.themes import (
    CLOSED,
    Spoken,
    ThemeRow,
    Themes,
    edited,
    found_in,
    lexicon,
    quotable,
    shipped,
    summed,
)
from spm_bot.surveys.spelling import plain

WORDS = lexicon(shipped(), plain=plain)
LANGUAGES = {"en", "fr", "es", "sw", "hi", "ar"}


def themes(text: str, language: str) -> set[str]:
    return set(found_in(plain(text), language=language, words=WORDS))


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("The fees are too HIGH!", "en", {"price"}),
        ("The officer shouted at me", "en", {"treatment"}),
        ("they threatened me", "en", {"safety"}),
        ("Les frais sont élevés et la file est longue", "fr", {"price", "waiting"}),
        ("Je ne comprends pas la PENALITE", "fr", {"price"}),
        ("El interés es caro, gracias", "es", {"price", "thanks"}),
        ("Riba ni kubwa, asanteni", "sw", {"price", "thanks"}),
        ("ब्याज़ ज़्यादा है", "hi", {"price"}),
        ("byaj zyada hai", "hi", {"price"}),
        ("الرسوم عالية والفائدة", "ar", {"price"}),
        ("وبالتطبيق", "ar", {"phone"}),
        ("feedback", "en", set()),
        ("", "en", set()),
        ("The fees are high", "lg", set()),
    ],
)
def test_words_of_each_language_are_found_whole(text: str, language: str, found: set[str]) -> None:
    assert themes(text, language) == found


def test_every_theme_has_words_in_every_language_and_none_is_empty() -> None:
    assert {theme: set(listed) for theme, listed in shipped().items()} == dict.fromkeys(shipped(), LANGUAGES)
    plain_words = [
        plain(w.replace("*", "")) for lists in shipped().values() for ws in lists.values() for w in ws
    ]
    assert all(len(word) > 1 for word in plain_words)
    assert set(shipped()) >= CLOSED


def test_an_institution_adds_words_takes_some_away_and_brings_a_language() -> None:
    changes = {"price": {"en": ("stamp duty", "-fees"), "lg": ("bbeeyi",)}}
    words = lexicon(edited(shipped(), changes), plain=plain)
    assert found_in("stamp duty", language="en", words=words) == {"price"}
    assert found_in("fees", language="en", words=words) == set()
    assert found_in("fee", language="en", words=words) == {"price"}
    assert found_in("bbeeyi", language="lg", words=words) == {"price"}


def test_a_list_that_is_taken_away_whole_finds_nothing() -> None:
    assert lexicon(edited({"price": {"en": ("fee",)}}, {"price": {"en": ("-fee",)}}), plain=plain) == {}


@pytest.mark.parametrize(
    ("found", "theme"),
    [
        (("price",), "price"),
        (("thanks", "waiting"), "waiting"),
        (("thanks",), "thanks"),
        (("price", "treatment"), None),
        (("thanks", "safety"), None),
        ((), None),
    ],
)
def test_staff_harm_and_the_unknown_are_never_quoted(found: tuple[str, ...], theme: str | None) -> None:
    assert quotable(found) == theme


def spoken(*groups: tuple[int, str]) -> list[Spoken]:
    """`(3, "price thanks")`: three people, each with one comment of both themes."""
    sizes = [(named, count) for count, named in groups]
    people = iter(range(1000))
    return [Spoken(next(people), frozenset(named.split())) for named, count in sizes for _ in range(count)]


def test_counts_are_shown_from_the_minimum_cell_on() -> None:
    found = summed(spoken((6, "price thanks"), (5, "price"), (4, "group thanks"), (5, "")), minimum=5)
    rows = (ThemeRow("price", 11, 11), ThemeRow("thanks", 10, 10))
    assert found == Themes(20, 0.25, rows)


def test_one_person_is_one_however_much_is_written() -> None:
    heard = [Spoken(1, frozenset({"price"}))] * 9 + spoken((5, "group"))
    assert summed(heard, minimum=5) == Themes(None, None, (ThemeRow("group", 5, 5),))


def test_a_rest_too_small_hides_the_total_from_which_it_could_be_worked_out() -> None:
    assert summed(spoken((9, "price"), (2, "group")), minimum=5) == Themes(
        None, None, (ThemeRow("price", 9, 9),)
    )


def test_no_rest_at_all_and_nothing_but_rest_are_told() -> None:
    assert summed(spoken((9, "price")), minimum=5) == Themes(9, 0.0, (ThemeRow("price", 9, 9),))
    assert summed(spoken((9, "")), minimum=5) == Themes(9, 1.0, ())
    assert summed([], minimum=5) == Themes(None, None, ())


CODES = ("price", "group", "dates")
COMMENTS = st.lists(st.builds(Spoken, st.integers(0, 15), st.frozensets(st.sampled_from(CODES))), max_size=40)


@given(COMMENTS, st.integers(2, 6))
def test_no_hidden_theme_is_narrowed_by_what_is_shown(heard: list[Spoken], minimum: int) -> None:
    """Taking a hidden theme out of every comment changes nothing that is shown."""
    found = summed(heard, minimum=minimum)
    shown = {row.theme for row in found.rows}
    assert all(min(row.comments, row.people) >= minimum for row in found.rows)
    assert found.comments is None or found.comments >= minimum
    bare = [Spoken(each.person, each.themes & shown) for each in heard]
    assert summed(bare, minimum=minimum) == found
