from __future__ import annotations

from spm_bot.fieldwork.register import RegisterRow


def test_row_without_a_loan_is_an_active_client_who_owes_nothing() -> None:
    plain = RegisterRow(code="C1", name="Nafula", branch="BUN")
    assert (plain.status, plain.loan, plain.outstanding, plain.days_in_arrears) == ("active", "", 0.0, 0)
    assert (plain.birth_year, plain.joined_on, plain.has_savings) == (None, None, False)
