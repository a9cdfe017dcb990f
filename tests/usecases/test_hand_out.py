from __future__ import annotations

from functools import partial

from spm_bot.messages import Address, Attachment, Inbound, Outbound, Start
from spm_bot.storage import digests, outbox, people, roles
from spm_bot.storage.digests import Stored
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.hand_out import hand_out, send_stored
from spm_bot.usecases.visit import Visit
from tests.seed import AT, DAY, enrol, hire, meet, row
from tests.stage.world import desk

WEEK, EARLIER = "2026-W47", "2026-W46"


def keep(connection: Connection, *, scopes: tuple[str, ...] = ("", "BUN", "BUS"), week: str = WEEK) -> None:
    for scope in scopes:
        card = f"{scope or 'all'} {week}"
        digests.keep(connection, Stored(week, scope, "{}", card, None))


async def texts(store: Store) -> dict[str, list[str]]:
    """What waits for each chat."""
    due = await store.read(partial(outbox.due, now=AT + DAY, limit=100))
    handles = await store.read(partial(people.handles, address_ids={each.address_id for each in due}))
    found: dict[str, list[str]] = {}
    for each in sorted(due, key=lambda each: each.id):
        found.setdefault(handles[each.address_id].handle, []).append(each.message.text)
    return found


async def test_manager_gets_the_digest_of_their_own_scope(store: Store) -> None:
    def fill(connection: Connection) -> None:
        keep(connection)
        hire(connection, "head", role="spm_manager")
        hire(connection, "bungoma", role="manager", branch="BUN")
        hire(connection, "officer", role="loan_officer", branch="BUN")
        hire(connection, "auditor", role="internal_audit")
        enrol(connection, row())

    await store.write(fill)
    assert await store.write(partial(hand_out, week=WEEK, now=AT)) == 2
    assert await texts(store) == {"head": ["all 2026-W47"], "bungoma": ["BUN 2026-W47"]}


async def test_manager_of_two_branches_gets_both(store: Store) -> None:
    def fill(connection: Connection) -> None:
        keep(connection)
        staff = hire(connection, "two", role="manager", branch="BUN")
        roles.grant(connection, staff, role="manager", branch="BUS", at=AT)

    await store.write(fill)
    assert await store.write(partial(hand_out, week=WEEK, now=AT)) == 1
    assert await texts(store) == {"two": ["BUN 2026-W47", "BUS 2026-W47"]}


async def test_two_roles_of_one_scope_bring_one_digest(store: Store) -> None:
    def fill(connection: Connection) -> None:
        keep(connection)
        staff = hire(connection, "head", role="manager")
        roles.grant(connection, staff, role="spm_manager", branch="", at=AT)

    await store.write(fill)
    assert await store.write(partial(hand_out, week=WEEK, now=AT)) == 1
    assert await texts(store) == {"head": ["all 2026-W47"]}


async def test_handing_out_twice_sends_once(store: Store) -> None:
    await store.write(keep)
    await store.write(partial(hire, handle="head", role="manager"))
    for _ in range(2):
        await store.write(partial(hand_out, week=WEEK, now=AT))
    [due] = await store.read(partial(outbox.due, now=AT, limit=9))
    assert due.kind == "staff"
    await store.write(partial(keep, week=EARLIER))
    await store.write(partial(hand_out, week=EARLIER, now=AT))
    assert await texts(store) == {"head": ["all 2026-W47", "all 2026-W46"]}


async def test_role_taken_away_brings_nothing(store: Store) -> None:
    def fill(connection: Connection) -> None:
        keep(connection)
        staff = hire(connection, "was", role="manager")
        [role] = roles.roles_in_force(connection, staff)
        roles.revoke(connection, role.id, at=AT)
        without_chat = roles.add_staff(connection, subject="no chat")
        roles.grant(connection, without_chat, role="manager", branch="", at=AT)
        hire(connection, "kitale", role="manager", branch="KIT")

    await store.write(fill)
    assert await store.write(partial(hand_out, week=WEEK, now=AT)) == 0
    assert await texts(store) == {}


async def test_picture_goes_with_the_card(store: Store) -> None:
    def fill(connection: Connection) -> str:
        picture = outbox.keep_file(connection, b"png")
        digests.keep(connection, Stored(WEEK, "", "{}", "card", picture))
        hire(connection, "head", role="manager")
        hand_out(connection, week=WEEK, now=AT)
        return picture

    picture = await store.write(fill)
    [due] = await store.read(partial(outbox.due, now=AT, limit=9))
    photo = Attachment("photo", "digest-2026-W47.png", picture)
    assert due.message == Outbound("card", attachment=photo)


def ask(connection: Connection, handle: str, wanted: str = "") -> None:
    address = Address("test", handle)
    chat = people.chat(connection, meet(connection, handle))
    send_stored(Visit(connection, desk(), Inbound("k", address, AT, Start()), chat, AT), wanted)


async def test_digest_can_be_asked_for_within_ones_scope(store: Store) -> None:
    await store.write(keep)
    await store.write(partial(keep, week=EARLIER))
    await store.write(partial(hire, handle="head", role="spm_manager"))
    await store.write(partial(hire, handle="bungoma", role="manager", branch="BUN"))
    for handle, wanted in (("head", ""), ("bungoma", ""), ("bungoma", EARLIER)):
        await store.write(partial(ask, handle=handle, wanted=wanted))
    assert await texts(store) == {
        "head": ["all 2026-W47"],
        "bungoma": ["BUN 2026-W47", "BUN 2026-W46"],
    }


async def test_digest_asked_for_in_vain_says_why(store: Store) -> None:
    def fill(connection: Connection) -> None:
        enrol(connection, row())
        hire(connection, "officer", role="loan_officer", branch="BUN")
        hire(connection, "head", role="manager")
        hire(connection, "kitale", role="manager", branch="KIT")

    await store.write(fill)
    await store.write(partial(ask, handle="head"))
    await store.write(keep)
    asked = (("C1", ""), ("officer", ""), ("head", "last week"), ("head", "2026-W01"), ("kitale", ""))
    for handle, wanted in asked:
        await store.write(partial(ask, handle=handle, wanted=wanted))
    assert await texts(store) == {
        "C1": ["This command is for managers."],
        "officer": ["This command is for managers."],
        "head": [
            "There is no digest yet.",
            "I do not know that week. Write it as /digest 2026-W47.",
            "There is no digest for that week.",
        ],
        "kitale": ["There is no digest yet."],
    }
