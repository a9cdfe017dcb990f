"""The last look before an invitation or reminder goes out: the rules of today, not of when it was written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from spm_bot.fieldwork.audience import Candidate, why_not, why_not_at_all
from spm_bot.fieldwork.contact_rules import Reason, messages_spent
from spm_bot.fieldwork.outcomes import of_drop
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import histories, people, reminders, rounds
from spm_bot.storage.outbox import DROPPED, QUEUED, Due, Outcome
from spm_bot.storage.rounds import Invitation
from spm_bot.storage.store import Connection
from spm_bot.usecases.eligibility import candidates, signed_languages
from spm_bot.usecases.find_hour import allowed_from, sendable_from
from spm_bot.usecases.visit import Desk

_REMINDERS = frozenset({reminders.KIND, reminders.WISHED})
_STARTED_BY_US = _REMINDERS | {"invitation"}
HELD = frozenset({RoundState.WAITING, RoundState.PAUSED})
OVER = frozenset({RoundState.STOPPED, RoundState.UNDONE, RoundState.REFUSED})
"""States of a round whose messages wait, and of one that sends nothing any more."""

LOOK_AGAIN = timedelta(hours=1)
SILENT = timedelta(hours=24)
"""A survey gone on with since then is being answered, and nobody need be reminded of it."""


def verdicts(connection: Connection, desk: Desk, due: Sequence[Due], *, now: datetime) -> dict[int, Outcome]:
    """What must not be sent now: dropped, or queued for the next allowed hour. By outbox id."""
    expired = {
        each.id: Outcome(each.id, DROPPED)
        for each in due
        if each.expires_at is not None and each.expires_at <= now
    }
    ours = [
        each
        for each in due
        if each.kind in _STARTED_BY_US and each.id not in expired and each.invitation is not None
    ]
    return {**expired, **_judged(connection, desk, ours, now=now)}


def delivered(connection: Connection, arrived: Iterable[Due], *, at: datetime) -> None:
    """These invitations and reminders reached a chat."""
    kinds: dict[str, list[int]] = {}
    for due in arrived:
        if due.invitation is not None:
            kinds.setdefault(due.kind, []).append(due.invitation)
    rounds.set_delivered(connection, kinds.get("invitation", []), at=at)
    reminders.set_arrived(connection, kinds.get(reminders.KIND, []), at=at)


def not_wanted(connection: Connection, due: Due, *, reason: str | None, now: datetime) -> None:
    """An invitation that was dropped before its time was over gets the outcome that fits the reason."""
    in_time = due.expires_at is None or due.expires_at > now
    if due.invitation is not None and in_time and due.kind == "invitation":
        known = rounds.invitation(connection, due.invitation)
        if known is not None and known.outcome is None:
            rounds.set_outcome(connection, due.invitation, of_drop(Reason(reason) if reason else None))


@dataclass(frozen=True, slots=True)
class _Case:
    """A message that we start, with all that is looked at before it leaves."""

    due: Due
    invitation: Invitation
    candidate: Candidate
    round_state: str
    signed: frozenset[str]
    begun: bool
    answering: bool


def _judged(connection: Connection, desk: Desk, ours: Sequence[Due], *, now: datetime) -> dict[int, Outcome]:
    if not ours:
        return {}
    asked = rounds.invitations_by_id(connection, [each.invitation or 0 for each in ours])
    clients = people.clients_by_id(connection, [each.client or 0 for each in asked.values()])
    known = {each.client: each for each in candidates(connection, clients, now=now)}
    states = histories.states_of_rounds(connection, list(asked))
    signed = {
        code: signed_languages(connection, desk.library.survey(code))
        for code in {each.survey for each in asked.values()}.intersection(desk.library.codes)
    }
    begun = reminders.begun(connection, list(asked))
    answering = reminders.under_way(connection, list(asked), since=now - SILENT)
    judged: dict[int, Outcome] = {}
    for due in ours:
        invitation = asked[due.invitation or 0]
        candidate = known.get(invitation.client or 0)
        if candidate is None:
            judged[due.id] = Outcome(due.id, DROPPED)
            continue
        verdict = _verdict(
            _Case(
                due,
                invitation,
                candidate,
                states[invitation.id],
                signed.get(invitation.survey, frozenset()),
                invitation.id in begun,
                invitation.id in answering,
            ),
            desk,
            now=now,
        )
        if verdict is not None:
            judged[due.id] = verdict
    return judged


def _verdict(case: _Case, desk: Desk, *, now: datetime) -> Outcome | None:
    due = case.due
    # Whoever moved to another phone is not written to on the old one: others may read there.
    moved = case.candidate.address != due.address_id
    pointless = case.answering and due.kind in _REMINDERS
    over = case.round_state in OVER or case.invitation.outcome is not None
    if pointless or over:
        return Outcome(due.id, DROPPED)
    reason = _why_not(case, desk, now=now) or (Reason.UNREACHABLE if moved else None)
    if reason is not None:
        return Outcome(due.id, DROPPED, reason=reason)
    again = _again_at(case, desk, now=now)
    if again <= now:
        return None
    # Its time runs on while it waits; what is still waiting then is dropped by the clock alone.
    return Outcome(due.id, QUEUED, not_before=again if due.expires_at is None else min(again, due.expires_at))


def _why_not(case: _Case, desk: Desk, *, now: datetime) -> Reason | None:
    """The rules by which it was written, once more: with what is known and what has been sent by now."""
    candidate, invitation = case.candidate, case.invitation
    if case.due.kind == "invitation":
        # Another survey under way is no reason to drop it: it waits.
        waiting = replace(candidate, busy=False, history=candidate.history.before(invitation.id))
        return why_not(waiting, survey=invitation.survey, signed=case.signed, rules=desk.rules, now=now)
    at_all = why_not_at_all(candidate, survey=invitation.survey, now=now)
    if at_all is not None:
        return at_all
    if not case.begun and candidate.language not in case.signed:
        return Reason.NO_LANGUAGE
    if case.due.kind == reminders.WISHED:
        return None
    return messages_spent(candidate.history.without_reminder(invitation.id), rules=desk.rules, now=now)


def _again_at(case: _Case, desk: Desk, *, now: datetime) -> datetime:
    """When it may be sent, or has to be looked at again; `now` if it may leave."""
    candidate = case.candidate
    if case.round_state in HELD or (candidate.busy and not case.begun):
        return now + LOOK_AGAIN
    when = sendable_from if case.due.kind == reminders.WISHED else allowed_from
    return when(desk, candidate.branch, now, hour=candidate.hour, dues=candidate.dues)
