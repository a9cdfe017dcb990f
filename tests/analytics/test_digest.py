from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from spm_bot.analytics.digest import (
    Action,
    ActionKind,
    ContactRow,
    CoverageRow,
    Digest,
    ObservationRow,
    PortfolioRow,
    Settings,
    Span,
    compose,
    compose_each,
    from_json,
    to_json,
)
from spm_bot.analytics.figures import BranchRow
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window
from spm_bot.times import Week

Answers = Callable[..., list[ObservationRow]]

BRANCHES = {"BGM": "Bungoma", "KSM": "Kisumu", "NKR": "Nakuru"}
SETTINGS = Settings("Umoja", BRANCHES, "KES")
MONTHLY, BETWEEN = Week(2026, 44), Week(2026, 45)
CONTACTS = [
    ContactRow(span, code, arrears, True, asked, asked, asked // 2)
    for span in (Span.QUARTER, Span.BRANCH, Span.MONTH)
    for code in BRANCHES
    for arrears, asked in ((False, 80), (True, 40))
]
COVERAGE = [CoverageRow(code, 200, 150, 40, 30) for code in BRANCHES]
LOANS = [
    PortfolioRow(code, currency, 1000.0, 40.0, 10.0, date(2026, 10, 30))
    for currency in ("CHF", "KES")
    for code in BRANCHES
]


def composed(rows: list[ObservationRow], **changes: Any) -> Digest:
    given: dict[str, Any] = {
        "week": MONTHLY,
        "scope": None,
        "observations": rows,
        "contacts": CONTACTS,
        "coverage": COVERAGE,
        "portfolio": LOANS,
        "settings": SETTINGS,
    }
    return compose(**(given | changes))


def steady(answers: Answers, *codes: str) -> list[ObservationRow]:
    """Ten of forty stressed now and before."""
    return [row for code in codes for ago in (0, 13) for row in answers(code, 10, 40, ago=ago)]


def worse(answers: Answers, code: str, *, hits: int = 30) -> list[ObservationRow]:
    return [*answers(code, hits, 40), *answers(code, 8, 40, ago=13)]


def respectful(answers: Answers, *, before: int, now: int) -> list[ObservationRow]:
    return [
        row
        for hits, ago in ((now, 0), (before, 13))
        for row in answers("BGM", hits, 200, indicator="SAT3", ago=ago)
    ]


def test_compose_calm(answers: Answers) -> None:
    digest = composed(steady(answers, *BRANCHES))
    assert digest.action == Action(ActionKind.NOTHING)
    assert [row.verdict for row in digest.branches] == [Verdict.NO_CLEAR_CHANGE] * 3
    assert (digest.week, digest.first_of_month, digest.scope_name) == ("2026-W44", True, None)
    assert [figure.indicator for figure in digest.figures] == ["DST5", "SAT3", "SAT5"]
    assert digest.figure("DST5") == digest.figures[0]
    assert digest.figure("DST1") is None


def test_compose_windows_do_not_overlap(answers: Answers) -> None:
    rows = [
        *answers("BGM", 1, 40, ago=25),
        *answers("BGM", 2, 41, ago=13),
        *answers("BGM", 4, 42, ago=12),
        *answers("BGM", 8, 43, ago=0),
        *answers("BGM", 16, 44, ago=26),
        *answers("BGM", 32, 45, ago=-1),
    ]
    row = composed(rows, settings=replace(SETTINGS, branches={"BGM": "Bungoma"})).branches[0]
    assert isinstance(row.now, Exact)
    assert isinstance(row.before, Exact)
    assert (row.now.hits, row.now.n, row.before.hits, row.before.n) == (12, 85, 3, 81)


def test_compose_branch_clearly_worse_leads(answers: Answers) -> None:
    rows = [*worse(answers, "KSM"), *worse(answers, "NKR", hits=33), *steady(answers, "BGM")]
    settings = replace(SETTINGS, limits={"DST5": 0.1})
    digest = composed(rows, settings=settings)
    assert digest.action == Action(ActionKind.BRANCH_WORSE, "DST5", "NKR")
    assert digest.branch_limit == 0.1


def test_compose_branches_get_verdicts_once_a_month(answers: Answers) -> None:
    """Bungoma got better by as much as Kisumu got worse, so the institution stands where it stood."""
    rows = [*worse(answers, "KSM"), *answers("BGM", 8, 40), *answers("BGM", 30, 40, ago=13)]
    rows += steady(answers, "NKR")
    words = [row.verdict for row in composed(rows).branches]
    assert words == [Verdict.BETTER, Verdict.WORSE, Verdict.NO_CLEAR_CHANGE]
    digest = composed([replace(row, week=str(Week.parse(row.week).next())) for row in rows], week=BETWEEN)
    assert digest.action.kind is ActionKind.NOTHING
    assert [row.verdict for row in digest.branches] == [None] * 3


def test_compose_limit_breached_before_a_change(answers: Answers) -> None:
    rows = [*steady(answers, *BRANCHES), *respectful(answers, before=180, now=100)]
    settings = replace(SETTINGS, limits={"DST5": 0.3, "SAT3": 0.8})
    assert composed(rows, settings=settings).action == Action(ActionKind.LIMIT_BREACHED, "SAT3")


def test_compose_target_missed_is_no_breach(answers: Answers) -> None:
    rows = steady(answers, *BRANCHES)
    settings = replace(SETTINGS, targets={"DST5": 0.01})
    assert composed(rows, settings=settings).action == Action(ActionKind.NOTHING)


def test_compose_institution_clearly_worse(answers: Answers) -> None:
    rows = [*steady(answers, *BRANCHES), *respectful(answers, before=180, now=100)]
    assert composed(rows).action == Action(ActionKind.WORSE, "SAT3")


def test_compose_too_little_known(answers: Answers) -> None:
    rows = answers("BGM", 4, 9, unscored=50)
    digest = composed(rows)
    assert digest.action == Action(ActionKind.SILENT)
    assert [row for row in digest.branches if not row.hidden] == []
    assert [figure.now for figure in digest.figures] == [None, None, None]
    assert digest.figures[0].unscored is None


def test_compose_hides_a_small_branch_everywhere(answers: Answers) -> None:
    """Nakuru has 12 clients, 8 of whom answered; its neighbour hides it."""
    rows = [*steady(answers, "BGM", "KSM"), *answers("KSM", 0, 5), *answers("NKR", 8, 8)]
    coverage = [*COVERAGE[:2], CoverageRow("NKR", 12, 12, 4, 4)]
    contacts = [
        *(each for each in CONTACTS if each.branch != "NKR"),
        ContactRow(Span.BRANCH, "NKR", True, True, 12, 12, 8),
    ]
    digest = composed(rows, coverage=coverage, contacts=contacts)
    assert digest.branches[2] == BranchRow("NKR", "Nakuru", True)
    assert digest.branches[0] == BranchRow("BGM", "Bungoma", True)
    for code in ("NKR", "BGM"):
        own = composed(rows, coverage=coverage, contacts=contacts, scope=code)
        assert own.branches == (BranchRow(code, BRANCHES[code], True),)
        assert own.heard.answered is None
        assert own.action.kind is ActionKind.SILENT


def test_compose_scope_only_takes_away(answers: Answers) -> None:
    rows = [*worse(answers, "KSM"), *steady(answers, "BGM", "NKR")]
    whole = composed(rows)
    for code, name in BRANCHES.items():
        own = composed(rows, scope=code)
        assert own.figures == ()
        assert own.branches == tuple(row for row in whole.branches if row.code == code)
        assert set(own.books) == {book for book in whole.books if book.branch == code}
        assert (own.scope, own.scope_name) == (code, name)


def test_compose_one_new_answer_moves_no_branch(answers: Answers) -> None:
    """Twenty answers of Bungoma, then one more: subtracting two digests must not give that one away."""
    rows = [*answers("BGM", 6, 20, ago=4), *answers("KSM", 20, 80, ago=4), *answers("NKR", 20, 80, ago=4)]
    rows += [*answers("KSM", 3, 12), *answers("NKR", 3, 12)]
    whole = {week: composed(rows, week=week) for week in (Week(2026, 43), MONTHLY)}
    later = {week: composed([*rows, *answers("BGM", 1, 1)], week=week) for week in (MONTHLY, BETWEEN)}
    first = whole[Week(2026, 43)].branches[0]
    assert isinstance(first.now, Exact)
    assert (first.now.hits, first.now.n, first.window) == (6, 20, Window("2026-W28", "2026-W40"))
    assert [digest.branches[0] for digest in later.values()] == [first, first]
    assert later[MONTHLY].branches == whole[MONTHLY].branches
    own = [composed([*rows, *answers("BGM", 1, 1)], week=week, scope="BGM").branches for week in later]
    assert own == [(first,), (first,)]


def test_compose_branches_stand_between_two_months(answers: Answers) -> None:
    rows = [*steady(answers, *BRANCHES), *answers("BGM", 30, 30, ago=-1)]
    monthly, between = composed(rows), composed(rows, week=BETWEEN)
    assert [replace(row, verdict=None) for row in monthly.branches] == list(between.branches)
    assert monthly.branch_window == between.branch_window == Window("2026-W32", "2026-W44")
    assert [digest.figures[0].window for digest in (monthly, between)] == [
        Window("2026-W32", "2026-W44"),
        Window("2026-W33", "2026-W45"),
    ]


def test_compose_each_scope_from_the_same_inputs(answers: Answers) -> None:
    rows = [*worse(answers, "KSM"), *steady(answers, "BGM", "NKR")]
    scopes = (None, *BRANCHES)
    made = compose_each(
        week=MONTHLY,
        scopes=scopes,
        observations=rows,
        contacts=CONTACTS,
        coverage=COVERAGE,
        portfolio=LOANS,
        settings=SETTINGS,
    )
    assert made == tuple(composed(rows, scope=scope) for scope in scopes)


@pytest.mark.parametrize(
    ("code", "week", "action"),
    [
        ("KSM", MONTHLY, Action(ActionKind.BRANCH_WORSE, "DST5", "KSM")),
        ("BGM", MONTHLY, Action(ActionKind.NOTHING)),
        ("KSM", BETWEEN, Action(ActionKind.MONTHLY)),
    ],
)
def test_compose_scope_acts_on_its_own_branch(
    answers: Answers, code: str, week: Week, action: Action
) -> None:
    rows = [*worse(answers, "KSM"), *steady(answers, "BGM", "NKR")]
    assert composed(rows, scope=code, week=week).action == action


def test_compose_own_currency_first(answers: Answers) -> None:
    books = composed(steady(answers, *BRANCHES)).books
    assert [book.currency for book in books] == ["KES"] * 4 + ["CHF"] * 4


def test_compose_unknown_branch() -> None:
    with pytest.raises(ValueError, match="there is no branch 'XYZ'"):
        composed([], scope="XYZ")


def test_settings_minimum_is_never_below_five() -> None:
    with pytest.raises(ValueError, match="never below 5, not 4"):
        replace(SETTINGS, minimum_cell=4)


@pytest.mark.parametrize("scope", [None, "BGM"])
def test_json_round_trip(answers: Answers, scope: str | None) -> None:
    rows = [*worse(answers, "KSM"), *steady(answers, "BGM"), *answers("NKR", 1, 12, unscored=11)]
    rows += respectful(answers, before=180, now=100)
    settings = replace(SETTINGS, limits={"DST5": 0.15}, targets={"SAT3": 1})
    digest = composed(rows, settings=settings, scope=scope)
    text = to_json(digest)
    assert from_json(text) == digest
    assert to_json(from_json(text)) == text
    assert text == to_json(composed(rows[::-1], settings=settings, scope=scope))


@pytest.mark.parametrize("text", ["", "{}", '{"layout": 2}'])
def test_json_of_something_else(text: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        from_json(text)
