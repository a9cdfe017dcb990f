"""A village drawn at random, in which what the rules of contact go by changes while rounds run: people pay
back, are hired, fall silent, change their minds, their phone, their language. What is true is kept beside the
database, so that a test can judge what reaches a phone without asking the code that sent it.
"""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select, update

from spm_bot.chat.channel import Delivery, Sent
from spm_bot.chat.dialogue import Dialogue
from spm_bot.fieldwork.contact_rules import contact_rules
from spm_bot.institution import Institution
from spm_bot.messages import Action, Outbound, Subject, Tap
from spm_bot.storage import people, survey_versions
from spm_bot.storage.sessions import busy_clients, open_session
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import clients, invitations, loans, outbox, rounds, sessions
from spm_bot.storage.vault import Vault
from spm_bot.surveys.session import Session
from spm_bot.times import Weekday
from spm_bot.usecases.deliver import Postman
from spm_bot.usecases.lapse import lapse
from spm_bot.usecases.remind import remind
from tests.seed import meet, say_yes, sign
from tests.stage import world as stage
from tests.stage.clock import FakeClock
from tests.stage.phones import NAME, Phones
from tests.stage.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SIGNED = {
    "branch_visit": ("en", "fr"),
    "client_satisfaction": ("en", "fr"),
    "debt_stress": ("en",),
    "client_outcomes": ("en",),
    "client_exit": ("fr", "en"),
}
ZONES = ("Africa/Nairobi", "Africa/Cairo", "America/Santiago", "Asia/Kathmandu", "Europe/Paris")
FREQUENCIES = ("", "daily", "weekly", "weekly", "weekly", "two_weekly", "monthly", "bullet")


@dataclass(slots=True)
class Villager:
    """What is true of one client. A loan is its due day and how often it is paid."""

    client: int
    code: str
    handle: str
    branch: str
    status: str
    birth_year: int | None
    born_on: date | None
    works_here: bool
    loan: tuple[date | None, str] | None
    agrees: bool
    language: str
    hour: int | None


@dataclass(frozen=True, slots=True)
class Letter:
    """Something of ours that asks for a survey and reached a phone; `person` as they were then."""

    at: datetime
    person: Villager
    invitation: int
    survey: str
    kind: str
    handle: str = ""
    round_state: str = "open"
    others_open: int = 0


@dataclass(slots=True)
class Mailbox(Phones):
    """The phones of the village, and every letter that reached one."""

    letters: list[Letter] = field(default_factory=list)
    store: Store | None = None
    villagers: dict[int, Villager] = field(default_factory=dict)

    async def send(self, handle: str, message: Outbound, *, file: bytes | None = None) -> Delivery:
        delivery = await Phones.send(self, handle, message, file=file)
        tokens = [button.token for row in message.buttons for button in row]
        asks = [t for t in tokens if t.subject is Subject.INVITATION and t.action is Action.START]
        if isinstance(delivery, Sent) and asks and self.store is not None:
            look = partial(_letter, invitation=asks[0].id, ref=message.ref or "")
            client, survey, kind, state, others = await self.store.read(look)
            person = replace(self.villagers[client])
            self.letters.append(
                Letter(self.clock.now(), person, asks[0].id, survey, kind, handle, state, others)
            )
        return delivery


def _letter(connection: Connection, *, invitation: int, ref: str) -> tuple[int, str, str, str, int]:
    asked = connection.execute(
        select(invitations.c.client_id, invitations.c.survey, outbox.c.kind, rounds.c.state)
        .join(rounds, rounds.c.id == invitations.c.round_id)
        .join(outbox, outbox.c.invitation_id == invitations.c.id)
        .where(invitations.c.id == invitation, outbox.c.ref == ref)
    ).first()
    assert asked is not None
    others = select(func.count(sessions.c.id)).where(
        sessions.c.client_id == asked.client_id,
        sessions.c.form.is_(False),
        sessions.c.status.in_(["active", "suspended"]),
        func.coalesce(sessions.c.invitation_id, 0) != invitation,
    )
    return (*asked, connection.execute(others).scalar_one())


@dataclass(slots=True)
class Village:
    rng: Random
    world: World
    mailbox: Mailbox
    institution: Institution

    @classmethod
    async def draw(cls, file: Path, *, seed: int, vault: Vault) -> Village:
        """A village of twenty on the prepared database in `file`."""
        rng = Random(seed)
        url = f"sqlite+aiosqlite:///{file}"
        store = await Store.open(url, vault=vault, durability="off", lanes=1)
        clock = FakeClock(datetime(2026, 1, 1, tzinfo=UTC) + rng.random() * 365 * DAY)
        mailbox = Mailbox(clock, store=store)
        institution = _institution(rng, clock.now().date())
        desk = replace(stage.desk(), institution=institution, rules=contact_rules(institution))
        world = World(
            store,
            desk,
            clock,
            mailbox,
            Dialogue(store, desk, clock),
            Postman(store, desk, clock, {NAME: mailbox}),
        )
        village = cls(rng, world, mailbox, institution)
        await store.write(village._settle)
        return village

    @property
    def now(self) -> datetime:
        return self.world.clock.now()

    def zone_of(self, person: Villager) -> ZoneInfo:
        return self.institution.zone_of(person.branch)

    def _settle(self, connection: Connection) -> None:
        for number in range(1, 21):
            person = _villager(self.rng, number, self.now.date())
            connection.execute(insert(clients), _row(person))
            connection.execute(insert(loans), _loan_row(person))
            people.move_client(
                connection, number, meet(connection, person.handle, language=person.language), at=self.now
            )
            say_yes(connection, person.code, given=person.agrees, at=self.now)
            self.mailbox.villagers[number] = person
        for survey in SIGNED:
            self._remember(connection, survey)

    def _remember(self, connection: Connection, survey: str) -> None:
        """Some were asked before."""
        past: dict[str, object] = {
            "code": f"past-{survey}",
            "survey": survey,
            "origin": "adhoc",
            "audience": "{}",
            "seed": 1,
        }
        past["opened_at"] = self.now - 400 * DAY
        opened = insert(rounds).values(past).returning(rounds.c.id)
        round_ = connection.execute(opened).scalar_one()
        for person in self.mailbox.villagers.values():
            often = (1, 2) if person.client % 5 == 0 else (0, 0, 0, 0, 1)
            for wave in range(self.rng.choice(often)):
                at = self.now - self.rng.random() * 380 * DAY
                reminded = at + 30 * HOUR if self.rng.random() < 0.6 and at + 30 * HOUR < self.now else None
                asked = {"round_id": round_, "client_id": person.client, "wave": wave, "survey": survey}
                asked |= {"invited_at": at, "delivered_at": at, "expires_at": at + 3 * DAY}
                asked |= {"in_arrears": False, "has_loan": False, "branch": person.branch, "week": ""}
                asked |= {"reminded_at": reminded, "outcome": "completed"}
                made = connection.execute(insert(invitations).values(asked).returning(invitations.c.id))
                invitation = made.scalar_one()
                self.mailbox.letters.append(Letter(at, person, invitation, survey, "invitation"))
                if reminded is not None:
                    self.mailbox.letters.append(Letter(reminded, person, invitation, survey, "reminder"))

    async def live(self, moments: int) -> None:
        """Time passes from one thing that is due to the next; the postman is late at times."""
        for _ in range(moments):
            due = await self.world.store.read(_next_due)
            soon = self.now + self.rng.choice((HOUR, 8 * HOUR, 25 * HOUR))
            late = self.rng.choice((timedelta(0), timedelta(0), 2 * HOUR, 13 * HOUR))
            self.world.clock.instant = max(self.now, min(soon, soon if due is None else due + late))
            if self.rng.random() < 0.6:
                await self.something_happens()
            await remind(self.now, store=self.world.store, desk=self.world.desk)
            await lapse(self.now, store=self.world.store, desk=self.world.desk)
            await self.world.postman.flush()
            if self.rng.random() < 0.5:
                await self.somebody_taps()

    async def somebody_taps(self) -> None:
        handle = self.rng.choice([letter.handle for letter in self.mailbox.letters[-6:]])
        action = self.rng.choice((Action.START, Action.LATER, Action.NO))
        tokens = [token for token in self.mailbox.tokens(handle) if token.action is action]
        if tokens and handle not in self.mailbox.blocking:
            await self.world.receive(Tap(tokens[-1]), handle=handle)
            if action is Action.LATER:
                await self.world.say("1", handle=handle)

    async def something_happens(self) -> None:
        person = self.rng.choice(list(self.mailbox.villagers.values()))
        event: Callable[[Villager], Awaitable[None]] = self.rng.choice(
            (self._decides, self._changes, self._pays, self._calls, self._begins, self._round_turns)
        )
        await event(person)

    async def _decides(self, person: Villager) -> None:
        person.agrees = self.rng.random() < 0.8
        work = partial(say_yes, code=person.code, given=person.agrees, at=self.now)
        await self.world.store.write(work)

    async def _changes(self, person: Villager) -> None:
        match self.rng.randrange(4):
            case 0:
                person.works_here = self.rng.random() < 0.2
            case 1:
                person.status = self.rng.choice(("active",) * 9 + ("closed", "deceased", "written_off"))
            case 2:
                person.hour = self.rng.choice((None, 7, 12, 20))
            case _:
                person.born_on = self.now.date() - timedelta(days=self.rng.choice((6570, 6580, 9000, 12000)))
        values = {key: value for key, value in _row(person).items() if key not in {"id", "code", "subject"}}
        await self._update(update(clients).where(clients.c.id == person.client).values(values))

    async def _pays(self, person: Villager) -> None:
        """A loan is paid back, or the days on which it is due are others, or there is a new one."""
        person.loan = _loan(self.rng, self.now.date()) if self.rng.random() < 0.8 else None
        mine = loans.c.client_id == person.client
        await self._update(update(loans).where(mine).values(_loan_row(person)))
        has_loan = person.loan is not None
        await self._update(update(clients).where(clients.c.id == person.client).values(has_loan=has_loan))

    async def _calls(self, person: Villager) -> None:
        """Another phone, another language, or none of us any more."""
        match self.rng.randrange(3):
            case 0:
                person.handle = f"{person.handle}+"
                await self.world.store.write(partial(_move, person=person, at=self.now))
            case 1 if self.rng.random() < 0.3:
                self.mailbox.blocking.add(person.handle)
            case _:
                shared = [each for each in self.mailbox.villagers.values() if each.handle == person.handle]
                language = self.rng.choice(("en", "en", "fr", "sw"))
                for each in shared:
                    each.language = language
                await self.world.store.write(partial(_speak, person=person))

    async def _begins(self, person: Villager) -> None:
        """They go on with something that was asked before."""
        await self.world.store.write(partial(_open, person=person, at=self.now))

    async def _round_turns(self, _: Villager) -> None:
        state = self.rng.choice(("open", "open", "open", "paused", "stopped"))
        newest = select(func.max(rounds.c.id)).scalar_subquery()
        await self._update(update(rounds).where(rounds.c.id == newest).values(state=state))

    async def _update(self, statement: object) -> None:
        await self.world.store.write(lambda c: c.execute(statement).rowcount)  # type: ignore[call-overload]


def prepare(template: Path, file: Path) -> None:
    shutil.copy(template, file)


def sign_all(connection: Connection) -> None:
    library = stage.desk().library
    for code, languages in SIGNED.items():
        sign(connection, library.survey(code), *languages)
    for form in library.client_forms:
        sign(connection, form, *(each for each in ("en", "fr", "sw") if each in form.languages))


def _institution(rng: Random, today: date) -> Institution:
    shared = stage.desk().institution
    holidays = tuple(today + rng.randrange(300) * DAY for _ in range(40))
    branches = tuple(
        branch.model_copy(
            update={
                "time_zone": ZoneInfo(rng.choice(ZONES)),
                "rest_days": rng.choice((None, (Weekday.FRIDAY, Weekday.SATURDAY))),
                "holidays": rng.choice((None, (today + 3 * DAY, today + 4 * DAY))),
            }
        )
        for branch in shared.branches[:3]
    )
    contact = shared.contact.model_copy(update={"messages_per_year": rng.choice((12, 12, 4))})
    return shared.model_copy(update={"branches": branches, "holidays": holidays, "contact": contact})


def _villager(rng: Random, number: int, today: date) -> Villager:
    return Villager(
        client=number,
        code=f"V{number}",
        # One of the phones is shared.
        handle=f"phone-{max(number, 2)}",
        branch=rng.choice(("BUN", "BUS", "ELD")),
        status=rng.choice(("active",) * 18 + ("closed", "written_off")),
        birth_year=rng.choice((None, 1970, 1980, 1985, 1990, today.year - 18)),
        born_on=rng.choice((None, None, date(1985, 2, 28), date(1992, 2, 29), today - timedelta(days=6570))),
        works_here=rng.random() < 0.05,
        loan=_loan(rng, today) if rng.random() < 0.7 else None,
        agrees=rng.random() < 0.9,
        language="en" if number < 3 else rng.choice(("en", "en", "en", "fr", "sw")),
        hour=rng.choice((None, None, None, 7, 15, 20)),
    )


def _loan(rng: Random, today: date) -> tuple[date | None, str]:
    frequency = rng.choice(FREQUENCIES)
    return (None if frequency == "daily" else today + rng.randrange(-10, 15) * DAY), frequency


def _row(person: Villager) -> dict[str, object]:
    return {
        "id": person.client,
        "code": person.code,
        "subject": f"subject-{person.code}",
        "branch": person.branch,
        "birth_year": person.birth_year,
        "born_on": None if person.born_on is None else person.born_on.isoformat(),
        "has_loan": person.loan is not None,
        "has_savings": False,
        "days_in_arrears": 40 * (person.client % 2),
        "status": person.status,
        "works_here": person.works_here,
        "hour": person.hour,
    }


def _loan_row(person: Villager) -> dict[str, object]:
    due_on, frequency = person.loan or (None, "")
    return {
        "client_id": person.client,
        "code": "L",
        "branch": person.branch,
        "product": "",
        "currency": "KES",
        "outstanding": 1.0,
        "days_in_arrears": 0,
        "status": "closed" if person.loan is None else "active",
        "next_due_on": None if due_on is None else due_on.isoformat(),
        "repayment_frequency": frequency,
        "as_of": "2026-01-01",
    }


def _next_due(connection: Connection) -> datetime | None:
    waiting = select(func.min(outbox.c.not_before)).where(outbox.c.state == "queued")
    found: datetime | None = connection.execute(waiting).scalar()
    return found


def _open(connection: Connection, *, person: Villager, at: datetime) -> None:
    survey = stage.desk().library.survey("branch_visit")
    address = meet(connection, person.handle)
    busy = select(sessions.c.id).where(sessions.c.address_id == address, sessions.c.status == "active")
    if connection.execute(busy).first() is None and not busy_clients(connection, [person.client]):
        open_session(
            connection,
            Session(survey.code, survey.version, "en", at, turn=1),
            version=survey_versions.keep(connection, survey),
            form=False,
            address=address,
            client=person.client,
            lasts=2 * DAY,
        )


def _move(connection: Connection, *, person: Villager, at: datetime) -> None:
    chat = meet(connection, person.handle, language=person.language)
    people.move_client(connection, person.client, chat, at=at)


def _speak(connection: Connection, *, person: Villager) -> None:
    people.set_language(connection, meet(connection, person.handle), person.language)
