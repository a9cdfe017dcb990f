"""The last look before an invitation or reminder goes out: the rules of today, not of when it was written."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from spm_bot.fieldwork.audience import why_not_at_all
from spm_bot.fieldwork.outcomes import Outcome as Disposition
from spm_bot.storage import people, reminders, rounds
from spm_bot.storage.outbox import DROPPED, QUEUED, Due, Outcome
from spm_bot.storage.store import Connection
from spm_bot.usecases.eligibility import candidates
from spm_bot.usecases.find_hour import allowed_from, sendable_from
from spm_bot.usecases.visit import Desk

_REMINDERS = frozenset({reminders.KIND, reminders.WISHED})
_STARTED_BY_US = _REMINDERS | {"invitation"}
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


def delivered(connection: Connection, invitations: Collection[int], *, at: datetime) -> None:
    """These invitations reached a chat."""
    rounds.set_delivered(connection, invitations, at=at)


def not_wanted(connection: Connection, due: Due, *, now: datetime) -> None:
    """An invitation that was dropped before its time was over gets its outcome."""
    in_time = due.expires_at is None or due.expires_at > now
    if due.invitation is not None and in_time and due.kind == "invitation":
        known = rounds.invitation(connection, due.invitation)
        if known is not None and known.outcome is None:
            rounds.set_outcome(connection, due.invitation, Disposition.NOT_ELIGIBLE)


def _judged(connection: Connection, desk: Desk, ours: Sequence[Due], *, now: datetime) -> dict[int, Outcome]:
    if not ours:
        return {}
    asked = rounds.invitations_by_id(connection, [each.invitation or 0 for each in ours])
    clients = people.clients_by_id(connection, [each.client or 0 for each in asked.values()])
    known = {each.client: each for each in candidates(connection, clients, now=now)}
    answering = reminders.under_way(connection, list(asked), since=now - SILENT)
    judged = {}
    for each in ours:
        invitation = asked[each.invitation or 0]
        candidate = known.get(invitation.client or 0)
        if candidate is None:
            judged[each.id] = Outcome(each.id, DROPPED)
            continue
        # Whoever moved to another phone is not written to on the old one: others may read there.
        moved = candidate.address != each.address_id
        why_not = why_not_at_all(candidate, survey=invitation.survey, now=now)
        pointless = each.kind in _REMINDERS and invitation.id in answering
        if moved or pointless or why_not is not None or invitation.outcome is not None:
            judged[each.id] = Outcome(each.id, DROPPED)
            continue
        when = sendable_from if each.kind == reminders.WISHED else allowed_from
        allowed = when(desk, candidate.branch, now, hour=candidate.hour)
        if allowed > now:
            judged[each.id] = Outcome(each.id, QUEUED, not_before=allowed)
    return judged
