"""What each command does, typed as a word or with a slash."""

from __future__ import annotations

from spm_bot.chat.commands import Command
from spm_bot.messages import Text
from spm_bot.storage import requests
from spm_bot.usecases import (
    agree,
    answer,
    ask,
    assist,
    disclose,
    forget,
    halt,
    hand_out,
    hush,
    stand_in,
)
from spm_bot.usecases.visit import Visit


def obey(visit: Visit, command: Command, rest: str) -> None:
    """Does what a command asks for; `rest` is what was written behind it."""
    match command:
        case Command.STOP:
            halt.halt(visit)
            agree.withdraw(visit)
        case Command.BACK if answer.step_back(visit):
            return
        case Command.SKIP if answer.skip(visit):
            return
        case Command.ASK:
            ask.start(visit)
        case Command.DIGEST:
            hand_out.send_stored(visit, rest)
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
