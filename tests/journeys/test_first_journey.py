"""The whole way with real parts: set up, joined, answered, asked by an officer, read by a manager.

The Bot API server and `bot.py run` are processes or threads of their own and meet over HTTP only. That
every outgoing call fits the published Bot API schema is checked by the bench when it closes.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from spm_bot.storage import digests
from spm_bot.surveys.library import Library
from spm_bot.times import Week
from tests.bench.telegram_bench import Message, TelegramBench
from tests.journeys.real_parts import BRANCH, WITHIN, House, join, register_file, stored_answers

CLIENT, OFFICER, MANAGER, GROUP = 100, 200, 300, -400
NEIGHBOURS = range(1001, 1031)
SURVEY = Library.shipped().survey("debt_stress")
SORRY = "Sorry, I did not understand. Please tap a button, or write a number from 1 to 8."


async def heard(bench: TelegramBench, chat: int) -> Message:
    return await bench.next_message(chat, within=WITHIN)


async def asked(bench: TelegramBench, name: str, number: int) -> Message:
    """The next message to the client, which must be this question."""
    message = await heard(bench, CLIENT)
    assert message.text == f"{number} of 11 · {SURVEY.question(name).label.in_('en')}"
    return message


async def set_up(house: House) -> dict[str, str]:
    """Everything an administrator does before the first client comes; returns joining tokens by client."""
    codes = ["C-0001", *(f"N-{chat}" for chat in NEIGHBOURS)]
    (house.folder / "clients.csv").write_text(register_file(dict.fromkeys(codes, "")), encoding="utf-8")
    read = await house.data("register", "import", str(house.folder / "clients.csv"))
    assert {name: read[name] for name in ("read", "added", "refused")} == {
        "read": 31,
        "added": 31,
        "refused": [],
    }
    links = await house.data("clients", "invite", "--branch", BRANCH)
    assert {link["link"] for link in links} == {
        f"https://t.me/{house.bench.username}?start={link['token']}" for link in links
    }
    sign = partial(house.command, "surveys", "sign", "all", "--language", "en", "--by")
    await asyncio.gather(sign("A. Wanjiru"), sign("B. Otieno"))
    return {link["client"]: link["token"] for link in links}


async def talk_nonsense(bench: TelegramBench) -> None:
    """What a choice question may get instead of an answer; each is answered kindly and changes nothing."""
    await bench.send_sticker(CLIENT)
    assert "I can only read words and numbers" in (await heard(bench, CLIENT)).text
    await bench.say(CLIENT, "ы" * 4096)
    assert (await heard(bench, CLIENT)).text == f"{SORRY}\nFor example, write just: 2\nOr tap Skip."
    await bench.say(CLIENT, "\x00\x07\x1b\u200f\u202e")
    assert (await heard(bench, CLIENT)).text.startswith(SORRY)
    await bench.say(CLIENT, "/nonsense")
    assert (await heard(bench, CLIENT)).text == "I do not know this command. Write /help for help."


async def answer_ten(bench: TelegramBench) -> None:
    """Ten answers by tap, number, word and French word, with a step back, a skip and slips between them."""
    await asked(bench, "ds0", 1)
    await bench.tap(CLIENT, "1 Yes")
    stale = await asked(bench, "ds1", 2)
    await bench.say(CLIENT, "2")
    await asked(bench, "ds2", 3)
    await bench.tap(CLIENT, "1 Never")
    await asked(bench, "ds4", 4)
    await bench.tap(CLIENT, "‹ Back")
    await asked(bench, "ds2", 3)
    await bench.say(CLIENT, "Late by more than a week")
    await asked(bench, "ds4", 4)
    await bench.tap(CLIENT, "Skip")
    await asked(bench, "ds3", 5)
    await bench.say(CLIENT, "jamais")
    await asked(bench, "ds5", 6)
    await tap_stale(bench, stale)
    await bench.say(CLIENT, "\u200f2\u200e")
    await asked(bench, "ds6", 7)
    await bench.tap(CLIENT, "Much more work")
    await bench.expect(CLIENT, lambda message: message.data("☑ 2 Much more work") is not None, within=WITHIN)
    await bench.tap(CLIENT, "Done")
    await asked(bench, "ds7", 8)
    await bench.say(CLIENT, "Beaucoup de nuits")
    await asked(bench, "ds8", 9)
    await talk_nonsense(bench)
    await bench.say(CLIENT, "1")
    await asked(bench, "ds9", 10)
    twice = await bench.tap(CLIENT, "2 Just enough")
    await asked(bench, "ds10", 11)
    await bench.repeat(twice)


async def tap_stale(bench: TelegramBench, message: Message) -> None:
    """A button of a question long answered: its owner is told, and nothing else happens."""
    data = message.data("3 Very hard")
    assert data is not None
    seen = (await bench.calls())[-1].number
    await bench.tap_data(CLIENT, data, message=message.id)
    call = await bench.wait_for_call("answerCallbackQuery", after=seen, within=WITHIN)
    assert call.fields["text"] == "That question is already answered."


async def client_journey(house: House, token: str) -> None:
    bench = house.bench
    said = await join(bench, CLIENT, token)
    assert said[0] == (
        "Umoja Microfinance wants to be sure that this is you. In which year were you born? Write 4 digits."
    )
    assert await house.data("rounds", "launch", "stress") == {"round": "stress", "invited": 1}
    invitation = await heard(bench, CLIENT)
    assert invitation.buttons == (("Start", "Later", "No"),)
    assert "asks: 11 questions, about 3 minutes." in invitation.text
    await bench.tap(CLIENT, "Start")
    await answer_ten(bench)
    await bench.say(CLIENT, "/stop")
    assert (await heard(bench, CLIENT)).text.startswith("Stopped. You get no more surveys.")
    stored = await stored_answers(house, "C-0001")
    assert list(stored.items()) == [
        ("ds0", ("yes",)),
        ("ds1", ("bit",)),
        ("ds2", ("week_plus",)),
        ("ds4", ("pns",)),
        ("ds3", ("never",)),
        ("ds5", ("home",)),
        ("ds6", ("extra_work",)),
        ("ds7", ("many",)),
        ("ds8", ("none",)),
        ("ds9", ("just",)),
    ]


async def officer_journey(house: House) -> None:
    bench = house.bench
    link = await house.data("staff", "invite", "--role", "loan_officer", "--branch", BRANCH)
    await bench.start_link(OFFICER, link["token"])
    assert (await heard(bench, OFFICER)).text.startswith("You are registered: loan officer, Bungoma.")
    await bench.say(OFFICER, "/digest")
    assert (await heard(bench, OFFICER)).text == "This command is for managers."
    await bench.say(OFFICER, "/ask")
    assert "Which survey?" in (await heard(bench, OFFICER)).text
    await bench.tap(OFFICER, "1 Your last visit to the branch")
    assert "The clients of which branch?" in (await heard(bench, OFFICER)).text
    await bench.tap(OFFICER, "1 Bungoma")
    assert "Clients with which product?" in (await heard(bench, OFFICER)).text
    await bench.tap(OFFICER, "1 All products")
    assert "How many clients?" in (await heard(bench, OFFICER)).text
    await bench.tap(OFFICER, "1 60, as usual")
    # They joined today, which branch staff do not see before the day after tomorrow.
    assert (await heard(bench, OFFICER)).text.startswith("This is not possible now: too few")
    await officer_leaves(house)
    found = await house.data("rounds", "list")
    asked = [(each["survey"], each["origin"], each["invited"]) for each in found if each["invited"]]
    assert asked == [("debt_stress", "standing", 1)]


async def officer_leaves(house: House) -> None:
    """A role taken away is gone at once."""
    [held] = await house.data("staff", "list")
    assert (held["id"], held["role"], held["branch"]) == (1, "loan_officer", BRANCH)
    assert (held["code"], held["state"]) == (None, "in force")
    await house.command("staff", "revoke", "1")
    assert (await heard(house.bench, OFFICER)).text == "You are no longer loan officer."
    await house.bench.say(OFFICER, "/ask")
    assert (await heard(house.bench, OFFICER)).text == "Your role does not allow this."


async def manager_journey(house: House) -> None:
    bench = house.bench
    link = await house.data("staff", "invite", "--role", "manager")
    await bench.start_link(MANAGER, link["token"])
    assert (await heard(bench, MANAGER)).text.startswith("You are registered: manager, all branches.")
    week = str(Week.of(datetime.now(UTC), ZoneInfo("Africa/Nairobi")).previous())
    await house.command("digest", "--week", week, "--hand-out")
    handed_out = [await heard(bench, MANAGER) for _ in range(3)]
    await bench.say(MANAGER, "/digest")
    again = [await heard(bench, MANAGER) for _ in range(3)]
    async with house.store() as store:
        drawn = await store.read(partial(digests.rendering, week=week, scope="", languages=("en",)))
    assert drawn is not None
    told = [(drawn.card, "photo"), ("", "document"), ("", "document")]
    for given in (handed_out, again):
        assert [(each.text, each.file) for each in given] == told
    pictures = await bench.calls(MANAGER, method="sendPhoto")
    files = await bench.calls(MANAGER, method="sendDocument")
    assert [list(call.files.values()) for call in pictures] == [[f"digest-{week}.png"]] * 2
    assert [list(call.files.values()) for call in files] == [
        [f"digest-{week}.pdf"],
        [f"digest-{week}.xlsx"],
    ] * 2
    await bench.tap(MANAGER, "I will act")
    assert "For which branch?" in (await heard(bench, MANAGER)).text


async def group_journey(bench: TelegramBench) -> None:
    await bench.say(GROUP, "good morning everybody")
    await bench.say(GROUP, "/ask")
    assert (await heard(bench, GROUP)).text.startswith("I ask nothing in a group.")
    assert len(await bench.calls(GROUP)) == 1


async def test_client_officer_and_manager_make_their_first_journey(house: House) -> None:
    bench = house.bench
    tokens = await set_up(house)
    async with house.running() as bot:
        await client_journey(house, tokens["C-0001"])
        joined = await asyncio.gather(*(join(bench, chat, tokens[f"N-{chat}"]) for chat in NEIGHBOURS))
        assert len(joined) == len(NEIGHBOURS)
        await officer_journey(house)
        await manager_journey(house)
        await group_journey(bench)
        assert bot.troubles() == []
        assert await bench.pending() == []
