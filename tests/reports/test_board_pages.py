"""The board's two pages, read back as a reader would."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from spm_bot.analytics.board import Board, Outreach, ProcessRow, Safeguards
from spm_bot.reports.board_pages import board_pdf
from spm_bot.reports.questions import questions
from spm_bot.texts import languages, voice
from tests.reports.proofs import bared, read
from tests.reports.samples import HOSTILE, bare_digest, commitment, full_board, hostile_digest

ENGLISH = voice("en")


def bare_board() -> Board:
    return full_board(
        digest=bare_digest(),
        outreach=Outreach(0, None, None, None, None, 0, None, None),
        safeguards=Safeguards(None, None, None, None),
        workloads=(),
        decisions=(),
        processes=(),
        regulators=(),
    )


def hostile_board() -> Board:
    return full_board(
        institution=HOSTILE[0],
        digest=hostile_digest(),
        decisions=tuple(
            commitment(number, decision=words, owner=words, money=words, effect=words, late=True)
            for number, words in enumerate(HOSTILE * 3, start=1)
        ),
        processes=tuple(ProcessRow(words, words, None, "2026-08-10", True) for words in HOSTILE * 3),
        regulators=HOSTILE,
    )


def test_two_pages_say_what_the_board_must_know() -> None:
    first, second = (bared(page) for page in read(board_pdf(full_board(), ENGLISH)))
    for words in (
        "2026-Q3 · 1 Jul 2026 – 30 Sep 2026",
        "Beyond the limit: Debt stress.",
        "High stress while PAR30 is low: Bungoma, Busia.",
        "1 decision is late. What stands in its way?",
        "The review is overdue of: training.",
        "31 in 100 of all borrowers are in the chat.",
        "18 Jun 2026",
        "Active clients 12,640",
        "37 in 100",
        "Complaints received 31",
        "Days until solved, median 6",
        "Staff trained in client protection 74.0 %",
    ):
        assert bared(words) in first
    for words in (
        "about KES 400,000 of later income · three months of smaller instalments",
        "30 Sep 2026 · late",
        "often look better later",
        "10 Aug 2026 · overdue",
        "hidden stress: Bungoma, Busia",
        "neither is said to cause the other",
        "Example Microfinance Regulator",
    ):
        assert bared(words) in second


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("make", [full_board, bare_board, hostile_board])
def test_two_pages_in_every_language_and_the_same_bytes_twice(
    make: Callable[[], Board], language: str
) -> None:
    board = make()
    pdf = board_pdf(board, voice(language))
    assert len(read(pdf)) == 2
    assert pdf == board_pdf(board, voice(language))


def test_hostile_words_stay_text_and_long_lists_are_counted() -> None:
    second = bared(read(board_pdf(hostile_board(), ENGLISH))[1])
    assert bared(HOSTILE[0]) in second
    assert "24arelate" in second
    assert "more" in second


def test_a_quiet_quarter_still_has_three_questions() -> None:
    asked = questions(bare_board(), ENGLISH)
    assert len(asked) == 3
    assert asked[0].startswith("Which of these figures")


def test_many_places_are_named_by_the_first_three() -> None:
    places = full_board().digest.scatter
    assert places is not None
    hidden = tuple(replace(places.places[0], name=f"Place {number}") for number in range(5))
    board = full_board(digest=replace(full_board().digest, scatter=replace(places, places=hidden)))
    assert (
        "High stress while PAR30 is low: Place 0, Place 1, Place 2, and 2 more."
        in questions(board, ENGLISH)[1]
    )
