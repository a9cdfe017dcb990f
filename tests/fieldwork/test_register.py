from __future__ import annotations

from spm_bot.fieldwork.register import ClientRow


def test_row_without_a_loan_is_an_active_client_who_owes_nothing() -> None:
    plain = ClientRow(code="C1", name="Nafula", branch="BUN")
    assert (plain.status, plain.loans, plain.active_loans, plain.days_in_arrears) == ("active", (), (), 0)
    assert (plain.birth_year, plain.joined_on, plain.has_savings) == (None, None, False)
