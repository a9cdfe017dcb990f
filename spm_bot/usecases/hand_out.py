"""A stored digest goes to the managers whose scope it is: each week by itself, and on `/digest`."""

from __future__ import annotations

from datetime import datetime

from spm_bot.messages import Attachment, Outbound
from spm_bot.storage import digests, outbox, people, roles
from spm_bot.storage.digests import Stored
from spm_bot.storage.store import Connection
from spm_bot.times import Week
from spm_bot.usecases.visit import Visit

RECEIVES = frozenset({"manager", "spm_manager"})


def hand_out(connection: Connection, *, week: str, now: datetime) -> int:
    """Queues the digests of `week` for every manager, once; says for how many chats there are any."""
    held = [role for role in roles.roles_in_force(connection) if role.role in RECEIVES]
    chats = people.chats_of_staff(connection, {role.staff for role in held})
    handed = set()
    for role in held:
        stored = digests.find(connection, week, role.branch)
        if role.staff not in chats or stored is None:
            continue
        chat = chats[role.staff].id
        handed.add(chat)
        outbox.put(
            connection,
            chat,
            [_message(stored)],
            kind="staff",
            at=now,
            dedupe=f"digest:{week}:{role.staff}:{role.branch}",
        )
    return len(handed)


def send_stored(visit: Visit, wanted: str) -> None:
    """`/digest`, with a week or for the newest: only what this person's scope holds."""
    say = visit.voice.say
    scopes = _scopes(visit)
    if not scopes:
        visit.say(say("This command is for managers."))
        return
    try:
        week = str(Week.parse(wanted)) if wanted else digests.newest(visit.connection)
    except ValueError:
        visit.say(say("I do not know that week. Write it as /digest 2026-W47."))
        return
    found = [
        stored
        for scope in scopes
        if week is not None and (stored := digests.find(visit.connection, week, scope)) is not None
    ]
    if not found:
        visit.say(say("There is no digest for that week.") if wanted else say("There is no digest yet."))
    visit.say(*(_message(stored) for stored in found), kind="staff")


def _scopes(visit: Visit) -> list[str]:
    if visit.chat.staff is None:
        return []
    held = roles.roles_in_force(visit.connection, visit.chat.staff)
    return sorted({role.branch for role in held if role.role in RECEIVES})


def _message(stored: Stored) -> Outbound:
    if stored.picture is None:
        return Outbound(stored.card)
    photo = Attachment("photo", f"digest-{stored.week}.png", stored.picture)
    return Outbound(stored.card, attachment=photo)
