"""Headings of lists → our fields, and which kind of list that makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml

from spm_bot.surveys.spelling import plain


class Kind(StrEnum):
    """What a row of a list is; in a wide list a row is a loan with its client beside it."""

    WIDE = "wide"
    CLIENTS = "clients"
    LOANS = "loans"
    STAFF = "staff"
    BRANCHES = "branches"


_NAMES = ("full_name", "first_name", "middle_name", "last_name")
UNTAKEN = ("consent", "consent_date", "disability")
"""Known, and yet not taken in."""
_OF_CLIENTS = (
    *("client_id", "client_key", "branch", *_NAMES, "phone", "second_phone", "language", "gender"),
    *("birth_date", "birth_year", "officer", "centre", "activation_date", "status", "savings", "area"),
    *("loan_method", "product", "poverty_band", "poverty_tool", "poverty_date", "exit_date", "exit_reason"),
    *("staff_flag", *UNTAKEN),
)
_OF_LOANS = (
    *("loan_id", "client_id", "client_key", "product", "currency", "loan_branch", "loan_officer"),
    *("loan_status", "disbursed_on", "principal", "outstanding_principal", "overdue_principal"),
    *("days_in_arrears", "overdue_since", "cycle", "as_of_date", "next_due_on", "repayment_frequency"),
    *("restructured", "restructured_on", "written_off_on", "written_off_amount", "closed_on"),
    "refinanced_loan_id",
)
_OF_STAFF = (
    *("staff_id", "role", "start_date", "client_protection_training_on", "incentive_scheme"),
    *(f"staff_{name}" for name in (*_NAMES, "phone", "gender", "branch", "exit_date")),
)
FIELDS: Mapping[Kind, tuple[str, ...]] = MappingProxyType(
    {
        Kind.WIDE: tuple(dict.fromkeys(_OF_CLIENTS + _OF_LOANS)),
        Kind.CLIENTS: _OF_CLIENTS,
        Kind.LOANS: _OF_LOANS,
        Kind.STAFF: _OF_STAFF,
        Kind.BRANCHES: ("branch", "month", "new_clients", "marketing", "vacancies"),
    }
)
EVERY_FIELD = frozenset(name for names in FIELDS.values() for name in names)

# Each list needs one field of every line.
_NAMED = ("full_name", "first_name", "last_name")
NEEDED: Mapping[Kind, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {
        Kind.WIDE: (("client_id",), ("branch",), _NAMED, ("loan_id",)),
        Kind.CLIENTS: (("client_id",), ("branch",), _NAMED),
        Kind.LOANS: (("loan_id",), ("client_id", "client_key")),
        Kind.STAFF: (("staff_id",), tuple(f"staff_{name}" for name in _NAMED)),
        Kind.BRANCHES: (("branch",), ("month",)),
    }
)
_KEYS = {Kind.WIDE: "client_id", Kind.CLIENTS: "client_id", Kind.LOANS: "loan_id", Kind.STAFF: "staff_id"}
_PREFIXES = {Kind.LOANS: "loan_", Kind.STAFF: "staff_"}


@dataclass(frozen=True, slots=True)
class Match:
    """What the headings of a list say: `columns` are our fields with their index, `twice` those that two
    headings claim, `unknown` indices of headings that we do not know.
    """

    kind: Kind
    columns: Mapping[str, int]
    twice: tuple[tuple[str, int, int], ...] = ()
    unknown: tuple[int, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """Of every line that has no column, the first field."""
        needed = NEEDED[self.kind]
        return tuple(names[0] for names in needed if not any(name in self.columns for name in names))


def comparable(heading: str) -> str:
    """A heading as it is compared: no case, accents, blanks, stars or underscores."""
    return plain(heading.replace("_", " ")).replace(" ", "")


def field_for(name: str, kind: Kind) -> str:
    """The field that a name common to several lists stands for in one: the `branch` of a loan."""
    own = f"{_PREFIXES.get(kind, '')}{name}"
    return name if name in FIELDS[kind] else own if own in FIELDS[kind] else ""


def match(headings: Sequence[str], *, columns: Mapping[str, str], ignored: Iterable[str] = ()) -> Match:
    """The kind of list that these headings fit best; `columns` and `ignored` are a mapping file's."""
    keys = [comparable(heading) for heading in headings]
    given = {name: comparable(heading) for name, heading in columns.items()}
    left_out = frozenset(map(comparable, ignored))
    found = [_match(kind, keys, given, left_out) for kind in Kind]
    return min(found, key=lambda each: (bool(each.missing), -len(each.columns), len(each.missing)))


def known(headings: Iterable[str]) -> int:
    """How many of the cells of a row are headings that we know."""
    return sum(comparable(heading) in _every_heading() for heading in headings if heading)


def _match(kind: Kind, keys: Sequence[str], given: Mapping[str, str], left_out: frozenset[str]) -> Match:
    here = {field_for(name, kind): key for name, key in given.items() if key in keys}
    told = {key: name for name, key in here.items() if name}
    columns: dict[str, int] = {}
    twice: list[tuple[str, int, int]] = []
    unknown: list[int] = []
    for index, key in enumerate(keys):
        name = told.get(key, "")
        if not name and key not in left_out:
            name = _synonyms(kind).get(key, "")
            name = "" if name in here else name
        if name in columns:
            twice.append((name, columns[name], index))
        elif name:
            columns[name] = index
        elif key and key not in left_out:
            unknown.append(index)
    return Match(kind, columns, tuple(twice), tuple(unknown))


@cache
def _synonyms(kind: Kind) -> Mapping[str, str]:
    """What a heading may say in this kind of list → our field."""
    found: dict[str, str] = {}
    for name, headings in _every_synonym().items():
        own = _KEYS.get(kind, "") if name == "id" else field_for(name, kind)
        for heading in (name, *headings) if own else ():
            found.setdefault(comparable(heading), own)
    return MappingProxyType(found)


@cache
def _every_heading() -> frozenset[str]:
    return frozenset(heading for kind in Kind for heading in _synonyms(kind))


@cache
def _every_synonym() -> Mapping[str, tuple[str, ...]]:
    text = files("spm_bot.registers").joinpath("headings.yaml").read_text(encoding="utf-8")
    return MappingProxyType({name: tuple(headings) for name, headings in yaml.safe_load(text).items()})
