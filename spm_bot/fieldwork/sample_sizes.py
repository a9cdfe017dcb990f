"""How many people to ask, for a share that is to be known within some points."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from statistics import NormalDist

_NOISE = 1e-9


@dataclass(frozen=True, slots=True)
class SampleSize:
    """Answers needed, and invitations that bring them: more than there are people means out of reach."""

    answers: int
    invitations: int


def sample_size(
    population: int,
    *,
    margin: float = 0.05,
    confidence: float = 0.95,
    share: float = 0.5,
    design_effect: float = 1.0,
    response_rate: float = 1.0,
) -> SampleSize:
    """The sample for a share around `share`, known within `margin` either way (Cochran 1977).

    `design_effect` is how many times wider than a plain random sample's the variance is. Nothing is rounded
    before the end. Raises ValueError.
    """
    if population < 1:
        raise ValueError("the population has at least one person")
    for name, value in (("margin", margin), ("confidence", confidence), ("share", share)):
        if not 0 < value < 1:
            raise ValueError(f"the {name} lies between 0 and 1")
    if design_effect < 1:
        raise ValueError("the design effect is 1 or more")
    if not 0 < response_rate <= 1:
        raise ValueError("the response rate lies above 0 and is at most 1")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    endless = z**2 * share * (1 - share) / margin**2 * design_effect
    answers = endless / (1 + (endless - 1) / population)
    return SampleSize(_up(answers), _up(answers / response_rate))


def _up(number: float) -> int:
    return ceil(number - _NOISE)
