"""From the written form to a Survey, with every condition compiled, and back to plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from types import MappingProxyType
from typing import Any

from spm_bot.surveys.expressions import Expression, ExpressionError
from spm_bot.surveys.model import (
    Band,
    Choice,
    Closing,
    Flag,
    Question,
    Score,
    Survey,
    Watch,
    WatchRule,
    Words,
)
from spm_bot.surveys.notation import QuestionShape, ScoreShape, SurveyShape, WatchRuleShape, Wording

Path = tuple[str | int, ...]


@dataclass(slots=True)
class Builder:
    """Turns one shape into a Survey; `faults` collects expressions that cannot be used, by their path."""

    shape: SurveyShape
    faults: list[tuple[Path, str]] = field(default_factory=list)

    def survey(self, *, version: str) -> Survey:
        shape = self.shape
        return Survey(
            code=shape.code,
            version=version,
            title=self.words(shape.title),
            languages=shape.all_languages(),
            questions=tuple(self.question(given, n) for n, given in enumerate(shape.questions)),
            form=shape.form,
            readers=shape.readers,
            origin=shape.origin,
            minutes=shape.minutes,
            intro=self.maybe_words(shape.intro),
            closings=tuple(
                Closing(self.maybe_when(given.when, "closings", n, "when"), self.words(given.words))
                for n, given in enumerate(shape.closings)
            ),
            facts=tuple(shape.facts),
            scores=tuple(self.score(given, n) for n, given in enumerate(shape.scores)),
            flags=tuple(
                Flag(given.name, given.level, self.when(given.when, "flags", n, "when"))
                for n, given in enumerate(shape.flags)
            ),
            watch=None if shape.watch is None else self.watch(shape.watch),
        )

    def question(self, given: QuestionShape, place: int) -> Question:
        at = ("questions", place)
        return Question(
            name=given.name,
            kind=given.kind,
            label=self.words(given.label),
            hint=self.maybe_words(given.hint),
            example=self.maybe_words(given.example),
            choices=tuple(
                Choice(each.code, self.words(each.label), each.value, each.exclusive, each.pauses)
                for each in given.choices
            ),
            choices_from=given.choices_from,
            relevant=self.maybe_when(given.relevant, *at, "relevant"),
            constraint=self.maybe_when(given.constraint, *at, "constraint"),
            constraint_message=self.maybe_words(given.constraint_message),
            required=given.required,
            private=given.private,
            cleared=given.cleared,
            echo=given.echo,
            conduct=given.conduct,
            label_by=tuple(
                (self.when(each.when, *at, "label_by", n, "when"), self.words(each.label))
                for n, each in enumerate(given.label_by)
            ),
        )

    def score(self, given: ScoreShape, place: int) -> Score:
        unscored = {
            reason: self.when(source, "scores", place, "unscored", reason)
            for reason, source in sorted(given.unscored.items())
        }
        return Score(
            name=given.name,
            index_version=given.index_version,
            weights=MappingProxyType(dict(sorted(given.weights.items()))),
            answered_at_least=given.answered_at_least,
            core=tuple(given.core),
            core_at_least=given.core_at_least,
            bands=tuple(Band(band.name, band.below) for band in given.bands),
            grave=tuple((grave.question, grave.code) for grave in given.grave),
            floors=tuple((floor.at_least, floor.band) for floor in given.floors),
            unscored=MappingProxyType(unscored),
        )

    def watch(self, given: WatchRuleShape) -> WatchRule:
        signs = tuple(
            Watch(sign.item, self.when(sign.when, "watch", "signs", n, "when"))
            for n, sign in enumerate(given.signs)
        )
        return WatchRule(signs, given.at_least, given.flag, given.level)

    def words(self, given: Wording) -> Words:
        """Words in the survey's order of languages, so that a reordered file is the same survey."""
        order = self.shape.all_languages()
        kept = sorted(given, key=lambda code: (order.index(code) if code in order else len(order), code))
        return Words(MappingProxyType({code: given[code] for code in kept}), fallback=order[0])

    def maybe_words(self, given: Wording | None) -> Words | None:
        return None if given is None else self.words(given)

    def when(self, source: str, *path: str | int) -> Expression:
        names = frozenset({*self.shape.facts, *(question.name for question in self.shape.questions)})
        try:
            return Expression.compile(source, names=names)
        except ExpressionError as error:
            self.faults.append((path, str(error)))
            return Expression.compile("true()", names=names)

    def maybe_when(self, source: str | None, *path: str | int) -> Expression | None:
        return None if source is None else self.when(source, *path)


_PAIRS = {"label_by": ("when", "label"), "grave": ("question", "code"), "floors": ("at_least", "band")}


def plain(value: Any) -> Any:
    """A survey, or a part of one, as its file would hold it; fields at their default are left out.

    So a field that a later release adds leaves the text, and with it the version, of older surveys alone.
    """
    match value:
        case Words():
            return dict(value.by_language)
        case Expression():
            return value.source
        case Mapping():
            return {key: plain(each) for key, each in value.items()}
        case tuple():
            return [plain(each) for each in value]
        case _ if is_dataclass(value):
            return _fields(value)
        case _:
            return value


def _fields(value: Any) -> dict[str, Any]:
    held = {}
    for each in fields(value):
        content = getattr(value, each.name)
        default = each.default if each.default_factory is MISSING else each.default_factory()
        if each.name in _PAIRS:
            content = tuple(dict(zip(_PAIRS[each.name], pair, strict=True)) for pair in content)
        if content != default and each.name != "version":
            held[each.name] = plain(content)
    return held
