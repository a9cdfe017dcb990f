"""The institution's own lists as values: clients with their loans, staff, facts of branches.

Days are written 2026-11-20, months 2026-11, money is in units of a loan's currency. What a list does not
say is '' or None, never a guess; `days_in_arrears` 0 means paid on time.
"""

from __future__ import annotations

from dataclasses import dataclass

RESERVED = "*"
"""No client of an institution has a code that begins with this sign: the bot's own do."""

ACTIVE, CLOSED, DECEASED, WRITTEN_OFF = "active", "closed", "deceased", "written_off"
FREQUENCIES = ("daily", "weekly", "two_weekly", "monthly", "seasonal", "bullet")


@dataclass(frozen=True, slots=True)
class LoanRow:
    """One loan. `status` is active, closed or written_off; `closed_on` is known for the last two at best."""

    code: str
    product: str = ""
    currency: str = ""
    branch: str = ""
    officer: str = ""
    outstanding: float = 0.0
    overdue: float = 0.0
    days_in_arrears: int = 0
    status: str = ACTIVE
    principal: float | None = None
    disbursed_on: str | None = None
    closed_on: str | None = None
    next_due_on: str | None = None
    repayment_frequency: str = ""
    restructured: bool = False
    restructured_on: str | None = None
    written_off: float = 0.0
    written_off_on: str | None = None
    refinanced_loan: str = ""
    cycle: int | None = None


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One client with all loans the list has; `phone` is as `registers.phones` writes it.

    `product` and `loan_method` are those of the largest loan they pay now, '' without one.
    """

    code: str
    name: str
    branch: str
    phone: str = ""
    language: str = ""
    gender: str = ""
    birth_year: int | None = None
    born_on: str | None = None
    joined_on: str | None = None
    has_savings: bool = False
    status: str = ACTIVE
    officer: str = ""
    product: str = ""
    loan_method: str = ""
    area: str = ""
    centre: str = ""
    poverty_band: str = ""
    poverty_tool: str = ""
    poverty_on: str | None = None
    exit_on: str | None = None
    exit_reason: str = ""
    works_here: bool = False
    loans: tuple[LoanRow, ...] = ()

    @property
    def active_loans(self) -> tuple[LoanRow, ...]:
        return tuple(loan for loan in self.loans if loan.status == ACTIVE)

    @property
    def days_in_arrears(self) -> int:
        """Of the loan that is latest."""
        return max((loan.days_in_arrears for loan in self.active_loans), default=0)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """One member of staff; `title` is their work in the institution, not a role in the chat."""

    code: str
    name: str
    phone: str = ""
    gender: str = ""
    title: str = ""
    branch: str = ""
    started_on: str | None = None
    left_on: str | None = None
    trained_on: str | None = None
    incentive_scheme: str = ""


@dataclass(frozen=True, slots=True)
class BranchFacts:
    """What happened at a branch in a month."""

    branch: str
    month: str
    new_clients: int | None = None
    marketing: float | None = None
    vacancies: int | None = None


@dataclass(frozen=True, slots=True)
class Register:
    """Everything that came in at once, as it was on `as_of`. None is a list that was not given: nothing
    is known of it, so nothing is closed.
    """

    as_of: str
    clients: tuple[ClientRow, ...] | None = None
    staff: tuple[StaffRow, ...] | None = None
    facts: tuple[BranchFacts, ...] = ()
