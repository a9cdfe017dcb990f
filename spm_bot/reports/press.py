"""Sets pages with typst: our own fonts, tagged for screen readers, the same bytes for the same words."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from functools import cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from spm_bot.reports.typefaces import FOLDER, typefaces
from spm_bot.texts import Voice, from_right

Printed = str | int | float | bool | None | list["Printed"] | dict[str, "Printed"]
"""What a template is handed: text is always data, never markup."""

_HERE = Path(__file__).parent
_UNKNOWN = "\ufffd"
# A word longer than this may be broken anywhere, or it would run out of its column.
_WORD = 16
_LONG = re.compile(rf"\S{{{_WORD + 1},}}")
_BREAK = "\u200b"


def typeset(template: str, page: Mapping[str, Printed], voice: Voice, *, on: date) -> bytes:
    """The PDF (PDF/UA-1) of `template` with what `page` says, dated `on`."""
    told = {"language": voice.language, "from_right": from_right(voice.language), **page}
    return typst.compile(
        _HERE / template,
        root=_HERE,
        font_paths=typefaces(),
        sys_inputs={"page": json.dumps(_printable(told), ensure_ascii=False)},
        timestamp=datetime.combine(on, time(), UTC),
        pdf_standards="ua-1",
    )


def _printable(value: Printed) -> Printed:
    match value:
        case str():
            return _LONG.sub(_breakable, "".join(map(_glyph, value)))
        case list():
            return [_printable(each) for each in value]
        case dict():
            return {key: _printable(each) for key, each in value.items()}
        case _:
            return value


def _glyph(letter: str) -> str:
    """The letter, or the sign for one that no font of ours can draw; a page with a gap would be refused."""
    return letter if ord(letter) in _letters() or letter == "\n" else _UNKNOWN


def _breakable(word: re.Match[str]) -> str:
    text = word[0]
    return _BREAK.join(text[place : place + _WORD] for place in range(0, len(text), _WORD))


@cache
def _letters() -> frozenset[int]:
    """Every letter that one of our fonts can draw."""
    letters: set[int] = set()
    for path in FOLDER.glob("*-Regular.ttf"):
        with TTFont(path, lazy=True) as font:
            letters |= font.getBestCmap().keys()
    return frozenset(letters)
