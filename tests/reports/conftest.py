from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest

from spm_bot.analytics.digest import (
    ContactRow,
    CoverageRow,
    Digest,
    ObservationRow,
    PortfolioRow,
    Settings,
    Span,
    compose,
)
from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.windows import monthly_week
from spm_bot.times import Week

Composed = Callable[..., Digest]

# Hits and answers now, hits and answers before.
Counts = tuple[int, int, int, int]

NAMES = {"BGM": "Bungoma", "BSA": "Busia", "KSM": "Kisumu", "NKR": "Nakuru", "SYA": "Siaya"}
STEADY: Mapping[str, Counts] = {
    "BGM": (7, 50, 7, 50),
    "BSA": (8, 48, 7, 47),
    "KSM": (12, 80, 13, 82),
    "NKR": (9, 60, 9, 61),
    "SYA": (7, 52, 8, 50),
}
RESPECT: Counts = (176, 200, 174, 200)
CHANNELS: Counts = (156, 200, 158, 200)


def spread(row: ContactRow) -> tuple[ContactRow, ...]:
    """The same contacts over every span that counts for the institution or for a branch."""
    return tuple(replace(row, span=span) for span in (Span.QUARTER, Span.BRANCH, Span.MONTH))


@pytest.fixture
def composed() -> Composed:
    """Composes a digest from counts: the stress of each branch, respect and known channels in the first."""

    def make(
        *,
        week: str = "2026-W45",
        scope: str | None = None,
        stress: Mapping[str, Counts] = STEADY,
        respect: Counts = RESPECT,
        channels: Counts = CHANNELS,
        unscored: int = 0,
        names: Mapping[str, str] = NAMES,
        limits: Mapping[str, float] | None = None,
        targets: Mapping[str, float] | None = None,
        contacts: tuple[ContactRow, ...] | None = None,
        joined: int = 600,
        portfolio: tuple[PortfolioRow, ...] | None = None,
        institution: str = "Umoja Microfinance",
    ) -> Digest:
        last = Week.parse(week)
        month = monthly_week(last)
        people = iter(range(1, 1_000_000))

        def answers(indicator: str, branch: str, hits: int, n: int, *, ended: Week) -> list[ObservationRow]:
            survey = CATALOGUE[indicator].survey
            return [
                ObservationRow(str(ended), survey, indicator, float(place < hits), branch, next(people))
                for place in range(n)
            ]

        def both(indicator: str, branch: str, counts: Counts, *, ended: Week) -> list[ObservationRow]:
            hits, n, hits_before, n_before = counts
            return answers(indicator, branch, hits, n, ended=ended) + answers(
                indicator, branch, hits_before, n_before, ended=ended.minus(13)
            )

        first = next(iter(names))
        rows = []
        for branch, (hits, n, hits_before, n_before) in stress.items():
            moving = 10 if branch == first and last != month else 0
            rows += both("DST5", branch, (hits, n - moving, hits_before, n_before - moving), ended=month)
            # Between two months ten come and ten go each week, and the counts stay what they are.
            for weeks in (0, 13, 26) if moving else ():
                rows += answers("DST5", branch, 0, moving, ended=last.minus(weeks))
        rows += both("SAT3", first, respect, ended=last) + both("SAT5", first, channels, ended=last)
        rows += [
            ObservationRow(str(last), "debt_stress", "DST5", None, first, next(people))
            for _ in range(unscored)
        ]
        if contacts is None:
            contacts = tuple(
                contact
                for branch in names
                for contact in (
                    *spread(ContactRow(Span.QUARTER, branch, False, True, 150, 140, 100)),
                    *spread(ContactRow(Span.QUARTER, branch, True, True, 30, 28, 18)),
                    ContactRow(Span.WEEK, branch, False, True, 14, 13, 6),
                )
            )
        if portfolio is None:
            portfolio = tuple(
                PortfolioRow(branch, "KES", 1_000_000.0, 41_000.0, 19_000.0, last.start) for branch in names
            )
        return compose(
            week=last,
            scope=scope,
            observations=rows,
            contacts=contacts,
            coverage=[CoverageRow(branch, 900, joined, 120, 70) for branch in names],
            portfolio=portfolio,
            settings=Settings(institution, names, "KES", limits=limits or {}, targets=targets or {}),
        )

    return make


@pytest.fixture
def an_old_day() -> date:
    return date(2026, 9, 20)
