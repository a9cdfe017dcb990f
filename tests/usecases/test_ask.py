from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update

from spm_bot.storage import audits, roles
from spm_bot.storage.rounds import Round, all_rounds
from spm_bot.storage.tables import clients, draws, invitations, observations, responses, rounds
from tests.seed import rows_of
from tests.stage.fieldworkers import becomes_too
from tests.stage.world import World, crowd

REASON = "Waiting times since the new counter opened"
WORDS = ("/ask", "1", "1", "1", "1", REASON, "1")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES_AGO = datetime(2026, 1, 1, tzinfo=UTC)
UNDONE = "Undone. Nothing was sent."
ONLY_RANDOM = (
    "I only ask random samples of a branch or of a product. I never ask one client, your own clients, or"
    " clients in arrears. To begin, write just /ask."
)
TOO_FEW = (
    "This is not possible now: too few of these clients can be asked. Please take more people, or try again"
    " in some weeks."
)
TOO_NEAR = (
    "This is not possible now: nearly the same clients were asked for in the last 13 weeks. Please take other"
    " people, or wait."
)


async def staffed(world: World, *, count: int, branch: str = "BUN") -> None:
    """Clients who joined two days ago, and their loan officer at `o`."""
    await world.enrol_crowd(count, branch=branch)
    world.clock.advance(2 * DAY)
    await world.hire("Officer", handle="o", branch=branch)


async def request(world: World, *, handle: str = "o", words: tuple[str, ...] = WORDS) -> str:
    """What the last message says after these words."""
    for text in words:
        await world.say(text, handle=handle)
    return world.phones.texts(handle)[-1]


async def found(world: World) -> list[Round]:
    return [each for each in await world.store.read(all_rounds) if each.origin == "adhoc"]


async def asked(world: World) -> list[int]:
    return list(await world.store.read(lambda c: c.execute(select(invitations.c.client_id)).scalars().all()))


async def test_request_becomes_a_round_that_is_carried_out_once_it_cannot_be_undone(world: World) -> None:
    await staffed(world, count=70)
    at = world.clock.now()
    last = await request(world)
    assert last.startswith("It goes out over the next days, the first in 30 minutes.")
    [round_] = await found(world)
    assert (round_.survey, round_.audience, round_.state) == ("branch_visit", '{"branches": ["BUN"]}', "open")
    assert (round_.size, round_.strata) == (60, ("branch", "product", "gender"))
    assert (round_.spread_hours, round_.window_hours) == (48, 72)
    assert (round_.starts_at, round_.requested_by) == (at + timedelta(minutes=30), "loan_officer-BUN")
    await world.wait(timedelta(minutes=29))
    assert await asked(world) == []
    await world.wait(timedelta(minutes=2))
    sample = await asked(world)
    assert (len(sample), len(set(sample))) == (60, 60)
    [line] = await world.store.read(partial(audits.lines, limit=5, event="round_asked"))
    assert line.actor == "loan_officer-BUN"
    assert line.detail == {
        "audience": '{"branches": ["BUN"]}',
        "round": round_.code,
        "size": 60,
        "survey": "branch_visit",
    }


async def test_request_that_comes_twice_asks_once_and_its_reason_is_sealed(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    await request(world)
    await world.again()
    kept = await world.store.read(lambda c: c.execute(select(rounds.c.reason)).scalars().all())
    assert len(kept) == 1
    assert REASON.encode() not in bytes(kept[0] or b"")


@pytest.mark.parametrize("wish", ["C00012", "Amina", "nobody", "clients in arrears", "my clients", "1"])
async def test_nobody_in_particular_can_be_asked(wish: str, sqlite_world: World) -> None:
    await sqlite_world.hire("Officer", handle="o", branch="BUN")
    assert await request(sqlite_world, words=(f"/ask {wish}",)) == ONLY_RANDOM


async def test_fewer_than_thirty_are_never_asked(sqlite_world: World) -> None:
    await staffed(sqlite_world, count=29)
    assert await request(sqlite_world, words=WORDS[:5]) == TOO_FEW
    assert await found(sqlite_world) == []


async def test_who_joined_today_or_yesterday_does_not_count_for_branch_staff(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    assert await request(world, words=WORDS[:5]) == TOO_FEW
    world.clock.advance(DAY)
    assert await request(world, words=WORDS[:5]) == TOO_FEW
    await world.hire("Head", handle="h", branch="")
    seen = await request(world, handle="h", words=("/ask", "1", "2", "1", "1", "1"))
    assert seen.startswith("6 of 7 · About 40 clients can be asked now")


async def test_who_opts_out_today_still_counts_for_branch_staff(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    before = await request(world, words=WORDS[:5])
    await world.say("stop", handle="BUN-7")
    assert await request(world, words=WORDS[:5]) == before


async def test_who_is_asked_today_still_counts_for_branch_staff(sqlite_world: World) -> None:
    """Whether somebody stopped, or blocked the chat, before the message left shows in no other preview."""
    world = sqlite_world
    await staffed(world, count=60)
    await request(world)
    await world.wait(HOUR)
    await world.say("stop", handle="BUN-7")
    before = "About 60 clients can be asked now; 60 of them"
    await world.store.write(lambda c: c.execute(update(rounds).values(opened_at=AGES_AGO)) and None)
    await world.store.write(lambda c: c.execute(update(rounds).values(requested_by="nobody")) and None)
    assert before in await request(world, words=WORDS[:5])


@pytest.mark.parametrize(("count", "shown"), [(43, 40), (44, 40), (45, 45)])
async def test_all_that_a_preview_shows_follows_from_the_rounded_count(
    count: int, shown: int, sqlite_world: World
) -> None:
    world = sqlite_world
    await staffed(world, count=count)
    for size in "123":
        seen = await request(world, words=(*WORDS[:4], size))
        assert f"About {shown} clients can be asked now; {shown} of them" in seen
        await world.say("stop", handle="o")


async def test_previews_are_written_down_and_end_after_ten_a_day(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    for _ in range(10):
        assert "About 40 clients" in await request(world, words=WORDS[:5])
    lines = await world.store.read(partial(audits.lines, limit=20, event="ask_previewed"))
    assert [(line.actor, line.detail) for line in lines] == [
        ("loan_officer-BUN", {"audience": '{"branches": ["BUN"]}', "survey": "branch_visit"})
    ] * 10
    enough = "That was enough looking for one day. Please go on tomorrow."
    assert await request(world, words=WORDS[:5]) == enough
    world.clock.advance(DAY)
    assert "About 40 clients" in await request(world, words=WORDS[:5])


async def test_another_role_does_not_lift_the_wall_from_a_loan_officer(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    await becomes_too(world, "Head", of="Officer", branch="")
    assert await request(world, words=("/ask", "1", "2", "1", "1", "1")) == TOO_FEW


async def test_nearly_the_same_clients_are_not_asked_again_for_13_weeks(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=60)
    await request(world)
    await world.hire("Head", handle="h", branch="")
    bungoma = ("/ask", "2", "2", "1", "1", "1")
    assert await request(world, handle="h", words=bungoma) == TOO_NEAR
    await world.wait(13 * 7 * DAY + HOUR)
    # By then they were last asked long enough ago.
    assert "can be asked now" in await request(world, handle="h", words=("/ask", "1", "2", "1", "1", "1"))


async def test_audiences_nine_people_apart_are_refused_and_ten_apart_are_not(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=60)
    await request(world)
    await world.hire("Head", handle="h", branch="")
    women = ("/ask", "1", "2", "1", "2", "1")
    await _set_gender(world, "female", but=10)
    assert await request(world, handle="h", words=women) != TOO_NEAR
    await _set_gender(world, "female", but=9)
    assert await request(world, handle="h", words=women) == TOO_NEAR


async def _set_gender(world: World, gender: str, *, but: int) -> None:
    def change(connection: Any) -> None:
        everybody = select(clients.c.id).where(clients.c.branch == "BUN").order_by(clients.c.id)
        ids = list(connection.execute(everybody).scalars())
        for some, said in ((ids[:but], "male"), (ids[but:], gender)):
            connection.execute(update(clients).where(clients.c.id.in_(some)).values(gender=said))

    await world.store.write(change)


async def test_request_undone_in_time_sends_nothing_and_counts_for_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=60)
    await request(world)
    await world.tap("Undo", handle="o")
    assert world.phones.texts("o")[-1] == UNDONE
    await world.wait(DAY)
    assert ([each.state for each in await found(world)], await asked(world)) == (["undone"], [])
    assert (await request(world)).startswith("It goes out over the next days")
    [line] = await world.store.read(partial(audits.lines, limit=5, event="round_undone"))
    assert line.actor == "loan_officer-BUN"


async def test_nobody_undoes_what_goes_out_already_or_is_somebody_elses(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=60)
    await request(world)
    await world.hire("Officer", handle="other", branch="BUS")
    await world.receive(_tap(world, "o", "Undo"), handle="other")
    assert world.phones.texts("other") == ["There is nothing to undo."]
    await world.wait(HOUR)
    await world.say("/undo", handle="o")
    assert world.phones.texts("o")[-1] == "It is too late to undo this: it goes out already."


def _tap(world: World, handle: str, label: str) -> Any:
    from spm_bot.messages import Tap

    return Tap(world.phones.button(handle, label))


async def test_one_request_at_a_time(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=60)
    await request(world)
    one = "Your last request has not ended yet. One at a time, please. See /progress."
    assert await request(world, words=("/ask",)) == one


async def test_large_sample_waits_for_another_spm_manager(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(130, branch="BUN")
    await world.hire("Head", handle="h", branch="")
    words = ("/ask", "1", "2", "1", "1", "3", REASON, "1")
    assert await request(world, handle="h", words=words) == (
        "It waits for the yes of an SPM manager. You will hear from me."
    )
    await world.wait(DAY)
    assert await asked(world) == []
    await world.hire("Second", handle="s", branch="BUN")
    await world.say("/approve", handle="h")
    assert world.phones.texts("h")[-1] == "Nothing waits for your yes."
    await world.say("/approve", handle="s")
    await world.tap("Refuse", handle="s")
    assert world.phones.texts("s")[-1] == "Refused: Your last visit to the branch, Bungoma."
    assert world.phones.texts("h")[-1] == (
        "Your request was refused: Your last visit to the branch, Bungoma. Nothing was sent."
    )
    await world.wait(DAY)
    assert ([each.state for each in await found(world)], await asked(world)) == (["refused"], [])


async def test_approved_sample_goes_out(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(130, branch="BUN")
    await world.hire("Second", handle="s", branch="BUN")
    await world.hire("Head", handle="h", branch="")
    await request(world, handle="h", words=("/ask", "1", "2", "1", "1", "3", REASON, "1"))
    await world.tap("Approve", handle="s")
    await world.wait(HOUR)
    [round_] = await found(world)
    assert (round_.state, round_.approved_by, len(await asked(world))) == ("open", "spm_manager-BUN", 130)


async def test_requester_cannot_say_yes_by_a_button_either(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(130, branch="BUN")
    await world.hire("Second", handle="s", branch="BUN")
    await world.hire("Head", handle="h", branch="")
    await request(world, handle="h", words=("/ask", "1", "2", "1", "1", "3", REASON, "1"))
    await world.receive(_tap(world, "s", "Approve"), handle="h")
    assert world.phones.texts("h")[-1] == "That is decided already."
    assert [each.state for each in await found(world)] == ["waiting"]


async def test_answers_to_an_adhoc_survey_enter_no_indicator(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=30)
    await request(world)
    await world.wait(2 * DAY)
    name = next(f"BUN-{n}" for n in range(1, 31) if world.phones.texts(f"BUN-{n}"))
    await world.tap("Start", handle=name)
    for text in ("5", "1", "More chairs."):
        await world.say(text, handle=name)
    origins = await world.store.read(lambda c: c.execute(select(responses.c.origin)).scalars().all())
    assert list(origins) == ["adhoc"]
    assert await world.store.read(lambda c: rows_of(c, observations, "indicator")) == []


async def test_sample_is_spread_over_the_strata(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=90)
    await _set_gender(world, "female", but=30)
    await request(world)
    await world.wait(HOUR)
    drawn = select(draws.c.stratum, func.count()).group_by(draws.c.stratum).order_by(draws.c.stratum)
    parts = await world.store.read(lambda c: [tuple(row) for row in c.execute(drawn)])
    assert dict(parts)["BUN/business_loan/female"] + dict(parts)["BUN/business_loan/male"] == 60
    assert abs(dict(parts)["BUN/business_loan/female"] - 41) <= 1


async def test_nothing_can_be_asked_without_templates(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Officer", handle="o", branch="BUN")
    bare = replace(world.desk, institution=world.desk.institution.model_copy(update={"templates": ()}))
    world.dialogue = replace(world.dialogue, desk=bare)
    await world.say("/ask", handle="o")
    assert world.phones.texts("o") == ["No survey can be started now. Please ask your administrator."]


@pytest.mark.parametrize("said", [5, 6])
async def test_role_revoked_while_the_form_is_open_asks_nobody(said: int, sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    await request(world, words=WORDS[:said])
    [role] = await world.store.read(roles.roles_in_force)
    await world.store.write(lambda c: roles.revoke(c, role.id, at=world.clock.now()))
    await request(world, words=WORDS[said:])
    assert "Your role does not allow this." in world.phones.texts("o")
    assert await found(world) == []


async def test_role_revoked_before_the_preview_shows_no_count(sqlite_world: World) -> None:
    world = sqlite_world
    await staffed(world, count=40)
    await request(world, words=WORDS[:4])
    [role] = await world.store.read(roles.roles_in_force)
    await world.store.write(lambda c: roles.revoke(c, role.id, at=world.clock.now()))
    assert await request(world, words=WORDS[4:5]) == "Your role does not allow this."
    assert not any("About 40" in text for text in world.phones.texts("o"))


async def test_reasons_are_told_in_groups_of_ten_and_steps_of_five(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="BUN")
    young = [replace(each, code=f"Y{each.code}", birth_year=2015) for each in crowd(17, branch="BUN")]
    unjoined = [replace(each, code=f"N{each.code}") for each in crowd(23, branch="BUN")]
    await world.register([_own_loan(each) for each in (*young, *unjoined)])
    world.clock.advance(2 * DAY)
    await world.hire("Officer", handle="o", branch="BUN")
    await world.hire("Head", handle="h", branch="")
    officer = await request(world, words=WORDS[:5])
    # The register's own cast has three more clients of the branch who have not joined.
    assert officer.split("\n")[1:3] == ["About 15 are too young.", "About 25 cannot be asked now."]
    head = await request(world, handle="h", words=("/ask", "1", "2", "1", "1", "1"))
    assert head.split("\n")[1:3] == ["About 15 are too young.", "About 25 have not joined."]


def _own_loan(row: Any) -> Any:
    return replace(row, loans=tuple(replace(loan, code=f"L-{row.code}") for loan in row.loans))
