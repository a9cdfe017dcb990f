"""Digests and a board made by hand: a full one, a calm one, one of which nothing is known, a hostile one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import sqrt
from typing import Any

from spm_bot.analytics.actions import Action, ActionKind
from spm_bot.analytics.board import Board, Outreach, ProcessRow, Safeguards
from spm_bot.analytics.breakdowns import Beyond, Breakdown, Row
from spm_bot.analytics.commitments import Commitment, Commitments, Lever, Outcome
from spm_bot.analytics.digest import Digest, Remark
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Aim, AimKind, Figure, Point, Unscored
from spm_bot.analytics.heard import Heard
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import End, Exact, Rough
from spm_bot.analytics.objectives import Objective, Standing
from spm_bot.analytics.portfolio import Book
from spm_bot.analytics.quadrants import Corner, Place, Scatter
from spm_bot.analytics.quality import Quality, Reach, ReachRow, Silence
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.surveyed import SurveyQuality
from spm_bot.analytics.themes import Quote, ThemeRow, Themes
from spm_bot.analytics.windows import Window
from spm_bot.analytics.workloads import Workload

WEEK = "2026-W44"
WINDOW = Window("2026-W32", "2026-W44")
AS_OF = "2026-10-30"

HOSTILE = (
    "<b>bold</b> & <script>alert(1)</script>",
    '=1+1;=HYPERLINK("http://x.example","tap")',
    "@SUM(A1:A9)",
    "\u202eright to left\u202c \u200fmark",
    '#image("/etc/passwd") #panic("no") $x^2$ *strong* _em_ `raw` @label \\',
    "x" * 4096,
    "word " * 820,
    "line\nbreak\ttab\r\nand more",
)
"""Names and comments that must stay text in whatever is drawn."""

BRANCHES: Mapping[str, str] = {
    "BGM": "Bungoma",
    "BSA": "Busia",
    "ELD": "Eldoret",
    "KKG": "Kakamega",
    "KSM": "Kisumu",
    "KTL": "Kitale",
    "MUM": "Mumias",
    "NKR": "Nakuru",
    "SYA": "Siaya",
}
HIDDEN = ("MUM", "SYA")
"""Mumias has too few answers; Siaya is hidden so that Mumias cannot be worked out."""

_V = Verdict
# Value now, value before, answers now, word.
_STRESS = {
    "BGM": (0.40, 0.21, 120, _V.WORSE),
    "BSA": (0.17, 0.18, 96, _V.NO_CLEAR_CHANGE),
    "ELD": (0.12, 0.19, 131, _V.BETTER),
    "KKG": (0.22, 0.20, 74, _V.NO_CLEAR_CHANGE),
    "KSM": (0.15, 0.14, 160, _V.NO_CLEAR_CHANGE),
    "KTL": (0.24, 0.20, 22, None),
    "NKR": (0.14, 0.16, 140, _V.NO_CLEAR_CHANGE),
}
_RESPECT = {"BGM": 0.79, "BSA": 0.90, "ELD": 0.93, "KKG": 0.88, "KSM": 0.91, "KTL": 0.86, "NKR": 0.87}
_CHANNEL = {"BGM": 0.70, "BSA": 0.81, "ELD": 0.85, "KKG": 0.77, "KSM": 0.80, "NKR": 0.76}
_PAR30 = {
    "BGM": 0.028,
    "BSA": 0.041,
    "ELD": 0.031,
    "KKG": 0.067,
    "KSM": 0.083,
    "KTL": 0.035,
    "MUM": 0.052,
    "NKR": 0.036,
    "SYA": 0.049,
}


def measure(value: float, n: int, *, unit: Unit = Unit.SHARE) -> Exact:
    """A figure with a score interval, or with ten points each way where it is no share."""
    if unit is not Unit.SHARE:
        return Exact(n, value, value - 10, value + 10, n * 0.8, unit)
    z2 = 1.96**2
    centre = (value + z2 / (2 * n)) / (1 + z2 / n)
    half = 1.96 * sqrt(value * (1 - value) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Exact(n, value, max(0.0, centre - half), min(1.0, centre + half), n * 0.8)


def full_digest(**changes: Any) -> Digest:
    """All branches, first of a month: one of nine clearly worse, two hidden, every section filled."""
    digest = Digest(
        institution="Umoja Microfinance",
        currency="KES",
        week=WEEK,
        scope=None,
        scope_name=None,
        first_of_month=True,
        minimum_cell=10,
        action=Action(ActionKind.BRANCH_WORSE, "DST5", "BGM", callers=6),
        figures=figures(),
        branch_window=WINDOW,
        branch_limit=0.15,
        breakdowns=(*branch_tables(), *segment_tables()),
        heard=Heard(
            asked=1742,
            delivered=1690,
            answered=771,
            of_borrowers=0.061,
            arrears_of_borrowers=0.034,
            answered_this_week=58,
            coverage=0.31,
            feedback_only=True,
            chat_only=True,
            arrears_answer_less=True,
        ),
        books=books(),
        scatter=scatter(),
        workloads=workloads(),
        objectives=objectives(),
        quality=quality(),
        themes=themes(),
        commitments=commitments(),
    )
    return replace(digest, **changes)


def figures() -> tuple[Figure, ...]:
    return (
        Figure(
            "DST5",
            WINDOW,
            measure(0.19, 743),
            measure(0.16, 702),
            Verdict.WORSE,
            aims=(
                Aim(AimKind.LIMIT, 0.15, Standing.NOT_MET),
                Aim(AimKind.TARGET, 0.12, Standing.NOT_MET),
            ),
            unscored=Unscored(28, 771),
            last_year=measure(0.17, 610),
            early=Verdict.WORSE,
            weighted=True,
            line=line(0.145, 0.19),
        ),
        Figure(
            "SAT3",
            WINDOW,
            measure(0.88, 690),
            measure(0.87, 655),
            Verdict.NO_CLEAR_CHANGE,
            aims=(Aim(AimKind.TARGET, 0.85, Standing.MET),),
            weighted=True,
            line=line(0.86, 0.88),
        ),
        Figure(
            "SAT5",
            WINDOW,
            measure(0.78, 688),
            measure(0.80, 649),
            Verdict.NO_CLEAR_CHANGE,
            aims=(Aim(AimKind.TARGET, 0.90, Standing.NOT_MET),),
            line=line(0.80, 0.78),
        ),
        Figure("SAT1", WINDOW, measure(34.0, 690, unit=Unit.NPS), measure(31.0, 655, unit=Unit.NPS), None),
        Figure("SAT4", WINDOW, measure(0.64, 612), measure(0.61, 590), Verdict.NO_CLEAR_CHANGE),
        Figure("DST2", WINDOW, measure(0.11, 701), measure(0.10, 668), Verdict.NO_CLEAR_CHANGE),
        Figure("DST7", WINDOW, None, None, None, rare=True),
    )


def line(first: float, last: float) -> tuple[Point, ...]:
    """Thirteen weeks on the way from one value to another, with a ripple."""
    step = (last - first) / 12
    ripple = (0.0, 0.006, -0.004, 0.003)
    values = [first + step * week + (ripple[week % 4] if week < 12 else 0) for week in range(13)]
    return tuple(
        Point(f"2026-W{32 + week}", value, value - 0.028, value + 0.031) for week, value in enumerate(values)
    )


def branch_tables() -> tuple[Breakdown, ...]:
    """Debt stress, respect and known channels by branch; Kitale has too few answers about channels."""

    def rows(found: Mapping[str, Row]) -> tuple[Row, ...]:
        return tuple(found.get(code, Row(code, name, hidden=True)) for code, name in BRANCHES.items())

    stress = {
        code: Row(
            code,
            BRANCHES[code],
            hidden=False,
            window=WINDOW,
            now=measure(now, n),
            before=measure(before, n - 9),
            verdict=word,
            shrunk=0.18 + (now - 0.18) * 0.7,
            beyond=Beyond.FAR_ABOVE if code == "BGM" else None,
        )
        for code, (now, before, n, word) in _STRESS.items()
    }
    respect = {
        code: Row(code, BRANCHES[code], hidden=False, window=WINDOW, now=measure(value, _STRESS[code][2] - 6))
        for code, value in _RESPECT.items()
    }
    respect["KTL"] = replace(respect["KTL"], now=Rough(16, End.HIGH))
    channel = {
        code: Row(code, BRANCHES[code], hidden=False, window=WINDOW, now=measure(value, _STRESS[code][2] - 8))
        for code, value in _CHANNEL.items()
    }
    return (
        Breakdown(Dimension.BRANCH, "DST5", rows(stress)),
        Breakdown(Dimension.BRANCH, "SAT3", rows(respect)),
        Breakdown(Dimension.BRANCH, "SAT5", rows(channel)),
    )


def segment_tables() -> tuple[Breakdown, ...]:
    """Debt stress by everything else; the table of languages is replaced by its total."""
    cells: Mapping[Dimension, tuple[tuple[str, str, float | None, int], ...]] = {
        Dimension.PRODUCT: (
            ("agri", "Farm loan", 0.27, 180),
            ("biz", "Business loan", 0.16, 402),
            ("school", "School fees", 0.18, 161),
        ),
        Dimension.LOAN_METHOD: (("group", "group", 0.18, 506), ("individual", "individual", 0.21, 237)),
        Dimension.GENDER: (("female", "female", 0.19, 520), ("male", "male", 0.18, 223)),
        Dimension.TENURE: (
            ("under_1", "under_1", 0.22, 208),
            ("to_3", "to_3", 0.19, 301),
            ("over_3", "over_3", 0.16, 234),
        ),
        Dimension.ARREARS: (
            ("none", "none", 0.15, 601),
            ("to_30", "to_30", 0.33, 92),
            ("over_30", "over_30", 0.52, 50),
        ),
    }
    tables = [
        Breakdown(
            dimension,
            "DST5",
            tuple(
                Row(
                    code,
                    name,
                    hidden=value is None,
                    window=WINDOW,
                    now=None if value is None else measure(value, n),
                )
                for code, name, value, n in rows
            ),
        )
        for dimension, rows in cells.items()
    ]
    return (*tables, Breakdown(Dimension.LANGUAGE, "DST5", (), replaced=True))


def books() -> tuple[Book, ...]:
    return (
        Book(None, None, "KES", 412_600_000.0, 0.0463, 0.0121, 0.0071, AS_OF),
        *(Book(code, None, "KES", 45_800_000.0, par, 0.012, 0.006, AS_OF) for code, par in _PAR30.items()),
        Book(None, "agri", "KES", 98_000_000.0, 0.061, 0.02, 0.009, AS_OF),
        Book(None, "biz", "KES", 231_000_000.0, 0.041, 0.01, 0.006, AS_OF),
        Book(None, "school", "KES", 83_600_000.0, 0.043, 0.009, 0.007, AS_OF),
    )


def scatter() -> Scatter:
    corners = {"BGM": Corner.HIDDEN_STRESS, "KKG": Corner.BOTH_HIGH, "KSM": Corner.CREDIT_PROBLEM}
    corners["BSA"] = Corner.HIDDEN_STRESS
    return Scatter(
        stress_line=0.16,
        par30_line=0.05,
        places=tuple(
            Place(code, BRANCHES[code], now, _PAR30[code], n, corners.get(code, Corner.NO_SIGN))
            for code, (now, _, n, _) in _STRESS.items()
            if n >= 30
        ),
    )


def workloads() -> tuple[Workload, ...]:
    growth = (0.31, 0.08, 0.05, 0.12, 0.06, 0.11, None, 0.04, 0.02)
    return (
        Workload(None, "Umoja Microfinance", 12_640, 0.09, 291.0, 0.74, 0.13),
        *(
            Workload(code, name, 1_400, grown, 240.0 + 20 * place, 0.9 - 0.06 * place, 0.1)
            for place, ((code, name), grown) in enumerate(zip(BRANCHES.items(), growth, strict=True))
        ),
    )


def objectives() -> tuple[Objective, ...]:
    def objective(mission: str, code: str, baseline: float | None, target: float, **told: Any) -> Objective:
        common = {"by": "2027-12-31", "owner": "head of client protection", "approved_on": "2026-06-18"}
        return Objective(mission, code, baseline, target, **{**common, **told})

    return (
        objective(
            "We lend so that no family is worse off for it.",
            "DST5",
            0.21,
            0.12,
            now=measure(0.19, 743),
            standing=Standing.NOT_MET,
            pace=-0.015,
        ),
        objective(
            "Every client is treated with respect, also when a payment is late.",
            "SAT3",
            0.78,
            0.85,
            owner="head of operations",
            now=measure(0.88, 690),
            standing=Standing.MET,
            pace=None,
        ),
        objective(
            "Whoever has a problem knows where to go and dares to go there.",
            "SAT5",
            None,
            0.90,
            by="2027-06-30",
            now=measure(0.78, 688),
            standing=Standing.NOT_MET,
            pace=0.047,
        ),
    )


def quality() -> Quality:
    bands = (("none", 0.33, 0.97, 0.47), ("to_30", 0.24, 0.96, 0.39), ("over_30", 0.17, 0.95, 0.31))
    return Quality(
        reach=(
            ReachRow(Reach.ALL, "", "", 12_640, False, 0.31, 0.97, 0.456, 0.137),
            *(
                ReachRow(Reach.BRANCH, code, name, 1_400, True)
                if code in HIDDEN
                else ReachRow(Reach.BRANCH, code, name, 1_400, False, 0.3, 0.97, 0.45, 0.131)
                for code, name in BRANCHES.items()
            ),
            *(
                ReachRow(Reach.ARREARS, code, code, 4_000, False, joined, sent, done, joined * sent * done)
                for code, joined, sent, done in bands
            ),
        ),
        surveys=(
            SurveyQuality("client_satisfaction", 871, 845, 402, 31, 24, 37, 331, 20, 9.4, 0.021),
            SurveyQuality("debt_stress", 871, 845, 369, 42, 39, 51, 321, 23, 11.8, 0.034),
        ),
        silences=(
            Silence("debt_stress", "ds8", 411, 0.092),
            Silence("debt_stress", "ds3", 428, 0.041),
            Silence("client_satisfaction", "cs7", 420, 0.029),
        ),
    )


def themes() -> Themes:
    return Themes(
        comments=212,
        unmatched=0.17,
        rows=(
            ThemeRow("repayment dates", 61, 58),
            ThemeRow("fees and interest", 44, 43),
            ThemeRow("waiting at the branch", 37, 35),
            ThemeRow("thanks", 32, 31),
            ThemeRow("group members who do not pay", 19, 18),
        ),
        quotes=(
            Quote("The instalment comes two weeks before we sell the maize.", "repayment dates", "BGM"),
            Quote("I did not know there was a fee for paying late.", "fees and interest", None),
        ),
    )


def commitment(number: int, **changes: Any) -> Commitment:
    """A decision on Bungoma's debt stress, open and not yet due."""
    found = Commitment(
        number=number,
        made_in="2026-W40",
        branch="BGM",
        indicator="DST5",
        since=0.34,
        lever=Lever.PRODUCT,
        decision="Move the farm loan's instalments to after the harvest.",
        reason="Debt stress is highest among farm loans.",
        owner="head of operations",
        due_on="2026-11-30",
        expected=0.25,
        check_on="2027-02-28",
        money="about KES 400,000 of later income",
        effect="three months of smaller instalments",
        outcome=None,
        late=False,
        unreviewed=False,
    )
    return replace(found, **changes)


def commitments() -> Commitments:
    return Commitments(
        open=3,
        late=1,
        rows=(
            commitment(
                11,
                made_in="2026-W24",
                branch=None,
                indicator="SAT5",
                since=0.74,
                lever=Lever.COMPLAINT_CHANNEL,
                decision="Print the number for complaints on every receipt.",
                due_on="2026-07-15",
                expected=0.80,
                check_on="2026-10-15",
                money="KES 35,000",
                effect="all clients see it monthly",
                outcome=Outcome.UNCLEAR,
            ),
            commitment(
                12,
                made_in="2026-W30",
                branch="KSM",
                lever=Lever.TRAINING,
                since=0.18,
                decision="Train all loan officers in how to talk about late payments.",
                owner="head of human resources",
                due_on="2026-09-30",
                expected=0.15,
                check_on="2026-12-31",
                money="KES 120,000",
                effect="calmer visits",
                late=True,
                unreviewed=True,
            ),
            commitment(14),
        ),
        owed=("SAT5",),
        said=("You said the fees were not clear. Since September they stand on every receipt.",),
    )


def calm_digest(**changes: Any) -> Digest:
    """A small institution in a calm week between two months: five branches, no portfolio, no decisions."""
    calm = {"KSM": 0.15, "KKG": 0.17, "NKR": 0.14, "ELD": 0.13, "BSA": 0.16}
    rows = tuple(
        Row(code, BRANCHES[code], False, WINDOW, measure(calm[code], 60), measure(calm[code], 58), None)
        for code in sorted(calm, key=lambda code: BRANCHES[code])
    )
    digest = full_digest(
        week="2026-W46",
        first_of_month=False,
        action=Action(ActionKind.NOTHING),
        figures=tuple(
            replace(
                figure,
                window=Window("2026-W34", "2026-W46"),
                before=figure.now,
                verdict=Verdict.NO_CLEAR_CHANGE,
                aims=(),
                early=None,
            )
            for figure in figures()[:3]
        ),
        branch_limit=None,
        breakdowns=(Breakdown(Dimension.BRANCH, "DST5", rows),),
        heard=Heard(380, 371, 300, 0.28, 0.25, 24, 0.62, False, False, False),
        books=(),
        scatter=None,
        workloads=(),
        objectives=(),
        quality=Quality((), (), ()),
        themes=Themes(None, None, ()),
        commitments=Commitments(0, 0, (), (), ()),
        remarks=(Remark.SMALL_INSTITUTION, Remark.NO_PORTFOLIO),
    )
    return replace(digest, **changes)


def bare_digest(**changes: Any) -> Digest:
    """A week of which nothing is known."""
    digest = full_digest(
        action=Action(ActionKind.SILENT),
        figures=tuple(Figure(code, None, None, None, None) for code in ("DST5", "SAT3", "SAT5")),
        branch_limit=None,
        breakdowns=(),
        heard=Heard(0, 0, None, None, None, None, None, True, True, False),
        books=(),
        scatter=None,
        workloads=(),
        objectives=(),
        quality=Quality((), (), ()),
        themes=Themes(None, None, ()),
        commitments=Commitments(0, 0, (), (), ()),
        remarks=(Remark.NO_PORTFOLIO,),
    )
    return replace(digest, **changes)


def hostile_digest(**changes: Any) -> Digest:
    """The full digest with names, comments and words of managers that try to be anything but text."""
    digest = full_digest()
    names = dict(zip(BRANCHES, HOSTILE, strict=False))

    def renamed(table: Breakdown) -> Breakdown:
        return replace(
            table, rows=tuple(replace(row, name=names.get(row.code, row.name)) for row in table.rows)
        )

    assert digest.scatter is not None
    hostile = replace(
        digest,
        institution=HOSTILE[0],
        breakdowns=tuple(renamed(table) for table in digest.breakdowns),
        scatter=replace(
            digest.scatter,
            places=tuple(
                replace(place, name=names.get(place.branch, place.name)) for place in digest.scatter.places
            ),
        ),
        workloads=tuple(replace(row, name=names.get(row.branch or "", row.name)) for row in digest.workloads),
        objectives=tuple(
            replace(row, mission=words, owner=HOSTILE[4])
            for row, words in zip(digest.objectives, HOSTILE[4:], strict=False)
        ),
        quality=replace(
            digest.quality,
            reach=tuple(replace(row, name=names.get(row.code, row.name)) for row in digest.quality.reach),
        ),
        themes=replace(
            digest.themes,
            rows=tuple(
                replace(row, theme=words)
                for row, words in zip(digest.themes.rows, HOSTILE[:4] + HOSTILE[5:], strict=False)
            ),
            quotes=tuple(Quote(words, HOSTILE[5], "BGM") for words in HOSTILE),
        ),
        commitments=replace(
            digest.commitments,
            rows=tuple(
                commitment(number, decision=words, reason=words, owner=words, money=words, effect=words)
                for number, words in enumerate(HOSTILE, start=1)
            ),
            said=HOSTILE,
        ),
    )
    return replace(hostile, **changes)


def full_board(**changes: Any) -> Board:
    """A quarter in which everything is known."""
    digest = full_digest()
    board = Board(
        institution=digest.institution,
        quarter="2026-Q3",
        first="2026-07-01",
        last="2026-09-30",
        digest=digest,
        outreach=Outreach(12_640, 0.71, 0.58, 0.24, 0.37, 9_120, 0.19, 0.28),
        safeguards=Safeguards(asked_for_call=46, complaints=31, solved=24, median_days=6.0),
        workloads=digest.workloads,
        decisions=digest.commitments.rows,
        processes=(
            ProcessRow("incentives", "head of human resources", "2026-05-04", "2027-05-03", overdue=False),
            ProcessRow("training", "head of human resources", "2025-08-10", "2026-08-10", overdue=True),
            ProcessRow("recruitment", "head of human resources", None, "2027-03-01", overdue=False),
            ProcessRow("marketing", "head of operations", "2026-03-02", "2027-03-01", overdue=False),
        ),
        regulators=("Example Data Protection Office", "Example Microfinance Regulator"),
    )
    return replace(board, **changes)
