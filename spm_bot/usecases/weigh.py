"""What a request for a survey comes to: whom it is for, how many, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.sample_sizes import sample_size
from spm_bot.fieldwork.wall import in_steps
from spm_bot.surveys.model import Survey
from spm_bot.surveys.session import Answer
from spm_bot.usecases.foresee import Outlook, foresee
from spm_bot.usecases.near_audiences import too_near
from spm_bot.usecases.offer import ALL, Asker
from spm_bot.usecases.visit import Desk, Visit

ORDINARY_SIZE = 60
RESPONSE_RATE = 0.5
"""How many of those invited are reckoned to answer."""
MARGINS = {"margin5": 0.05, "margin10": 0.1}
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Wish:
    """A request as it stands; `problem` is '' or why it cannot be, `needs_yes` for a large sample.

    All of it follows from `eligible`, which comes in steps, and so tells no more than that.
    """

    survey: Survey
    audience: Audience
    size: int
    eligible: int
    outlook: Outlook
    problem: str
    needs_yes: bool


def weigh(visit: Visit, asker: Asker, answers: Mapping[str, Answer]) -> Wish:
    """What was asked for in the form, looked at now."""
    desk = visit.desk
    survey = desk.library.survey(answers["template"].codes[0])
    audience = _audience(asker, answers)
    outlook = foresee(visit.connection, desk, survey, audience, now=visit.now, behind_wall=asker.behind_wall)
    eligible = in_steps(outlook.eligible)
    size = _size(desk, answers, eligible=eligible)
    problem = ""
    if too_near(visit.connection, audience, now=visit.now):
        problem = "too_near"
    elif eligible < desk.institution.asking.smallest_audience:
        problem = "too_few"
    needs_yes = size > desk.institution.asking.approval_over
    return Wish(survey, audience, size, eligible, outlook, problem, needs_yes)


def usual_size(desk: Desk, survey: str) -> int:
    """How many are asked where nobody says otherwise."""
    templates = {each.survey: each.sample_size for each in desk.institution.templates}
    return templates.get(survey, ORDINARY_SIZE)


def _audience(asker: Asker, answers: Mapping[str, Answer]) -> Audience:
    picked = answers["branches" if asker.free else "branch"].codes
    if ALL in picked:
        picked = () if asker.everywhere else tuple(asker.who.branches)
    genders = answers["people"].codes if asker.free else ()
    return Audience(
        branches=frozenset(picked),
        products=frozenset(answers["product"].codes) - {ALL},
        genders=frozenset(genders) - {EVERYBODY},
    )


def _size(desk: Desk, answers: Mapping[str, Answer], *, eligible: int) -> int:
    wanted = answers["size"].codes[0]
    if wanted in MARGINS and eligible:
        needed = sample_size(eligible, margin=MARGINS[wanted], response_rate=RESPONSE_RATE)
        return min(needed.invitations, eligible)
    return min(usual_size(desk, answers["template"].codes[0]), eligible)
