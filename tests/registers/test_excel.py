from __future__ import annotations

import re
import shutil
from datetime import date, time
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from spm_bot.fieldwork.register import ClientRow, LoanRow
from tests.registers.desk import problem, read, refusals, write_workbook

HEADING = ["client_id", "branch", "full_name"]


def rewritten(path: Path, member: str, pattern: str, text: str) -> Path:
    """The workbook with something in one of its parts replaced, as other writers write it."""
    copy = path.with_name(f"copy-{path.name}")
    with ZipFile(path) as before, ZipFile(copy, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            body = before.read(name).decode()
            changed = re.sub(pattern, text, body) if name == member else body
            assert name != member or changed != body
            after.writestr(name, changed)
    return copy


def clients(*paths: Path, **mapping: Any) -> tuple[ClientRow, ...]:
    reading = read(*paths, **mapping)
    assert reading.refused == ()
    return reading.register.clients or ()


def test_cells_keep_what_they_are(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path,
        [
            [
                *HEADING,
                "phone",
                "birth_date",
                "activation_date",
                "savings",
                "loan_id",
                "outstanding_principal",
            ],
            [
                7,
                "BUN",
                " Nafula ",
                254712345678.0,
                date(1985, 3, 31),
                date(2020, 1, 31),
                True,
                "007",
                1250.5,
            ],
        ],
    )
    assert clients(path, decimal=",") == (
        ClientRow(
            "7",
            "Nafula",
            "BUN",
            phone="+254712345678",
            birth_year=1985,
            born_on="1985-03-31",
            joined_on="2020-01-31",
            has_savings=True,
            loans=(LoanRow("007", currency="KES", outstanding=1250.5),),
        ),
    )


@pytest.mark.parametrize("since_1904", [False, True])
def test_day_numbers_count_from_the_first_day_of_the_workbook(tmp_path: Path, since_1904: bool) -> None:
    book = Workbook()
    if since_1904:
        book.epoch = CALENDAR_MAC_1904
    book.active.append([*HEADING, "birth_date", "activation_date"])
    book.active.append(["7", "BUN", "Nafula", date(1985, 3, 31), 42400 - 1462 * since_1904])
    book.save(tmp_path / "list.xlsx")
    [row] = clients(tmp_path / "list.xlsx")
    assert (row.born_on, row.joined_on) == ("1985-03-31", "2016-01-31")


def test_titles_above_and_totals_below_are_no_clients(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path,
        [
            ["Umoja Microfinance: client list"],
            ["as at", date(2026, 11, 20)],
            [],
            [*HEADING, "loan_id", "outstanding_principal"],
            ["7", "BUN", "Nafula", "L1", 100],
            ["Sub-total", None, None, None, 100],
            ["8", "BUN", "Total Wafula", "L2", 50],
            [None, None, "TOTAL:", None, 150],
        ],
    )
    reading = read(path)
    assert reading.refused == ()
    assert [row.name for row in reading.register.clients or ()] == ["Nafula", "Total Wafula"]
    assert f"{path}[Clients]: 2 rows of totals were left out" in reading.notes


def test_headings_under_merged_cells_are_found(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["Client ID", "Branch", "Full name", "Loan", None])
    sheet.append([None, None, None, "Loan ID", "Outstanding principal"])
    sheet.append(["7", "BUN", "Nafula", "L1", 100])
    for merged in ("A1:A2", "B1:B2", "C1:C2", "D1:E1"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "list.xlsx")
    [row] = clients(tmp_path / "list.xlsx")
    assert row.loans == (LoanRow("L1", currency="KES", outstanding=100.0),)


def workbook_of(folder: Path, sheets: dict[str, list[list[Any]]]) -> Path:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / "list.xlsx")
    return folder / "list.xlsx"


def test_sheet_with_a_heading_is_read_and_the_others_are_told(tmp_path: Path) -> None:
    path = workbook_of(
        tmp_path,
        {
            "Read me": [["How to fill in this list"]],
            "Clients": [HEADING, ["7", "BUN", "Chebet"]],
            "Loans": [["loan_id", "client_id"], ["L1", "7"]],
        },
    )
    reading = read(path)
    assert reading.register.clients == (ClientRow("7", "Chebet", "BUN"),)
    assert reading.notes[0] == f"{path}[Clients]: other sheets were not read: Read me, Loans"


def test_sheets_that_are_lists_of_one_kind_are_refused_until_one_is_named(tmp_path: Path) -> None:
    lists = {branch: [HEADING, [branch, branch, "Nafula"]] for branch in ("BUN", "BUS")}
    path = workbook_of(tmp_path, {"Read me": [["How to fill in this list"]], **lists})
    assert problem(tmp_path, path) == (
        "list.xlsx: 2 sheets are lists: BUN, BUS (join them, or name one with sheet: in the mapping file)"
    )
    assert [row.code for row in clients(path, sheet="BUS")] == ["BUS"]
    assert problem(tmp_path, path, sheet="Newer") == (
        "list.xlsx: has no sheet 'Newer', but Read me, BUN, BUS (mend sheet: in the mapping file)"
    )


def test_empty_workbook_and_empty_sheet_are_told(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [])
    assert problem(tmp_path, path) == "list.xlsx: is empty"
    assert problem(tmp_path, path, sheet="Clients") == "list.xlsx: the sheet 'Clients' is empty"


def test_hidden_rows_are_read_and_told(tmp_path: Path) -> None:
    book = Workbook()
    for row in (HEADING, ["7", "BUN", "Nafula"], ["8", "BUN", "Chebet"]):
        book.active.append(row)
    book.active.row_dimensions[3].hidden = True
    path = tmp_path / "list.xlsx"
    book.save(path)
    reading = read(path)
    assert [row.code for row in reading.register.clients or ()] == ["7", "8"]
    assert f"{path}[Sheet]: 1 hidden rows were read as well" in reading.notes


def test_formula_without_a_result_is_refused(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path,
        [
            [*HEADING, "loan_id", "outstanding_principal"],
            ["7", "BUN", "Nafula", "L1", "=10*10"],
            ["8", "BUN", "C"],
        ],
    )
    reading = read(path)
    assert refusals(reading, tmp_path) == [
        (
            "list.xlsx[Clients]:2: E (outstanding_principal): holds a formula without its result"
            " (open it in a"
            " spreadsheet, then save)"
        )
    ]
    assert [row.code for row in reading.register.clients or ()] == ["8"]
    worked_out = rewritten(path, "xl/worksheets/sheet1.xml", r"<v ?/>|<v></v>", "<v>100</v>")
    assert [row.loans for row in clients(worked_out)] == [
        (LoanRow("L1", currency="KES", outstanding=100.0),),
        (),
    ]


def test_error_of_a_formula_is_refused(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [HEADING, ["7", "BUN", "#N/A"]])
    assert refusals(read(path), tmp_path) == [
        (
            "list.xlsx[Clients]:2: C (full_name): holds #N/A, an error of the spreadsheet (mend the formula,"
            " then save)"
        )
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (
            [1234567890123456, "BUN", "N"],
            (
                "A (client_id): 1234567890123456 has lost digits (make the column"
                " text in your spreadsheet, then save)"
            ),
        ),
        (
            ["7", "BUN", "N", 254712345678000],
            (
                "D (phone): phone '254712345678000' is no phone number (write it with"
                " its country code, or leave it empty)"
            ),
        ),
        (["7", "BUN", "N", None, 1985], "E (birth_date): 1985 is not a date (write it as 2024-03-31)"),
        (
            ["7", "BUN", "N", None, time(8, 30)],
            ("E (birth_date): 0.3541666666666667 is not a date (write it as 2024-03-31)"),
        ),
        (
            ["7", "BUN", "N", None, None, -5],
            (
                "F (savings): '-5' is not one of yes, no (or say under values: in the"
                " mapping file which it is)"
            ),
        ),
    ],
)
def test_number_that_cannot_be_what_it_should_is_refused(tmp_path: Path, cells: list[Any], told: str) -> None:
    path = write_workbook(tmp_path, [[*HEADING, "phone", "birth_date", "savings"], cells])
    assert refusals(read(path), tmp_path) == [f"list.xlsx[Clients]:2: {told}"]


def test_rows_beyond_what_the_workbook_says_of_itself_are_read(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [HEADING, ["7", "BUN", "Nafula"], ["8", "BUN", "Chebet"]])
    small = rewritten(path, "xl/worksheets/sheet1.xml", 'dimension ref="[^"]*"', 'dimension ref="A1:A1"')
    assert [row.code for row in clients(small)] == ["7", "8"]


@pytest.mark.parametrize(
    ("member", "pattern", "text"),
    [
        ("xl/worksheets/sheet1.xml", "</sheetData>.*", ""),
        ("xl/worksheets/sheet1.xml", 'r="2"', 'r="2000000"'),
        ("xl/worksheets/sheet1.xml", 'r="A2"', 'r="ZZZ2"'),
        ("xl/worksheets/sheet1.xml", 't="s"><v>0', 't="s"><v>900'),
        ("xl/workbook.xml", "<workbook", "<book"),
        ("xl/sharedStrings.xml", "<sst", "<"),
    ],
    ids=["cut off", "row beyond all", "column beyond all", "text beyond all", "no book", "no text"],
)
def test_damaged_workbook_is_told_in_one_line(tmp_path: Path, member: str, pattern: str, text: str) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:  # which keeps texts in a part of their own
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        sheet.write_row(1, 0, ["7", "BUN", "Nafula"])
    assert len(clients(path)) == 1
    assert problem(tmp_path, rewritten(path, member, pattern, text)) == (
        "copy-list.xlsx: is a damaged workbook (open it in a spreadsheet and save it as .xlsx again)"
    )


def test_workbook_cut_short_on_its_way_is_told(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [HEADING, *([str(code), "BUN", "Nafula"] for code in range(200))])
    body = bytearray(path.read_bytes())
    with ZipFile(path) as archive:
        start = archive.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    body[start : start + 40] = bytes(40)
    path.write_bytes(body)
    assert "is a damaged workbook" in problem(tmp_path, path)


def test_entities_are_not_unfolded(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [HEADING, ["7", "BUN", "Nafula"]])
    bomb = '<!DOCTYPE w [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet'
    cell = '<c r="C2" t="inlineStr"><is><t>&b;</t></is></c>'
    grown = rewritten(path, "xl/worksheets/sheet1.xml", "<worksheet", bomb)
    grown = rewritten(grown, "xl/worksheets/sheet1.xml", '<c r="C2".*?</c>', cell)
    assert problem(tmp_path, grown) == (
        "copy-copy-list.xlsx: is a damaged workbook (open it in a spreadsheet and save it as .xlsx again)"
    )


def test_library_warnings_are_not_ours(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [HEADING, ["7", "BUN", "Nafula"]])
    plain = rewritten(path, "xl/styles.xml", "<cellStyles.*</cellStyles>", "")
    assert len(clients(plain)) == 1


def test_file_is_let_go(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [HEADING, ["7", "BUN", "Nafula"]])
    read(path)
    shutil.move(path, tmp_path / "moved.xlsx")
    assert load_workbook(tmp_path / "moved.xlsx").sheetnames == ["Clients"]


def test_number_with_zeros_in_front_is_taken_as_it_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, six = book.add_worksheet(), book.add_format({"num_format": "000000"})
        two = book.add_format({"num_format": "00"})
        sheet.write_row(0, 0, [*HEADING, "officer", "loan_id", "outstanding_principal", "phone"])
        for row, code in enumerate((123, 1234567), 1):
            sheet.write(row, 0, code, six)
            sheet.write(row, 1, 1, two)
            sheet.write(row, 2, "Nafula")
            sheet.write(row, 3, 7, two)
            sheet.write(row, 4, code, six)
            sheet.write(row, 5, 50, six)
            sheet.write(row, 6, 712345678, book.add_format({"num_format": "0000000000"}))
    assert clients(path, branches={"01": "BUN"}) == tuple(
        ClientRow(
            code,
            "Nafula",
            "BUN",
            phone="+254712345678",
            officer="07",
            loans=(LoanRow(code, currency="KES", officer="07", outstanding=50.0),),
        )
        for code in ("000123", "1234567")
    )


DATED = [*HEADING, "birth_date", "activation_date"]


@pytest.mark.parametrize("title", [[], ["as at", None, None, date(2026, 11, 20)]])
def test_dates_that_a_spreadsheet_swapped_are_refused(tmp_path: Path, title: list[Any]) -> None:
    path = write_workbook(
        tmp_path,
        [
            title,
            DATED,
            ["7", "BUN", "Nafula", date(1985, 10, 11), date(2020, 1, 31)],
            ["8", "BUN", "Chebet", "15/10/1985", date(2020, 1, 1)],
            ["9", "BUN", "Wafula", date(1985, 1, 9), "31/01/2020"],
        ],
    )
    told = (
        "list.xlsx[Clients]:4: D (birth_date): '15/10/1985' is text, and no date of the column has a day"
        " after the twelfth: a spreadsheet has swapped days and months (import the column as text, or write"
        " all of it as 2024-03-31)"
    )
    assert problem(tmp_path, path) == told
    assert problem(tmp_path, path, dates="dmy") == told


@pytest.mark.parametrize(
    "days",
    [
        (date(1985, 10, 11), date(1985, 10, 13), "15/10/1985"),
        (date(1985, 10, 11), date(1985, 1, 9), "05/05/1985"),
        (date(1985, 10, 11), date(1985, 1, 9), "1985-10-15"),
        ("11/10/1985", "09/01/1985", "15/10/1985"),
    ],
    ids=["a late day", "no late text", "year first", "all text"],
)
def test_dates_beside_text_that_show_no_swap_are_taken(tmp_path: Path, days: tuple[Any, ...]) -> None:
    rows = [[str(code), "BUN", "Nafula", day] for code, day in enumerate(days)]
    assert len(clients(write_workbook(tmp_path, [DATED, *rows]))) == 3
