from __future__ import annotations

from functools import partial

from sqlalchemy import delete, insert, update

from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.storage import round_totals, rounds
from spm_bot.storage.round_totals import Tally
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import answers, invitations, responses, sessions, survey_versions
from tests.seed import AT, DAY, HOUR, asked, enrol, open_round, row

_VERSION = insert(survey_versions).returning(survey_versions.c.id)
PICKS = {"A": "5", "B": "5", "C": "1", "D": "pns"}


def _lived(connection: Connection) -> int:
    """Four clients answered an hour apart, a fifth too late, a sixth not at all."""
    round_ = open_round(connection, "visit", survey="branch_visit", origin="adhoc")
    codes = [*PICKS, "L", "N"]
    clients = dict(zip(codes, enrol(connection, *(row(code) for code in codes)), strict=True))
    written = rounds.invite(connection, round_, [asked(client) for client in clients.values()])
    for number, code in enumerate([*PICKS, "L"]):
        _answered(connection, clients[code], written, number, late=code == "L", code=PICKS.get(code, "1"))
    return round_.id


def _answered(
    connection: Connection, client: int, written: dict[int, int], number: int, *, late: bool, code: str
) -> None:
    at = AT + number * HOUR
    version = connection.execute(
        _VERSION, {"code": "branch_visit", "hash": f"h{number}", "body": ""}
    ).scalar_one()
    session = connection.execute(
        insert(sessions).returning(sessions.c.id),
        {
            "survey_version_id": version,
            "client_id": client,
            "invitation_id": written[client],
            "form": False,
            "status": "ended",
            "turn": 1,
            "state": b"",
            "started_at": at,
            "touched_at": at,
            "expires_at": at,
            "revision": 1,
        },
    ).scalar_one()
    connection.execute(
        insert(responses),
        {
            "session_id": session,
            "client_id": client,
            "survey": "branch_visit",
            "origin": "adhoc",
            "partial": False,
            "late": late,
            "language": "en",
            "channel": "test",
            "started_at": at,
            "ended_at": at,
            "week": "2026-W48",
            "scored": "{}",
        },
    )
    given = {"session_id": session, "question": "bv1", "choice": code, "number": None, "at": at, "late": late}
    connection.execute(insert(answers), given)
    completed = update(invitations).where(invitations.c.id == written[client])
    connection.execute(completed.values(outcome=Outcome.COMPLETED, ended_at=at))


async def test_answers_are_counted_without_skips_and_late_ones(store: Store) -> None:
    found = await store.write(lambda c: round_totals.tally(c, _lived(c), skips="pns"))
    assert found == Tally(4, {"bv1": {"5": 2, "1": 1}}, {"bv1": 3})


async def test_progress_is_that_of_an_instant(store: Store) -> None:
    round_id = await store.write(_lived)

    def progress(connection: Connection) -> list[tuple[int, int]]:
        moments = (AT, AT + HOUR, AT + 2 * HOUR, AT + DAY)
        return [round_totals.progress(connection, round_id, until=until) for until in moments]

    assert await store.read(progress) == [(0, 0), (6, 1), (6, 2), (6, 5)]


async def test_progress_outlives_the_answers(store: Store) -> None:
    round_id = await store.write(_lived)

    def forget(connection: Connection) -> None:
        connection.execute(delete(responses))
        connection.execute(update(sessions).values(invitation_id=None, client_id=None))
        connection.execute(update(invitations).values(client_id=None))

    await store.write(forget)
    seen = [
        await store.read(partial(round_totals.progress, round_id=round_id, until=AT + n * HOUR))
        for n in (1, 2)
    ]
    assert seen == [(6, 1), (6, 2)]


async def test_results_are_kept_as_they_were(store: Store) -> None:
    found = Tally(12, {"bv1": {"5": 12}}, {"bv1": 12})
    round_id = await store.write(_lived)
    assert await store.read(lambda c: round_totals.kept(c, round_id)) is None
    await store.write(lambda c: round_totals.keep(c, round_id, found))
    assert await store.read(lambda c: round_totals.kept(c, round_id)) == found
