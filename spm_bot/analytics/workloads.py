"""What the lists of clients and staff say of each branch: growth, caseload, training, turnover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Workload:
    """One branch, or the whole institution when `branch` is None; None where the lists do not say.

    `growth` is the change of loans being paid over a year (a share), which stand for borrowers;
    `borrowers_per_officer` a count, of those whose officer the list of staff names. `trained` is the share
    of staff trained in client protection within two years, `turnover` those who left within a year ÷ the
    staff of today and those who left.
    """

    branch: str | None
    name: str
    borrowers: int
    growth: float | None
    borrowers_per_officer: float | None
    trained: float | None
    turnover: float | None


@dataclass(frozen=True, slots=True)
class LoadRow:
    """Active borrowers of one branch with one loan officer of the staff list, '' for those without."""

    branch: str
    officer: str
    borrowers: int


@dataclass(frozen=True, slots=True)
class CrewRow:
    """Staff of one branch on a day: how many work there, have a day of training, one within two years.

    `gone` have left at any time, `left` within the year.
    """

    branch: str
    staff: int
    dated: int
    trained: int
    gone: int
    left: int


@dataclass(frozen=True, slots=True)
class GrowthRow:
    """Loans being paid at one branch, and a year before (None: the branch had none then)."""

    branch: str
    loans: int
    before: int | None


def workloads(
    loads: Iterable[LoadRow],
    *,
    crews: Iterable[CrewRow],
    growth: Iterable[GrowthRow],
    names: Mapping[str, str],
) -> tuple[Workload, ...]:
    """The institution's, then those of the branches by name.

    No day of training in the whole list means that nothing is known of it, and so does nobody who ever
    left: neither is a zero. An officer who serves two branches counts in both, and once in the whole.
    """
    lists = _Lists(tuple(loads), tuple(crews), tuple(growth))
    seen = (row.branch for rows in (lists.loads, lists.crews, lists.growth) for row in rows if row.branch)
    codes = sorted({*names, *seen}, key=lambda code: (names.get(code, code), code))
    return (lists.workload(None, ""), *(lists.workload(code, names.get(code, code)) for code in codes))


@dataclass(frozen=True, slots=True)
class _Lists:
    loads: tuple[LoadRow, ...]
    crews: tuple[CrewRow, ...]
    growth: tuple[GrowthRow, ...]

    def workload(self, branch: str | None, name: str) -> Workload:
        loads = [row for row in self.loads if branch in (None, row.branch)]
        served = [row for row in loads if row.officer]
        officers = {row.officer for row in served}
        return Workload(
            branch,
            name,
            borrowers=sum(row.borrowers for row in loads),
            growth=self._growth(branch),
            borrowers_per_officer=_ratio(sum(row.borrowers for row in served), len(officers)),
            trained=self._trained(branch),
            turnover=self._turnover(branch),
        )

    def _growth(self, branch: str | None) -> float | None:
        rows = [row for row in self.growth if branch in (None, row.branch)]
        change = _ratio(sum(row.loans for row in rows), sum(row.before or 0 for row in rows))
        return None if change is None else change - 1

    def _trained(self, branch: str | None) -> float | None:
        if not any(row.dated for row in self.crews):
            return None
        rows = [row for row in self.crews if branch in (None, row.branch)]
        return _ratio(sum(row.trained for row in rows), sum(row.staff for row in rows))

    def _turnover(self, branch: str | None) -> float | None:
        if not any(row.gone for row in self.crews):
            return None
        rows = [row for row in self.crews if branch in (None, row.branch)]
        left = sum(row.left for row in rows)
        return _ratio(left, left + sum(row.staff for row in rows))


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
