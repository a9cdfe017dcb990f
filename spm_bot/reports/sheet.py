"""A white sheet measured in pixels from its upper left corner, on which pictures are drawn.

For languages written from right to left everything is placed as in a mirror: left means right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.resources import as_file, files
from io import BytesIO

from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, fontManager, get_font, ttfFontProperty

from spm_bot.texts import from_right

WIDTH = 1080
# 11 points are 31 pixels here, so that a picture shrunk to a phone's width stays legible.
_DOTS = 200
_PLENTY = 1000

INK, GREY, PALE, TRACK = "#1a1a1a", "#595959", "#8c8c8c", "#f1f1f1"

_SCRIPTS = ("NotoSans", "NotoSansArabic", "NotoSansDevanagari")
# Names of our own, so that a font of the machine is never taken in place of a shipped one.
_FAMILIES = tuple(f"shipped {script}" for script in _SCRIPTS)
_RIGHT_TO_LEFT_MARK = "\u200f"
_MISSING = "\ufffd"
_MIRRORED = {"left": "right", "right": "left", "center": "center"}


@cache
def _glyphs() -> frozenset[int]:
    """Takes the shipped fonts into use, once; the characters they can draw."""
    drawn: set[int] = set()
    for script, family in zip(_SCRIPTS, _FAMILIES, strict=True):
        for weight in ("Regular", "Bold"):
            with as_file(files("spm_bot").joinpath("reports", "fonts", f"{script}-{weight}.ttf")) as path:
                font = get_font(path)
                fontManager.ttflist.append(replace(ttfFontProperty(font), name=family))
                drawn |= set(font.get_charmap())
    return frozenset(drawn)


def legible(text: str) -> str:
    """`text` in one line with a mark in place of each character that no shipped font can draw."""
    drawn = _glyphs()
    line = " ".join(text.split())
    return "".join(
        char if ord(char) in drawn else _MISSING for char in line if unicodedata.category(char) != "Cc"
    )


class Sheet:
    """Everything is placed in pixels; how high the sheet is, is said when it is finished."""

    def __init__(self, language: str = "en") -> None:
        self._mirrored = from_right(language)
        with style.context("default"):
            self._figure = Figure(figsize=(WIDTH / _DOTS, _PLENTY / _DOTS), dpi=_DOTS, facecolor="white")
            self._canvas = FigureCanvasAgg(self._figure)
            self._axes = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()
        self._axes.set_xlim(WIDTH, 0) if self._mirrored else self._axes.set_xlim(0, WIDTH)

    def width(self, text: str, *, size: float, weight: str = "normal") -> float:
        """How many pixels `text` takes in one line; `size` is in points."""
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]  # matplotlib's gap
        found = renderer.get_text_width_height_descent(self._line(text), _font(size, weight), ismath=False)
        return float(found[0])

    def wrapped(self, text: str, *, size: float, room: float, weight: str = "normal") -> list[str]:
        """`text` in lines of at most `room` pixels; a single longer word is cut with an ellipsis."""
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer, size=size, weight=weight) <= room:
                lines[-1] = longer
            else:
                lines.append(self.cut(word, size=size, room=room, weight=weight))
        return lines

    def cut(self, text: str, *, size: float, room: float, weight: str = "normal") -> str:
        """`text`, or as much of its beginning as fits into `room` pixels with an ellipsis."""
        # No letter is narrower than a pixel, so a longer text need not be measured whole.
        kept = text[: round(room) + 1]
        if kept == text and self.width(text, size=size, weight=weight) <= room:
            return text
        fits, over = 0, len(kept)
        while over - fits > 1:
            middle = (fits + over) // 2
            within = self.width(f"{kept[:middle].rstrip()}…", size=size, weight=weight) <= room
            fits, over = (middle, over) if within else (fits, middle)
        return f"{kept[:fits].rstrip()}…"

    def write(
        self,
        text: str,
        *,
        x: float,
        y: float,
        size: float,
        weight: str = "normal",
        color: str = INK,
        align: str = "left",
    ) -> None:
        """One line of text whose base line lies at `y`."""
        self._axes.text(
            x,
            y,
            self._line(text),
            fontproperties=_font(size, weight),
            color=color,
            ha=_MIRRORED[align] if self._mirrored else align,
            va="baseline",
            # A name with two dollar signs is a name, not a formula.
            parse_math=False,
        )

    def bar(self, *, left: float, right: float, y: float, thick: float, color: str) -> None:
        """A horizontal bar around `y`, `thick` pixels high."""
        self._axes.plot([left, right], [y, y], color=color, linewidth=_points(thick), solid_capstyle="butt")

    def stroke(self, *, x: float, top: float, bottom: float, color: str, thick: float) -> None:
        """A vertical stroke."""
        self._axes.plot([x, x], [top, bottom], color=color, linewidth=_points(thick), solid_capstyle="butt")

    def path(self, xs: Sequence[float], ys: Sequence[float], *, color: str, thick: float) -> None:
        """A line through points."""
        self._axes.plot(xs, ys, color=color, linewidth=_points(thick), solid_joinstyle="round")

    def dashes(self, *, left: float, right: float, y: float, color: str, thick: float) -> None:
        """A dashed horizontal line."""
        self._axes.plot([left, right], [y, y], color=color, linewidth=_points(thick), linestyle=(0, (5, 3)))

    def band(
        self, xs: Sequence[float], tops: Sequence[float], bottoms: Sequence[float], *, color: str
    ) -> None:
        """The area between two lines."""
        self._axes.fill_between(xs, tops, bottoms, color=color, linewidth=0)

    def mark(self, shape: str, *, x: float, y: float, across: float, fill: str, edge: str) -> None:
        """A marker of matplotlib's shapes, `across` pixels wide."""
        self._axes.plot(
            [x],
            [y],
            marker=shape,
            markersize=_points(across),
            markerfacecolor=fill,
            markeredgecolor=edge,
            markeredgewidth=_points(4),
            linestyle="none",
        )

    def png(self, *, height: float) -> bytes:
        """The finished picture, `height` pixels high; the same bytes for the same drawing."""
        with style.context("default"):
            self._figure.set_size_inches(WIDTH / _DOTS, round(height) / _DOTS)
            self._axes.set_ylim(round(height), 0)
            data = BytesIO()
            self._figure.savefig(data, format="png", dpi=_DOTS, metadata={"Software": None})
        return data.getvalue()

    def _line(self, text: str) -> str:
        # A name in Latin letters at its beginning must not turn a line around.
        return f"{_RIGHT_TO_LEFT_MARK if self._mirrored else ''}{legible(text)}"


def _points(pixels: float) -> float:
    return pixels * 72 / _DOTS


def _font(size: float, weight: str) -> FontProperties:
    _glyphs()
    return FontProperties(family=list(_FAMILIES), size=size, weight=weight)
