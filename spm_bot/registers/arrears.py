"""How late a loan is: up to three columns say so, and they must agree."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from spm_bot.fieldwork.register import ACTIVE
from spm_bot.registers.records import Fault, Fields, state_of

_TELLING = ("days_in_arrears", "overdue_since")
_LEEWAY = 1
"""Days: the day that was missed is the first one to some and to others not yet one."""


def check_arrears(fields: Fields, columns: Collection[str], *, as_of: date) -> None:
    """Checks the row of a loan in a list with these columns. Raises Fault."""
    told = [name for name in _TELLING if name in columns]
    if not told or not fields.get("loan_id") or state_of(fields) != ACTIVE:
        return
    days, since = fields.get("days_in_arrears"), fields.get("overdue_since")
    overdue = fields.get("overdue_principal")
    if overdue and days is None and not since:
        raise Fault(told[0], f"{told[0]} is empty, and {overdue:g} is overdue")
    if days is None or not since:
        return
    counted = (as_of - date.fromisoformat(since)).days
    if abs(days - counted) > _LEEWAY or (counted and not days):
        what = f"{days} days in arrears and overdue since {since}, which is {counted} days"
        raise Fault("days_in_arrears", f"{what} (mend one of the two, or put its column under ignore:)")
