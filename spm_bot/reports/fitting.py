"""Making a text fit under a picture: the lines worth least are left out first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT = 1024


@dataclass(frozen=True, slots=True)
class Line:
    """A line and how much it is worth: where room is short, the least go first; 9 always stays."""

    text: str
    worth: int = 9


def fitted(blocks: Sequence[Sequence[Line]]) -> str:
    """Blocks of lines as text of at most 1,024 UTF-16 units, the least worthy lines left out first."""
    worths = sorted({line.worth for block in blocks for line in block if line.worth < 9})
    for least in (0, *(worth + 1 for worth in worths)):
        kept = [[line.text for line in block if line.worth >= least] for block in blocks]
        text = "\n\n".join("\n".join(block) for block in kept)
        if _units(text) <= LIMIT:
            return text
    cut = text.encode("utf-16-le")[: 2 * (LIMIT - 1)].decode("utf-16-le", errors="ignore")
    return cut.rstrip() + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
