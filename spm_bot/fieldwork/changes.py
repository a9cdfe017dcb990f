"""A list that came in beside what the register holds: who is new, what changed, and what is over.

The list is the whole institution's unless it is called a part: whoever it no longer names has left, and a
loan it no longer names is closed. Comparing what was written with the same list again finds nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import TypeVar

from spm_bot.fieldwork.register import ACTIVE, CLOSED, DECEASED, ClientRow, LoanRow, StaffRow

FEW = 5
"""One in so many may be missing in a list before we ask whether it is the whole one."""

_Row = TypeVar("_Row", ClientRow, LoanRow, StaffRow)


class Kind(StrEnum):
    ADDED = "added"
    CHANGED = "changed"
    CLOSED = "closed"
    MISSING = "missing"
    """No longer named, and so closed."""
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one client, loan or member of staff: the names of fields, never what is in them.

    `risen` is a client whom the list has as active and the register as deceased: they stay deceased.
    """

    code: str
    kind: Kind
    fields: tuple[str, ...] = ()
    loans: tuple[Change, ...] = ()
    risen: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """How a list is to be taken: of which day it is, whether it is the `whole` one, which codes are `spared`
    because their rows were refused, and the fields of clients, loans and staff that it does not speak of.
    A list that does not speak of `loans` closes none.
    """

    as_of: str
    whole: bool = True
    spared: frozenset[str] = frozenset()
    unsaid: frozenset[str] = frozenset()
    unsaid_of_loans: frozenset[str] = frozenset()
    unsaid_of_staff: frozenset[str] = frozenset()

    @property
    def names_loans(self) -> bool:
        return "loans" not in self.unsaid


@dataclass(slots=True)
class Tally:
    """How many of what, by what becomes of them."""

    counts: dict[Kind, int] = field(default_factory=dict)

    def add(self, kind: Kind) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + 1

    def __getitem__(self, kind: Kind) -> int:
        return self.counts.get(kind, 0)

    @property
    def closed(self) -> int:
        """With those that are missing."""
        return self[Kind.CLOSED] + self[Kind.MISSING]


def take_in(held: ClientRow | None, row: ClientRow, *, terms: Terms) -> tuple[ClientRow, Change]:
    """The client as the register will hold them, and what changes by that."""
    if held is None:
        after = replace(row, loans=_by_code(_placed(loan, row) for loan in row.loans))
        return after, Change(row.code, Kind.ADDED, loans=tuple(_compare_loans((), after.loans)))
    row = _completed(row, held, terms.unsaid)
    named = {loan.code for loan in row.loans}
    after = replace(row, loans=_by_code(_loans_after(held, row, terms)))
    if after.active_loans and not row.active_loans:
        after = replace(after, product=held.product, loan_method=held.loan_method)
    after = _with_exit(held, after, terms.as_of)
    left = held.status == ACTIVE != after.status
    risen = held.status == DECEASED and row.status == ACTIVE
    return after, _change(held, after, Kind.CLOSED if left else Kind.CHANGED, named=named, risen=risen)


def let_go(held: ClientRow, *, as_of: str) -> tuple[ClientRow, Change]:
    """The same for a client whom the list no longer names."""
    after = replace(
        held,
        status=CLOSED,
        exit_on=held.exit_on or as_of,
        product="",
        loan_method="",
        loans=tuple(_ended(loan, as_of) for loan in held.loans),
    )
    return after, _change(held, after, Kind.MISSING, named=frozenset())


def staff_after(
    held: Mapping[str, StaffRow], rows: Iterable[StaffRow], *, terms: Terms
) -> dict[str, StaffRow]:
    """Everybody on the staff list, once it is in; whoever a whole list does not name has left."""
    listed = {row.code: _completed(row, held.get(row.code), terms.unsaid_of_staff) for row in rows}
    unnamed = {
        code: replace(row, left_on=row.left_on or terms.as_of)
        if terms.whole and code not in terms.spared
        else row
        for code, row in held.items()
        if code not in listed
    }
    return {**unnamed, **listed}


def compare_staff(held: StaffRow | None, after: StaffRow, *, named: Container[str]) -> Change:
    """What changes for a member of staff; `named` are the codes on the list."""
    if held is None:
        return Change(after.code, Kind.ADDED)
    names = _differing(held, after)
    if after.left_on and not held.left_on:
        return Change(after.code, Kind.CLOSED if after.code in named else Kind.MISSING, names)
    return Change(after.code, Kind.CHANGED if names else Kind.UNCHANGED, names)


def numbers_of_staff(rows: Iterable[StaffRow], *, as_of: str) -> frozenset[str]:
    """The phone numbers of those who work here on that day."""
    return frozenset(row.phone for row in rows if row.phone and (row.left_on is None or row.left_on > as_of))


def shrinks(missing: int, *, of: int) -> bool:
    """Whether so many are missing that the list may be only a part."""
    return missing * FEW > of


def _completed(row: _Row, held: _Row | None, unsaid: Collection[str]) -> _Row:
    """What the lists do not speak of stays as it is held."""
    if held is None or not unsaid:
        return row
    kept = {each.name: getattr(held, each.name) for each in fields(held) if each.name in unsaid}
    return replace(row, **kept)


def _loans_after(held: ClientRow, row: ClientRow, terms: Terms) -> Iterator[LoanRow]:
    before = {loan.code: loan for loan in held.loans}
    for loan in row.loans:
        known = before.pop(loan.code, None)
        listed = _completed(_placed(loan, row), known, terms.unsaid_of_loans)
        yield _loan_after(known, listed, as_of=terms.as_of)
    for loan in before.values():
        may_be_named = not terms.names_loans or not terms.spared.isdisjoint((held.code, loan.code))
        yield loan if may_be_named or not terms.whole else _ended(loan, terms.as_of)


def _placed(loan: LoanRow, client: ClientRow) -> LoanRow:
    """A loan of which nothing else is said is its client's in everything."""
    return replace(
        loan,
        branch=loan.branch or client.branch,
        product=loan.product or client.product,
        officer=loan.officer or client.officer,
    )


def _loan_after(held: LoanRow | None, loan: LoanRow, *, as_of: str) -> LoanRow:
    if held is None or loan.status == ACTIVE:
        return loan
    return replace(loan, closed_on=loan.closed_on or held.closed_on or _seen(held.status, as_of))


def _ended(loan: LoanRow, as_of: str) -> LoanRow:
    if loan.status != ACTIVE:
        return loan
    return replace(loan, status=CLOSED, closed_on=as_of, next_due_on=None)


def _with_exit(held: ClientRow, after: ClientRow, as_of: str) -> ClientRow:
    """No list wakes the deceased; who left before keeps the day and the reason."""
    if held.status == DECEASED and after.status == ACTIVE:
        after = replace(after, status=DECEASED)
    if after.status == ACTIVE:
        return after
    day = after.exit_on or held.exit_on or _seen(held.status, as_of)
    return replace(after, exit_on=day, exit_reason=after.exit_reason or held.exit_reason)


def _seen(status: str, as_of: str) -> str | None:
    """The day of an end that we see happen; one that lies before us is not known."""
    return as_of if status == ACTIVE else None


def _change(
    held: ClientRow, after: ClientRow, kind: Kind, *, named: Container[str], risen: bool = False
) -> Change:
    names = _differing(held, after, but=("loans",))
    loans = tuple(_compare_loans(held.loans, after.loans, named=named))
    return Change(after.code, kind if names or loans else Kind.UNCHANGED, names, loans, risen)


def _compare_loans(
    held: Iterable[LoanRow], after: Iterable[LoanRow], *, named: Container[str] = ()
) -> Iterator[Change]:
    """The loans to which something happens."""
    before = {loan.code: loan for loan in held}
    for loan in after:
        known = before.get(loan.code)
        if known is None:
            yield Change(loan.code, Kind.ADDED)
        elif names := _differing(known, loan):
            ends = Kind.CLOSED if loan.code in named else Kind.MISSING
            yield Change(loan.code, ends if known.status == ACTIVE != loan.status else Kind.CHANGED, names)


def _differing(held: _Row, after: _Row, *, but: tuple[str, ...] = ()) -> tuple[str, ...]:
    if held == after:
        return ()
    names = (each.name for each in fields(after) if each.name not in but)
    return tuple(name for name in names if getattr(held, name) != getattr(after, name))


def _by_code(loans: Iterable[LoanRow]) -> tuple[LoanRow, ...]:
    return tuple(sorted(loans, key=lambda loan: loan.code))
