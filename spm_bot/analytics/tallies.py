"""The answers to one indicator, to be counted by branch over any weeks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from spm_bot.analytics.indicators import CATALOGUE
from spm_bot.analytics.windows import Window


@dataclass(frozen=True, slots=True)
class ObservationRow:
    """What one respondent's survey says about one indicator, in the ISO week (`2026-W44`) it ended.

    `value` is 1 or 0 for a share, None for answers that could not be scored.
    """

    week: str
    survey: str
    indicator: str
    value: float | None
    branch: str
    respondent: int


@dataclass(frozen=True, slots=True)
class Cell:
    """The answers of one branch in one window: respondents of the survey, scored answers, hits among them."""

    respondents: int
    n: int
    hits: int
    unscored: int


Cells = Mapping[str, Cell]
Answer = tuple[str, float | None]


@dataclass(frozen=True, slots=True)
class Counted:
    """Who counts in a window: each respondent's branch, and their answer with its week."""

    branches: Mapping[int, str]
    answers: Mapping[int, Answer]

    def scored(self) -> set[tuple[int, str, str]]:
        """The scored answers that count: respondent, branch, week."""
        return {
            (person, self.branches[person], week)
            for person, (week, value) in self.answers.items()
            if value is not None
        }


@dataclass(frozen=True, slots=True)
class Tally:
    """One indicator's answers by week, and the branches its table shows even when nobody answered."""

    branches: tuple[str, ...]
    homes: Mapping[str, Mapping[int, str]]
    answers: Mapping[str, Mapping[int, Answer]]
    _counted: dict[Window, Counted] = field(default_factory=dict, repr=False, compare=False)

    def cells(self, weeks: Window) -> Cells:
        """The table by branch over `weeks`: every branch known or seen, each respondent once.

        Who answered twice within the weeks counts with the later answer, in the branch of that day.
        """
        counted = self._count(weeks)
        members: dict[str, list[int]] = {branch: [] for branch in self.branches}
        for person, branch in counted.branches.items():
            members.setdefault(branch, []).append(person)
        return {branch: _cell(people, counted.answers) for branch, people in members.items()}

    def moved(self, old: Window, new: Window) -> Mapping[str, int]:
        """By branch, how many respondents a scored answer of whom counts in one window only."""
        people: dict[str, set[int]] = {}
        for person, branch, _ in self._count(old).scored() ^ self._count(new).scored():
            people.setdefault(branch, set()).add(person)
        return {branch: len(each) for branch, each in people.items()}

    def moved_in_all(self, old: Window, new: Window) -> int:
        """The same for all branches together."""
        return len({person for person, *_ in self._count(old).scored() ^ self._count(new).scored()})

    def _count(self, weeks: Window) -> Counted:
        if weeks not in self._counted:
            homes: dict[int, str] = {}
            answers: dict[int, Answer] = {}
            for week in sorted(self.homes):
                if weeks.first <= week <= weeks.last:
                    homes.update(self.homes[week])
                    answers.update(self.answers.get(week, {}))
            self._counted[weeks] = Counted(homes, answers)
        return self._counted[weeks]


def tally(rows: Iterable[ObservationRow], indicator: str, *, branches: Iterable[str]) -> Tally:
    """The answers to `indicator` among `rows`. `branches` are those known, in their order."""
    survey = CATALOGUE[indicator].survey
    homes: dict[str, dict[int, str]] = {}
    answers: dict[str, dict[int, Answer]] = {}
    for row in rows:
        if row.survey != survey:
            continue
        homes.setdefault(row.week, {})[row.respondent] = row.branch
        if row.indicator == indicator:
            answers.setdefault(row.week, {})[row.respondent] = (row.week, row.value)
    return Tally(tuple(branches), homes, answers)


def _cell(people: list[int], answers: Mapping[int, Answer]) -> Cell:
    values = [answers[person][1] for person in people if person in answers]
    scored = [value for value in values if value is not None]
    return Cell(len(people), len(scored), sum(value > 0 for value in scored), len(values) - len(scored))
