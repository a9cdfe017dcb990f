"""The fields of one row → a client, a loan, a member of staff or a month of a branch; what contradicts
itself is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from spm_bot.fieldwork.register import ACTIVE, CLOSED, WRITTEN_OFF, BranchFacts, ClientRow, LoanRow, StaffRow

APPLICANT = "applicant"
"""The state of somebody, or of a loan, that is only asked for: not in our register."""

Fields = Mapping[str, Any]
"""Our field → its value; what a row leaves empty is absent."""


class Fault(Exception):
    """The row contradicts itself or leaves out what is needed; `field` is where to look, or ''."""

    def __init__(self, field: str, what: str) -> None:
        super().__init__(what)
        self.field = field


def client_of(fields: Fields, *, as_of: date) -> ClientRow:
    """The client in a row, without loans. Raises Fault."""
    born_on = fields.get("birth_date")
    birth_year = fields.get("birth_year") or (int(born_on[:4]) if born_on else None)
    joined_on, exit_on = fields.get("activation_date"), fields.get("exit_date")
    if born_on and birth_year != int(born_on[:4]):
        raise Fault("birth_year", f"{birth_year} is not the year of the birth date {born_on}")
    if birth_year and joined_on and int(joined_on[:4]) <= birth_year:
        raise Fault("activation_date", f"{joined_on} is not after the year of birth {birth_year}")
    if joined_on and exit_on and exit_on < joined_on:
        raise Fault("exit_date", f"{exit_on} is before {joined_on}, when the client joined")
    return ClientRow(
        code=_needed(fields, "client_id"),
        name=_name(fields),
        branch=_needed(fields, "branch"),
        phone=fields.get("phone") or fields.get("second_phone") or "",
        language=fields.get("language", ""),
        gender=fields.get("gender", ""),
        birth_year=birth_year,
        born_on=born_on,
        joined_on=joined_on,
        has_savings=fields.get("savings", False),
        status=fields.get("status") or (CLOSED if exit_on else ACTIVE),
        officer=fields.get("officer", ""),
        product=fields.get("product", ""),
        loan_method=fields.get("loan_method", ""),
        area=fields.get("area", ""),
        centre=fields.get("centre", ""),
        poverty_band=fields.get("poverty_band", ""),
        poverty_tool=fields.get("poverty_tool", ""),
        poverty_on=fields.get("poverty_date"),
        exit_on=exit_on,
        exit_reason=fields.get("exit_reason", ""),
        works_here=fields.get("staff_flag", False),
    )


def loan_of(fields: Fields, *, currency: str, as_of: date) -> LoanRow:
    """The loan in a row. Raises Fault."""
    status, outstanding = state_of(fields), fields.get("outstanding_principal", 0.0)
    overdue = fields.get("overdue_principal", 0.0)
    disbursed_on, closed_on = fields.get("disbursed_on"), fields.get("closed_on")
    if status == CLOSED and outstanding:
        raise Fault("outstanding_principal", f"{outstanding:g} is still owed, although the loan is closed")
    if status == ACTIVE and overdue > outstanding:
        raise Fault("overdue_principal", f"{overdue:g} is overdue, and only {outstanding:g} is owed")
    if disbursed_on and closed_on and closed_on < disbursed_on:
        raise Fault("closed_on", f"{closed_on} is before {disbursed_on}, when the loan was paid out")
    return LoanRow(
        code=_needed(fields, "loan_id"),
        product=fields.get("product", ""),
        currency=fields.get("currency", currency),
        branch=fields.get("loan_branch", ""),
        officer=fields.get("loan_officer") or fields.get("officer", ""),
        outstanding=outstanding,
        overdue=overdue,
        days_in_arrears=_days(fields, as_of) if status == ACTIVE else 0,
        status=status,
        principal=fields.get("principal"),
        disbursed_on=disbursed_on,
        closed_on=closed_on or (fields.get("written_off_on") if status == WRITTEN_OFF else None),
        next_due_on=fields.get("next_due_on") if status == ACTIVE else None,
        repayment_frequency=fields.get("repayment_frequency", ""),
        restructured=fields.get("restructured", bool(fields.get("restructured_on"))),
        restructured_on=fields.get("restructured_on"),
        written_off=fields.get("written_off_amount", 0.0),
        written_off_on=fields.get("written_off_on"),
        refinanced_loan=fields.get("refinanced_loan_id", ""),
        cycle=fields.get("cycle"),
    )


def staff_of(fields: Fields) -> StaffRow:
    """The member of staff in a row. Raises Fault."""
    started_on, left_on = fields.get("start_date"), fields.get("staff_exit_date")
    if started_on and left_on and left_on < started_on:
        raise Fault("staff_exit_date", f"{left_on} is before {started_on}, the first day of work")
    return StaffRow(
        code=_needed(fields, "staff_id"),
        name=_name(fields, prefix="staff_"),
        phone=fields.get("staff_phone", ""),
        gender=fields.get("staff_gender", ""),
        title=fields.get("role", ""),
        branch=fields.get("staff_branch", ""),
        started_on=started_on,
        left_on=left_on,
        trained_on=fields.get("client_protection_training_on"),
        incentive_scheme=fields.get("incentive_scheme", ""),
    )


def facts_of(fields: Fields) -> BranchFacts:
    """The month of a branch in a row. Raises Fault."""
    return BranchFacts(
        branch=_needed(fields, "branch"),
        month=_needed(fields, "month"),
        new_clients=fields.get("new_clients"),
        marketing=fields.get("marketing"),
        vacancies=fields.get("vacancies"),
    )


def state_of(fields: Fields) -> str:
    """The state of a loan: what the list says, else what follows from the rest. Some of it may have been
    written off and the rest be owed; the day that it was written off is the day of all of it.
    """
    if said := fields.get("loan_status"):
        return str(said)
    if fields.get("written_off_on"):
        return WRITTEN_OFF
    if fields.get("outstanding_principal"):
        return ACTIVE
    if fields.get("written_off_amount"):
        return WRITTEN_OFF
    return CLOSED if fields.get("closed_on") else ACTIVE


def _days(fields: Fields, as_of: date) -> int:
    since = fields.get("overdue_since")
    counted = (as_of - date.fromisoformat(since)).days if since else 0
    return int(fields.get("days_in_arrears", counted))


def _needed(fields: Fields, name: str) -> str:
    if not fields.get(name):
        raise Fault(name, f"{name} is empty")
    return str(fields[name])


def _name(fields: Fields, *, prefix: str = "") -> str:
    parts = (fields.get(f"{prefix}{part}_name", "") for part in ("first", "middle", "last"))
    name = fields.get(f"{prefix}full_name") or " ".join(filter(None, parts))
    if not name:
        raise Fault(f"{prefix}full_name", "the name is empty")
    return str(name)
