from collections.abc import Callable, Mapping
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
        people = iter(range(1, 1_000_000))

        def answers(indicator: str, branch: str, counts: Counts) -> list[ObservationRow]:
            survey = CATALOGUE[indicator].survey
            windows = ((last, counts[0], counts[1]), (last.minus(13), counts[2], counts[3]))
            return [
                ObservationRow(str(when), survey, indicator, float(place < hits), branch, next(people))
                for when, hits, n in windows
                for place in range(n)
            ]

        rows = [row for branch, counts in stress.items() for row in answers("DST5", branch, counts)]
        first = next(iter(names))
        rows += answers("SAT3", first, respect) + answers("SAT5", first, channels)
        rows += [
            ObservationRow(str(last), "debt_stress", "DST5", None, first, next(people))
            for _ in range(unscored)
        ]
        if contacts is None:
            contacts = tuple(
                contact
                for branch in names
                for contact in (
                    ContactRow(Span.QUARTER, branch, False, 150, 140, 100),
                    ContactRow(Span.QUARTER, branch, True, 30, 28, 18),
                    ContactRow(Span.WEEK, branch, False, 14, 13, 6),
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
