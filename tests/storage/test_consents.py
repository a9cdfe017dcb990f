from __future__ import annotations

from functools import partial

from spm_bot.protection.consent import Purpose
from spm_bot.storage import consents
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import consents as table
from tests.seed import AT, HOUR, enter, found_bare, row, rows_of, say_yes


def answer(connection: Connection, subject: str, purpose: str, *, given: bool) -> None:
    consents.record(
        connection,
        subject=subject,
        purpose=purpose,
        given=given,
        text_version="v1",
        language="en",
        channel="test",
        at=AT,
    )


async def test_last_word_on_each_purpose_counts(store: Store) -> None:
    words = (
        (Purpose.SURVEY, True),
        (Purpose.PRIVATE, True),
        (Purpose.PRIVATE, False),
        (Purpose.SURVEY, False),
        (Purpose.SURVEY, True),
    )
    for purpose, given in words:
        await store.write(partial(answer, subject="s1", purpose=purpose, given=given))
    await store.write(lambda c: answer(c, "s2", Purpose.PRIVATE, given=True))
    assert await store.read(lambda c: consents.purposes_given(c, "s1")) == {Purpose.SURVEY}
    assert await store.read(lambda c: consents.purposes_given(c, "s2")) == {Purpose.PRIVATE}
    assert await store.read(lambda c: consents.purposes_given(c, "nobody")) == frozenset()


async def test_every_word_stays_in_the_ledger(store: Store) -> None:
    for given in (True, False, True):
        await store.write(partial(answer, subject="s1", purpose=Purpose.SURVEY, given=given))
    kept = await store.read(lambda c: rows_of(c, table, "subject", "purpose", "given", "text_version", "at"))
    assert kept == [("s1", "survey", given, "v1", AT) for given in (True, False, True)]


async def test_clients_agreeing_are_those_whose_last_word_is_yes(store: Store) -> None:
    yes, back, no, silent = await store.write(
        lambda c: enter(c, row("yes"), row("back"), row("no"), row("silent"))
    )
    for code, given in (("yes", True), ("back", False), ("back", True), ("no", True), ("no", False)):
        await store.write(partial(say_yes, code=code, given=given))
    await store.write(lambda c: answer(c, "subject-silent", Purpose.PRIVATE, given=True))
    assert await store.read(lambda c: consents.clients_agreeing(c, Purpose.SURVEY)) == {yes, back}
    among = [back, no, silent]
    assert await store.read(lambda c: consents.clients_agreeing(c, Purpose.SURVEY, among)) == {back}
    assert await store.read(lambda c: consents.clients_agreeing(c, Purpose.SURVEY, [])) == set()


async def test_ledger_names_nobody(store: Store) -> None:
    await store.write(lambda c: enter(c, row(name="Nafula Barasa")))
    await store.write(lambda c: say_yes(c, "C1"))
    subjects = await store.read(lambda c: rows_of(c, table, "subject"))
    assert subjects == [("subject-C1",)]
    assert await store.read(lambda c: found_bare(c, ["Nafula"])) == set()


async def test_clients_who_agreed_at_an_earlier_instant(store: Store) -> None:
    def live(connection: Connection) -> list[int]:
        ids = enter(connection, row("C1"), row("C2"), row("C3"))
        say_yes(connection, "C1", at=AT)
        say_yes(connection, "C2", at=AT)
        say_yes(connection, "C2", given=False, at=AT + HOUR)
        say_yes(connection, "C3", at=AT + HOUR)
        return ids

    first, second, third = await store.write(live)
    agreeing = partial(consents.clients_agreeing, purpose=Purpose.SURVEY)
    assert await store.read(partial(agreeing, before=AT)) == set()
    assert await store.read(partial(agreeing, before=AT + HOUR)) == {first, second}
    assert await store.read(agreeing) == {first, third}
