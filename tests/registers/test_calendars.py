from __future__ import annotations

from pathlib import Path

import pytest

from spm_bot.registers.calendars import read_serial
from tests.registers.desk import NEEDED, problem, read, refusals, write

OR_WRITE = "(write it as 2024-03-31)"


def listed(dates: list[str], *, column: str = "birth_date") -> str:
    return f"{NEEDED},{column}\n" + "".join(f"{code},BUN,N,{day}\n" for code, day in enumerate(dates))


def born(folder: Path, days: list[str], **mapping: object) -> list[str | None]:
    reading = read(write(folder, listed(days)), **mapping)
    assert reading.refused == ()
    return [row.born_on for row in reading.register.clients or ()]


@pytest.mark.parametrize(
    ("dates", "read_as"),
    [
        (["03/04/1985", "31/03/1985"], ["1985-04-03", "1985-03-31"]),
        (["03/04/1985", "03/31/1985"], ["1985-03-04", "1985-03-31"]),
        (["3.4.1985", "13-12-1985"], ["1985-04-03", "1985-12-13"]),
        (["05/05/1985"], ["1985-05-05"]),
        (["1985-04-03", "1985/4/3", "19850403", "1985-04-03T10:00:00+03:00"], ["1985-04-03"] * 4),
        (
            ["31-MAR-1985", "31 March 1985", "03/04/1985 00:00", "14/04/1985"],
            ["1985-03-31", "1985-03-31", "1985-04-03", "1985-04-14"],
        ),
        (["00/00/0000", "0000-00-00", ""], [None, None, None]),
        (["٣١/٠٣/١٩٨٥", "៣១/០៣/១៩៨៥"], ["1985-03-31", "1985-03-31"]),
    ],
)
def test_list_shows_whether_the_day_comes_first(tmp_path: Path, dates: list[str], read_as: list[str]) -> None:
    assert born(tmp_path, dates) == read_as


@pytest.mark.parametrize(("order", "day"), [("dmy", "1985-04-03"), ("mdy", "1985-03-04")])
def test_mapping_file_decides_where_the_list_does_not(tmp_path: Path, order: str, day: str) -> None:
    assert born(tmp_path, ["03/04/1985"], dates=order) == [day]
    assert problem(tmp_path, write(tmp_path, listed(["05/05/1985", "03/04/1985"]))) == (
        "list.csv:3: D (birth_date): '03/04/1985' can be read in two ways, and no row of the list decides"
        " (write dates: dmy or dates: mdy in the mapping file)"
    )


def test_dates_written_in_two_ways_are_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, write(tmp_path, listed(["31/03/1985", "03/04/1985", "03/31/1985"]))) == (
        "list.csv: dates are written in two ways (row 2, D (birth_date): '31/03/1985'; row 4, D (birth_date):"
        " '03/31/1985'; mend the list)"
    )


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("31/03/85", f"'31/03/85' has a year of two digits {OR_WRITE}"),
        ("31-MAR-85", f"'31-MAR-85' has a year of two digits {OR_WRITE}"),
        ("31/02/1985", f"'31/02/1985' is no day of the calendar {OR_WRITE}"),
        ("31/13/1985", f"'31/13/1985' is no day of the calendar {OR_WRITE}"),
        ("31-Foo-1985", f"'31-Foo-1985' is no day of the calendar {OR_WRITE}"),
        ("31/03/2528", f"'31/03/2528' has a year of the Buddhist calendar, or a slip {OR_WRITE}"),
        ("11/01/1364", f"'11/01/1364' has a year of the Persian or Islamic calendar, or a slip {OR_WRITE}"),
        ("1977-13-05", f"'1977-13-05' has the thirteenth month of the Ethiopian calendar {OR_WRITE}"),
        ("31137", "'31137' is a day number of a spreadsheet (format the column as dates and save again)"),
        ("2026-11-21", "2026-11-21 is after 2026-11-20, the day of the lists"),
        ("1905-01-01", "1905-01-01 would make a client more than 120 years old"),
        ("soon", f"'soon' is not a date {OR_WRITE}"),
    ],
)
def test_what_is_no_birth_date_is_refused(tmp_path: Path, day: str, told: str) -> None:
    reading = read(write(tmp_path, listed([day])), dates="dmy")
    assert refusals(reading, tmp_path) == [f"list.csv:2: D (birth_date): {told}"]


def test_year_that_must_come_first_does(tmp_path: Path) -> None:
    reading = read(write(tmp_path, listed(["1985-03-31", "31/03/1985"])), dates="ymd")
    assert refusals(reading, tmp_path) == [
        f"list.csv:3: D (birth_date): '31/03/1985' does not begin with its year {OR_WRITE}"
    ]


@pytest.mark.parametrize("column", ["activation_date", "exit_date", "poverty_date"])
def test_no_other_day_of_a_client_lies_before_us_either(tmp_path: Path, column: str) -> None:
    reading = read(write(tmp_path, listed(["2027-01-31"], column=column)))
    assert refusals(reading, tmp_path) == [
        f"list.csv:2: D ({column}): 2027-01-31 is after 2026-11-20, the day of the lists"
    ]


def test_year_and_date_of_birth_agree(tmp_path: Path) -> None:
    path = write(
        tmp_path, f"{NEEDED},birth_date,birth_year\n7,BUN,N,1985-03-31,1986\n8,BUN,N,1985-03-31,1985\n"
    )
    assert refusals(read(path), tmp_path) == [
        "list.csv:2: E (birth_year): 1986 is not the year of the birth date 1985-03-31"
    ]


def test_nobody_leaves_before_joining(tmp_path: Path) -> None:
    path = write(tmp_path, f"{NEEDED},activation_date,exit_date\n7,BUN,N,2020-03-31,2020-03-30\n")
    assert refusals(read(path), tmp_path) == [
        "list.csv:2: E (exit_date): 2020-03-30 is before 2020-03-31, when the client joined"
    ]


def test_day_numbers_count_from_the_workbooks_own_first_day() -> None:
    assert read_serial(31137, since_1904=False) == "1985-03-31"
    assert read_serial(29675.75, since_1904=True) == "1985-03-31"
    with pytest.raises(ValueError, match="is not a date"):
        read_serial(1985, since_1904=False)
