from collections.abc import Callable, Iterable, Mapping
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spm_bot.analytics.releases import REACH, Shown, branches_shown, institution_shown
from spm_bot.analytics.tallies import Cell, ObservationRow, tally
from spm_bot.analytics.windows import Window, window
from spm_bot.times import Week

Answers = Callable[..., list[ObservationRow]]

# The digests of W40 and W44 are the first of their months, with five months before them.
MONTH, WEEK = Week(2026, 40), Week(2026, 44)


def institution(rows: list[ObservationRow], week: Week = WEEK) -> Shown | None:
    return institution_shown(tally(rows, "DST5", branches="ab"), week, minimum=10)


def branches(rows: list[ObservationRow], week: Week = WEEK) -> dict[str, tuple[str, int, int | None]]:
    """What is shown of each branch: its window's last week, its answers now and before."""
    found = branches_shown(tally(rows, "DST5", branches="abc"), week, minimum=10)
    return {
        code: (each.window.last, each.now.n, None if each.before is None else each.before.n)
        for code, each in found.items()
    }


def test_institution_from_the_minimum_on(answers: Answers) -> None:
    few = [*answers("a", 1, 4), *answers("b", 2, 5)]
    assert institution(few) is None
    assert institution([*few, *answers("b", 0, 1)]) == Shown(window(WEEK), Cell(10, 10, 3, 0), None)


def test_institution_stands_while_few_answers_come_and_go(answers: Answers) -> None:
    rows = [*answers("a", 5, 40, ago=2), *answers("a", 9, 9, ago=1), *answers("b", 8, 30, ago=15)]
    rows += answers("b", 0, 30, ago=16)
    assert institution(rows, WEEK.minus(2)) == Shown(
        window(WEEK.minus(2)), Cell(40, 40, 5, 0), Cell(60, 60, 8, 0)
    )
    assert institution(rows, WEEK.previous()) == institution(rows, WEEK.minus(2))


def test_institution_gathers_what_moved_within_a_month(answers: Answers) -> None:
    """Three answers a week are too few to show each week, enough from month to month."""
    rows = [row for ago in range(30) for row in answers("a", 1, 3, ago=ago)]
    shown = [institution(rows, WEEK.minus(back)) for back in (0, 1, 4)]
    assert [found and found.window.last for found in shown] == ["2026-W44", "2026-W40", "2026-W40"]
    assert shown[0] is not None
    assert shown[0].before == Cell(39, 39, 13, 0)


def test_institution_month_counts_from_its_last_open_week(answers: Answers) -> None:
    """Forty came two weeks ago and nine since: the month as a whole moved by more, but they can be told."""
    rows = [*answers("a", 5, 40, ago=2), *answers("a", 1, 4, ago=1), *answers("a", 1, 5)]
    found = institution(rows)
    assert found is not None
    assert found.window.last == "2026-W42"
    more = institution([*rows, *answers("b", 0, 1)])
    assert more is not None
    assert more.window.last == "2026-W44"


def test_institution_is_hidden_when_the_last_open_week_is_long_ago(answers: Answers) -> None:
    assert institution(answers("a", 5, 40, ago=4)) is not None
    assert institution(answers("a", 5, 40, ago=5), WEEK) is None


def test_branch_under_the_minimum_hides_a_neighbour(answers: Answers) -> None:
    rows = [*answers("a", 1, 9), *answers("b", 1, 50), *answers("c", 1, 40)]
    assert branches(rows) == {"b": ("2026-W44", 50, None)}


@pytest.mark.parametrize(
    ("scored", "unscored", "shown"),
    [
        ({"a": 40, "b": 50, "c": 40}, {}, "abc"),
        ({"a": 6, "b": 50, "c": 40}, {"a": 8}, "b"),
        ({"a": 6, "b": 8, "c": 40}, {"a": 8, "b": 9}, "c"),
        ({"a": 2, "b": 6, "c": 30}, {"b": 7}, ""),
    ],
    ids=["all large", "few scored", "two with few scored", "eight scored are not enough"],
)
def test_branch_is_hidden_by_people_then_by_scored_answers(
    answers: Answers, scored: dict[str, int], unscored: dict[str, int], shown: str
) -> None:
    rows = [row for code, n in scored.items() for row in answers(code, 0, n, unscored=unscored.get(code, 0))]
    assert set(branches(rows)) == set(shown)


def test_small_branch_stays_hidden_however_much_moved(answers: Answers) -> None:
    """Nine are left of a branch of which thirty answered in the weeks that have just gone by."""
    rows = [*answers("a", 3, 30, ago=14), *answers("a", 1, 9), *answers("b", 1, 50), *answers("c", 1, 40)]
    assert branches(rows) == {"b": ("2026-W44", 50, None)}


def test_branch_keeps_its_month_until_enough_has_moved(answers: Answers) -> None:
    """Nine new answers of a; b stands with it, or the total less all others would tell on them."""
    old = [row for code in "abc" for row in answers(code, 5, 20, ago=4)]
    new = [*answers("a", 1, 9), *answers("b", 3, 11), *answers("c", 3, 12)]
    assert branches([*old, *new]) == {
        "a": ("2026-W40", 20, None),
        "b": ("2026-W40", 20, None),
        "c": ("2026-W44", 32, None),
    }
    assert branches([*old, *new, *answers("a", 0, 1)]) == {
        "a": ("2026-W44", 30, None),
        "b": ("2026-W44", 31, None),
        "c": ("2026-W44", 32, None),
    }


def test_branches_do_not_move_between_two_months(answers: Answers) -> None:
    rows = [row for code in "abc" for ago in (4, 3, 2, 1) for row in answers(code, 5, 20, ago=ago)]
    for back in (1, 2, 3, 4):
        assert branches(rows, WEEK.minus(back)) == dict.fromkeys("abc", ("2026-W40", 20, None))


def test_branches_stand_for_three_months_at_most(answers: Answers) -> None:
    rows = [row for code in "abc" for row in answers(code, 5, 20, ago=4)]
    assert set(branches(rows, Week(2026, 52))) == set("abc")
    assert branches(rows, Week(2026, 53)) == {}


def test_branches_are_not_shown_where_their_sum_would_tell_the_total(answers: Answers) -> None:
    """Each branch moved enough within the month, but all together by three since the last open week."""
    old = [row for code in "abc" for ago in (5, 1) for row in answers(code, 5, 20, ago=ago)]
    rows = [*old, *answers("a", 1, 3)]
    assert branches(rows) == {}
    assert branches([*rows, *answers("a", 1, 7)]) == {
        "a": ("2026-W44", 50, None),
        "b": ("2026-W44", 40, None),
        "c": ("2026-W44", 40, None),
    }


def test_branch_is_compared_with_a_month_that_was_shown(answers: Answers) -> None:
    """W31 closed a month whose 13 weeks end right before W44's begin."""
    now = [row for code in "abc" for row in answers(code, 5, 20)]
    before = [row for code, n in (("a", 20), ("b", 30), ("c", 9)) for row in answers(code, 5, n, ago=13)]
    assert branches([*now, *before]) == {
        "a": ("2026-W44", 20, None),
        "b": ("2026-W44", 20, 30),
        "c": ("2026-W44", 20, None),
    }


MINIMUM = 5
LAST = Week(2026, 53)
SPAN = 60


@st.composite
def lives(draw: st.DrawFn) -> list[ObservationRow]:
    """Answers of busy and quiet branches, in busy and quiet weeks, now and then by the same person again."""
    rates = draw(st.fixed_dictionaries({code: st.sampled_from([0, 1, 2, 3, 6]) for code in "abcd"}))
    quiet = draw(st.sampled_from([0.0, 0.2, 0.5]))
    dice = draw(st.randoms(use_true_random=False))
    rows: list[ObservationRow] = []
    for age in reversed(range(SPAN)):
        hushed = dice.random() < quiet
        for code, rate in rates.items():
            for _ in range(dice.randint(0, 1 if hushed else 2 * rate)):
                again = rows and dice.random() < 0.05
                person = dice.choice(rows).respondent if again else len(rows)
                rows.append(ObservationRow(str(LAST.minus(age)), "debt_stress", "DST5", 1.0, code, person))
    return rows


Answer = tuple[int, str, str]


def counted(rows: Iterable[ObservationRow], weeks: Window) -> set[Answer]:
    """The last answer of everybody within some weeks."""
    kept = {row.respondent: row for row in rows if weeks.first <= row.week <= weeks.last}
    return {(row.respondent, row.branch, row.week) for row in kept.values()}


def differ(old: set[Answer], new: set[Answer]) -> int:
    return len({person for person, *_ in old ^ new})


def of(answers: set[Answer], codes: Iterable[str]) -> set[Answer]:
    kept = frozenset(codes)
    return {answer for answer in answers if answer[1] in kept}


def told(shown: Mapping[str, Shown]) -> dict[Window, frozenset[str]]:
    """Which branches are shown for which weeks, now or as what they are compared with."""
    found: dict[Window, frozenset[str]] = {}
    for code, each in shown.items():
        found[each.window] = found.get(each.window, frozenset()) | {code}
    return found


@given(lives())
@settings(max_examples=100, deadline=None)
def test_no_two_digests_differ_by_a_few(rows: list[ObservationRow]) -> None:
    """Nor does the total less the branches shown, in the weeks whose total is told or follows."""
    counts = tally(rows, "DST5", branches="abcd")
    totals: set[Window] = set()
    by_branch: dict[Window, frozenset[str]] = {}
    for back in range(18):
        week = LAST.minus(back)
        whole = institution_shown(counts, week, minimum=MINIMUM)
        parts = branches_shown(counts, week, minimum=MINIMUM)
        if whole is not None:
            totals.add(whole.window)
        for weeks, codes in told(parts).items():
            by_branch[weeks] = by_branch.get(weeks, frozenset()) | codes
    totals |= {weeks for weeks, codes in by_branch.items() if codes == frozenset("abcd")}
    answers = {weeks: counted(rows, weeks) for weeks in {*totals, *by_branch}}

    for weeks in totals:
        assert len(answers[weeks]) >= MINIMUM
    for weeks, codes in by_branch.items():
        assert all(len(of(answers[weeks], code)) >= MINIMUM for code in codes)
    for old, new in combinations(sorted(totals, key=lambda weeks: weeks.last), 2):
        assert differ(answers[old], answers[new]) >= MINIMUM
    for old, new in combinations(sorted(by_branch, key=lambda weeks: weeks.last), 2):
        for code in by_branch[old] & by_branch[new]:
            assert differ(of(answers[old], code), of(answers[new], code)) >= MINIMUM
        if {old, new} <= totals and by_branch[new] != frozenset("abcd"):
            left = frozenset("abcd") - by_branch[new]
            assert len(left) > 1
            assert len(of(answers[new], left)) >= MINIMUM
            assert differ(of(answers[old], left), of(answers[new], left)) >= MINIMUM


@given(lives())
@settings(max_examples=30, deadline=None)
def test_what_is_compared_with_was_shown_before(rows: list[ObservationRow]) -> None:
    """An earlier window is one that a digest of its own time showed, with the same answers."""
    counts = tally(rows, "DST5", branches="abcd")
    for week in (LAST, LAST.minus(4)):
        for code, each in branches_shown(counts, week, minimum=MINIMUM).items():
            if each.before is not None:
                then = Week.parse(each.window.last).minus(13)
                own = branches_shown(counts, then, minimum=MINIMUM)[code]
                assert own.now == each.before


@given(lives(), st.integers(0, 8))
@settings(max_examples=30, deadline=None)
def test_reach_is_all_that_matters(rows: list[ObservationRow], ago: int) -> None:
    week = LAST.minus(ago)
    reached = [row for row in rows if row.week > str(week.minus(REACH))]
    everything, enough = (tally(known, "DST5", branches="abcd") for known in (rows, reached))
    for shown in (institution_shown, branches_shown):
        assert shown(enough, week, minimum=MINIMUM) == shown(everything, week, minimum=MINIMUM)
