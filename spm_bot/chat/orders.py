"""What each command does, typed as a word or with a slash."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from spm_bot.chat.commands import Command
from spm_bot.messages import Action, Text, Token
from spm_bot.storage import audits, requests, roles
from spm_bot.usecases import (
    agree,
    answer,
    ask,
    assist,
    decide,
    disclose,
    enrol_client,
    forget,
    give_role,
    halt,
    hand_out,
    hush,
    judge_request,
    promise,
    release_quotes,
    review_decision,
    settle_role,
    show_results,
    stand_in,
    tell_progress,
    tell_whoami,
    undo,
)
from spm_bot.usecases.visit import Visit


def obey(visit: Visit, command: Command, rest: str) -> None:
    """Does what a command asks for; `rest` is what was written behind it."""
    if visit.chat.staff is not None:
        _write_down(visit, visit.chat.staff, command)
    match command:
        case Command.STOP:
            halt.halt(visit)
            agree.withdraw(visit)
        case Command.BACK if answer.step_back(visit):
            return
        case Command.SKIP if answer.skip(visit):
            return
        case _ if command in STAFF:
            STAFF[command](visit, rest)
        case Command.QUIET:
            hush.hush(visit, typed=_message(visit))
        case Command.TIME:
            assist.ask_hour(visit)
        case Command.MYDATA | Command.FORGET | Command.KEEP:
            _own_data(visit, command, rest)
        case Command.LANGUAGE:
            assist.choose_language(visit)
        case Command.CONSENT:
            assist.ask_consent_again(visit)
        case _:
            assist.help_(visit)


def press(visit: Visit, token: Token) -> str | None:
    """A button below a message that belongs to no survey; returns the words shown over it."""
    match token.value:
        case judge_request.WORD:
            judge_request.judge(visit, token.id, yes=token.action is Action.YES)
        case undo.WORD:
            undo.undo(visit, round_id=token.id)
        case decide.WORD:
            decide.press(visit, token.id)
        case hand_out.BRANCH:
            hand_out.send_branch(visit, token)
        case review_decision.WORD:
            review_decision.press(visit, token.id)
        case release_quotes.WORD:
            release_quotes.press(visit, token)
        case give_role.CONFIRM:
            return settle_role.press_confirm(visit, token.id)
        case give_role.REVOKE:
            return settle_role.press_revoke(visit, token.id)
        case _:
            return visit.voice.say("That button is too old.")
    return None


def _write_down(visit: Visit, staff: int, command: Command) -> None:
    """Everything that staff do stands in the audit log; what they wrote behind a command does not."""
    audits.write_down(
        visit.connection,
        at=visit.now,
        actor=roles.subject_of_staff(visit.connection, staff),
        event="staff_command",
        command=command.value,
    )


def _own_data(visit: Visit, command: Command, rest: str) -> None:
    match command:
        case Command.KEEP:
            forget.keep(visit)
        case Command.MYDATA if visit.chat.staff is not None:
            stand_in.stand_in(visit, visit.chat.staff, requests.DATA, rest)
        case Command.MYDATA:
            disclose.start(visit)
        case _ if visit.chat.staff is not None:
            stand_in.stand_in(visit, visit.chat.staff, requests.FORGET, rest)
        case _:
            forget.start(visit)


def _message(visit: Visit) -> str:
    """The channel's id of the message that is being handled."""
    body = visit.inbound.body
    return body.message if isinstance(body, Text) else ""


STAFF: Mapping[Command, Callable[[Visit, str], None]] = MappingProxyType(
    {
        Command.ASK: ask.start,
        Command.UNDO: lambda visit, _: undo.undo(visit),
        Command.PROGRESS: lambda visit, _: tell_progress.tell_progress(visit),
        Command.ENROL: enrol_client.start,
        Command.RESULTS: lambda visit, _: show_results.start(visit),
        Command.APPROVE: lambda visit, _: judge_request.show_waiting(visit),
        Command.DIGEST: hand_out.send_stored,
        Command.DECIDE: decide.start,
        Command.DECISIONS: lambda visit, _: review_decision.show_open(visit),
        Command.WEDID: lambda visit, _: promise.start(visit),
        Command.QUOTES: lambda visit, _: release_quotes.show_next(visit),
        Command.WHOAMI: lambda visit, _: tell_whoami.tell_whoami(visit),
    }
)
"""Commands of staff; each looks for itself whether whoever wrote it may do that."""
