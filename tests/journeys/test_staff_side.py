"""Staff over the real wire: a link, the number of the list, a second person, menus, and taking it back."""

from __future__ import annotations

from functools import partial

from spm_bot.storage import employees, roles
from spm_bot.storage.store import Connection
from tests.bench.telegram_bench import TelegramBench
from tests.journeys.real_parts import BRANCH, WITHIN, House

BOSS, OFFICER, HEAD = 400, 401, 402
NUMBERS = {BOSS: "+254722000001", OFFICER: "+254722000002", HEAD: "+254722000003"}
STAFF_LIST = """staff_id,full_name,phone,gender,branch
S1,Boss Wekesa,0722000001,female,
S2,Neema Juma,0722000002,female,BUN
S3,Juma Neema,0722000003,male,
"""
ASK = "To see that it is you, please share your own number with the button below."


async def heard(bench: TelegramBench, chat: int) -> str:
    return (await bench.next_message(chat, within=WITHIN)).text


async def open_link(house: House, chat: int, *role: str) -> None:
    link = await house.data("staff", "invite", "--role", *role)
    await house.bench.start_link(chat, link["token"])
    assert await heard(house.bench, chat) == ASK
    assert await house.bench.share_button(chat) == "Share my number"


async def share(house: House, chat: int) -> str:
    """What is said once the right number was shared."""
    await house.bench.share_contact(chat, NUMBERS[chat].removeprefix("+"))
    assert await heard(house.bench, chat) == "Thank you."
    assert await house.bench.share_button(chat) == ""
    return await heard(house.bench, chat)


async def menu(bench: TelegramBench, chat: int, *, after: int = 0) -> tuple[list[str], int]:
    """The names of the commands that this chat was last given, and the number of the call."""
    while True:
        call = await bench.wait_for_call("setMyCommands", after=after, within=WITHIN)
        if call.fields.get("scope") == {"type": "chat", "chat_id": chat}:
            return [each["command"] for each in call.fields["commands"]], call.number
        after = call.number


async def first_administrator(house: House) -> None:
    """Nobody is there yet who could confirm in the chat: it is done at the machine, by name."""
    await open_link(house, BOSS, "administrator")
    assert (await share(house, BOSS)).endswith("It counts as soon as a second person has confirmed it.")
    assert (await menu(house.bench, BOSS))[0] == ["whoami", "language", "help"]
    await house.command("staff", "confirm", "1", "--by", "B. Example")
    assert (await heard(house.bench, BOSS)).startswith("You are administrator now.")


async def officer_shares_the_number(house: House) -> int:
    """Somebody else's contact is refused; their own gives the role, the menu, and a word to the boss."""
    bench = house.bench
    await bench.share_contact(OFFICER, NUMBERS[BOSS], own=False)
    assert (await heard(bench, OFFICER)).startswith("This number is not in our list of staff.")
    assert (await share(house, OFFICER)).startswith("You are registered: loan officer, Bungoma.")
    names, call = await menu(bench, OFFICER)
    assert names == ["ask", "progress", "enrol", "whoami", "language", "help"]
    told = await bench.expect(BOSS, "A staff link was used by Neema Juma", within=WITHIN)
    assert (told.text.split(": ")[1], told.buttons) == ("loan officer, Bungoma.", (("Revoke",),))
    return call


async def head_is_confirmed(house: House) -> None:
    bench = house.bench
    await open_link(house, HEAD, "spm_manager", "--staff", "S3")
    await share(house, HEAD)
    told = await bench.expect(BOSS, "Do you confirm it?", within=WITHIN)
    assert told.buttons == (("Confirm", "Refuse"),)
    await bench.tap(BOSS, "Confirm")
    assert (await heard(bench, HEAD)).startswith("You are SPM manager now.")
    names, _ = await menu(bench, HEAD, after=(await menu(bench, HEAD))[1])
    steering = ["results", "digest", "decide", "decisions", "wedid", "quotes"]
    assert names == ["ask", "progress", "approve", *steering, "whoami", "language", "help"]


async def test_links_numbers_second_person_menus_and_the_way_back(house: House) -> None:
    bench: TelegramBench = house.bench
    (house.folder / "staff.csv").write_text(STAFF_LIST, encoding="utf-8")
    await house.command("register", "import", str(house.folder / "staff.csv"))
    await house.sign("en", "fr")
    async with house.running() as bot:
        await first_administrator(house)
        await open_link(house, OFFICER, "loan_officer", "--branch", BRANCH)
        assert bot.troubles() == []
    async with house.running() as bot:  # the link waits for its number through a restart
        call = await officer_shares_the_number(house)
        await bench.say(OFFICER, "/language")
        await bench.next_message(OFFICER, within=WITHIN)
        await bench.tap(OFFICER, "2 Français")
        _, call = await menu(bench, OFFICER, after=call)
        await head_is_confirmed(house)
        await bench.tap(BOSS, "Revoke")
        await bench.wait_for_call("deleteMyCommands", after=call, within=WITHIN)
        assert (await bench.messages(BOSS))[-2].text.endswith("loan officer, Bungoma. Revoked.")
        assert bot.troubles() == []
        assert await bench.pending() == []
    async with house.store() as store:
        assert await store.read(_who) == [("S1", "administrator"), ("S3", "spm_manager")]
        [officer] = await store.read(partial(employees.with_number, phone=NUMBERS[OFFICER]))
    assert officer.code == "S2"


def _who(connection: Connection) -> list[tuple[str | None, str]]:
    held = roles.roles_in_force(connection)
    return [(employees.employee(connection, role.staff).code, role.role) for role in held]
