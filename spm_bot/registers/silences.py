"""What lists do not speak of, in the fields of our rows: of those nothing is known, so what is held stays.

A state, and the day and reason of an end, are always spoken of: whoever is listed without one is here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

# Each field with the columns that tell it.
_OF_CLIENTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{name: (name,) for name in ("language", "gender", "officer", "product", "area", "centre")},
        **{name: (name,) for name in ("poverty_band", "poverty_tool")},
        "phone": ("phone", "second_phone"),
        "birth_year": ("birth_year", "birth_date"),
        "born_on": ("birth_date",),
        "joined_on": ("activation_date",),
        "has_savings": ("savings",),
        "loan_method": ("loan_method", "product"),
        "poverty_on": ("poverty_date",),
        "works_here": ("staff_flag",),
        "loans": ("loan_id",),
    }
)
_OF_LOANS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{name: (name,) for name in ("product", "principal", "disbursed_on", "next_due_on", "cycle")},
        **{name: (name,) for name in ("repayment_frequency", "restructured_on", "written_off_on")},
        "officer": ("officer", "loan_officer"),
        "outstanding": ("outstanding_principal",),
        "overdue": ("overdue_principal",),
        "days_in_arrears": ("days_in_arrears", "overdue_since"),
        "restructured": ("restructured", "restructured_on"),
        "written_off": ("written_off_amount",),
        "refinanced_loan": ("refinanced_loan_id",),
    }
)
_OF_STAFF: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **{name: (f"staff_{name}",) for name in ("phone", "gender", "branch")},
        "incentive_scheme": ("incentive_scheme",),
        "title": ("role",),
        "started_on": ("start_date",),
        "trained_on": ("client_protection_training_on",),
    }
)


@dataclass(frozen=True, slots=True)
class Silence:
    """Fields of clients, loans and staff that no column tells."""

    clients: frozenset[str]
    loans: frozenset[str]
    staff: frozenset[str]


def silence_of(columns: Collection[str]) -> Silence:
    """What lists with these columns leave out."""
    return Silence(*(_untold(fields, columns) for fields in (_OF_CLIENTS, _OF_LOANS, _OF_STAFF)))


def _untold(fields: Mapping[str, tuple[str, ...]], columns: Collection[str]) -> frozenset[str]:
    return frozenset(name for name, tell in fields.items() if not any(column in columns for column in tell))
