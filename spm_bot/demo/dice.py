"""Chance in the demo: every purpose has dice of its own, so no order of events changes a throw."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import TypeVar

T = TypeVar("T")


def dice(seed: int, *purpose: object) -> Random:
    """The dice of one purpose: the same seed and words give the same throws on every machine."""
    return Random(":".join(map(str, (seed, *purpose))))  # noqa: S311  # a play, not a secret


def drawn(weights: Mapping[T, float], rng: Random) -> T:
    """One of the keys, each as likely as its weight says; the weights need no total of their own."""
    return rng.choices(tuple(weights), tuple(weights.values()))[0]
