"""The fonts that ship with the bot, and no others, so that a page looks the same on every machine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import typst

FOLDER = Path(__file__).parent / "fonts"


@cache
def typefaces() -> typst.Fonts:
    """As typst takes them."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FOLDER])
