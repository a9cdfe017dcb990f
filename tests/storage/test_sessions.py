from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

from spm_bot.storage import rounds, sessions, survey_versions
from spm_bot.storage.sessions import ACTIVE, ENDED, EXPIRED, SUSPENDED, Opened
from spm_bot.storage.store import Conflict, Connection, Store
from spm_bot.storage.tables import answers as answer_rows
from spm_bot.storage.tables import comments
from spm_bot.storage.tables import sessions as table
from spm_bot.surveys.model import Choice, Words
from spm_bot.surveys.session import Answer, Session, State
from tests.seed import AT, DAY, HOUR, asked, enrol, enter, found_bare, meet, open_round, row, rows_of
from tests.stage.world import desk

SURVEY = desk().library.survey("debt_stress")
LASTS = timedelta(hours=72)
FRESH = Session(SURVEY.code, SURVEY.version, "en", AT, turn=1, current="ds1")
PNS = Answer(("pns",), at=AT)


def begin(
    connection: Connection,
    handle: str = "C1",
    *,
    session: Session = FRESH,
    form: bool = False,
    client: int | None = None,
    invitation: int | None = None,
    lasts: timedelta = LASTS,
) -> Opened:
    return sessions.open_session(
        connection,
        session,
        version=survey_versions.keep(connection, SURVEY),
        form=form,
        address=meet(connection, handle),
        client=client,
        invitation=invitation,
        lasts=lasts,
    )


def saved(
    connection: Connection,
    opened: Opened,
    *,
    answers: Mapping[str, Answer],
    status: str = ACTIVE,
    at: datetime = AT,
) -> Opened:
    session = replace(opened.session, answers=MappingProxyType(dict(answers)))
    return sessions.save(connection, opened, session, status=status, at=at)


def ended(connection: Connection, opened: Opened, status: str) -> Opened:
    return sessions.save(connection, opened, opened.session, status=status, at=AT)


async def test_session_is_read_back_as_it_began(store: Store) -> None:
    full = replace(
        FRESH,
        values=MappingProxyType({"has_loan": "yes", "tenure_months": 14.0}),
        choices=MappingProxyType({"branches": (Choice("BUN", Words({"en": "Bungoma"})),)}),
        read=("note",),
        heard=MappingProxyType({"m1": "ds1"}),
        misses=1,
        draft=("health",),
        doubt=Answer(("very",)),
        needs="counts",
    )
    [client] = await store.write(lambda c: enrol(c, row()))
    opened = await store.write(lambda c: begin(c, session=full, client=client))
    assert opened.session == full
    assert (opened.client, opened.status, opened.revision) == (client, ACTIVE, 1)
    assert opened.expires_at == AT + LASTS
    assert await store.read(lambda c: sessions.get(c, opened.id)) == opened
    assert await store.read(lambda c: sessions.active(c, opened.address)) == opened
    assert await store.read(lambda c: sessions.get(c, 999)) is None


async def test_chat_has_one_active_session(store: Store) -> None:
    first = await store.write(begin)
    with pytest.raises(Conflict):
        await store.write(begin)
    await store.write(partial(ended, opened=first, status=SUSPENDED))
    assert (await store.write(begin)).id != first.id


async def test_client_has_one_active_session_in_all_chats(store: Store) -> None:
    [client] = await store.write(lambda c: enrol(c, row()))
    first = await store.write(partial(begin, client=client))
    with pytest.raises(Conflict):
        await store.write(partial(begin, handle="another phone", client=client))
    await store.write(partial(ended, opened=first, status=ENDED))
    await store.write(partial(begin, handle="another phone", client=client))


async def test_all_that_is_open_or_waits_in_a_chat_comes_oldest_first(store: Store) -> None:
    waiting = await store.write(begin)
    await store.write(partial(ended, opened=waiting, status=SUSPENDED))
    over = await store.write(begin)
    await store.write(partial(ended, opened=over, status=ENDED))
    active = await store.write(partial(begin, form=True))
    await store.write(partial(begin, handle="other"))
    found = await store.read(partial(sessions.unfinished, address=active.address))
    assert [opened.id for opened in found] == [waiting.id, active.id]


async def test_session_moves_with_its_client_and_waits_there(store: Store) -> None:
    one, two = await store.write(lambda c: enrol(c, row("C1"), row("C2")))
    opened = await store.write(partial(begin, client=one))
    late = await store.write(partial(begin, handle="old phone", client=two))
    await store.write(partial(ended, opened=late, status=EXPIRED))
    new = await store.write(partial(meet, handle="new phone"))

    async def elsewhere(client: int, address: int) -> list[int]:
        found = await store.read(partial(sessions.elsewhere, client=client, address=address))
        return [each.id for each in found]

    assert await elsewhere(one, new) == [opened.id]
    assert await elsewhere(one, opened.address) == []
    assert await elsewhere(two, new) == [late.id]
    await store.write(partial(sessions.move, opened=opened, address=new))
    moved = await store.read(partial(sessions.get, session_id=opened.id))
    assert moved == replace(opened, address=new, status=SUSPENDED, revision=2)
    expired = await store.read(partial(sessions.get, session_id=late.id))
    assert expired is not None
    await store.write(partial(sessions.move, opened=expired, address=new))
    assert await store.read(lambda c: rows_of(c, table, "address_id", "status")) == [
        (new, SUSPENDED),
        (new, EXPIRED),
    ]


async def test_session_that_ended_meanwhile_does_not_move(store: Store) -> None:
    opened = await store.write(begin)
    over = await store.write(partial(ended, opened=opened, status=ENDED))
    new = await store.write(partial(meet, handle="new phone"))
    with pytest.raises(Conflict, match=f"session {opened.id} changed meanwhile"):
        await store.write(partial(sessions.move, opened=opened, address=new))
    assert await store.read(partial(sessions.get, session_id=opened.id)) == over


async def test_session_is_found_by_the_invitation_it_came_from(store: Store) -> None:
    def invited(connection: Connection) -> tuple[int, int]:
        [client] = enrol(connection, row())
        [made] = rounds.invite(connection, open_round(connection), [asked(client)]).values()
        return client, made

    client, made = await store.write(invited)
    assert await store.read(partial(sessions.of_invitation, invitation=made)) is None
    opened = await store.write(partial(begin, client=client, invitation=made))
    assert await store.read(partial(sessions.of_invitation, invitation=made)) == opened
    await store.write(partial(ended, opened=opened, status=ENDED))
    assert await store.read(partial(sessions.of_invitation, invitation=made)) is None


async def test_waiting_survey_is_the_newest_suspended_one(store: Store) -> None:
    first = await store.write(begin)
    await store.write(partial(ended, opened=first, status=SUSPENDED))
    assert await store.read(lambda c: sessions.active(c, first.address)) is None
    second = await store.write(begin)
    await store.write(partial(ended, opened=second, status=SUSPENDED))
    waiting = await store.read(lambda c: sessions.suspended(c, first.address))
    assert waiting is not None
    assert waiting.id == second.id
    other = await store.write(partial(meet, handle="other"))
    assert await store.read(lambda c: sessions.suspended(c, other)) is None


async def test_answers_come_back_as_they_were_given(store: Store) -> None:
    given = {
        "ds1": Answer(("very",), at=AT),
        "ds2": PNS,
        "ds6": Answer(("child", "health"), at=AT + HOUR),
        "ds11_phone": Answer(text="0700 000 000 – Mama Aïcha", at=AT),
        "cs1": Answer(("7",), number=7.0, at=AT),
        "age": Answer(number=34.5, at=AT, late=True),
    }
    opened = await store.write(begin)
    after = await store.write(partial(saved, opened=opened, answers=given))
    assert dict(after.session.answers) == given
    read = await store.read(lambda c: sessions.get(c, opened.id))
    assert read == after


async def test_answer_rows_hold_codes_and_numbers_and_no_text(store: Store) -> None:
    opened = await store.write(begin)
    given = {"ds6": Answer(("child", "health"), at=AT), "cs2": Answer(text="kind staff", at=AT, late=True)}
    await store.write(partial(saved, opened=opened, answers=given))
    columns = ("question", "choice", "number", "at", "late")
    assert await store.read(lambda c: rows_of(c, answer_rows, *columns)) == [
        ("ds6", "child", None, AT, False),
        ("ds6", "health", None, AT, False),
        ("cs2", "", None, AT, True),
    ]
    assert await store.read(lambda c: rows_of(c, comments, "session_id", "question")) == [(opened.id, "cs2")]


async def test_answer_twice_for_a_choice_is_a_conflict(store: Store) -> None:
    opened = await store.write(begin)
    await store.write(partial(saved, opened=opened, answers={"ds1": Answer(("very",), at=AT)}))
    double = {"session_id": opened.id, "question": "ds1", "choice": "very", "at": AT, "late": False}
    with pytest.raises(Conflict):
        await store.write(lambda c: c.execute(answer_rows.insert(), double).rowcount)


async def test_only_what_changed_is_written_anew(store: Store) -> None:
    opened = await store.write(begin)
    first = {
        "ds1": Answer(("very",), at=AT),
        "ds2": Answer(("days",), at=AT),
        "ds6": Answer(("child", "health"), at=AT),
        "cs2": Answer(text="kind", at=AT),
        "gone": Answer(("x",), at=AT),
        "gone_text": Answer(text="words", at=AT),
    }
    before = await store.write(partial(saved, opened=opened, answers=first))
    kept = await store.read(lambda c: rows_of(c, answer_rows, "id", "question"))
    second = {
        "ds1": first["ds1"],
        "ds2": PNS,
        "ds6": Answer(("health",), at=AT + HOUR),
        "cs2": Answer(text="unkind", at=AT + HOUR),
        "ds3": Answer(("never",), at=AT + HOUR),
    }
    after = await store.write(partial(saved, opened=before, at=AT + HOUR, answers=second))
    assert await store.read(lambda c: sessions.get(c, opened.id)) == after
    assert dict(after.session.answers) == second
    now = await store.read(lambda c: rows_of(c, answer_rows, "id", "question", "choice"))
    assert now[0] == (kept[0][0], "ds1", "very")
    assert [(question, choice) for _, question, choice in now[1:]] == [
        *(("ds2", "pns"), ("ds6", "health"), ("cs2", ""), ("ds3", "never"))
    ]
    assert await store.read(lambda c: rows_of(c, comments, "question")) == [("cs2",)]


async def test_text_taken_back_is_gone(store: Store) -> None:
    opened = await store.write(begin)
    with_text = await store.write(
        partial(saved, opened=opened, answers={"cs2": Answer(text="secret", at=AT)})
    )
    await store.write(partial(saved, opened=with_text, answers={"cs2": PNS}))
    assert await store.read(lambda c: rows_of(c, comments, "question")) == []
    read = await store.read(lambda c: sessions.get(c, opened.id))
    assert read is not None
    assert dict(read.session.answers) == {"cs2": PNS}


async def test_lost_race_is_a_conflict_and_changes_nothing(store: Store) -> None:
    opened = await store.write(begin)
    winner = await store.write(partial(saved, opened=opened, answers={"ds1": Answer(("easy",), at=AT)}))
    with pytest.raises(Conflict, match=f"session {opened.id} changed meanwhile"):
        await store.write(partial(saved, opened=opened, answers={"ds1": Answer(("very",), at=AT)}))
    assert await store.read(lambda c: sessions.get(c, opened.id)) == winner
    assert winner.revision == 2


async def test_saving_moves_status_time_and_end(store: Store) -> None:
    opened = await store.write(begin)
    longer = replace(opened, expires_at=AT + 5 * DAY)
    await store.write(partial(saved, opened=longer, answers={}, status=ENDED, at=AT + HOUR))
    columns = ("status", "turn", "touched_at", "expires_at", "revision")
    assert await store.read(lambda c: rows_of(c, table, *columns)) == [(ENDED, 1, AT + HOUR, AT + 5 * DAY, 2)]


async def test_nothing_said_is_readable_without_the_key(store: Store) -> None:
    values = MappingProxyType({"first_name": "Nafula", "hotline": "+254 700"})
    session = replace(FRESH, values=values, doubt=Answer(text="doubtful words"))
    opened = await store.write(partial(begin, session=session))
    await store.write(
        partial(saved, opened=opened, answers={"cs2": Answer(text="my husband took it", at=AT)})
    )
    assert await store.read(lambda c: found_bare(c, ["Nafula", "+254", "doubtful", "husband"])) == set()


@pytest.mark.parametrize(
    ("status", "form", "since", "found"),
    [
        (EXPIRED, False, AT, True),
        (EXPIRED, False, AT + LASTS, False),
        (ENDED, False, AT, False),
        (EXPIRED, True, AT, False),
    ],
)
async def test_expired_survey_is_found_for_a_late_answer(
    store: Store, status: str, form: bool, since: datetime, found: bool
) -> None:
    opened = await store.write(partial(begin, form=form))
    await store.write(partial(ended, opened=opened, status=status))
    latest = await store.read(lambda c: sessions.latest_expired(c, opened.address, since=since))
    assert (latest is not None) is found


async def test_expired_survey_is_not_found_behind_a_later_one(store: Store) -> None:
    first = await store.write(begin)
    await store.write(partial(ended, opened=first, status=EXPIRED))
    form = await store.write(partial(begin, form=True))
    await store.write(partial(ended, opened=form, status=ENDED))
    assert await store.read(lambda c: sessions.latest_expired(c, first.address, since=AT)) is not None
    later = await store.write(begin)
    await store.write(partial(ended, opened=later, status=ENDED))
    assert await store.read(lambda c: sessions.latest_expired(c, first.address, since=AT)) is None


async def test_busy_is_who_is_in_a_survey_open_or_waiting(store: Store) -> None:
    ids = await store.write(lambda c: enter(c, *(row(f"C{n}") for n in range(1, 6))))
    active, waiting, over, in_form, idle = ids
    plans: list[tuple[int, str, bool]] = [
        *((active, ACTIVE, False), (waiting, SUSPENDED, False), (over, ENDED, False), (in_form, ACTIVE, True))
    ]
    for number, (client, status, form) in enumerate(plans):
        opened = await store.write(partial(begin, handle=f"h{number}", client=client, form=form))
        await store.write(partial(ended, opened=opened, status=status))
    assert await store.read(lambda c: sessions.busy_clients(c, ids)) == {active, waiting}
    assert await store.read(lambda c: sessions.busy_clients(c, [waiting, idle])) == {waiting}


async def test_overdue_are_open_sessions_oldest_end_first(store: Store) -> None:
    spans: dict[str, Any] = {"a": 3 * HOUR, "b": HOUR, "c": 2 * HOUR, "d": HOUR, "e": 9 * HOUR}
    made = {name: await store.write(partial(begin, handle=name, lasts=span)) for name, span in spans.items()}
    await store.write(partial(ended, opened=made["c"], status=SUSPENDED))
    await store.write(partial(ended, opened=made["d"], status=ENDED))

    async def late(now: datetime, limit: int = 9) -> list[int]:
        found = await store.read(lambda c: sessions.overdue(c, now=now, limit=limit))
        return [opened.id for opened in found]

    assert await late(AT + 3 * HOUR) == [made["b"].id, made["c"].id, made["a"].id]
    assert await late(AT + 3 * HOUR, limit=1) == [made["b"].id]
    assert await late(AT + HOUR - HOUR / 60) == []


async def test_state_of_the_session_is_kept(store: Store) -> None:
    opened = await store.write(begin)
    over = replace(opened.session, state=State.STOPPED, current=None)
    await store.write(lambda c: sessions.save(c, opened, over, status=ENDED, at=AT))
    read = await store.read(lambda c: sessions.get(c, opened.id))
    assert read is not None
    assert (read.session, read.status) == (over, ENDED)
