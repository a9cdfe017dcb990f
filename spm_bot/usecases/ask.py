"""`/ask`: a member of staff has a random sample of a branch's clients asked an approved survey.

The form knows counts rounded to five and nothing of any client. Who is drawn, who answers and what
they say stays out of the officer's reach.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from random import Random
from types import MappingProxyType

from spm_bot.fieldwork.audience import Candidate, eligible
from spm_bot.fieldwork.sampling import draw
from spm_bot.institution import Institution
from spm_bot.storage import audits, people, roles, rounds
from spm_bot.storage.roles import Role
from spm_bot.surveys.model import Choice, Survey, Words
from spm_bot.surveys.session import Answer
from spm_bot.usecases.eligibility import candidates, launch_problem, signed_languages
from spm_bot.usecases.invite import write_invitations
from spm_bot.usecases.talk import begin
from spm_bot.usecases.visit import Visit

SMALLEST_AUDIENCE = 30
STEP = 5
SPREAD = timedelta(days=2)
WINDOW = timedelta(hours=72)
MAY_ASK = frozenset({"loan_officer", "spm_manager"})


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the form asked for."""

    survey: Survey
    size: int
    branch: str


def start(visit: Visit) -> None:
    """Opens the form for staff who may ask; for others the command does not exist."""
    scope = _scope(visit)
    if scope is None:
        visit.say(visit.voice.say("This command is for staff."))
        return
    if launch_problem(visit.desk) is not None or not visit.desk.institution.templates or not scope:
        visit.say(visit.voice.say("No survey can be started now. Please ask your administrator."))
        return
    form = visit.desk.library.survey("ask")
    choices = {"templates": _templates(visit.desk.institution), "branches": scope}
    begin(visit, form, staff=visit.chat.staff, choices=choices)


def preview(visit: Visit, answers: Mapping[str, Answer]) -> dict[str, str | float]:
    """Whether it is possible, and counts rounded to five."""
    if not _allowed(visit, answers):
        return {"preview": "not_allowed", "eligible": "", "sample": ""}
    wish = _wish(visit, answers)
    asked = _audience(visit, wish)
    if len(asked) < SMALLEST_AUDIENCE:
        return {"preview": "too_few", "eligible": "", "sample": ""}
    drawn = min(wish.size, len(asked))
    return {"preview": "ready", "eligible": _rounded(len(asked)), "sample": _rounded(drawn)}


def submit(visit: Visit, answers: Mapping[str, Answer]) -> None:
    """Draws the sample and writes its invitations, spread at random over two days."""
    say = visit.voice.say
    if not _allowed(visit, answers):
        visit.say(say("This command is for staff."))
        return
    confirmed = answers.get("confirm")
    if confirmed is None:
        return
    if confirmed.codes != ("yes",):
        visit.say(say("Nothing was sent."))
        return
    wish = _wish(visit, answers)
    asked = _audience(visit, wish)
    if len(asked) < SMALLEST_AUDIENCE:
        visit.say(say("Nothing was sent: fewer than 30 clients can be asked now."))
        return
    _launch(visit, wish, asked, reason=answers["reason"].text or "")
    visit.say(say("It goes out over the next days. Results go to management as totals."))


def _launch(visit: Visit, wish: _Wish, asked: list[Candidate], *, reason: str) -> None:
    subject = roles.subject_of_staff(visit.connection, visit.chat.staff or 0)
    # A transaction may run twice; the key of the event draws the same sample both times.
    seed = int.from_bytes(sha256(visit.inbound.key.encode()).digest()[:4]) >> 1
    rng = Random(seed)  # noqa: S311  # a sample, not a secret
    round_ = rounds.open_round(
        visit.connection,
        code=f"{wish.survey.code}-{visit.inbound.key}",
        survey=wish.survey.code,
        origin="adhoc",
        audience=json.dumps({"branch": wish.branch}),
        seed=seed,
        at=visit.now,
        requested_by=subject,
        reason=reason,
    )
    sample = draw(asked, size=wish.size, rng=rng)
    when = {each.client: visit.now + rng.random() * SPREAD for each in sample}
    write_invitations(
        visit.connection, visit.desk, round_, wish.survey, sample, when=when, wave=0, window=WINDOW
    )
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=subject,
        event="round_asked",
        round=round_.code,
        survey=wish.survey.code,
        branch=wish.branch,
    )


def _scope(visit: Visit) -> tuple[Choice, ...] | None:
    """The branches this person may ask, or None when they may not ask at all."""
    if visit.chat.staff is None:
        return None
    held: list[Role] = roles.roles_in_force(visit.connection, visit.chat.staff)
    branches = {role.branch for role in held if role.role in MAY_ASK}
    if not branches:
        return None
    everywhere = "" in branches
    return tuple(
        _choice(branch.code, branch.name)
        for branch in visit.desk.institution.branches
        if everywhere or branch.code in branches
    )


def _allowed(visit: Visit, answers: Mapping[str, Answer]) -> bool:
    """Whether this person may still ask this branch: a role may be revoked while the form is open."""
    return answers["branch"].codes[0] in {choice.code for choice in _scope(visit) or ()}


def _audience(visit: Visit, wish: _Wish) -> list[Candidate]:
    clients = people.clients_where(visit.connection, branch=wish.branch)
    return eligible(
        candidates(visit.connection, clients, now=visit.now),
        survey=wish.survey.code,
        signed=signed_languages(visit.connection, wish.survey),
        rules=visit.desk.rules,
        now=visit.now,
    )


def _wish(visit: Visit, answers: Mapping[str, Answer]) -> _Wish:
    code = answers["template"].codes[0]
    template = next(each for each in visit.desk.institution.templates if each.survey == code)
    survey = visit.desk.library.survey(template.survey)
    return _Wish(survey, template.sample_size, answers["branch"].codes[0])


def _templates(institution: Institution) -> tuple[Choice, ...]:
    return tuple(_choice(template.survey, template.title) for template in institution.templates)


def _choice(code: str, name: str) -> Choice:
    return Choice(code, Words(MappingProxyType({"en": name})))


def _rounded(count: int) -> str:
    return str(STEP * round(count / STEP))
