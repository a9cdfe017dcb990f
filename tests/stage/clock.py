"""A clock that moves when told to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

START = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)
"""A Tuesday, ten in the morning in Nairobi: clients may be written to."""


@dataclass(slots=True)
class FakeClock:
    """Time stands still until somebody moves it."""

    instant: datetime = START

    def now(self) -> datetime:
        return self.instant

    def advance(self, span: timedelta) -> None:
        self.instant += span
