"""What an indicator counts, of whom, and who is left out: in words, from the side on which it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from spm_bot.analytics.indicators import CATALOGUE, Better, Unit
from spm_bot.reports.titles import TURNED
from spm_bot.texts import Voice, sentence


@dataclass(frozen=True, slots=True)
class Definition:
    """`counted` of `of`; `but` are those who are left out of both."""

    counted: str
    of: str
    but: str


_SILENT = sentence("would rather not say")
_NO_LOAN = sentence("have no loan; would rather not say")
_ANSWERED = sentence("clients who answered the question")
_BORROWERS = sentence("borrowers who answered the question")
_PROBLEM = sentence("clients who had a problem and said what became of it")
_SCORED = sentence("borrowers who answered enough for a score")
_UNSCORED = sentence("answered too little for a score (counted apart); have no loan")

_DEFINITIONS: Mapping[str, Definition] = MappingProxyType(
    {
        "SAT1": Definition(
            sentence("those who gave 9 or 10, less those who gave 0 to 6, in 100 of all"), _ANSWERED, _SILENT
        ),
        "SAT2": Definition(sentence("happy or very happy with the service"), _ANSWERED, _SILENT),
        "SAT3": Definition(
            sentence("staff always treated them with respect"),
            _ANSWERED,
            sentence("met no staff; would rather not say"),
        ),
        "SAT4": Definition(
            sentence("knew all interest, fees and fines before the last loan"),
            _ANSWERED,
            sentence("took no loan; would rather not say"),
        ),
        "SAT5": Definition(
            sentence("do not know where to go with a problem, or would not dare"), _ANSWERED, _SILENT
        ),
        "SAT5b": Definition(sentence("would not dare to go anywhere with a problem"), _ANSWERED, _SILENT),
        "SAT6": Definition(sentence("had a problem with us in the last 3 months"), _ANSWERED, _SILENT),
        "SAT7": Definition(
            sentence("told us their problem and it is solved"),
            sentence("clients who told us a problem"),
            sentence("told nobody of the problem; would rather not say"),
        ),
        "SAT8": Definition(
            sentence("told nobody: out of fear, not knowing how, or for another reason"), _PROBLEM, _SILENT
        ),
        "SAT8b": Definition(sentence("told nobody out of fear"), _PROBLEM, _SILENT),
        "SAT9": Definition(
            sentence("plan to go to another lender or to leave"),
            _ANSWERED,
            sentence("do not know; have no loan; would rather not say"),
        ),
        "DST1": Definition(
            sentence("very hard to pay all their loans, from any lender"), _BORROWERS, _NO_LOAN
        ),
        "DST2": Definition(
            sentence("had less to eat for a week or more because of a loan, in the last 3 months"),
            _BORROWERS,
            _SILENT,
        ),
        "DST3": Definition(
            sentence("borrowed from us, another lender, a money lender or a shop to pay a loan"),
            _BORROWERS,
            _SILENT,
        ),
        "DST4": Definition(
            sentence("had to sell or pawn a thing they work with, land or a house to pay a loan"),
            _BORROWERS,
            _SILENT,
        ),
        "DST5": Definition(sentence("in the bands high and severe of our own index"), _SCORED, _UNSCORED),
        "DST6": Definition(sentence("mean of our own index of 0 (no stress) to 100"), _SCORED, _UNSCORED),
        "DST7": Definition(
            sentence("were shamed, threatened or treated badly in another way by a collector of ours"),
            _BORROWERS,
            _SILENT,
        ),
        "DST7g": Definition(sentence("were shamed or pressed by their group"), _BORROWERS, _SILENT),
        "DST8": Definition(
            sentence("not enough or nothing left for food, school and health after paying"),
            _BORROWERS,
            _SILENT,
        ),
        "DST9": Definition(sentence("took a new loan from us to pay a loan"), _BORROWERS, _SILENT),
        "CAS0": Definition(sentence("asked that a trained person call them"), _BORROWERS, _SILENT),
        "OCM1": Definition(
            sentence("life is a bit or much better than before they joined"), _ANSWERED, _SILENT
        ),
        "OCM2": Definition(
            sentence("life is a bit or much worse than before they joined"), _ANSWERED, _SILENT
        ),
        "OCM3": Definition(
            sentence("would get money for an emergency in a month without trouble, or with a little"),
            _ANSWERED,
            sentence("do not know; would rather not say"),
        ),
        "OCM4": Definition(sentence("able to save more than a year ago"), _ANSWERED, _SILENT),
    }
)
_UNITS: Mapping[Unit, str] = MappingProxyType(
    {
        Unit.SHARE: sentence("in 100 of those counted"),
        Unit.NPS: sentence("points from −100 to 100"),
        Unit.MEAN: sentence("points from 0 to 100"),
    }
)


def definition(indicator: str, voice: Voice) -> Definition:
    """What is counted in a language of the bot."""
    found = _DEFINITIONS[indicator]
    return Definition(voice.say(found.counted), voice.say(found.of), voice.say(found.but))


def unit_name(unit: Unit, voice: Voice) -> str:
    return voice.say(_UNITS[unit])


def better_word(indicator: str, voice: Voice) -> str:
    """Whether more or less of it is better, from the side on which it is told."""
    higher = (CATALOGUE[indicator].better is Better.HIGHER) is not (indicator in TURNED)
    return voice.say("higher is better") if higher else voice.say("lower is better")
