from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from spm_bot.analytics.diligence import EndingRow, MannerRow, SilenceRow
from spm_bot.analytics.heard import ContactRow, Span
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.quality import Quality, Reach, ReachRow, Silence, quality
from spm_bot.analytics.surveyed import SurveyQuality

NAMES = {"BUN": "Bungoma", "BUS": "Busia"}
SPANS = (Span.QUARTER, Span.BRANCH, Span.MONTH)


def ending(branch: str, arrears: str, completed: int, *, survey: str = "debt_stress") -> list[EndingRow]:
    """100 asked, 80 delivered, in every span; 5 partial, 3 broken off, 4 refused."""
    rest = 80 - completed - 12
    plain = EndingRow(Span.WEEK, survey, branch, arrears, 100, 80, completed, 5, 3, 4, rest, 20)
    return [replace(plain, span=span) for span in SPANS]


def people(branch: str, arrears: str, clients: int = 1000, joined: int = 500) -> PopulationRow:
    return PopulationRow(branch, "loan", "group", "female", "to_3", arrears, "rural", True, clients, joined)


def contacts(**answered: int) -> list[ContactRow]:
    return [
        ContactRow(span, branch, False, True, 200, 160, n) for span in SPANS for branch, n in answered.items()
    ]


BANDS = ("none", "to_30", "over_30")
POPULATION = [people(branch, band) for branch in NAMES for band in BANDS]
ENDINGS = [row for branch in NAMES for band in BANDS for row in ending(branch, band, 20)]


def page(
    endings: list[EndingRow],
    *,
    heard: list[ContactRow] | None = None,
    manners: list[MannerRow] | None = None,
    silences: list[SilenceRow] | None = None,
) -> Quality:
    return quality(
        endings,
        population=POPULATION,
        contacts=contacts(BUN=60, BUS=60) if heard is None else heard,
        manners=manners or [],
        silences=silences or [],
        names=NAMES,
        minimum=10,
    )


def test_reach_is_told_of_all_of_branches_and_of_bands() -> None:
    shares = (0.5, 0.8, 0.25, 0.5 * 0.8 * 0.25)
    assert page(ENDINGS).reach == (
        ReachRow(Reach.ALL, "", "", 6000, False, *shares),
        ReachRow(Reach.BRANCH, "BUN", "Bungoma", 3000, False, *shares),
        ReachRow(Reach.BRANCH, "BUS", "Busia", 3000, False, *shares),
        *(ReachRow(Reach.ARREARS, band, band, 2000, False, *shares) for band in BANDS),
    )


def test_band_of_few_is_hidden_with_a_second_one_and_keeps_what_the_list_says() -> None:
    few = [
        row
        for branch in NAMES
        for row in ending(branch, "none", 20) + ending(branch, "to_30", 30) + ending(branch, "over_30", 4)
    ]
    bands = [row for row in page(few).reach if row.reach is Reach.ARREARS]
    assert [(row.code, row.hidden, row.coverage, row.completion) for row in bands] == [
        ("none", True, 0.5, None),
        ("to_30", False, 0.5, 0.38),
        ("over_30", True, 0.5, None),
    ]


def test_branch_is_hidden_where_its_respondents_are_few_or_came_in_few() -> None:
    def hidden(quality: Quality) -> list[bool]:
        return [row.hidden for row in quality.reach if row.reach is Reach.BRANCH]

    assert hidden(page(ENDINGS)) == [False, False]
    # One person may have completed two surveys: people decide, then completed surveys, then the month.
    assert hidden(page(ENDINGS, heard=contacts(BUN=9, BUS=60))) == [True, True]
    assert hidden(page([row for row in ENDINGS if row.branch == "BUS"])) == [True, True]
    calm = [row for row in ENDINGS if row.branch == "BUS" or row.span is not Span.MONTH]
    assert hidden(page(calm)) == [True, True]


def test_survey_says_how_it_ended_and_how_it_was_answered() -> None:
    manners = [MannerRow("debt_stress", float(n), n % 4 == 0) for n in range(1, 12)]
    manners += [MannerRow("debt_stress", None, None), MannerRow("other", 900.0, True)]
    assert page(ENDINGS, manners=manners).surveys == (
        SurveyQuality("debt_stress", 600, 480, 120, 30, 18, 24, 288, 120, seconds=6.0, alike=2 / 11),
    )


def test_survey_of_few_is_hidden_with_the_next_smallest_and_so_is_its_manner() -> None:
    rare = ending("BUN", "none", 3, survey="client_exit")
    big = [row for branch in NAMES for row in ending(branch, "none", 60, survey="sat")]
    silences = [SilenceRow("debt_stress", "ds1", 100, 50), SilenceRow("sat", "cs1", 100, 7)]
    found = page([*ENDINGS[:3], *rare, *big], silences=silences)
    assert [(each.survey, each.asked, each.completed) for each in found.surveys] == [
        ("client_exit", 100, None),
        ("debt_stress", 100, None),
        ("sat", 200, 120),
    ]
    assert found.silences == (Silence("sat", "cs1", 100, 0.07),)


def test_manners_of_few_are_not_told() -> None:
    manners = [MannerRow("debt_stress", 5.0, None)] * 9
    [survey] = page(ENDINGS, manners=manners).surveys
    assert (survey.seconds, survey.alike) == (None, None)


def test_worst_silences_come_first_and_only_of_those_asked_often() -> None:
    silences = [
        SilenceRow("debt_stress", "ds1", 30, 5),
        SilenceRow("debt_stress", "ds2", 29, 29),
        SilenceRow("debt_stress", "ds3", 300, 60),
        SilenceRow("debt_stress", "ds4", 300, 0),
        *(SilenceRow("debt_stress", f"x{n:02}", 1000, 5) for n in range(20)),
    ]
    found = page(ENDINGS, silences=silences).silences
    assert found[:3] == (
        Silence("debt_stress", "ds3", 300, 0.2),
        Silence("debt_stress", "ds1", 30, 5 / 30),
        Silence("debt_stress", "x00", 1000, 0.005),
    )
    assert len(found) == 10


def test_silences_of_a_few_or_of_all_but_a_few_are_not_told() -> None:
    counted = {"ds1": 4, "ds2": 5, "ds3": 33, "ds4": 34, "ds5": 38}
    silences = [SilenceRow("debt_stress", question, 38, n) for question, n in counted.items()]
    found = page(ENDINGS, silences=silences).silences
    assert [each.question for each in found] == ["ds3", "ds2"]


def lost(
    partial: int, broke_off: int, refused: int, unanswered: int, *, unreachable: int = 20
) -> tuple[int | None, ...]:
    """What is told of those who were reached and lost in four ways, and of those who were not reached."""
    counts = (partial, broke_off, refused, unanswered)
    reached = 40 + sum(counts)
    row = EndingRow(
        Span.QUARTER, "sat", "BUN", "none", reached + unreachable, reached, 40, *counts, unreachable
    )
    [found] = page([row]).surveys
    return (found.partial, found.broke_off, found.refused, found.unanswered, found.unreachable)


def test_rare_ways_to_be_lost_are_not_told_and_cannot_be_worked_out() -> None:
    assert lost(5, 6, 7, 8) == (5, 6, 7, 8, 20)
    # The total of those reached is told, so the next smallest is hidden beside a single one.
    assert lost(30, 20, 4, 10) == (30, 20, None, None, 20)
    assert lost(30, 3, 2, 10) == (30, None, None, 10, 20)
    assert lost(30, 1, 0, 10) == (30, None, None, None, 20)
    assert lost(0, 0, 0, 0, unreachable=4) == (None, None, None, None, None)


def test_shares_of_reach_are_whole_hundredths() -> None:
    """27 of 80 are 0.3375."""
    found = page(ending("BUN", "none", 27)).reach[0]
    assert (found.coverage, found.delivery, found.completion, found.cumulative) == (0.5, 0.8, 0.34, 0.14)


def test_quality_of_nothing() -> None:
    found = quality([], population=[], contacts=[], manners=[], silences=[], names={}, minimum=10)
    assert found.surveys == ()
    assert found.silences == ()
    assert [(row.reach, row.clients, row.hidden, row.coverage) for row in found.reach] == [
        (Reach.ALL, 0, True, None),
        *((Reach.ARREARS, 0, True, None) for _ in BANDS),
    ]


@given(st.lists(st.integers(0, 68), min_size=2, max_size=6))
def test_hidden_branches_are_none_or_two_that_together_hold_the_minimum(completed: list[int]) -> None:
    endings = [row for n, each in enumerate(completed) for row in ending(f"B{n}", "none", each)]
    heard = contacts(**{f"B{n}": each for n, each in enumerate(completed)})
    found = quality(endings, population=[], contacts=heard, manners=[], silences=[], names={}, minimum=10)
    hidden = [int(row.code[1:]) for row in found.reach if row.reach is Reach.BRANCH and row.hidden]
    shown = [n for n in range(len(completed)) if n not in hidden]
    assert all(completed[n] >= 10 for n in shown)
    assert not hidden or not shown or (len(hidden) >= 2 and sum(completed[n] for n in hidden) >= 10)
