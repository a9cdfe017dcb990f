"""Who lets a round go on or holds it: pause, resume, stop, approve, refuse, each in the audit log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import audits, endings, rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection
from spm_bot.usecases.stand import STANDING, row_of
from spm_bot.usecases.visit import Desk


class NotGoverned(Exception):
    """The round cannot be moved like that; the message says why."""


class Move(StrEnum):
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    APPROVE = "approve"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class _Rule:
    """From which states a move leads to which other one, and what it is called in the audit log."""

    starts: frozenset[RoundState]
    end: RoundState
    event: str


_RULES: Mapping[Move, _Rule] = MappingProxyType(
    {
        Move.PAUSE: _Rule(frozenset({RoundState.OPEN}), RoundState.PAUSED, "round_paused"),
        Move.RESUME: _Rule(frozenset({RoundState.PAUSED}), RoundState.OPEN, "round_resumed"),
        Move.STOP: _Rule(
            frozenset({RoundState.OPEN, RoundState.PAUSED}), RoundState.STOPPED, "round_stopped"
        ),
        Move.APPROVE: _Rule(frozenset({RoundState.WAITING}), RoundState.OPEN, "round_approved"),
        Move.REFUSE: _Rule(frozenset({RoundState.WAITING}), RoundState.REFUSED, "round_refused"),
    }
)


def pause(
    connection: Connection, code: str, *, desk: Desk, actor: str, now: datetime, reason: str = ""
) -> Round:
    """Nothing of the round is sent until it is resumed; its time runs on. Raises NotGoverned."""
    return _moved(connection, Move.PAUSE, code, desk=desk, actor=actor, now=now, reason=reason)


def resume(
    connection: Connection, code: str, *, desk: Desk, actor: str, now: datetime, reason: str = ""
) -> Round:
    """A paused round goes on, and so does a standing one that was stopped. Raises NotGoverned."""
    return _moved(connection, Move.RESUME, code, desk=desk, actor=actor, now=now, reason=reason)


def stop(
    connection: Connection, code: str, *, desk: Desk, actor: str, now: datetime, reason: str = ""
) -> Round:
    """Nobody is asked any more, and what has not left is taken back. Raises NotGoverned."""
    return _moved(connection, Move.STOP, code, desk=desk, actor=actor, now=now, reason=reason)


def approve(
    connection: Connection, code: str, *, desk: Desk, actor: str, now: datetime, reason: str = ""
) -> Round:
    """A round that waits may begin: the yes of somebody else than who asked for it. Raises NotGoverned."""
    return _moved(connection, Move.APPROVE, code, desk=desk, actor=actor, now=now, reason=reason)


def refuse(
    connection: Connection, code: str, *, desk: Desk, actor: str, now: datetime, reason: str = ""
) -> Round:
    """A round that waits will never begin. Raises NotGoverned."""
    return _moved(connection, Move.REFUSE, code, desk=desk, actor=actor, now=now, reason=reason)


def _moved(
    connection: Connection, move: Move, code: str, *, desk: Desk, actor: str, now: datetime, reason: str
) -> Round:
    round_ = _find(connection, code, desk=desk, now=now)
    _check(move, round_, actor=actor, standing=_stands(round_, desk))
    _move(connection, move, round_, actor=actor, now=now, reason=reason)
    for sample in _samples_of(connection, round_, desk):
        # A sample still to be approved has nothing to stop: it is refused.
        own = Move.REFUSE if move is Move.STOP and sample.state == RoundState.WAITING else move
        if sample.state in _RULES[own].starts:
            _move(connection, own, sample, actor=actor, now=now, reason=reason)
    return rounds.get_round(connection, round_.id)


def _find(connection: Connection, code: str, *, desk: Desk, now: datetime) -> Round:
    """The round with this code; a standing one that was never due yet gets its row."""
    known = rounds.find_round(connection, code)
    if known is not None:
        return known
    for standing in desk.institution.rounds:
        if standing.code == code:
            return row_of(connection, standing, at=now)
    raise NotGoverned(f"there is no round {code!r}: `spm-bot rounds list` has them all")


def _stands(round_: Round, desk: Desk) -> bool:
    """Whether it is a standing round itself, not one of its samples."""
    return round_.code in {standing.code for standing in desk.institution.rounds}


def _check(move: Move, round_: Round, *, actor: str, standing: bool) -> None:
    # A standing round has no end of its own, so one that was stopped may be resumed.
    stopped = standing and move is Move.RESUME and round_.state == RoundState.STOPPED
    if round_.state not in _RULES[move].starts and not stopped:
        raise NotGoverned(f"round {round_.code} is {round_.state}: there is nothing to {move}")
    if move is Move.APPROVE and round_.requested_by == actor:
        raise NotGoverned(f"round {round_.code}: somebody else than who asked for it must approve it")


def _move(
    connection: Connection, move: Move, round_: Round, *, actor: str, now: datetime, reason: str
) -> None:
    rule = _RULES[move]
    # A request that is stopped before it begins asked nobody: it must not stand in the way of another.
    unsent = move is Move.STOP and round_.starts_at is not None and now < round_.starts_at
    end = RoundState.UNDONE if unsent else rule.end
    by, at = (actor, now) if move is Move.APPROVE else ("", None)
    if not rounds.set_state(connection, round_.id, end, approved_by=by, approved_at=at):
        raise NotGoverned(f"round {round_.code} was moved by somebody else at this moment: look again")
    taken_back = endings.withdraw(connection, round_.id, now=now) if move is Move.STOP else None
    detail = {"round": round_.code, "survey": round_.survey, "reason": reason, "taken_back": taken_back}
    said = {name: value for name, value in detail.items() if value is not None}
    audits.write_down(connection, at=now, actor=actor, event=rule.event, **said)


def _samples_of(connection: Connection, round_: Round, desk: Desk) -> list[Round]:
    """The samples of a standing round, which rest and go on with it."""
    if not _stands(round_, desk):
        return []
    named = re.compile(rf"{re.escape(round_.code)}-[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}")
    alive = rounds.rounds_in(connection, RoundState.WAITING, RoundState.OPEN, RoundState.PAUSED)
    return [each for each in alive if each.origin == STANDING and named.fullmatch(each.code)]
