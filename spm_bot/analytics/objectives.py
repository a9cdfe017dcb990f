"""Where a figure stands against a target or a limit: met, not met, or too close to call."""

from __future__ import annotations

from enum import StrEnum

from spm_bot.analytics.estimates import Interval
from spm_bot.analytics.indicators import Better


class Standing(StrEnum):
    MET = "met"
    NOT_MET = "not met"
    TOO_CLOSE = "too close to call"
    NONE_SET = "no limit set"


def standing(interval: Interval | None, *, aim: float | None, better: Better) -> Standing:
    """Whether the whole interval lies on the good or on the bad side of `aim`.

    A figure that should be high meets its aim when the lower bound reaches it, and misses it when the
    upper bound stays under; one that should be low the other way round. Without an interval nothing
    can be called.
    """
    if aim is None:
        return Standing.NONE_SET
    if interval is None:
        return Standing.TOO_CLOSE
    if better is Better.HIGHER:
        met, missed = interval.low >= aim, interval.high < aim
    else:
        met, missed = interval.high <= aim, interval.low > aim
    if met:
        return Standing.MET
    return Standing.NOT_MET if missed else Standing.TOO_CLOSE
