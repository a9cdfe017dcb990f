"""The catalogue of indicators that answers feed, and what one finished survey says about each.

This module is loaded where answers are taken, so it imports no numerical library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

# Replies that are no answer to an item: rather not say, don't know, does not apply, has no loan.
_EXCLUDED = frozenset({"pns", "dk", "na", "noloan"})


class Unit(StrEnum):
    """What an indicator is made of: a share of 0 to 1, an NPS of −100 to 100, a mean of 0 to 100."""

    SHARE = "share"
    NPS = "nps"
    MEAN = "mean"


class Better(StrEnum):
    """In which direction an indicator improves."""

    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True)
class Picked:
    """1 when an answer to `item` holds one of `hits`; `of` narrows whose answers count at all."""

    item: str
    hits: frozenset[str]
    of: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Recommends:
    """100 for a 9 or 10 on `item`, 0 for a 7 or 8, −100 below."""

    item: str


@dataclass(frozen=True, slots=True)
class InBand:
    """1 when the band of `score` is one of `hits`; unknown when `items` were answered but gave no band."""

    score: str
    hits: frozenset[str]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scored:
    """The score itself; unknown when `items` were answered but gave none."""

    score: str
    items: tuple[str, ...]


Measured = Picked | Recommends | InBand | Scored


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure that management follows. `standards` are the codes of the practices it informs."""

    code: str
    title: str
    survey: str
    unit: Unit
    better: Better
    standards: tuple[str, ...]
    measured: Measured


@dataclass(frozen=True, slots=True)
class Observed:
    """What one survey says about one indicator; None: answered, but it cannot be scored."""

    indicator: str
    value: float | None


SENSITIVE = frozenset({"CAS0", "DST4", "DST7", "DST7g"})
"""Told of a branch only with 30 respondents or more, five who said it and five who did not, and only to
head office; of the whole only where five said it and five did not.
"""

PAR30 = "FIN1"
"""The code under which the institution file gives a limit for portfolio at risk."""

_STRESS = ("ds1", "ds2", "ds3", "ds4", "ds5", "ds6", "ds7")


def _picked(item: str, *hits: str, of: tuple[str, ...] | None = None) -> Picked:
    return Picked(item, frozenset(hits), None if of is None else frozenset(of))


def _satisfaction() -> Iterator[Indicator]:
    def share(code: str, title: str, better: Better, standard: str, measured: Picked) -> Indicator:
        return Indicator(code, title, "client_satisfaction", Unit.SHARE, better, (standard,), measured)

    up, down = Better.HIGHER, Better.LOWER
    yield Indicator(
        "SAT1",
        "Net promoter score",
        "client_satisfaction",
        Unit.NPS,
        up,
        ("PI7163",),
        Recommends("cs1"),
    )
    yield share("SAT2", "Satisfied with the service", up, "3A", _picked("cs3", "4", "5"))
    yield share("SAT3", "Always treated with respect", up, "4C", _picked("cs4", "always"))
    yield share("SAT4", "Knew all costs before the loan", up, "4B", _picked("cs6", "all"))
    known = ("branch", "officer", "hotline", "chat", "leader", "outside")
    yield share("SAT5", "Would know where to complain, and dare to", up, "4E", _picked("cs7", *known))
    yield share("SAT5b", "Would not dare to complain", down, "4E", _picked("cs7", "afraid"))
    yield share("SAT6", "Had a problem with us", down, "4E", _picked("cs8", "staff", "service", "both"))
    told = ("solved", "told_wait", "told_unsolved")
    yield share("SAT7", "Problem told to us and solved", up, "4E", _picked("cs9", "solved", of=told))
    silent = ("nottold_fear", "nottold_how", "nottold_other")
    yield share("SAT8", "Problem kept silent", down, "4E", _picked("cs9", *silent))
    yield share("SAT8b", "Problem kept silent out of fear", down, "4E", _picked("cs9", "nottold_fear"))
    yield share("SAT9", "Plans to leave us", down, "PI9319", _picked("cs10", "other_lender", "leave"))


def _stress() -> Iterator[Indicator]:
    def lower(
        code: str,
        title: str,
        measured: Measured,
        *standards: str,
        unit: Unit = Unit.SHARE,
    ) -> Indicator:
        return Indicator(code, title, "debt_stress", unit, Better.LOWER, standards or ("4A",), measured)

    yield lower("DST1", "Very hard to pay the loans", _picked("ds1", "very"))
    eaten = ("weeks_1_2", "weeks_3_6", "most_weeks")
    yield lower("DST2", "Less to eat because of a loan", _picked("ds3", *eaten))
    yield lower("DST3", "Borrowed at a cost to repay", _picked("ds4", "us", "lender", "moneylender"))
    yield lower("DST4", "Lost a working thing, land or house", _picked("ds5", "work", "land_house"))
    yield lower("DST5", "Debt stress", InBand("dsi", frozenset({"high", "severe"}), _STRESS))
    yield lower("DST6", "Mean debt stress index", Scored("dsi", _STRESS), unit=Unit.MEAN)
    treated = ("shamed", "threatened", "took", "stayed", "bribe", "unsafe")
    yield lower("DST7", "Treated badly by a collector", _picked("ds8", *treated), "4C")
    yield lower("DST7g", "Shamed or pressed by the group", _picked("ds8", "group"), "4C")
    yield lower("CAS0", "Asked for a call", _picked("ds10", "yes"), "4E")
    left = _picked("ds9", "not_enough", "nothing")
    yield lower("DST8", "Not enough left after paying", left, "4A.1")
    yield lower("DST9", "Took a new loan from us to repay", _picked("ds4", "us"), "4A.1")


def _outcomes() -> Iterator[Indicator]:
    def share(code: str, title: str, better: Better, measured: Picked) -> Indicator:
        return Indicator(code, title, "client_outcomes", Unit.SHARE, better, ("1B",), measured)

    yield share("OCM1", "Clients say life is better", Better.HIGHER, _picked("oc1", "4", "5"))
    yield share("OCM2", "Clients say life is worse", Better.LOWER, _picked("oc1", "1", "2"))
    reliable = _picked("oc4", "not_hard", "somewhat")
    yield share("OCM3", "Could find money in an emergency", Better.HIGHER, reliable)
    yield share("OCM4", "Able to save more than a year ago", Better.HIGHER, _picked("oc6", "more"))


CATALOGUE: Mapping[str, Indicator] = MappingProxyType(
    {found.code: found for found in (*_satisfaction(), *_stress(), *_outcomes())}
)


def observe(
    survey: str,
    answers: Mapping[str, tuple[str, ...]],
    *,
    numbers: Mapping[str, float],
    bands: Mapping[str, str | None],
    scores: Mapping[str, float | None],
) -> tuple[Observed, ...]:
    """What one set of answers says about the indicators of `survey`, in the catalogue's order.

    `answers` holds picked codes by question, `numbers` typed numbers by question; `bands` and
    `scores` what the survey's scoring gave. Shares count 1 or 0, the NPS −100, 0 or 100. An item
    that was not asked, was skipped or does not apply gives nothing at all.
    """
    found: list[Observed] = []
    for indicator in CATALOGUE.values():
        if indicator.survey != survey:
            continue
        match indicator.measured:
            case Picked() as rule:
                found += _observe_picked(indicator.code, rule, answers)
            case Recommends(item=item):
                if item in numbers:
                    found.append(Observed(indicator.code, _promotion(numbers[item])))
            case InBand(score=score, hits=hits, items=items):
                if score in bands and _any_answered(items, answers):
                    band = bands[score]
                    found.append(Observed(indicator.code, None if band is None else float(band in hits)))
            case scored:
                if scored.score in scores and _any_answered(scored.items, answers):
                    found.append(Observed(indicator.code, scores[scored.score]))
    return tuple(found)


def _observe_picked(code: str, rule: Picked, answers: Mapping[str, tuple[str, ...]]) -> Iterator[Observed]:
    codes = _counted(answers.get(rule.item, ()))
    if codes and (rule.of is None or codes & rule.of):
        yield Observed(code, float(bool(codes & rule.hits)))


def _counted(codes: tuple[str, ...]) -> frozenset[str]:
    return frozenset(codes) - _EXCLUDED


def _any_answered(items: tuple[str, ...], answers: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether an item was answered by somebody the score is meant for: it is not for those without a loan."""
    if "noloan" in answers.get(items[0], ()):
        return False
    return any(_counted(answers.get(item, ())) for item in items)


def _promotion(score: float) -> float:
    if score >= 9:
        return 100.0
    return 0.0 if score >= 7 else -100.0
