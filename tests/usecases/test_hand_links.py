from __future__ import annotations

from functools import partial

import pytest

from spm_bot.storage import audits, links
from spm_bot.storage.audits import Audit
from spm_bot.storage.links import Link
from spm_bot.storage.store import Store
from spm_bot.usecases import hand_links
from spm_bot.usecases.enrol_staff import STAFF_LINK_LASTS
from spm_bot.usecases.hand_links import NewLink, invite_clients, invite_staff
from spm_bot.usecases.join import printed_code
from spm_bot.usecases.spell_link import CLIENT_LINK_LASTS, CODE_SIGNS
from tests.seed import AT, HOUR, enter, row
from tests.stage.world import World


async def hand(store: Store, *, branch: str | None = None, code: str | None = None) -> list[NewLink]:
    return await invite_clients(store=store, branch=branch, code=code, actor="cli:root", now=AT)


async def test_every_active_client_gets_a_link_of_their_own(store: Store) -> None:
    rows = [row("C1"), row("C2", branch="BUS"), row("C3", status="closed")]
    one, two, _ = await store.write(lambda c: enter(c, *rows))
    made = await hand(store)
    assert [link.client for link in made] == ["C1", "C2"]
    for link, client in zip(made, (one, two), strict=True):
        for secret in (link.token, link.code):
            found = await store.read(partial(links.find_link, secret=secret))
            expected = Link(found.id if found else 0, client, None, "", AT + CLIENT_LINK_LASTS, None, None)
            assert found == expected
    assert await store.read(lambda c: audits.lines(c, limit=9)) == [
        Audit(AT, "cli:root", "clients_invited", {"count": 2})
    ]


async def test_links_are_made_chunk_by_chunk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hand_links, "CHUNK", 2)
    clients = await store.write(lambda c: enter(c, *(row(f"C{number}") for number in range(5))))
    made = await hand(store)
    found = [await store.read(partial(links.find_link, secret=link.token)) for link in made]
    assert [link.client for link in found if link is not None] == clients
    [line] = await store.read(lambda c: audits.lines(c, limit=9))
    assert line.detail == {"count": 5}


async def test_links_can_be_made_for_one_branch_or_one_client(store: Store) -> None:
    await store.write(lambda c: enter(c, row("C1"), row("C2", branch="BUS"), row("C3", branch="BUS")))
    assert [link.client for link in await hand(store, branch="BUS")] == ["C2", "C3"]
    assert [link.client for link in await hand(store, code="C1")] == ["C1"]


async def test_sheet_of_a_branch_does_not_tell_who_has_joined(sqlite_world: World) -> None:
    world = sqlite_world
    await world.enrol("Amina", handle="a")
    made = await hand_links.draw_links(store=world.store, branch="BUN", code=None)
    assert [link.client for link in made] == ["Amina", "Beatrice", "David"]


async def test_new_card_ends_the_earlier_ones_of_that_client_alone(store: Store) -> None:
    await store.write(lambda c: enter(c, row("C1"), row("C2")))
    earlier = await hand(store)
    [again] = await hand(store, code="C2")
    opened = {}
    for link in (*earlier, again):
        found = await store.read(partial(links.find_link, secret=link.token))
        opened[link.token] = found is not None and found.open_at(AT + HOUR)
    assert list(opened.values()) == [True, False, True]


async def test_drawn_link_works_only_once_it_is_kept(store: Store) -> None:
    await store.write(lambda c: enter(c, row("C1")))
    made = await hand_links.draw_links(store=store, branch=None, code=None)
    assert await store.read(lambda c: links.find_link(c, made[0].token)) is None
    await hand_links.keep_links(made, store=store, actor="cli:root", now=AT)
    assert await store.read(lambda c: links.find_link(c, made[0].token)) is not None


async def test_card_is_revoked_once_and_written_down_by_subject(store: Store) -> None:
    await store.write(lambda c: enter(c, row("C1"), row("C2", status="closed")))
    await hand(store)
    revoke = partial(hand_links.revoke_cards, store=store, actor="cli:root", now=AT + HOUR)
    assert [await revoke(code) for code in ("C1", "C1", "C2")] == [1, 0, 0]
    with pytest.raises(LookupError):
        await revoke("C9")
    [_, line] = await store.read(lambda c: audits.lines(c, limit=9))
    expected = {"subject": "subject-C1", "count": 1}
    assert line == Audit(AT + HOUR, "cli:root", "cards_revoked", expected)


async def test_no_client_no_link_and_no_line_in_the_log(store: Store) -> None:
    assert await hand(store, code="nobody") == []
    assert await store.read(lambda c: audits.lines(c, limit=9)) == []


async def test_tokens_and_codes_are_not_guessed_and_can_be_typed(store: Store) -> None:
    await store.write(lambda c: enter(c, *(row(f"C{number}") for number in range(20))))
    made = await hand(store)
    assert len({link.token for link in made}) == len({link.code for link in made}) == 20
    for link in made:
        # 128 random bits in at most 64 signs that a deep link may carry.
        assert len(link.token) == 22
        assert set(link.token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")
        assert printed_code(link.code) == link.code
        assert set(link.code) <= set(CODE_SIGNS)
    assert not set("0O1IL") & set(CODE_SIGNS) - {"L"}


async def test_staff_link_gives_a_role_for_a_day(store: Store) -> None:
    token = await invite_staff(store=store, role="manager", branch="BUN", actor="cli:root", now=AT)
    found = await store.read(lambda c: links.find_link(c, token))
    assert found is not None
    assert found == Link(
        found.id, None, "manager", "BUN", AT + STAFF_LINK_LASTS, None, None, "cli:root", None, 0
    )
    assert await store.read(lambda c: audits.lines(c, limit=9)) == [
        Audit(AT, "cli:root", "staff_invited", {"role": "manager", "branch": "BUN"})
    ]
