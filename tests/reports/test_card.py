from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from gettext import NullTranslations

import pytest

from spm_bot.analytics.digest import ContactRow, Digest, PortfolioRow, Span
from spm_bot.analytics.windows import Window
from spm_bot.reports.card import card
from spm_bot.reports.fitting import LIMIT
from spm_bot.texts import Voice, voice

Composed = Callable[..., Digest]

ENGLISH = voice("en")

CALM = """\
Client week 45 · 2–8 Nov · all branches
Nothing needs action.

Clients · last 13 weeks
⚪ Debt stress 15 in 100 (11–19) · no clear change · no limit set
⚪ Always treated with respect 88 (83–92) · no clear change
⚪ Would not know or dare to complain 22 (17–28) · no clear change

Portfolio · 2 Nov
PAR30 4.1 % · written off 1.9 %

Who we heard: 590 of 900 asked, 30 this week. Of all borrowers: 13 in 100; in arrears: 15 in 100."""

ALARM = """\
Client week 44 · 26 Oct–1 Nov · all branches
ACT: Bungoma. Debt stress clearly worse: 50 in 100 (37–63) of those who answered. Your limit: 15.
Do: review loans made there since Aug and how instalments fit incomes.

Clients in the chat · last 13 weeks
🔴 Debt stress 21 in 100 (17–26) · no clear change · limit 15: not met
Clients in arrears answered less; true stress is probably higher.
Could not be scored: 12 of 302.
⚪ Always treated with respect 88 (83–92) · no clear change · target 90: too close to call
🟢 Would not know or dare to complain 22 (17–28) · better

Portfolio · 26 Oct
PAR30 4.1 % · written off 1.9 %

Who we heard: 291 of 742 asked, 24 this week. Of all borrowers: 6 in 100; in arrears: 2 in 100. \
Feedback, not an estimate."""

SILENT = """\
Client week 45 · 2–8 Nov · all branches
Too few answers to say whether anything needs action.

Clients in the chat · last 13 weeks
⚪ Debt stress · too few answers to show
⚪ Always treated with respect · too few answers to show
⚪ Would not know or dare to complain · too few answers to show

Portfolio: no data.

Who we heard: nobody was asked in the last 13 weeks."""

BRANCH = """\
Client week 44 · 26 Oct–1 Nov · Bungoma
ACT: Bungoma. Debt stress clearly worse: 50 in 100 (37–63) of those who answered. Your limit: 15.
Do: review loans made there since Aug and how instalments fit incomes.

Clients in the chat · 13 weeks until 1 Nov
🟠 Debt stress 50 in 100 (37–63) · worse

Portfolio · 26 Oct
PAR30 4.1 % · written off 1.9 %

Who we heard until 1 Nov: 281 of 692 asked. Of all borrowers: 31 in 100. \
Feedback, not an estimate."""

WORSE_STRESS = {
    "BGM": (25, 50, 7, 50),
    "BSA": (8, 48, 7, 47),
    "KSM": (12, 80, 13, 82),
    "NKR": (9, 60, 9, 61),
    "SYA": (7, 52, 8, 50),
}


def asked(branch: str, asked: int, delivered: int, answered: int, *, arrears: bool) -> tuple[ContactRow, ...]:
    """Borrowers of a branch, all asked since the month before, over every span but this week."""
    spans = (Span.QUARTER, Span.BRANCH, Span.MONTH)
    return tuple(ContactRow(span, branch, arrears, True, asked, delivered, answered) for span in spans)


FEW_IN_ARREARS = (
    *asked("BGM", 622, 600, 271, arrears=False),
    *asked("BGM", 70, 60, 10, arrears=True),
    *asked("KSM", 50, 50, 10, arrears=False),
    ContactRow(Span.WEEK, "BGM", False, True, 60, 55, 24),
)


def alarming(composed: Composed, **changes: object) -> Digest:
    given: dict[str, object] = {
        "week": "2026-W44",
        "stress": WORSE_STRESS,
        "unscored": 12,
        "channels": (156, 200, 120, 200),
        "limits": {"DST5": 0.15},
        "targets": {"SAT3": 0.9},
        "contacts": FEW_IN_ARREARS,
        "joined": 400,
    }
    return composed(**(given | changes))


def silent(composed: Composed) -> Digest:
    nothing = (0, 0, 0, 0)
    return composed(stress={}, respect=nothing, channels=nothing, contacts=(), portfolio=(), joined=0)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_card_of_a_calm_week(composed: Composed) -> None:
    assert card(composed(), ENGLISH) == CALM


def test_card_of_an_alarming_week(composed: Composed) -> None:
    found = card(alarming(composed), ENGLISH)
    assert found == ALARM
    assert units(found) <= 750


def test_card_of_a_week_with_nothing_to_say(composed: Composed) -> None:
    assert card(silent(composed), ENGLISH) == SILENT


def test_card_of_one_branch(composed: Composed) -> None:
    contacts = (*FEW_IN_ARREARS[:6], *asked("KSM", 50, 50, 40, arrears=False))
    names = {"BGM": "Bungoma"} | {code: code for code in WORSE_STRESS if code != "BGM"}
    assert card(alarming(composed, scope="BGM", contacts=contacts, names=names), ENGLISH) == BRANCH


def lines(text: str, *, start: str) -> list[str]:
    return [line for line in text.split("\n") if line.startswith(start)]


@pytest.mark.parametrize(
    ("changes", "act", "do"),
    [
        (
            {"limits": {"DST5": 0.05}},
            "Debt stress clearly beyond your limit: 15 in 100 (11–19)",
            "Do: check how instalments are fitted to incomes before a loan is given.",
        ),
        (
            {"respect": (120, 200, 174, 200)},
            "Always treated with respect clearly worse: 60 in 100 (53–67)",
            "Do: go through how visits and collections are done.",
        ),
        (
            {"limits": {"SAT5": 0.9}},
            "Would not know or dare to complain clearly beyond your limit: 22 in 100 (17–28)",
            "Do: show the ways to complain again, in every branch and in this chat.",
        ),
    ],
    ids=["stress over its limit", "respect worse", "channels under their limit"],
)
def test_card_acts_on_the_institution(
    composed: Composed, changes: Mapping[str, object], act: str, do: str
) -> None:
    found = card(composed(**changes), ENGLISH)
    assert lines(found, start="ACT") == [f"ACT: all branches. {act} of those who answered."]
    assert lines(found, start="Do:") == [do]


def test_card_of_a_worse_branch_without_a_limit(composed: Composed) -> None:
    found = card(alarming(composed, limits={}), ENGLISH)
    act = "ACT: Bungoma. Debt stress clearly worse: 50 in 100 (37–63) of those who answered."
    assert lines(found, start="ACT") == [act]


def test_card_tells_a_turned_aim_from_the_same_side(composed: Composed) -> None:
    found = card(composed(targets={"SAT5": 0.8}), ENGLISH)
    assert lines(found, start="⚪ Would") == [
        "⚪ Would not know or dare to complain 22 (17–28) · no clear change · target 20: too close to call"
    ]


def test_card_of_few_answers_gives_ranges_and_ends(composed: Composed) -> None:
    found = card(
        composed(
            week="2026-W44",
            stress={"BGM": (9, 18, 0, 0)},
            respect=(25, 25, 0, 0),
            channels=(22, 26, 0, 0),
            joined=100,
        ),
        ENGLISH,
    )
    assert [line for line in found.split("\n") if line.endswith("few answers") or "no limit" in line] == [
        "⚪ Debt stress 29–71 in 100 · few answers · no limit set",
        "⚪ Always treated with respect 90 in 100 or more · few answers",
        "⚪ Would not know or dare to complain 15 (6–34) · few answers",
    ]


def test_card_gives_the_unit_with_the_first_figure_shown(composed: Composed) -> None:
    found = card(composed(stress={}, channels=(10, 20, 0, 0)), ENGLISH)
    assert found.split("\n")[4:7] == [
        "⚪ Debt stress · too few answers to show",
        "⚪ Always treated with respect 88 in 100 (83–92) · no clear change",
        "⚪ Would not know or dare to complain 30–70 · few answers",
    ]


def test_card_of_a_figure_without_an_earlier_one(composed: Composed) -> None:
    found = card(composed(respect=(176, 200, 0, 0)), ENGLISH)
    assert lines(found, start="⚪ Always") == ["⚪ Always treated with respect 88 (83–92)"]


def test_card_of_a_branch_between_its_monthly_verdicts(composed: Composed) -> None:
    found = card(composed(scope="KSM"), ENGLISH)
    assert found.split("\n")[:5] == [
        "Client week 45 · 2–8 Nov · Kisumu",
        "Branch verdicts come with the first digest of a month.",
        "",
        "Clients · 13 weeks until 1 Nov",
        "⚪ Debt stress 15 in 100 (9–24)",
    ]


def test_card_names_the_weeks_of_a_figure_that_stands(composed: Composed) -> None:
    """Nobody's stress was heard in the week after the month's last one, so that month's figure stands."""
    found = card(composed(stress={"KSM": (12, 80, 12, 80)}), ENGLISH)
    assert lines(found, start="⚪ Debt") == [
        "⚪ Debt stress 15 in 100 (9–24) · no clear change · until 1 Nov · no limit set"
    ]
    assert lines(found, start="⚪ Always") == ["⚪ Always treated with respect 88 (83–92) · no clear change"]


def test_card_names_the_weeks_of_a_branch_that_stands(composed: Composed) -> None:
    digest = composed(scope="KSM")
    older = replace(digest.branches[0], window=Window("2026-W28", "2026-W40"))
    found = card(replace(digest, branches=(older,)), ENGLISH)
    assert lines(found, start="⚪") == ["⚪ Debt stress 15 in 100 (9–24) · until 4 Oct"]


@pytest.mark.parametrize(
    ("target", "said"),
    [(0.1, "limit and target 10: not met"), (0.2, "limit 10: not met · target 20: met")],
)
def test_card_says_a_limit_that_is_the_target_once(composed: Composed, target: float, said: str) -> None:
    found = card(composed(limits={"DST5": 0.1}, targets={"DST5": target}), ENGLISH)
    assert lines(found, start="🔴") == [f"🔴 Debt stress 15 in 100 (11–19) · no clear change · {said}"]


def test_card_of_a_branch_nobody_was_asked_in(composed: Composed) -> None:
    found = card(composed(scope="SYA", contacts=()), ENGLISH)
    assert lines(found, start="Who") == ["Who we heard: nobody was asked in the 13 weeks until 1 Nov."]


def test_card_of_a_hidden_branch(composed: Composed) -> None:
    """12 clients, 8 answers: nothing of it is on any card."""
    stress = WORSE_STRESS | {"SYA": (8, 8, 8, 8)}
    contacts = (
        *asked("SYA", 12, 12, 8, arrears=True),
        *FEW_IN_ARREARS,
    )
    found = card(alarming(composed, scope="SYA", stress=stress, contacts=contacts), ENGLISH)
    assert found.split("\n") == [
        "Client week 44 · 26 Oct–1 Nov · Siaya",
        "Too few answers to say whether anything needs action.",
        "",
        "Clients in the chat · 13 weeks until 1 Nov",
        "⚪ Debt stress · too few answers to show",
        "",
        "Portfolio · 26 Oct",
        "PAR30 4.1 % · written off 1.9 %",
        "",
        "Who we heard until 1 Nov: too few of 12 asked to show.",
    ]
    assert "Siaya" not in card(alarming(composed, stress=stress, contacts=contacts), ENGLISH)


def test_card_says_when_the_portfolio_is_old(composed: Composed, an_old_day: date) -> None:
    rows = (PortfolioRow("BGM", "KES", 100.0, 10.0, 0.0, an_old_day),)
    found = card(composed(portfolio=rows), ENGLISH)
    assert "Portfolio · 20 Sep, over a month old\nPAR30 10.0 % · written off 0.0 %\n" in found


def test_card_keeps_currencies_apart(composed: Composed) -> None:
    day = date(2026, 11, 6)
    rows = (
        PortfolioRow("BGM", "CHF", 0.0, 0.0, 0.0, day),
        PortfolioRow("BGM", "KES", 100.0, 10.0, 0.0, day),
    )
    found = card(composed(portfolio=rows), ENGLISH)
    block = "Portfolio · 6 Nov\nKES · PAR30 10.0 % · written off 0.0 %\nCHF · no loans outstanding\n"
    assert block in found


@pytest.mark.parametrize(
    ("answered", "said"),
    [
        (10, "Who we heard: 10 of 50 asked. Of all borrowers: under 1 in 100. Feedback, not"),
        (9, "Who we heard: too few of 50 asked to show."),
    ],
)
def test_card_of_few_heard(composed: Composed, answered: int, said: str) -> None:
    rows = asked("BGM", 50, 50, answered, arrears=False)
    assert said in card(composed(contacts=rows), ENGLISH)


def test_card_without_a_register_of_borrowers(composed: Composed) -> None:
    names: dict[str, str] = {"BGM": "Bungoma"}
    digest = composed(names=names, stress={"BGM": (20, 100, 20, 100)})
    bare = type(digest)(
        **{field: getattr(digest, field) for field in digest.__dataclass_fields__}
        | {"heard": type(digest.heard)(50, 50, 20, None, None, None, None, True, True, False)}
    )
    assert card(bare, ENGLISH).split("\n\n")[-1] == "Who we heard: 20 of 50 asked. Feedback, not an estimate."


def test_card_over_new_year_and_in_french(composed: Composed) -> None:
    french = Voice("fr", NullTranslations())
    found = card(composed(week="2026-W53"), french)
    assert found.split("\n")[0] == "Client week 53 · 28 déc.–3 janv. · all branches"
    assert "PAR30 4,1 %" in found


LONG = "Kakamega Market Street and the Villages Around 🏦 "


@pytest.mark.parametrize("scope", [None, "BGM"])
def test_card_fits_with_the_longest_names(composed: Composed, scope: str | None) -> None:
    names = {code: f"{LONG * 5}{code}" for code in WORSE_STRESS}
    limits = {"DST5": 0.15, "SAT3": 0.5, "SAT5": 0.5}
    targets = {"DST5": 0.1, "SAT3": 0.9, "SAT5": 0.8}
    found = card(alarming(composed, names=names, scope=scope, limits=limits, targets=targets), ENGLISH)
    assert units(found) <= LIMIT


class Wordy(NullTranslations):
    """A language that needs `times` as many words."""

    def __init__(self, times: float) -> None:
        super().__init__()
        self._times = times

    def gettext(self, message: str) -> str:
        return message + "é" * round(len(message) * (self._times - 1))


def test_card_in_a_wordy_language_drops_the_least_first(composed: Composed) -> None:
    found = card(alarming(composed), Voice("fr", Wordy(1.4)))
    assert units(found) <= LIMIT
    assert "Could not be scored" not in found
    assert "Clients in arrears answered less" in found
    assert "Who we heard" in found


@pytest.mark.parametrize("times", [2, 3, 9])
def test_card_is_never_longer_than_a_caption(composed: Composed, times: int) -> None:
    found = card(alarming(composed), Voice("fr", Wordy(times)))
    assert units(found) <= LIMIT
    assert found.startswith("Client week 44")
