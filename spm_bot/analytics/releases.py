"""Which windows of a table may be shown, so that no two digests differ by the answers of a few.

Two digests of a row tell their difference: the answers that came and those that left. They are a cell
like any other, so a window is open only if that cell holds the minimum. Every window is weighed
against the one before it, shown or not: to every older one it differs by more, so one pass
over the answers decides it, always alike, and nothing about earlier digests need be kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from spm_bot.analytics.estimates import Share
from spm_bot.analytics.suppression import hidden_cells
from spm_bot.analytics.tallies import Cell, Cells, Tally
from spm_bot.analytics.windows import WINDOW, Window, first_of_month, monthly_week, window
from spm_bot.times import Week

# How long a figure stands when newer ones may not be shown: weeks for the institution, months for branches.
_WEEKS_STANDING = 4
_MONTHS_STANDING = 3

REACH = 48
"""The weeks of observations that can matter to a digest.

Four since the last monthly week, nine more to the third last, 13 and up to four to its earlier window,
five to the month before that, and the 13 weeks which that one covers.
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What may be shown of one cell: its window and answers, and those of an earlier window if they may."""

    window: Window
    now: Cell
    before: Cell | None

    @property
    def share(self) -> Share:
        return Share(self.now.hits, self.now.n)

    @property
    def earlier(self) -> Share | None:
        return None if self.before is None else Share(self.before.hits, self.before.n)


def institution_shown(answers: Tally, week: Week, *, minimum: int) -> Shown | None:
    """All branches together, in the newest open window that ended with `week` or in the four before it."""
    last = _newest_open(answers, week, minimum=minimum)
    if last is None:
        return None
    earlier = _newest_open(answers, last.minus(WINDOW), minimum=minimum)
    before = None if earlier is None else _total(answers.cells(window(earlier)))
    return Shown(window(last), _total(answers.cells(window(last))), before)


def branches_shown(answers: Tally, week: Week, *, minimum: int) -> dict[str, Shown]:
    """By branch the newest of the last three monthly windows that is open to it; hidden ones are absent.

    A month is compared with the newest monthly window that ended before its own began.
    """
    found: dict[str, Shown] = {}
    month = monthly_week(week)
    for _ in range(_MONTHS_STANDING):
        now = _open_cells(answers, month, minimum=minimum)
        before = _open_cells(answers, monthly_week(month.minus(WINDOW)), minimum=minimum)
        for code in now.keys() - found.keys():
            found[code] = Shown(window(month), now[code], before.get(code))
        month = monthly_week(month.previous())
    return found


def _newest_open(answers: Tally, week: Week, *, minimum: int) -> Week | None:
    weeks = (week.minus(back) for back in range(_WEEKS_STANDING + 1))
    return next((each for each in weeks if _open(answers, each, minimum=minimum)), None)


def _open(answers: Tally, week: Week, *, minimum: int) -> bool:
    """Whether the institution's total of the 13 weeks up to `week` may be shown.

    Where too little moves within a week, a month's first digest may still gather what moved since the
    last open week of the month, or since the month before.
    """
    if _total(answers.cells(window(week))).n < minimum:
        return False
    if _moves(answers, week.previous(), week, minimum=minimum):
        return True
    if not first_of_month(week):
        return False
    since = week.previous()
    while not first_of_month(since) and not _moves(answers, since.previous(), since, minimum=minimum):
        since = since.previous()
    return _moves(answers, since, week, minimum=minimum)


def _moves(answers: Tally, old: Week, new: Week, *, minimum: int) -> bool:
    return answers.moved_in_all(window(old), window(new)) >= minimum


def _open_cells(answers: Tally, month: Week, *, minimum: int) -> Cells:
    """The branches that may be shown for the 13 weeks up to `month`.

    Hidden are those with few respondents, few scored answers or few that moved since the month
    before, each with so many others that the institution's totals do not give them away. All branches
    add up to the total, so where the total may not be shown none is.
    """
    table = answers.cells(window(month))
    if not _open(answers, month, minimum=minimum):
        return {}
    before = window(monthly_week(month.previous()))
    moved = {**dict.fromkeys(table, 0), **answers.moved(before, window(month))}
    hidden = frozenset[str]()
    for counts in (
        {code: cell.respondents for code, cell in table.items()},
        {code: cell.n for code, cell in table.items()},
        moved,
    ):
        hidden = hidden_cells(counts, minimum=minimum, already=hidden)
    return {code: cell for code, cell in table.items() if code not in hidden}


def _total(table: Cells) -> Cell:
    return Cell(
        respondents=sum(cell.respondents for cell in table.values()),
        n=sum(cell.n for cell in table.values()),
        hits=sum(cell.hits for cell in table.values()),
        unscored=sum(cell.unscored for cell in table.values()),
    )
