"""How a request for a survey is named to staff: the survey, the people, the day."""

from __future__ import annotations

from datetime import datetime

from spm_bot.fieldwork.audience import Audience
from spm_bot.reports.phrases import day
from spm_bot.storage.rounds import Round
from spm_bot.texts import Voice, comma, sentence
from spm_bot.times import on_wall
from spm_bot.usecases.visit import Desk

GENDERS = {"female": sentence("women"), "male": sentence("men")}


def named(desk: Desk, round_: Round, voice: Voice) -> str:
    """`Your last visit to the branch, Bungoma`."""
    parts = [
        title_of(desk, round_.survey, voice),
        *people_of(desk, Audience.from_json(round_.audience), voice),
    ]
    return comma(voice.language).join(parts)


def title_of(desk: Desk, survey: str, voice: Voice) -> str:
    """What the institution calls the survey, or its own title."""
    for template in desk.institution.templates:
        if template.survey == survey:
            return template.title
    known = desk.library.surveys.get(survey)
    return survey if known is None else known.title.in_(voice.language)


def people_of(desk: Desk, audience: Audience, voice: Voice) -> list[str]:
    """Branches, products and who else is meant, in words."""
    branches = {branch.code: branch.name for branch in desk.institution.branches}
    products = {product.code: product.name for product in desk.institution.products}
    where = [branches.get(code, code) for code in sorted(audience.branches)] or [voice.say("all branches")]
    what = [products.get(code, code) for code in sorted(audience.products)]
    who = [voice.say(GENDERS[code]) for code in sorted(audience.genders) if code in GENDERS]
    return [*where, *what, *who]


def day_of(desk: Desk, instant: datetime, voice: Voice) -> str:
    """The day by the institution's calendar: `24 Nov`."""
    return day(on_wall(instant, zone=desk.institution.time_zone).date(), voice)
