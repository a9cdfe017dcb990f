"""Inviting people in a given order, a few in each transaction, as far as rules and the brake let us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby

from spm_bot.fieldwork.audience import Candidate, eligible
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import people, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.brake import room_left, tell_held_back
from spm_bot.usecases.eligibility import candidates, signed_languages
from spm_bot.usecases.find_hour import hours_within
from spm_bot.usecases.insist import insist
from spm_bot.usecases.invite import write_invitations
from spm_bot.usecases.visit import Desk

CHUNK = 100
"""Clients looked at in one transaction, so that nobody's answer waits behind a round."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A client whose turn it is, and the wave of the round in which they are asked once."""

    client: int
    wave: int


@dataclass(frozen=True, slots=True)
class _Done:
    invited: int
    held_back: int
    rests: bool = False


async def invite_in_turn(
    turns: Sequence[Turn], round_: Round, *, at: datetime, store: Store, desk: Desk
) -> int:
    """Invites, in this order, whoever may be asked at `at`; says how many. Stops when the round rests.

    Running it again invites nobody twice: (round, client, wave) is unique.
    """
    invited = held_back = 0
    for first in range(0, len(turns), CHUNK):
        chunk = turns[first : first + CHUNK]
        done = await insist(partial(_invite_chunk, turns=chunk, round_id=round_.id, at=at, desk=desk), store)
        invited, held_back = invited + done.invited, held_back + done.held_back
        if done.rests:
            break
    if held_back:
        await tell_held_back(
            held_back, round_code=round_.code, survey=round_.survey, store=store, desk=desk, now=at
        )
    return invited


def _invite_chunk(
    connection: Connection, *, turns: Sequence[Turn], round_id: int, at: datetime, desk: Desk
) -> _Done:
    round_ = rounds.get_round(connection, round_id)
    if round_.state != RoundState.OPEN:
        return _Done(0, 0, rests=True)
    survey = desk.library.survey(round_.survey)
    found = candidates(connection, people.clients_by_id(connection, [turn.client for turn in turns]), now=at)
    known = {each.client: each for each in found}
    able = eligible(
        [known[turn.client] for turn in turns if turn.client in known],
        survey=survey.code,
        signed=signed_languages(connection, survey),
        rules=desk.rules,
        now=at,
        has_hour=hours_within(desk, at),
    )
    asked = able[: room_left(connection, desk, survey.code, at)]
    invited = 0
    for wave, together in _by_wave(asked, turns):
        invited += write_invitations(
            connection,
            desk,
            round_,
            survey,
            together,
            when={each.client: at for each in together},
            wave=wave,
            window=timedelta(hours=round_.window_hours),
        )
    return _Done(invited, len(able) - len(asked))


def _by_wave(asked: Sequence[Candidate], turns: Sequence[Turn]) -> list[tuple[int, list[Candidate]]]:
    waves = {turn.client: turn.wave for turn in turns}
    in_order = sorted(asked, key=lambda each: waves[each.client])
    return [(wave, list(group)) for wave, group in groupby(in_order, key=lambda each: waves[each.client])]
