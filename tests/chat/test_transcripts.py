"""Golden conversations, played through the whole dialogue on a real database.

`SPM_REGOLD=1 pytest tests/chat/test_transcripts.py` writes what now happens into the files: read it
aloud, as if you were the client, before you keep it.
"""

from __future__ import annotations

import os
from difflib import unified_diff
from pathlib import Path

import pytest

from tests.stage.player import Player
from tests.stage.world import World

TRANSCRIPTS = sorted((Path(__file__).parents[1] / "transcripts").glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
async def test_conversation(path: Path, sqlite_world: World) -> None:
    golden = kept(path)
    played = await Player(sqlite_world).play(golden)
    difference = "".join(
        unified_diff(
            golden.splitlines(keepends=True),
            played.splitlines(keepends=True),
            fromfile=f"{path.name} as kept",
            tofile=f"{path.name} as played",
            n=6,
        )
    )
    if difference and os.environ.get("SPM_REGOLD"):
        keep(path, played)
    else:
        assert not difference, f"\n{difference}"


def kept(path: Path) -> str:
    golden = path.read_text(encoding="utf-8")
    assert golden.startswith("# "), "a conversation begins with the promise it shows"
    return golden


def keep(path: Path, played: str) -> None:
    path.write_text(played, encoding="utf-8")
