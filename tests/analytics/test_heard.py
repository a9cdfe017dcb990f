from dataclasses import replace

import pytest

from spm_bot.analytics.heard import ContactRow, CoverageRow, Heard, Span, heard


def contacts(
    *, fine: tuple[int, int] = (100, 40), late: tuple[int, int] = (50, 20), branch: str = "BGM"
) -> list[ContactRow]:
    return [
        ContactRow(Span.QUARTER, branch, False, fine[0], fine[0], fine[1]),
        ContactRow(Span.QUARTER, branch, True, late[0], late[0] - 5, late[1]),
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
    week = ContactRow(Span.WEEK, "BGM", False, 12, 12, 10)
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
    rows = [ContactRow(Span.QUARTER, "BGM", False, 100, 100, answered)]
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
