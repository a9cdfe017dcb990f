"""What can be wrong with a survey or with answers to one, said so that the author can mend it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. `place` is `file:line`, or the part of the survey while no file is known."""

    code: str
    reason: str
    question: str | None = None
    place: str = ""
    severity: str = "error"

    def __str__(self) -> str:
        return ": ".join(part for part in (self.place, self.question, self.reason) if part)


class SurveyError(ValueError):
    """A survey, or answers to one, cannot be used; its message has one line for each problem."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
