from dataclasses import replace
from gettext import NullTranslations
from itertools import product
from typing import Any

import pytest

from spm_bot.analytics.actions import Action, ActionKind
from spm_bot.analytics.commitments import Commitments
from spm_bot.analytics.digest import Digest, Remark
from spm_bot.analytics.figures import Aim, AimKind, Figure, Unscored
from spm_bot.analytics.measures import End, Rough
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.portfolio import Book
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window
from spm_bot.reports.card import card
from spm_bot.reports.fitting import LIMIT
from spm_bot.texts import Voice, languages, voice
from tests.reports.samples import (
    BRANCHES,
    HOSTILE,
    WINDOW,
    bare_digest,
    calm_digest,
    commitments,
    full_digest,
    hostile_digest,
    measure,
)

ENGLISH = voice("en")

ALARM = """\
Client week 44 · 26 Oct–1 Nov · all branches
ACT: Bungoma. Debt stress clearly worse: 40 in 100 (32–49) of those who answered. Your limit: 15.
Do: review loans made there since Aug. Call the 6 who asked for help.

Clients in the chat · last 13 weeks
🔴 Debt stress 19 in 100 (16–22) · worse · limit 15: not met
Clients in arrears answered less; true stress is probably higher.
⚪ Always treated with respect 88 (85–90) · no clear change
⚪ Would not know or dare to complain 22 (19–25) · no clear change · target 10: not met

Portfolio · 30 Oct
PAR30 4.6 % · written off + rescheduled 1.9 %

Who we heard: 771 of 1,742 asked, 58 this week. Of all borrowers: 6 in 100; in arrears: 3 in 100. \
Feedback, not an estimate.
Open decisions: 3, late: 1."""

OWED = "\nOver your limit and not yet decided: Would not know or dare to complain."

CALM = """\
Client week 46 · 9–15 Nov · all branches
Nothing needs action.

Clients · last 13 weeks
⚪ Debt stress 19 in 100 (16–22) · no clear change · no limit set
⚪ Always treated with respect 88 (85–90) · no clear change
⚪ Would not know or dare to complain 22 (19–25) · no clear change

Portfolio: no data.

Who we heard: 300 of 380 asked, 24 this week. Of all borrowers: 28 in 100; in arrears: 25 in 100.
Small institution: an administrator may also work on cases."""

BARE = """\
Client week 44 · 26 Oct–1 Nov · all branches
Too few answers to say whether anything needs action.

Clients in the chat · last 13 weeks
⚪ Debt stress · too few answers to show
⚪ Always treated with respect · too few answers to show
⚪ Would not know or dare to complain · too few answers to show

Portfolio: no data.

Who we heard: nobody was asked in the last 13 weeks.
No open decisions."""

BRANCH = """\
Client week 44 · 26 Oct–1 Nov · Bungoma
ACT: Bungoma. Debt stress clearly worse: 40 in 100 (32–49) of those who answered. Your limit: 15.
Do: review loans made there since Aug. Call the 6 who asked for help.

Clients in the chat · 13 weeks until 1 Nov
🟠 Debt stress 40 in 100 (32–49) · worse
⚪ Always treated with respect 79 (71–85)
⚪ Would not know or dare to complain 30 (22–39)

Portfolio · 30 Oct
PAR30 2.8 % · written off + rescheduled 1.8 %

Who we heard until 1 Nov: 281 of 692 asked. Of all borrowers: 31 in 100. Feedback, not an estimate.
Open decisions: 1.
Clients are told: You said the fees were not clear. Since September they stand on every receipt."""


def branch_digest(code: str = "BGM", **changes: Any) -> Digest:
    """The full digest as the manager of one branch gets it."""
    digest = full_digest()
    tables = tuple(
        replace(table, rows=tuple(row for row in table.rows if row.code == code))
        for table in digest.breakdowns[:3]
    )
    given: dict[str, Any] = {
        "scope": code,
        "scope_name": BRANCHES[code],
        "figures": (),
        "breakdowns": tables,
        "heard": replace(digest.heard, asked=692, answered=281, of_borrowers=0.31, arrears_of_borrowers=None),
        "books": tuple(book for book in digest.books if book.branch == code),
        "commitments": Commitments(1, 0, (), (), commitments().said),
    }
    return replace(digest, **(given | changes))


def leading(digest: Digest, **changes: Any) -> Digest:
    """The digest with its leading figure changed."""
    first, *others = digest.figures
    return replace(digest, figures=(replace(first, **changes), *others))


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def lines(digest: Digest, *, start: str) -> list[str]:
    return [line for line in card(digest, ENGLISH).split("\n") if line.startswith(start)]


def test_card_of_an_ordinary_week() -> None:
    found = card(full_digest(commitments=replace(commitments(), owed=())), ENGLISH)
    assert found == ALARM
    assert units(found) <= 750


def test_card_says_what_is_over_a_limit_and_not_decided() -> None:
    assert card(full_digest(), ENGLISH) == ALARM + OWED


def test_card_of_a_calm_week_is_shorter() -> None:
    found = card(calm_digest(), ENGLISH)
    assert found == CALM
    assert units(found) < 0.7 * units(ALARM)


def test_card_of_a_week_of_which_nothing_is_known() -> None:
    assert card(bare_digest(), ENGLISH) == BARE


def test_card_of_one_branch() -> None:
    assert card(branch_digest(), ENGLISH) == BRANCH


def test_card_of_a_branch_between_its_monthly_verdicts() -> None:
    """Response, decisions and what was done come weekly, figures do not."""
    found = card(branch_digest(action=Action(ActionKind.MONTHLY)), ENGLISH)
    head = "Client week 44 · 26 Oct–1 Nov · Bungoma\nBranch verdicts come with the first digest of a month."
    assert found == head + BRANCH[BRANCH.index("\n\nPortfolio") :]


def test_card_of_a_hidden_branch() -> None:
    found = card(branch_digest("SYA", action=Action(ActionKind.SILENT)), ENGLISH)
    assert found.split("\n\n")[1] == (
        "Clients in the chat · 13 weeks until 1 Nov\n"
        "⚪ Debt stress · too few answers to show\n"
        "⚪ Always treated with respect · too few answers to show\n"
        "⚪ Would not know or dare to complain · too few answers to show"
    )


def test_card_of_a_branch_names_no_other() -> None:
    """Even where rows of others were left in, the card is of one branch."""
    found = card(branch_digest(breakdowns=full_digest().breakdowns), ENGLISH)
    assert found == BRANCH


@pytest.mark.parametrize(
    ("indicator", "kind", "act", "do"),
    [
        (
            "DST5",
            ActionKind.LIMIT_BREACHED,
            "Debt stress clearly beyond your limit: 19 in 100 (16–22) of those who answered. Your limit: 15.",
            "Do: check how instalments are fitted to incomes before a loan is given.",
        ),
        (
            "SAT3",
            ActionKind.WORSE,
            "Always treated with respect clearly worse: 88 in 100 (85–90) of those who answered.",
            "Do: go through how visits and collections are done.",
        ),
        (
            "SAT5",
            ActionKind.WORSE,
            "Would not know or dare to complain clearly worse: 22 in 100 (19–25) of those who answered.",
            "Do: show the ways to complain again, in every branch and in this chat.",
        ),
        (
            "SAT1",
            ActionKind.WORSE,
            "Would recommend us (net promoter score) clearly worse: +34 (24 to 44).",
            "Do: compare products and groups of clients in the report.",
        ),
        (
            "SAT1",
            ActionKind.LIMIT_BREACHED,
            "Would recommend us (net promoter score) clearly beyond your limit: +34 (24 to 44).",
            "Do: compare products and groups of clients in the report.",
        ),
    ],
)
def test_card_acts_on_the_institution(indicator: str, kind: ActionKind, act: str, do: str) -> None:
    digest = full_digest(action=Action(kind, indicator))
    assert lines(digest, start="ACT") == [f"ACT: all branches. {act}"]
    assert lines(digest, start="Do:") == [do]


def test_card_of_a_worse_branch_without_a_limit() -> None:
    assert lines(full_digest(branch_limit=None), start="ACT") == [
        "ACT: Bungoma. Debt stress clearly worse: 40 in 100 (32–49) of those who answered."
    ]


def test_card_says_when_a_change_is_of_the_season() -> None:
    assert lines(leading(full_digest(), echo=True), start="🔴") == [
        "🔴 Debt stress 19 in 100 (16–22) · worse · as last year at this time · limit 15: not met"
    ]


def test_card_is_silent_on_single_weeks() -> None:
    """Their word is not yet certain enough for the page that everybody reads."""
    assert card(leading(calm_digest(), early=Verdict.WORSE), ENGLISH) == card(calm_digest(), ENGLISH)


TOO_CLOSE = Aim(AimKind.TARGET, 0.2, Standing.TOO_CLOSE)


def test_card_has_no_good_mark_where_an_aim_is_too_close_to_call() -> None:
    better = leading(calm_digest(), verdict=Verdict.BETTER)
    assert lines(better, start="🟢") == ["🟢 Debt stress 19 in 100 (16–22) · better · no limit set"]
    close = leading(calm_digest(), verdict=Verdict.BETTER, aims=(TOO_CLOSE,))
    assert lines(close, start="⚪ Debt") == [
        "⚪ Debt stress 19 in 100 (16–22) · better · target 20: too close to call"
    ]


@pytest.mark.parametrize(
    ("aims", "said"),
    [
        ((Aim(AimKind.LIMIT, 0.2, Standing.MET), TOO_CLOSE), "limit and target 20: met"),
        ((Aim(AimKind.LIMIT, 0.3, Standing.MET), TOO_CLOSE), "limit 30: met · target 20: too close to call"),
        ((Aim(AimKind.LIMIT, 0.3, Standing.MET),), "limit 30: met"),
    ],
)
def test_card_says_limit_and_target(aims: tuple[Aim, ...], said: str) -> None:
    assert lines(leading(calm_digest(), aims=aims), start="⚪ Debt") == [
        f"⚪ Debt stress 19 in 100 (16–22) · no clear change · {said}"
    ]


def test_card_says_a_breached_limit_that_is_the_target_once() -> None:
    both = tuple(Aim(kind, 0.15, Standing.NOT_MET) for kind in (AimKind.LIMIT, AimKind.TARGET))
    assert lines(leading(calm_digest(), aims=both), start="🔴") == [
        "🔴 Debt stress 19 in 100 (16–22) · no clear change · limit and target 15: not met"
    ]


def test_card_of_few_answers_gives_ranges_and_ends() -> None:
    figures = (
        Figure("DST5", WINDOW, measure(0.5, 18), None, None),
        Figure("SAT3", WINDOW, Rough(25, End.HIGH), None, None),
        Figure("SAT5", WINDOW, measure(0.85, 26), None, None),
    )
    assert lines(bare_digest(figures=figures), start="⚪") == [
        "⚪ Debt stress 29–71 in 100 · few answers · no limit set",
        "⚪ Always treated with respect 90 in 100 or more · few answers",
        "⚪ Would not know or dare to complain 15 (6–33) · few answers",
    ]


def test_card_gives_the_unit_with_the_first_figure_shown() -> None:
    digest = leading(calm_digest(), now=None, verdict=None)
    assert lines(digest, start="⚪")[:2] == [
        "⚪ Debt stress · too few answers to show",
        "⚪ Always treated with respect 88 in 100 (85–90) · no clear change",
    ]


def test_card_names_the_weeks_of_a_figure_that_stands() -> None:
    assert lines(leading(calm_digest(), window=WINDOW), start="⚪ Debt") == [
        "⚪ Debt stress 19 in 100 (16–22) · no clear change · until 1 Nov · no limit set"
    ]


def test_card_names_the_weeks_of_a_branch_that_stands() -> None:
    digest = branch_digest()
    table = digest.breakdowns[0]
    older = replace(table.rows[0], window=Window("2026-W28", "2026-W40"))
    digest = replace(digest, breakdowns=(replace(table, rows=(older,)),))
    assert lines(digest, start="🟠") == ["🟠 Debt stress 40 in 100 (32–49) · worse · until 4 Oct"]


def test_card_says_how_many_could_not_be_scored_when_they_are_many() -> None:
    digest = leading(full_digest(), unscored=Unscored(80, 771))
    assert lines(digest, start="Could not") == ["Could not be scored: 80 of 771."]


def test_card_says_when_fewer_are_asked() -> None:
    assert lines(full_digest(remarks=(Remark.STRESS_BRAKED,)), start="Fewer") == [
        "Fewer clients are asked about debt stress now, so that all who need help get it in time."
    ]


def book(currency: str, outstanding: float, as_of: str) -> Book:
    share = 0.1 if outstanding else None
    return Book(None, None, currency, outstanding, share, share, share, as_of)


def test_card_says_when_the_portfolio_is_old() -> None:
    old = full_digest(books=(book("KES", 100.0, "2025-09-20"),), remarks=(Remark.STALE_PORTFOLIO,))
    block = "Portfolio · 20 Sep 2025, over a month old\nPAR30 10.0 % · written off + rescheduled 20.0 %"
    assert block in card(old, ENGLISH).split("\n\n")


def test_card_keeps_currencies_apart() -> None:
    both = full_digest(books=(book("CHF", 0.0, "2026-10-31"), book("KES", 100.0, "2026-10-30")))
    assert (
        "Portfolio · 30 Oct\nCHF · no loans outstanding\n"
        "KES · PAR30 10.0 % · written off + rescheduled 20.0 %"
    ) in card(both, ENGLISH).split("\n\n")


def test_card_counts_decisions() -> None:
    three = "Debt stress, Always treated with respect, Would not know or dare to complain"
    owed = full_digest(commitments=Commitments(0, 0, (), ("DST5", "SAT3", "SAT5", "DST1"), ()))
    assert card(owed, ENGLISH).split("\n")[-2:] == [
        "No open decisions.",
        f"Over your limit and not yet decided: {three}, ….",
    ]


def test_card_of_a_branch_nobody_was_asked_in() -> None:
    digest = branch_digest(heard=replace(full_digest().heard, asked=0))
    assert lines(digest, start="Who")[0].startswith(
        "Who we heard: nobody was asked in the 13 weeks until 1 Nov."
    )


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (None, "Who we heard: too few of 50 asked to show."),
        ("BGM", "Who we heard until 1 Nov: too few of 50 asked to show."),
    ],
)
def test_card_of_few_heard(scope: str | None, said: str) -> None:
    few = replace(full_digest().heard, asked=50, answered=None, of_borrowers=None, answered_this_week=None)
    digest = full_digest(heard=few) if scope is None else branch_digest(heard=few)
    assert lines(digest, start="Who") == [said]


def test_card_without_a_list_of_borrowers() -> None:
    known = replace(full_digest().heard, asked=50, answered=20, of_borrowers=None, answered_this_week=None)
    assert lines(full_digest(heard=known), start="Who") == [
        "Who we heard: 20 of 50 asked. Feedback, not an estimate."
    ]


def test_card_over_new_year_and_in_french() -> None:
    found = card(full_digest(week="2026-W53"), Voice("fr", NullTranslations()))
    assert found.split("\n")[0] == "Client week 53 · 28 déc.–3 janv. · all branches"
    assert "PAR30 4,6 %" in found


@pytest.mark.parametrize("language", languages())
def test_card_fits_in_every_language(language: str) -> None:
    digests = (full_digest(), calm_digest(), bare_digest(), hostile_digest(), branch_digest())
    assert [digest.week for digest in digests if units(card(digest, voice(language))) > LIMIT] == []


@pytest.mark.parametrize(("name", "language"), list(product(HOSTILE, ("en", "ar"))))
def test_card_keeps_hostile_names_as_short_text(name: str, language: str) -> None:
    digest = branch_digest(scope_name=name, commitments=Commitments(1, 0, (), (), (name,) * 5))
    found = card(digest, voice(language))
    assert units(found) <= LIMIT
    assert found.split("\n")[0].count(" · ") == 2
    assert not set(found) & {"\u202e", "\u202c", "\t", "\r"}
    assert digest.scope_name is not None
    assert digest.scope_name.split()[0].strip("\u202e")[:20] in found


class Wordy(NullTranslations):
    """A language that needs `times` as many words."""

    def __init__(self, times: float) -> None:
        super().__init__()
        self._times = times

    def gettext(self, message: str) -> str:
        return message + "é" * round(len(message) * (self._times - 1))


def test_card_in_a_wordy_language_drops_the_least_first() -> None:
    digest = leading(full_digest(), unscored=Unscored(80, 771))
    found = card(digest, Voice("fr", Wordy(1.4)))
    assert units(found) <= LIMIT
    assert "Could not be scored" not in found
    assert all(kept in found for kept in ("Do:", "Clients in arrears answered less", "Who we heard", "Open"))


@pytest.mark.parametrize("times", [2, 3, 9])
def test_card_is_never_longer_than_a_caption(times: int) -> None:
    found = card(full_digest(), Voice("fr", Wordy(times)))
    assert units(found) <= LIMIT
    assert found.startswith("Client week 44")
