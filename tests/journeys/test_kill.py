"""A serving bot is ended without warning, again and again, while thirty people answer."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import select

from spm_bot.storage import people, sessions
from spm_bot.storage.outbox import SENT
from spm_bot.storage.store import Connection
from spm_bot.storage.tables import outbox, responses
from spm_bot.storage.tables import sessions as session_rows
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Kind, Question
from tests.bench.telegram_bench import Call, TelegramBench
from tests.journeys.real_parts import Bot, House, register_file

PEOPLE = range(501, 531)
KILLS = 8
SEED = 20261124
PATIENCE = 60.0
SURVEY = Library.shipped().survey("debt_stress")
QUESTIONS = {question.label.in_("en"): question for question in SURVEY.questions}

Said = tuple[str, tuple[str, ...], str | None]
"""A question, the codes picked, the words typed."""


@dataclass(slots=True)
class Person:
    """Answers whatever is asked, a moment after it is asked, and now and then is delivered twice."""

    bench: TelegramBench
    chat: int
    rng: Random
    said: list[Said] = field(default_factory=list)
    turns: list[int] = field(default_factory=list)
    news: asyncio.Queue[Mapping[str, Any]] = field(default_factory=asyncio.Queue)

    async def live(self) -> None:
        """Reads messages until the survey is over. A message that comes a second time is passed over."""
        answered: set[str] = set()
        while "That was the last question" not in (message := await self.news.get())["text"]:
            rows = message.get("reply_markup", {}).get("inline_keyboard", [])
            if not rows:
                continue
            place = rows[0][0]["callback_data"].rsplit(".", 2)[0]
            if place not in answered:
                answered.add(place)
                await asyncio.sleep(self.rng.uniform(0.2, 1.0))  # a person thinks
                await self._react(message, rows)

    async def _react(self, message: Mapping[str, Any], rows: Sequence[Sequence[Mapping[str, Any]]]) -> None:
        subject, _, turn = rows[0][0]["callback_data"].split(".")[:3]
        if subject == "i":
            updates = [self._tapped(message, rows[0][0]["callback_data"])]
        else:
            self.turns.append(int(turn, 16))
            updates = self._answer(message, QUESTIONS[message["text"].partition(" · ")[2]])
        for number in await self.bench.put_all(updates):
            if self.rng.random() < 0.3:
                await self.bench.repeat(number)

    def _answer(self, message: Mapping[str, Any], question: Question) -> list[dict[str, Any]]:
        rows = message["reply_markup"]["inline_keyboard"]
        if question.kind is Kind.TEXT:
            words = f"{self.rng.choice(('Monday', 'Friday'))} after 2, {self.chat} {question.name}"
            self.said.append((question.name, (), words))
            return [self._typed(words)]
        # The first choice of the first question opens all others; its second would only make us wait.
        place = self.rng.randrange(len(question.choices)) if question.name not in {"ds0", "ds1"} else 0
        choice = question.choices[place]
        self.said.append((question.name, (choice.code,), None))
        tap = self._tapped(message, rows[place][0]["callback_data"])
        if question.kind is Kind.SELECT_MULTIPLE:
            done = self._tapped(message, rows[len(question.choices)][0]["callback_data"])
            return self.rng.choice(([tap, done], [self._typed(str(place + 1))]))
        return [self.rng.choice((tap, self._typed(str(place + 1)), self._typed(choice.label.in_("en"))))]

    def _typed(self, text: str) -> dict[str, Any]:
        return {"message": {"chat": self.chat, "from": self.bench.user(self.chat), "text": text}}

    def _tapped(self, message: Mapping[str, Any], data: str) -> dict[str, Any]:
        where = {"chat": {"id": self.chat}, "message_id": message["message_id"]}
        query = {"from": self.bench.user(self.chat), "chat_instance": str(self.chat), "message": where}
        return {"callback_query": {"id": f"{self.rng.getrandbits(64):x}", "data": data, **query}}


async def deliver(bench: TelegramBench, crowd: Mapping[int, Person]) -> None:
    """Hands everybody the messages that reached their phone, as they come."""
    after = 0
    while True:
        await bench.wait_for_call("sendMessage", after=after, within=PATIENCE)
        calls: list[Call] = await bench.calls(after=after)
        for call in calls:
            if call.method == "sendMessage" and call.status == 200:
                crowd[call.fields["chat_id"]].news.put_nowait(call.result)
        after = calls[-1].number


async def set_up(house: House) -> None:
    """Thirty people have joined and are invited; nobody has been written to yet."""
    chats = {f"P-{chat}": chat for chat in PEOPLE}
    (house.folder / "clients.csv").write_text(register_file(dict.fromkeys(chats, "")), encoding="utf-8")
    await house.command("register", "import", str(house.folder / "clients.csv"))
    await house.sign("en")
    await house.enrol(chats)
    assert await house.data("rounds", "launch", "stress") == {"round": "stress", "invited": len(PEOPLE)}


def stored(connection: Connection) -> dict[int, list[Said]]:
    """What the database holds of every survey, by chat, in the order of the rows."""
    found: dict[int, list[Said]] = {}
    for chat in PEOPLE:
        owner = people.client_by_code(connection, f"P-{chat}").id
        mine = (session_rows.c.client_id == owner, session_rows.c.form.is_(False))
        identity = connection.execute(select(session_rows.c.id).where(*mine)).scalar_one()
        opened = sessions.get(connection, identity)
        assert opened is not None
        found[chat] = [(name, each.codes, each.text) for name, each in opened.session.answers.items()]
    return found


def ends(connection: Connection) -> tuple[Counter[str], int]:
    """How every message ended, and how many whole responses there are."""
    states = Counter(connection.execute(select(outbox.c.state)).scalars())
    whole = connection.execute(select(responses.c.id).where(responses.c.partial.is_(False))).all()
    return states, len(whole)


async def test_nothing_is_lost_doubled_or_out_of_order_when_the_bot_is_killed(house: House) -> None:
    bench, rng = house.bench, Random(SEED)
    await set_up(house)
    crowd = {chat: Person(bench, chat, Random(SEED + chat)) for chat in PEOPLE}
    delivering = asyncio.create_task(deliver(bench, crowd))
    lives = [asyncio.create_task(person.live()) for person in crowd.values()]
    for _ in range(KILLS):
        bot = await Bot.start(house)
        await asyncio.sleep(rng.uniform(0.3, 1.0))  # the moment of a power cut
        assert not all(life.done() for life in lives), "everybody had finished: the kill proves nothing"
        await bot.kill()
    async with house.running():
        _, waiting = await asyncio.wait(lives, timeout=PATIENCE)
    delivering.cancel()
    assert [crowd[chat].said for chat, life in zip(PEOPLE, lives, strict=True) if life in waiting] == []
    await asyncio.gather(*lives)
    async with house.store() as store:
        answers, (states, whole) = await store.read(stored), await store.read(ends)
    assert answers == {chat: person.said for chat, person in crowd.items()}
    assert {chat: person.turns for chat, person in crowd.items()} == {
        chat: list(range(1, len(person.said) + 1)) for chat, person in crowd.items()
    }
    assert (set(states), whole) == ({SENT}, len(PEOPLE))
