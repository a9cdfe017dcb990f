"""What of the answers leaves the house, and what never does."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial

import pytest

from spm_bot.reports.extract import Cell, Sheet
from spm_bot.storage import people, rounds, sessions, survey_versions
from spm_bot.storage.sessions import ENDED
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys import engine
from spm_bot.times import Week
from spm_bot.usecases.export_responses import Export, NothingToExport, Wanted, gather
from spm_bot.usecases.facts import client_facts
from spm_bot.usecases.respond import respond
from tests.seed import AT, asked, enrol, open_round, play, row
from tests.stage.world import desk
from tests.usecases.test_respond_rows import SATISFACTION, STRESS, Said

ALL = Wanted(None, None, None, "en")
NEXT_YEAR = Week(2027, 2)
SECRETS = ("C1-", "Wanjiku", "the staff is kind")


def answer(connection: Connection, client: int, survey: str, said: Said) -> None:
    definition = desk().library.survey(survey)
    known = people.client(connection, client)
    facts = client_facts(connection, desk(), known, language="en", now=AT)
    round_ = open_round(connection, survey, survey=survey)
    invitation = rounds.invite(connection, round_, [asked(client)])[client]
    opened = sessions.open_session(
        connection,
        engine.begin(definition, language="en", at=AT, values={**facts, "private_items": "yes"}).session,
        version=survey_versions.keep(connection, definition),
        form=False,
        address=people.chats_of_clients(connection, [client])[client].id,
        client=client,
        invitation=invitation,
        lasts=timedelta(hours=72),
    )
    session = play(definition, opened.session, said, at=AT)
    saved = sessions.save(connection, opened, session, status=ENDED, at=AT)
    respond(connection, desk(), saved, definition, now=AT)


def fill(connection: Connection, *, count: int, survey: str, said: Said, branch: str = "BUN") -> None:
    rows = [row(f"C1-{branch}{number}", branch=branch) for number in range(count)]
    for client in enrol(connection, *rows):
        answer(connection, client, survey, said)


async def exported(store: Store, wanted: Wanted = ALL) -> Export:
    return await gather(wanted, today=NEXT_YEAR, store=store, desk=desk(), progress=lambda _: None)


def columns(sheet: Sheet) -> list[str]:
    return [column.name for column in sheet.columns]


def column(sheet: Sheet, name: str) -> list[Cell]:
    place = columns(sheet).index(name)
    return [line[place] for line in sheet.rows]


async def test_answers_leave_without_names_codes_and_free_text(store: Store) -> None:
    await store.write(partial(fill, count=12, survey="client_satisfaction", said=SATISFACTION))
    export = await exported(store)
    [sheet] = export.sheets
    assert (sheet.name, len(sheet.rows), export.responses) == ("client_satisfaction", 12, 12)
    assert column(sheet, "cs4") == ["always"] * 12
    assert column(sheet, "cs1") == [9] * 12
    assert "cs2" not in columns(sheet)
    everything = " ".join(str(cell) for line in sheet.rows for cell in line)
    assert [secret for secret in SECRETS if secret in everything] == []


async def test_pseudonyms_lead_from_no_table_to_another(store: Store) -> None:
    await store.write(partial(fill, count=10, survey="client_satisfaction", said=SATISFACTION))
    first, again = [(await exported(store)).sheets[0] for _ in range(2)]
    [other] = (await exported(store, Wanted(None, "2026-W40", None, "en"))).sheets
    assert column(first, "person") == column(again, "person")
    assert len(set(column(first, "person"))) == 10
    names = [set(column(first, "person")), set(column(first, "response")), set(column(other, "person"))]
    assert len(set.union(*names)) == 30


async def test_fewer_people_than_a_cell_leave_nothing(store: Store) -> None:
    await store.write(partial(fill, count=9, survey="client_satisfaction", said=SATISFACTION))
    with pytest.raises(NothingToExport, match="fewer than 10 people answered: nothing leaves"):
        await exported(store)


async def test_survey_that_few_answered_is_left_out_and_told(store: Store) -> None:
    await store.write(partial(fill, count=10, survey="client_satisfaction", said=SATISFACTION))
    await store.write(partial(fill, count=3, survey="debt_stress", said=STRESS, branch="BUS"))
    export = await exported(store)
    assert [sheet.name for sheet in export.sheets] == ["client_satisfaction"]
    assert ("debt_stress: left out, fewer than 10 people answered.",) in export.notes.rows


async def test_small_groups_of_segments_are_withheld(store: Store) -> None:
    await store.write(partial(fill, count=11, survey="client_satisfaction", said=SATISFACTION))
    await store.write(partial(fill, count=4, survey="client_satisfaction", said=SATISFACTION, branch="BUS"))
    [sheet] = (await exported(store)).sheets
    groups = defaultdict(set)
    for person, branch in zip(column(sheet, "person"), column(sheet, "branch"), strict=True):
        groups[branch].add(person)
    assert {branch: len(people) for branch, people in groups.items()} == {"withheld": 15}


async def test_private_answers_leave_from_thirty_people_on(store: Store) -> None:
    await store.write(partial(fill, count=29, survey="debt_stress", said=STRESS))
    export = await exported(store)
    assert [sheet.name for sheet in export.sheets] == ["debt_stress"]
    assert not {"ds3", "ds8"} & set(columns(export.sheets[0]))
    told = "debt_stress: no private answers: no whole quarter that is over, with 30 people."
    assert (told,) in export.notes.rows


@pytest.mark.parametrize(
    ("first", "last", "today"),
    [
        (None, None, Week(2026, 53)),
        ("2026-W41", None, NEXT_YEAR),
        (None, "2026-W52", NEXT_YEAR),
        (None, "2026-W48", NEXT_YEAR),
    ],
)
async def test_private_answers_leave_by_whole_quarters_alone(
    store: Store, first: str | None, last: str | None, today: Week
) -> None:
    await store.write(partial(fill, count=30, survey="debt_stress", said=STRESS))
    wanted = Wanted(None, first, last, "en")
    export = await gather(wanted, today=today, store=store, desk=desk(), progress=lambda _: None)
    assert [sheet.name for sheet in export.sheets] == ["debt_stress"]


async def test_private_answers_stand_apart_with_nothing_to_join_them_by(store: Store) -> None:
    await store.write(partial(fill, count=30, survey="debt_stress", said=STRESS))
    _, private = (await exported(store)).sheets
    assert private.name == "debt_stress private"
    assert not {"response", "person", "branch", "week", "gender", "version"} & set(columns(private))
    assert set(column(private, "quarter")) == {"2026-Q4"}
    assert Counter(column(private, "ds3")) == {"weeks_3_6": 30}
    assert Counter(column(private, "ds8.shamed")) == {1: 30}
    assert Counter(column(private, "ds8.bribe")) == {0: 30}


async def test_weeks_choose_what_leaves(store: Store) -> None:
    await store.write(partial(fill, count=10, survey="client_satisfaction", said=SATISFACTION))
    with pytest.raises(NothingToExport):
        await exported(store, Wanted(None, "2026-W01", "2026-W10", "en"))
    assert (await exported(store, Wanted(None, "2026-W48", "2026-W48", "en"))).responses == 10
