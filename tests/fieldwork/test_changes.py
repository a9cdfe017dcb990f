from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.fieldwork.changes import (
    Change,
    Kind,
    Terms,
    compare_staff,
    let_go,
    numbers_of_staff,
    shrinks,
    staff_after,
    take_in,
)
from spm_bot.fieldwork.register import ClientRow, LoanRow, StaffRow
from tests.seed import row

DAY = "2026-11-20"
EARLIER = "2026-11-13"


def held(row_: ClientRow) -> ClientRow:
    """The client as the register holds them after the list that named them first."""
    return take_in(None, row_, terms=Terms(EARLIER))[0]


def test_new_client_comes_with_loans_that_are_theirs_in_everything() -> None:
    loan = LoanRow("L1", currency="KES", outstanding=5.0)
    after, change = take_in(None, row(officer="LO-1", loans=(loan,)), terms=Terms(DAY))
    assert after.loans == (replace(loan, branch="BUN", product="business_loan", officer="LO-1"),)
    assert change == Change("C1", Kind.ADDED, loans=(Change("L1", Kind.ADDED),))


@pytest.mark.parametrize(
    "listed",
    [
        row(),
        row(loan=""),
        row(loans=(LoanRow("L2", currency="KES"), LoanRow("L1", currency="USD", branch="BUS"))),
        row(status="closed", loan=""),
        row(status="deceased", loan=""),
        row(loans=(LoanRow("L1", currency="KES", status="closed"),)),
    ],
    ids=["borrower", "saver", "two loans", "closed", "deceased", "closed loan"],
)
@pytest.mark.parametrize("whole", [True, False])
def test_same_list_again_changes_nothing(listed: ClientRow, *, whole: bool) -> None:
    first = held(listed)
    assert take_in(first, listed, terms=Terms(DAY, whole=whole)) == (first, Change("C1", Kind.UNCHANGED))


def test_what_changed_is_told_by_the_names_of_fields() -> None:
    listed = row(name="Other", branch="BUS", outstanding=900.0)
    change = take_in(held(row()), listed, terms=Terms(DAY))[1]
    loan = Change("L-C1", Kind.CHANGED, ("branch", "outstanding"))
    assert change == Change("C1", Kind.CHANGED, ("name", "branch"), (loan,))


def test_loan_that_a_whole_list_no_longer_names_is_closed() -> None:
    listed = row(loan="", product="", loan_method="")
    after, change = take_in(held(row()), listed, terms=Terms(DAY))
    assert [(loan.code, loan.status, loan.closed_on) for loan in after.loans] == [("L-C1", "closed", DAY)]
    assert (after.product, after.active_loans) == ("", ())
    assert change.loans == (Change("L-C1", Kind.MISSING, ("status", "closed_on")),)


@pytest.mark.parametrize(
    ("whole", "spared"), [(False, frozenset()), (True, frozenset({"L-C1"}))], ids=["a part", "refused"]
)
def test_loan_that_may_only_not_be_named_stays_with_its_product(whole: bool, spared: frozenset[str]) -> None:
    first = held(row())
    listed = row(loan="", product="", loan_method="")
    assert take_in(first, listed, terms=Terms(DAY, whole=whole, spared=spared)) == (
        first,
        Change("C1", Kind.UNCHANGED),
    )


@pytest.mark.parametrize(
    ("said", "told"), [(None, DAY), ("2026-11-17", "2026-11-17")], ids=["unsaid", "as the list says"]
)
def test_loan_that_ends_has_a_day(said: str | None, told: str) -> None:
    listed = row(loans=(LoanRow("L-C1", currency="KES", status="written_off", closed_on=said),))
    after, change = take_in(held(row()), listed, terms=Terms(DAY))
    assert [(loan.status, loan.closed_on) for loan in after.loans] == [("written_off", told)]
    assert [loan.kind for loan in change.loans] == [Kind.CLOSED]


def test_day_of_an_end_before_our_time_is_not_known() -> None:
    ended = row(loans=(LoanRow("L1", currency="KES", status="closed"),), status="closed")
    after, _ = take_in(None, ended, terms=Terms(DAY))
    assert (after.exit_on, after.loans[0].closed_on) == (None, None)


def test_loan_paid_again_has_no_end() -> None:
    closed, _ = take_in(held(row()), row(loan=""), terms=Terms(EARLIER))
    after, _ = take_in(closed, row(), terms=Terms(DAY))
    assert after == held(row())


def test_who_is_no_longer_named_has_left_with_all_loans() -> None:
    after, change = let_go(held(row()), as_of=DAY)
    assert (after.status, after.exit_on, after.product, after.active_loans) == ("closed", DAY, "", ())
    assert (change.kind, [loan.kind for loan in change.loans]) == (Kind.MISSING, [Kind.MISSING])


def test_who_came_back_is_a_client_again() -> None:
    gone, _ = let_go(held(row()), as_of=EARLIER)
    after, change = take_in(gone, row(), terms=Terms(DAY))
    assert after == held(row())
    assert (change.kind, "status" in change.fields) == (Kind.CHANGED, True)


def test_who_is_listed_as_gone_leaves_on_the_day_we_saw_it_and_keeps_it() -> None:
    first, change = take_in(held(row()), row(status="closed", exit_reason="moved"), terms=Terms(EARLIER))
    assert (first.exit_on, change.kind) == (EARLIER, Kind.CLOSED)
    later, _ = take_in(first, row(status="closed"), terms=Terms(DAY))
    assert (later.exit_on, later.exit_reason) == (EARLIER, "moved")


def test_list_does_not_wake_the_deceased() -> None:
    first = held(row(status="deceased"))
    after, change = take_in(first, row(), terms=Terms(DAY))
    assert (after.status, change.risen) == ("deceased", True)
    corrected, _ = take_in(first, row(status="closed"), terms=Terms(EARLIER))
    assert take_in(corrected, row(), terms=Terms(DAY))[0].status == "active"


def test_staff_leave_when_a_whole_list_does_not_name_them() -> None:
    known = {code: StaffRow(code, f"Name {code}") for code in ("S1", "S2", "S3")}
    listed = [replace(known["S1"], title="manager"), StaffRow("S4", "New")]
    after = staff_after(known, listed, terms=Terms(DAY, spared=frozenset({"S3"})))
    assert [compare_staff(known.get(code), row_, named={"S1", "S4"}) for code, row_ in after.items()] == [
        Change("S2", Kind.MISSING, ("left_on",)),
        Change("S3", Kind.UNCHANGED),
        Change("S1", Kind.CHANGED, ("title",)),
        Change("S4", Kind.ADDED),
    ]
    assert after["S2"].left_on == DAY
    assert staff_after(known, listed, terms=Terms(DAY, whole=False))["S2"] == known["S2"]


def test_staff_with_a_day_of_leaving_have_left() -> None:
    here, gone = StaffRow("S1", "N"), StaffRow("S1", "N", left_on="2026-11-01")
    assert compare_staff(here, gone, named={"S1"}) == Change("S1", Kind.CLOSED, ("left_on",))
    assert compare_staff(gone, here, named={"S1"}) == Change("S1", Kind.CHANGED, ("left_on",))


def test_numbers_are_those_of_people_who_work_here_that_day() -> None:
    rows = [
        StaffRow("S1", "A", phone="+1"),
        StaffRow("S2", "B", phone="+2", left_on=DAY),
        StaffRow("S3", "C", phone="+3", left_on="2026-11-21"),
        StaffRow("S4", "D"),
    ]
    assert numbers_of_staff(rows, as_of=DAY) == {"+1", "+3"}


@pytest.mark.parametrize(("missing", "of", "shrinking"), [(0, 0, False), (1, 5, False), (2, 9, True)])
def test_list_shrinks_by_more_than_a_fifth(missing: int, of: int, *, shrinking: bool) -> None:
    assert shrinks(missing, of=of) is shrinking


def test_what_a_list_does_not_speak_of_stays_as_it_is() -> None:
    first = held(row(phone="+254700", days_in_arrears=9))
    listed = row(name="Other", product="", loan_method="", birth_year=None, outstanding=5.0)
    terms = Terms(
        DAY,
        unsaid=frozenset({"phone", "birth_year", "product", "loan_method"}),
        unsaid_of_loans=frozenset({"days_in_arrears", "product"}),
    )
    after, change = take_in(first, listed, terms=terms)
    [loan] = first.loans
    assert after == replace(first, name="Other", loans=(replace(loan, outstanding=5.0),))
    assert (change.fields, change.loans) == (("name",), (Change("L-C1", Kind.CHANGED, ("outstanding",)),))


def test_list_that_does_not_speak_of_loans_closes_none() -> None:
    first = held(row())
    terms = Terms(DAY, unsaid=frozenset({"loans", "product", "loan_method"}))
    assert take_in(first, row(loan="", product="", loan_method=""), terms=terms)[0] == first
