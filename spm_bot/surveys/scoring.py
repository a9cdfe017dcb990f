"""What a finished set of answers scores: indices, bands, red flags, watch signs and how soon to act.

Every number comes from the survey itself. Nothing is rounded and nothing is imputed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import fsum
from types import MappingProxyType

from spm_bot.surveys.expressions import Value
from spm_bot.surveys.model import Question, Score, Survey
from spm_bot.surveys.session import Answer
from spm_bot.surveys.values import values_of

INSUFFICIENT = "insufficient"
WATCH = "watch"
_LEVELS = ("critical", "high", "standard", WATCH)
_NOTHING: Mapping[str, Value] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Scored:
    """The result. A score is None when it cannot be given, and `reasons` says why.

    `bands` may still name a band then, when a grave answer sets one. `flags` are sorted, `watch`
    names the items that showed a sign; `followup_level` is critical, high, standard, watch or None.
    """

    scores: Mapping[str, float | None] = field(default_factory=lambda: MappingProxyType({}))
    bands: Mapping[str, str | None] = field(default_factory=lambda: MappingProxyType({}))
    reasons: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    flags: tuple[str, ...] = ()
    watch: tuple[str, ...] = ()
    followup_level: str | None = None


def score(survey: Survey, answers: Mapping[str, Answer], *, values: Mapping[str, Value] = _NOTHING) -> Scored:
    """Judges whatever was answered; `values` are the client facts the survey's conditions use."""
    seen = values_of(survey, answers, values)
    scores: dict[str, float | None] = {}
    bands: dict[str, str | None] = {}
    reasons: dict[str, str] = {}
    for each in survey.scores:
        points = _points(survey, each, answers)
        reason = _why_not(each, points, seen)
        scores[each.name] = None if reason else _weighted_mean(each, points)
        bands[each.name] = _band(each, scores[each.name], answers)
        if reason:
            reasons[each.name] = reason
    flags, watch, level = _alerts(survey, seen)
    return Scored(
        MappingProxyType(scores), MappingProxyType(bands), MappingProxyType(reasons), flags, watch, level
    )


def report(scored: Scored) -> dict[str, object]:
    """The result as the command line prints it."""
    return {
        "scores": dict(scored.scores),
        "bands": dict(scored.bands),
        "flags": list(scored.flags),
        "watch": list(scored.watch),
        "followup_level": scored.followup_level,
        "reasons": dict(scored.reasons),
    }


def _points(survey: Survey, score: Score, answers: Mapping[str, Answer]) -> dict[str, float]:
    """The value of each weighted item that was answered; of several picks the highest."""
    points = {name: _worst(survey.question(name), answers.get(name)) for name in score.weights}
    return {name: value for name, value in points.items() if value is not None}


def _worst(question: Question, answer: Answer | None) -> float | None:
    picked = answer.codes if answer else ()
    values = (choice.value for choice in question.choices if choice.code in picked)
    return max((value for value in values if value is not None), default=None)


def _why_not(score: Score, points: Mapping[str, float], seen: Mapping[str, Value]) -> str | None:
    for reason, when in score.unscored.items():
        if when.evaluate(seen):
            return reason
    core = sum(name in points for name in score.core)
    if len(points) < score.answered_at_least or core < score.core_at_least:
        return INSUFFICIENT
    return None


def _weighted_mean(score: Score, points: Mapping[str, float]) -> float:
    total = fsum(score.weights[name] * value for name, value in points.items())
    return total / fsum(score.weights[name] for name in points)


def _band(score: Score, value: float | None, answers: Mapping[str, Answer]) -> str | None:
    """The band of the score, raised to the floor that the grave answers set even without a score."""
    names = [band.name for band in score.bands]
    reached = []
    if value is not None:
        reached.append(
            next(n for n, band in enumerate(score.bands) if band.below is None or value < band.below)
        )
    grave = sum(code in answers[name].codes for name, code in score.grave if name in answers)
    reached += [names.index(band) for at_least, band in score.floors if grave >= at_least]
    return names[max(reached)] if reached else None


def _alerts(survey: Survey, seen: Mapping[str, Value]) -> tuple[tuple[str, ...], tuple[str, ...], str | None]:
    raised = {flag.name: flag.level for flag in survey.flags if flag.when.evaluate(seen)}
    watch: tuple[str, ...] = ()
    levels = set(raised.values())
    if survey.watch is not None:
        watch = tuple(sign.item for sign in survey.watch.signs if sign.when.evaluate(seen))
        if watch:
            levels.add(WATCH)
        if len(watch) >= survey.watch.at_least:
            raised[survey.watch.flag] = survey.watch.level
            levels.add(survey.watch.level)
    level = next((level for level in _LEVELS if level in levels), None)
    return tuple(sorted(raised)), watch, level
