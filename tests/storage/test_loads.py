"""What the brake counts: who was reached and answered, who asks for help, who is invited already."""

from __future__ import annotations

from sqlalchemy import insert

from spm_bot.fieldwork.capacity import Load
from spm_bot.storage import loads, rounds
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import responses
from spm_bot.times import Week
from tests.seed import AT, HOUR, asked, enrol, open_round, row

WEEK = Week(2026, 48)
ENDS = ("completed", "partial", "break_off", "refused", "no_answer", "unreachable", "expired", "not_eligible")


def invite(connection: Connection, code: str, *, week: Week, outcome: str | None, delivered: bool) -> None:
    """One client of their own, invited in `week`."""
    [client] = enrol(connection, row(code))
    [made] = rounds.invite(connection, open_round(connection), [asked(client, week=str(week))]).values()
    rounds.set_delivered(connection, [made] if delivered else [], at=AT)
    rounds.set_outcome(connection, made, outcome)


def respond(connection: Connection, *, week: Week, origin: str = "standing", flags: str = "") -> None:
    row_ = {
        "session_id": None,
        "client_id": None,
        "survey": "debt_stress",
        "origin": origin,
        "partial": False,
        "late": False,
        "language": "en",
        "channel": "test",
        "started_at": AT,
        "ended_at": AT,
        "week": str(week),
        "scored": f'{{"flags": [{flags}]}}',
    }
    connection.execute(insert(responses), row_)


async def test_load_is_that_of_the_last_thirteen_whole_weeks(store: Store) -> None:
    def write(connection: Connection) -> None:
        for number, outcome in enumerate(ENDS):
            delivered = outcome not in {"expired", "not_eligible"}
            invite(connection, f"C{number}", week=WEEK.minus(13), outcome=outcome, delivered=delivered)
        invite(connection, "open", week=WEEK.minus(1), outcome=None, delivered=True)
        invite(connection, "older", week=WEEK.minus(14), outcome="completed", delivered=True)
        invite(connection, "now", week=WEEK, outcome="completed", delivered=True)
        respond(connection, week=WEEK.minus(13), flags='"RF_HELP"')
        respond(connection, week=WEEK.minus(1), flags='"RF_FOOD", "RF_HELP"')
        respond(connection, week=WEEK.minus(1), flags='"RF_FOOD"')
        respond(connection, week=WEEK.minus(1), origin="practice", flags='"RF_HELP"')
        respond(connection, week=WEEK.minus(14), flags='"RF_HELP"')
        respond(connection, week=WEEK, flags='"RF_HELP"')

    await store.write(write)
    assert await store.read(lambda c: loads.load(c, "debt_stress", week=WEEK)) == Load(6, 2, 3, 2)
    assert await store.read(lambda c: loads.load(c, "client_exit", week=WEEK)) == Load()


async def test_invited_are_who_got_the_message_since_and_whoever_may_still_get_one(store: Store) -> None:
    def write(connection: Connection) -> None:
        for number, outcome in enumerate((*ENDS, None)):
            for delivered in (True, False):
                code = f"{number}{delivered}"
                invite(connection, code, week=WEEK, outcome=outcome, delivered=delivered)
        invite(connection, "next", week=WEEK.next(), outcome=None, delivered=False)
        invite(connection, "last", week=WEEK.previous(), outcome=None, delivered=False)

    await store.write(write)
    # Nine got the message; one of this, of the next and of the last week still waits for it.
    assert await store.read(lambda c: loads.invited_since(c, "debt_stress", since=AT)) == 9 + 3
    assert await store.read(lambda c: loads.invited_since(c, "debt_stress", since=AT + HOUR)) == 3
