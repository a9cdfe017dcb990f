"""The week's workbook, read back as a reader would."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from spm_bot.analytics.breakdowns import Breakdown, Row
from spm_bot.analytics.commitments import Commitments
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.dimensions import Dimension
from spm_bot.analytics.figures import Figure, Point
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.analytics.measures import End, Exact, Rough
from spm_bot.analytics.quality import Quality, Reach, ReachRow
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.themes import Themes
from spm_bot.analytics.windows import Window
from spm_bot.reports.workbook import digest_workbook
from spm_bot.texts import languages, voice
from tests.reports.books import assert_plain, grid, opened, table, texts
from tests.reports.samples import (
    BRANCHES,
    HIDDEN,
    HOSTILE,
    WINDOW,
    bare_digest,
    calm_digest,
    full_digest,
    hostile_digest,
    measure,
)

ENGLISH = voice("en")
WEEKS = "2026-W32 – 2026-W44"


def test_full_week_has_every_sheet() -> None:
    book = opened(digest_workbook(full_digest(), ENGLISH))
    assert book.sheetnames == [
        "Summary",
        "Branches",
        "Segments",
        "Trend",
        "Objectives",
        "Decisions",
        "Comments",
        "Quality",
        "Method",
        "Dictionary",
    ]
    assert [sheet.freeze_panes for sheet in book][:4] == ["B2", "B2", "C2", "C2"]


def test_calm_week_has_only_sheets_on_which_something_stands() -> None:
    book = opened(digest_workbook(calm_digest(), ENGLISH))
    assert book.sheetnames == ["Summary", "Branches", "Trend", "Method", "Dictionary"]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("digest", [full_digest(), calm_digest(), bare_digest(), hostile_digest()])
def test_same_digest_gives_the_same_plain_file_in_every_language(digest: Digest, language: str) -> None:
    data = digest_workbook(digest, voice(language))
    assert data == digest_workbook(digest, voice(language))
    assert_plain(data)
    assert all(bool(sheet.sheet_view.rightToLeft) is (language == "ar") for sheet in opened(data))


def test_file_carries_the_last_day_of_its_week() -> None:
    found = opened(digest_workbook(full_digest(), ENGLISH)).properties
    assert found.created == datetime(2026, 11, 1)  # noqa: DTZ001  # a day has no zone
    assert found.title == "Umoja Microfinance · 2026-W44"


def test_summary_says_what_to_do_and_every_figure_with_its_range() -> None:
    data = digest_workbook(full_digest(), ENGLISH)
    lines = [line[0] for line in grid(data, "Summary")]
    assert lines[:6] == [
        "Umoja Microfinance",
        "Client week 44 · 26 Oct–1 Nov · all branches",
        None,
        "What to do",
        "ACT: Bungoma. Debt stress clearly worse: 40 in 100 (32–49) of those who answered. Your limit: 15.",
        "Do: review loans made there since Aug. Call the 6 who asked for help.",
    ]
    found = {row["Code"]: row for row in table(data, "Summary", first="Figure")}
    stress = found["DST5"]
    assert (stress["Value"], stress["Lowest"], stress["Highest"], stress["Answers"]) == (19, 16.3, 22, 743)
    assert (stress["Unit"], stress["Weeks"], stress["Change"]) == ("in 100", WEEKS, "worse")
    assert (stress["Limit"], stress["Against the limit"]) == (15, "not met")
    assert (stress["Target"], stress["Against the target"]) == (12, "not met")
    assert stress["13 weeks before: Value"] == 16
    assert stress["Please note"] == (
        "a year before: 17 (14–20) · Could not be scored: 28 of 771. · weighed to the client list"
    )
    channel = found["SAT5"]
    assert (channel["Value"], channel["Lowest"], channel["Highest"]) == (22, 19.1, 25.2)
    assert channel["Target"] == 10
    assert found["SAT1"]["Unit"] == "points"
    assert found["DST7"]["Value"] == "not shown: said by fewer than 5, or by all but a few"
    assert found["DST7"]["Answers"] is None


def test_summary_notes_what_a_reader_must_know_of_a_figure() -> None:
    figure = Figure(
        "DST5",
        WINDOW,
        measure(0.2, 25),
        None,
        None,
        echo=True,
        early=Verdict.WORSE,
        uneven=True,
    )
    data = digest_workbook(full_digest(figures=(figure,)), ENGLISH)
    assert [row["Please note"] for row in table(data, "Summary", first="Figure")] == [
        "few answers · early sign: worse · as last year at this time · answered too unevenly to be weighed"
    ]


def test_value_is_left_out_where_its_range_is_wide() -> None:
    wide = Exact(12, 0.5, 0.25, 0.75, 12.0)
    score = Exact(200, -12.34, -20.04, -4.96, 200.0, Unit.NPS)
    figures = (Figure("DST5", WINDOW, wide, None, None), Figure("SAT1", WINDOW, score, None, None))
    data = digest_workbook(full_digest(figures=figures), ENGLISH)
    assert [
        (row["Value"], row["Lowest"], row["Highest"], row["Answers"])
        for row in table(data, "Summary", first="Figure")
    ] == [(None, 25, 75, 12), (-12.3, -20, -5, 200)]


def test_shares_are_rounded_half_up_and_never_minus_zero() -> None:
    half = Exact(400, 0.1345, 0.1005, 0.1815, 400.0)
    nothing = Exact(400, -0.04, -5.0, 5.0, 400.0, Unit.NPS)
    figures = (Figure("DST5", WINDOW, half, None, None), Figure("SAT1", WINDOW, nothing, None, None))
    found = table(digest_workbook(full_digest(figures=figures), ENGLISH), "Summary", first="Figure")
    assert [(row["Value"], row["Lowest"], row["Highest"]) for row in found] == [
        (13.5, 10.1, 18.2),
        (0, -5, 5),
    ]
    assert str(found[1]["Value"]) == "0"


def test_who_was_heard_stands_in_numbers() -> None:
    lines = grid(digest_workbook(full_digest(), ENGLISH), "Summary")
    told = {line[0]: line[1] for line in lines if line[1] is not None}
    assert told["Asked"] == 1742
    assert told["Answered"] == 771
    assert told["Answered, of all borrowers, in 100"] == 6.1
    assert told["Answered, of borrowers in arrears, in 100"] == 3.4
    assert told["In the chat, of all borrowers, in 100"] == 31


def test_number_of_answers_that_may_not_be_told_carries_the_mark() -> None:
    heard = replace(full_digest().heard, answered=None, answered_this_week=None)
    lines = grid(digest_workbook(full_digest(heard=heard), ENGLISH), "Summary")
    told = {line[0]: line[1] for line in lines if line[1] is not None}
    assert (told["Asked"], told["Answered"]) == (1742, "*")
    assert "Answered this week" not in told


def test_portfolio_stands_with_its_date() -> None:
    rows = table(digest_workbook(full_digest(), ENGLISH), "Summary", first="Loans")
    assert rows[1] == {
        "Loans": "Farm loan",
        "Currency": "KES",
        "Outstanding": 98_000_000,
        "PAR30, in 100": 6.1,
        "Written off, in 100": 0.9,
        "Restructured, in 100": 2,
        "Loan list of": datetime(2026, 10, 30),  # noqa: DTZ001  # a day has no zone
    }
    assert [row["Loans"] for row in rows] == ["all branches", "Farm loan", "Business loan", "School fees"]


def test_branches_stand_in_the_order_of_names_with_all_their_figures() -> None:
    rows = table(digest_workbook(full_digest(), ENGLISH), "Branches", first="Branch")
    assert [row["Branch"] for row in rows] == list(BRANCHES.values())
    first = rows[0]
    stress = {name.removeprefix("Debt stress (DST5): "): cell for name, cell in first.items()}
    assert (stress["Value"], stress["Lowest"], stress["Highest"], stress["Answers"]) == (40, 31.7, 48.9, 120)
    assert (stress["Change"], stress["Weeks"]) == ("worse", WEEKS)
    assert stress["Beside the others"] == "far higher than chance explains"
    assert first["Would not know or dare to complain (SAT5): Value"] == 30
    assert (first["PAR30, in 100"], first["Growth in a year, in 100"]) == (2.8, 31)
    assert (first["Borrowers per officer"], first["Staff trained, in 100"]) == (240, 90)
    kitale = rows[list(BRANCHES).index("KTL")]
    assert kitale["Always treated with respect (SAT3): Value"] == "90 in 100 or more"
    assert kitale["Always treated with respect (SAT3): Answers"] == 16
    assert kitale["Debt stress (DST5): Change"] == "few answers"


def test_hidden_branches_carry_the_one_mark_and_nothing_else() -> None:
    rows = table(digest_workbook(full_digest(), ENGLISH), "Branches", first="Branch")
    hidden = [row for row in rows if row["Branch"] in {BRANCHES[code] for code in HIDDEN}]
    assert len(hidden) == 2
    for row in hidden:
        assert {cell for name, cell in row.items() if "): " in name} == {"*"}


def test_table_replaced_by_its_total_carries_the_mark_for_every_branch() -> None:
    tables = tuple(
        replace(each, rows=(), replaced=True) if each.indicator == "SAT3" else each
        for each in full_digest().breakdowns
    )
    rows = table(digest_workbook(full_digest(breakdowns=tables), ENGLISH), "Branches", first="Branch")
    assert {cell for row in rows for name, cell in row.items() if "(SAT3)" in name} == {"*"}


def test_branch_without_answers_lists_or_loans_stays_empty() -> None:
    digest = calm_digest(workloads=full_digest().workloads)
    rows = table(digest_workbook(digest, ENGLISH), "Branches", first="Branch")
    empty = next(row for row in rows if row["Branch"] == "Mumias")
    assert empty["Debt stress (DST5): Value"] is None
    assert empty["PAR30, in 100"] is None
    bare = table(digest_workbook(calm_digest(), ENGLISH), "Branches", first="Branch")
    assert all(row.get("Borrowers") is None for row in bare)
    assert not any("*" in line for line in grid(digest_workbook(calm_digest(), ENGLISH), "Branches"))


def test_row_that_stands_for_older_weeks_says_which() -> None:
    older = Window("2026-W28", "2026-W40")
    row = Row("BGM", "Bungoma", hidden=False, window=older, now=measure(0.3, 50))
    digest = calm_digest(breakdowns=(Breakdown(Dimension.BRANCH, "DST5", (row,)),))
    rows = table(digest_workbook(digest, ENGLISH), "Branches", first="Branch")
    assert [row["Debt stress (DST5): Weeks"] for row in rows] == ["2026-W28 – 2026-W40"]


def test_segments_stand_in_one_long_table() -> None:
    rows = table(digest_workbook(full_digest(), ENGLISH), "Segments", first="By")
    assert rows[0] == {
        "By": "Product",
        "Group": "Farm loan",
        "Code": "DST5",
        "Figure": "Debt stress",
        "Unit": "in 100",
        "Weeks": WEEKS,
        "Value": 27,
        "Lowest": 21,
        "Highest": 33.9,
        "Answers": 180,
        "Please note": None,
    }
    assert [row["Group"] for row in rows if row["By"] == "Women and men"] == ["women", "men"]
    last = rows[-1]
    assert (last["By"], last["Group"], last["Value"]) == ("Language", "only the total can be shown", None)


def test_hidden_and_thin_groups_are_marked() -> None:
    rows = (
        Row("female", "female", hidden=False, window=WINDOW, now=Rough(14, End.LOW)),
        Row("male", "male", hidden=True),
    )
    digest = calm_digest(breakdowns=(Breakdown(Dimension.GENDER, "SAT5", rows),))
    found = table(digest_workbook(digest, ENGLISH), "Segments", first="By")
    assert [list(row.values())[5:] for row in found] == [
        [WEEKS, "90 in 100 or more", None, None, 14, "few answers"],
        ["*", "*", "*", "*", "*", None],
    ]
    assert "Branches" not in opened(digest_workbook(digest, ENGLISH)).sheetnames


def test_trend_is_told_from_the_side_of_its_figure() -> None:
    figure = Figure("SAT5", WINDOW, None, None, None, line=(Point("2026-W44", 0.78, 0.75, 0.80),))
    data = digest_workbook(full_digest(figures=(figure,)), ENGLISH)
    assert table(data, "Trend", first="Code") == [
        {
            "Code": "SAT5",
            "Figure": "Would not know or dare to complain",
            "Unit": "in 100",
            "Week": "2026-W44",
            "13 weeks until": datetime(2026, 11, 1),  # noqa: DTZ001  # a day has no zone
            "Value": 22,
            "Lowest": 20,
            "Highest": 25,
        }
    ]


def test_objectives_stand_with_what_is_needed_in_a_quarter() -> None:
    rows = table(digest_workbook(full_digest(), ENGLISH), "Objectives", first="Mission")
    last = rows[-1]
    assert (last["Code"], last["At first"], last["Value"], last["Target"]) == ("SAT5", None, 22, 10)
    assert (last["Needed in a quarter"], last["Standing"]) == (-4.7, "not met")
    assert (last["Until"], last["Owner"]) == (datetime(2027, 6, 30), "head of client protection")  # noqa: DTZ001
    assert [row["Needed in a quarter"] for row in rows] == [-1.5, None, -4.7]


def test_decisions_stand_whole_with_what_came_of_them() -> None:
    data = digest_workbook(full_digest(), ENGLISH)
    rows = table(data, "Decisions", first="Number")
    assert [(row["Number"], row["Branch"], row["Late"], row["Not looked at"]) for row in rows] == [
        (11, "all branches", None, None),
        (12, "Kisumu", "late", "for four weeks or more"),
        (14, "Bungoma", None, None),
    ]
    assert (rows[0]["Value then"], rows[0]["Expected value"]) == (26, 20)
    assert [row["Did the expected change come"] for row in rows] == ["unclear", "open", "open"]
    told = [line[0] for line in grid(data, "Decisions")]
    assert "Would not know or dare to complain (SAT5)" in told
    assert told[-1] == "You said the fees were not clear. Since September they stand on every receipt."


def test_decision_without_expectation_and_without_others_stands() -> None:
    row = replace(full_digest().commitments.rows[0], since=None, expected=None)
    log = Commitments(open=1, late=0, rows=(row,), owed=(), said=())
    found = table(digest_workbook(full_digest(commitments=log), ENGLISH), "Decisions", first="Number")
    assert (found[0]["Value then"], found[0]["Expected value"]) == (None, None)


def test_quality_and_comments_stand_in_numbers() -> None:
    data = digest_workbook(full_digest(), ENGLISH)
    reach = table(data, "Quality", first="Group")
    assert list(reach[0].values()) == ["All clients", "All clients", 12_640, 31, 97, 45.6, 13.7]
    hidden = next(row for row in reach if row["Group"] == "Mumias")
    assert list(hidden.values())[2:] == [1_400, "*", "*", "*", "*"]
    surveys = table(data, "Quality", first="Survey")
    assert list(surveys[0].values()) == ["Satisfaction", 871, 845, 402, 31, 24, 37, 331, 20, 9.4, 2.1]
    themes = table(data, "Comments", first="Theme")
    assert themes[0] == {"Theme": "repayment dates", "Comments": 61, "People": 58}
    quotes = table(data, "Comments", first="Words of clients")
    assert [row.get("Branch") for row in quotes] == ["Bungoma", None]


def test_what_is_not_known_of_quality_stays_empty() -> None:
    row = full_digest().quality.surveys[0]
    hidden = replace(row, completed=None, seconds=None, alike=None)
    digest = full_digest(
        quality=Quality((ReachRow(Reach.ALL, "", "", 900),), (hidden,), ()),
        themes=Themes(40, None, ()),
    )
    data = digest_workbook(digest, ENGLISH)
    assert list(table(data, "Quality", first="Group")[0].values())[2:] == [900, None, None, None, None]
    survey = table(data, "Quality", first="Survey")[0]
    assert (survey["Completed"], survey["Seconds an answer, median"]) == (None, None)
    assert grid(data, "Comments") == [["Comments in 13 weeks", 40]]


def test_method_tells_windows_smallest_cell_and_version() -> None:
    told = {line[0]: line[1] for line in grid(digest_workbook(full_digest(), ENGLISH), "Method")}
    assert told["Smallest number of people shown"] == 10
    assert told["Version of the method"] == full_digest().method
    assert told["Weeks of branches and groups"] == "3 Aug 2026 – 1 Nov 2026"
    assert told["Portfolio"] == "loan list of 30 Oct 2026"
    assert told["Hidden"].startswith("A group of fewer than 10 people is not shown")
    bare = {line[0]: line[1] for line in grid(digest_workbook(bare_digest(), ENGLISH), "Method")}
    assert bare["Portfolio"] == "There are no portfolio data."


def test_dictionary_explains_every_indicator() -> None:
    rows = table(digest_workbook(bare_digest(), ENGLISH), "Dictionary", first="Code")
    assert [row["Code"] for row in rows] == list(CATALOGUE)
    found = {row["Code"]: row for row in rows}
    assert list(found["SAT5"].values()) == [
        "SAT5",
        "Would not know or dare to complain",
        "Satisfaction",
        "do not know where to go with a problem, or would not dare",
        "clients who answered the question",
        "would rather not say",
        "in 100 of those counted",
        "lower is better",
        "4E",
        None,
    ]
    assert found["SAT3"]["Direction"] == "higher is better"
    assert [code for code, row in found.items() if row["Please note"]] == ["DST4", "DST7", "DST7g", "CAS0"]


def test_branch_sees_its_own_rows_only() -> None:
    full = full_digest()
    own = tuple(
        replace(each, rows=tuple(row for row in each.rows if row.code == "KTL"))
        for each in full.breakdowns
        if each.dimension is Dimension.BRANCH
    )
    digest = full_digest(
        scope="KTL",
        scope_name="Kitale",
        action=replace(full.action, branch="KTL"),
        breakdowns=own,
        books=tuple(book for book in full.books if book.branch == "KTL"),
        workloads=tuple(row for row in full.workloads if row.branch == "KTL"),
    )
    data = digest_workbook(digest, ENGLISH)
    rows = table(data, "Summary", first="Figure")
    assert [(row["Code"], row["Value"], row["Answers"], row.get("Please note")) for row in rows] == [
        ("DST5", 24, 22, "few answers"),
        ("SAT3", "90 in 100 or more", 16, "few answers"),
        ("SAT5", "*", "*", None),
    ]
    assert [row["Loans"] for row in table(data, "Summary", first="Loans")] == ["Kitale"]
    assert [row["Branch"] for row in table(data, "Branches", first="Branch")] == ["Kitale"]
    assert "Trend" not in opened(data).sheetnames


def test_hostile_words_stay_text_and_whole() -> None:
    data = digest_workbook(hostile_digest(), ENGLISH)
    assert_plain(data)
    found = list(texts(data))
    for words in ("<b>bold</b> & <script>alert(1)</script>", HOSTILE[1], HOSTILE[2], HOSTILE[4], HOSTILE[5]):
        assert words in found
    assert "right to left \u200fmark" in found
    assert "line break tab and more" in found
    assert not any("\u202e" in text or "\n" in text for text in found)
    sheet = opened(data)["Decisions"]
    formulas = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith(("=", "@"))]
    assert formulas
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in formulas)
