from __future__ import annotations

from collections.abc import Sequence

from spm_bot.fieldwork.outcomes import Outcome, Tally
from spm_bot.storage import dispositions, rounds
from spm_bot.storage.store import Connection, Store
from spm_bot.times import Week
from tests.seed import AT, asked, enrol, open_round, row

CODES: list[Outcome | None] = [*Outcome, None]


def invite(connection: Connection, codes: Sequence[Outcome | None], *, week: str, round_code: str) -> None:
    """A client for each code, all of them in one round, every second one reached."""
    round_ = open_round(connection, round_code)
    for number, code in enumerate(codes):
        [client] = enrol(connection, row(f"{round_code}-{week}-{number}"))
        [made] = rounds.invite(connection, round_, [asked(client, week=week)]).values()
        rounds.set_outcome(connection, made, code)
        rounds.set_delivered(connection, [made] if number % 2 else [], at=AT)


async def test_table_of_rounds_by_their_codes(store: Store) -> None:
    def write(connection: Connection) -> None:
        invite(connection, CODES, week="2026-W47", round_code="stress")
        invite(connection, [Outcome.COMPLETED, Outcome.COMPLETED], week="2026-W48", round_code="stress")
        invite(connection, [Outcome.REFUSED], week="2026-W48", round_code="exit")

    await store.write(write)
    each = dict.fromkeys((str(outcome) for outcome in Outcome), 1)
    stress = Tally(delivered=5, **{**each, "completed": 3}, open=1)
    assert await store.read(dispositions.tallies) == {"stress": stress, "exit": Tally(refused=1)}
    assert stress.invited == 11
    assert await store.read(lambda c: dispositions.tallies(c, code="exit")) == {"exit": Tally(refused=1)}
    assert await store.read(lambda c: dispositions.tallies(c, week=Week(2026, 47))) == {
        "stress": Tally(delivered=4, **each, open=1)
    }
    assert await store.read(lambda c: dispositions.tallies(c, code="exit", week=Week(2026, 47))) == {}
