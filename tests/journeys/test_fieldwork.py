"""A sample of a branch over the real wire: a loan officer asks, clients answer, a manager reads the results.

The clock of the bot is the machine's. Time passes by making everything that has happened older.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Connection, DateTime, select, update

from spm_bot.app import make_desk
from spm_bot.messages import Address
from spm_bot.storage import people, roles
from spm_bot.storage.tables import UTCDateTime, consents, holders, invitations, outbox, responses, rounds
from spm_bot.storage.tables import sessions as session_rows
from spm_bot.usecases.carry_out import carry_out
from tests.bench.telegram_bench import Message, TelegramBench
from tests.journeys.real_parts import BRANCH, WITHIN, House, register_file

OFFICER, COLLEAGUE, ELSEWHERE, MANAGER = 200, 201, 202, 300
CLIENTS = {f"N-{chat}": chat for chat in range(1001, 1044)}
AGEING = (consents, holders, invitations, outbox, responses, rounds, session_rows)
ONLY_RANDOM = "I only ask random samples of a branch or of a product."
DAY = timedelta(days=1)


async def set_up(house: House) -> None:
    """A branch whose clients joined two days ago, and the staff of two branches."""
    (house.folder / "clients.csv").write_text(register_file(dict.fromkeys(CLIENTS, "")), encoding="utf-8")
    await house.command("register", "import", str(house.folder / "clients.csv"))
    await house.sign("en")
    await house.enrol(CLIENTS)
    async with house.store() as store:
        await store.write(partial(_hire, at=datetime.now(UTC)))


def _hire(connection: Connection, *, at: datetime) -> None:
    for chat, role, branch in (
        (OFFICER, "loan_officer", BRANCH),
        (COLLEAGUE, "loan_officer", BRANCH),
        (ELSEWHERE, "loan_officer", "BUS"),
        (MANAGER, "manager", BRANCH),
    ):
        address = people.meet(connection, Address("telegram", str(chat)), language="en")
        staff = roles.add_staff(connection, subject=f"staff-{chat}")
        people.hold(connection, address.id, staff_member=staff, at=at)
        roles.grant(connection, staff, role=role, branch=branch, at=at)


async def time_passes(house: House, span: timedelta) -> None:
    """Everything happened so much earlier; then samples are carried on, as the job does every minute."""
    desk = make_desk(house.folder / "institution.yaml")
    async with house.store() as store:
        await store.write(partial(_make_older, span=span))
        await carry_out(datetime.now(UTC), store=store, desk=desk)


def _make_older(connection: Connection, *, span: timedelta) -> None:
    for table in AGEING:
        times = [each for each in table.columns if isinstance(each.type, UTCDateTime | DateTime)]
        for row in connection.execute(select(table.c.id, *times)).mappings().all():
            older = {each.name: row[each.name] - span for each in times if row[each.name] is not None}
            connection.execute(update(table).where(table.c.id == row["id"]).values(older))


def _drawn(connection: Connection) -> list[int]:
    """The chats of those who were drawn: about three of the branch were not."""
    asked = connection.execute(select(invitations.c.client_id)).scalars().all()
    chats = people.chats_of_clients(connection, [client for client in asked if client is not None])
    found = people.handles(connection, [chat.id for chat in chats.values()])
    return sorted(int(address.handle) for address in found.values())


async def say(bench: TelegramBench, chat: int, *texts: str) -> str:
    """What was said last after these words, each of which gets one new message."""
    heard = ""
    for text in texts:
        await bench.say(chat, text)
        heard = (await bench.next_message(chat, within=WITHIN)).text
    return heard


async def answer(bench: TelegramBench, chat: int) -> None:
    await bench.expect(chat, lambda message: message.buttons == (("Start", "Later", "No"),), within=WITHIN)
    await bench.tap(chat, "Start")
    await bench.next_message(chat, within=WITHIN)
    assert (await say(bench, chat, "5", "1", "More chairs.")).startswith("That was the last question.")


async def ask_in_vain(bench: TelegramBench) -> None:
    assert (await say(bench, OFFICER, "/ask N-1001")).startswith(ONLY_RANDOM)
    assert (await say(bench, OFFICER, "/ask clients in arrears")).startswith(ONLY_RANDOM)


async def ask(bench: TelegramBench) -> None:
    preview = await say(bench, OFFICER, "/ask", "1", "1", "1", "1")
    assert "About 40 clients can be asked now; 40 of them, drawn at random" in preview
    assert "Send it?" in await say(bench, OFFICER, "New opening hours since March")
    await bench.tap(OFFICER, "1 Yes, send it")
    kept = await bench.next_message(OFFICER, within=WITHIN)
    assert (kept.text.split(",")[0], kept.buttons) == ("It goes out over the next days", (("Undo",),))


async def ask_nearly_the_same(bench: TelegramBench) -> None:
    said = await say(bench, COLLEAGUE, "/ask", "1", "1", "1", "1")
    assert said.startswith("This is not possible now: nearly the same clients were asked for")


async def progress(bench: TelegramBench, chat: int) -> str:
    return (await say(bench, chat, "/progress")).split("\n")[-1]


async def test_officer_asks_clients_answer_and_a_manager_sees_results(house: House) -> None:
    bench: TelegramBench = house.bench
    await set_up(house)
    await time_passes(house, 2 * DAY)
    async with house.running() as bot:
        await ask_in_vain(bench)
        await ask(bench)
        await ask_nearly_the_same(bench)
        await time_passes(house, timedelta(hours=1))
        await time_passes(house, 2 * DAY)
        async with house.store() as store:
            drawn = await store.read(_drawn)
        assert len(drawn) == 40
        await asyncio.gather(*(answer(bench, chat) for chat in drawn[:32]))
        few = "Answered by the day before yesterday: fewer than 10."
        assert await progress(bench, OFFICER) in (
            few,
            "Too few were asked by the day before yesterday to say more.",
        )
        await time_passes(house, 2 * DAY)
        assert await progress(bench, OFFICER) == "Answered by the day before yesterday: at least 30."
        assert (await say(bench, ELSEWHERE, "/progress")).startswith(
            "There is no request of the last 13 weeks."
        )
        assert (await say(bench, MANAGER, "/results")).startswith("There are no results yet.")
        await time_passes(house, 4 * DAY)
        results = await say(bench, MANAGER, "/results")
        assert "Answers of about 30 people." in results
        assert "– Very happy: >65 %" in results
        assert await say(bench, OFFICER, "/results") == "Your role does not allow this."
        await enrol(house)
        assert bot.troubles() == []
        assert await bench.pending() == []


async def enrol(house: House) -> None:
    """A card is a picture with a code, for a client of the branch alone."""
    bench = house.bench
    await bench.say(OFFICER, "/enrol N-1043")
    card: Message = await bench.next_message(OFFICER, within=WITHIN)
    assert (card.file, card.text.split("\n")[0]) == (
        "photo",
        "Joining card for client N-1043. It works once, for 30 days.",
    )
    none = "I know no client with this number in your branch."
    assert await say(bench, ELSEWHERE, "/enrol N-1043") == none
