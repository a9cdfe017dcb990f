"""What cannot be known because no list has the column for it: said each time, never silently passed over."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from spm_bot.registers.headings import UNTAKEN, Kind

Losses = tuple[tuple[tuple[str, ...], str], ...]

_OF_CLIENTS: Losses = (
    (
        ("birth_date", "birth_year"),
        "nobody's age is known, and so not who is a child",
    ),
    (("birth_date", "birth_year", "phone", "second_phone"), "nobody can prove in the chat who they are"),
    (("phone", "second_phone"), "who has no joining card cannot join by sharing a number"),
    (("language",), "the chat begins in the language of the phone"),
    (("gender",), "samples and figures by gender are not available"),
    (("product", "loan_method"), "samples and figures by product or loan method are not available"),
    (("officer", "loan_officer"), "the portfolio by officer is not available"),
    (("activation_date",), "how long somebody has been a client is not available"),
    (("area",), "figures by town and country are not available"),
    (("poverty_band",), "figures by poverty are not available"),
    (("exit_date",), "the day a client left is the day a list no longer names them"),
    (("exit_reason",), "reasons for leaving are not available"),
    (("staff_flag",), "clients who work here are only known by their phone number"),
    (("loan_id",), "no loans were given: those in the register stay as they are"),
)
_OF_LOANS: Losses = (
    (("outstanding_principal",), "the portfolio at risk is not available"),
    (
        ("days_in_arrears", "overdue_since"),
        "days in arrears stay as they were held, and a loan that is new counts as paid on time",
    ),
    (("disbursed_on",), "rounds after a disbursement are not available"),
    (("closed_on",), "the day a loan ended is the day a list no longer has it as active"),
    (("next_due_on",), "the rule about days before a payment is not available"),
    (("repayment_frequency",), "figures by repayment frequency are not available"),
    (("restructured", "restructured_on"), "restructured loans are not available"),
    (("written_off_amount",), "write-offs are not available"),
)
_OF_STAFF: Losses = (
    (("staff_phone",), "nobody of the staff can confirm a link with their own number"),
    (("client_protection_training_on",), "training in client protection is not available"),
)
_WHY_UNTAKEN = {
    "consent": "consent is given by the client in the chat, where they can take it back",
    "consent_date": "consent is given by the client in the chat, where they can take it back",
    "disability": "it needs a consent of its own, which nobody is asked for yet",
}


def absences(columns: Collection[str], kinds: Collection[Kind]) -> Iterator[str]:
    """One line for each field that no list gives, with what that takes away, and for each untaken one."""
    tables: list[Losses] = []
    if Kind.CLIENTS in kinds or Kind.WIDE in kinds:
        tables.append(_OF_CLIENTS)
    if "loan_id" in columns:
        tables.append(_OF_LOANS)
    if Kind.STAFF in kinds:
        tables.append(_OF_STAFF)
    for table in tables:
        for names, what in table:
            if not any(name in columns for name in names):
                yield f"no column {' or '.join(names)}: {what}"
    for name in UNTAKEN:
        if name in columns:
            yield f"the column {name} was not taken: {_WHY_UNTAKEN[name]}"
