from __future__ import annotations

from asyncio import gather
from dataclasses import replace
from datetime import timedelta
from functools import partial

from spm_bot.fieldwork.audience import Audience
from spm_bot.storage import rounds
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.launch import NotLaunched
from spm_bot.usecases.request_sample import Request, request_sample
from spm_bot.usecases.stand import seed_of
from tests.seed import AT, enrol, row, sign
from tests.stage.world import desk

REQUEST = Request(
    code="one", survey="branch_visit", audience=Audience(), size=40, spread_days=1, reason="long queues"
)


def town(connection: Connection) -> None:
    sign(connection, desk().library.survey("branch_visit"), "en")
    enrol(connection, *[row(f"C{number}") for number in range(60)])


async def together(store: Store, *requests: Request) -> tuple[list[Round], list[str]]:
    """What was opened and what was refused when all ask at the same moment."""
    ends = await gather(
        *(request_sample(each, store=store, desk=desk(), actor="ann", now=AT) for each in requests),
        return_exceptions=True,
    )
    opened = [each for each in ends if isinstance(each, Round)]
    return opened, [str(each) for each in ends if isinstance(each, NotLaunched)]


async def test_of_two_requests_at_once_for_the_same_people_one_is_refused(store: Store) -> None:
    await store.write(town)
    opened, refused = await together(store, REQUEST, replace(REQUEST, code="two"))
    assert refused == [
        "nearly the same people were asked for in the last 13 weeks: audiences must differ by 10 or more"
    ]
    assert await store.read(rounds.all_rounds) == opened
    assert len(opened) == 1


async def test_of_two_requests_at_once_under_one_code_one_is_refused(store: Store) -> None:
    await store.write(town)
    opened, refused = await together(store, REQUEST, replace(REQUEST, size=50))
    assert refused == ["there is a round 'one' already: give this one another code"]
    assert await store.read(rounds.all_rounds) == opened
    assert len(opened) == 1


async def test_who_is_drawn_cannot_be_chosen_by_the_code(store: Store) -> None:
    await store.write(town)
    asked = await request_sample(REQUEST, store=store, desk=desk(), actor="ann", now=AT)
    assert asked.seed != seed_of("one")
    assert 0 <= asked.seed < 2**31
    assert await store.read(partial(rounds.find_round, code="one")) == asked
    assert asked.starts_at == AT + timedelta(minutes=desk().institution.asking.undo_minutes)
