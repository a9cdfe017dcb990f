from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest
from sqlalchemy import insert, literal, select, update

from spm_bot.fieldwork.audience import Candidate
from spm_bot.fieldwork.contact_rules import LOOK_BACK, Asked, History
from spm_bot.fieldwork.due_dates import Instalments
from spm_bot.storage import people, reminders, rounds, survey_versions
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import clients, loans
from spm_bot.times import YEAR
from spm_bot.usecases.eligibility import candidates, launch_problem, signed_languages
from tests.seed import AT, DAY, asked, enrol, enter, meet, open_round, row, say_yes, sign
from tests.stage.world import desk

VISIT = desk().library.survey("branch_visit")


def known(connection: Connection, ids: list[int]) -> list[Candidate]:
    return candidates(connection, people.clients_by_id(connection, ids), now=AT)


async def test_candidate_is_what_the_rules_need_to_know(store: Store) -> None:
    def fill(connection: Connection) -> list[int]:
        ids = enrol(
            connection,
            row("C1", days_in_arrears=3),
            row("C2", loan="", birth_year=None, product="", gender=""),
        )
        [stranger] = enter(connection, row("C3", branch="BUS", status="closed"))
        stress, visit = open_round(connection), open_round(connection, "v", survey="branch_visit")
        moments = (AT - YEAR - 15 * DAY, AT - 2 * DAY)
        for wave, at in enumerate(moments):
            rounds.invite(connection, stress, [asked(ids[0], at=at, wave=wave)])
        rounds.invite(connection, visit, [asked(ids[0], at=AT - DAY)])
        say_yes(connection, "C2", given=False)
        people.set_reachable(connection, meet(connection, "C2"), reachable=False)
        return [*ids, stranger]

    ids = await store.write(fill)
    one, two = await store.read(lambda c: (meet(c, "C1"), meet(c, "C2")))
    recent = [
        Asked("debt_stress", AT - 2 * DAY, invitation=2, arrived=False),
        Asked("branch_visit", AT - DAY, invitation=3, arrived=False),
    ]
    assert await store.read(partial(known, ids=ids)) == [
        Candidate(
            client=ids[0],
            address=one,
            branch="BUN",
            status="active",
            birth_year=1985,
            has_loan=True,
            in_arrears=True,
            reachable=True,
            agrees=True,
            language="en",
            busy=False,
            history=History(tuple(recent)),
            product="business_loan",
            gender="female",
        ),
        Candidate(
            client=ids[1],
            address=two,
            branch="BUN",
            status="active",
            birth_year=None,
            has_loan=False,
            in_arrears=False,
            reachable=False,
            agrees=False,
            language="en",
            busy=False,
            history=History(),
        ),
        Candidate(
            client=ids[2],
            address=None,
            branch="BUS",
            status="closed",
            birth_year=1985,
            has_loan=True,
            in_arrears=False,
            reachable=False,
            agrees=False,
            language="",
            busy=False,
            history=History(),
            product="business_loan",
            gender="female",
        ),
    ]
    assert await store.read(partial(known, ids=[])) == []


async def test_two_clients_of_one_chat_are_two_candidates(store: Store) -> None:
    def fill(connection: Connection) -> list[int]:
        first, second = enrol(connection, row("C1"), row("C2"))
        people.move_client(connection, second, meet(connection, "C1"), at=AT)
        say_yes(connection, "C1", given=False)
        return [first, second]

    ids = await store.write(fill)
    found = await store.read(partial(known, ids=ids))
    assert len({each.address for each in found}) == 1
    assert [each.agrees for each in found] == [False, True]


async def test_wording_is_signed_as_it_is_now(store: Store) -> None:
    await store.write(lambda c: sign(c, VISIT, "fr"))
    assert await store.read(lambda c: signed_languages(c, VISIT)) == {"fr"}
    assert VISIT.intro is not None
    words = replace(VISIT.intro, by_language={**VISIT.intro.by_language, "fr": "Autre chose"})
    changed = replace(VISIT, intro=words)
    assert await store.read(lambda c: signed_languages(c, changed)) == frozenset()


async def test_one_signature_is_not_enough(store: Store) -> None:
    await store.write(lambda c: sign(c, VISIT, "en"))
    await store.write(
        lambda c: survey_versions.sign(
            c, code=VISIT.code, wording="old", language="fr", signed_by="A. Translator", at=AT
        )
    )
    assert await store.read(lambda c: signed_languages(c, VISIT)) == {"en"}


@pytest.mark.parametrize(
    ("empty", "problem"),
    [
        ((), None),
        (("helplines",), "helplines are empty in the institution file"),
        (("helplines", "remedies"), "helplines and remedies are empty in the institution file"),
    ],
)
def test_who_asks_must_be_able_to_help(empty: tuple[str, ...], problem: str | None) -> None:
    institution = desk().institution.model_copy(update=dict.fromkeys(empty, ()))
    assert launch_problem(replace(desk(), institution=institution)) == problem


async def test_history_looks_back_as_far_as_the_rules_do(store: Store) -> None:
    def fill(connection: Connection) -> list[int]:
        ids = enrol(connection, row("C1"))
        edge = AT - LOOK_BACK
        for wave, at in enumerate((edge - timedelta(seconds=1), edge)):
            rounds.invite(connection, open_round(connection), [asked(ids[0], at=at, wave=wave)])
        return ids

    [found] = await store.read(partial(known, ids=await store.write(fill)))
    assert found.history.messages_at == (AT - LOOK_BACK,)


async def test_invitation_counts_from_when_it_arrived_and_not_if_it_never_did(store: Store) -> None:
    def fill(connection: Connection) -> list[int]:
        ids = enrol(connection, row("C1"))
        round_ = open_round(connection)
        made = [
            rounds.invite(connection, round_, [asked(ids[0], at=AT - days * DAY, wave=days)])[ids[0]]
            for days in (90, 60, 30, 0)
        ]
        rounds.set_delivered(connection, made[:1], at=AT - 88 * DAY)
        reminders.set_reminded(connection, made[0], at=AT - 87 * DAY)
        rounds.set_outcome(connection, made[0], "no_answer")
        rounds.set_outcome(connection, made[1], "expired")
        rounds.set_outcome(connection, made[2], "not_eligible")
        return ids

    [found] = await store.read(partial(known, ids=await store.write(fill)))
    assert found.history == History(
        (
            Asked("debt_stress", AT - 88 * DAY, AT - 87 * DAY, invitation=1, arrived=True),
            Asked("debt_stress", AT, invitation=4, arrived=False),
        )
    )


async def test_candidate_is_known_by_day_of_birth_work_and_instalments(store: Store) -> None:
    def fill(connection: Connection) -> list[int]:
        ids = enrol(connection, row("C1"), row("C2"), row("C3"))
        one = (clients.c.id == ids[0],)
        connection.execute(update(clients).where(*one).values(born_on="1985-02-28", works_here=True, hour=8))
        for client, due_on, frequency in zip(
            ids, ("2026-11-26", None, None), ("weekly", "daily", "monthly"), strict=True
        ):
            mine = loans.c.client_id == client
            paid = {"next_due_on": due_on, "repayment_frequency": frequency}
            connection.execute(update(loans).where(mine).values(paid))
        paid_back = select(
            literal(ids[0]), literal("old"), loans.c.branch, loans.c.product, loans.c.currency, literal(0.0),
            literal(0), literal("closed"), literal("2026-11-25"), literal("weekly"), loans.c.as_of,
        ).where(loans.c.client_id == ids[0])  # fmt: skip
        names = ["client_id", "code", "branch", "product", "currency", "outstanding", "days_in_arrears"]
        names += ["status", "next_due_on", "repayment_frequency", "as_of"]
        connection.execute(insert(loans).from_select(names, paid_back))
        return ids

    one, two, three = await store.read(partial(known, ids=await store.write(fill)))
    assert (one.born_on, one.works_here, one.hour) == (date(1985, 2, 28), True, 8)
    assert one.dues == (Instalments(date(2026, 11, 26), "weekly"),)
    assert (two.dues, three.dues) == ((Instalments(None, "daily"),), ())
