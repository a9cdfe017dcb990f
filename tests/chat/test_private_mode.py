"""Whoever picks up the phone afterwards learns nothing: neither right after QUIET or Close nor at the end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from spm_bot.chat.commands import Command, word
from spm_bot.messages import Action, Edited, Other, Tap
from spm_bot.surveys.model import Choice, Kind, Question
from tests.stage.player import Player
from tests.stage.world import World, desk

SCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("private_mode*.txt"))
STRESS = desk().library.survey("debt_stress")
PRIVATE = [question for question in STRESS.questions if question.private]
LANGUAGES = ("en", "fr", "es", "sw", "hi", "ar")
HIDES = ("[✖", *(f"{word(Command.QUIET, language).casefold()}" for language in LANGUAGES))


def labels(questions: list[Question]) -> set[str]:
    """What can be answered to these questions, in every language."""
    choices: list[Choice] = [choice for question in questions for choice in question.choices]
    return {text for choice in choices for text in choice.label.by_language.values()}


ASKED = {text for question in PRIVATE for text in question.label.by_language.values()}
SAID = labels(PRIVATE) - labels([each for each in STRESS.questions if not each.private])


def told(readable: str) -> set[str]:
    """The private questions and answers that can be read on a phone."""
    lines = {line.removeprefix("✓ ").strip() for line in readable.splitlines()}
    short = {text for text in SAID if text in lines}
    return short | {text for text in (*ASKED, *SAID) if len(text) > 9 and text in readable}


def test_a_private_answer_would_be_seen() -> None:
    care = "Put off care or medicine"
    assert told(f"x\n✓ Land or house\n✓ No\nYou mean: {care}?") == {"Land or house", care}
    assert told("2 of 11 · Very hard\n✓ A bit hard") == set()


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
async def test_hidden_survey_leaves_nothing_private_to_read(path: Path, sqlite_world: World) -> None:
    player = Player(sqlite_world)
    hidden = 0
    for line in lines_of(path):
        if line[:1] not in (">", "@"):
            continue
        await player.play(line)
        if line.removeprefix("> ").startswith(HIDES):
            hidden += 1
            assert told(sqlite_world.phones.readable("Amina")) == set()
    assert hidden >= 2
    assert told(sqlite_world.phones.readable("Amina")) == set()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_quiet_at_every_private_question_in_every_language(sqlite_world: World, language: str) -> None:
    """Each is misread once, hidden, taken up again and answered; one is corrected, one is spoken."""
    world = sqlite_world
    await world.enrol("Amina", handle="a", language=language)
    await world.invite("Amina", "debt_stress")
    [start, *_] = (token for token in world.phones.tokens("a") if token.action is Action.START)
    await world.receive(Tap(start), handle="a")
    for text in ("1", "2", "2"):
        await world.say(text, handle="a")
    for question in PRIVATE:
        last = question.choices[-1].label.in_(language)
        assert question.label.in_(language) in world.phones.readable("a")
        await world.say(f"{last}x", handle="a")
        await world.receive(Edited(f"{last}x!", f"t{world.messages}"), handle="a")
        await world.receive(Other("voice", "file", f"v{world.messages}"), handle="a")
        await world.say(word(Command.QUIET, language), handle="a")
        assert told(world.phones.readable("a")) == set()
        assert len(world.phones.texts("a")) == 1
        assert {bubble.look.text for bubble in world.phones.written["a"]} <= {"…?"}
        await world.say("…?", handle="a")
        await world.say("1", handle="a")
        await world.say(last if question.kind is Kind.SELECT_ONE else "2 3", handle="a")
    assert told(world.phones.readable("a")) == set()


async def test_what_is_left_open_does_not_stay_in_sight_for_days(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "debt_stress")
    await world.tap("Start", handle="a")
    for text in ("1", "2", "2", "2", "most week"):
        await world.say(text, handle="a")
    assert told(world.phones.readable("a")) != set()
    await world.wait(timedelta(hours=25))
    assert told(world.phones.readable("a")) == set()
    await world.wait(timedelta(hours=60))
    assert told(world.phones.readable("a")) == set()
