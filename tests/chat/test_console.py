from __future__ import annotations

from io import StringIO

import pytest

from spm_bot.chat.channel import Sent
from spm_bot.chat.console import Console
from spm_bot.messages import Action, Address, Button, Outbound, Subject, Tap, Text, Token
from tests.stage.clock import START

SKIP = Button("Skip", Token(Subject.SESSION, 1, 1, Action.SKIP))
BACK = Button("‹ Back", Token(Subject.SESSION, 1, 1, Action.BACK))
FIRST = Button("1 Easy", Token(Subject.SESSION, 1, 1, Action.PICK, "0"))
SECOND = Button("2 Hard", Token(Subject.SESSION, 1, 1, Action.PICK, "1"))
ASKED = Outbound("How hard?", ((FIRST,), (SECOND,), (BACK, SKIP)), ref="s1.1")


async def test_message_is_printed_with_its_choices_and_steps() -> None:
    out = StringIO()
    assert await Console(out).send("local", ASKED) == Sent("0")
    assert out.getvalue() == "\nHow hard?\n   1 Easy\n   2 Hard\n   [‹ Back] [Skip]\n"


async def test_edit_is_printed_only_when_it_still_offers_something() -> None:
    out = StringIO()
    console = Console(out)
    assert console.name == "console"
    assert await console.edit("local", "0", Outbound("How hard?\n✓ Easy", edits="s1.1")) == Sent("0")
    assert out.getvalue() == ""
    assert await console.edit("local", "0", ASKED) == Sent("0")
    assert "How hard?" in out.getvalue()


@pytest.mark.parametrize(("line", "pressed"), [("skip", SKIP), (" BACK ", BACK), ("Back", BACK)])
async def test_word_of_a_step_presses_it(line: str, pressed: Button) -> None:
    console = Console(StringIO())
    await console.send("local", ASKED)
    await console.send("local", Outbound("A message without buttons."))
    typed = console.typed(line, at=START)
    assert (typed.address, typed.sent_at, typed.body) == (
        Address("console", "local"),
        START,
        Tap(pressed.token),
    )


async def test_choice_and_free_words_are_typed_as_on_a_phone() -> None:
    console = Console(StringIO())
    await console.send("local", ASKED)
    first, second = (console.typed(line, at=START) for line in ("1 easy", "2"))
    assert [body.text for body in (first.body, second.body) if isinstance(body, Text)] == ["1 easy", "2"]
    assert first.key != second.key
