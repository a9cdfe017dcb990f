"""How often the words of the digest cry wolf, and whether they see what is there.

Calm histories, in which nothing ever changes, of 9 branches and 4 indicators are judged for a year by the
product's own functions: every branch in the first digest of each month, the institution and its chart of
single weeks every week. Then one branch gets worse for good, from 20 to 40 in 100, and the first digest of
a month whose window holds that fully either says so or does not. Run it with `python -m benchmarks.alarms`.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from spm_bot.analytics.control_charts import early
from spm_bot.analytics.estimates import Estimate, Share, wilson
from spm_bot.analytics.indicators import Better, Unit
from spm_bot.analytics.measures import measured
from spm_bot.analytics.signals import WEEKLY_RATE, Comparison, Verdict, verdicts
from spm_bot.analytics.windows import WINDOW, first_of_month, monthly_week
from spm_bot.times import Week

Ints = NDArray[np.int64]
Key = TypeVar("Key")

BRANCHES, ANSWERS, MINIMUM = 9, 120, 10
CALM = (0.20, 0.85, 0.75, 0.40)
BETTER = (Better.LOWER, Better.HIGHER, Better.HIGHER, Better.LOWER)
LEADING = 3
WORSENED = 0.40
FIRST = Week(2025, 1)
# A year is judged, after as many weeks as its first digest looks back on.
BEFORE, YEAR = 35, 52
MONTHS = 12
# Rises tried for each calm history: they cost little, and their share must be known to a point or two.
RISES = 10


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """`answered` by week and branch, `hits` by week, branch and indicator."""

    answered: Ints
    hits: Ints


@dataclass(slots=True)
class Alarms:
    """False words of one year, or of many."""

    branches: int = 0
    institution: int = 0
    institution_weeks: int = 0
    chart: int = 0
    chart_weeks: int = 0

    def add(self, other: Alarms) -> None:
        for name, count in asdict(other).items():
            setattr(self, name, getattr(self, name) + count)


@dataclass(frozen=True, slots=True)
class Report:
    """False alarms a month of branches, of the institution and of its weekly chart; the `_weeks` count a word
    again in every week in which it is still said.

    `found` is the share of lasting rises that the first monthly digest told whose window held them fully.
    """

    histories: int
    branches: float
    institution: float
    institution_weeks: float
    chart: float
    chart_weeks: float
    found: float


def history(generator: np.random.Generator, *, rises: int | None = None) -> History:
    """Weeks of answers, about 120 a branch in 13 weeks; from week `rises` on the first branch is stressed."""
    weeks = BEFORE + YEAR
    answered = generator.poisson(ANSWERS / WINDOW, size=(weeks, BRANCHES))
    chances = np.tile(np.array(CALM), (weeks, BRANCHES, 1))
    if rises is not None:
        chances[rises:, 0, 0] = WORSENED
    return History(answered, generator.binomial(answered[:, :, None], chances))


def false_alarms(calm: History) -> Alarms:
    """Everything the digests of a year say about a history in which nothing changes."""
    alarms = Alarms()
    said: set[int] = set()
    signalled: set[int] = set()
    for place in range(BEFORE, BEFORE + YEAR):
        if first_of_month(_week(place)):
            alarms.branches += len(_called(branch_verdicts(calm, place)))
        said_now = _called(institution_verdicts(calm, place))
        signalled_now = {which for which in range(LEADING) if _early(calm, place, which) is not None}
        alarms.institution += len(said_now - said)
        alarms.institution_weeks += len(said_now)
        alarms.chart += len(signalled_now - signalled)
        alarms.chart_weeks += len(signalled_now)
        said, signalled = said_now, signalled_now
    return alarms


def found(generator: np.random.Generator) -> bool:
    """Whether a rise that begins in some week is told when a month's window first holds it fully."""
    rises = int(generator.integers(BEFORE, BEFORE + 2 * WINDOW))
    place = next(each for each in range(rises + WINDOW - 1, BEFORE + YEAR) if first_of_month(_week(each)))
    words = branch_verdicts(history(generator, rises=rises), place)
    return words[0, 0] is Verdict.WORSE


def branch_verdicts(answers: History, place: int) -> dict[tuple[int, int], Verdict]:
    """All branches on all indicators, one family, in the monthly digest of that week."""
    month = _week(place)
    earlier = place - month.since(monthly_week(month.minus(WINDOW)))
    family = {
        (branch, which): _comparison(
            answers, (place, earlier), which=which, branches=slice(branch, branch + 1)
        )
        for branch in range(BRANCHES)
        for which in range(len(CALM))
    }
    return verdicts(family)


def institution_verdicts(answers: History, place: int) -> dict[int, Verdict]:
    """The leading figures of the institution, one family, in the digest of that week."""
    ends = (place, place - WINDOW)
    family = {
        which: _comparison(answers, ends, which=which, branches=slice(None)) for which in range(LEADING)
    }
    return verdicts(family, rate=WEEKLY_RATE)


def _comparison(answers: History, ends: tuple[int, int], *, which: int, branches: slice) -> Comparison:
    now, before = (
        measured(_estimate(answers, slice(end - WINDOW + 1, end + 1), which, branches), unit=Unit.SHARE)
        for end in ends
    )
    return Comparison(now, before, BETTER[which], leads=which == 0)


def _estimate(answers: History, weeks: slice, which: int, branches: slice) -> Estimate:
    n = int(answers.answered[weeks, branches].sum())
    share = Share(int(answers.hits[weeks, branches, which].sum()), n)
    return Estimate(n, share.value, wilson(share), n)


def _early(answers: History, place: int, which: int) -> Verdict | None:
    span = range(place - BEFORE + 1, place + 1)
    return early([_singles(answers, week, which) for week in span], better=BETTER[which], minimum=MINIMUM)


def _singles(answers: History, week: int, which: int) -> NDArray[np.float64]:
    n, hits = int(answers.answered[week].sum()), int(answers.hits[week, :, which].sum())
    return np.repeat((1.0, 0.0), (hits, n - hits))


def _called(words: dict[Key, Verdict]) -> set[Key]:
    return {key for key, word in words.items() if word is not Verdict.NO_CLEAR_CHANGE}


def _week(place: int) -> Week:
    return FIRST.minus(-place)


def measure(generator: np.random.Generator, *, histories: int) -> Report:
    alarms = Alarms()
    for _ in range(histories):
        alarms.add(false_alarms(history(generator)))
    told = [found(generator) for _ in range(RISES * histories)]
    monthly = {name: count / histories / MONTHS for name, count in asdict(alarms).items()}
    return Report(histories=histories, found=sum(told) / len(told), **monthly)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--histories", type=int, default=200)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    report = measure(np.random.default_rng(args.seed), histories=args.histories)
    print(json.dumps(asdict(report), indent=1))


if __name__ == "__main__":
    main()
