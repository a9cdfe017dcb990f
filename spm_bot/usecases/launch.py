"""Launching a standing round by hand: today's turn of its cycle, by the same rules as its weekly slot."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from spm_bot.clauses import Round
from spm_bot.storage import audits
from spm_bot.storage.store import Store
from spm_bot.usecases.eligibility import launch_problem, signed_languages
from spm_bot.usecases.keep_slot import keep_slot
from spm_bot.usecases.stand import rests
from spm_bot.usecases.visit import Desk


class NotLaunched(Exception):
    """The round cannot ask anybody; the message says what is missing."""


def unsigned(survey: str) -> str:
    """Why a survey that nobody signed is not sent."""
    return (
        f"the wording of {survey} is signed in no language: two people sign it"
        f" with `spm-bot surveys sign {survey}`"
    )


async def launch(standing: Round, *, store: Store, desk: Desk, actor: str, now: datetime) -> int:
    """Invites everybody who is due in the round at `now`; says how many. Raises NotLaunched.

    Whoever was invited in this wave already is not invited again, and quiet hours still hold.
    """
    problem = launch_problem(desk)
    if problem is not None:
        raise NotLaunched(f"no survey can be started: {problem}")
    survey = desk.library.survey(standing.survey)
    if not await store.read(partial(signed_languages, survey=survey)):
        raise NotLaunched(unsigned(survey.code))
    if await rests(standing, now, store=store):
        raise NotLaunched(f"round {standing.code} rests: `spm-bot rounds list` says how it stands")
    # Written down first: a launch that is killed half-way has been made all the same.
    await store.write(
        partial(
            audits.write_down,
            at=now,
            actor=actor,
            event="round_launched",
            round=standing.code,
            survey=survey.code,
        )
    )
    return await keep_slot(standing, now, store=store, desk=desk)
