"""A white sheet measured in pixels from its upper left corner, on which pictures are drawn."""

from __future__ import annotations

from io import BytesIO

from matplotlib import style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

WIDTH = 1080
# 11 points are 31 pixels here, so that a picture shrunk to a phone's width stays legible.
_DOTS = 200
_PLENTY = 1000

INK, GREY, PALE, TRACK = "#1a1a1a", "#595959", "#8c8c8c", "#f1f1f1"


class Sheet:
    """Everything is placed in pixels; how high the sheet is, is said when it is finished."""

    def __init__(self) -> None:
        with style.context("default"):
            self._figure = Figure(figsize=(WIDTH / _DOTS, _PLENTY / _DOTS), dpi=_DOTS, facecolor="white")
            self._canvas = FigureCanvasAgg(self._figure)
            self._axes = self._figure.add_axes((0.0, 0.0, 1.0, 1.0))
        self._axes.set_axis_off()
        self._axes.set_xlim(0, WIDTH)

    def width(self, text: str, *, size: float, weight: str = "normal") -> float:
        """How many pixels `text` takes in one line; `size` is in points."""
        renderer = self._canvas.get_renderer()  # type: ignore[no-untyped-call]  # matplotlib's gap
        return float(renderer.get_text_width_height_descent(text, _font(size, weight), ismath=False)[0])

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
        if self.width(text, size=size, weight=weight) <= room:
            return text
        kept = text
        while kept and self.width(f"{kept.rstrip()}…", size=size, weight=weight) > room:
            kept = kept[:-1]
        return f"{kept.rstrip()}…"

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
            text,
            fontproperties=_font(size, weight),
            color=color,
            ha=align,
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


def _points(pixels: float) -> float:
    return pixels * 72 / _DOTS


def _font(size: float, weight: str) -> FontProperties:
    return FontProperties(family="DejaVu Sans", size=size, weight=weight)
