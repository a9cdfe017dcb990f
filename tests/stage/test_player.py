from __future__ import annotations

import pytest

from tests.stage.player import Player
from tests.stage.world import World


@pytest.fixture
def player(sqlite_world: World) -> Player:
    return Player(sqlite_world)


async def test_player_writes_what_the_phone_shows_and_nothing_else(player: Player) -> None:
    script = "# a promise\n@ phone of Amina\n> \\u202ehi\n< something wrong\n! a toast that never was\n"
    assert await player.play(script) == (
        "# a promise\n"
        "@ phone of Amina\n"
        "> \\u202ehi\n"
        "< Hello, this is Umoja Microfinance. To join, use the link or the code on the card from your branch,"
        " or share your number with the button below. We never ask for your PIN or for money here. To"
        " complain, or to talk to a person: +254 700 000 001, or Example Ombudsman for Borrowers,"
        " +254 700 000 002.\n"
    )


async def test_player_taps_only_buttons_that_are_there(player: Player) -> None:
    with pytest.raises(LookupError, match=r"no button \[Start\]"):
        await player.play("# a promise\n@ Amina joined\n> [Start]\n")


@pytest.mark.parametrize("scene", ["the moon rises", "Amina is invited to dinner, French", "+3 fortnights"])
async def test_player_refuses_a_scene_it_cannot_play(player: Player, scene: str) -> None:
    with pytest.raises((ValueError, LookupError)):
        await player.play(f"# a promise\n@ {scene}\n")
