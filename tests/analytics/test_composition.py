"""Digests composed week after week, each beside those that were stored before it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import pytest

from spm_bot.analytics.actions import Action, ActionKind
from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.composition import Inputs, compose_each
from spm_bot.analytics.digest import Digest, Remark, Settings, from_json, to_json
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Aim, AimKind, Figure, Unscored
from spm_bot.analytics.heard import ContactRow, Span
from spm_bot.analytics.indicators import SENSITIVE
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.objectives import Goal, Standing
from spm_bot.analytics.past import Past, spans
from spm_bot.analytics.populations import PopulationRow
from spm_bot.analytics.portfolio import PortfolioRow
from spm_bot.analytics.quality import Quality, Reach, ReachRow
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.themes import Themes
from spm_bot.analytics.windows import Window
from spm_bot.analytics.workloads import Workload
from spm_bot.times import Week
from tests.analytics.gathered import Response, gathered, responses

NAMES = {"BGM": "Bungoma", "KSM": "Kisumu", "NKR": "Nakuru"}
SETTINGS = Settings("Umoja", NAMES, "KES")
MONTHLY, BETWEEN = Week(2026, 44), Week(2026, 45)
CONTACTS = tuple(
    ContactRow(span, code, arrears, True, asked, asked, asked // 2)
    for span in (Span.QUARTER, Span.BRANCH, Span.MONTH)
    for code in NAMES
    for arrears, asked in ((False, 80), (True, 40))
)
POPULATION = tuple(
    PopulationRow(code, "", "", "", "", arrears, "", True, clients, joined)
    for code in NAMES
    for arrears, clients, joined in (("none", 160, 120), ("to_30", 40, 30))
)
LOANS = tuple(
    PortfolioRow(code, "group", "KES", 1000.0, 40.0, 5.0, 10.0, date(2026, 10, 30)) for code in NAMES
)
WORKLOADS = tuple(Workload(code, name, 200, None, None, None, None) for code, name in NAMES.items())


def composed(
    rows: Iterable[Response],
    *,
    week: Week = MONTHLY,
    scope: str | None = None,
    settings: Settings = SETTINGS,
    past: Past | None = None,
    **changes: object,
) -> Digest:
    inputs = Inputs(
        readings=gathered(rows),
        population=(),
        contacts=CONTACTS,
        portfolio=LOANS,
        quality=Quality(
            tuple(ReachRow(Reach.BRANCH, code, name, 200) for code, name in NAMES.items()), (), ()
        ),
        themes=Themes(None, None, ()),
        workloads=WORKLOADS,
        goals=(),
        log=(),
        said={},
        remarks=(),
        past=past or Past(),
    )
    [digest] = compose_each(week, (scope,), replace(inputs, **changes), settings)  # type: ignore[arg-type]
    return digest


def past_of(week: Week, stored: Iterable[Digest]) -> Past:
    """What of the stored digests is looked at in `week`, read back from their JSON."""
    by_week = {digest.week: from_json(to_json(digest)) for digest in stored}
    found = {
        name: max((each for each in by_week if weeks.first <= each <= weeks.last), default=None)
        for name, weeks in spans(week).items()
    }
    return Past(**{name: by_week[each] for name, each in found.items() if each is not None})


def weekly(rows: Iterable[Response], *weeks: Week, settings: Settings = SETTINGS) -> list[Digest]:
    """The digests of those weeks as they would have been stored, one after the other."""
    stored: list[Digest] = []
    for week in weeks:
        heard = [row for row in rows if row.week <= week]
        stored.append(composed(heard, week=week, settings=settings, past=past_of(week, stored)))
    return stored


def steady(*codes: str) -> list[Response]:
    """Ten of forty stressed now and before."""
    return [
        row for code in codes for ago in (0, 13) for row in responses(code, 10, 40, week=MONTHLY.minus(ago))
    ]


def worse(code: str, *, hits: int = 30) -> list[Response]:
    return [
        *responses(code, hits, 40, week=MONTHLY),
        *responses(code, 8, 40, week=MONTHLY.minus(13)),
    ]


def figure(digest: Digest, code: str) -> Figure:
    found = digest.figure(code)
    assert found is not None
    return found


def row(digest: Digest, code: str) -> Row:
    return next(each for each in digest.branches if each.code == code)


def test_calm_week_asks_for_nothing() -> None:
    digest = composed(steady(*NAMES))
    assert digest.action == Action(ActionKind.NOTHING)
    assert [each.verdict for each in digest.branches] == [Verdict.NO_CLEAR_CHANGE] * 3
    assert [each.name for each in digest.branches] == ["Bungoma", "Kisumu", "Nakuru"]
    assert (digest.week, digest.first_of_month, digest.scope_name) == ("2026-W44", True, None)
    assert [each.indicator for each in digest.figures[:3]] == ["DST5", "SAT3", "SAT5"]


def test_empty_database_has_nothing_to_say() -> None:
    digest = composed([], portfolio=(), contacts=())
    assert digest.action == Action(ActionKind.SILENT)
    assert {each.now for each in digest.figures} == {None}
    assert all(each.hidden for table in digest.breakdowns for each in table.rows)
    assert digest.remarks == (Remark.NO_PORTFOLIO,)
    assert digest.scatter is None


def test_windows_do_not_overlap() -> None:
    ago = {25: (1, 40), 13: (2, 41), 12: (4, 42), 0: (8, 43), 26: (16, 44), -1: (32, 45)}
    rows = [
        each
        for weeks, (hits, n) in ago.items()
        for each in responses("BGM", hits, n, week=MONTHLY.minus(weeks))
    ]
    found = figure(composed(rows), "DST5")
    assert isinstance(found.now, Exact)
    assert isinstance(found.before, Exact)
    assert (found.now.n, found.now.value) == (85, 12 / 85)
    assert (found.before.n, found.before.value) == (81, 3 / 81)
    assert (found.window, found.earlier) == (
        Window("2026-W32", "2026-W44"),
        Window("2026-W19", "2026-W31"),
    )


def test_branch_clearly_worse_leads() -> None:
    rows = [*worse("KSM"), *worse("NKR", hits=33), *steady("BGM")]
    digest = composed(rows, settings=replace(SETTINGS, limits={"DST5": 0.1}))
    assert digest.action == Action(ActionKind.BRANCH_WORSE, "DST5", "NKR")
    assert digest.branch_limit == 0.1


def test_callers_are_counted_where_they_may_be_told() -> None:
    def with_calls(code: str, calls: int) -> list[Response]:
        told = [
            replace(each, values={**each.values, "CAS0": float(place < calls)})
            for place, each in enumerate(responses(code, 30, 40, week=MONTHLY))
        ]
        return [*told, *responses(code, 8, 40, week=MONTHLY.minus(13))]

    many = composed([*with_calls("KSM", 12), *with_calls("BGM", 15), *with_calls("NKR", 14)])
    assert many.action == Action(ActionKind.BRANCH_WORSE, "DST5", "BGM", callers=15)
    few = composed([*with_calls("KSM", 4), *with_calls("BGM", 4), *with_calls("NKR", 4)])
    assert few.action.callers is None


def test_branches_get_their_words_in_the_first_digest_of_a_month_alone() -> None:
    """Bungoma got better by as much as Kisumu got worse, so the institution stands where it stood."""
    rows = [*worse("KSM"), *steady("NKR")]
    rows += [*responses("BGM", 8, 40, week=MONTHLY), *responses("BGM", 30, 40, week=MONTHLY.minus(13))]
    rows += responses("NKR", 10, 40, week=BETWEEN)
    first, second = weekly(rows, MONTHLY, BETWEEN)
    assert [each.verdict for each in first.branches] == [
        Verdict.BETTER,
        Verdict.WORSE,
        Verdict.NO_CLEAR_CHANGE,
    ]
    assert second.branches == tuple(replace(each, verdict=None) for each in first.branches)
    assert second.branch_window == first.branch_window
    assert second.action.kind is ActionKind.NOTHING


def test_total_moves_weekly_and_is_compared_with_what_was_shown() -> None:
    rows = [*steady(*NAMES), *responses("BGM", 10, 12, week=BETWEEN)]
    stored = weekly(rows, MONTHLY.minus(13), MONTHLY, BETWEEN)
    old, first, second = (figure(digest, "DST5") for digest in stored)
    assert (first.before, first.earlier) == (old.now, old.window)
    assert second.window == Window("2026-W33", "2026-W45")
    assert [point.week for point in second.line] == ["2026-W31", "2026-W44", "2026-W45"]


def test_few_new_answers_move_neither_total_nor_branch() -> None:
    """Forty answers of Bungoma, then one more: subtracting two digests must not give that one away."""
    later = Week(2026, 48)
    rows = [*steady(*NAMES), *responses("BGM", 1, 1, week=BETWEEN), *responses("KSM", 10, 40, week=later)]
    rows += responses("NKR", 10, 40, week=later)
    first, between, month = weekly(rows, MONTHLY, BETWEEN, later)
    assert figure(between, "DST5").window == figure(first, "DST5").window
    assert figure(between, "DST5").now == figure(first, "DST5").now
    assert row(month, "BGM") == replace(row(first, "BGM"), verdict=None)
    assert figure(month, "DST5").window == Window("2026-W36", "2026-W48")


def test_figure_that_could_not_move_for_half_a_year_is_no_longer_shown() -> None:
    first = composed(steady(*NAMES))
    digest = composed([], week=MONTHLY.minus(-31), past=Past(last=first))
    assert figure(digest, "DST5").now is None
    assert all(each.hidden for each in digest.branches)


def test_month_whose_first_digest_was_missed_is_caught_up_in_the_next_one() -> None:
    digest = composed(steady(*NAMES), week=BETWEEN)
    assert digest.branch_window == Window("2026-W32", "2026-W44")
    assert [each.hidden for each in digest.branches] == [False] * 3
    assert [each.verdict for each in digest.branches] == [Verdict.NO_CLEAR_CHANGE] * 3
    assert digest.first_of_month


def test_renamed_branch_keeps_its_rows_under_the_new_name() -> None:
    first = composed(steady(*NAMES))
    renamed = replace(SETTINGS, branches={**NAMES, "BGM": "Zetland"})
    rows = [*steady(*NAMES), *responses("NKR", 10, 40, week=BETWEEN)]
    digest = composed(rows, week=BETWEEN, settings=renamed, past=Past(last=first))
    assert [each.name for each in digest.branches] == ["Kisumu", "Nakuru", "Zetland"]
    assert row(digest, "BGM").now == row(first, "BGM").now


def test_limit_breached_before_a_change_and_limits_elsewhere_after_those_that_lead() -> None:
    settings = replace(SETTINGS, limits={"DST5": 0.1, "DST3": 0.1})
    assert composed(steady(*NAMES), settings=settings).action == Action(ActionKind.LIMIT_BREACHED, "DST5")
    rows = [replace(each, values={**each.values, "DST3": 1.0}) for each in steady(*NAMES)]
    elsewhere = composed(rows, settings=replace(SETTINGS, limits={"DST3": 0.1}))
    assert elsewhere.action == Action(ActionKind.LIMIT_BREACHED, "DST3")
    assert elsewhere.commitments.owed == ("DST3",)


def test_aims_stand_with_the_figure_of_their_indicator() -> None:
    settings = replace(SETTINGS, limits={"DST5": 0.3}, targets={"DST5": 0.5})
    assert figure(composed(steady(*NAMES), settings=settings), "DST5").aims == (
        Aim(AimKind.LIMIT, 0.3, Standing.TOO_CLOSE),
        Aim(AimKind.TARGET, 0.5, Standing.MET),
    )


def test_goals_become_objectives_beside_their_figure() -> None:
    goal = Goal("We do no harm.", "DST5", 0.3, 0.2, date(2027, 10, 31), "head", date(2026, 1, 1))
    digest = composed(steady(*NAMES), goals=(goal,))
    [found] = digest.objectives
    assert (found.now, found.standing) == (figure(digest, "DST5").now, Standing.TOO_CLOSE)
    assert found.pace == pytest.approx((0.2 - 0.25) / (364 / 91))


def test_unscored_answers_are_told_from_the_minimum_on() -> None:
    silent = [Response(MONTHLY, "BGM", {"DST5": None}) for _ in range(12)]
    assert figure(composed([*steady(*NAMES), *silent]), "DST5").unscored == Unscored(12, 132)
    assert figure(composed([*steady(*NAMES), *silent[:9]]), "DST5").unscored is None


def test_season_of_last_year_stands_beside_and_may_be_repeated() -> None:
    rows = [each for code in NAMES for each in worse(code, hits=24)]
    year = replace(
        composed(rows),
        week="2025-W44",
    )
    again = composed(rows, past=Past(year=year))
    assert figure(again, "DST5").last_year == figure(year, "DST5").now
    assert (figure(again, "DST5").verdict, figure(again, "DST5").echo) == (Verdict.WORSE, True)
    calm = replace(year, figures=tuple(replace(each, verdict=None) for each in year.figures))
    assert not figure(composed(rows, past=Past(year=calm)), "DST5").echo


def test_answers_are_weighed_to_the_client_list() -> None:
    """Half of the answers come from those in arrears, who are a fifth of the clients."""
    rows = [
        Response(MONTHLY, code, {"DST5": value}, segments={Dimension.ARREARS: arrears})
        for code in NAMES
        for arrears, value in (("none", 0.0), ("to_30", 1.0))
        for _ in range(20)
    ]
    found = figure(composed(rows, population=POPULATION), "DST5")
    assert isinstance(found.now, Exact)
    assert found.now.value == pytest.approx(0.2)
    assert (found.weighted, found.uneven) == (True, False)
    plain = figure(composed(rows), "DST5")
    assert isinstance(plain.now, Exact)
    assert (plain.now.value, plain.weighted) == (0.5, False)


def test_stale_portfolio_is_announced() -> None:
    old = tuple(replace(each, as_of=date(2026, 9, 1)) for each in LOANS)
    assert composed(steady(*NAMES), portfolio=old).remarks == (Remark.STALE_PORTFOLIO,)
    assert composed(steady(*NAMES)).remarks == ()


def test_own_currency_comes_first() -> None:
    others = tuple(replace(each, currency="CHF") for each in LOANS)
    books = composed(steady(*NAMES), portfolio=(*others, *LOANS)).books
    assert [book.currency for book in books] == ["KES"] * 5 + ["CHF"] * 5


def test_scope_only_takes_away() -> None:
    rows = [*worse("KSM"), *steady("BGM", "NKR")]
    whole = composed(rows)
    for code, name in NAMES.items():
        own = composed(rows, scope=code)
        assert (own.scope, own.scope_name, own.figures, own.objectives) == (code, name, (), ())
        assert own.branches == tuple(each for each in whole.branches if each.code == code)
        assert {table.dimension for table in own.breakdowns} == {Dimension.BRANCH}
        assert not {table.indicator for table in own.breakdowns} & SENSITIVE
        assert set(own.books) == {book for book in whole.books if book.branch == code}
        assert [each.branch for each in own.workloads] == [code]
        assert [each.code for each in own.quality.reach] == [code]


@pytest.mark.parametrize(
    ("code", "week", "action"),
    [
        ("KSM", MONTHLY, Action(ActionKind.BRANCH_WORSE, "DST5", "KSM")),
        ("BGM", MONTHLY, Action(ActionKind.NOTHING)),
    ],
)
def test_scope_acts_on_its_own_branch(code: str, week: Week, action: Action) -> None:
    rows = [*worse("KSM"), *steady("BGM", "NKR")]
    assert composed(rows, scope=code, week=week).action == action


def test_scope_waits_for_the_next_month_when_its_rows_were_judged() -> None:
    rows = [*worse("KSM"), *steady("BGM", "NKR")]
    own = composed(rows, scope="KSM", week=BETWEEN, past=Past(last=composed(rows)))
    assert own.action == Action(ActionKind.MONTHLY)


def test_branch_without_a_table_is_silent() -> None:
    assert composed([], scope="BGM").action == Action(ActionKind.SILENT)


def test_unknown_branch_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no branch 'XYZ'"):
        composed([], scope="XYZ")


def test_rare_answers_of_a_sensitive_kind_are_only_called_rare() -> None:
    rows = [replace(each, values={**each.values, "DST4": 0.0}) for each in steady(*NAMES)]
    found = figure(composed(rows), "DST4")
    assert (found.now, found.rare, found.window) == (None, True, Window("2026-W32", "2026-W44"))


def test_weights_that_are_too_uneven_are_not_used() -> None:
    rows = [
        Response(MONTHLY, "BGM", {"DST5": 0.0}, segments={Dimension.GENDER: gender})
        for gender, n in (("female", 75), ("male", 225))
        for _ in range(n)
    ]
    population = tuple(
        replace(POPULATION[0], gender=gender, clients=clients)
        for gender, clients in (("female", 980), ("male", 20))
    )
    found = figure(composed(rows, population=population), "DST5")
    assert (found.weighted, found.uneven) == (False, True)


def test_single_weeks_may_signal_before_thirteen_can_tell() -> None:
    """Thirty weeks of one in five, then a last one of nine in ten."""
    rows = [
        each
        for ago in range(30)
        for each in responses("BGM", 18 if ago == 0 else 4, 20, week=MONTHLY.minus(ago))
    ]
    found = figure(composed(rows), "DST5")
    assert (found.early, found.verdict) == (Verdict.WORSE, Verdict.NO_CLEAR_CHANGE)


def test_single_weeks_of_other_figures_signal_nothing() -> None:
    rows = [
        each
        for ago in range(30)
        for each in responses("BGM", 18 if ago == 0 else 4, 20, week=MONTHLY.minus(ago), indicator="DST4")
    ]
    assert figure(composed(rows), "DST4").early is None


def test_baseline_of_single_weeks_keeps_those_who_answered_again() -> None:
    """One in five was stressed half a year ago, and the others answer again now: all as calm as they were.

    Without their earlier answers the baseline would be of the stressed alone, and silent.
    """
    calm = [
        (MONTHLY.minus(13 + ago), 100 * ago + place, float(place < 4))
        for ago in range(17)
        for place in range(20)
    ]
    again = [
        (MONTHLY.minus(ago), 100 * ago + place, float(ago == 0 or place < 8))
        for ago in range(13)
        for place in range(4, 20)
    ]
    rows = [Response(week, "BGM", {"DST5": value}, person=person) for week, person, value in calm + again]
    assert figure(composed(rows), "DST5").early is Verdict.WORSE
