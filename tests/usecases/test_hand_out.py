from __future__ import annotations

from functools import partial

import pytest

from spm_bot.chat.orders import press
from spm_bot.messages import (
    Action,
    Address,
    Attachment,
    Button,
    Inbound,
    Outbound,
    Start,
    Subject,
    Tap,
    Token,
)
from spm_bot.storage import digests, outbox, people, roles
from spm_bot.storage.digests import Rendering
from spm_bot.storage.store import Connection, Store
from spm_bot.usecases.hand_out import BRANCH, hand_out, send_stored
from spm_bot.usecases.visit import Visit
from tests.seed import AT, DAY, enrol, hire, meet, row
from tests.stage.world import desk

WEEK, EARLIER = "2026-W47", "2026-W46"


def keep(connection: Connection, *, scopes: tuple[str, ...] = ("", "BUN", "BUS"), week: str = WEEK) -> None:
    for scope in scopes:
        card = f"{scope or 'all'} {week}"
        digests.keep_rendering(connection, Rendering(week, scope, "en", card))


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
    assert await store.write(partial(hand_out, desk=desk(), week=WEEK, now=AT)) == 2
    assert await texts(store) == {"head": ["all 2026-W47"], "bungoma": ["BUN 2026-W47"]}


async def test_manager_of_two_branches_gets_both(store: Store) -> None:
    def fill(connection: Connection) -> None:
        keep(connection)
        staff = hire(connection, "two", role="manager", branch="BUN")
        roles.grant(connection, staff, role="manager", branch="BUS", at=AT)

    await store.write(fill)
    assert await store.write(partial(hand_out, desk=desk(), week=WEEK, now=AT)) == 1
    assert await texts(store) == {"two": ["BUN 2026-W47", "BUS 2026-W47"]}


async def test_two_roles_of_one_scope_bring_one_digest(store: Store) -> None:
    def fill(connection: Connection) -> None:
        keep(connection)
        staff = hire(connection, "head", role="manager")
        roles.grant(connection, staff, role="spm_manager", branch="", at=AT)

    await store.write(fill)
    assert await store.write(partial(hand_out, desk=desk(), week=WEEK, now=AT)) == 1
    assert await texts(store) == {"head": ["all 2026-W47"]}


async def test_handing_out_twice_sends_once(store: Store) -> None:
    await store.write(keep)
    await store.write(partial(hire, handle="head", role="manager"))
    for _ in range(2):
        await store.write(partial(hand_out, desk=desk(), week=WEEK, now=AT))
    [due] = await store.read(partial(outbox.due, now=AT, limit=9))
    assert due.kind == "staff"
    await store.write(partial(keep, week=EARLIER))
    await store.write(partial(hand_out, desk=desk(), week=EARLIER, now=AT))
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
    assert await store.write(partial(hand_out, desk=desk(), week=WEEK, now=AT)) == 0
    assert await texts(store) == {}


async def test_card_comes_under_its_picture_and_the_other_files_behind_it(store: Store) -> None:
    def fill(connection: Connection) -> tuple[str, ...]:
        files = tuple(outbox.keep_file(connection, body) for body in (b"one", b"two", b"pdf", b"xlsx"))
        digests.keep_rendering(connection, Rendering(WEEK, "", "en", "card", "BUS", *files))
        hire(connection, "head", role="spm_manager")
        hand_out(connection, desk=desk(), week=WEEK, now=AT)
        return files

    picture, line, pages, workbook = await store.write(fill)
    due = await store.read(partial(outbox.due, now=AT, limit=9))
    act = Button("I will act", Token(Subject.COMMAND, 202647, 0, Action.YES, "decide"))
    busia = Button("Busia", Token(Subject.COMMAND, 202647, 1, Action.PICK, BRANCH))
    assert [each.message for each in sorted(due, key=lambda each: each.id)] == [
        Outbound("card", ((act, busia),), attachment=Attachment("photo", f"digest-{WEEK}.png", picture)),
        Outbound("", attachment=Attachment("photo", f"digest-{WEEK}-weeks.png", line)),
        Outbound("", attachment=Attachment("document", f"digest-{WEEK}.pdf", pages)),
        Outbound("", attachment=Attachment("document", f"digest-{WEEK}.xlsx", workbook)),
    ]


async def test_branch_that_the_file_no_longer_lists_has_no_button(store: Store) -> None:
    def fill(connection: Connection) -> None:
        digests.keep_rendering(connection, Rendering(WEEK, "", "en", "card", "GONE"))
        hire(connection, "head", role="spm_manager")
        hand_out(connection, desk=desk(), week=WEEK, now=AT)

    await store.write(fill)
    [due] = await store.read(partial(outbox.due, now=AT, limit=9))
    assert [[button.label for button in row] for row in due.message.buttons] == [["I will act"]]


async def test_card_is_read_in_the_managers_language_else_in_the_first(store: Store) -> None:
    def fill(connection: Connection) -> None:
        for scope, language in (("", "en"), ("", "fr"), ("BUN", "en")):
            digests.keep_rendering(connection, Rendering(WEEK, scope, language, f"{scope} {language}"))
        for handle, branch in (("head", ""), ("bungoma", "BUN")):
            meet(connection, handle, language="fr")
            hire(connection, handle, role="manager", branch=branch)
        hand_out(connection, desk=desk(), week=WEEK, now=AT)

    await store.write(fill)
    assert await texts(store) == {"head": [" fr"], "bungoma": ["BUN en"]}


def press_branch(connection: Connection, handle: str, *, place: int = 1, number: int = 202647) -> None:
    token = Token(Subject.COMMAND, number, place, Action.PICK, BRANCH)
    chat = people.chat(connection, meet(connection, handle))
    visit = Visit(connection, desk(), Inbound("k", Address("test", handle), AT, Tap(token)), chat, AT)
    assert press(visit, token) is None


async def test_button_of_a_branch_brings_its_digest(store: Store) -> None:
    await store.write(keep)
    await store.write(partial(hire, handle="head", role="spm_manager"))
    await store.write(partial(press_branch, handle="head"))
    await store.write(partial(press_branch, handle="head", number=202646))
    assert await texts(store) == {"head": ["BUS 2026-W47", "There is no digest for that week."]}


@pytest.mark.parametrize(
    ("branch", "place", "number"), [("BUN", 1, 202647), ("", 99, 202647), ("", 1, 202699)]
)
async def test_button_of_a_branch_is_refused(store: Store, branch: str, place: int, number: int) -> None:
    await store.write(keep)
    await store.write(partial(hire, handle="someone", role="manager", branch=branch))
    await store.write(partial(press_branch, handle="someone", place=place, number=number))
    assert await texts(store) == {"someone": ["This command is for managers."]}


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
