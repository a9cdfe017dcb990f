"""Three to five plain questions that a quarter's figures put to the board."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from spm_bot.analytics.board import Board
from spm_bot.analytics.quadrants import Corner
from spm_bot.reports import phrases, titles
from spm_bot.texts import Voice, comma

MOST = 5
_NAMES = 3
_LOW_COVERAGE = 0.5


def questions(board: Board, voice: Voice) -> list[str]:
    """The most pressing first: limits, stress that the loan book hides, late decisions, reviews, coverage.

    Where the quarter raises fewer than three, standing ones follow.
    """
    raised = list(islice(_raised(board, voice), MOST))
    standing = (
        voice.say("Which of these figures should be better in a year, and who will own that?"),
        voice.say("Which clients do we not hear, and how could we hear them?"),
        voice.say("Do incentives of staff reward what the mission asks for?"),
    )
    return [*raised, *standing[: max(0, 3 - len(raised))]]


def _raised(board: Board, voice: Voice) -> Iterator[str]:
    digest = board.digest
    breached = [titles.title(figure.indicator, voice) for figure in digest.figures if figure.breached]
    if breached:
        yield voice.say(
            "Beyond the limit: %(titles)s. What changes in products or processes, and by when?",
            titles=_named(breached, voice),
        )
    places = digest.scatter.places if digest.scatter is not None else ()
    hidden = [
        phrases.clipped(place.name, most=24) for place in places if place.corner is Corner.HIDDEN_STRESS
    ]
    if hidden:
        yield voice.say(
            "High stress while PAR30 is low: %(branches)s. What do clients give up there to pay on time?",
            branches=_named(hidden, voice),
        )
    late = sum(row.late for row in board.decisions)
    if late:
        yield voice.count(
            "%(n)s decision is late. What stands in its way?",
            "%(n)s decisions are late. What stands in their way?",
            late,
        )
    overdue = [phrases.clipped(row.name, most=24) for row in board.processes if row.overdue]
    if overdue:
        yield voice.say(
            "The review is overdue of: %(processes)s. Who will do it this quarter?",
            processes=_named(overdue, voice),
        )
    coverage = digest.heard.coverage
    if coverage is not None and coverage < _LOW_COVERAGE:
        yield voice.say(
            "%(share)s of all borrowers are in the chat. How will the others be heard?",
            share=phrases.per_hundred(coverage, voice),
        )


def _named(names: list[str], voice: Voice) -> str:
    left = len(names) - _NAMES
    more = [voice.count("and %(n)s more", "and %(n)s more", left)] if left > 0 else []
    return comma(voice.language).join([*names[:_NAMES], *more])
