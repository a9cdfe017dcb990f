"""An SPM manager says yes or no to rounds that wait for it; whoever asked hears how it ended, not by whom."""

from __future__ import annotations

from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.fieldwork.wall import in_steps
from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.storage import outbox, people, roles, rounds
from spm_bot.storage.people import Chat
from spm_bot.storage.rounds import Round
from spm_bot.texts import Voice, voice
from spm_bot.usecases import govern
from spm_bot.usecases.name_request import named
from spm_bot.usecases.visit import Visit
from spm_bot.usecases.vouch import EVERYWHERE, MAY_JUDGE, Colleague, colleague, refuse

WORD = "approve"


def show_waiting(visit: Visit) -> None:
    """`/approve`: what waits for a yes, each with its buttons."""
    say = visit.voice.say
    who = colleague(visit, MAY_JUDGE)
    if who is None:
        refuse(visit)
        return
    found = [
        round_
        for round_ in rounds.rounds_in(visit.connection, RoundState.WAITING)
        if round_.requested_by != who.subject and _in_scope(round_, who.branches)
    ]
    if not found:
        visit.say(say("Nothing waits for your yes."))
    visit.say(*(_question(visit, round_, visit.voice) for round_ in found), kind="staff")


def tell_judges(visit: Visit, round_: Round) -> None:
    """Asks every SPM manager whose yes it may be."""
    held = [
        role
        for role in roles.roles_in_force(visit.connection)
        if role.role in MAY_JUDGE
        and role.staff != visit.chat.staff
        and _in_scope(round_, frozenset({role.branch}))
    ]
    chats = people.chats_of_staff(visit.connection, {role.staff for role in held})
    for staff, chat in sorted(chats.items()):
        message = _question(visit, round_, voice(chat.language))
        key = f"approve:{round_.id}:{staff}"
        outbox.put(visit.connection, chat.id, [message], kind="staff", at=visit.now, dedupe=key)


def judge(visit: Visit, round_id: int, *, yes: bool) -> None:
    """A button below a request was pressed."""
    say = visit.voice.say
    who = colleague(visit, MAY_JUDGE)
    if who is None:
        refuse(visit)
        return
    round_ = _waiting(visit, round_id, who)
    if round_ is None:
        visit.say(say("That is decided already."))
        return
    move = govern.approve if yes else govern.refuse
    move(visit.connection, round_.code, desk=visit.desk, actor=who.subject, now=visit.now)
    name = named(visit.desk, round_, visit.voice)
    done = say("Approved: %(name)s.", name=name) if yes else say("Refused: %(name)s.", name=name)
    visit.say(done)
    _tell_requester(visit, round_, yes=yes)


def _waiting(visit: Visit, round_id: int, who: Colleague) -> Round | None:
    waiting = rounds.rounds_in(visit.connection, RoundState.WAITING)
    mine = (each for each in waiting if each.id == round_id and each.requested_by != who.subject)
    return next((each for each in mine if _in_scope(each, who.branches)), None)


def _in_scope(round_: Round, branches: frozenset[str]) -> bool:
    wanted = Audience.from_json(round_.audience).branches
    return EVERYWHERE in branches or (bool(wanted) and wanted <= branches)


def _question(visit: Visit, round_: Round, speaker: Voice) -> Outbound:
    say = speaker.say
    lines = [
        say("A survey waits for your yes: %(name)s.", name=named(visit.desk, round_, speaker)),
        *([say("About %(count)s clients.", count=in_steps(round_.size))] if round_.size else []),
    ]
    if reason := rounds.reason_of(visit.connection, round_.id):
        lines.append(say("The reason given: %(reason)s", reason=reason))
    row = (
        Button(say("Approve"), Token(Subject.COMMAND, round_.id, 0, Action.YES, WORD)),
        Button(say("Refuse"), Token(Subject.COMMAND, round_.id, 0, Action.NO, WORD)),
    )
    return Outbound("\n".join(lines), (row,))


def _tell_requester(visit: Visit, round_: Round, *, yes: bool) -> None:
    chat = _chat_of(visit, round_.requested_by)
    if chat is None:
        return
    speaker = voice(chat.language)
    name = named(visit.desk, round_, speaker)
    if yes:
        told = speaker.say("Your request has its yes: %(name)s. It goes out over the next days.", name=name)
    else:
        told = speaker.say("Your request was refused: %(name)s. Nothing was sent.", name=name)
    outbox.put(visit.connection, chat.id, [Outbound(told)], kind="staff", at=visit.now)


def _chat_of(visit: Visit, subject: str) -> Chat | None:
    staff = roles.staff_of_subject(visit.connection, subject)
    return None if staff is None else people.chats_of_staff(visit.connection, [staff]).get(staff)
