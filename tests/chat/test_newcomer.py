"""A newcomer's path is short: from the card to the first question, counted in messages."""

from __future__ import annotations

import pytest

from spm_bot.messages import Start
from spm_bot.surveys.library import Library
from spm_bot.texts import voice
from tests.stage.world import World

MOST_REPLIES, MOST_MESSAGES = 6, 10
PRIVATE_FIRST = Library.shipped().survey("debt_stress").question("ds0")


@pytest.mark.parametrize(("language", "place"), [("en", 1), ("sw", 4), ("ar", 6)])
async def test_newcomer_hears_the_first_question_soon(sqlite_world: World, language: str, place: int) -> None:
    world, start = sqlite_world, voice(language).say("Start")
    await world.receive(Start("card-of-Amina"), handle="a", language="en")
    typed = (str(place), "1985", "1", "1")
    for words in typed:
        await world.say(words, handle="a")
    await world.invite("Amina", "debt_stress")
    await world.tap(start, handle="a")
    news = world.phones.take_news()
    shown = [seen.message.text for seen in news if not seen.edit and not seen.gone]
    assert PRIVATE_FIRST.label.in_(language) in shown[-1]
    assert len(("/start", *typed, start)) <= MOST_REPLIES
    assert len(shown) <= MOST_MESSAGES
