"""Lines of the report on standards that clients' answers fill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from spm_bot.analytics.board import Board
from spm_bot.analytics.crosswalk import INTERNAL, Link, links
from spm_bot.analytics.digest import Digest
from spm_bot.analytics.figures import Figure
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.measures import Exact
from spm_bot.analytics.quality import Reach
from spm_bot.reports import phrases, titles
from spm_bot.reports.binding import Written, per_cent
from spm_bot.reports.definitions import definition, unit_name
from spm_bot.reports.demands import Line
from spm_bot.reports.spread import spread
from spm_bot.reports.wording import HIDDEN
from spm_bot.texts import Voice
from spm_bot.times import Week

# Floats of a share that was counted without weights come back to whole people within this.
_WHOLE = 1e-6


def answer_lines(board: Board, voice: Voice, *, include_internal: bool) -> Iterator[Line]:
    """One line for each indicator and code it informs; those of our own index only if asked for."""
    for link in links():
        if include_internal or link.indicator not in INTERNAL:
            yield _line(link, board.digest, voice)


def _line(link: Link, digest: Digest, voice: Voice) -> Line:
    code = link.indicator
    blank = Line(code=link.code, title=titles.title(code, voice), indicator=code)
    if not link.exact:
        return replace(
            blank,
            title="",
            indicator="",
            limits=voice.say(
                "%(title)s (%(code)s) may point to it beforehand, but is not this figure.",
                title=titles.title(code, voice),
                code=code,
            ),
        )
    figure = digest.figure(code)
    told = replace(
        blank,
        unit=unit_name(titles.unit(code), voice),
        mode=voice.say("chat"),
        method=_method(figure, code, voice),
        limits=" ".join(_limits(figure, code, digest, voice)),
    )
    return told if figure is None or figure.now is None else _filled(told, figure, digest, voice)


def _filled(line: Line, figure: Figure, digest: Digest, voice: Voice) -> Line:
    value, low, high, answers = spread(figure.indicator, figure.now, voice)
    coverage, completion, response = _reached(digest)
    weeks = figure.window
    last = None if weeks is None else Week.parse(weeks.last).end
    return replace(
        line,
        value=value,
        low=low,
        high=high,
        numerator=_counted(figure),
        denominator=answers,
        coverage=coverage,
        completion=completion,
        response=response,
        first=None if weeks is None else Week.parse(weeks.first).start,
        last=last,
        evidence=voice.say(
            "digest of week %(week)s, method %(version)s", week=digest.week, version=digest.method
        ),
        on=last,
    )


def _counted(figure: Figure) -> int | None:
    """How many said it, where the share is a plain count of people: not where answers were weighed."""
    told = titles.shown(figure.indicator, figure.now)
    match told:
        case Exact(unit=Unit.SHARE, wide=False) if not figure.weighted:
            count = told.value * told.n
            return round(count) if abs(count - round(count)) < _WHOLE else None
    return None


def _reached(digest: Digest) -> tuple[Written, Written, Written]:
    """Coverage, completion and response of all clients."""
    row = next((row for row in digest.quality.reach if row.reach is Reach.ALL), None)
    if row is None:
        return (None, None, None)
    if row.hidden:
        return (HIDDEN, HIDDEN, HIDDEN)
    coverage, completion, response = (
        None if share is None else per_cent(share) for share in (row.coverage, row.completion, row.cumulative)
    )
    return coverage, completion, response


def _method(figure: Figure | None, code: str, voice: Voice) -> str:
    told = definition(code, voice)
    parts = [
        voice.say("counted: %(counted)s", counted=told.counted),
        voice.say("of: %(of)s", of=told.of),
        voice.say("left out: %(but)s", but=told.but),
        voice.say("range of 95 in 100"),
    ]
    if figure is not None and figure.weighted:
        parts.append(voice.say("weighed to the client list"))
    return "; ".join(parts)


def _limits(figure: Figure | None, code: str, digest: Digest, voice: Voice) -> Iterator[str]:
    """What the reader of this line must know."""
    if code in INTERNAL:
        yield voice.say("Own index, not validated, not comparable.")
    if figure is None:
        yield voice.say("Not asked, or no answers yet.")
        return
    if figure.now is None:
        yield f"{phrases.figure_value(figure, None, voice)}."
        return
    if figure.now.few:
        yield voice.say("Few answers.")
    if digest.heard.feedback_only:
        yield voice.say("Feedback, not an estimate.")
    if digest.heard.chat_only:
        yield voice.say("Of clients in the chat only.")
    if digest.heard.arrears_answer_less:
        yield voice.say("Clients in arrears answered less.")
    if figure.uneven:
        yield voice.say("Groups answered too unevenly to be weighed.")
    yield voice.say("Own wording, by chat: not comparable with surveys by phone or in person.")
