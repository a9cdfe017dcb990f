"""Rows of all files as one register: loans find their clients, and what two rows dispute is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date

from spm_bot.fieldwork.register import ACTIVE, BranchFacts, ClientRow, LoanRow, Register, StaffRow
from spm_bot.registers.lookalikes import mixes_alphabets, plain_latin
from spm_bot.registers.records import APPLICANT, Fault, Fields, client_of, facts_of, loan_of, staff_of
from spm_bot.registers.sheets import Books

Place = tuple[str, int]
"""A file, with its sheet, and a row in it."""

_OF_LOANS = frozenset({"officer", "product", "loan_method", "loans"})
"""What may differ between two rows of one client: it is their loans'."""
_AGREED = tuple(each.name for each in fields(ClientRow) if each.name not in _OF_LOANS)
_UNSAID = ("", None, False, ACTIVE)
_NEITHER = "neither row is taken"
_ADD_UP = "a list with several rows a loan, as for principal, interest and fees, must be added up to one"


@dataclass(slots=True)
class _Held:
    """A client met so far; `place` is where."""

    row: ClientRow
    place: Place
    loans: list[LoanRow] = field(default_factory=list)


@dataclass(slots=True)
class Gathered:
    """What was taken so far; `spared` are codes in rows that were not, `applicants` counts rows of people
    and loans that are only asked for, `mixed` are codes written in two alphabets, `lettered` counts rows with
    a phone number that has the letter O for 0.

    A code that is disputed between two rows is taken from neither.
    """

    books: Books
    as_of: date
    spared: set[str] = field(default_factory=set)
    applicants: int = 0
    nameless: int = 0
    mixed: list[str] = field(default_factory=list)
    lettered: int = 0
    _clients: dict[str, _Held] = field(default_factory=dict)
    _bare: set[str] = field(default_factory=set)
    _codes: dict[str, str] = field(default_factory=dict)
    _loans: dict[str, Place] = field(default_factory=dict)
    _staff: dict[str, tuple[StaffRow, Place]] = field(default_factory=dict)
    _facts: dict[tuple[str, str], tuple[BranchFacts, Place]] = field(default_factory=dict)
    _disputed: set[str] = field(default_factory=set)

    def take_client(self, given: Fields, place: Place) -> None:
        """A row of a list of clients, or of a wide one. Raises Fault."""
        row = client_of(given, as_of=self.as_of)
        if row.status == APPLICANT:
            self.applicants += 1
            return
        held = self._clients.get(plain_latin(row.code))
        if held:
            self._check_same(held, row, place, given)
        if given.get("outstanding_principal") and not given.get("loan_id"):
            raise Fault("loan_id", "loan_id is empty, and something is owed")
        loan = self._loan(given, place)
        if held is None:
            held = self._clients[plain_latin(row.code)] = _Held(row, place)
            if mixes_alphabets(row.code):
                self.mixed.append(row.code)
        elif held.place[0] != place[0]:
            held.row = _together(held.row, row)
        if key := given.get("client_key"):
            self._codes[key] = row.code
        if loan:
            held.loans.append(loan)

    def take_loan(self, given: Fields, place: Place) -> None:
        """A row of a list of loans, once all clients were taken. Raises Fault."""
        key = given.get("client_key", "")
        code = given.get("client_id") or self._codes.get(key, "")
        for name, found in (("loan_id", given.get("loan_id")), ("client_id", code or key)):
            if not found:
                raise Fault(name, f"{name} is empty")
        held = self._clients.get(plain_latin(code))
        if held is None or held.row.code != code:
            raise Fault("client_id" if code else "client_key", self._why_unknown(code or key))
        if loan := self._loan(given, place):
            held.loans.append(loan)

    def take_staff(self, given: Fields, place: Place) -> None:
        """A row of a list of staff. Raises Fault."""
        row = staff_of(given)
        if known := self._staff.get(row.code):
            raise self._dispute("staff_id", row.code, known[1])
        self._staff[row.code] = (row, place)

    def take_facts(self, given: Fields, place: Place) -> None:
        """A row of a list of branches by month. Raises Fault."""
        row = facts_of(given)
        known = self._facts.get((row.branch, row.month))
        if known and known[0] != row:
            raise Fault("month", f"{row.month} of {row.branch} stands in {_said(known[1], place)} otherwise")
        self._facts[row.branch, row.month] = (row, place)

    def spare(self, given: Fields) -> None:
        """Notes whom a refused row is about: they are not missing in the lists."""
        codes = {given[name] for name in ("client_id", "loan_id", "staff_id") if given.get(name)}
        self.spared |= codes
        self.nameless += not codes

    def register(self, *, clients: bool, staff: bool) -> Register:
        """All that was taken and is not disputed; which lists were given. To be asked for once."""
        listed = tuple(row for code, (row, _place) in self._staff.items() if code not in self._disputed)
        return Register(
            as_of=self.as_of.isoformat(),
            clients=tuple(self._all_clients()) if clients else None,
            staff=listed if staff else None,
            facts=tuple(row for row, _place in self._facts.values()),
        )

    def _all_clients(self) -> Iterator[ClientRow]:
        # Each is let go as it is turned into its row: a long list is not held twice.
        for code in list(self._clients):
            held = self._clients.pop(code)
            if held.row.code in self._disputed:
                self.spared.update(loan.code for loan in held.loans)
            else:
                loans = [loan for loan in held.loans if loan.code not in self._disputed]
                yield _with_loans(held.row, loans, self.books)

    def _check_same(self, held: _Held, row: ClientRow, place: Place, given: Fields) -> None:
        """Another row of the client is another loan of theirs, or the same client in another file."""
        where = _said(held.place, place)
        if held.row.code != row.code:
            self._disputed |= {held.row.code, row.code}
            self.spared |= {held.row.code, row.code}
            what = f"{row.code!r} looks like the code in {where}, in letters of another alphabet"
            raise Fault("client_id", f"{what} ({_NEITHER})")
        one_file = held.place[0] == place[0]
        if one_file and not given.get("loan_id"):
            raise self._dispute("client_id", row.code, held.place, place)
        for name in _AGREED:
            before, now = getattr(held.row, name), getattr(row, name)
            if before != now and (one_file or not (before in _UNSAID or now in _UNSAID)):
                self._dispute("client_id", row.code, held.place, place)
                raise Fault("client_id", f"{row.code!r} has another {name} in {where} ({_NEITHER})")

    def _loan(self, given: Fields, place: Place) -> LoanRow | None:
        if not given.get("loan_id"):
            return None
        loan = loan_of(given, currency=self.books.currency, as_of=self.as_of)
        if loan.status == APPLICANT:
            self.applicants += 1
            return None
        known = self._loans.setdefault(plain_latin(loan.code), place)
        if known is not place:
            raise self._dispute("loan_id", loan.code, known, place, mend=f"; {_ADD_UP}")
        return loan

    def _dispute(
        self, name: str, code: str, before: Place, place: Place | None = None, *, mend: str = ""
    ) -> Fault:
        self._disputed.add(code)
        self.spared.add(code)
        return Fault(name, f"{code!r} stands in {_said(before, place)} already ({_NEITHER}{mend})")

    def _why_unknown(self, code: str) -> str:
        if code in self.spared:
            return f"the row of client {code!r} was refused"
        self._bare = self._bare or {known.lstrip("0") for known in self._clients}
        if code.lstrip("0") in self._bare:
            mend = "one with other zeros in front is: make the column text in your spreadsheet"
            return f"client {code!r} is in no list of clients ({mend})"
        return f"client {code!r} is in no list of clients"


def _with_loans(row: ClientRow, loans: list[LoanRow], books: Books) -> ClientRow:
    """With their loans, and product and method of the largest one they pay now."""
    paid = [loan for loan in loans if loan.status == ACTIVE]
    if not loans:
        return replace(row, loan_method=row.loan_method or books.products.get(row.product, ""))
    if not paid:
        return replace(row, product="", loan_method="", loans=tuple(loans))
    largest = max(paid, key=lambda loan: loan.outstanding)
    return replace(
        row,
        product=largest.product,
        loan_method=row.loan_method or books.products.get(largest.product, ""),
        officer=row.officer or largest.officer,
        loans=tuple(loans),
    )


def _together(before: ClientRow, now: ClientRow) -> ClientRow:
    """What two files say of one client, who is the same in both."""
    unsaid = [each.name for each in fields(ClientRow) if getattr(before, each.name) in ("", None, False)]
    told = {name: getattr(now, name) for name in unsaid}
    status = now.status if before.status == ACTIVE else before.status
    return replace(before, **told, status=status)


def _said(before: Place, place: Place | None) -> str:
    file, row = before
    return f"row {row}" if place is None or place[0] == file else f"{file}, row {row}"
