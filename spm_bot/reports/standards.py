"""The report on standards: a quarter's figures under the codes of IRIS+ and of the Universal Standards."""

from __future__ import annotations

from datetime import date

from spm_bot.analytics.board import Board
from spm_bot.analytics.crosswalk import EDITIONS, Scheme, scheme
from spm_bot.reports.answer_lines import answer_lines
from spm_bot.reports.binding import Block, Tab, Written, bound
from spm_bot.reports.demands import Line, cells, heads
from spm_bot.reports.record_lines import record_lines
from spm_bot.texts import Voice

_SCHEMES = tuple(Scheme)


def standards_workbook(board: Board, voice: Voice, *, include_internal: bool = False) -> bytes:
    """An XLSX file, one line a code and figure, empty where nothing is known; the same bytes for the same
    board.

    `include_internal` adds the figures of our own index, marked as such.
    """
    lines = [*answer_lines(board, voice, include_internal=include_internal), *record_lines(board, voice)]
    rows = [cells(line, voice) for line in sorted(lines, key=_place)]
    tabs = (
        Tab(voice.say("Standards"), (Block(rows, head=heads(voice)),), kept=2),
        Tab(voice.say("Method"), (Block(_about(board, voice)), Block(_reading(voice))), kept=1),
    )
    title = f"{board.institution} · {board.quarter}"
    return bound(tabs, voice, title=title, on=date.fromisoformat(board.last))


def _place(line: Line) -> tuple[int, str]:
    """By scheme and code; figures of one code stay in the order in which they came."""
    return _SCHEMES.index(scheme(line.code)), line.code


def _about(board: Board, voice: Voice) -> list[list[Written]]:
    return [
        [voice.say("Institution"), board.institution],
        [voice.say("Quarter"), board.quarter],
        [voice.say("From"), date.fromisoformat(board.first)],
        [voice.say("To"), date.fromisoformat(board.last)],
        [voice.say("Digest of week"), board.digest.week],
        [voice.say("Smallest number of people shown"), board.digest.minimum_cell],
        [voice.say("Version of the method"), board.digest.method],
        [voice.say("IRIS+ catalogue"), EDITIONS[Scheme.IRIS]],
        [voice.say("Universal Standards, edition"), EDITIONS[Scheme.UNIVERSAL]],
    ]


def _reading(voice: Voice) -> list[list[Written]]:
    return [
        [voice.say("Figures of answers are of 13 weeks, those of lists of the day of the list.")],
        [
            voice.say(
                "A code stays empty where the bot does not have the very figure it asks for, also where a "
                "similar one is known."
            )
        ],
        [
            voice.say(
                "How many said something is only given where answers were counted plainly; where they were "
                "weighed, the share stands alone. The denominator is the number of answers."
            )
        ],
        [voice.say("Wordings of what a code asks for are ours; the standard's own text decides.")],
    ]
