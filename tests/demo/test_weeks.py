"""A small demo from its first card to its last digest, and the rules it must not break on the way."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from spm_bot.analytics.digest import to_json
from spm_bot.demo.agenda import LAST_WEEK
from spm_bot.demo.weeks import SIGNED_BY
from spm_bot.fieldwork.outcomes import Outcome
from spm_bot.reports.card import card
from spm_bot.texts import voice
from tests.demo.conftest import CLIENTS, WEEKS, Play, Small

NAIROBI = ZoneInfo("Africa/Nairobi")


@pytest.fixture
def rows(small: Small) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(Path(small.url.removeprefix("sqlite+aiosqlite:///")))
    yield connection
    connection.close()


def instant(stored: str) -> datetime:
    return datetime.fromisoformat(stored).replace(tzinfo=UTC)


def count(rows: sqlite3.Connection, query: str) -> int:
    found: int = rows.execute(query).fetchone()[0]
    return found


def test_every_day_passes_and_most_clients_join(small: Small, rows: sqlite3.Connection) -> None:
    assert small.days == 7 * WEEKS
    assert small.lived.clients == CLIENTS == count(rows, "SELECT count(*) FROM clients")
    assert small.lived.joined == count(rows, "SELECT count(*) FROM addresses") - 1 > 0.8 * CLIENTS
    assert small.lived.events > 4 * small.lived.joined


def test_outcomes_add_up(small: Small, rows: sqlite3.Connection) -> None:
    outcomes = dict(rows.execute("SELECT outcome, count(*) FROM invitations GROUP BY outcome"))
    responses = dict(rows.execute("SELECT partial, count(*) FROM responses GROUP BY partial"))
    assert sum(outcomes.values()) == count(rows, "SELECT count(*) FROM invitations")
    assert set(outcomes) <= {None, *Outcome}
    assert outcomes["completed"] == responses[0]
    asked, answered = (
        f"SELECT count(DISTINCT client_id) FROM invitations WHERE {which}"
        for which in ("true", "outcome IN ('completed', 'partial')")
    )
    assert small.digest.heard.asked == count(rows, asked)
    assert small.digest.heard.answered == count(rows, answered)


def test_people_answer_in_many_ways(rows: sqlite3.Connection) -> None:
    assert count(rows, "SELECT count(*) FROM answers WHERE choice = 'pns'") > 0
    assert count(rows, "SELECT count(*) FROM comments") > 0
    assert count(rows, "SELECT count(*) FROM responses WHERE partial") > 0
    assert count(rows, "SELECT count(*) FROM responses WHERE late") > 0
    assert count(rows, "SELECT count(*) FROM outbox WHERE ref LIKE 's%.%.%'") > 0
    assert count(rows, "SELECT count(*) FROM outbox WHERE kind = 'reminder'") > 0
    spoken = dict(rows.execute("SELECT language, count(*) FROM responses GROUP BY language"))
    assert set(spoken) == {"en", "fr"}


def test_nobody_is_invited_without_a_yes(rows: sqlite3.Connection) -> None:
    unasked = """
        SELECT count(*) FROM invitations
        JOIN clients ON clients.id = invitations.client_id
        WHERE coalesce((
            SELECT given FROM consents
            WHERE consents.subject = clients.subject AND purpose = 'survey' AND at <= invited_at
            ORDER BY consents.id DESC LIMIT 1), 0) = 0
    """
    assert count(rows, "SELECT count(*) FROM consents WHERE purpose = 'survey' AND NOT given") > 0
    assert count(rows, unasked) == 0


def test_invitations_to_one_client_lie_21_days_apart(rows: sqlite3.Connection) -> None:
    asked: dict[int, list[datetime]] = {}
    for client, at in rows.execute("SELECT client_id, invited_at FROM invitations ORDER BY invited_at"):
        asked.setdefault(client, []).append(instant(at))
    gaps = [later - earlier for moments in asked.values() for earlier, later in pairwise(moments)]
    assert gaps
    assert min(gaps) >= timedelta(days=21)


def test_what_we_start_leaves_by_day_and_never_on_sunday(rows: sqlite3.Connection) -> None:
    sent = [
        instant(at).astimezone(NAIROBI)
        for (at,) in rows.execute(
            "SELECT sent_at FROM outbox WHERE kind IN ('invitation', 'reminder') AND state = 'sent'"
        )
    ]
    assert sent
    assert {at.hour for at in sent} <= set(range(9, 19))
    assert 6 not in {at.weekday() for at in sent}


def test_minors_and_savers_are_not_asked_about_debt(rows: sqlite3.Connection) -> None:
    wrong = """
        SELECT count(*) FROM invitations JOIN clients ON clients.id = invitations.client_id
        WHERE survey = 'debt_stress' AND (birth_year IS NULL OR NOT clients.has_loan)
    """
    assert count(rows, "SELECT count(*) FROM clients WHERE NOT has_loan") > 0
    assert count(rows, wrong) == 0


def test_wordings_are_signed_in_the_demos_own_names_only(rows: sqlite3.Connection) -> None:
    assert {name for (name,) in rows.execute("SELECT signed_by FROM signatures")} == set(SIGNED_BY)
    assert all("not reviewed" in name for name in SIGNED_BY)


def test_small_branches_stay_hidden(small: Small) -> None:
    digest, text = small.digest, card(small.digest, voice("en"))
    shown = {row.code for table in digest.breakdowns for row in table.rows if not row.hidden}
    assert shown
    assert not shown & {"SIA", "WEB"}
    assert "Siaya" not in text
    assert "Webuye" not in text


def test_digest_is_of_the_last_week_and_gives_branch_verdicts(small: Small) -> None:
    digest = small.digest
    assert (digest.week, digest.first_of_month) == (str(LAST_WEEK), True)
    assert [book.as_of for book in digest.books if book.branch == "BUN"] == ["2026-10-31"]


def test_the_same_seed_gives_the_same_figures(play: Play) -> None:
    first, again, other = (play(clients=120, weeks=2, seed=seed) for seed in (5, 5, 6))
    assert again.lived == first.lived != other.lived
    assert to_json(again.digest) == to_json(first.digest) != to_json(other.digest)
