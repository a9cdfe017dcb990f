"""The first picture of a digest: one range a branch, to be read on a phone in ten seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from spm_bot.analytics.breakdowns import Row
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.measures import ENOUGH, End, Exact, Rough
from spm_bot.analytics.signals import Verdict
from spm_bot.analytics.windows import Window
from spm_bot.reports import phrases, titles
from spm_bot.reports.sheet import GREY, INK, PALE, TRACK, WIDTH, Sheet
from spm_bot.texts import Voice, comma
from spm_bot.times import Week

_MARGIN = 44
_LEFT, _RIGHT = _MARGIN, WIDTH - _MARGIN
_ROOM = _RIGHT - _LEFT
_SMALL, _TEXT, _TITLE = 11.0, 12.0, 16.0
_LINE = 42
_LONGEST_NAME = 80
# A chat refuses photos whose sides add up to more than 10,000 pixels.
_MOST_ROWS = 80

# Blue and orange of Okabe and Ito, told apart with any colour vision; the words say it too.
_CALM, _CALM_RANGE = "#0072b2", "#9cc8e3"
_WORSE, _WORSE_RANGE = "#d55e00", "#f2bf99"


# Text, weight, colour.
_Word = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class _Axis:
    """Shares from 0 to `top`, laid over the width of the sheet."""

    top: float

    def at(self, share: float) -> float:
        return _LEFT + _ROOM * min(share, self.top) / self.top

    def ticks(self) -> tuple[float, ...]:
        step = 10 if self.top <= 0.5 else 20
        return tuple(tick / 100 for tick in range(0, round(100 * self.top) + 1, step))


def branches_picture(digest: Digest, voice: Voice) -> bytes:
    """A PNG, 1,080 pixels wide: every branch of the scope in the order of names, never of values."""
    sheet = Sheet(voice.language)
    rows = digest.branches[:_MOST_ROWS]
    axis = _axis(digest)
    y = _header(sheet, digest, voice)
    visible = any(row.now is not None for row in rows)
    if visible and digest.branch_limit is not None:
        y = _limit_label(sheet, axis, digest.branch_limit, voice, y=y)
    for row in rows:
        words = _words(row, digest.branch_window, voice)
        y = _row(sheet, row, words, axis=axis, limit=digest.branch_limit, y=y)
    if visible:
        y = _scale(sheet, axis, voice, y=y)
        y = _legend(sheet, voice, y=y)
    y = _notes(sheet, digest, voice, y=y)
    return sheet.png(height=y)


def _axis(digest: Digest) -> _Axis:
    ends = [row.now.high for row in digest.branches if isinstance(row.now, Exact)]
    ends += [1.0 for row in digest.branches if isinstance(row.now, Rough) and row.now.end is End.HIGH]
    ends += [row.before.value for row in digest.branches if isinstance(row.before, Exact)]
    return _Axis(min(1.0, ceil(10 * max([0.4, digest.branch_limit or 0.0, *ends])) / 10))


def _header(sheet: Sheet, digest: Digest, voice: Voice) -> float:
    y = _MARGIN + 44.0
    for line in sheet.wrapped(_finding(digest, voice), size=_TITLE, room=_ROOM, weight="bold"):
        sheet.write(line, x=_LEFT, y=y, size=_TITLE, weight="bold")
        y += 58
    weeks = digest.branch_window
    first, last = Week.parse(weeks.first).start, Week.parse(weeks.last).end
    period = voice.say("13 weeks, %(dates)s %(year)s", dates=phrases.days(first, last, voice), year=last.year)
    for line in sheet.wrapped(
        f"{period} · {phrases.clipped(digest.institution, most=_LONGEST_NAME)}", size=_SMALL, room=_ROOM
    )[:2]:
        sheet.write(line, x=_LEFT, y=y, size=_SMALL, color=GREY)
        y += _LINE
    return y + 30


def _finding(digest: Digest, voice: Voice) -> str:
    """The title says what was found, not what is drawn.

    Between two monthly digests it names this week's figure; the dates beneath it are those of the branches.
    """
    if digest.scope is not None:
        own = next((row.now for row in digest.branches if row.code == digest.scope), None)
        return voice.say("Debt stress here: %(value)s", value=phrases.value(own, voice))
    worse = [row.name for row in digest.branches if row.verdict is Verdict.WORSE]
    better = [row.name for row in digest.branches if row.verdict is Verdict.BETTER]
    if worse:
        return voice.say("Debt stress is clearly worse in %(branches)s", branches=_named(worse, voice))
    if better:
        return voice.say("Debt stress is clearly better in %(branches)s", branches=_named(better, voice))
    if any(row.verdict is not None for row in digest.branches):
        return voice.say("No branch shows a clear change in debt stress")
    if digest.first_of_month and digest.branches:
        return voice.say("No branch has enough answers for a verdict yet")
    figure = digest.figure(digest.branch_indicator)
    value = phrases.value(None if figure is None else figure.now, voice)
    return voice.say("Debt stress: %(value)s, all branches together", value=value)


def _named(names: list[str], voice: Voice) -> str:
    if len(names) <= 3:
        return comma(voice.language).join(phrases.clipped(name) for name in names)
    return voice.count("%(n)s branch", "%(n)s branches", len(names))


def _limit_label(sheet: Sheet, axis: _Axis, limit: float, voice: Voice, *, y: float) -> float:
    text = voice.say("limit %(aim)s", aim=phrases.hundred(limit))
    half = sheet.width(text, size=_SMALL) / 2
    x = min(max(axis.at(limit), _LEFT + half), _RIGHT - half)
    sheet.write(text, x=x, y=y, size=_SMALL, align="center")
    sheet.stroke(x=axis.at(limit), top=y + 10, bottom=y + 24, color=INK, thick=4)
    return y + 56


def _row(
    sheet: Sheet, row: Row, words: Sequence[_Word], *, axis: _Axis, limit: float | None, y: float
) -> float:
    """Name and words in one line, the range beneath; a hidden branch has its name and the one mark."""
    x = float(_RIGHT)
    for text, weight, color in reversed(words):
        sheet.write(text, x=x, y=y, size=_SMALL, weight=weight, color=color, align="right")
        x -= sheet.width(text, size=_SMALL, weight=weight) + 16
    name = sheet.cut(phrases.cleaned(row.name), size=_TEXT, room=x - _LEFT - 8, weight="bold")
    sheet.write(name, x=_LEFT, y=y, size=_TEXT, weight="bold", color=GREY if row.now is None else INK)
    if row.now is None:
        return y + 70
    middle = y + 32
    sheet.bar(left=_LEFT, right=_RIGHT, y=middle, thick=30, color=TRACK)
    for tick in axis.ticks()[1:]:
        sheet.stroke(x=axis.at(tick), top=middle - 15, bottom=middle + 15, color="white", thick=3)
    if limit is not None:
        sheet.stroke(x=axis.at(limit), top=middle - 18, bottom=middle + 18, color=INK, thick=4)
    _range(sheet, row, axis=axis, y=middle)
    return y + 98


def _words(row: Row, weeks: Window, voice: Voice) -> list[_Word]:
    """What is written at the right of a branch; the end of its own weeks where they are not the picture's."""
    found: list[_Word] = []
    match row.now:
        case None:
            return [(phrases.value(None, voice), "normal", GREY)]
        case Rough():
            found.append((phrases.value(row.now, voice), "normal", INK))
        case exact:
            if not exact.wide:
                found.append((phrases.per_hundred(exact.value, voice), "bold", INK))
    if row.verdict is not None:
        strong = row.verdict is not Verdict.NO_CLEAR_CHANGE
        color = _WORSE if row.verdict is Verdict.WORSE else _CALM if strong else GREY
        found.append((titles.verdict(row.verdict, voice), "bold" if strong else "normal", color))
    if row.now.few:
        found.append((voice.say("few answers"), "normal", GREY))
    if row.window is not None and row.window != weeks:
        until = voice.say("until %(date)s", date=phrases.last_day(row.window, voice))
        found.append((f"· {until}", "normal", GREY))
    return found


def _range(sheet: Sheet, row: Row, *, axis: _Axis, y: float) -> None:
    worse = row.verdict is Verdict.WORSE
    strong, light = (_WORSE, _WORSE_RANGE) if worse else (_CALM, _CALM_RANGE)
    match row.now:
        case Exact(low=low, high=high):
            sheet.bar(left=axis.at(low), right=axis.at(high), y=y, thick=16, color=light)
        case Rough(end=End.LOW):
            sheet.bar(left=axis.at(0.0), right=axis.at(0.1), y=y, thick=16, color=light)
        case _:
            sheet.bar(left=axis.at(0.9), right=axis.at(1.0), y=y, thick=16, color=light)
    if isinstance(row.before, Exact) and not row.before.wide:
        _before(sheet, x=axis.at(row.before.value), y=y)
    if isinstance(row.now, Exact) and not row.now.wide:
        fill = "white" if row.now.few else strong
        sheet.mark("D" if worse else "o", x=axis.at(row.now.value), y=y, across=22, fill=fill, edge=strong)


def _scale(sheet: Sheet, axis: _Axis, voice: Voice, *, y: float) -> float:
    y -= 6
    for tick in axis.ticks():
        align = "left" if tick == 0 else "right" if tick == axis.top else "center"
        sheet.write(phrases.hundred(tick), x=axis.at(tick), y=y, size=_SMALL, color=GREY, align=align)
    sheet.write(voice.say("in 100 of those who answered"), x=_LEFT, y=y + _LINE, size=_SMALL, color=GREY)
    return y + 2 * _LINE + 30


def _before(sheet: Sheet, *, x: float, y: float) -> None:
    """A pointer under the range: it stays visible where nothing has moved."""
    sheet.mark("^", x=x, y=y + 22, across=12, fill=PALE, edge=PALE)


def _legend(sheet: Sheet, voice: Voice, *, y: float) -> float:
    now, before = voice.say("these 13 weeks with 95 % range"), voice.say("13 weeks before")
    sheet.bar(left=_LEFT, right=_LEFT + 70, y=y - 11, thick=16, color=_CALM_RANGE)
    sheet.mark("o", x=_LEFT + 35, y=y - 11, across=22, fill=_CALM, edge=_CALM)
    sheet.write(now, x=_LEFT + 86, y=y, size=_SMALL)
    x = _LEFT + 86 + sheet.width(now, size=_SMALL) + 44
    if x + 30 + sheet.width(before, size=_SMALL) > _RIGHT:
        x, y = _LEFT + 35, y + _LINE
        _before(sheet, x=x, y=y - 33)
        sheet.write(before, x=_LEFT + 86, y=y, size=_SMALL)
    else:
        _before(sheet, x=x, y=y - 33)
        sheet.write(before, x=x + 24, y=y, size=_SMALL)
    return y + _LINE + 18


def _notes(sheet: Sheet, digest: Digest, voice: Voice, *, y: float) -> float:
    figure = digest.figure(digest.branch_indicator)
    notes = []
    if figure is not None and figure.now is not None and figure.window == digest.branch_window:
        notes.append(voice.say("%(n)s answers in all.", n=phrases.whole(figure.now.n, voice)))
    if len(digest.branches) > _MOST_ROWS:
        left = len(digest.branches) - _MOST_ROWS
        notes.append(voice.count("%(n)s branch is not drawn.", "%(n)s branches are not drawn.", left))
    notes.append(voice.say("Few answers: under %(enough)s.", enough=ENOUGH))
    notes.append(
        voice.say(
            "Too few to show: under %(minimum)s, or hidden so that no small branch can be worked out.",
            minimum=digest.minimum_cell,
        )
    )
    if digest.scope is None:
        notes.append(voice.say("In the order of names, not a ranking."))
    for line in sheet.wrapped(" ".join(notes), size=_SMALL, room=_ROOM):
        sheet.write(line, x=_LEFT, y=y, size=_SMALL, color=GREY)
        y += _LINE
    return y + 16
