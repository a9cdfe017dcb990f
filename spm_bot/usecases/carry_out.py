"""Carrying out samples: every open one goes as far as it can now, in small steps that may end anywhere.

A wave is drawn and its clients are invited, with a quota only as many at a time as may still be needed;
those who could not be asked are replaced in a later wave. Once a stratum has its answers, nobody more of it
is asked. When there is nothing left to wait for, the round ends.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from random import Random

from spm_bot.fieldwork.quotas import filled, replacements
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.log import event
from spm_bot.storage import draws, endings, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.draw_sample import draw_again, draw_sample
from spm_bot.usecases.eligibility import launch_problem, signed_languages
from spm_bot.usecases.release_drawn import release
from spm_bot.usecases.visit import Desk

_log = logging.getLogger("spm_bot.samples")

FILLED = "quota_filled"


async def carry_out(now: datetime, *, store: Store, desk: Desk) -> int:
    """Takes every open sample as far as it can go at `now`; says how many clients were invited.

    Where two processes do it at once, the one that comes second leaves the rest to the other. A round that
    fails stops no other one; the first failure is raised in the end.
    """
    if launch_problem(desk) is not None:
        return 0
    invited = 0
    failures: list[Exception] = []
    for round_ in await store.read(lambda connection: rounds.rounds_in(connection, RoundState.OPEN)):
        try:
            if round_.size is not None and await _can_be_asked(round_, store=store, desk=desk):
                invited += await _go_on(round_, now, store=store, desk=desk)
        except Exception as error:
            name = type(error).__name__
            event(_log, "round_failed", severity=logging.ERROR, round=round_.code, error=name)
            failures.append(error)
    if failures:
        raise failures[0]
    return invited


async def _can_be_asked(round_: Round, *, store: Store, desk: Desk) -> bool:
    """Whether the survey is there, and signed in some language: a sample is not spent on nothing."""
    if round_.survey not in desk.library.codes:
        return False
    survey = desk.library.survey(round_.survey)
    return bool(await store.read(partial(signed_languages, survey=survey)))


async def _go_on(round_: Round, now: datetime, *, store: Store, desk: Desk) -> int:
    invited = 0
    while round_.state == RoundState.OPEN:
        if round_.waves == 0:
            going = await draw_sample(round_, now, store=store)
        else:
            await store.write(partial(draws.reclaim, round_=round_))
            await _keep_quota(round_, now, store=store)
            if now < (round_.starts_at or round_.opened_at):
                break
            invited += await release(round_, now, store=store, desk=desk)
            going = await _next_wave(round_, now, store=store)
        if not going:
            break
        round_ = await store.read(partial(rounds.get_round, round_id=round_.id))
    return invited


async def _keep_quota(round_: Round, now: datetime, *, store: Store) -> None:
    """Asks nobody more in strata that have their answers, and takes back what has not left."""
    if round_.quota is not None:
        standings = await store.read(partial(draws.standings, round_=round_))
        if full := filled(standings, quota=round_.quota):
            await store.write(partial(_close_strata, round_=round_, full=sorted(full), now=now))


def _close_strata(connection: Connection, *, round_: Round, full: Sequence[str], now: datetime) -> None:
    draws.pass_by(connection, round_, full, reason=FILLED)
    endings.withdraw(connection, round_.id, now=now, strata=full, reason=FILLED)


async def _next_wave(round_: Round, now: datetime, *, store: Store) -> bool:
    """Draws a wave of replacements if there is to be one, or ends the round if nothing is left of it.

    With a quota it waits until nobody invited is under way: only then is known who falls short.
    """
    standings = await store.read(partial(draws.standings, round_=round_))
    by_quota = round_.quota is not None
    if any(each.goes_on or (by_quota and each.under_way) for each in standings.values()):
        return False
    if round_.waves <= round_.replacements:
        rng = Random(f"{round_.seed}:{round_.waves}:shares")  # noqa: S311  # a sample, not a secret
        places = replacements(standings, size=round_.size or 0, quota=round_.quota, rng=rng)
        if places:
            return await draw_again(round_, places, store=store)
    ends_at = await store.read(partial(endings.last_end, round_id=round_.id))
    if ends_at is None or ends_at <= now:
        closed = partial(
            rounds.set_state, round_id=round_.id, state=RoundState.CLOSED, closes_at=ends_at or now
        )
        await store.write(closed)
    return False
