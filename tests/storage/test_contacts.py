from __future__ import annotations

from typing import Any

from sqlalchemy import update

from spm_bot.storage import rounds
from spm_bot.storage.contacts import Contact, count_contacts
from spm_bot.storage.rounds import Round
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import invitations
from tests.seed import AT, asked, enter, open_round, row

ANSWERED = ("completed", "partial")


def invited(
    connection: Connection,
    round_: Round,
    client: int,
    *,
    outcome: str | None = None,
    delivered: bool = True,
    **changes: Any,
) -> None:
    [made] = rounds.invite(connection, round_, [asked(client, **changes)]).values()
    rounds.set_delivered(connection, [made] if delivered else [], at=AT)
    rounds.set_outcome(connection, made, outcome)


async def test_each_client_counts_once_whatever_asked_them(store: Store) -> None:
    def fill(connection: Connection) -> None:
        stress, sat = open_round(connection), open_round(connection, "sat", survey="client_satisfaction")
        one, two, three, four = enter(connection, *(row(f"C{number}") for number in range(4)))
        invited(connection, stress, one, outcome="completed")
        invited(connection, sat, one, outcome="no_answer", delivered=False)
        invited(connection, stress, two, outcome="partial")
        invited(connection, stress, three, outcome="unreachable", delivered=False)
        invited(connection, stress, four, outcome="break_off", branch="BUS", in_arrears=True)

    await store.write(fill)
    found = await store.read(lambda c: count_contacts(c, "2026-W48", "2026-W48", answered=ANSWERED))
    assert found == [
        Contact("BUN", in_arrears=False, has_loan=True, asked=3, delivered=2, answered=2),
        Contact("BUS", in_arrears=True, has_loan=True, asked=1, delivered=1, answered=0),
    ]


async def test_client_in_arrears_once_counts_as_in_arrears(store: Store) -> None:
    def fill(connection: Connection) -> None:
        round_ = open_round(connection)
        [one] = enter(connection, row())
        invited(connection, round_, one, week="2026-W40", in_arrears=True)
        invited(connection, round_, one, week="2026-W48", wave=1, outcome="completed")

    await store.write(fill)
    found = await store.read(lambda c: count_contacts(c, "2026-W36", "2026-W48", answered=ANSWERED))
    assert found == [Contact("BUN", in_arrears=True, has_loan=True, asked=1, delivered=1, answered=1)]


async def test_client_counts_as_borrower_by_the_day_of_the_invitation(store: Store) -> None:
    def fill(connection: Connection) -> None:
        round_ = open_round(connection)
        one, two = enter(connection, row("C1"), row("C2", loan=""))
        invited(connection, round_, one, outcome="completed", has_loan=False)
        invited(connection, round_, two, week="2026-W40", has_loan=True)
        invited(connection, round_, two, wave=1, has_loan=False)

    await store.write(fill)
    found = await store.read(lambda c: count_contacts(c, "2026-W36", "2026-W48", answered=ANSWERED))
    assert found == [
        Contact("BUN", in_arrears=False, has_loan=False, asked=1, delivered=1, answered=1),
        Contact("BUN", in_arrears=False, has_loan=True, asked=1, delivered=1, answered=0),
    ]


async def test_only_standing_rounds_of_the_weeks_asked_for_count(store: Store) -> None:
    def fill(connection: Connection) -> None:
        standing, adhoc = open_round(connection), open_round(connection, "visit", origin="adhoc")
        ids = enter(connection, *(row(f"C{number}") for number in range(5)))
        for client, week in zip(ids, ("2026-W39", "2026-W40", "2026-W44", "2026-W45"), strict=False):
            invited(connection, standing, client, week=week)
        invited(connection, adhoc, ids[4], week="2026-W42")

    await store.write(fill)
    found = await store.read(lambda c: count_contacts(c, "2026-W40", "2026-W44", answered=ANSWERED))
    assert found == [Contact("BUN", in_arrears=False, has_loan=True, asked=2, delivered=2, answered=0)]
    assert await store.read(lambda c: count_contacts(c, "2025-W01", "2025-W13", answered=ANSWERED)) == []


async def test_invitations_cut_from_their_clients_count_as_one_person_each(store: Store) -> None:
    def fill(connection: Connection) -> None:
        round_ = open_round(connection)
        for client in enter(connection, row("C1"), row("C2")):
            invited(connection, round_, client, outcome="completed")
        connection.execute(update(invitations).values(client_id=None))

    await store.write(fill)
    found = await store.read(lambda c: count_contacts(c, "2026-W36", "2026-W48", answered=ANSWERED))
    assert found == [Contact("BUN", in_arrears=False, has_loan=True, asked=2, delivered=2, answered=2)]
