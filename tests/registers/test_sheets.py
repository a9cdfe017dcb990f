from __future__ import annotations

import pytest

from spm_bot.fieldwork.register import RegisterRow
from spm_bot.registers.sheets import Books, SheetError, read_clients, without_placeholders

BOOKS = Books(frozenset({"BUN", "BUS"}), {"group_loan": "group", "business_loan": "individual"}, "KE")
FULL = (
    "client_id,branch,full_name,phone,gender,birth_year,activation_date,product,savings,status,loan_id,"
    "outstanding_principal,days_in_arrears,written_off_amount\n"
)


def read(text: str) -> list[RegisterRow]:
    return read_clients(text, place="clients.csv", books=BOOKS)


def problem(text: str) -> str:
    with pytest.raises(SheetError) as told:
        read(text)
    return str(told.value)


def test_every_column_finds_its_place() -> None:
    text = (
        FULL
        + '7,BUN,"Barasa, Nafula",0712 345 678,female,1985,2020-01-31,group_loan,yes,active,L9,1250.5,12,3\n'
    )
    assert read(text) == [
        RegisterRow(
            code="7",
            name="Barasa, Nafula",
            branch="BUN",
            phone="+254712345678",
            product="group_loan",
            loan_method="group",
            gender="female",
            birth_year=1985,
            joined_on="2020-01-31",
            has_savings=True,
            status="active",
            loan="L9",
            outstanding=1250.5,
            days_in_arrears=12,
            written_off=3.0,
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        "client_id,branch,full_name\n7,BUN,Nafula\n",
        "\ufefffull_name,client_id,branch\r\n Nafula , 7 ,BUN\r\n",
        "client_id,branch,full_name,phone,savings,status\n\n7,BUN,Nafula,,,\n\n",
        "client_id,branch,full_name,phone\n7,BUN,Nafula\n",
    ],
    ids=["only what is needed", "as a spreadsheet writes it", "empty cells and lines", "a short line"],
)
def test_what_is_left_out_stays_empty(text: str) -> None:
    assert read(text) == [RegisterRow(code="7", name="Nafula", branch="BUN")]


def test_heading_alone_is_no_client() -> None:
    assert read("client_id,branch,full_name\n") == []


@pytest.mark.parametrize(
    ("word", "savings"),
    [("yes", True), ("Y", True), ("1", True), ("TRUE", True), ("no", False), ("0", False), ("", False)],
)
def test_savings_are_yes_or_no(word: str, savings: bool) -> None:
    [row] = read(f"client_id,branch,full_name,savings\n7,BUN,Nafula,{word}\n")
    assert row.has_savings is savings


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "clients.csv:1: the column client_id is missing (needed: client_id, branch, full_name)"),
        (
            "client_id;branch;full_name\n",
            "clients.csv:1: the column client_id is missing (needed: client_id, branch, full_name)",
        ),
        (
            "client_id,branch,full_name,religion\n",
            (
                "clients.csv:1: the column 'religion' is not known (known: client_id, branch, full_name,"
                " phone, gender, birth_year, activation_date, product, savings, status, officer,"
                " loan_id, outstanding_principal, days_in_arrears, written_off_amount)"
            ),
        ),
        (
            "client_id,branch,full_name,branch\n",
            "clients.csv:1: the column 'branch' stands there twice",
        ),
        (
            'client_id,branch,full_name\n7,BUN,"Nafula\n8,BUN,Chebet\n',
            "clients.csv:2: unexpected end of data (is a quotation mark missing?)",
        ),
    ],
    ids=["empty", "semicolons", "unknown column", "column twice", "quotation mark left open"],
)
def test_file_that_cannot_be_read_says_why(text: str, told: str) -> None:
    assert problem(text) == told


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (",BUN,Nafula", "client_id is empty"),
        ("7,,Nafula", "branch is empty"),
        ("7,BUN, ", "full_name is empty"),
        ("7,XXX,Nafula", "branch 'XXX' is not in the institution file"),
        ("7,BUN,Nafula,,,,,boat_loan", "product 'boat_loan' is not in the institution file"),
        ("7,BUN,Nafula,,,,,,,asleep", "status 'asleep' is not one of active, closed, deceased"),
        ("7,BUN,Nafula,,,85b", "birth_year '85b' is not a year such as 1984"),
        ("7,BUN,Nafula,,,,31.01.2020", "activation_date '31.01.2020' is not a date such as 2024-03-31"),
        ("7,BUN,Nafula,,,,,,perhaps", "savings 'perhaps' is not yes or no"),
        (
            '7,BUN,Nafula,,,,,,,,L1,"1,000"',
            "outstanding_principal '1,000' is not an amount from 0 to 1e12 such as 12500.50",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,nan",
            "outstanding_principal 'nan' is not an amount from 0 to 1e12 such as 12500.50",
        ),
        ("7,BUN,Nafula,,,,,,,,L1,5,1.5", "days_in_arrears '1.5' is not a number of days from 0 to 36500"),
        (
            "7,BUN,Nafula,,,,,,,,L1,5,0,inf",
            "written_off_amount 'inf' is not an amount from 0 to 1e12 such as 0",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,-1",
            "outstanding_principal '-1' is not an amount from 0 to 1e12 such as 12500.50",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,1e308",
            "outstanding_principal '1e308' is not an amount from 0 to 1e12 such as 12500.50",
        ),
        ("7,BUN,Nafula,,,,,,,,L1,5,-3", "days_in_arrears '-3' is not a number of days from 0 to 36500"),
        (
            "7,BUN,Nafula,,,,,,,,L1,5,99999999999",
            "days_in_arrears '99999999999' is not a number of days from 0 to 36500",
        ),
        ("7,BUN,Nafula,,,84", "birth_year '84' is not a year such as 1984"),
        (
            "7,BUN,Nafula,,,99999999999999999999",
            "birth_year '99999999999999999999' is not a year such as 1984",
        ),
        (f"{'7' * 65},BUN,Nafula", "client_id has 65 signs, and at most 64 fit"),
        (f"7,BUN,{'N' * 201}", "full_name has 201 signs, and at most 200 fit"),
        (f"7,BUN,Nafula,{'0' * 65}", "phone has 65 signs, and at most 64 fit"),
        (
            "7,BUN,Nafula,2.54712E+11",
            "phone '2.54712E+11' has lost digits (make the column text in your spreadsheet, then save)",
        ),
        (
            "7,BUN,Nafula,none",
            "phone 'none' is no phone number (write it with its country code, or leave it empty)",
        ),
        (f"7,BUN,Nafula,,{'f' * 17}", "gender has 17 signs, and at most 16 fit"),
        (f"7,BUN,Nafula,,,,,,,,{'L' * 65}", "loan_id has 65 signs, and at most 64 fit"),
        ('7,BUN,"Naf\x00ula"', "full_name holds a line break or another sign that cannot be printed"),
        ("*practice,BUN,Nafula", "client_id '*practice' begins with *, which is kept for the bot"),
        (
            "7,BUN,Barasa,Nafula,,,,,,,,,,,",
            "more cells than the heading has (put text with a comma in quotation marks)",
        ),
    ],
)
def test_line_that_is_wrong_says_what_is(cells: str, told: str) -> None:
    assert problem(f"{FULL}{cells}\n") == f"clients.csv:2: {told}"


def test_all_problems_are_told_and_nothing_is_taken() -> None:
    text = "client_id,branch,full_name\n7,BUN,Nafula\n7,BUN,Chebet\n8,XXX,Wafula\n,BUN,Otieno\n,BUN,Anyango\n"
    assert problem(text).splitlines() == [
        "clients.csv:3: client_id '7' stands on line 2 already",
        "clients.csv:4: branch 'XXX' is not in the institution file",
        "clients.csv:5: client_id is empty",
        "clients.csv:6: client_id is empty",
    ]


def test_loan_of_two_clients_is_told_with_both_lines() -> None:
    text = f"{FULL}7,BUN,Nafula,,,,,,,,L1,5\n8,BUN,Chebet,,,,,,,,L1,5\n9,BUN,Wafula,,,,,,,,,\n10,BUN,Otieno\n"
    assert problem(text) == "clients.csv:3: loan_id 'L1' stands on line 2 already"


def test_largest_values_are_taken() -> None:
    [row] = read(
        f"{FULL}{'7' * 64},BUN,{'N' * 200},{'0712345678;' * 5},{'f' * 16},1900,,,,,{'L' * 64},1e12,36500,0\n"
    )
    assert (row.outstanding, row.days_in_arrears, row.birth_year) == (1e12, 36_500, 1900)


def test_officer_is_read_where_the_file_has_one() -> None:
    [row] = read("client_id,branch,full_name,officer\n7,BUN,Nafula,LO-3\n")
    assert row == RegisterRow(code="7", name="Nafula", branch="BUN", officer="LO-3")


def test_number_that_stands_with_many_clients_is_nobodys() -> None:
    def row(code: int, phone: str) -> RegisterRow:
        return RegisterRow(code=str(code), name="N", branch="BUN", phone=phone)

    couple = [row(number, "+254712345678") for number in (1, 2, 3)]
    held = [row(number, "+254700000000") for number in (4, 5, 6, 7)]
    without = [row(number, "") for number in (4, 5, 6, 7, 8)]
    assert without_placeholders([*couple, *held, row(8, "")]) == ([*couple, *without], 4)
