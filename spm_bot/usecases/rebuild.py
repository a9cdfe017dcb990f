"""Observations made again from the responses: after a change of the catalogue, or of rows by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from spm_bot.analytics.indicators import Observed, observe
from spm_bot.storage import extracts, observations, responses
from spm_bot.storage.responses import Judged
from spm_bot.storage.store import Connection, Store

CHUNK = 1000
"""Responses gone through in one transaction: nobody's answer waits behind all of them."""


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many responses were gone through, and of how many the observations changed."""

    responses: int
    changed: int


async def rebuild(*, store: Store, progress: Callable[[int], object], at_once: int = CHUNK) -> Rebuilt:
    """Brings the observations of every response that still has its answers to what they say today.

    Cut short at any place, it may run again; a second run changes nothing.
    """
    seen = changed = last = 0
    while chunk := await store.write(partial(_rebuild, after=last, limit=at_once)):
        last = chunk.last
        seen, changed = seen + chunk.responses, changed + chunk.changed
        progress(chunk.responses)
    return Rebuilt(seen, changed)


@dataclass(frozen=True, slots=True)
class _Chunk:
    responses: int
    changed: int
    last: int


def _rebuild(connection: Connection, *, after: int, limit: int) -> _Chunk | None:
    judged = responses.judged_after(connection, after, limit=limit)
    if not judged:
        return None
    answered = extracts.answered(connection, [each.session for each in judged])
    held = observations.held(connection, [each.id for each in judged])
    changed: list[tuple[Judged, tuple[Observed, ...]]] = []
    for each in judged:
        # Where no answer is left, what was observed is all there is.
        if each.session not in answered:
            continue
        found = _observed(each, answered[each.session])
        if {(each.week, each.origin, one) for one in found} != held.get(each.id, frozenset()):
            changed.append((each, found))
    observations.drop(connection, [each.id for each, _ in changed])
    for each, found in changed:
        observations.add(connection, each.id, found, week=each.week, origin=each.origin)
    return _Chunk(len(judged), len(changed), judged[-1].id)


def _observed(judged: Judged, answered: dict[str, list[tuple[str, float | None]]]) -> tuple[Observed, ...]:
    return observe(
        judged.survey,
        {name: tuple(code for code, _ in picks if code) for name, picks in answered.items()},
        numbers={
            name: number for name, picks in answered.items() for _, number in picks if number is not None
        },
        bands=judged.bands,
        scores=judged.scores,
    )
