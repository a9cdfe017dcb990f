from __future__ import annotations

import pytest

from spm_bot.fieldwork.register import LoanRow
from spm_bot.storage.loan_books import cycle_of
from spm_bot.storage.store import Store
from tests.seed import enter, row


@pytest.mark.parametrize(
    ("loans", "cycle"),
    [
        ((), None),
        ((LoanRow("A", outstanding=10.0, cycle=2),), 2),
        ((LoanRow("A", outstanding=10.0, cycle=2), LoanRow("B", outstanding=20.0, cycle=4)), 4),
        ((LoanRow("A", outstanding=10.0, cycle=2), LoanRow("B", outstanding=20.0)), None),
        ((LoanRow("A", outstanding=10.0, cycle=2), LoanRow("B", outstanding=10.0, cycle=3)), 2),
        ((LoanRow("A", outstanding=10.0, cycle=2, status="closed"),), None),
    ],
)
async def test_cycle_is_that_of_the_largest_loan_that_is_paid(
    store: Store, loans: tuple[LoanRow, ...], cycle: int | None
) -> None:
    [client] = await store.write(lambda c: enter(c, row(loans=loans)))
    assert await store.read(lambda c: cycle_of(c, client)) == cycle
