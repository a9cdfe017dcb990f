"""The week's two pages, read back as a reader would."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spm_bot.analytics.actions import Action, ActionKind
from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.measures import End, Rough
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.themes import Quote, Themes
from spm_bot.analytics.workloads import Workload
from spm_bot.reports.pages import digest_pdf
from spm_bot.texts import languages, voice
from tests.reports.proofs import bared, read
from tests.reports.samples import (
    HOSTILE,
    WINDOW,
    bare_digest,
    calm_digest,
    full_digest,
    hostile_digest,
    measure,
    scatter,
)

ENGLISH = voice("en")


def drawn(digest: Digest, language: str = "en") -> list[str]:
    return read(digest_pdf(digest, voice(language)))


def test_the_first_page_says_what_to_do_and_where_the_figures_stand() -> None:
    first, _ = drawn(full_digest())
    for words in (
        "Umoja Microfinance",
        "Client week 44 · 26 Oct–1 Nov · all branches",
        "ACT: Bungoma. Debt stress clearly worse: 40 in 100 (32–49) of those who answered. Your limit: 15.",
        "Call the 6 who asked for help.",
        "19 in 100",
        "between 16 and 22",
        "a year before: 17 (14–20)",
        "Could not be scored: 28 of 771.",
        "limit 15: not met",
        "4.6 %",
        "loan list of 30 Oct 2026",
        "restructured 1.2 % · written off 0.7 %",
        "Debt stress, week by week",
        "+34 (24 to 44)",
        "not shown: said by fewer than 5",
        "We lend so that no family is worse off for it.",
        "12 by 31 Dec 2027",
        "−2 a quarter needed",
        "Decisions · open 3, late 1",
        "30 Sep 2026 · late",
        "from 26 to 20 by 15 Oct 2026",
        "22 (19–25) · unclear",
        "often look better later, even if nothing is done",
        "Over a limit and no decision yet: Would not know or dare to complain.",
        "You said the fees were not clear.",
    ):
        assert bared(words) in bared(first)


def test_the_second_page_shows_branches_corners_groups_themes_and_quality() -> None:
    _, second = drawn(full_digest())
    for words in (
        "In order of names, no ranking",
        "Bungoma 40 (32–49)",
        "Mumias * – * * 5.2 % – 360 54",
        "Siaya * – * * 4.9 % +2.0 % 400 42",
        "24 (11–45), few answers",
        "hidden stress: Bungoma, Busia",
        "Farm loan 27 (21–34)",
        "only the total can be shown",
        "repayment dates 61",
        "“The instalment comes two weeks before we sell the maize.”",
        "Feedback, not an estimate. Fewer than 20 in 100",
        "true stress is probably higher",
        "more than 30 days late 17 31 5",
        "refused 37 · broke off 24 · 9 seconds an answer",
        "DS8 9 in 100",
        "How to read this",
        "Figures of fewer than 10 people are not shown.",
        "method 2",
    ):
        assert bared(words) in bared(second)


def test_branches_stand_in_the_order_of_their_names() -> None:
    _, second = drawn(full_digest(scatter=None))
    names = ["Bungoma", "Busia", "Eldoret", "Kakamega", "Kisumu", "Kitale", "Mumias", "Nakuru", "Siaya"]
    assert sorted(names, key=second.index) == names


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("make", [full_digest, calm_digest, hostile_digest])
def test_two_pages_in_every_language_and_the_same_bytes_twice(
    make: Callable[[], Digest], language: str
) -> None:
    digest = make()
    pdf = digest_pdf(digest, voice(language))
    assert len(read(pdf)) == 2
    assert pdf == digest_pdf(digest, voice(language))


@pytest.mark.parametrize("language", languages())
def test_screen_readers_are_told_the_language_and_the_title(language: str) -> None:
    pdf = digest_pdf(full_digest(), voice(language))
    assert f"/Lang({language}".encode() in pdf.replace(b"/Lang (", b"/Lang(")
    assert b"pdfuaid:part" in pdf
    assert b"/StructTreeRoot" in pdf
    assert pypdfium2.PdfDocument(pdf).get_metadata_dict()["Title"] == "Umoja Microfinance · 2026-W44"


def test_a_calm_week_says_so_and_draws_no_empty_section() -> None:
    first, second = drawn(calm_digest())
    assert "Nothing needs action." in first
    assert "There are no portfolio data." in first
    for words in ("Objectives", "Decisions", "PAR30", "More figures"):
        assert words not in first
    for words in ("PAR30", "Growth", "officer", "What comments are about", "How good the data are", "*"):
        assert words not in second


def test_one_page_is_enough_where_nothing_is_known() -> None:
    (only,) = drawn(bare_digest())
    assert "Too few answers to say whether anything needs action." in only
    assert only.count("too few answers to show") == 3


def test_hostile_words_stay_text() -> None:
    pages = "".join(bared(page) for page in drawn(hostile_digest()))
    for words in (
        HOSTILE[0],
        HOSTILE[1][:30],
        HOSTILE[2],
        "right to left mark",
        HOSTILE[4],
        "line break tab and more",
    ):
        assert bared(words) in pages


def many(count: int, name: str) -> Digest:
    """A digest of so many branches with long names."""
    names = {f"B{place:02}": f"{name} {place:02}" for place in range(count)}
    rows = tuple(
        Row(code, named, False, WINDOW, measure(0.2, 40), measure(0.2, 40), verdict=Verdict.NO_CLEAR_CHANGE)
        for code, named in names.items()
    )
    loads = tuple(Workload(code, named, 900, 0.1, 250.0, 0.7, 0.1) for code, named in names.items())
    return full_digest(
        breakdowns=(
            *(Breakdown(Dimension.BRANCH, code, rows) for code in ("DST5", "SAT3", "SAT5")),
            *full_digest().breakdowns[3:],
        ),
        workloads=loads,
        action=Action(ActionKind.NOTHING),
    )


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("name", ["Branch", "Agence de la vallée du fleuve", "n" * 4096])
def test_sixty_branches_still_fit_and_the_rest_is_counted(name: str, language: str) -> None:
    assert len(drawn(many(60, name), language)) == 2


def test_the_rest_of_the_branches_is_counted() -> None:
    _, second = drawn(many(60, "Place"))
    shown = sum(f"Place {place:02}" in second for place in range(60))
    assert 20 <= shown < 60
    assert f"and {60 - shown} more" in second
    assert "How to read this" in second


def test_a_branch_that_got_worse_is_never_among_the_rest() -> None:
    digest = many(60, "Place")
    stress = digest.breakdowns[0]
    rows = (*stress.rows[:-1], replace(stress.rows[-1], verdict=Verdict.WORSE))
    _, second = drawn(replace(digest, breakdowns=(replace(stress, rows=rows), *digest.breakdowns[1:])))
    assert "Place 59 20 (10–35) worse" in second
    assert "Place 58" not in second


def test_thirty_branches_fit_whole() -> None:
    _, second = drawn(replace(many(30, "Place"), themes=Themes(None, None, ()), scatter=None))
    assert all(f"Place {place:02}" in second for place in range(30))


def test_a_branch_reads_its_own_figures_in_the_tiles() -> None:
    whole = full_digest()
    own = tuple(
        replace(table, rows=tuple(row for row in table.rows if row.code == "KSM"))
        for table in whole.breakdowns
        if table.dimension is Dimension.BRANCH
    )
    digest = full_digest(
        scope="KSM",
        scope_name="Kisumu",
        figures=(),
        breakdowns=own,
        scatter=None,
        objectives=(),
        books=tuple(book for book in whole.books if book.branch == "KSM"),
        workloads=tuple(row for row in whole.workloads if row.branch == "KSM"),
        action=Action(ActionKind.NOTHING),
    )
    first, second = drawn(digest)
    for words in ("Kisumu", "15 in 100", "between 10 and 21", "13 weeks before: 14 (9–20)", "8.3 %"):
        assert words in first
    assert "week by week" not in first
    assert "Bungoma" not in second


@pytest.mark.parametrize(
    ("together", "words"),
    [
        ((0.6, 0.2, 0.9), "They move together"),
        ((-0.6, -0.9, -0.2), "They move apart"),
        ((0.1, -0.3, 0.5), "It cannot be said that they move together."),
    ],
)
def test_stress_and_par30_are_never_called_cause_and_effect(
    together: tuple[float, float, float], words: str
) -> None:
    rho, low, high = together
    _, second = drawn(full_digest(scatter=replace(scatter(), together=rho, low=low, high=high)))
    assert words in second
    assert "because of" not in second


def test_branches_without_any_arrears_are_drawn_too() -> None:
    places = tuple(replace(place, par30=0.0, stress=0.0) for place in scatter().places)
    flat = replace(scatter(), places=places, stress_line=0.0, par30_line=0.0)
    assert len(drawn(full_digest(scatter=flat))) == 2


def test_every_indicator_can_lead_to_a_line_of_the_first_page() -> None:
    figures: Mapping[str, Figure] = {
        code: Figure(code, WINDOW, Rough(12, End.LOW), None, None)
        for code in CATALOGUE
        if CATALOGUE[code].unit == "share"
    }
    first, _ = drawn(full_digest(figures=(figures["DST5"], *(f for c, f in figures.items() if c != "DST5"))))
    assert "10 in 100 or fewer" in first


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_words_of_clients_stop_the_press(words: str) -> None:
    digest = full_digest(themes=Themes(40, None, (), (Quote(words + "\ud800😀ខ្មែរ", "thanks", None),)))
    assert len(drawn(digest)) == 2
