from __future__ import annotations

from functools import partial

from spm_bot.storage import panels, rounds
from spm_bot.storage.store import Connection, Store
from tests.seed import asked, enrol, enter, open_round, row


async def test_panel_is_whoever_joined_is_active_and_was_not_asked_in_this_wave(store: Store) -> None:
    def write(connection: Connection) -> tuple[int, list[int]]:
        ids = enrol(connection, row("C1"), row("C2"), row("C3"))
        enrol(connection, row("left", status="closed"))
        enter(connection, row("not joined"))
        round_ = open_round(connection)
        rounds.invite(connection, round_, [asked(ids[0], wave=0)])
        rounds.invite(connection, round_, [asked(ids[1], wave=1)])
        rounds.invite(connection, open_round(connection, "other"), [asked(ids[2], wave=0)])
        return round_.id, ids

    round_id, ids = await store.write(write)
    for wave, left in ((0, ids[1:]), (1, [ids[0], ids[2]]), (2, ids)):
        found = await store.read(partial(panels.not_asked, round_id=round_id, wave=wave))
        assert sorted(found) == left
