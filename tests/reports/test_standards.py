"""The report on standards, read back cell by cell."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from spm_bot.analytics.board import Board, Outreach, Safeguards
from spm_bot.analytics.digest import Remark
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.measures import End, Exact, Rough
from spm_bot.analytics.quality import Quality
from spm_bot.reports.standards import standards_workbook
from spm_bot.texts import languages, voice
from tests.reports.books import assert_plain, grid, opened, table
from tests.reports.samples import HOSTILE, WINDOW, bare_digest, full_board, full_digest, measure

ENGLISH = voice("en")


def rows(board: Board, *, include_internal: bool = False) -> list[dict[str, Any]]:
    data = standards_workbook(board, ENGLISH, include_internal=include_internal)
    return table(data, "Standards", first="Standard")


def lines(board: Board, code: str) -> list[dict[str, Any]]:
    return [row for row in rows(board) if row["Code"] == code]


def line(board: Board, code: str, ours: str | None = None) -> dict[str, Any]:
    (found,) = (row for row in lines(board, code) if ours is None or row["Our code"] == ours)
    return found


def bare_board() -> Board:
    return full_board(
        digest=bare_digest(),
        outreach=Outreach(0, None, None, None, None, 0, None, None),
        safeguards=Safeguards(None, None, None, None),
        workloads=(),
        decisions=(),
        processes=(),
        regulators=(),
    )


def with_figure(figure: Figure, **changes: Any) -> Board:
    return full_board(digest=full_digest(figures=(figure,), **changes))


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("board", [full_board(), bare_board()])
def test_same_board_gives_the_same_plain_file_in_every_language(board: Board, language: str) -> None:
    data = standards_workbook(board, voice(language), include_internal=True)
    assert data == standards_workbook(board, voice(language), include_internal=True)
    assert_plain(data)
    assert all(bool(sheet.sheet_view.rightToLeft) is (language == "ar") for sheet in opened(data))


def test_lines_stand_by_scheme_and_code() -> None:
    found = [(row["Standard"], row["Code"]) for row in rows(full_board())]
    assert found == sorted(found)
    assert {row["Edition"] for row in rows(full_board())} == {"5.3b (2025)", "3 (2022)"}
    assert all(row["What it asks for"] for row in rows(full_board()))


def test_score_of_recommendation_stands_whole_under_its_code() -> None:
    found = line(full_board(), "PI7163")
    assert found | {"Method": "", "Limits": ""} == {
        "Standard": "IRIS+",
        "Code": "PI7163",
        "Edition": "5.3b (2025)",
        "What it asks for": "net promoter score of clients",
        "Figure": "Would recommend us (net promoter score)",
        "Our code": "SAT1",
        "Unit": "points from −100 to 100",
        "Value": 34,
        "Lowest": 24,
        "Highest": 44,
        "Numerator": None,
        "Denominator": 690,
        "In the chat, in 100": 31,
        "Completed, of those delivered, in 100": 45.6,
        "Of all clients, in 100": 13.7,
        "Mode": "chat",
        "From": datetime(2026, 8, 3),  # noqa: DTZ001  # a day has no zone
        "To": datetime(2026, 11, 1),  # noqa: DTZ001
        "Method": "",
        "Limits": "",
        "Evidence": "digest of week 2026-W44, method 2",
        "Day of the evidence": datetime(2026, 11, 1),  # noqa: DTZ001
    }
    assert found["Method"] == (
        "counted: those who gave 9 or 10, less those who gave 0 to 6, in 100 of all; "
        "of: clients who answered the question; left out: would rather not say; range of 95 in 100"
    )
    assert found["Limits"] == (
        "Feedback, not an estimate. Of clients in the chat only. Clients in arrears answered less. "
        "Own wording, by chat: not comparable with surveys by phone or in person."
    )


def test_own_index_is_left_out_unless_asked_for_and_then_marked() -> None:
    assert not {"DST5", "DST6"} & {row["Our code"] for row in rows(full_board())}
    found = {row["Our code"]: row for row in rows(full_board(), include_internal=True)}
    assert found["DST5"]["Value"] == 19
    for code in ("DST5", "DST6"):
        assert found[code]["Limits"].startswith("Own index, not validated, not comparable.")


def test_figure_that_only_points_to_a_code_never_fills_it() -> None:
    figure = Figure("SAT9", WINDOW, measure(0.1, 400), None, None)
    found = line(with_figure(figure), "PI9319")
    assert (found["Value"], found["Denominator"], found["Our code"]) == (None, None, None)
    assert found["Limits"] == "Plan to leave us (SAT9) may point to it beforehand, but is not this figure."
    assert line(with_figure(figure), "3A", "SAT9")["Value"] == 10


def test_people_are_counted_only_where_answers_were_not_weighed() -> None:
    plain = Figure("SAT5", WINDOW, Exact(400, 0.7825, 0.74, 0.82, 400.0), None, None)
    assert line(with_figure(plain), "4E", "SAT5")["Numerator"] == 87
    weighed = replace(plain, weighted=True)
    assert line(with_figure(weighed), "4E", "SAT5")["Numerator"] is None
    assert "weighed to the client list" in line(with_figure(weighed), "4E", "SAT5")["Method"]
    uneven = replace(plain, now=Exact(400, 0.7831, 0.74, 0.82, 400.0), uneven=True)
    found = line(with_figure(uneven), "4E", "SAT5")
    assert (found["Value"], found["Numerator"]) == (21.7, None)
    assert "Groups answered too unevenly to be weighed." in found["Limits"]


def test_few_answers_near_one_end_are_only_told_roughly() -> None:
    figure = Figure("SAT5", WINDOW, Rough(14, End.HIGH), None, None)
    found = line(with_figure(figure), "4E", "SAT5")
    assert (found["Value"], found["Lowest"], found["Numerator"], found["Denominator"]) == (
        "10 in 100 or fewer",
        None,
        None,
        14,
    )
    assert found["Limits"].startswith("Few answers.")


def test_line_says_why_a_figure_is_missing() -> None:
    rare = line(full_board(), "4C", "DST7")
    assert (rare["Value"], rare["Denominator"]) == (None, None)
    assert rare["Limits"] == "not shown: said by fewer than 5, or by all but a few."
    assert line(full_board(), "4C", "DST7g")["Limits"] == "Not asked, or no answers yet."


def test_response_that_is_hidden_or_not_known_is_no_number() -> None:
    figure = Figure("SAT3", WINDOW, measure(0.9, 100), None, None)
    reach = replace(
        full_digest().quality.reach[0],
        hidden=True,
        coverage=None,
        delivery=None,
        completion=None,
        cumulative=None,
    )
    hidden = line(with_figure(figure, quality=Quality((reach,), (), ())), "4C", "SAT3")
    assert [hidden[name] for name in hidden if "in 100" in name] == ["*", "*", "*"]
    partly = replace(reach, hidden=False, completion=0.5)
    known = line(with_figure(figure, quality=Quality((partly,), (), ())), "4C", "SAT3")
    assert [known[name] for name in known if "in 100" in name] == [None, 50, None]
    unknown = line(with_figure(figure, quality=Quality((), (), ())), "4C", "SAT3")
    assert [unknown[name] for name in unknown if "in 100" in name] == [None, None, None]


def test_complaints_are_counts_and_a_ratio_with_its_unit() -> None:
    board = full_board()
    assert line(board, "PI9435")["Value"] == "yes"
    assert line(board, "PI2197")["Value"] == 31
    ratio = line(board, "PI5216")
    assert (ratio["Value"], ratio["Unit"]) == (0.0025, "complaints for each client")
    assert (ratio["Numerator"], ratio["Denominator"]) == (31, 12_640)
    assert ratio["Limits"] == "Until 2022 this code was counted in percent of clients."
    assert ratio["From"] == datetime(2026, 7, 1)  # noqa: DTZ001  # a day has no zone
    assert ratio["To"] == datetime(2026, 9, 30)  # noqa: DTZ001
    solved = next(row for row in lines(board, "4E") if row["Figure"] == "Complaints solved")
    assert (solved["Value"], solved["Numerator"], solved["Denominator"]) == (77.4, 24, 31)


def test_complaints_of_a_board_without_clients_or_solutions_stay_partly_empty() -> None:
    board = full_board(
        safeguards=Safeguards(None, 12, None, None),
        outreach=Outreach(0, None, None, None, None, 0, None, None),
    )
    assert line(board, "PI2197")["Value"] == 12
    assert line(board, "PI5216")["Value"] is None
    solved = next(row for row in lines(board, "4E") if row["Figure"] == "Complaints solved")
    assert solved["Value"] is None


def test_lists_fill_clients_staff_and_loans() -> None:
    board = full_board()
    assert line(board, "PI9327")["Value"] == 12_640
    assert line(board, "PI9250")["Value"] == 291
    assert [(row["Our code"], row["Value"], row["Denominator"]) for row in lines(board, "1A")] == [
        ("OUT1", 71, None),
        ("OUT2", 58, None),
        ("OUT3", 37, 9_120),
        ("OUT4", 24, None),
        ("OUT6", 19, None),
    ]
    assert [(row["Our code"], row["Value"]) for row in lines(board, "5C")] == [("STF1", 74), ("STF2", 13)]
    late = line(board, "FP2635")
    assert (late["Value"], late["Unit"], late["Denominator"]) == (19_103_380, "KES", 412_600_000)
    assert late["Day of the evidence"] == datetime(2026, 10, 30)  # noqa: DTZ001  # a day has no zone
    assert late["Evidence"] == "PAR30 4.6 % of what is outstanding"


def test_written_off_of_any_time_never_stands_for_the_period() -> None:
    found = line(full_board(), "FP9717")
    assert found["Value"] is None
    assert found["Limits"] == "The loan list holds 0.7 % as written off, whenever that was."


def test_stale_portfolio_says_so() -> None:
    board = full_board(digest=full_digest(remarks=(Remark.STALE_PORTFOLIO,)))
    assert line(board, "FP2635")["Limits"] == "The portfolio data are old: no newer loan list has come in."


def test_steering_is_counted_with_what_is_late() -> None:
    board = full_board()
    found = [
        next(row for row in lines(board, code) if row["Unit"] == "number") for code in ("1B", "2A", "2B")
    ]
    assert [(row["Value"], row["Limits"]) for row in found] == [
        (3, None),
        (3, "1 is late"),
        (4, "1 review is overdue"),
    ]


def test_what_the_bot_does_not_know_stays_empty_and_says_so() -> None:
    found = line(full_board(), "OI4753")
    assert found["Value"] is None
    assert found["Limits"] == "Not kept by the bot: to be filled in by the institution."
    assert line(full_board(), "PI6941")["Evidence"] == "SAT4 shows how clients see it"


def test_board_of_which_nothing_is_known_has_no_number_but_counts_of_none() -> None:
    found = {row["Code"]: row["Value"] for row in rows(bare_board()) if row["Value"] is not None}
    assert found == {"PI9327": 0, "1B": 0, "2A": 0, "2B": 0}


def test_method_names_quarter_digest_and_catalogues() -> None:
    told = {row[0]: row[1] for row in grid(standards_workbook(full_board(), ENGLISH), "Method")}
    assert told["Quarter"] == "2026-Q3"
    assert told["Digest of week"] == "2026-W44"
    assert told["IRIS+ catalogue"] == "5.3b (2025)"


def test_hostile_name_stays_text() -> None:
    data = standards_workbook(full_board(institution=HOSTILE[1]), ENGLISH)
    assert_plain(data)
    assert grid(data, "Method")[0][1] == HOSTILE[1]
