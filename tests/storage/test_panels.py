from __future__ import annotations

from functools import partial

from spm_bot.storage import panels, rounds
from spm_bot.storage.panels import NEVER
from spm_bot.storage.store import Connection, Store
from tests.seed import asked, enrol, enter, open_round, row


async def test_panel_is_whoever_joined_and_is_active_with_the_newest_wave_that_reached_them(
    store: Store,
) -> None:
    def write(connection: Connection) -> tuple[int, list[int]]:
        ids = enrol(connection, row("C1"), row("C2"), row("C3"))
        enrol(connection, row("left", status="closed"))
        enter(connection, row("not joined"))
        round_ = open_round(connection)
        rounds.invite(connection, round_, [asked(ids[0], wave=4)])
        rounds.invite(connection, round_, [asked(ids[0], wave=5), asked(ids[1], wave=5)])
        lost = rounds.invite(connection, round_, [asked(ids[1], wave=7)])[ids[1]]
        rounds.set_outcome(connection, lost, "expired")
        rounds.invite(connection, open_round(connection, "other"), [asked(ids[2], wave=5)])
        return round_.id, ids

    round_id, ids = await store.write(write)
    for since, waves in ((0, [5, 5, NEVER]), (6, [NEVER] * 3)):
        found = await store.read(partial(panels.panel, round_id=round_id, since=since))
        assert dict(zip(found.clients, found.asked, strict=True)) == dict(zip(ids, waves, strict=True))
