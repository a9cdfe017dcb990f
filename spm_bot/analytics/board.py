"""What the board reads once a quarter: objectives, outreach, protection, portfolio, decisions, processes."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from spm_bot.analytics.commitments import Commitment
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.workloads import Workload

EMERGENCIES_IN_INCOME = 20
"""The sum that the emergency question names is about a twentieth of the yearly income per head."""


@dataclass(frozen=True, slots=True)
class OutreachCount:
    """Active clients, and of how many of them the list tells each thing and what it says.

    `poverty` are clients by the band the list gives, `cycle_known` those paying a loan whose place in the row
    of their loans is known; `outstanding` what `borrowers` owe in the institution's currency.
    """

    clients: int
    gender_known: int
    women: int
    area_known: int
    rural: int
    age_known: int
    under_30: int
    poverty: Mapping[str, int]
    cycle_known: int
    first_time: int
    borrowers: int
    outstanding: float


@dataclass(frozen=True, slots=True)
class Outreach:
    """Who the institution reaches, of its active clients; shares are None where the lists do not say.

    `known` is the number of clients of whom the list tells it. `balance_ratio` is the average outstanding
    balance ÷ the yearly income per head that the institution file gives.
    """

    clients: int
    women: float | None
    rural: float | None
    under_30: float | None
    poor: float | None
    poor_known: int
    first_time: float | None
    balance_ratio: float | None


def outreach(
    count: OutreachCount, *, emergency_amount: float, minimum: int, poor: Collection[str] = ()
) -> Outreach:
    """Shares of those of whom the list tells it, None where that is fewer than `minimum`.

    `poor` are the bands of the list that stand for poverty, in any case of letters: without them nothing
    is said of poverty. Yearly income per head is taken as 20 times the sum of the emergency question.
    """
    known = sum(count.poverty.values())
    bands = {band.casefold() for band in poor}
    in_poverty = sum(number for band, number in count.poverty.items() if band.casefold() in bands)
    balance = _share(count.outstanding, count.borrowers, minimum=minimum)
    return Outreach(
        clients=count.clients,
        women=_share(count.women, count.gender_known, minimum=minimum),
        rural=_share(count.rural, count.area_known, minimum=minimum),
        under_30=_share(count.under_30, count.age_known, minimum=minimum),
        poor=_share(in_poverty, known, minimum=minimum) if bands else None,
        poor_known=known,
        first_time=_share(count.first_time, count.cycle_known, minimum=minimum),
        balance_ratio=None if balance is None else balance / (EMERGENCIES_IN_INCOME * emergency_amount),
    )


def _share(part: float, whole: int, *, minimum: int) -> float | None:
    return part / whole if whole >= minimum else None


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A business process with its owner and reviews (ISO dates); `overdue`: its next review has passed."""

    name: str
    owner: str
    last_review: str | None
    next_review: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Safeguards:
    """How clients were protected in the quarter; None where nothing is recorded or too few to show."""

    asked_for_call: int | None
    complaints: int | None
    solved: int | None
    median_days: float | None


def safeguards(asked_for_call: int, *, minimum: int) -> Safeguards:
    """What answers alone tell of protection: how many asked to be called, None when too few to show."""
    return Safeguards(asked_for_call if asked_for_call >= minimum else None, None, None, None)


@dataclass(frozen=True, slots=True)
class Board:
    """One quarter (`2026-Q3`). `digest` is the institution's of its last week: figures, portfolio, coverage.

    `decisions` are those made in the quarter and those still open, `places_without` the number of branches
    that had no decision on the leading indicator beside which effects must be read.
    """

    institution: str
    quarter: str
    first: str
    last: str
    digest: Digest
    outreach: Outreach
    safeguards: Safeguards
    workloads: tuple[Workload, ...]
    decisions: tuple[Commitment, ...]
    processes: tuple[ProcessRow, ...]
    regulators: tuple[str, ...]


def board_json(board: Board) -> str:
    """The board page as text that is the same for the same value."""
    return json.dumps(asdict(board), sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
