from __future__ import annotations

from dataclasses import fields

from spm_bot.fieldwork.register import ClientRow, LoanRow, StaffRow
from spm_bot.registers.silences import Silence, silence_of


def test_list_of_names_alone_speaks_of_nothing_else() -> None:
    silent = silence_of({"client_id", "branch", "full_name"})
    always = {"code", "name", "branch", "status", "exit_on", "exit_reason"}
    assert silent.clients == {each.name for each in fields(ClientRow)} - always
    assert silent.loans == {each.name for each in fields(LoanRow)} - {
        *("code", "branch", "currency", "status", "closed_on")
    }
    assert silent.staff == {each.name for each in fields(StaffRow)} - {"code", "name", "left_on"}


def test_column_may_tell_two_fields_and_a_field_have_two_columns() -> None:
    by_date, by_year = silence_of({"birth_date"}), silence_of({"birth_year"})
    assert {"born_on", "birth_year"} & by_date.clients == set()
    assert {"born_on", "birth_year"} & by_year.clients == {"born_on"}
    assert "days_in_arrears" not in silence_of({"overdue_since"}).loans


def test_list_with_everything_leaves_nothing_out() -> None:
    columns = {
        *("language", "gender", "officer", "product", "area", "centre", "poverty_band", "poverty_tool"),
        *("phone", "birth_date", "activation_date", "savings", "poverty_date", "staff_flag", "loan_id"),
        *("principal", "disbursed_on", "next_due_on", "cycle", "repayment_frequency", "restructured_on"),
        *("written_off_on", "outstanding_principal", "overdue_principal", "days_in_arrears"),
        *(
            "written_off_amount",
            "refinanced_loan_id",
            "staff_branch",
            "staff_phone",
            "staff_gender",
            "incentive_scheme",
            "role",
            "start_date",
        ),
        "client_protection_training_on",
    }
    assert silence_of(columns) == Silence(frozenset(), frozenset(), frozenset())
