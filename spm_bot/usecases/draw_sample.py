"""Drawing one wave of a sample: the frame is read, parted and drawn from, and the draw is kept in chunks.

A draw that was interrupted leaves nothing that counts. It is made again from the same seed, so that the
same frame gives the same sample.
"""

from __future__ import annotations

import logging
from array import array
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from random import Random

from spm_bot.fieldwork.quotas import Stratum, allocate
from spm_bot.fieldwork.sampling import draw_strata
from spm_bot.log import event
from spm_bot.storage import audits, draws, frames
from spm_bot.storage.draws import Part
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Conflict, Store

_log = logging.getLogger("spm_bot.samples")

EMPTY = "round_empty"
CHUNK = 1_000
"""Rows written in one transaction, so that nobody's answer waits behind a draw."""


async def draw_sample(round_: Round, now: datetime, *, store: Store) -> bool:
    """Draws the first wave over the strata of the round; False if somebody else draws it as well."""
    frame = await _frame(round_, store=store)
    people = {stratum: len(clients) for stratum, clients in frame.items()}
    rng = Random(f"{round_.seed}:shares")  # noqa: S311  # a sample, not a secret
    places = allocate(people, round_.size or 0, rng=rng)
    quotas = {} if round_.quota is None else allocate(places, round_.quota, rng=rng)
    parts = [Part(stratum, count, places[stratum], quotas.get(stratum)) for stratum, count in people.items()]
    if not await _keep(round_, frame, places, parts=parts, store=store):
        return False
    await _tell(round_, parts, now, store=store)
    return True


async def _tell(round_: Round, parts: Sequence[Part], now: datetime, *, store: Store) -> None:
    """Says whom the sample cannot hear; one that found nobody is in the audit as well."""
    shut_out = sum(part.people for part in parts if not part.places)
    event(
        _log,
        "sample_drawn",
        round=round_.code,
        people=sum(part.people for part in parts),
        places=sum(part.places for part in parts),
        people_without_a_place=shut_out,
    )
    if not parts:
        told = partial(audits.write_down, at=now, actor="system", event=EMPTY, round=round_.code)
        await store.write(told)
        event(_log, EMPTY, severity=logging.WARNING, round=round_.code)


async def draw_again(round_: Round, places: Mapping[Stratum, int], *, store: Store) -> bool:
    """Draws a later wave of so many for each stratum, among those who were not drawn before."""
    frame = await _frame(round_, store=store)
    return await _keep(round_, frame, places, parts=(), store=store)


async def _frame(round_: Round, *, store: Store) -> dict[Stratum, array[int]]:
    frame: dict[Stratum, array[int]] = {}
    after: int | None = 0
    while after is not None:
        page = await store.read(partial(frames.read_page, round_=round_, after=after))
        for stratum, clients in page.people.items():
            frame.setdefault(stratum, array("q")).extend(clients)
        after = page.last
    return frame


async def _keep(
    round_: Round,
    frame: Mapping[Stratum, array[int]],
    places: Mapping[Stratum, int],
    *,
    parts: Sequence[Part],
    store: Store,
) -> bool:
    rng = Random(f"{round_.seed}:{round_.waves}")  # noqa: S311  # a sample, not a secret
    drawn = draw_strata(frame, places, rng=rng)
    try:
        if not await store.write(partial(draws.start_over, round_=round_)):
            return False
        for first in range(0, len(drawn), CHUNK):
            chunk = drawn[first : first + CHUNK]
            if not await store.write(partial(draws.add, round_=round_, drawn=chunk)):
                return False
        return await store.write(partial(draws.finish, round_=round_, drawn=drawn, parts=parts))
    except Conflict:
        return False
