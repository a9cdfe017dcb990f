"""Quarters of a year, as boards count."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from spm_bot.times import DAY, Week


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """January to March is the first of a year."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """The quarter written as `2026-Q3`, of the years 2000 to 2999. Raises ValueError."""
        match = re.fullmatch(r"(2[0-9]{3})-Q([1-4])", text.strip())
        if match is None:
            raise ValueError(f"{text!r} is not a quarter: write it as 2026-Q3")
        return cls(int(match[1]), int(match[2]))

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        following = self.year + self.number // 4, 3 * (self.number % 4) + 1
        return date(*following, 1) - DAY

    @property
    def last_week(self) -> Week:
        """The last week that ended in it: its 13 weeks lie within the quarter, but for a few days."""
        week = Week.on(self.last)
        return week if week.end <= self.last else week.previous()

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.number}"
