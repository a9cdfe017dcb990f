"""Words that only printed pages need, with the tone in which they are set."""

from __future__ import annotations

from spm_bot.analytics.figures import Aim, AimKind, Figure
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict
from spm_bot.reports import phrases, titles
from spm_bot.reports.press import Printed
from spm_bot.texts import Voice

HIDDEN = "*"
"""The one mark of a hidden cell, whatever it hides for."""

NONE = "–"
"""Where nothing is known."""

_TONES = {Verdict.WORSE: "worse", Verdict.BETTER: "better", Verdict.NO_CLEAR_CHANGE: "same"}


def change_word(word: Verdict | None, voice: Voice) -> dict[str, Printed] | None:
    """A change as a word with its mark, None where none was judged."""
    return None if word is None else {"tone": _TONES[word], "word": titles.verdict(word, voice)}


def standing_word(standing: Standing, voice: Voice) -> dict[str, Printed]:
    """Where a figure stands, marked where it misses."""
    tones = {Standing.NOT_MET: "worse", Standing.MET: "better"}
    return {"tone": tones.get(standing, "same"), "word": titles.standing(standing, voice)}


def breached(aim: Aim) -> bool:
    return aim.kind is AimKind.LIMIT and aim.standing is Standing.NOT_MET


def missing_word(figure: Figure | None, voice: Voice) -> str:
    """Why there is no figure."""
    return phrases.value(None, voice) if figure is None else phrases.figure_value(figure, None, voice)


def rest(total: int, voice: Voice) -> list[Printed]:
    """What is said when that many rows had to be left out: by number, from none to all."""
    return [voice.count("and %(n)s more", "and %(n)s more", left) for left in range(total + 1)]
