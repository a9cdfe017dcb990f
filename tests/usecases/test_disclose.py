from __future__ import annotations

import re
from datetime import timedelta
from functools import partial

from spm_bot.fieldwork.register import LoanRow
from spm_bot.messages import Other
from spm_bot.storage import people
from spm_bot.storage.tables import audits, files, outbox, requests
from spm_bot.usecases.erase import erase
from tests.seed import row, rows_of
from tests.stage.world import World

MINUTE = timedelta(minutes=1)


async def ask(world: World, *words: str, handle: str = "a") -> None:
    for said in ("/mydata", *words):
        await world.say(said, handle=handle)


async def file_of(world: World, code: str = "Amina") -> list[str]:
    """The newest file that a phone got, by line; random numbers and hashes are left out."""
    subject = await world.store.read(lambda c: people.client_by_code(c, code).subject)
    version = world.desk.forms["en"]["consent"]
    text = world.phones.files["file.txt"].decode()
    text = text.replace(subject, "SUBJECT").replace(version, "VERSION")
    return re.sub(r"^\d+ messages", "SOME messages", text, flags=re.MULTILINE).splitlines()


def section(lines: list[str], title: str) -> list[str]:
    start = lines.index(title) + 1
    return lines[start : lines.index("", start)]


async def lived(world: World) -> None:
    """Amina answered one survey in part, in writing and by voice, and is in the midst of a private one."""
    await world.enrol("Amina", handle="a")
    await world.invite("Amina", "client_satisfaction")
    await world.tap("Start", handle="a")
    for said in ("4", "9", "They were kind."):
        await world.say(said, handle="a")
    await world.tap("✖ Close", handle="a")
    await world.wait(timedelta(days=60))
    await world.invite("Amina", "debt_stress")
    await world.tap("Start", handle="a")
    for said in ("yes", "2", "late by a few days", "skip"):
        await world.say(said, handle="a")


async def test_file_tells_everything_in_order(sqlite_world: World) -> None:
    await sqlite_world.enrol("Amina", handle="a")
    await ask(sqlite_world, "yes", "no, without", "1985")
    assert await file_of(sqlite_world) == [
        "What Umoja Microfinance keeps about you in this chat service",
        "Written on 2026-11-24 10:00",
        "",
        "YOU",
        "Name: Amina Otieno",
        "Phone: +254711000001",
        "Client number: Amina",
        "Number of this entry in our log: SUBJECT",
        "Branch: Bungoma",
        "Product: Small business loan",
        "Kind of loan: own loan",
        "Woman or man: woman",
        "Year of birth: 1985",
        "Client since: 2020-01-10",
        "Has a loan: Yes",
        "Has savings: Yes",
        "Days late: 0",
        "State: client",
        "",
        "YOUR LOANS",
        "L1 (Small business loan): KES 20,000 to pay, 0 days late, KES 0 written off; as of 2026-11-20",
        "",
        "YOUR CHAT",
        "Chat company: Telegram",
        "Its number of this chat: a",
        "Language: English",
        "Yours since 2026-11-24 10:00",
        "",
        "YOUR YES AND NO",
        "2026-11-24 10:00: short surveys: Yes (text VERSION, English)",
        "2026-11-24 10:00: private questions: Yes (text VERSION, English)",
        "",
        "SURVEYS WE SENT TO YOU",
        "nothing",
        "",
        "YOUR ANSWERS",
        "nothing",
        "",
        "MESSAGES THAT WE STILL KEEP",
        "SOME messages of the last 7 days",
        "",
        "YOUR CARDS AND WISHES",
        "Joining card of 2026-11-24 10:00, good until 2026-12-24 10:00",
        "2026-11-24 10:00: to see your data: open",
        "",
        "OUR LOG ABOUT YOU",
        "2026-11-24 10:00: we sent your data to your chat",
        "",
        "WHO CAN SEE THIS",
        "Answers, without your name: the Client Voice team at head office.",
        "Your loan officer and your branch never see your answers.",
        "Managers see counts of many people, never yours alone.",
        "Telegram carries the messages and can read them.",
        "",
        "HOW LONG WE KEEP IT",
        "Words of messages: 7 days.",
        "Your name with your answers: 12 months.",
        "Your yes and no, and our log: 72 months.",
        "All else: as long as you are our client. To erase it now, write /forget.",
    ]


async def test_private_answers_stand_in_the_file_only_on_a_further_yes(sqlite_world: World) -> None:
    await lived(sqlite_world)
    await ask(sqlite_world, "yes", "no, without", "1985")
    without = section(await file_of(sqlite_world), "YOUR ANSWERS")
    await ask(sqlite_world, "yes", "yes, those too", "1985")
    all_of_it = await file_of(sqlite_world)
    assert "They were kind." in without[3]
    assert [line for line in without if "private question" in line] == [
        "  – a private question, not in this file"
    ]
    told = "\n".join(section(all_of_it, "YOUR ANSWERS"))
    assert "private question" not in told
    assert "did you borrow to pay a loan? Pick the one that is hardest to pay back. rather not say" in told
    assert len(section(all_of_it, "MESSAGES THAT WE STILL KEEP")) > 5


async def test_voice_note_is_told_by_its_kind(sqlite_world: World) -> None:
    await sqlite_world.enrol("Amina", handle="a")
    await sqlite_world.invite("Amina", "client_satisfaction")
    await sqlite_world.tap("Start", handle="a")
    for said in ("4", "9"):
        await sqlite_world.say(said, handle="a")
    await sqlite_world.receive(Other("voice", "ref-7", "v1"), handle="a")
    await ask(sqlite_world, "yes", "no, without", "1985")
    answers = section(await file_of(sqlite_world), "YOUR ANSWERS")
    assert answers[3].endswith("voice note")


async def test_file_leaves_the_chat_and_the_database(world: World) -> None:
    await world.enrol("Amina", handle="a")
    await ask(world, "yes", "no, without", "1985")
    assert len(await world.store.read(lambda c: rows_of(c, files, "id"))) == 1
    await world.wait(9 * MINUTE)
    assert "This is everything" in "\n".join(world.phones.texts("a"))
    await world.wait(MINUTE)
    assert "This is everything" not in "\n".join(world.phones.texts("a"))
    assert await world.store.read(lambda c: rows_of(c, files, "id")) == []
    assert await world.store.read(lambda c: rows_of(c, requests, "kind", "state", "file")) == [
        ("data", "done", None)
    ]
    assert await world.store.read(lambda c: rows_of(c, audits, "actor", "event")) == [("client", "data_sent")]


async def test_two_files_at_once_both_go(world: World) -> None:
    await world.enrol("Amina", handle="a")
    for _ in range(2):
        await ask(world, "yes", "no, without", "1985")
    await world.wait(10 * MINUTE)
    assert "This is everything" not in "\n".join(world.phones.texts("a"))
    assert await world.store.read(lambda c: rows_of(c, files, "id")) == []


async def test_file_that_cannot_be_sent_in_time_is_never_sent(world: World) -> None:
    await world.enrol("Amina", handle="a")
    channels, world.postman.channels = world.postman.channels, {}
    await ask(world, "yes", "no, without", "1985")
    await world.wait(timedelta(hours=1))
    world.postman.channels = channels
    await world.wait(timedelta(hours=1))
    assert world.phones.files == {}
    assert "queued" not in {s for (s,) in await world.store.read(lambda c: rows_of(c, outbox, "state"))}
    assert await world.store.read(lambda c: rows_of(c, files, "id")) == []


async def test_each_of_two_clients_gets_their_own_file(sqlite_world: World) -> None:
    await sqlite_world.enrol("David", handle="a")
    await sqlite_world.enrol("Amina", handle="a")
    await ask(sqlite_world, "Amina", "yes", "no, without", "1985")
    assert sqlite_world.phones.texts("a")[-1].splitlines()[0] == "For Amina:"
    assert "David" not in "\n".join(await file_of(sqlite_world))
    await ask(sqlite_world, "David", "yes", "yes, those too", "1970")
    lines = await file_of(sqlite_world, "David")
    assert "Name: David Kiprop" in lines
    assert "Amina" not in "\n".join(lines)


async def test_client_without_a_known_fact_is_called(sqlite_world: World) -> None:
    await sqlite_world.register([row("Ruth", birth_year=None)])
    await sqlite_world.enrol("Ruth", handle="r")
    await ask(sqlite_world, "yes", "no, without", handle="r")
    assert sqlite_world.phones.texts("r")[-1].startswith("We cannot be sure that this is you.")
    assert await sqlite_world.store.read(lambda c: rows_of(c, requests, "kind", "state", "due_at")) == [
        ("data", "open", None)
    ]


async def test_staff_without_the_office_learn_nothing(sqlite_world: World) -> None:
    await sqlite_world.hire("Head", handle="h", branch="")
    for said in ("/mydata Amina", "/forget Amina", "/mydata"):
        await sqlite_world.say(said, handle="h")
    assert sqlite_world.phones.texts("h") == ["This is for clients who have joined."] * 3
    assert await sqlite_world.store.read(lambda c: rows_of(c, requests, "id")) == []


async def test_dropping_files_again_changes_nothing(sqlite_world: World) -> None:
    await sqlite_world.enrol("Amina", handle="a")
    await ask(sqlite_world, "yes", "no, without", "1985")
    sqlite_world.clock.advance(10 * MINUTE)
    run = partial(erase, sqlite_world.clock.now(), store=sqlite_world.store, desk=sqlite_world.desk)
    assert [await run(), await run()] == [0, 0]


async def test_file_tells_what_else_the_lists_say(sqlite_world: World) -> None:
    first = LoanRow(
        code="L1",
        currency="KES",
        branch="BUS",
        officer="LO-2",
        outstanding=500.0,
        overdue=20.0,
        days_in_arrears=3,
        principal=900.0,
        disbursed_on="2026-01-05",
        next_due_on="2026-12-01",
        repayment_frequency="monthly",
        restructured=True,
        restructured_on="2026-06-01",
        refinanced_loan="L0",
        cycle=2,
    )
    ended = LoanRow(
        code="L2",
        currency="KES",
        status="written_off",
        closed_on="2026-02-01",
        written_off=70.0,
        written_off_on="2026-02-01",
    )
    client = row(
        "Amina",
        name="Amina Otieno",
        language="sw",
        born_on="1985-04-03",
        area="rural",
        centre="Market group",
        poverty_band="below 50%",
        poverty_tool="PPI 2024",
        poverty_on="2026-01-02",
        works_here=True,
        loans=(first, ended),
    )
    await sqlite_world.register([client])
    await sqlite_world.enrol("Amina", handle="a")
    await ask(sqlite_world, "yes", "no, without", "1985")
    told = await file_of(sqlite_world)
    assert section(told, "YOU")[8:] == [
        "Born on: 1985-04-03",
        "You speak: Kiswahili",
        "Where you live: in the country",
        "Centre: Market group",
        "How poor the home is: below 50%",
        "Found out with: PPI 2024",
        "Found out on: 2026-01-02",
        "Client since: 2020-01-10",
        "Has a loan: Yes",
        "Has savings: No",
        "Days late: 3",
        "State: client",
        "Works for us: Yes",
    ]
    assert section(told, "YOUR LOANS") == [
        "L1 (Small business loan): KES 500 to pay, 3 days late, KES 0 written off; as of 2026-11-20",
        "  Branch: Busia",
        "  Loan officer: LO-2",
        "  Lent to you: KES 900",
        "  Paid out on: 2026-01-05",
        "  Late now: KES 20",
        "  To pay: every month",
        "  Next on: 2026-12-01",
        "  Terms changed: 2026-06-01",
        "  Pays back loan: L0",
        "  Number of this loan among yours: 2",
        "L2 (Small business loan): KES 0 to pay, 0 days late, KES 70 written off; as of 2026-11-20",
        "  State: written off",
        "  Written off on: 2026-02-01",
        "  Ended on: 2026-02-01",
    ]
