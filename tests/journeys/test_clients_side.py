"""What clients live through, over the real wire: one bot serves everybody here, each test is one of them.

The Bot API server checks every outgoing call against the published schema when the module is over.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from spm_bot.app import make_desk
from spm_bot.chat.commands import described
from spm_bot.messages import Address
from spm_bot.storage import people
from spm_bot.storage.outbox import QUEUED
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import outbox
from spm_bot.surveys.library import Library
from spm_bot.texts import voice
from tests.bench.telegram_bench import Message, TelegramBench
from tests.journeys.real_parts import BORN, WITHIN, House, institution_file, join, register_file
from tests.journeys.real_parts import stored_answers as stored

pytestmark = pytest.mark.asyncio(loop_scope="module")

SHARED, NUR, GRACE, JUMA, GROUP = 11, 12, 13, 14, -15
FARIDA, HAWA, INES, MUSA, LEILA, OMAR = range(21, 27)
JOINED = {"Farida": FARIDA, "Hawa": HAWA, "Ines": INES, "Musa": MUSA, "Leila": LEILA, "Omar": OMAR}
"""Who joined earlier, and where."""
PHONES = dict.fromkeys(("Amina", "Beatrice", "Nur", "Juma", *JOINED), "") | {"Grace": "+254733918273"}
ENGLISH, ARABIC = "1 English", "2 العربية"
STRESS, SATISFACTION = map(Library.shipped().survey, ("debt_stress", "client_satisfaction"))
MOST_REPLIES, MOST_MESSAGES = 6, 10
"""A newcomer's path from the card to the first question, consent included."""


@dataclass(frozen=True, slots=True)
class Phone:
    """One person's chat with the bot."""

    bench: TelegramBench
    chat: int

    async def say(self, text: str) -> int:
        return await self.bench.say(self.chat, text)

    async def tap(self, label: str, *, on: Message | None = None) -> int:
        return await self.bench.tap(self.chat, label, message=None if on is None else on.id)

    async def heard(self) -> str:
        """The next new message."""
        return (await self.bench.next_message(self.chat, within=WITHIN)).text

    async def until(self, what: str | Callable[[Message], bool]) -> Message:
        """The next message or edit like this; what comes before it counts as read."""
        return await self.bench.expect(self.chat, what, within=WITHIN)

    async def readable(self) -> str:
        """All that whoever picks up this phone can read: messages, buttons, and what was typed."""
        shown = await self.bench.messages(self.chat)
        labels = [label for message in shown for row in message.buttons for label in row]
        typed = (await self.bench.typed(self.chat)).values()
        return "\n".join([*(message.text for message in shown), *labels, *typed])


@dataclass(frozen=True, slots=True)
class Town:
    """Everybody here, the bot that serves them, and their cards."""

    house: House
    tokens: dict[str, str]

    def phone(self, chat: int) -> Phone:
        return Phone(self.house.bench, chat)

    async def join(self, name: str, *, chat: int) -> list[str]:
        return await join(self.house.bench, chat, self.tokens[name], language=ENGLISH)

    async def launch(self, code: str) -> None:
        """Invites everybody who has joined and may be asked."""
        await self.house.command("rounds", "launch", code)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    """All have a card. Who joined earlier is invited to client_satisfaction; three join now and are
    invited to debt_stress.
    """
    folder = tmp_path_factory.mktemp("town")
    (folder / "institution.yaml").write_text(institution_file(), encoding="utf-8")
    (folder / "clients.csv").write_text(register_file(PHONES), encoding="utf-8")
    async with TelegramBench.start() as bench:
        house = House(folder, bench)
        await house.command("register", "import", str(folder / "clients.csv"))
        links = await house.data("clients", "invite")
        town = Town(house, {link["client"]: link["token"] for link in links})
        await house.sign("en", "ar")
        await house.enrol(JOINED)
        await town.launch("satisfaction")
        async with house.running() as bot:
            await asyncio.gather(town.join("Amina", chat=SHARED), town.join("Nur", chat=NUR))
            await town.join("Beatrice", chat=SHARED)
            await town.launch("stress")
            yield town
        assert (bot.troubles(), await bench.pending()) == ([], [])


def asked(survey_question: str, *, number: int, total: int = 11, language: str = "en") -> str:
    """A question as it stands in the chat."""
    survey = STRESS if survey_question.startswith("ds") else SATISFACTION
    of = voice(language).say("%(number)s of %(total)s", number=number, total=total)
    return f"{of} · {survey.question(survey_question).label.in_(language)}"


async def answer(phone: Phone, *dialogue: tuple[str, str]) -> None:
    """Types each answer and hears the question that follows it."""
    for typed, question in dialogue:
        await phone.say(typed)
        assert await phone.heard() == question


async def test_two_people_on_one_phone_are_told_apart(town: Town) -> None:
    phone = town.phone(SHARED)
    agreed = "May we send you short surveys?\n✓ Yes"
    said = [message.text for message in await phone.bench.messages(SHARED) if agreed in message.text]
    assert said == [agreed, f"Beatrice · {agreed}"]
    invitations = {name: await phone.until(f"For {name}:") for name in ("Amina", "Beatrice")}
    await phone.tap("Start", on=invitations["Amina"])
    assert await phone.heard() == f"Amina · {asked('ds0', number=1)}"
    await answer(
        phone,
        ("1", f"Amina · {asked('ds1', number=2)}"),
        ("A bit hard", f"Amina · {asked('ds2', number=3)}"),
    )
    waiting = next(each for each in reversed(await phone.bench.messages(SHARED)) if each.buttons)
    await phone.tap("Start", on=invitations["Beatrice"])
    assert await phone.heard() == f"Beatrice · {asked('ds0', number=1)}"
    await answer(
        phone,
        ("1", f"Beatrice · {asked('ds1', number=2)}"),
        ("easy", f"Beatrice · {asked('ds2', number=3)}"),
    )
    await phone.tap("1 Never", on=waiting)
    assert await phone.heard() == f"Amina · {asked('ds4', number=4)}"
    await answer(phone, ("1", f"Amina · {asked('ds3', number=5)}"))
    await phone.say("STOP")
    assert (await phone.heard()).startswith("Stopped for Amina and Beatrice. You get no more surveys.")
    assert await stored(town.house, "Amina") == {
        "ds0": ("yes",),
        "ds1": ("bit",),
        "ds2": ("never",),
        "ds4": ("no",),
    }
    assert await stored(town.house, "Beatrice") == {"ds0": ("yes",), "ds1": ("easy",)}


PRIVATE = ("ds4", "ds3", "ds5", "ds6", "ds7", "ds8", "ds11_phone", "ds11_time")
TYPED = (
    "money lender or shop",
    "most weeks",
    "land or house",
    "many nights",
    "0711 222 333",
    "friday after 2",
)


async def test_private_survey_leaves_nothing_to_read(town: Town) -> None:
    """Typed private answers, QUIET in the middle, Close once, and a wish to be called at the end."""
    phone = town.phone(NUR)
    await phone.until("about 3 minutes")
    await phone.tap("Start")
    assert await phone.heard() == asked("ds0", number=1)
    await answer(
        phone,
        ("1", asked("ds1", number=2)),
        ("very hard", asked("ds2", number=3)),
        ("behind", "You mean: I am behind now?"),
    )
    await phone.tap("Yes")
    assert await phone.heard() == asked("ds4", number=4)
    await answer(
        phone,
        (TYPED[0], asked("ds3", number=5)),
        (TYPED[1], asked("ds5", number=6)),
        ("Quiet", "Umoja Microfinance is open: Monday – Saturday, 08:00 – 17:00."),
    )
    assert set((await phone.bench.typed(NUR)).values()) == {f"/start {town.tokens['Nur']}"}
    await come_back(phone, number=6, question="ds5")
    await answer(
        phone,
        (TYPED[2], asked("ds6", number=7)),
        ("2 4", asked("ds7", number=8)),
    )
    await phone.tap("✖ Close")
    assert (await phone.heard()).startswith("Umoja Microfinance is open:")
    await come_back(phone, number=8, question="ds7")
    await answer(
        phone,
        (TYPED[3], asked("ds8", number=9)),
        ("1", asked("ds9", number=10)),
        ("nothing", asked("ds10", number=11)),
        ("yes", asked("ds11_number", number=12, total=15)),
        ("another number", asked("ds11_phone", number=13, total=16)),
        (TYPED[4], asked("ds11_time", number=14, total=16)),
    )
    await phone.say(TYPED[5])
    await end(phone)
    seen = await phone.readable()
    assert [words for words in private_words() if words in seen.casefold()] == []
    assert (await stored(town.house, "Nur"))["ds7"] == ("many",)


async def come_back(phone: Phone, *, number: int, question: str) -> None:
    """After the chat was cleared any word brings the survey back, and asks again whether it is safe."""
    await phone.say("hello")
    assert await phone.heard() == f"Welcome back. We go on with question {number} of 11."
    assert await phone.heard() == asked("ds0", number=1)
    await answer(phone, ("1", asked(question, number=number)))


async def end(phone: Phone) -> None:
    """Answers what is left with the first choice."""
    while (message := await phone.until(lambda each: not each.edited)).buttons:
        await phone.tap(message.buttons[0][0], on=message)
    assert await phone.until("That was the last question.")


def private_words() -> list[str]:
    """What may not be read afterwards: private questions, choices of theirs alone, what was typed."""
    questions = [question for question in STRESS.questions if question.traceless]
    others = {
        choice.label.in_("en") for each in STRESS.questions if not each.traceless for choice in each.choices
    }
    choices = {choice.label.in_("en") for each in questions for choice in each.choices} - others
    assert tuple(question.name for question in questions) == PRIVATE
    return [words.casefold() for words in (*(q.label.in_("en") for q in questions), *choices, *TYPED)]


async def test_language_changes_in_mid_survey(town: Town) -> None:
    phone = town.phone(FARIDA)
    await phone.until("about 3 minutes")
    await phone.tap("Start")
    assert await phone.heard() == asked("cs3", number=1, total=8)
    await answer(
        phone,
        ("4", asked("cs1", number=2, total=8)),
        ("/language", "Which language is best for you?"),
    )
    await phone.tap(ARABIC)
    assert await phone.heard() == voice("ar").say("From now on I write in this language.")
    assert await phone.heard() == asked("cs1", number=2, total=8, language="ar")
    await answer(phone, ("١٠", asked("cs2", number=3, total=9, language="ar")))
    await phone.say("توقف")
    assert (await phone.heard()).startswith(voice("ar").say("Stopped."))
    assert await stored(town.house, "Farida") == {"cs3": ("4",), "cs1": 10.0}


async def test_voice_note_is_kept_and_an_edit_corrects(town: Town) -> None:
    phone = town.phone(HAWA)
    await phone.until("about 3 minutes")
    await phone.tap("Start")
    assert await phone.heard() == asked("cs3", number=1, total=8)
    await phone.bench.send_voice(HAWA)
    assert await phone.heard() == (
        "Sorry, I can only read words and numbers here. Please write, or tap a button."
    )
    await answer(phone, ("happy", asked("cs1", number=2, total=8)), ("9", asked("cs2", number=3, total=9)))
    nine = next(number for number, words in (await phone.bench.typed(HAWA)).items() if words == "9")
    await phone.bench.send_voice(HAWA)
    assert await phone.heard() == asked("cs4", number=4, total=9)
    await phone.bench.edit(HAWA, nine, "3")
    assert await phone.heard() == "Changed: 3"
    await phone.bench.edit(HAWA, nine, "300")
    assert await phone.heard() == "Your edit changed nothing. To change an answer, write BACK."
    assert await stored(town.house, "Hawa") == {"cs3": ("4",), "cs1": 3.0, "cs2": "v"}


async def test_only_the_person_asked_is_heard_once_and_again_after_a_block(town: Town) -> None:
    phone, bench = town.phone(INES), town.house.bench
    await phone.until("about 3 minutes")
    await phone.tap("Start")
    question = await phone.until(asked("cs3", number=1, total=8))
    await tap_as(bench, INES + 1000, question, chat=GROUP)
    await tap_as(bench, INES + 1000, question, chat=INES)
    twice = await phone.tap("4 Happy")
    assert await phone.heard() == asked("cs1", number=2, total=8)
    await bench.repeat(twice)
    await bench.block(INES)
    await bench.unblock(INES)
    await answer(phone, ("7", asked("cs2", number=3, total=9)))
    assert await stored(town.house, "Ines") == {"cs3": ("4",), "cs1": 7.0}
    assert await bench.calls(GROUP) == []


async def tap_as(bench: TelegramBench, person: int, message: Message, *, chat: int) -> None:
    """Somebody else sends what a button of this message says, from `chat`."""
    where = {"chat": {"id": chat}, "message_id": message.id}
    await bench.put(
        {
            "callback_query": {
                "id": f"{person}-{chat}",
                "from": bench.user(person),
                "chat_instance": str(chat),
                "data": message.data("1 Very unhappy"),
                "message": where,
            }
        }
    )


async def test_joining_by_the_own_number(town: Town) -> None:
    phone, bench = town.phone(GRACE), town.house.bench
    await phone.say("/start")
    assert "or share your number with the button below" in await phone.heard()
    assert await bench.share_button(GRACE) == "Share my number"
    await bench.share_contact(GRACE, "+254733918273", own=False)
    assert (await phone.heard()).startswith("I cannot find you by this number.")
    assert await bench.share_button(GRACE) == "Share my number"
    await bench.share_contact(GRACE, "254733918273")
    assert await phone.heard() == "Thank you."
    assert await bench.share_button(GRACE) == ""
    await phone.until("Which language is best for you?")
    await phone.tap(ENGLISH)
    await phone.until("In which year were you born?")
    await phone.say(BORN)
    await phone.until("May we send you short surveys?")
    await phone.tap("2 No")
    assert (await phone.heard()).startswith("All right, we send no surveys.")


async def test_own_data_comes_as_a_file_and_goes_again(town: Town) -> None:
    phone, bench = town.phone(LEILA), town.house.bench
    await phone.say("/mydata")
    await phone.until("Do you want all of it in one file?")
    await phone.tap("1 Yes")
    await phone.until("Your answers to private questions too?")
    await phone.tap("2 No, without")
    await phone.until("In which year were you born?")
    await phone.say(BORN)
    sent = await phone.until("This is everything we keep about you.")
    [call] = await bench.calls(LEILA, method="sendDocument")
    assert (sent.file, list(call.files.values())) == ("document", ["file.txt"])
    async with town.house.store() as store:
        [due] = await store.write(partial(let_time_pass, chat=LEILA))
    assert abs(due - datetime.fromtimestamp(call.at, UTC) - timedelta(minutes=10)) < timedelta(seconds=5)
    deleted = await bench.wait_for_call("deleteMessage", chat=LEILA, after=call.number, within=WITHIN)
    while deleted.fields["message_id"] != sent.id:
        deleted = await bench.wait_for_call("deleteMessage", chat=LEILA, after=deleted.number, within=WITHIN)
    assert sent.id not in {message.id for message in await bench.messages(LEILA)}


def let_time_pass(connection: Connection, *, chat: int) -> list[datetime]:
    """What waits for its time in a chat is due now; says for when it was."""
    known = people.find_chat(connection, Address("telegram", str(chat)))
    assert known is not None
    waiting = (outbox.c.address_id == known.id, outbox.c.state == QUEUED)
    due = list(connection.execute(select(outbox.c.not_before).where(*waiting)).scalars())
    connection.execute(update(outbox).where(*waiting).values(not_before=datetime.now(UTC)))
    return due


async def test_forgetting_is_undone_by_a_word(town: Town) -> None:
    phone = town.phone(OMAR)
    await phone.say("/forget")
    await phone.until("Shall we erase it?")
    await phone.tap("1 Yes, erase")
    await phone.until("In which year were you born?")
    await phone.say(BORN)
    assert (await phone.heard()).startswith("We erase what we hold about you on ")
    await phone.say("keep")
    assert await phone.heard() == "All right, we erase nothing. Everything stays as it was."


async def test_newcomer_reaches_the_first_question_soon(town: Town) -> None:
    """From the QR code, with the invitation right after joining."""
    phone, bench = town.phone(JUMA), town.house.bench
    before = (await bench.calls())[-1].number
    await town.join("Juma", chat=JUMA)
    await town.launch("satisfaction")
    await phone.until("about 3 minutes")
    await phone.tap("Start")
    await phone.until(asked("cs3", number=1, total=8))
    taps = await bench.calls(method="answerCallbackQuery", after=before)
    sent = await bench.calls(JUMA, method="sendMessage")
    assert len(["/start", BORN, *taps]) <= MOST_REPLIES
    assert len(sent) <= MOST_MESSAGES


async def test_half_a_sign_and_endless_words_are_answered_kindly(town: Town) -> None:
    phone = town.phone(MUSA)
    await phone.until("about 3 minutes")
    await phone.tap("Start")
    assert await phone.heard() == asked("cs3", number=1, total=8)
    sorry = "Sorry, I did not understand. Please tap a button, or write a number from 1 to 5."
    await phone.say("\ud83d")
    assert await phone.heard() == sorry
    await phone.say("ы" * 10_000)
    assert (await phone.heard()).startswith(sorry)
    await phone.say("\udc4d4\ud83d")
    assert await phone.heard() == asked("cs1", number=2, total=8)


async def test_menus_are_offered_in_every_language(town: Town) -> None:
    desk = make_desk(town.house.folder / "institution.yaml")
    calls = await town.house.bench.calls(method="setMyCommands")
    offered = [(call.fields.get("language_code"), menu(call.fields["commands"])) for call in calls]
    first, *_ = desk.languages
    assert offered == [
        (code, described(voice(language)))
        for code, language in ((None, first), *((each, each) for each in desk.languages))
    ]


def menu(commands: Sequence[dict[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((each["command"], each["description"]) for each in commands)
