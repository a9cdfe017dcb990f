"""What a client of the demo says to each question: a small model of answers, calm or under stress.

Nothing here knows a score. Bands, flags and indicators come out of the survey's own rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from types import MappingProxyType

from spm_bot.demo.dice import drawn
from spm_bot.surveys.model import Choice, Kind, Question

Weights = Mapping[str, float]


def _weights(written: str) -> Weights:
    """`easy 60, bit 38` as a table of codes and weights."""
    pairs = (part.split() for part in written.split(","))
    return MappingProxyType({code: float(weight) for code, weight in pairs})


_CALM: Mapping[str, Weights] = MappingProxyType(
    {
        "cs3": _weights("5 32, 4 46, 3 14, 2 6, 1 2"),
        "cs1": _weights("0 1, 3 2, 5 6, 6 7, 7 15, 8 24, 9 22, 10 23"),
        "cs4": _weights("always 90, mostly 5, sometimes 1.5, never 0.4, na 3"),
        "cs5": _weights("5 30, 4 38, 3 14, 2 8, 1 2, na 8"),
        "cs6": _weights("all 70, some 21, no 7, noloan 2"),
        "cs10": _weights("again 58, save_only 10, rest 18, other_lender 5, leave 2, dk 7"),
        "cs7": _weights(
            "branch 33, officer 21, hotline 14, chat 14, leader 7, outside 3, dont_know 5, afraid 3"
        ),
        "cs8": _weights("no 88, staff 2, service 9, both 1"),
        "cs9": _weights(
            "solved 45, told_wait 20, told_unsolved 9, nottold_how 8, nottold_small 12, nottold_fear 6"
        ),
        "sv1": _weights("yes 74, part 9, no 3, na 14"),
        "sv2": _weights("all 55, some 28, no 15, na 2"),
        "sv3": _weights("no 96, dk 3.6, yes 0.4"),
        "ds1": _weights("easy 60, bit 38, very 2"),
        "ds2": _weights("never 78, days 18, week_plus 3, others_paid 1"),
        "ds4": _weights("no 80, free 15, lender 3, us 2"),
        "ds3": _weights("never 89, weeks_1_2 11"),
        "ds5": _weights("no 95, home 5"),
        "ds6": _weights("none 84, extra_work 16"),
        "ds7": _weights("never 72, few 25, many 3"),
        "ds8": _weights("none 98, group 1, shamed 1"),
        "ds9": _weights("enough 50, just 42, not_enough 8"),
        "ds9g": _weights("never 74, once 21, more 5"),
        "ds10": _weights("no 96, yes 4"),
        "oc1": _weights("5 28, 4 42, 3 20, 2 8, 1 2"),
        "oc3": _weights("double_plus 8, more 42, same 30, less 14, closed 2, never_had 4"),
        "oc4": _weights("not_hard 20, somewhat 40, very 28, cannot 9, dk 3"),
        "oc6": _weights("more 38, same 38, less 24"),
        "ds0": _weights("yes 91, later 5, skip_private 4"),
        "oc0": _weights("yes 91, later 5, skip_private 4"),
        "oc8": _weights("no 62, yes_over 14, yes_partly 16, yes_hurt 8"),
    }
)
_STRESSED: Mapping[str, Weights] = MappingProxyType(
    {
        "cs3": _weights("5 16, 4 42, 3 22, 2 13, 1 7"),
        "cs1": _weights("0 5, 2 5, 4 8, 5 14, 6 12, 7 18, 8 18, 9 11, 10 9"),
        "cs4": _weights("always 76, mostly 13, sometimes 6, never 2, na 3"),
        "cs7": _weights(
            "branch 26, officer 16, hotline 15, chat 16, leader 7, outside 4, dont_know 8, afraid 8"
        ),
        "cs8": _weights("no 68, staff 8, service 19, both 5"),
        "ds1": _weights("bit 48, very 52"),
        "ds2": _weights("never 6, days 24, week_plus 36, others_paid 12, behind_now 22"),
        "ds4": _weights("no 8, free 24, lender 40, us 9, moneylender 19"),
        "ds3": _weights("weeks_1_2 48, weeks_3_6 42, most_weeks 10"),
        "ds5": _weights("no 18, home 60, work 19, land_house 3"),
        "ds6": _weights("none 8, extra_work 24, left_home 32, health 31, child 5"),
        "ds7": _weights("few 30, many 48, most 22"),
        "ds8": _weights("none 83, shamed 6, group 5, threatened 2, took 2, bribe 2"),
        "ds9": _weights("just 12, not_enough 58, nothing 30"),
        "ds9g": _weights("never 40, once 35, more 25"),
        "ds10": _weights("no 64, yes 36"),
        "oc1": _weights("5 6, 4 22, 3 27, 2 31, 1 14"),
        "oc3": _weights("more 18, same 28, less 40, closed 9, never_had 5"),
        "oc4": _weights("somewhat 14, very 46, cannot 36, dk 4"),
        "oc6": _weights("more 8, same 26, less 66"),
        "oc8": _weights("no 24, yes_over 10, yes_partly 26, yes_hurt 40"),
    }
)

_ALSO = MappingProxyType({"health": "extra_work", "child": "left_home", "threatened": "shamed"})
"""What often comes along with a pick where several may be picked."""

_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": ("the staff is kind", "the fees are high", "it is quick", "meetings take long", "I trust them"),
        "fr": ("le personnel est gentil", "les frais sont élevés", "c'est rapide", "j'ai confiance"),
    }
)
_WRITTEN: Mapping[str, str] = MappingProxyType(
    {"ds11_phone": "0700 000 000", "ds11_time": "Tuesday after 14"}
)


def opinion(
    question: Question, choices: tuple[Choice, ...], *, stressed: bool, language: str, rng: Random
) -> tuple[str, ...]:
    """Codes of the choices meant, a number, or words to write.

    A question the model does not know gets any of its choices.
    """
    if question.kind is Kind.TEXT:
        return (_WRITTEN.get(question.name) or rng.choice(_WORDS.get(language, _WORDS["en"])),)
    calm = _CALM.get(question.name)
    table = _STRESSED.get(question.name, calm) if stressed else calm
    offered = [choice.code for choice in choices] or [str(number) for number in range(11)]
    known = {code: weight for code, weight in (table or {}).items() if code in offered}
    pick = drawn(known or dict.fromkeys(offered, 1.0), rng)
    also = _ALSO.get(pick)
    if question.kind is Kind.SELECT_MULTIPLE and also in offered and rng.random() < 0.5:
        return tuple(code for code in offered if code in {pick, also})
    return (pick,)
