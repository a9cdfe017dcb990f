"""The migration that moves where clients stood from observations to responses, and back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, MetaData, select

from spm_bot.storage import schema
from tests.seed import AT

BEFORE, AFTER = "0003", "0004"
LOOKS = {
    "branch": "BUN",
    "product": "business_loan",
    "loan_method": "individual",
    "gender": "female",
    "language": "en",
    "channel": "telegram",
}
COMMON = {"survey": "debt_stress", "origin": "standing", "week": "2026-W48", "partial": False}


def put(connection: Connection, table: str, *rows: dict[str, Any]) -> None:
    known = MetaData()
    known.reflect(connection, only=[table])
    connection.execute(known.tables[table].insert(), list(rows))


def response(number: int, *, session: int | None = None) -> dict[str, Any]:
    times = {"started_at": AT, "ended_at": AT}
    spoken = {name: LOOKS[name] for name in ("language", "channel")}
    return {
        **COMMON,
        **times,
        **spoken,
        "id": number,
        "session_id": session,
        "late": False,
        "scored": "{}",
    }


def observation(number: int, indicator: str, value: float | None, *, late: bool) -> dict[str, Any]:
    common = {**COMMON, **LOOKS, "response_id": number, "in_arrears": late}
    return {**common, "indicator": indicator, "value": value}


def fill(connection: Connection) -> None:
    """Three responses: of one who pays in time, of one in arrears, to a survey without indicators."""
    put(connection, "clients", {"id": 1, "code": "C1", "subject": "s", "branch": "BUN", **LOANS})
    put(connection, "survey_versions", {"id": 1, "code": "visit", "hash": "h", "body": ""})
    put(connection, "rounds", {"id": 1, "code": "r", "survey": "visit", "origin": "adhoc", **ROUND})
    put(connection, "invitations", {"id": 1, "round_id": 1, "client_id": 1, "branch": "BUS", **INVITATION})
    put(connection, "sessions", {"id": 1, "survey_version_id": 1, "invitation_id": 1, **SESSION})
    put(connection, "responses", response(1), response(2), response(3, session=1))
    put(
        connection,
        "observations",
        observation(1, "DST1", 1.0, late=False),
        observation(1, "DST5", None, late=False),
        observation(2, "DST1", 0.0, late=True),
    )
    connection.commit()


LOANS = {"has_loan": True, "has_savings": False}
ROUND = {"audience": "{}", "seed": 7, "opened_at": AT}
INVITATION = {
    "wave": 0,
    "survey": "visit",
    "invited_at": AT,
    "expires_at": AT,
    "in_arrears": False,
    "has_loan": True,
    "week": "2026-W48",
}
SESSION = {
    "form": False,
    "status": "ended",
    "turn": 1,
    "state": b"",
    "started_at": AT,
    "touched_at": AT,
    "expires_at": AT,
    "revision": 1,
}


def contents(connection: Connection, table: str, *without: str) -> list[dict[str, Any]]:
    known = MetaData()
    known.reflect(connection, only=[table])
    columns = [column for column in known.tables[table].c if column.name not in without]
    query = select(*columns).order_by(known.tables[table].c.id)
    return [dict(row._mapping) for row in connection.execute(query)]


def both(connection: Connection) -> list[list[dict[str, Any]]]:
    return [contents(connection, table) for table in ("responses", "observations")]


async def test_segments_move_to_the_responses(empty_url: str) -> None:
    await schema.migrate(empty_url, to=BEFORE)
    await schema.connected(empty_url, fill)
    await schema.migrate(empty_url, to=AFTER)
    names = ("branch", "product", "loan_method", "gender", "tenure", "cycle", "arrears", "area")
    found = await schema.connected(empty_url, lambda c: contents(c, "responses"))
    assert [tuple(each[name] for name in names) for each in found] == [
        ("BUN", "business_loan", "individual", "female", "", "", "none", ""),
        ("BUN", "business_loan", "individual", "female", "", "", "", ""),
        ("BUS", "", "", "", "", "", "", ""),
    ]
    common = {"week": "2026-W48", "origin": "standing"}
    assert await schema.connected(empty_url, lambda c: contents(c, "observations", "id")) == [
        {**common, "response_id": 1, "indicator": "DST1", "value": 1.0},
        {**common, "response_id": 1, "indicator": "DST5", "value": None},
        {**common, "response_id": 2, "indicator": "DST1", "value": 0.0},
    ]


async def test_segments_move_back_as_they_were(empty_url: str) -> None:
    await schema.migrate(empty_url, to=BEFORE)
    await schema.connected(empty_url, fill)
    before = await schema.connected(empty_url, both)
    await schema.migrate(empty_url, to=AFTER)
    await schema.migrate(empty_url, to=BEFORE)
    assert await schema.connected(empty_url, both) == before
