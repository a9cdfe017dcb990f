"""Answers as tables: a column a question, one more for a label or a tick, blank where it was not asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from spm_bot.surveys.model import RATHER_NOT_SAY, Kind, Question, Survey

Cell = str | int | float | date | None
Given = Mapping[str, Sequence[tuple[str, float | None]]]
"""Question → what was picked or counted: (code, number), one a pick."""

_CHOSEN = frozenset({Kind.SELECT_ONE, Kind.NPS})
_ASKED = _CHOSEN | {Kind.SELECT_MULTIPLE, Kind.INTEGER, Kind.DECIMAL}
"""Kinds of questions that leave in an export: free text never does."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `codes` are what may stand in it, with their labels; `versions` those that asked it."""

    name: str
    kind: str
    meaning: str
    codes: tuple[tuple[str, str], ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its columns; every row has a cell for each."""

    name: str
    columns: tuple[Column, ...]
    rows: Sequence[tuple[Cell, ...]]


@dataclass(frozen=True, slots=True)
class Item:
    """A question over all versions of its survey that asked it, with every choice it ever had."""

    question: Question
    codes: tuple[tuple[str, str], ...]
    versions: tuple[str, ...]

    @property
    def ticks(self) -> tuple[str, ...]:
        """The codes that get a column of their own."""
        several = self.question.kind is Kind.SELECT_MULTIPLE
        return tuple(code for code, _ in self.codes if code != RATHER_NOT_SAY) if several else ()


def items_of(versions: Sequence[Survey], *, private: bool, language: str) -> tuple[Item, ...]:
    """The private questions of a survey, or the others, in the order of its newest version; what only older
    ones asked comes behind. `versions` are newest first, labels in `language`.
    """
    found: dict[str, list[tuple[Survey, Question]]] = {}
    for survey in versions:
        for question in survey.questions:
            if question.kind in _ASKED and question.traceless is private:
                found.setdefault(question.name, []).append((survey, question))
    return tuple(_item(asked, language) for asked in found.values())


def columns_of(items: Sequence[Item], *, language: str) -> tuple[Column, ...]:
    """The columns of these questions."""
    return tuple(column for item in items for column in _columns(item, language))


def cells_of(items: Sequence[Item], given: Given) -> tuple[Cell, ...]:
    """The cells of these questions for one response, as wide as their columns."""
    return tuple(cell for item in items for cell in _cells(item, given.get(item.question.name, ())))


def _item(asked: Sequence[tuple[Survey, Question]], language: str) -> Item:
    codes: dict[str, str] = {}
    for _, question in asked:
        for choice in question.choices:
            codes.setdefault(choice.code, choice.label.in_(language))
    codes.setdefault(RATHER_NOT_SAY, "rather not say")
    return Item(asked[0][1], tuple(codes.items()), tuple(survey.version for survey, _ in asked))


def _columns(item: Item, language: str) -> Iterator[Column]:
    question = item.question
    meaning = question.label.in_(language)
    yield Column(question.name, question.kind.value, meaning, item.codes, item.versions)
    if question.kind is Kind.SELECT_ONE:
        yield Column(f"{question.name}_label", "label", f"{question.name} in words", (), item.versions)
    labels = dict(item.codes)
    for code in item.ticks:
        says = f"1 if picked, 0 if not: {labels[code]}"
        yield Column(f"{question.name}.{code}", "tick", says, (), item.versions)


def _cells(item: Item, picks: Sequence[tuple[str, float | None]]) -> Iterator[Cell]:
    codes = [code for code, _ in picks if code]
    numbers = [number for _, number in picks if number is not None]
    value: Cell = _number(numbers[0]) if numbers else " ".join(codes) or None
    yield value
    if item.question.kind is Kind.SELECT_ONE:
        yield dict(item.codes).get(codes[0]) if codes else None
    answered = bool(codes) and RATHER_NOT_SAY not in codes
    for code in item.ticks:
        yield int(code in codes) if answered else None


def _number(value: float) -> int | float:
    return int(value) if value == int(value) else value
