"""Rows that tests start from, written by the same functions as in life, and a look at the bare tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from spm_bot.analytics.commitments import Draft, Lever
from spm_bot.fieldwork.register import ClientRow, LoanRow
from spm_bot.messages import Action, Address, Subject, Tap, Text, Token
from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents, people, registers, roles, rounds, survey_versions
from spm_bot.storage.rounds import NewInvitation, Round
from spm_bot.storage.tables import metadata
from spm_bot.surveys import engine
from spm_bot.surveys.model import Kind, Survey
from spm_bot.surveys.session import Session
from spm_bot.surveys.wordings import wording

AT = datetime(2026, 11, 24, 7, tzinfo=UTC)
"""A Tuesday, ten in the morning in Nairobi: clients may be written to."""

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

DRAFT = Draft(
    week="2026-W47",
    branch="BUN",
    indicator="DST5",
    value=0.4,
    low=0.32,
    high=0.49,
    lever=Lever.CREDIT_POLICY,
    decision="No second loan beside a running one",
    reason="",
    owner="Jane Wanjiru",
    due_on=date(2026, 12, 22),
    expected=0.3,
    check_on=date(2027, 3, 23),
    money="1 % fewer loans",
    effect="Some wait longer for a loan",
    harms=True,
    approver="The board",
)
"""A decision for one branch, as a manager hands it in."""


def row(
    code: str = "C1",
    *,
    loan: str | None = None,
    currency: str = "KES",
    outstanding: float = 1000.0,
    days_in_arrears: int = 0,
    written_off: float = 0.0,
    **changes: Any,
) -> ClientRow:
    """An adult with a loan in Bungoma, with `changes`; `loan` is '' for somebody without one."""
    plain = {
        "name": f"Wanjiku {code}",
        "branch": "BUN",
        "product": "business_loan",
        "loan_method": "individual",
        "gender": "female",
        "birth_year": 1985,
        "joined_on": "2020-01-10",
    }
    one = LoanRow(
        code=f"L-{code}" if loan is None else loan,
        currency=currency,
        outstanding=outstanding,
        days_in_arrears=days_in_arrears,
        written_off=written_off,
    )
    return ClientRow(code=code, **{**plain, "loans": (one,) if one.code else (), **changes})


def enter(connection: Connection, *rows: ClientRow) -> list[int]:
    """Puts clients into the register; returns their ids."""
    subjects = [f"subject-{each.code}" for each in rows]
    registers.write_clients(connection, rows, subjects=subjects, as_of="2026-11-20")
    return [people.client_by_code(connection, each.code).id for each in rows]


def meet(connection: Connection, handle: str, *, channel: str = "test", language: str = "en") -> int:
    """The id of the chat with this handle."""
    return people.meet(connection, Address(channel, handle), language=language).id


def say_yes(connection: Connection, code: str, *, given: bool = True, at: datetime = AT) -> None:
    """A client's word on surveys."""
    consents.record(
        connection,
        subject=people.client_by_code(connection, code).subject,
        purpose=Purpose.SURVEY,
        given=given,
        text_version="v1",
        language="en",
        channel="test",
        at=at,
    )


def enrol(connection: Connection, *rows: ClientRow, language: str = "en") -> list[int]:
    """Clients who joined, each in a chat whose handle is their code, and agreed to surveys."""
    ids = enter(connection, *rows)
    for client, each in zip(ids, rows, strict=True):
        people.move_client(connection, client, meet(connection, each.code, language=language), at=AT)
        say_yes(connection, each.code)
    return ids


def hire(connection: Connection, handle: str, *, role: str, branch: str = "") -> int:
    """A member of staff with a chat and a role; returns the staff id."""
    staff = roles.add_staff(connection, subject=f"staff-{handle}")
    people.hold(connection, meet(connection, handle), staff_member=staff, at=AT)
    roles.grant(connection, staff, role=role, branch=branch, at=AT)
    return staff


def sign(connection: Connection, survey: Survey, *languages: str) -> None:
    """Two people stand for the wording of `survey` in each language."""
    for language in languages:
        for name in ("A. Translator", "B. Reader"):
            survey_versions.sign(
                connection,
                code=survey.code,
                wording=wording(survey, language),
                language=language,
                signed_by=name,
                at=AT,
            )


def open_round(
    connection: Connection,
    code: str = "stress",
    *,
    survey: str = "debt_stress",
    origin: str = "standing",
    at: datetime = AT,
) -> Round:
    return rounds.open_round(
        connection, code=code, survey=survey, origin=origin, audience="{}", seed=7, at=at
    )


def asked(client: int, *, at: datetime = AT, wave: int = 0, **changes: Any) -> NewInvitation:
    """What a round writes for one client, with three days to answer."""
    plain = {
        "invited_at": at,
        "expires_at": at + 3 * DAY,
        "in_arrears": False,
        "has_loan": True,
        "branch": "BUN",
        "week": "2026-W48",
    }
    return NewInvitation(client=client, wave=wave, **{**plain, **changes})


def play(
    survey: Survey, session: Session, answers: Mapping[str, str | tuple[str, ...]], *, at: datetime = AT
) -> Session:
    """The session after the open questions were answered, as long as `answers` has something to say.

    Several codes are ticks, "skip" is a skip; anything else is a code, a number or a text.
    """
    while (name := session.current) is not None and name in answers:
        question, said = survey.question(name), answers[name]
        codes = [choice.code for choice in question.choices]

        def tap(action: Action, value: str = "", *, turn: int = session.turn) -> Tap:
            return Tap(Token(Subject.SESSION, 0, turn, action, value))

        if said == "skip":
            session = engine.skip(survey, session, at=at).session
        elif isinstance(said, tuple):
            for code in said:
                tick = tap(Action.PICK, str(codes.index(code)))
                session = engine.reply(survey, session, tick, at=at).session
            session = engine.reply(survey, session, tap(Action.DONE), at=at).session
        elif question.kind is Kind.SELECT_ONE:
            pick = tap(Action.PICK, str(codes.index(said)))
            session = engine.reply(survey, session, pick, at=at).session
        else:
            session = engine.reply(survey, session, Text(said), at=at).session
    return session


def names_of(table: Table) -> list[str]:
    """The columns that a writer fills."""
    return [column.name for column in table.columns if column.name != "id"]


def rows_of(connection: Connection, table: Table, *columns: str) -> list[tuple[Any, ...]]:
    """The table as it stands, oldest row first, without deciphering anything."""
    key = next(iter(table.primary_key.columns))
    query = select(*(table.c[name] for name in columns)).order_by(key)
    return [tuple(found) for found in connection.execute(query)]


def found_bare(connection: Connection, secrets: Iterable[str]) -> set[str]:
    """Those of the secrets that somebody reads who holds the database without its key."""
    cells = [
        cell if isinstance(cell, bytes) else str(cell).encode()
        for table in metadata.sorted_tables
        for found in connection.execute(select(table))
        for cell in found
    ]
    everything = b"\n".join(cells)
    return {secret for secret in secrets if secret.encode() in everything}
