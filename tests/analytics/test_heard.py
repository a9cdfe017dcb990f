from dataclasses import replace

import pytest

from spm_bot.analytics.heard import ContactRow, CoverageRow, Heard, Span, heard


def contacts(
    *,
    fine: tuple[int, int] = (100, 40),
    late: tuple[int, int] = (50, 20),
    branch: str = "BGM",
    spans: tuple[Span, ...] = (Span.QUARTER, Span.BRANCH, Span.MONTH),
) -> list[ContactRow]:
    return [
        row
        for span in spans
        for row in (
            ContactRow(span, branch, False, True, fine[0], fine[0], fine[1]),
            ContactRow(span, branch, True, True, late[0], late[0] - 5, late[1]),
        )
    ]


COVERAGE = [CoverageRow("BGM", 400, 300, 80, 60)]
WHOLE = Heard(
    asked=150,
    delivered=145,
    answered=60,
    of_borrowers=0.15,
    arrears_of_borrowers=0.25,
    answered_this_week=None,
    coverage=0.75,
    feedback_only=False,
    chat_only=False,
    arrears_answer_less=False,
)


def test_heard_whole() -> None:
    assert heard(contacts(), COVERAGE, branch=None, minimum=10) == WHOLE


def test_heard_this_week_from_the_minimum_on() -> None:
    week = ContactRow(Span.WEEK, "BGM", False, True, 12, 12, 10)
    few = replace(week, answered=9)
    assert heard([*contacts(), week], COVERAGE, branch=None, minimum=10).answered_this_week == 10
    assert heard([*contacts(), few], COVERAGE, branch=None, minimum=10).answered_this_week is None


def test_heard_of_nothing() -> None:
    assert heard([], [], branch=None, minimum=10) == Heard(
        asked=0,
        delivered=0,
        answered=None,
        of_borrowers=None,
        arrears_of_borrowers=None,
        answered_this_week=None,
        coverage=None,
        feedback_only=True,
        chat_only=True,
        arrears_answer_less=False,
    )


@pytest.mark.parametrize(
    ("late", "less"), [((50, 15), True), ((100, 31), False), ((100, 30), True), ((50, 9), False)]
)
def test_heard_gap_of_ten_points_is_exact(late: tuple[int, int], less: bool) -> None:
    """40 − 30 points are ten although 0.4 − 0.3 is less than 0.1; too few answers show no gap."""
    found = heard(contacts(late=late), COVERAGE, branch=None, minimum=10)
    assert found.arrears_answer_less is less


def test_heard_gap_unknown_when_nobody_in_arrears_was_asked() -> None:
    found = heard(contacts(late=(0, 0)), COVERAGE, branch=None, minimum=10)
    assert (found.arrears_of_borrowers, found.arrears_answer_less) == (None, False)


@pytest.mark.parametrize(
    ("joined", "answered", "feedback"),
    [(200, 40, False), (199, 40, True), (200, 39, True)],
    ids=["20 %", "less joined", "less answered"],
)
def test_heard_under_a_fifth_is_feedback(joined: int, answered: int, feedback: bool) -> None:
    rows = [ContactRow(Span.QUARTER, "BGM", False, True, 100, 100, answered)]
    coverage = [CoverageRow("BGM", 400, joined, 80, 20)]
    assert heard(rows, coverage, branch=None, minimum=10).feedback_only is feedback


@pytest.mark.parametrize(("joined", "chat_only"), [(199, True), (200, False), (900, False)])
def test_heard_coverage_under_half_speaks_of_the_chat_only(joined: int, chat_only: bool) -> None:
    found = heard(contacts(), [CoverageRow("BGM", 400, joined, 80, 20)], branch=None, minimum=10)
    assert found.chat_only is chat_only
    assert found.coverage == min(1.0, joined / 400)


def test_heard_branch_is_a_part_of_the_whole_without_arrears() -> None:
    rows = [*contacts(), *contacts(branch="KSM", fine=(60, 30), late=(20, 2))]
    coverage = [*COVERAGE, CoverageRow("KSM", 200, 100, 20, 5)]
    assert heard(rows, coverage, branch="BGM", minimum=10) == replace(WHOLE, arrears_of_borrowers=None)


def test_heard_branch_is_hidden_with_its_small_neighbour() -> None:
    """8 answered in Kisumu; with the total, Bungoma's figure would give them away."""
    rows = [*contacts(), *contacts(branch="KSM", fine=(60, 8), late=(20, 0))]
    found = [heard(rows, COVERAGE, branch=code, minimum=10).answered for code in ("BGM", "KSM")]
    assert found == [None, None]
    assert heard(rows, COVERAGE, branch=None, minimum=10).answered == 68


def test_heard_branch_nobody_was_asked_in() -> None:
    assert heard(contacts(), COVERAGE, branch="SYA", minimum=10).answered is None


@pytest.mark.parametrize(("fresh", "told"), [((10, 10), 60), ((9, 10), None), ((10, 9), None)])
def test_heard_branch_waits_for_enough_answers_in_a_month(fresh: tuple[int, int], told: int | None) -> None:
    """Nine new answers of the neighbour would be told by the total, so both wait."""
    long = [row for code in ("BGM", "KSM") for row in contacts(branch=code, spans=(Span.BRANCH,))]
    month = [
        ContactRow(Span.MONTH, code, False, True, 20, 20, answered)
        for code, answered in zip(("BGM", "KSM"), fresh, strict=True)
    ]
    assert heard([*long, *month], COVERAGE, branch="BGM", minimum=10).answered == told


def test_heard_branch_counts_until_its_last_month_and_says_nothing_of_the_week() -> None:
    rows = [
        *contacts(spans=(Span.BRANCH, Span.MONTH)),
        *contacts(spans=(Span.QUARTER,), fine=(110, 41)),
        ContactRow(Span.WEEK, "BGM", False, True, 30, 30, 20),
    ]
    assert heard(rows, COVERAGE, branch="BGM", minimum=10) == replace(WHOLE, arrears_of_borrowers=None)


SAVERS = [
    ContactRow(span, "BGM", False, False, 90, 90, 30) for span in (Span.QUARTER, Span.BRANCH, Span.MONTH)
]


def test_heard_of_borrowers_counts_borrowers_only() -> None:
    """Thirty savers answered too: they were asked and heard, but are no part of the borrowers."""
    found = heard([*contacts(), *SAVERS], COVERAGE, branch=None, minimum=10)
    assert found == replace(WHOLE, asked=240, delivered=235, answered=90)


@pytest.mark.parametrize(("late", "less"), [((50, 15), True), ((50, 16), False)])
def test_heard_gap_is_one_between_borrowers(late: tuple[int, int], less: bool) -> None:
    rows = [*contacts(late=late), *(replace(row, answered=90) for row in SAVERS)]
    assert heard(rows, COVERAGE, branch=None, minimum=10).arrears_answer_less is less


def test_heard_feedback_is_measured_on_borrowers() -> None:
    """A fifth of all borrowers less one, however many savers answered."""
    borrowers = ContactRow(Span.QUARTER, "BGM", False, True, 100, 100, 39)
    coverage = [CoverageRow("BGM", 400, 200, 80, 20)]
    assert heard([borrowers, *SAVERS], coverage, branch=None, minimum=10).feedback_only


@pytest.mark.parametrize(("savers", "told"), [(0, 0.15), (9, None), (10, 0.15)])
def test_heard_branch_does_not_tell_on_a_few_savers(savers: int, told: float | None) -> None:
    rows = [*contacts(), *(replace(row, answered=savers) for row in SAVERS)]
    assert heard(rows, COVERAGE, branch="BGM", minimum=10).of_borrowers == told
