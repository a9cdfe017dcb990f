"""From answers to an estimate: shares, recommendation scores and means, plain or weighted."""

from __future__ import annotations

from math import sqrt

import numpy as np

from spm_bot.analytics.designs import Derived, Design, design, mean, t_quantile
from spm_bot.analytics.estimates import Estimate, Interval, Share, nps, nps_interval, wilson
from spm_bot.analytics.indicators import Unit
from spm_bot.analytics.raking import kish
from spm_bot.analytics.readings import Floats, Ints

# What rounding leaves of an error of 0 on a scale to 100.
_NOTHING = 1e-9


def estimate(
    values: Floats,
    *,
    unit: Unit,
    weights: Floats | None = None,
    strata: Ints | None = None,
) -> Estimate:
    """What `values` come to, with a 95 % interval, in the unit of the indicator.

    `values`: one number an answer, none NaN: 0 or 1 (SHARE), −100, 0 or 100 (NPS), 0 to 100 (MEAN).
    `weights`, `strata`: as long as `values`, see `designs.design`. Equal weights in one stratum are a plain
    random sample: Wilson's interval, MOVER as in `nps`, Student's t. Otherwise the first two are those of
    as many answers of a plain sample as would be as exact (`effective_size`, `n` at most), and t takes the
    error of the design. Strata with fewer than two answers each on average cannot show how answers spread
    within them, and count as one (collapsed strata: Cochran, W. G. 1977, Sampling Techniques, 5A.12).
    Nothing is corrected for a finite population, so that two estimates can be compared.
    Raises ValueError without values, for other values, or for columns of another length.
    """
    _check(values, unit)
    n = len(values)
    drawn = design(n, weights=weights, strata=strata)
    found = mean(values, drawn)
    if found.df <= drawn.strata.max():
        drawn = design(n, weights=weights)
        found = mean(values, drawn)
    if np.ptp(drawn.weights) == 0 and not drawn.strata.any():
        return _plain(values, unit)
    # Dividing sums of weights leaves noise that would put "all" a little above 100 %.
    value = float(np.clip(found.value, values.min(), values.max()))
    effective = _effective(values, drawn, found)
    match unit:
        case Unit.SHARE:
            interval = wilson(_share(value, effective))
        case Unit.NPS:
            interval = nps_interval(*(_share(part, effective) for part in _parts(values, drawn.weights)))
        case _:
            interval = _mean_interval(value, found.error, df=found.df, effective=effective)
    return Estimate(n, value, interval, effective)


def effective_size(spread: float, *, error: float, n: int, df: int) -> float:
    """How many answers of a plain random sample would be as exact, before it is held to `n`.

    spread/error² · (t_{n−1}/t_df)², where `spread` is the variance of one answer (p(1 − p) for a share) and
    `error` the standard error of the mean. The factor pays for an error that itself rests on few clusters.
    Korn, E. L. & Graubard, B. I. (1998), Survey Methodology 24:193–201. Infinite where the error is 0.
    """
    if error == 0:
        return float("inf")
    return spread / error**2 * (t_quantile(n - 1) / t_quantile(df)) ** 2


def _effective(values: Floats, drawn: Design, found: Derived) -> float:
    n = len(values)
    if np.ptp(values) == 0:
        size = n / kish(drawn.weights)
    else:
        spread = float((drawn.weights * (values - found.value) ** 2).sum() / drawn.weights.sum())
        size = effective_size(spread, error=found.error, n=n, df=found.df)
    # Sums of equal weights leave noise that would make more of n answers than they are.
    return min(float(n), size)


def _check(values: Floats, unit: Unit) -> None:
    if len(values) == 0:
        raise ValueError("nothing can be estimated without answers")
    match unit:
        case Unit.SHARE:
            right = np.isin(values, (0.0, 1.0))
        case Unit.NPS:
            right = np.isin(values, (-100.0, 0.0, 100.0))
        case _:
            right = (values >= 0) & (values <= 100)
    if not right.all():
        raise ValueError(f"{values[~right][0]} is no answer to an indicator that is a {unit}")


def _plain(values: Floats, unit: Unit) -> Estimate:
    n = len(values)
    match unit:
        case Unit.SHARE:
            share = Share(float(values.sum()), n)
            return Estimate(n, share.value, wilson(share), float(n))
        case Unit.NPS:
            promoters, detractors = (int((values == end).sum()) for end in (100, -100))
            return nps(promoters, n - promoters - detractors, detractors)
        case _:
            value = float(values.mean())
            error = float(values.std(ddof=1)) / sqrt(n) if n > 1 else 0.0
            return Estimate(n, value, _mean_interval(value, error, df=n - 1, effective=n), float(n))


def _parts(values: Floats, weights: Floats) -> tuple[float, float]:
    """The weighted shares of promoters and of detractors."""
    promoting, detracting = (float(weights[values == end].sum() / weights.sum()) for end in (100, -100))
    return promoting, detracting


def _share(value: float, effective: float) -> Share:
    return Share(min(effective, value * effective), effective)


def _mean_interval(value: float, error: float, *, df: int, effective: float) -> Interval:
    if error < _NOTHING:
        # Equal answers say nothing about the spread of others; on 0 to 100 none spreads more than a share.
        bounds = wilson(_share(value / 100, effective))
        return Interval(100 * bounds.low, 100 * bounds.high)
    half = t_quantile(df) * error
    return Interval(max(0.0, value - half), min(100.0, value + half))
