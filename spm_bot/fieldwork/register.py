"""A client as the institution's own register gives them."""

from __future__ import annotations

from dataclasses import dataclass

RESERVED = "*"
"""No client of an institution has a code that begins with this sign: the bot's own do."""


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One client as a register gives them, with the loan they pay now, if any.

    `phone` is as `registers.phones` writes it, `officer` the code of the loan officer; both '' if the
    register does not say. Money is in units of `currency`; `loan` is '' without one.
    """

    code: str
    name: str
    branch: str
    phone: str = ""
    product: str = ""
    loan_method: str = ""
    gender: str = ""
    birth_year: int | None = None
    joined_on: str | None = None
    has_savings: bool = False
    status: str = "active"
    officer: str = ""
    loan: str = ""
    outstanding: float = 0.0
    days_in_arrears: int = 0
    written_off: float = 0.0
