"""Samples from the draw to the last answer, whatever goes wrong in between."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, TypeVar

import pytest
from sqlalchemy import select, update

from spm_bot.fieldwork.audience import Audience
from spm_bot.fieldwork.round_states import RoundState
from spm_bot.storage import (
    audits,
    draws,
    endings,
    farewells,
    outbox,
    people,
    rounds,
    sessions,
    survey_versions,
    tables,
)
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.vault import Vault
from spm_bot.surveys.session import Session
from spm_bot.usecases import draw_sample, release_drawn
from spm_bot.usecases.carry_out import carry_out
from tests.seed import AT, DAY, HOUR, enrol, enter, meet, row, rows_of, say_yes, sign
from tests.stage.world import desk

T = TypeVar("T")
VISIT = desk().library.survey("branch_visit")
WINDOW = timedelta(hours=72)
BRANCHES = {"BUN": 30, "BUS": 20, "KIS": 10}


def town(connection: Connection) -> None:
    """Sixty clients of three branches who can all be asked."""
    sign(connection, VISIT, "en")
    rows = [
        row(f"{branch}-{number}", branch=branch)
        for branch, count in BRANCHES.items()
        for number in range(count)
    ]
    enrol(connection, *rows)


def sample(connection: Connection, **terms: Any) -> Round:
    plain = {
        "code": "visit",
        "survey": VISIT.code,
        "origin": "adhoc",
        "audience": Audience().to_json(),
        "seed": 7,
        "at": AT,
        "size": 12,
        "strata": ("branch",),
    }
    return rounds.open_round(connection, **{**plain, **terms})


def bystander(connection: Connection, code: str) -> None:
    """This client wants no more surveys."""
    say_yes(connection, code, given=False)


async def go(store: Store, now: datetime = AT) -> int:
    return await carry_out(now, store=store, desk=desk())


async def invited(store: Store, *columns: str) -> list[tuple[Any, ...]]:
    return await store.read(lambda c: rows_of(c, tables.invitations, *columns or ["id"]))


async def drawn(store: Store, *columns: str) -> list[tuple[Any, ...]]:
    return await store.read(lambda c: rows_of(c, tables.draws, *columns or ["id"]))


async def the_round(store: Store, code: str = "visit") -> Round:
    found = await store.read(lambda c: rounds.find_round(c, code))
    assert found is not None
    return found


def answer(connection: Connection, stratum: str, count: int) -> None:
    """So many of a stratum's invitations are answered, oldest first."""
    mine = (tables.invitations.c.stratum == stratum, tables.invitations.c.outcome.is_(None))
    ids = connection.execute(select(tables.invitations.c.id).where(*mine).limit(count)).scalars().all()
    for each in ids:
        rounds.set_delivered(connection, [each], at=AT)
        rounds.set_outcome(connection, each, "completed")
        outbox.settle(connection, [outbox.Outcome(_message(connection, each), outbox.SENT)], at=AT)


def _message(connection: Connection, invitation: int) -> int:
    key = tables.outbox.c.dedupe == f"invitation:{invitation}"
    found: int = connection.execute(select(tables.outbox.c.id).where(key)).scalar_one()
    return found


async def test_sample_is_drawn_by_strata_and_invited_once(store: Store) -> None:
    await store.write(town)
    await store.write(sample)
    assert await go(store) == 12
    assert Counter(await invited(store, "branch", "stratum")) == {
        ("BUN", "BUN"): 6,
        ("BUS", "BUS"): 4,
        ("KIS", "KIS"): 2,
    }
    assert set(await invited(store, "wave", "invited_at", "expires_at")) == {(0, AT, AT + WINDOW)}
    assert set(await drawn(store, "wave", "state", "reason")) == {(0, "invited", "")}
    parts = await store.read(lambda c: rows_of(c, tables.strata, "stratum", "people", "places", "quota"))
    assert parts == [("BUN", 30, 6, None), ("BUS", 20, 4, None), ("KIS", 10, 2, None)]
    assert await go(store) == await go(store, AT + HOUR) == 0
    assert len(await invited(store)) == 12
    waiting = await store.read(partial(outbox.due, now=AT, limit=100))
    assert len({due.address_id for due in waiting}) == len(waiting) == 12


async def test_same_seed_and_frame_give_the_same_sample(store: Store) -> None:
    await store.write(town)
    for code, seed in (("one", 7), ("same", 7), ("other", 8)):
        await store.write(partial(sample, code=code, seed=seed, starts_at=AT + DAY))
    assert await go(store) == 0
    by_round: dict[int, list[tuple[Any, ...]]] = {}
    for number, *rest in await drawn(store, "round_id", "client_id", "stratum", "wave", "state"):
        by_round.setdefault(number, []).append(tuple(rest))
    one, same, other = by_round.values()
    assert one == same
    assert one != other


async def test_nothing_leaves_before_its_start_or_outside_the_spread(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, starts_at=AT + HOUR, spread_hours=6))
    assert await go(store, AT) == 0
    assert len(await drawn(store)) == 12
    assert await go(store, AT + HOUR) == 12
    times = [at for (at,) in await invited(store, "invited_at")]
    assert len(set(times)) == 12
    assert all(AT + HOUR <= at < AT + 7 * HOUR for at in times)


async def test_audience_is_kept(store: Store) -> None:
    await store.write(town)
    audience = Audience(branches=frozenset({"BUS", "KIS"}), genders=frozenset({"female"}))
    await store.write(partial(sample, audience=audience.to_json(), size=50, strata=("branch", "gender")))
    assert await go(store) == 30
    assert Counter(await invited(store, "stratum")) == {("BUS/female",): 20, ("KIS/female",): 10}


@pytest.mark.parametrize(
    ("state", "count"),
    [(state, 12 * (state == RoundState.OPEN)) for state in RoundState],
)
async def test_only_an_open_round_is_carried_out(store: Store, state: RoundState, count: int) -> None:
    await store.write(town)
    await store.write(partial(sample, state=state))
    assert await go(store) == count
    assert len(await drawn(store)) == count


async def test_paused_round_goes_on_where_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_drawn, "CHUNK", 5)
    await store.write(town)
    one = await store.write(sample)
    with pytest.raises(Halt):
        await carry_out(AT, store=Fragile(store, 6), desk=desk())  # type: ignore[arg-type]
    half = await invited(store, "client_id")
    assert 0 < len(half) < 12
    await store.write(partial(rounds.set_state, round_id=one.id, state=RoundState.PAUSED))
    assert await go(store) == 0
    await store.write(partial(rounds.set_state, round_id=one.id, state=RoundState.OPEN))
    assert await go(store) == 12 - len(half)
    assert len(await invited(store)) == 12


async def test_who_could_not_be_asked_is_replaced_from_the_same_stratum(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, starts_at=AT + HOUR))
    await go(store)
    chosen = await store.read(_codes_drawn)
    silent = [next(code for code in chosen if code.startswith(branch)) for branch in ("BUN", "KIS")]
    for code in silent:
        await store.write(partial(bystander, code=code))
    assert await go(store, AT + HOUR) == 12
    assert Counter(await invited(store, "stratum", "wave")) == {
        ("BUN", 0): 5,
        ("BUN", 1): 1,
        ("BUS", 0): 4,
        ("KIS", 0): 1,
        ("KIS", 1): 1,
    }
    reasons = [row for row in await drawn(store, "stratum", "state", "reason") if row[1] == "passed"]
    assert sorted(reasons) == [("BUN", "passed", "no_consent"), ("KIS", "passed", "no_consent")]
    assert (await the_round(store)).waves == 2


def _codes_drawn(connection: Connection) -> list[str]:
    query = select(tables.clients.c.code).join(tables.draws, tables.draws.c.client_id == tables.clients.c.id)
    return list(connection.execute(query.order_by(tables.draws.c.id)).scalars())


async def test_replacements_end_with_the_waves_of_the_round_or_the_frame(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, replacements=0, starts_at=AT + HOUR))
    await store.write(partial(sample, code="all", size=100, starts_at=AT + 30 * DAY))
    await go(store)
    await store.write(partial(bystander, code=(await store.read(_codes_drawn))[0]))
    assert await go(store, AT + HOUR) == 11
    assert await go(store, AT + 30 * DAY) == 59
    found = await store.read(rounds.all_rounds)
    assert [each.waves for each in found] == [1, 2]


async def test_forgotten_client_is_passed_over(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, replacements=0, starts_at=AT + HOUR))
    await go(store)
    code = (await store.read(_codes_drawn))[0]
    client = await store.read(lambda c: people.client_by_code(c, code).id)
    await store.write(lambda c: farewells.erase(c, client, code=code, minimum_cell=10))
    assert await go(store, AT + HOUR) == 11
    assert (await drawn(store, "client_id", "state", "reason"))[0] == (None, "passed", "forgotten")


def silence(connection: Connection, stratum: str, count: int, *, outcome: str = "no_answer") -> list[int]:
    """So many of a stratum's invitations arrive and end without an answer, oldest first."""
    open_ = (tables.invitations.c.stratum == stratum, tables.invitations.c.outcome.is_(None))
    query = select(tables.invitations.c.id).where(*open_).order_by(tables.invitations.c.id).limit(count)
    ids = list(connection.execute(query).scalars())
    rounds.set_delivered(connection, ids, at=AT)
    for each in ids:
        rounds.set_outcome(connection, each, outcome)
        outbox.settle(connection, [outbox.Outcome(_message(connection, each), outbox.SENT)], at=AT)
    return ids


async def test_quota_releases_no_more_than_could_fill_it_and_more_as_people_stay_silent(
    store: Store,
) -> None:
    await store.write(town)
    await store.write(partial(sample, size=24, quota=12))
    assert await go(store) == 12
    parts = await store.read(lambda c: rows_of(c, tables.strata, "stratum", "places", "quota"))
    assert parts == [("BUN", 12, 6), ("BUS", 8, 4), ("KIS", 4, 2)]
    assert Counter(await invited(store, "stratum")) == {("BUN",): 6, ("BUS",): 4, ("KIS",): 2}
    assert await go(store, AT + HOUR) == 0
    await store.write(partial(answer, stratum="BUN", count=4))
    assert await go(store, AT + HOUR) == 0
    await store.write(partial(silence, stratum="BUN", count=2))
    await store.write(partial(answer, stratum="BUS", count=4))
    assert await go(store, AT + 2 * HOUR) == 2
    assert [stratum for (stratum,) in await invited(store, "stratum")][12:] == ["BUN"] * 2
    # In the order of the draw.
    line = [row for row in await drawn(store, "stratum", "state") if row[0] == "BUN"]
    assert line == [("BUN", "invited")] * 8 + [("BUN", "drawn")] * 4
    assert [row for row in await drawn(store, "stratum", "state", "reason") if row[1] == "passed"] == [
        ("BUS", "passed", "quota_filled")
    ] * 4


async def test_late_answer_takes_back_what_has_not_left(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, size=24, quota=12, spread_hours=6))
    await go(store)
    [late] = await store.write(partial(silence, stratum="BUN", count=1))
    await store.write(partial(answer, stratum="BUN", count=5))
    assert await go(store, AT + HOUR) == 1
    await store.write(lambda c: rounds.set_outcome(c, late, "completed"))
    assert await go(store, AT + HOUR) == 0
    assert Counter(row for row in await invited(store, "stratum", "outcome") if row[0] == "BUN") == {
        ("BUN", "completed"): 6,
        ("BUN", "not_eligible"): 1,
    }
    assert Counter(await store.read(lambda c: rows_of(c, tables.outbox, "state"))) == {
        ("sent",): 6,
        ("dropped",): 1,
        ("queued",): 6,
    }
    assert [row for row in await drawn(store, "stratum", "state", "reason") if row[1] == "passed"] == [
        ("BUN", "passed", "quota_filled")
    ] * 6


async def test_quota_of_the_round_ends_all_inviting(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, size=24, quota=6))
    assert await go(store) == 6
    for stratum, count in (("BUN", 3), ("BUS", 2), ("KIS", 1)):
        await store.write(partial(answer, stratum=stratum, count=count))
    assert await go(store, AT + 2 * HOUR) == 0
    assert Counter(await drawn(store, "state", "reason")) == {
        ("invited", ""): 6,
        ("passed", "quota_filled"): 18,
    }
    assert (await the_round(store)).state == RoundState.OPEN
    await go(store, AT + WINDOW)
    assert (await the_round(store)).state == RoundState.CLOSED


async def test_strata_of_which_none_are_wanted_are_not_called_filled(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, size=24, quota=2))
    assert await go(store) == 2
    parts = await store.read(lambda c: rows_of(c, tables.strata, "stratum", "quota"))
    (none,) = [stratum for stratum, quota in parts if not quota]
    assert {row for row in await drawn(store, "stratum", "state", "reason") if row[0] == none} == {
        (none, "drawn", "")
    }
    for stratum, quota in parts:
        await store.write(partial(answer, stratum=stratum, count=quota))
    await go(store, AT + HOUR)
    assert {row for row in await drawn(store, "stratum", "state", "reason") if row[0] == none} == {
        (none, "passed", "quota_filled")
    }


async def test_stratum_short_of_its_share_gets_more_people_once_nobody_is_under_way(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, size=30, quota=12))
    await go(store)
    for stratum, count in (("BUN", 6), ("KIS", 2), ("BUS", 3)):
        await store.write(partial(answer, stratum=stratum, count=count))
    for hours in range(1, 8):
        await store.write(partial(silence, stratum="BUS", count=1))
        assert await go(store, AT + hours * HOUR) == 1
    # All ten drawn of this branch are used up but for the last, who may still answer.
    assert {row for row in await invited(store, "wave", "stratum") if row[0] == 1} == {(1, "BUS")}


@pytest.mark.parametrize("seed", range(8))
async def test_quota_is_met_and_never_exceeded_however_people_behave(store: Store, seed: int) -> None:
    chance = Random(seed)
    terms: dict[str, Any] = {
        "seed": seed,
        "size": chance.randint(6, 60),
        "replacements": chance.randint(0, 2),
    }
    quota = chance.randint(1, 30)
    willing = {branch: chance.choice([0.2, 0.5, 0.9]) for branch in BRANCHES}
    await store.write(town)
    await store.write(partial(sample, quota=quota, **terms))
    for days in range(60):
        await go(store, AT + days * DAY)
        await store.write(partial(_behave, chance=chance, willing=willing))
        one = await the_round(store)
        found = await store.read(partial(draws.standings, round_=one))
        assert all(each.answers + each.under_way <= (each.quota or 0) for each in found.values())
        if one.state == RoundState.CLOSED:
            break
    assert one.state == RoundState.CLOSED
    for each in found.values():
        assert each.answers == each.quota or not each.waiting


def _behave(connection: Connection, *, chance: Random, willing: dict[str, float]) -> None:
    """Each of those invited answers, stays silent, is not written to after all, or takes more time."""
    for stratum, share in willing.items():
        open_ = (tables.invitations.c.stratum == stratum, tables.invitations.c.outcome.is_(None))
        for each in connection.execute(select(tables.invitations.c.id).where(*open_)).scalars().all():
            outcome = chance.choices(
                ["completed", "no_answer", "not_eligible", None], [share, 1 - share, 0.1, 0.3]
            )[0]
            if outcome not in {"not_eligible", None}:
                rounds.set_delivered(connection, [each], at=AT)
            rounds.set_outcome(connection, each, outcome)


async def test_place_of_an_invitation_that_never_left_goes_to_somebody_else(store: Store) -> None:
    await store.write(town)
    await store.write(sample)
    await go(store)
    dropped = select(tables.invitations.c.id).where(tables.invitations.c.stratum == "BUS").limit(1)
    await store.write(lambda c: rounds.set_outcome(c, c.execute(dropped).scalar_one(), "not_eligible"))
    assert await go(store, AT + HOUR) == 1
    assert [row for row in await invited(store, "wave", "stratum") if row[0] == 1] == [(1, "BUS")]
    assert [row for row in await drawn(store, "stratum", "state", "reason") if row[1] == "passed"] == [
        ("BUS", "passed", "not_eligible")
    ]


def _begin(connection: Connection, code: str) -> int:
    """This client is in the middle of another survey."""
    opened = sessions.open_session(
        connection,
        Session(VISIT.code, VISIT.version, "en", AT, turn=1),
        version=survey_versions.keep(connection, VISIT),
        form=False,
        address=meet(connection, code),
        client=people.client_by_code(connection, code).id,
        lasts=3 * DAY,
    )
    return opened.id


async def test_whoever_has_a_survey_open_is_asked_another_day(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, starts_at=AT + HOUR))
    await go(store)
    busy = (await store.read(_codes_drawn))[0]
    session = await store.write(partial(_begin, code=busy))
    assert await go(store, AT + HOUR) == 11
    assert Counter(await drawn(store, "wave", "state")) == {(0, "invited"): 11, (0, "drawn"): 1}
    await go(store, AT + HOUR + WINDOW)
    assert (await the_round(store)).state == RoundState.OPEN
    over = update(tables.sessions).where(tables.sessions.c.id == session).values(status="ended")
    await store.write(lambda c: c.execute(over).rowcount)
    assert await go(store, AT + 2 * HOUR + WINDOW) == 1
    assert set(await drawn(store, "wave", "state")) == {(0, "invited")}


async def test_round_that_fails_stops_no_other(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    await store.write(town)
    await store.write(partial(sample, code="broken", audience="no JSON"))
    await store.write(partial(sample, size=6))
    with pytest.raises(ValueError), caplog.at_level(logging.ERROR, logger="spm_bot.samples"):  # noqa: PT011
        await go(store)
    assert len(await invited(store)) == 6
    [line] = caplog.records
    assert (line.message, line.__dict__["fields"]) == (
        "round_failed",
        {"round": "broken", "error": "JSONDecodeError"},
    )


async def test_draw_says_how_many_people_have_no_place(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.write(town)
    await store.write(partial(sample, size=2, seed=1))
    with caplog.at_level(logging.INFO, logger="spm_bot.samples"):
        await go(store)
    parts = await store.read(lambda c: rows_of(c, tables.strata, "people", "places"))
    [line] = caplog.records
    assert (line.message, line.__dict__["fields"]) == (
        "sample_drawn",
        {
            "round": "visit",
            "people": 60,
            "places": 2,
            "people_without_a_place": sum(people for people, places in parts if not places),
        },
    )


async def test_round_closes_when_the_last_invitation_had_its_time(store: Store) -> None:
    await store.write(town)
    await store.write(sample)
    await go(store)
    await go(store, AT + WINDOW - HOUR)
    assert (await the_round(store)).state == RoundState.OPEN
    await go(store, AT + WINDOW)
    found = await the_round(store)
    assert (found.state, found.closes_at) == (RoundState.CLOSED, AT + WINDOW)


async def test_round_without_anybody_closes_at_once(store: Store) -> None:
    await store.write(lambda c: sign(c, VISIT, "en"))
    await store.write(lambda c: enter(c, row("C1")))
    await store.write(sample)
    assert await go(store) == 0
    found = await the_round(store)
    assert (found.state, found.closes_at) == (RoundState.CLOSED, AT)
    [line] = await store.read(partial(audits.lines, limit=9, event="round_empty"))
    assert (line.actor, line.at, line.detail) == ("system", AT, {"round": "visit"})


async def test_nothing_is_drawn_where_nobody_can_be_helped_or_nothing_is_signed(store: Store) -> None:
    await store.write(lambda c: [*enrol(c, row("C1"), row("C2"))])
    await store.write(sample)
    assert await go(store) == 0
    await store.write(lambda c: sign(c, VISIT, "en"))
    bare = replace(desk(), institution=desk().institution.model_copy(update={"helplines": ()}))
    assert await carry_out(AT, store=store, desk=bare) == 0
    await store.write(partial(sample, code="lost", survey="no_such_survey"))
    assert await drawn(store) == []
    assert await go(store) == 2


async def test_standing_cycle_is_not_a_sample(store: Store) -> None:
    await store.write(town)
    await store.write(partial(sample, size=None))
    assert await go(store) == 0
    assert (await the_round(store)).waves == 0


async def test_invitations_of_a_stopped_round_are_taken_back(store: Store) -> None:
    await store.write(town)
    one = await store.write(partial(sample, spread_hours=6))
    other = await store.write(partial(sample, code="other", seed=9, size=3))
    await go(store)
    await store.write(partial(answer, stratum="BUN", count=2))
    before = await invited(store, "round_id", "outcome")
    ours, theirs = ([row for row in before if row == (each.id, None)] for each in (one, other))
    assert await store.write(partial(endings.withdraw, round_id=one.id, now=AT)) == len(ours)
    assert await store.write(partial(endings.withdraw, round_id=one.id, now=AT)) == 0
    after = await invited(store, "round_id", "outcome")
    assert len(after) == len(before)
    assert [row for row in after if row[1] is None] == theirs


async def test_what_is_over_anyway_is_not_taken_back(store: Store) -> None:
    await store.write(town)
    one = await store.write(sample)
    await go(store)
    assert await store.write(partial(endings.withdraw, round_id=one.id, now=AT + WINDOW)) == 0


# Whatever breaks, and wherever: exactly as many invitations as places.


class Halt(Exception):
    """The process ends here, as far as the test goes."""


@dataclass(slots=True)
class Fragile:
    """The store, until its `left`th write: that one ends in the midst of its transaction, or right after."""

    store: Store
    left: int
    committed: bool = False

    async def read(self, work: Callable[[Connection], T]) -> T:
        return await self.store.read(work)

    async def write(self, work: Callable[[Connection], T]) -> T:
        self.left -= 1
        if self.left > 0:
            return await self.store.write(work)

        def broken(connection: Connection) -> T:
            work(connection)
            raise Halt

        await self.store.write(work if self.committed else broken)
        raise Halt


@pytest.mark.parametrize("seed", range(6))
async def test_round_of_n_invites_n_wherever_it_breaks(
    store: Store, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    monkeypatch.setattr(draw_sample, "CHUNK", chance.randint(1, 9))
    monkeypatch.setattr(release_drawn, "CHUNK", chance.randint(1, 9))
    await store.write(town)
    await store.write(partial(sample, seed=seed, size=30))
    whole, broken = False, 0
    while not whole:
        last = chance.randint(1, 50 if broken else 5)
        fragile = Fragile(store, last, committed=chance.random() < 0.5)
        try:
            await carry_out(AT, store=fragile, desk=desk())  # type: ignore[arg-type]
            whole = True
        except Halt:
            broken += 1
    assert broken > 0
    found = await invited(store, "client_id", "stratum")
    assert len(found) == len(set(found)) == 30
    assert Counter(stratum for _, stratum in found) == {"BUN": 15, "BUS": 10, "KIS": 5}
    assert Counter(await drawn(store, "state")) == {("invited",): 30}
    assert len(await store.read(partial(outbox.due, now=AT, limit=100))) == 30


async def test_broken_draw_is_drawn_again_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draw_sample, "CHUNK", 4)
    await store.write(town)
    await store.write(partial(sample, starts_at=AT + DAY))
    with pytest.raises(Halt):
        await carry_out(AT, store=Fragile(store, 3), desk=desk())  # type: ignore[arg-type]
    half = await drawn(store, "client_id")
    assert (len(half), (await the_round(store)).waves) == (4, 0)
    await go(store)
    assert (await drawn(store, "client_id"))[:4] == half
    assert (len(await drawn(store)), (await the_round(store)).waves) == (12, 1)


async def test_two_processes_at_once_invite_everybody_once(
    database_url: str, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draw_sample, "CHUNK", 3)
    monkeypatch.setattr(release_drawn, "CHUNK", 3)
    one, other = [await Store.open(database_url, vault=vault, durability="off", lanes=2) for _ in "ab"]
    await one.write(town)
    await one.write(partial(sample, size=30))
    for _ in range(9):
        await asyncio.gather(go(one), go(other))
    found = await invited(one, "client_id", "stratum")
    assert len(found) == len(set(found)) == 30
    assert len(await one.read(partial(outbox.due, now=AT, limit=100))) == 30
    await one.close()
    await other.close()


async def test_draw_that_somebody_else_finished_is_left_alone(store: Store) -> None:
    await store.write(town)
    early = await store.write(partial(sample, starts_at=AT + DAY))
    await go(store)
    before = await drawn(store, "client_id", "wave")
    assert not await draw_sample.draw_sample(early, AT, store=store)
    assert not await store.write(partial(draws.add, round_=early, drawn=[(1, "BUN")]))
    assert not await store.write(partial(draws.finish, round_=early, drawn=[], parts=[]))
    assert await drawn(store, "client_id", "wave") == before


async def test_draw_mixed_with_another_does_not_count(store: Store) -> None:
    await store.write(town)
    one = await store.write(sample)
    [(client,), *_] = await store.read(lambda c: rows_of(c, tables.clients, "id"))
    await store.write(partial(draws.add, round_=one, drawn=[(client, "BUN")]))
    assert not await store.write(partial(draws.finish, round_=one, drawn=[(client + 1, "BUN")], parts=[]))
    assert (await the_round(store)).waves == 0
    await store.write(lambda c: c.execute(update(tables.rounds).values(waves=3)).rowcount)
    assert not await store.write(partial(draws.start_over, round_=one))
