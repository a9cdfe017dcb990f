"""How figures, shares and dates are put into words, the same on the card and in the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal

from spm_bot.analytics.figures import Aim, AimKind
from spm_bot.analytics.measures import End, Exact, Measure, Rough
from spm_bot.analytics.objectives import Standing
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window
from spm_bot.texts import SOURCE, Voice, half_up, sentence
from spm_bot.times import Week

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "DST5": sentence("Debt stress"),
        "SAT3": sentence("Always treated with respect"),
        "SAT5": sentence("Would not know or dare to complain"),
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

# Without a kind: a limit and a target of the same value.
_STANDINGS: Mapping[tuple[AimKind | None, Standing], str] = MappingProxyType(
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
_LONGEST_NAME = 32


def title(indicator: str, voice: Voice) -> str:
    return voice.say(TITLES[indicator])


def shown(indicator: str, measure: Measure | None) -> Measure | None:
    """The measure from the side on which this indicator is told."""
    return measure.turned() if measure is not None and indicator in TURNED else measure


def verdict(word: Verdict, voice: Voice) -> str:
    return voice.say(VERDICTS[word])


def value(measure: Measure | None, voice: Voice) -> str:
    """`19 in 100 (15–24)`, only the range where it is wide, only the end where more would tell."""
    match measure:
        case None:
            return voice.say("too few answers to show")
        case Rough(end=End.LOW):
            return voice.say("10 in 100 or fewer")
        case Rough():
            return voice.say("90 in 100 or more")
        case exact:
            ends = {"low": hundred(exact.low), "high": hundred(exact.high)}
            if exact.wide:
                return voice.say("%(low)s–%(high)s in 100", **ends)
            return voice.say("%(value)s in 100 (%(low)s–%(high)s)", value=hundred(exact.value), **ends)


def brief(measure: Measure | None, voice: Voice) -> str:
    """The same without its unit, for lines under one that has it: `88 (84–91)`."""
    match measure:
        case Exact(value=share, low=low, high=high, wide=wide):
            ends = f"{hundred(low)}–{hundred(high)}"
            return ends if wide else f"{hundred(share)} ({ends})"
        case _:
            return value(measure, voice)


def aims(found: Sequence[Aim], voice: Voice, *, indicator: str) -> list[str]:
    """`limit 15: not met`, and `target 12: not met`; both at once where they are the same."""
    alike = len(found) > 1 and len({aim.value for aim in found}) == 1
    return [
        voice.say(
            _STANDINGS[None if alike else aim.kind, aim.standing],
            aim=hundred(1 - aim.value if indicator in TURNED else aim.value),
        )
        for aim in (found[:1] if alike else found)
    ]


def hundred(share: float) -> str:
    """A share in hundredths, rounded half up on the share itself: multiplying first would add noise."""
    return str(int(half_up(share, 2).scaleb(2)))


def per_hundred(share: float, voice: Voice) -> str:
    """`3 in 100`, and never `0 in 100` for somebody."""
    if 0 < share < 0.005:
        return voice.say("under 1 in 100")
    return voice.say("%(value)s in 100", value=hundred(share))


def percent(share: float, voice: Voice) -> str:
    """`4.1 %` with the language's own decimal sign."""
    number = format_decimal(half_up(share, 3).scaleb(2), "0.0", locale=_locale(voice))
    return voice.say("%(number)s %%", number=number)


def whole(number: int, voice: Voice) -> str:
    """A count with the language's own grouping."""
    return format_decimal(number, locale=_locale(voice))


def day(when: date, voice: Voice) -> str:
    """`20 Nov`."""
    return format_date(when, "d MMM", locale=_locale(voice))


def month(when: date, voice: Voice) -> str:
    """`Aug`."""
    return format_date(when, "MMM", locale=_locale(voice))


def last_day(weeks: Window, voice: Voice) -> str:
    """`22 Nov`, the Sunday on which a window closed."""
    return day(Week.parse(weeks.last).end, voice)


def days(first: date, last: date, voice: Voice) -> str:
    """`16–22 Nov`, or `26 Oct–1 Nov` over the end of a month."""
    if first.month == last.month:
        return f"{first.day}–{day(last, voice)}"
    return f"{day(first, voice)}–{day(last, voice)}"


def clipped(name: str) -> str:
    """A name that leaves room for the rest of a card."""
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1].rstrip() + "…"


def _locale(voice: Voice) -> Locale:
    try:
        return Locale.parse(voice.language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE)
