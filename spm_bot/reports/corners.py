"""Stress beside the loan book as a page draws it: four named corners, in words of association only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from spm_bot.analytics.digest import LEADING, Digest
from spm_bot.analytics.quadrants import Corner, Place
from spm_bot.reports import labels, phrases, titles
from spm_bot.reports.press import Printed
from spm_bot.texts import Voice, comma

_CORNERS = (
    Corner.HIDDEN_STRESS,
    Corner.BOTH_HIGH,
    Corner.CREDIT_PROBLEM,
    Corner.NO_SIGN,
    Corner.UNCLEAR,
)
_NAMES = 12
# An axis has a length even where every branch stands at nought.
_LEAST = 0.01


def scatter(digest: Digest, voice: Voice) -> dict[str, Printed] | None:
    """Stress beside the loan book, the corners by name with hidden stress first."""
    found = digest.scatter
    if found is None or not found.places:
        return None
    stress = titles.title(LEADING[0], voice)
    most = max(_LEAST, found.par30_line, *(place.par30 for place in found.places))
    high = max(_LEAST, found.stress_line, *(place.stress for place in found.places))
    corners = [(corner, [place for place in found.places if place.corner is corner]) for corner in _CORNERS]
    legend = [_legend(corner, places, voice) for corner, places in corners if places]
    told = ". ".join(f"{line['name']}: {line['places']}" for line in legend)
    return {
        "heading": voice.say("Debt stress beside PAR30"),
        "alt": voice.say("Branches by debt stress and PAR30. %(corners)s", corners=told),
        "across": voice.say("PAR30, in percent"),
        "up": voice.say("%(title)s, in 100", title=stress),
        "right": round(most * 120, 2),
        "top": round(min(high * 1.2, 1.0) * 100, 2),
        "stress": round(found.stress_line * 100, 2),
        "par30": round(found.par30_line * 100, 2),
        "corners": {corner.name.lower(): labels.corner(corner, voice) for corner in Corner},
        "places": [
            {
                "x": round(place.par30 * 100, 2),
                "y": round(place.stress * 100, 2),
                "tone": _tone(place.corner),
                "name": phrases.clipped(place.name, most=14),
            }
            for place in found.places
        ],
        "legend": list[Printed](legend),
        "date": list_date(digest, voice),
        "together": _together(digest, voice),
    }


def _legend(corner: Corner, places: Sequence[Place], voice: Voice) -> dict[str, Printed]:
    names = [phrases.clipped(place.name, most=20) for place in places[:_NAMES]]
    left = len(places) - len(names)
    more = [voice.count("and %(n)s more", "and %(n)s more", left)] if left else []
    return {
        "tone": _tone(corner),
        "name": labels.corner(corner, voice),
        "places": comma(voice.language).join([*names, *more]),
    }


def _tone(corner: Corner) -> str:
    match corner:
        case Corner.HIDDEN_STRESS:
            return "worse"
        case Corner.UNCLEAR:
            return "calm"
        case _:
            return "better"


def _together(digest: Digest, voice: Voice) -> str:
    found = digest.scatter
    if found is None or found.low is None or found.high is None:
        return ""
    if found.low > 0:
        return voice.say("They move together: where one is high, the other often is. That shows no cause.")
    if found.high < 0:
        return voice.say("They move apart: where one is high, the other is often low. That shows no cause.")
    return voice.say("It cannot be said that they move together.")


def list_date(digest: Digest, voice: Voice) -> str:
    """Of which day the portfolio is; '' without one."""
    days = [book.as_of for book in digest.books if book.branch is None and book.product is None]
    if not days:
        return ""
    return voice.say("loan list of %(date)s", date=phrases.full_day(date.fromisoformat(min(days)), voice))
