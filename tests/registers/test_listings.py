from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.fieldwork.register import BranchFacts, ClientRow, LoanRow, StaffRow
from spm_bot.registers.listings import Reading, read_register
from spm_bot.registers.sheets import SheetError
from tests.registers.desk import AS_OF, BOOKS, NEEDED, read, refusals, write

CLIENTS = (
    "client_id,branch,full_name,phone,language,gender,birth_date,officer,centre,activation_date,status,savings"
    ","
    "area,poverty_band,poverty_tool,poverty_date,exit_date,exit_reason,staff_flag\n"
)
LOANS = (
    "loan_id,client_id,product,currency,disbursed_on,principal,outstanding_principal,overdue_principal,"
    "days_in_arrears,status,cycle,officer,branch,next_due_on,repayment_frequency,restructured,"
    "restructured_on,written_off_on,written_off_amount,closed_on,refinanced_loan_id,as_of_date\n"
)


def clients(folder: Path, text: str) -> Reading:
    return read(write(folder, text))


def test_separate_lists_become_one_register(tmp_path: Path) -> None:
    reading = read(
        write(
            tmp_path,
            LOANS
            + "L2,7,business_loan,USD,2026-01-05,900,400,50,12,active,2,LO-1,BUS,2026-12-05,2-weekly,yes,"
            "2026-06-01,,,,L1,2026-11-20\n"
            "L1,7,group_loan,,2024-01-05,700,,,,closed,1,,,,,,,,,2025-01-05,,\n",
            name="loans.csv",
        ),
        write(
            tmp_path,
            CLIENTS
            + "7,BUN,Nafula Barasa,0712 345 678,Kiswahili,F,31/03/1985,LO-3,Umoja,01/02/2020,ACTIVE,ndiyo,"
            "kijijini,poorest,PPI,01/02/2024,,,no\n",
            name="clients.csv",
        ),
        write(
            tmp_path,
            "staff_id,full_name,phone,gender,role,branch,start_date,exit_date,client_protection_training_on,"
            "incentive_scheme\n"
            "S1,Otieno,0733111222,M,loan officer,BUN,2020-01-01,2026-12-31,2025-05-05,flat\n",
            name="staff.csv",
        ),
        write(
            tmp_path,
            "branch,month,new_clients,marketing,vacancies\nBUN,2026-10,41,1500.50,2\nBUS,10/2026,,,\n",
            name="facts.csv",
        ),
    )
    assert reading.refused == ()
    assert reading.register.as_of == AS_OF.isoformat()
    assert reading.register.clients == (
        ClientRow(
            code="7",
            name="Nafula Barasa",
            branch="BUN",
            phone="+254712345678",
            language="sw",
            gender="female",
            birth_year=1985,
            born_on="1985-03-31",
            joined_on="2020-02-01",
            has_savings=True,
            officer="LO-3",
            product="business_loan",
            loan_method="individual",
            area="rural",
            centre="Umoja",
            poverty_band="poorest",
            poverty_tool="PPI",
            poverty_on="2024-02-01",
            loans=(
                LoanRow(
                    code="L2",
                    product="business_loan",
                    currency="USD",
                    branch="BUS",
                    officer="LO-1",
                    outstanding=400.0,
                    overdue=50.0,
                    days_in_arrears=12,
                    principal=900.0,
                    disbursed_on="2026-01-05",
                    next_due_on="2026-12-05",
                    repayment_frequency="two_weekly",
                    restructured=True,
                    restructured_on="2026-06-01",
                    refinanced_loan="L1",
                    cycle=2,
                ),
                LoanRow(
                    code="L1",
                    product="group_loan",
                    currency="KES",
                    status="closed",
                    principal=700.0,
                    disbursed_on="2024-01-05",
                    closed_on="2025-01-05",
                    cycle=1,
                ),
            ),
        ),
    )
    assert reading.register.staff == (
        StaffRow(
            code="S1",
            name="Otieno",
            phone="+254733111222",
            gender="male",
            title="loan officer",
            branch="BUN",
            started_on="2020-01-01",
            left_on="2026-12-31",
            trained_on="2025-05-05",
            incentive_scheme="flat",
        ),
    )
    assert reading.register.facts == (
        BranchFacts("BUN", "2026-10", 41, 1500.5, 2),
        BranchFacts("BUS", "2026-10"),
    )


def test_wide_list_has_a_row_per_loan(tmp_path: Path) -> None:
    reading = clients(
        tmp_path,
        f"{NEEDED},loan_id,product,outstanding_principal,officer\n"
        "7,BUN,Nafula,L1,group_loan,100,LO-1\n8,BUS,Chebet,,,,LO-3\n7,BUN,Nafula,L2,business_loan,300,LO-2\n",
    )
    assert reading.refused == ()
    assert reading.register.clients == (
        ClientRow(
            "7",
            "Nafula",
            "BUN",
            product="business_loan",
            loan_method="individual",
            officer="LO-1",
            loans=(
                LoanRow("L1", product="group_loan", currency="KES", officer="LO-1", outstanding=100.0),
                LoanRow("L2", product="business_loan", currency="KES", officer="LO-2", outstanding=300.0),
            ),
        ),
        ClientRow("8", "Chebet", "BUS", officer="LO-3"),
    )
    assert "loan_id" in reading.columns
    assert reading.register.staff is None


@pytest.mark.parametrize(
    "text",
    [
        f"{NEEDED}\n7,BUN,Nafula\n",
        "\ufefffull_name,client_id,branch\r\n Nafula , 7\u00a0,BUN\r\n",
        f"{NEEDED},phone,savings,status\n\n7,BUN,Nafula,,,\n\n",
        f"{NEEDED},phone\n7,BUN,Nafula\n",
        f"{NEEDED},phone\n7,BUN,Nafula,NULL\n",
        f"{NEEDED}\n7,BUN,Nafula,,,\n",
    ],
    ids=[
        "needed",
        "as a spreadsheet writes it",
        "empty cells and lines",
        "a short line",
        "null",
        "a long line",
    ],
)
def test_what_is_left_out_stays_empty(tmp_path: Path, text: str) -> None:
    assert clients(tmp_path, text).register.clients == (ClientRow("7", "Nafula", "BUN"),)


def test_heading_alone_is_no_client(tmp_path: Path) -> None:
    assert clients(tmp_path, f"{NEEDED}\n").register.clients == ()


FULL = (
    f"{NEEDED},phone,gender,birth_year,activation_date,product,savings,status,loan_id,outstanding_principal,"
    "days_in_arrears,written_off_amount\n"
)
OR_SAY = "or say under values: in the mapping file which it is"


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        (",BUN,Nafula", "A (client_id): client_id is empty"),
        ("7,,Nafula", "B (branch): branch is empty"),
        ("7,BUN, ", "C (full_name): the name is empty"),
        (
            "7,XXX,Nafula",
            (
                "B (branch): 'XXX' is not a branch of the institution file (add it there, or say"
                " under branches:"
                " in the mapping file which it is)"
            ),
        ),
        (
            "7,BUN,Nafula,,,,,boat_loan",
            (
                "H (product): 'boat_loan' is not a product of the institution file (add it there, or"
                " say under"
                " products: in the mapping file which it is)"
            ),
        ),
        (
            "7,BUN,Nafula,,,,,,,asleep",
            f"J (status): 'asleep' is not one of active, closed, deceased, applicant ({OR_SAY})",
        ),
        ("7,BUN,Nafula,,,85b", "F (birth_year): '85b' is not a year such as 1984"),
        ("7,BUN,Nafula,,,84", "F (birth_year): '84' is not a year such as 1984"),
        ("7,BUN,Nafula,,,1890", "F (birth_year): '1890' is not a year such as 1984"),
        ("7,BUN,Nafula,,,2027", "F (birth_year): '2027' is after 2026, the year of the lists"),
        (f"7,BUN,Nafula,,,{'9' * 5000}", f"F (birth_year): {'9' * 64!r} is not a year such as 1984"),
        ("7,BUN,Nafula,,,,soon", "G (activation_date): 'soon' is not a date (write it as 2024-03-31)"),
        (
            "7,BUN,Nafula,,,,2026-11-21",
            "G (activation_date): 2026-11-21 is after 2026-11-20, the day of the lists",
        ),
        (
            "7,BUN,Nafula,,,1990,1990-05-05",
            "G (activation_date): 1990-05-05 is not after the year of birth 1990",
        ),
        ("7,BUN,Nafula,,,,,,maybe", f"I (savings): 'maybe' is not one of yes, no ({OR_SAY})"),
        (
            "7,BUN,Nafula,,,,,,,,L1,much",
            "L (outstanding_principal): 'much' is not an amount (write digits alone, as 12500.50)",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,nan",
            "L (outstanding_principal): 'nan' is not an amount (write digits alone, as 12500.50)",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,(250)",
            "L (outstanding_principal): '(250)' is negative (amounts and days are from 0 up)",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,1000000000001",
            "L (outstanding_principal): '1000000000001' is more than 1e12 (is a digit too many in it?)",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,1.25E+06",
            (
                "L (outstanding_principal): '1.25E+06' has lost digits (format the column as numbers"
                " and save again)"
            ),
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,5,-3",
            "M (days_in_arrears): '-3' is negative (amounts and days are from 0 up)",
        ),
        (
            "7,BUN,Nafula,,,,,,,,L1,5,36501",
            "M (days_in_arrears): '36501' is not a number from 0 to 36500",
        ),
        ("7,BUN,Nafula,,,,,,,,,5", "K (loan_id): loan_id is empty, and something is owed"),
        (f"{'7' * 65},BUN,Nafula", "A (client_id): has 65 signs, and at most 64 fit"),
        (f"7,BUN,{'N' * 201}", "C (full_name): has 201 signs, and at most 200 fit"),
        (f"7,BUN,Nafula,{'0' * 65}", "D (phone): has 65 signs, and at most 64 fit"),
        (
            "7,BUN,Nafula,2.54712E+11",
            (
                "D (phone): phone '2.54712E+11' has lost digits (make the column text in your"
                " spreadsheet, then save)"
            ),
        ),
        (
            "7,BUN,Nafula,none",
            "D (phone): phone 'none' is no phone number (write it with its country code, or leave it empty)",
        ),
        ("7,BUN,Nafula,,sheep", f"E (gender): 'sheep' is not one of female, male, other ({OR_SAY})"),
        (
            '7,BUN,"Naf\x1bula"',
            "C (full_name): holds a line break or another sign that cannot be printed",
        ),
        ('7,BUN,"=HYPERLINK(""x"")"', "C (full_name): begins with =, as a formula does (take that sign out)"),
        ("7,BUN,+cmd", "C (full_name): begins with +, as a formula does (take that sign out)"),
        ("7,BUN,@x", "C (full_name): begins with @, as a formula does (take that sign out)"),
        ("7,BUN,-Nafula", "C (full_name): begins with -, as a formula does (take that sign out)"),
        ("7,BUN,＝HYPERLINK", "C (full_name): begins with =, as a formula does (take that sign out)"),
        ("7,BUN,﹫x", "C (full_name): begins with @, as a formula does (take that sign out)"),
        *(
            (
                f"7,BUN,Naf{sign}alu",
                "C (full_name): holds a hidden sign that turns the direction of writing (take it out)",
            )
            for sign in ("\u202a", "\u202e", "\u2066", "\u2069")
        ),
        (
            "7,BUN,#REF!",
            "C (full_name): holds #REF!, an error of the spreadsheet (mend the formula, then save)",
        ),
        (
            "*practice,BUN,Nafula",
            "A (client_id): '*practice' begins with *, which is kept for the bot",
        ),
        (
            "7,BUN,Barasa,,,,,,,,,,,,Nafula",
            (
                "column O holds something and has no heading (put text with the sign between cells in"
                " quotation marks)"
            ),
        ),
    ],
)
def test_row_that_is_wrong_says_what_is(tmp_path: Path, cells: str, told: str) -> None:
    missing = "," * (FULL.count(",") - 2)
    reading = clients(tmp_path, f"{FULL}{cells}{missing}\n9,BUS,Wafula{missing}\n")
    assert refusals(reading, tmp_path) == [f"list.csv:2: {told}"]
    assert reading.register.clients == (ClientRow("9", "Wafula", "BUS"),)


def test_line_break_in_a_cell_is_refused(tmp_path: Path) -> None:
    reading = clients(tmp_path, f'{NEEDED}\n7,BUN,"Naf\nula"\n')
    assert refusals(reading, tmp_path) == [
        "list.csv:2: C (full_name): holds a line break or another sign that cannot be printed"
    ]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ("L1,8,,,,,,,,,,,,,,,,,,,,", "B (client_id): client '8' is in no list of clients"),
        (
            "L1,0007,,,,,,,,,,,,,,,,,,,,",
            (
                "B (client_id): client '0007' is in no list of clients (one with other zeros in front"
                " is: make the"
                " column text in your spreadsheet)"
            ),
        ),
        ("L1,,,,,,,,,,,,,,,,,,,,,", "B (client_id): client_id is empty"),
        (",7,,,,,,,,,,,,,,,,,,,,", "A (loan_id): loan_id is empty"),
        ("L1,7,,XYZ,,,,,,,,,,,,,,,,,,", "D (currency): unknown currency 'XYZ' (write three letters, as KES)"),
        (
            "L1,7,,,2026-11-21,,,,,,,,,,,,,,,,,",
            "E (disbursed_on): 2026-11-21 is after 2026-11-20, the day of the lists",
        ),
        (
            "L1,7,,,,,500,,,closed,,,,,,,,,,,,",
            "G (outstanding_principal): 500 is still owed, although the loan is closed",
        ),
        ("L1,7,,,,,500,600,9,,,,,,,,,,,,,", "H (overdue_principal): 600 is overdue, and only 500 is owed"),
        (
            "L1,7,,,2025-02-02,,,,,closed,,,,,,,,,,2025-01-01,,",
            "T (closed_on): 2025-01-01 is before 2025-02-02, when the loan was paid out",
        ),
        (
            "L1,7,,,,,,,,,,,,,,,,,,,,2026-10-31",
            "V (as_of_date): is of 2026-10-31, and the lists are taken in as of 2026-11-20 (use --as-of)",
        ),
        (
            "L1,7,,,,,,,,,,,,,hourly,,,,,,,",
            (
                "O (repayment_frequency): 'hourly' is not one of daily, weekly, two_weekly, monthly,"
                " seasonal,"
                f" bullet ({OR_SAY})"
            ),
        ),
    ],
)
def test_loan_that_is_wrong_says_what_is(tmp_path: Path, cells: str, told: str) -> None:
    reading = read(
        write(tmp_path, LOANS + cells + "\n", name="loans.csv"),
        write(tmp_path, f"{NEEDED}\n7,BUN,Nafula\n", name="clients.csv"),
    )
    assert refusals(reading, tmp_path) == [f"loans.csv:2: {told}"]
    assert reading.register.clients == (ClientRow("7", "Nafula", "BUN"),)
    assert reading.spared == {code for code in cells.split(",")[:2] if code}


@pytest.mark.parametrize(
    ("cells", "loan"),
    [
        ("L1,,500,2026-11-01,,", LoanRow("L1", currency="KES", outstanding=500.0, days_in_arrears=19)),
        ("L1,,,,40,", LoanRow("L1", currency="KES", status="written_off", written_off=40.0)),
        (
            "L1,CLOSED_WRITTEN_OFF,500,2025-11-01,40,2026-01-01",
            LoanRow(
                "L1",
                currency="KES",
                outstanding=500.0,
                status="written_off",
                written_off=40.0,
                written_off_on="2026-01-01",
                closed_on="2026-01-01",
            ),
        ),
        (
            "L1,,500,,,2026-01-01",
            LoanRow(
                "L1",
                currency="KES",
                outstanding=500.0,
                status="written_off",
                written_off_on="2026-01-01",
                closed_on="2026-01-01",
            ),
        ),
        (
            "L1,,500,,40,",
            LoanRow("L1", currency="KES", outstanding=500.0, written_off=40.0),
        ),
        ("L1,ACTIVE_IN_ARREARS,500,,,", LoanRow("L1", currency="KES", outstanding=500.0)),
    ],
    ids=[
        "days from the first missed one",
        "written off without a word",
        "written off",
        "day of a write-off",
        "part written off",
        "Mambu",
    ],
)
def test_loan_is_what_its_row_says(tmp_path: Path, cells: str, loan: LoanRow) -> None:
    head = (
        f"{NEEDED},loan_id,loan_status,outstanding_principal,overdue_since,written_off_amount,written_off_on"
    )
    [client] = clients(tmp_path, f"{head}\n7,BUN,Nafula,{cells}\n").register.clients or ()
    assert client.loans == (loan,)


def test_largest_values_are_taken(tmp_path: Path) -> None:
    [row] = (
        clients(
            tmp_path,
            f"{FULL}{'7' * 64},BUN,{'N' * 200},{'0712345678;' * 5},f,1906,,,,,{'L' * 64},{10**12},36500,0\n",
        ).register.clients
        or ()
    )
    assert (row.loans[0].outstanding, row.days_in_arrears, row.birth_year) == (1e12, 36_500, 1906)


def test_people_and_loans_only_asked_for_are_left_out(tmp_path: Path) -> None:
    reading = clients(
        tmp_path,
        f"{NEEDED},status,loan_id,loan_status\n"
        "7,BUN,Nafula,ACTIVE,L1,Approved\n8,BUN,Chebet,PENDING_APPROVAL,,\n",
    )
    assert reading.register.clients == (ClientRow("7", "Nafula", "BUN"),)
    assert "2 rows were left out: they are of people or loans that are only asked for" in reading.notes


def test_number_that_stands_with_many_clients_is_nobodys(tmp_path: Path) -> None:
    rows = "".join(f"{code},BUN,N,{'0712345678' if code < 4 else '0733111222'}\n" for code in range(1, 8))
    reading = clients(tmp_path, f"{NEEDED},phone\n{rows}")
    phones = [row.phone for row in reading.register.clients or ()]
    assert phones == ["+254712345678"] * 3 + [""] * 4
    assert "4 phone numbers were left out: each stands with more than 3 clients" in reading.notes


def test_what_no_column_gives_is_said(tmp_path: Path) -> None:
    reading = clients(tmp_path, f"{NEEDED},phone,gender,consent,disability\n7,BUN,Nafula,,,yes,no\n")
    assert (
        "no column birth_date or birth_year: nobody's age is known, and so not who is a child"
        in reading.notes
    )
    assert "no column loan_id: no loans were given: those in the register stay as they are" in reading.notes
    assert (
        "the column consent was not taken: consent is given by the client in the chat, where"
        " they can take it back" in reading.notes
    )
    assert (
        "the column disability was not taken: it needs a consent of its own, which nobody is asked for yet"
        in reading.notes
    )
    assert not [note for note in reading.notes if note.startswith("no column gender")]
    assert reading.columns == {"client_id", "branch", "full_name", "phone", "gender"}


def test_names_in_an_old_font_are_pointed_out(tmp_path: Path) -> None:
    reading = clients(tmp_path, f"{NEEDED}\n7,BUN,Gñk s[u PIerum\n8,BUN,v:an; su{{xa\n")
    assert (
        "names look like text in an old font, such as 'Gñk s[u PIerum' (save the list as Unicode)"
        in reading.notes
    )


def test_progress_counts_all_rows(tmp_path: Path) -> None:
    path = write(tmp_path, f"{NEEDED}\n" + "".join(f"{code},BUN,N\n" for code in range(1234)))
    told: list[int] = []
    read_register([path], books=BOOKS, as_of=AS_OF, progress=told.append)
    assert told == [500, 500, 234]


@given(
    cells=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), min_size=14, max_size=14)
)
def test_whatever_stands_in_a_row_it_is_taken_or_refused(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp()
    with (folder / "any.csv").open("w", encoding="utf-8", newline="") as file:
        file.write(FULL)
        csv.writer(file).writerow(cells)
        csv.writer(file).writerow(["last", "BUS", "Wafula", *[""] * 11])
    try:
        reading = read(folder / "any.csv")
    except SheetError as error:
        assert "\n" not in str(error)  # noqa: PT017  # the list as a whole cannot be read: no text, no order
    else:
        taken = {row.code for row in reading.register.clients or ()}
        assert "last" in taken


@pytest.mark.parametrize("number", ["0700000000", "0711111111", "0733333333"])
def test_number_that_is_made_up_is_left_out_even_once(tmp_path: Path, number: str) -> None:
    reading = clients(tmp_path, f"{NEEDED},phone\n7,BUN,Nafula,{number}\n8,BUN,Chebet,0712345678\n")
    assert [row.phone for row in reading.register.clients or ()] == ["", "+254712345678"]
    assert "1 phone numbers were left out: they are made up, such as 0700000000" in reading.notes


def test_letter_for_zero_in_numbers_is_counted(tmp_path: Path) -> None:
    rows = "7,BUN,A,O712345678\n8,BUN,B,О7123456О8\n9,BUN,C,0712345679\n"
    reading = clients(tmp_path, f"{NEEDED},phone\n{rows}")
    phones = [row.phone for row in reading.register.clients or ()]
    assert phones == ["+254712345678", "+254712345608", "+254712345679"]
    assert "2 phone numbers have the letter O: it was read as 0" in reading.notes


def test_notes_on_the_list_come_before_what_no_column_gives(tmp_path: Path) -> None:
    notes = clients(tmp_path, f"{NEEDED},officer\n7,BUN,Nafula,LO-1\nTotal,,,1\n").notes
    assert notes[0].endswith("list.csv: 1 rows of totals were left out")
    assert all(note.startswith("no column ") for note in notes[1:])
