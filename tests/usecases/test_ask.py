from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from spm_bot.storage import audits, roles
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import invitations, outbox, rounds
from tests.stage.world import World

REASON = "Waiting times since the new counter opened"


async def request(world: World, *, handle: str) -> None:
    for text in ("/ask", "1", "1", REASON, "1"):
        await world.say(text, handle=handle)


def asked(connection: Connection) -> list[tuple[str, int]]:
    return [(row.week, row.client_id) for row in connection.execute(select(invitations))]


async def test_sample_is_drawn_spread_over_two_days_and_written_down(world: World) -> None:
    await world.enrol_crowd(70, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    await request(world, handle="o")
    texts = world.phones.texts("o")
    assert "About 70 clients can be asked now; 60 of them, drawn at random" in texts[2]
    assert texts[-1] == "It goes out over the next days. Results go to management as totals."
    clients = [client for _, client in await world.store.read(asked)]
    assert (len(clients), len(set(clients))) == (60, 60)
    due = await world.store.read(
        lambda c: c.execute(select(outbox.c.not_before).where(outbox.c.kind == "invitation")).scalars().all()
    )
    last = world.clock.now() + timedelta(days=2, hours=14)  # the night between is no time to ask
    assert world.clock.now() <= min(due) < max(due) < last
    lines = await world.store.read(lambda c: audits.lines(c, limit=5))
    assert [(line.actor, line.event, line.detail["survey"]) for line in lines] == [
        ("loan_officer-BUN", "round_asked", "branch_visit")
    ]


async def test_request_that_comes_twice_asks_once_and_its_reason_is_sealed(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    await request(world, handle="o")
    await world.again()
    found = await world.store.read(lambda c: c.execute(select(rounds)).all())
    assert [(row.origin, row.requested_by) for row in found] == [("adhoc", "loan_officer-BUN")]
    assert REASON.encode() not in bytes(found[0].reason)
    assert len(await world.store.read(asked)) == 40


async def test_audience_that_shrank_meanwhile_is_asked_nothing(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(30, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    for text in ("/ask", "1", "1", REASON):
        await world.say(text, handle="o")
    await world.say("stop", handle="BUN-7")
    await world.say("1", handle="o")
    assert world.phones.texts("o")[-1] == "Nothing was sent: fewer than 30 clients can be asked now."
    assert await world.store.read(asked) == []


async def test_answers_to_an_adhoc_survey_enter_no_indicator(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(30, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    await request(world, handle="o")
    await world.wait(timedelta(days=2))
    name = next(f"BUN-{n}" for n in range(1, 31) if world.phones.texts(f"BUN-{n}"))
    await world.tap("Start", handle=name)
    for text in ("5", "1", "More chairs."):
        await world.say(text, handle=name)
    from spm_bot.storage import observations
    from spm_bot.storage.tables import responses

    origins = await world.store.read(lambda c: c.execute(select(responses.c.origin)).scalars().all())
    assert list(origins) == ["adhoc"]
    assert await world.store.read(lambda c: observations.between(c, "2026-W01", "2026-W53")) == []


async def test_nothing_can_be_asked_without_templates(sqlite_world: World) -> None:
    world = sqlite_world
    await world.hire("Officer", handle="o", branch="BUN")
    bare = replace(world.desk, institution=world.desk.institution.model_copy(update={"templates": []}))
    world.dialogue = replace(world.dialogue, desk=bare)
    await world.say("/ask", handle="o")
    assert world.phones.texts("o") == ["No survey can be started now. Please ask your administrator."]


async def test_role_revoked_while_the_form_is_open_asks_nobody(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    for text in ("/ask", "1", "1", REASON):
        await world.say(text, handle="o")
    [role] = await world.store.read(roles.roles_in_force)
    await world.store.write(lambda c: roles.revoke(c, role.id, at=world.clock.now()))
    await world.say("1", handle="o")
    assert world.phones.texts("o")[-1] == "This command is for staff."
    assert await world.store.read(asked) == []


async def test_role_revoked_before_the_preview_shows_no_count(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol_crowd(40, branch="BUN")
    await world.hire("Officer", handle="o", branch="BUN")
    for text in ("/ask", "1"):
        await world.say(text, handle="o")
    [role] = await world.store.read(roles.roles_in_force)
    await world.store.write(lambda c: roles.revoke(c, role.id, at=world.clock.now()))
    await world.say("1", handle="o")
    assert world.phones.texts("o")[-1] == "This command is for staff."
    assert not any("About 40" in text for text in world.phones.texts("o"))
