"""What indicators are called, and the words for their changes, limits and targets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from spm_bot.analytics.breakdowns import Beyond
from spm_bot.analytics.figures import Aim, AimKind
from spm_bot.analytics.indicators import CATALOGUE, Unit
from spm_bot.analytics.measures import Measure
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict
from spm_bot.reports import phrases
from spm_bot.texts import Voice, sentence

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "SAT1": sentence("Would recommend us (net promoter score)"),
        "SAT2": sentence("Satisfied with the service"),
        "SAT3": sentence("Always treated with respect"),
        "SAT4": sentence("Knew all costs before the loan"),
        "SAT5": sentence("Would not know or dare to complain"),
        "SAT5b": sentence("Would not dare to complain"),
        "SAT6": sentence("Had a problem with us"),
        "SAT7": sentence("Told us a problem and it was solved"),
        "SAT8": sentence("Had a problem and did not tell us"),
        "SAT8b": sentence("Did not tell us a problem out of fear"),
        "SAT9": sentence("Plan to leave us"),
        "DST1": sentence("Very hard to pay the loans"),
        "DST2": sentence("Ate less because of a loan"),
        "DST3": sentence("Borrowed at a cost to repay"),
        "DST4": sentence("Lost a working thing, land or house"),
        "DST5": sentence("Debt stress"),
        "DST6": sentence("Debt stress index (mean, 0 to 100)"),
        "DST7": sentence("Treated badly when paying was late"),
        "DST7g": sentence("Shamed or pressed by the group"),
        "DST8": sentence("Not enough left after paying"),
        "DST9": sentence("Took a new loan from us to repay"),
        "CAS0": sentence("Asked for a call"),
        "OCM1": sentence("Say that life is better"),
        "OCM2": sentence("Say that life is worse"),
        "OCM3": sentence("Could find money in an emergency"),
        "OCM4": sentence("Save more than a year ago"),
    }
)
# A figure whose reader should see who is missing, not who is fine.
TURNED = frozenset({"SAT5"})

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.BETTER: sentence("better"),
        Verdict.WORSE: sentence("worse"),
        Verdict.NO_CLEAR_CHANGE: sentence("no clear change"),
    }
)
_EARLY: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.BETTER: sentence("early sign: better"),
        Verdict.WORSE: sentence("early sign: worse"),
        Verdict.NO_CLEAR_CHANGE: sentence("no clear change"),
    }
)
STANDINGS: Mapping[Standing, str] = MappingProxyType(
    {
        Standing.MET: sentence("met"),
        Standing.NOT_MET: sentence("not met"),
        Standing.TOO_CLOSE: sentence("too close to call"),
        Standing.NONE_SET: sentence("no limit set"),
    }
)
_BEYOND: Mapping[Beyond, str] = MappingProxyType(
    {
        Beyond.BELOW: sentence("lower than chance explains"),
        Beyond.FAR_BELOW: sentence("far lower than chance explains"),
        Beyond.ABOVE: sentence("higher than chance explains"),
        Beyond.FAR_ABOVE: sentence("far higher than chance explains"),
    }
)
# Without a kind: a limit and a target of the same value.
_AIMS: Mapping[tuple[AimKind | None, Standing], str] = MappingProxyType(
    {
        (None, Standing.MET): sentence("limit and target %(aim)s: met"),
        (None, Standing.NOT_MET): sentence("limit and target %(aim)s: not met"),
        (None, Standing.TOO_CLOSE): sentence("limit and target %(aim)s: too close to call"),
        (AimKind.LIMIT, Standing.MET): sentence("limit %(aim)s: met"),
        (AimKind.LIMIT, Standing.NOT_MET): sentence("limit %(aim)s: not met"),
        (AimKind.LIMIT, Standing.TOO_CLOSE): sentence("limit %(aim)s: too close to call"),
        (AimKind.TARGET, Standing.MET): sentence("target %(aim)s: met"),
        (AimKind.TARGET, Standing.NOT_MET): sentence("target %(aim)s: not met"),
        (AimKind.TARGET, Standing.TOO_CLOSE): sentence("target %(aim)s: too close to call"),
    }
)
_MARKS: Mapping[AimKind, str] = MappingProxyType(
    {AimKind.LIMIT: sentence("limit %(aim)s"), AimKind.TARGET: sentence("target %(aim)s")}
)


def title(indicator: str, voice: Voice) -> str:
    """What an indicator is called, from the side on which it is told."""
    return voice.say(TITLES[indicator])


def shown(indicator: str, measure: Measure | None) -> Measure | None:
    """The measure from the side on which this indicator is told."""
    return measure.turned() if measure is not None and indicator in TURNED else measure


def side(indicator: str, value: float) -> float:
    """A bare value of an indicator (a limit, a target, a point of its line) from the side it is told."""
    return 1 - value if indicator in TURNED else value


def number(indicator: str, value: float, voice: Voice) -> str:
    """A bare value from the side it is told, without range or unit: `15`, `+40`."""
    return phrases.number(side(indicator, value), unit(indicator), voice)


def unit(indicator: str) -> Unit:
    return CATALOGUE[indicator].unit


def verdict(word: Verdict, voice: Voice) -> str:
    return voice.say(VERDICTS[word])


def early(word: Verdict, voice: Voice) -> str:
    """What single weeks say before the word of 13 weeks does."""
    return voice.say(_EARLY[word])


def standing(word: Standing, voice: Voice) -> str:
    return voice.say(STANDINGS[word])


def beyond(word: Beyond, voice: Voice) -> str:
    return voice.say(_BEYOND[word])


def aims(found: Sequence[Aim], voice: Voice, *, indicator: str) -> list[str]:
    """`limit 15: not met`, and `target 12: not met`; both at once where they are the same."""
    alike = len(found) > 1 and len({aim.value for aim in found}) == 1
    return [
        voice.say(_AIMS[None if alike else aim.kind, aim.standing], aim=number(indicator, aim.value, voice))
        for aim in (found[:1] if alike else found)
        if aim.standing is not Standing.NONE_SET
    ]


def aim_mark(aim: Aim, voice: Voice, *, indicator: str) -> str:
    """What is written at a line: `limit 15`."""
    return voice.say(_MARKS[aim.kind], aim=number(indicator, aim.value, voice))
