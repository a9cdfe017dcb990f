"""How figures, shares and dates are put into words, the same on every page."""

from __future__ import annotations

import re
from datetime import date

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from spm_bot.analytics.figures import Figure
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import End, Exact, Measure, Rough
from spm_bot.analytics.windows import Window
from spm_bot.texts import SOURCE, Voice, from_right, half_up
from spm_bot.times import Week

_LONGEST_NAME = 32
_MINUS = "\u2212"
# Without it a sign before a number jumps behind it where lines run from right to left.
_LEFT_TO_RIGHT = "\u200e"
# Control characters, and marks that turn the rest of a line around.
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def value(measure: Measure | None, voice: Voice) -> str:
    """`19 in 100 (15–24)`, only the range where it is wide, only the end where more would tell.

    An NPS is `+45 (29 to 58)`, a mean `25 (22–28)`.
    """
    match measure:
        case Exact(unit=Unit.SHARE):
            ends = {"low": hundred(measure.low), "high": hundred(measure.high)}
            if measure.wide:
                return voice.say("%(low)s–%(high)s in 100", **ends)
            return voice.say("%(value)s in 100 (%(low)s–%(high)s)", value=hundred(measure.value), **ends)
        case _:
            return brief(measure, voice)


def brief(measure: Measure | None, voice: Voice) -> str:
    """The same without its unit, for lines under one that has it: `88 (84–91)`."""
    match measure:
        case None:
            return voice.say("too few answers to show")
        case Rough(end=End.LOW):
            return voice.say("10 in 100 or fewer")
        case Rough():
            return voice.say("90 in 100 or more")
        case exact if exact.wide:
            return _ends(exact, voice)
        case exact:
            return f"{number(exact.value, exact.unit, voice)} ({_ends(exact, voice)})"


def point(measure: Measure | None, voice: Voice) -> str:
    """The same in one number, for a tile or a cell: `19 in 100`; the range where it is wide."""
    match measure:
        case Exact(unit=Unit.SHARE, wide=False):
            return per_hundred(measure.value, voice)
        case Exact(wide=False):
            return number(measure.value, measure.unit, voice)
        case _:
            return value(measure, voice)


def figure_value(figure: Figure, measure: Measure | None, voice: Voice) -> str:
    """A figure's measure in words, or why there is none."""
    if measure is None and figure.rare:
        return voice.say("not shown: said by fewer than 5, or by all but a few")
    return value(measure, voice)


def _ends(exact: Exact, voice: Voice) -> str:
    if exact.unit is Unit.NPS:
        return voice.say(
            "%(low)s to %(high)s", low=_signed(exact.low, voice), high=_signed(exact.high, voice)
        )
    low, high = number(exact.low, exact.unit, voice), number(exact.high, exact.unit, voice)
    return f"{low}–{high}"


def number(found: float, unit: Unit, voice: Voice) -> str:
    """A bare value of a unit, without range: `19` of a share, `+45` of an NPS, `25` of a mean."""
    match unit:
        case Unit.SHARE:
            return hundred(found)
        case Unit.NPS:
            return _signed(found, voice, plus="+")
        case _:
            return str(int(half_up(found)))


def _signed(found: float, voice: Voice, *, plus: str = "") -> str:
    whole_points = int(half_up(found))
    sign = _MINUS if whole_points < 0 else plus if whole_points > 0 else ""
    mark = _LEFT_TO_RIGHT if sign and from_right(_locale(voice).language) else ""
    return f"{mark}{sign}{abs(whole_points)}"


def change(now: float, before: float, unit: Unit, voice: Voice) -> str:
    """By how many points a value moved: `+4`, `−2`, `0`; the difference of what is printed."""
    digits = 2 if unit is Unit.SHARE else 0
    moved = half_up(now, digits) - half_up(before, digits)
    return _signed(float(moved.scaleb(digits)), voice, plus="+")


def hundred(share: float) -> str:
    """A share in hundredths, rounded half up on the share itself: multiplying first would add noise."""
    return str(int(half_up(share, 2).scaleb(2)))


def per_hundred(share: float, voice: Voice) -> str:
    """`3 in 100`, and never `0 in 100` for somebody."""
    if 0 < share < 0.005:
        return voice.say("under 1 in 100")
    return voice.say("%(value)s in 100", value=hundred(share))


def percent(share: float, voice: Voice) -> str:
    """`4.1 %` with the language's own decimal sign, for what is counted in money or on lists."""
    found = format_decimal(half_up(share, 3).scaleb(2), "0.0", locale=_locale(voice))
    return voice.say("%(number)s %%", number=found)


def decimal(found: float, voice: Voice, *, digits: int = 1) -> str:
    """`4.1` with the language's own decimal sign."""
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(half_up(found, digits), pattern, locale=_locale(voice))


def whole(found: int, voice: Voice) -> str:
    """A count with the language's own grouping."""
    return format_decimal(found, locale=_locale(voice))


def day(when: date, voice: Voice) -> str:
    """`20 Nov`."""
    return format_date(when, "d MMM", locale=_locale(voice))


def full_day(when: date, voice: Voice) -> str:
    """`20 Nov 2026`."""
    return format_date(when, "d MMM y", locale=_locale(voice))


def month(when: date, voice: Voice) -> str:
    """`Aug`."""
    return format_date(when, "MMM", locale=_locale(voice))


def last_day(weeks: Window, voice: Voice) -> str:
    """`22 Nov`, the Sunday on which a window closed."""
    return day(Week.parse(weeks.last).end, voice)


def days(first: date, last: date, voice: Voice) -> str:
    """`16–22 Nov`, or `26 Oct–1 Nov` over the end of a month."""
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{day(last, voice)}"
    return f"{day(first, voice)}–{day(last, voice)}"


def cleaned(text: str) -> str:
    """Somebody's words in one line, without marks that would turn the lines after them around."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def clipped(text: str, *, most: int = _LONGEST_NAME) -> str:
    """Somebody's words in at most so many characters, so that room is left for the rest."""
    line = cleaned(text)
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _locale(voice: Voice) -> Locale:
    try:
        return Locale.parse(voice.language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE)
