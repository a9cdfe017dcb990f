"""Values as people write them into a file: times of day, dates, weekdays, zones, codes of the world.

YAML guesses types before we see a value: 10:00 becomes 600 and `no` becomes false. What it guessed
wrongly is explained here, never repaired in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale, UnknownLocaleError
from pydantic import BeforeValidator, PlainSerializer

from spm_bot.documents import flaw, suggestion
from spm_bot.times import Weekday

LONGEST_LINE = 300
LONGEST_STEM = 40

_WORLD = Locale("en")
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def _time_of_day(value: object) -> time:
    match value:
        case time():
            return value
        case bool():
            pass
        case int() if 60 <= value < 24 * 60:
            hours, minutes = divmod(value, 60)
            raise flaw(
                f'without quotes YAML reads this as the number {value} (write "{hours:02}:{minutes:02}")'
            )
        case str() if match := re.fullmatch(r"([01][0-9]|2[0-3]):([0-5][0-9])", value):
            return time(int(match[1]), int(match[2]))
    raise flaw('is not a time of day (write hours and minutes in quotes, as "09:00")')


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise flaw("is not a date of the calendar (write it as 2026-12-25)")


def _weekday(value: object) -> Weekday:
    if isinstance(value, Weekday):
        return value
    names = [day.name.lower() for day in Weekday]
    if isinstance(value, str) and value.lower() in names:
        return Weekday[value.upper()]
    raise flaw(f"is not a weekday ({suggestion(str(value), names) or 'write it in English, as monday'})")


def _crontab(value: object) -> str:
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415  # only files with such a line need it

    line = " ".join(_text(value).split())
    fields = line.split()
    mend = 'write minute, hour, day, month, weekday, as "0 10 * * tue"'
    # crontab counts weekdays from Sunday, other readers from Monday: names mean the same to all.
    if len(fields) != len("mhdMw") or any(sign.isdigit() for sign in fields[-1]):
        raise flaw(f"is not a schedule of five fields with its weekdays by name ({mend})")
    if not all(re.fullmatch("[0-9]{1,2}", each) for each in fields[:2]):
        raise flaw(f"comes more than once a day (give one minute and one hour: {mend})")
    try:
        trigger = CronTrigger.from_crontab(line, timezone=UTC)
    except ValueError as error:
        raise flaw(f"is not a schedule: {error} ({mend})") from None
    if trigger.get_next_fire_time(None, _SOME_DAY) is None:
        raise flaw(f"never comes: no month has such a day ({mend})")
    return line


def _zone(value: object) -> ZoneInfo:
    if isinstance(value, ZoneInfo):
        return value
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        hint = suggestion(str(value), available_timezones()) or "write continent and city, as Africa/Nairobi"
        raise flaw(f"unknown time zone {str(value)!r} ({hint})") from None


def _text(value: object) -> str:
    """A short code as text, with the one that YAML takes for false explained."""
    if value is False:
        raise flaw('without quotes YAML reads "no" as false (write "no" in quotes)')
    if not isinstance(value, str):
        raise flaw("must be text (put it in quotes)")
    return value


def _language(value: object) -> str:
    code = _text(value)
    try:
        if re.fullmatch(r"[a-z]{2,3}", code) and Locale.parse(code):
            return code
    except UnknownLocaleError:
        pass
    raise flaw(f"unknown language {code!r} (write two or three small letters, as sw for Swahili)")


def _country(value: object) -> str:
    code = _text(value)
    if re.fullmatch(r"[A-Z]{2}", code) and code in _WORLD.territories:
        return code
    raise flaw(f"unknown country {code!r} (write two capital letters, as KE for Kenya)")


def _currency(value: object) -> str:
    code = _text(value)
    if code in _WORLD.currencies:
        return code
    raise flaw(f"unknown currency {code!r} (write three capital letters, as KES)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line that clients read, in one language or several; '' stands for a line in any language."""

    by_language: tuple[tuple[str, str], ...]

    def in_(self, language: str) -> str:
        """The line in `language`, else the first one."""
        return dict(self.by_language).get(language, self.by_language[0][1])


def _spoken(value: object) -> Spoken:
    if isinstance(value, Spoken):
        return value
    lines = value if isinstance(value, dict) and value else {"": value}
    return Spoken(tuple((code and _language(code), _line(line)) for code, line in lines.items()))


def _line(value: object) -> str:
    if isinstance(value, str) and 0 < len(value) <= LONGEST_LINE:
        return value
    raise flaw(
        f"is no line of 1 to {LONGEST_LINE} characters"
        " (write the words, or one line a language, as {en: free, fr: gratuit})"
    )


def _stem(value: object) -> str:
    word = _text(value)
    letters = word.removeprefix("-").replace("*", "")
    if not 2 <= sum(char.isalpha() for char in letters) <= len(letters) <= LONGEST_STEM:
        mend = f'write 2 to {LONGEST_STEM} letters, in quotes where a * is in it, as "charge*"'
        raise flaw(f"is no word to look for ({mend})")
    return word


def _as_written(spoken: Spoken) -> dict[str, str]:
    return dict(spoken.by_language)


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day)]
Day = Annotated[date, BeforeValidator(_day)]
Crontab = Annotated[str, BeforeValidator(_crontab)]
DayName = Annotated[Weekday, BeforeValidator(_weekday)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
Language = Annotated[str, BeforeValidator(_language)]
Country = Annotated[str, BeforeValidator(_country)]
Currency = Annotated[str, BeforeValidator(_currency)]
SpokenLine = Annotated[Spoken, BeforeValidator(_spoken), PlainSerializer(_as_written)]
Stem = Annotated[str, BeforeValidator(_stem)]
"""A word to look for; a star stands for any letters, a minus in front takes a shipped word away."""
