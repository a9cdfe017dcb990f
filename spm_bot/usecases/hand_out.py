"""A stored digest goes to the managers whose scope it is: each week by itself, and on `/digest`."""

from __future__ import annotations

from datetime import datetime

from spm_bot.messages import Action, Attachment, Button, Outbound, Subject, Token
from spm_bot.storage import digests, outbox, people, roles
from spm_bot.storage.digests import Rendering
from spm_bot.storage.people import Chat
from spm_bot.storage.store import Connection
from spm_bot.texts import Voice, voice
from spm_bot.times import Week
from spm_bot.usecases.decide import decide_button, numbered, written
from spm_bot.usecases.visit import Desk, Visit

RECEIVES = frozenset({"manager", "spm_manager"})
BRANCH = "branch"


def hand_out(connection: Connection, *, desk: Desk, week: str, now: datetime) -> int:
    """Queues the digests of `week` for every manager, once; says for how many chats there are any."""
    held = [role for role in roles.roles_in_force(connection) if role.role in RECEIVES]
    chats = people.chats_of_staff(connection, {role.staff for role in held})
    handed = set()
    for role in held:
        chat = chats.get(role.staff)
        found = None if chat is None else _rendered(connection, desk, chat, week, role.branch)
        if chat is None or found is None:
            continue
        handed.add(chat.id)
        for place, message in enumerate(_messages(desk, found, voice(chat.language))):
            outbox.put(
                connection,
                chat.id,
                [message],
                kind="staff",
                at=now,
                dedupe=f"digest:{week}:{role.staff}:{role.branch}:{place}",
            )
    return len(handed)


def send_stored(visit: Visit, wanted: str) -> None:
    """`/digest`, with a week or for the newest: only what this person's scope holds."""
    say = visit.voice.say
    scopes = scopes_of(visit)
    if not scopes:
        visit.say(say("This command is for managers."))
        return
    try:
        week = str(Week.parse(wanted)) if wanted else digests.newest_drawn(visit.connection, scopes)
    except ValueError:
        visit.say(say("I do not know that week. Write it as /digest 2026-W47."))
        return
    found = [
        rendered
        for scope in scopes
        if week is not None
        and (rendered := _rendered(visit.connection, visit.desk, visit.chat, week, scope)) is not None
    ]
    if not found:
        visit.say(say("There is no digest for that week.") if wanted else say("There is no digest yet."))
    for rendered in found:
        visit.say(*_messages(visit.desk, rendered, visit.voice), kind="staff")


def send_branch(visit: Visit, token: Token) -> None:
    """A button `Branch …` below a card: the digest of that branch, for whoever sees all of them."""
    codes = [branch.code for branch in visit.desk.institution.branches]
    week, place = written(token.id), token.turn
    if "" not in scopes_of(visit) or week is None or place >= len(codes):
        visit.say(visit.voice.say("This command is for managers."))
        return
    found = _rendered(visit.connection, visit.desk, visit.chat, week, codes[place])
    if found is None:
        visit.say(visit.voice.say("There is no digest for that week."))
        return
    visit.say(*_messages(visit.desk, found, visit.voice), kind="staff")


def scopes_of(visit: Visit) -> list[str]:
    """The branches whose digests this person reads, '' for all."""
    if visit.chat.staff is None:
        return []
    held = roles.roles_in_force(visit.connection, visit.chat.staff)
    return sorted({role.branch for role in held if role.role in RECEIVES})


def branch_button(week: str, *, place: int, label: str) -> Button:
    """The button that asks for the digest of the branch at that place of the institution file."""
    return Button(label, Token(Subject.COMMAND, numbered(week), place, Action.PICK, BRANCH))


def _rendered(connection: Connection, desk: Desk, chat: Chat, week: str, scope: str) -> Rendering | None:
    languages = (chat.language, desk.languages[0])
    return digests.rendering(connection, week, scope, languages=languages)


def _messages(desk: Desk, found: Rendering, reader: Voice) -> list[Outbound]:
    """The card under its picture with its buttons; the line over the weeks; the pages; the workbook."""
    name = f"digest-{found.week}" if found.scope == "" else f"digest-{found.week}-{found.scope}"
    photo = None if found.picture is None else Attachment("photo", f"{name}.png", found.picture)
    messages = [Outbound(found.card, _buttons(desk, found, reader), attachment=photo)]
    rest = (
        ("photo", f"{name}-weeks.png", found.line),
        ("document", f"{name}.pdf", found.pages),
        ("document", f"{name}.xlsx", found.workbook),
    )
    messages += [
        Outbound("", attachment=Attachment(kind, title, file))
        for kind, title, file in rest
        if file is not None
    ]
    return messages


def _buttons(desk: Desk, found: Rendering, reader: Voice) -> tuple[tuple[Button, ...], ...]:
    act = decide_button(found.week, reader)
    places = {branch.code: place for place, branch in enumerate(desk.institution.branches)}
    if found.scope or found.branch not in places:
        return ((act,),)
    place = places[found.branch]
    label = desk.institution.branches[place].name
    return ((act, branch_button(found.week, place=place, label=label)),)
