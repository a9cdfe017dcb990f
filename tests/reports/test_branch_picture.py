import struct
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import matplotlib as mpl
import pytest

from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.digest import Digest, from_json, to_json
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.measures import End, Rough
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window
from spm_bot.reports.branch_picture import branches_picture
from spm_bot.texts import Voice, languages, voice
from tests.reports.samples import (
    WINDOW,
    bare_digest,
    calm_digest,
    full_digest,
    hostile_digest,
    measure,
)

ENGLISH = voice("en")


class Telling(Voice):
    """Keeps what was said, with the places filled."""

    __slots__ = ("said",)

    def __init__(self) -> None:
        super().__init__("en", ENGLISH.catalogue)
        object.__setattr__(self, "said", [])

    said: list[str]

    def say(self, sentence: str, /, **values: object) -> str:
        words = super().say(sentence, **values)
        self.said.append(words)
        return words

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        words = super().count(one, many, number, **values)
        self.said.append(words)
        return words


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def told(digest: Digest) -> list[str]:
    telling = Telling()
    assert size(branches_picture(digest, telling))[0] == 1080
    return telling.said


def with_rows(rows: Mapping[str, Row], **changes: Any) -> Digest:
    table = Breakdown(Dimension.BRANCH, "DST5", tuple(rows.values()))
    return full_digest(breakdowns=(table,), **changes)


def a_row(code: str, verdict: Verdict | None = None, **changes: Any) -> Row:
    row = Row(code, f"Branch {code}", False, WINDOW, measure(0.2, 60), measure(0.15, 60), verdict=verdict)
    return replace(row, **changes)


def test_picture_is_the_same_for_the_same_digest() -> None:
    digest = full_digest()
    first = branches_picture(digest, ENGLISH)
    with mpl.rc_context({"savefig.bbox": "tight", "lines.linewidth": 9, "font.size": 40}):
        second = branches_picture(from_json(to_json(digest)), ENGLISH)
    assert first == second
    assert b"Software" not in first


@pytest.mark.parametrize("language", languages())
def test_picture_in_every_language(language: str) -> None:
    """A glyph that were missing would warn, and a warning is an error here."""
    for digest in (full_digest(), hostile_digest()):
        width, height = size(branches_picture(digest, voice(language)))
        assert (width, 1000 < height < 1700) == (1080, True)


def test_picture_size() -> None:
    """About as high as wide with nine branches, so a chat shrinks it little; small with one or none."""
    full, calm, bare = (
        size(branches_picture(digest, ENGLISH))[1] for digest in (full_digest(), calm_digest(), bare_digest())
    )
    assert bare < 500 < calm < 1080 < full < 1500


def test_picture_is_no_higher_for_long_names() -> None:
    rows = {code: a_row(code) for code in "ABC"}
    long = {code: replace(row, name=f"{row.name} $1 $2 " * 300) for code, row in rows.items()}
    assert size(branches_picture(with_rows(rows), ENGLISH)) == size(
        branches_picture(with_rows(long), ENGLISH)
    )


def test_picture_of_a_hidden_branch_is_that_of_one_without_a_figure() -> None:
    """Whatever it hides for, the mark is the same to the byte."""
    hidden, few = (
        with_rows({"A": a_row("A"), "B": Row("B", "Branch B", hidden, window)})
        for hidden, window in ((True, None), (False, WINDOW))
    )
    assert branches_picture(hidden, ENGLISH) == branches_picture(few, ENGLISH)


WORSE, BETTER, SAME = Verdict.WORSE, Verdict.BETTER, Verdict.NO_CLEAR_CHANGE


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ({"A": WORSE, "B": BETTER}, "Debt stress is clearly worse in Branch A"),
        ({"A": BETTER, "B": BETTER}, "Debt stress is clearly better in Branch A, Branch B"),
        (dict.fromkeys("ABCD", WORSE), "Debt stress is clearly worse in 4 branches"),
        ({"A": SAME, "B": None}, "No branch shows a clear change in debt stress"),
        ({"A": None}, "No branch has enough answers for a verdict yet"),
        ({}, "Debt stress: 19 in 100 (16–22), all branches together"),
    ],
)
def test_picture_title_says_the_finding(words: Mapping[str, Verdict | None], title: str) -> None:
    assert title in told(with_rows({code: a_row(code, word) for code, word in words.items()}))


def test_picture_between_two_months_tells_the_whole() -> None:
    assert "Debt stress: 19 in 100 (16–22), all branches together" in told(calm_digest())
    nothing = calm_digest(figures=())
    assert "Debt stress: too few answers to show, all branches together" in told(nothing)


def test_picture_of_one_branch() -> None:
    rows = {"A": a_row("A", SAME)}
    said = told(with_rows(rows, scope="A", scope_name="Branch A"))
    assert "Debt stress here: 20 in 100 (12–32)" in said
    assert "In the order of names, not a ranking." not in said


def test_picture_of_ends_and_ranges() -> None:
    rows = {
        "A": a_row("A", now=Rough(20, End.LOW), before=None),
        "B": a_row("B", now=Rough(20, End.HIGH), before=None),
        "C": a_row("C", now=measure(0.5, 12), before=measure(0.5, 12)),
    }
    said = told(with_rows(rows, branch_limit=None))
    assert said.count("few answers") == 3
    assert {"10 in 100 or fewer", "90 in 100 or more"} <= set(said)


def test_picture_of_many_branches_stays_within_what_a_chat_takes() -> None:
    digest = with_rows({f"{place:03}": a_row(f"{place:03}") for place in range(90)})
    assert sum(size(branches_picture(digest, ENGLISH))) < 10_000
    assert "10 branches are not drawn." in told(digest)


def test_picture_in_a_wordy_language_wraps_its_legend() -> None:
    class Wordy(Voice):
        def say(self, sentence: str, /, **values: object) -> str:
            words = super().say(sentence, **values)
            return f"{words} et encore et encore" if sentence.startswith("these 13") else words

    plain, wordy = (
        size(branches_picture(calm_digest(), speaking("en", ENGLISH.catalogue)))
        for speaking in (Voice, Wordy)
    )
    assert wordy == (1080, plain[1] + 42)


def test_picture_names_the_weeks_of_a_branch_that_stands() -> None:
    older = a_row("A", window=Window("2026-W28", "2026-W40"))
    said = told(with_rows({"A": older, "B": a_row("B")}))
    assert "13 weeks, 3 Aug–1 Nov 2026" in said
    assert [words for words in said if words.startswith("until")] == ["until 4 Oct"]


def test_picture_leaves_pyplot_alone() -> None:
    """pyplot keeps figures in a global and may look for a screen."""
    script = "import sys, spm_bot.reports.branch_picture; print('matplotlib.pyplot' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
