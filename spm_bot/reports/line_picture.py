"""The second picture of a digest: how the leading figures went over the last weeks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from spm_bot.analytics.digest import LEADING, Digest
from spm_bot.analytics.figures import Aim, AimKind, Figure, Point
from spm_bot.analytics.signals import Verdict
from spm_bot.reports import phrases, titles
from spm_bot.reports.sheet import GREY, INK, TRACK, WIDTH, Sheet
from spm_bot.texts import Voice
from spm_bot.times import Week

_FEWEST = 3
_LEFT, _RIGHT = 44, WIDTH - 44
_ROOM = _RIGHT - _LEFT
# Beside the field, numbers of the scale stand before it and the last value behind it.
_FIELD_LEFT, _FIELD_RIGHT = _LEFT + 74, _RIGHT - 84
_FIELD = 222
_SMALL, _TEXT, _TITLE = 11.0, 12.0, 16.0
_LINE = 42
_LONGEST_NAME = 80
_LEAST_SPAN = 0.2
# Room for a name beneath the lowest line.
_ROOM_BELOW = 0.03

_CALM, _BAND, _WORSE = "#0072b2", "#cfe3f1", "#d55e00"


@dataclass(frozen=True, slots=True)
class _Curve:
    """A figure with its points, from the side on which it is told."""

    figure: Figure
    points: tuple[Point, ...]

    @property
    def ends(self) -> tuple[float, float]:
        aims = [titles.side(self.figure.indicator, aim.value) for aim in self.figure.aims]
        return (
            max(0.0, min([*aims, *(point.low for point in self.points)]) - _ROOM_BELOW),
            max([*aims, *(point.high for point in self.points)]),
        )


@dataclass(frozen=True, slots=True)
class _Field:
    """Where weeks and shares lie on the sheet: `base` to `base + span` from `bottom` up to `top`."""

    first: int
    last: int
    base: float
    span: float
    top: float

    @property
    def bottom(self) -> float:
        return self.top + _FIELD

    def x(self, week: str) -> float:
        place = (_ordinal(week) - self.first) / (self.last - self.first)
        return _FIELD_LEFT + place * (_FIELD_RIGHT - _FIELD_LEFT)

    def y(self, share: float) -> float:
        place = min(max((share - self.base) / self.span, 0.0), 1.0)
        return self.bottom - place * _FIELD


def line_picture(digest: Digest, voice: Voice) -> bytes | None:
    """A PNG, 1,080 pixels wide, with a field for each leading figure; None while none has three points."""
    curves = [
        _curve(figure)
        for code in LEADING
        if (figure := digest.figure(code)) is not None and len(figure.line) >= _FEWEST
    ]
    if not curves:
        return None
    sheet = Sheet(voice.language)
    weeks = [_ordinal(point.week) for curve in curves for point in curve.points]
    span = max(_span(curve) for curve in curves)
    y = _header(sheet, digest, curves, voice)
    for curve in curves:
        field = _Field(min(weeks), max(weeks), _base(curve, span), span, top=y + 52)
        _head(sheet, curve.figure, voice, y=y)
        _scale(sheet, field)
        _draw(sheet, curve, field, voice)
        y = field.bottom + 88
    y = _weeks(sheet, curves, min(weeks), max(weeks), voice, y=y - 44)
    return sheet.png(height=_notes(sheet, voice, y=y))


def _curve(figure: Figure) -> _Curve:
    if figure.indicator not in titles.TURNED:
        return _Curve(figure, figure.line)
    turned = (Point(point.week, 1 - point.value, 1 - point.high, 1 - point.low) for point in figure.line)
    return _Curve(figure, tuple(turned))


def _ordinal(week: str) -> int:
    return Week.parse(week).start.toordinal() // 7


def _base(curve: _Curve, span: float) -> float:
    """The lowest share drawn, a whole ten, so that the scale of all fields is the same."""
    low, _ = curve.ends
    return max(0.0, min(floor(10 * low) / 10, round(1 - span, 1)))


def _span(curve: _Curve) -> float:
    low, high = curve.ends
    return max(_LEAST_SPAN, round(ceil(10 * high) / 10 - floor(10 * low) / 10, 1))


def _header(sheet: Sheet, digest: Digest, curves: Sequence[_Curve], voice: Voice) -> float:
    y = 88.0
    for line in sheet.wrapped(_finding(curves[0].figure, voice), size=_TITLE, room=_ROOM, weight="bold"):
        sheet.write(line, x=_LEFT, y=y, size=_TITLE, weight="bold")
        y += 58
    scope = voice.say("all branches") if digest.scope_name is None else phrases.clipped(digest.scope_name)
    name = phrases.clipped(digest.institution, most=_LONGEST_NAME)
    for line in sheet.wrapped(f"{scope} · {name}", size=_SMALL, room=_ROOM)[:2]:
        sheet.write(line, x=_LEFT, y=y, size=_SMALL, color=GREY)
        y += _LINE
    return y + 40


def _finding(figure: Figure, voice: Voice) -> str:
    """The title says what was found, not what is drawn."""
    title = titles.title(figure.indicator, voice)
    if figure.verdict is None:
        return voice.say("%(title)s over the weeks", title=title)
    return voice.say("%(title)s: %(verdict)s", title=title, verdict=titles.verdict(figure.verdict, voice))


def _head(sheet: Sheet, figure: Figure, voice: Voice, *, y: float) -> None:
    """The name of a figure, and what is said of its change."""
    room = float(_ROOM)
    if figure.verdict is not None:
        worse, still = figure.verdict is Verdict.WORSE, figure.verdict is Verdict.NO_CLEAR_CHANGE
        word, color = titles.verdict(figure.verdict, voice), _WORSE if worse else GREY if still else _CALM
        weight = "normal" if still else "bold"
        sheet.write(word, x=_RIGHT, y=y, size=_SMALL, weight=weight, color=color, align="right")
        room -= sheet.width(word, size=_SMALL, weight=weight) + 24
    name = sheet.cut(titles.title(figure.indicator, voice), size=_TEXT, room=room, weight="bold")
    sheet.write(name, x=_LEFT, y=y, size=_TEXT, weight="bold")


def _scale(sheet: Sheet, field: _Field) -> None:
    for tick in range(round(10 * field.base), round(10 * (field.base + field.span)) + 1):
        y = field.y(tick / 10)
        sheet.bar(left=_FIELD_LEFT, right=_FIELD_RIGHT, y=y, thick=3, color=TRACK)
        if field.span <= 0.3 or (tick - round(10 * field.base)) % 2 == 0:
            number = phrases.hundred(tick / 10)
            sheet.write(number, x=_FIELD_LEFT - 14, y=y + 11, size=_SMALL, color=GREY, align="right")


def _draw(sheet: Sheet, curve: _Curve, field: _Field, voice: Voice) -> None:
    xs = [field.x(point.week) for point in curve.points]
    sheet.band(
        xs,
        [field.y(point.high) for point in curve.points],
        [field.y(point.low) for point in curve.points],
        color=_BAND,
    )
    _aims(sheet, curve, field, voice)
    ys = [field.y(point.value) for point in curve.points]
    sheet.path(xs, ys, color=_CALM, thick=5)
    for x, y in zip(xs[:-1], ys[:-1], strict=True):
        sheet.mark("o", x=x, y=y, across=7, fill=_CALM, edge=_CALM)
    worse = curve.figure.verdict is Verdict.WORSE
    color = _WORSE if worse else _CALM
    sheet.mark("D" if worse else "o", x=xs[-1], y=ys[-1], across=18, fill=color, edge=color)
    last = phrases.hundred(curve.points[-1].value)
    sheet.write(last, x=xs[-1] + 24, y=ys[-1] + 14, size=_TITLE, weight="bold", color=color)


def _aims(sheet: Sheet, curve: _Curve, field: _Field, voice: Voice) -> None:
    """A dashed line for each limit and target, named where it begins and where no other line is near."""
    indicator = curve.figure.indicator
    first = field.y(curve.points[0].value)
    aims = _apart(curve.figure.aims)
    for aim in aims:
        y = field.y(titles.side(indicator, aim.value))
        sheet.dashes(left=_FIELD_LEFT, right=_FIELD_RIGHT, y=y, color=INK, thick=4)
        others = [field.y(titles.side(indicator, other.value)) for other in aims if other is not aim]
        above = all(y < other for other in others or [first])
        text = titles.aim_mark(aim, voice, indicator=indicator)
        sheet.write(text, x=_FIELD_LEFT + 8, y=y - 12 if above else y + 34, size=_SMALL)


def _apart(aims: Sequence[Aim]) -> Sequence[Aim]:
    """A target where the limit is needs no line of its own."""
    limits = {aim.value for aim in aims if aim.kind is AimKind.LIMIT}
    return [aim for aim in aims if aim.kind is AimKind.LIMIT or aim.value not in limits]


def _weeks(sheet: Sheet, curves: Sequence[_Curve], first: int, last: int, voice: Voice, *, y: float) -> float:
    """The Sundays on which the first and the last window closed, and one between."""
    ends = {_ordinal(point.week): Week.parse(point.week).end for curve in curves for point in curve.points}
    middle = min(ends, key=lambda week: (abs(2 * week - first - last), week))
    for week, align in ((first, "left"), (middle, "center"), (last, "right")):
        x = _FIELD_LEFT + (week - first) / (last - first) * (_FIELD_RIGHT - _FIELD_LEFT)
        sheet.write(phrases.day(ends[week], voice), x=x, y=y, size=_SMALL, color=GREY, align=align)
    return y + 56


def _notes(sheet: Sheet, voice: Voice, *, y: float) -> float:
    told = [
        voice.say("In 100 of those who answered. Each point is the 13 weeks up to its day."),
        voice.say("The true figure very likely lies in the pale band."),
    ]
    for line in sheet.wrapped(" ".join(told), size=_SMALL, room=_ROOM):
        sheet.write(line, x=_LEFT, y=y, size=_SMALL, color=GREY)
        y += _LINE
    return y + 8
