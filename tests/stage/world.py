"""A small institution on a real database: clients, staff, phones, a clock, and the whole dialogue."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path
from secrets import token_hex
from typing import TypeVar

from spm_bot.app import desk_of
from spm_bot.chat.dialogue import Dialogue
from spm_bot.fieldwork.audience import eligible
from spm_bot.fieldwork.register import ClientRow, LoanRow, StaffRow
from spm_bot.institution import load
from spm_bot.messages import Address, Body, Edited, Inbound, Other, Start, Tap, Text
from spm_bot.protection.consent import Purpose
from spm_bot.storage import (
    colleagues,
    consents,
    employees,
    links,
    people,
    registers,
    roles,
    rounds,
    survey_versions,
    waiting,
)
from spm_bot.storage.store import Connection, Store
from spm_bot.surveys.wordings import wording
from spm_bot.usecases.call_back import let_in
from spm_bot.usecases.carry_out import carry_out
from spm_bot.usecases.deliver import Postman
from spm_bot.usecases.eligibility import candidates, signed_languages
from spm_bot.usecases.enrol_staff import STAFF_LINK_LASTS
from spm_bot.usecases.erase import erase
from spm_bot.usecases.invite import write_invitations
from spm_bot.usecases.lapse import lapse
from spm_bot.usecases.remind import remind
from spm_bot.usecases.spell_link import CLIENT_LINK_LASTS
from spm_bot.usecases.visit import Desk
from tests.stage.clock import FakeClock
from tests.stage.phones import NAME, Phones

T = TypeVar("T")

BOT = "umoja_bot"
WINDOW = timedelta(hours=72)
LOOK_EVERY = timedelta(hours=6)
SURVEYS = ("branch_visit", "client_exit", "client_outcomes", "client_satisfaction", "debt_stress")
CARDS = {"Amina": "AMNA2345", "Beatrice": "BEAT2345", "Chantal": "CHAN2345", "David": "DAVD2345"}
STAFF = {
    "Officer": "loan_officer",
    "Manager": "manager",
    "Head": "spm_manager",
    "Second": "spm_manager",
    "Administrator": "administrator",
}
STAFF_LIST = tuple(
    StaffRow(name, f"{name} Mutua", phone=f"+25472200000{number}", branch="BUN")
    for number, name in enumerate(STAFF, start=1)
)

CAST = (
    ClientRow(
        code="Amina",
        name="Amina Otieno",
        phone="+254711000001",
        branch="BUN",
        product="business_loan",
        loan_method="individual",
        gender="female",
        birth_year=1985,
        joined_on="2020-01-10",
        has_savings=True,
        loans=(LoanRow("L1", currency="KES", outstanding=20_000),),
    ),
    ClientRow(
        code="Beatrice",
        name="Beatrice Wafula",
        phone="+254711000002",
        branch="BUN",
        product="group_loan",
        loan_method="group",
        gender="female",
        birth_year=1979,
        joined_on="2026-05-20",
        loans=(LoanRow("L2", currency="KES", outstanding=9_000, days_in_arrears=12),),
    ),
    ClientRow(
        code="Chantal",
        name="Chantal Mukeshimana",
        phone="+254711000003",
        branch="BUS",
        product="business_loan",
        loan_method="individual",
        gender="female",
        birth_year=1990,
        joined_on="2019-03-01",
        loans=(LoanRow("L3", currency="KES", outstanding=15_000),),
    ),
    ClientRow(
        code="David",
        name="David Kiprop",
        phone="+254711000004",
        branch="BUN",
        gender="male",
        birth_year=1970,
        joined_on="2018-06-01",
        has_savings=True,
    ),
)


@cache
def desk() -> Desk:
    """The desk of the example institution file, made once: it never changes."""
    return desk_of(load(Path(__file__).parents[2] / "institution.yaml"))


def crowd(count: int, *, branch: str) -> list[ClientRow]:
    """`count` more clients of one branch."""
    return [
        ClientRow(
            code=f"{branch}-{number}",
            name=f"Client {number}",
            branch=branch,
            birth_year=1980,
            joined_on="2021-01-01",
            product="business_loan",
            loan_method="individual",
            loans=(LoanRow(f"{branch}-L{number}", currency="KES", outstanding=10_000),),
        )
        for number in range(1, count + 1)
    ]


@dataclass(slots=True)
class World:
    """Everything a conversation needs; `settle` lets the postman bring what is due."""

    store: Store
    desk: Desk
    clock: FakeClock
    phones: Phones
    dialogue: Dialogue
    postman: Postman
    events: int = 0
    messages: int = 0
    last: Inbound | None = field(default=None)

    @classmethod
    async def build(cls, store: Store) -> World:
        """A world with its cast in the register, every wording signed, and a card for everybody."""
        clock = FakeClock()
        phones = Phones(clock)
        shared = desk()
        world = cls(
            store,
            shared,
            clock,
            phones,
            Dialogue(store, shared, clock),
            Postman(store, shared, clock, {NAME: phones}),
        )
        await world.register(CAST)
        await store.write(partial(_prepare, desk=shared, at=clock.now()))
        return world

    def reopened(self, store: Store) -> None:
        """Goes on with another store on the same database, as after a restart."""
        self.store = store
        self.dialogue = Dialogue(store, self.desk, self.clock)
        self.postman = Postman(store, self.desk, self.clock, {NAME: self.phones})

    async def receive(
        self, body: Body, *, handle: str, language: str = "en", private: bool = True
    ) -> str | None:
        """One event from a phone, then everything it makes us say; returns the toast."""
        self.events += 1
        key = f"test:{self.events}"
        address = Address(NAME, handle)
        self.last = Inbound(key, address, self.clock.now(), body, language, private, BOT)
        match body:
            case Text(text, message) | Edited(text, message) if private:
                self.phones.type(handle, message, text)
            case Other(kind=kind, message=message) if private:
                self.phones.type(handle, message, f"({kind})")
        return await self._take(self.last)

    async def again(self) -> str | None:
        """The last event is delivered a second time."""
        assert self.last is not None
        return await self._take(self.last)

    async def say(self, text: str, *, handle: str) -> str | None:
        self.messages += 1
        return await self.receive(Text(text, f"t{self.messages}"), handle=handle)

    async def tap(self, label: str, *, handle: str, on: str | None = None) -> str | None:
        return await self.receive(Tap(self.phones.button(handle, label, on=on)), handle=handle)

    async def _take(self, inbound: Inbound) -> str | None:
        toast = await self.dialogue.receive(inbound)
        await self.postman.flush()
        return toast

    async def wait(self, span: timedelta) -> None:
        """Time passes, a quarter of a day at most between two looks of the jobs: what time ends is ended,
        what it makes due is sent.
        """
        until = self.clock.now() + span
        while (now := self.clock.now()) < until:
            self.clock.advance(min(LOOK_EVERY, until - now))
            await carry_out(self.clock.now(), store=self.store, desk=self.desk)
            await remind(self.clock.now(), store=self.store, desk=self.desk)
            await lapse(self.clock.now(), store=self.store, desk=self.desk)
            await erase(self.clock.now(), store=self.store, desk=self.desk)
            await self.postman.flush()
        await self.postman.flush()
        await erase(self.clock.now(), store=self.store, desk=self.desk)

    async def read(self, work: partial[T]) -> T:
        return await self.store.read(work)

    async def enrol(
        self, name: str, *, handle: str, language: str = "en", private_items: bool = True
    ) -> None:
        """A client who joined earlier and agreed to surveys."""
        work = partial(
            _enrol,
            desk=self.desk,
            name=name,
            address=Address(NAME, handle),
            language=language,
            private_items=private_items,
            at=self.clock.now(),
        )
        await self.store.write(work)

    async def join(self, name: str, *, handle: str) -> None:
        """A client of the cast uses their card, takes the first language and says who they are."""
        born = next(row.birth_year for row in CAST if row.code == name)
        await self.receive(Start(f"card-of-{name}"), handle=handle)
        for text in ("1", str(born)):
            await self.say(text, handle=handle)

    async def let_in(self) -> None:
        """A person called whoever waits, and lets them in."""
        for held in await self.store.read(waiting.everybody):
            await let_in(held.id, store=self.store, desk=self.desk, actor="cli:a", now=self.clock.now())
        await self.postman.flush()

    async def register(self, rows: Sequence[ClientRow]) -> None:
        """More clients come into the register."""
        await self.store.write(
            partial(
                registers.write_clients,
                rows=rows,
                subjects=[token_hex(16) for _ in rows],
                as_of="2026-11-20",
            )
        )

    async def enrol_crowd(self, count: int, *, branch: str, but: Collection[str] = ()) -> None:
        """`count` more clients of a branch, who all joined and agreed `but` for some."""
        rows = crowd(count, branch=branch)
        await self.register(rows)
        for row in rows:
            if row.code not in but:
                await self.enrol(row.code, handle=row.code)

    async def hire(self, name: str, *, handle: str, branch: str = "BUN", language: str = "en") -> None:
        """A member of staff with the role of that name, already registered."""
        chat = partial(_hire, address=Address(NAME, handle), language=language)
        await self.store.write(partial(chat, name=name, branch=branch, at=self.clock.now()))

    async def list_staff(self) -> None:
        """The institution's list of staff is imported: one row for everybody a staff link is for."""
        rows = {f"subject-{row.code}": row for row in STAFF_LIST}
        await self.store.write(partial(colleagues.add_colleagues, rows=rows))

    async def invite(self, name: str, survey: str) -> None:
        """Invites one client now, who must be eligible by the rules."""
        work = partial(_invite, desk=self.desk, name=name, survey=survey, at=self.clock.now())
        assert await self.store.write(work) == 1, f"{name} may not be asked {survey} now"
        await self.postman.flush()


def _prepare(connection: Connection, *, desk: Desk, at: datetime) -> None:
    for survey in [*map(desk.library.survey, SURVEYS), *desk.library.client_forms]:
        for language in survey.languages:
            for name in ("A. Translator", "B. Reader"):
                survey_versions.sign(
                    connection,
                    code=survey.code,
                    wording=wording(survey, language),
                    language=language,
                    signed_by=name,
                    at=at,
                )
    for name, code in CARDS.items():
        links.add_link(
            connection,
            token=f"card-of-{name}",
            code=code,
            client=people.client_by_code(connection, name).id,
            at=at,
            expires_at=at + CLIENT_LINK_LASTS,
        )
    for name, role in STAFF.items():
        links.add_link(
            connection,
            token=f"link-of-{name}",
            code=f"link-of-{name}",
            role=role,
            branch="BUN",
            at=at,
            expires_at=at + STAFF_LINK_LASTS,
        )


def _enrol(
    connection: Connection,
    *,
    desk: Desk,
    name: str,
    address: Address,
    language: str,
    private_items: bool,
    at: datetime,
) -> None:
    client = people.client_by_code(connection, name)
    chat = people.meet(connection, address, language=language)
    people.move_client(connection, client.id, chat.id, at=at)
    for purpose, given in ((Purpose.SURVEY, True), (Purpose.PRIVATE, private_items)):
        consents.record(
            connection,
            subject=client.subject,
            purpose=purpose,
            given=given,
            text_version=wording(desk.library.survey("consent"), language),
            language=language,
            channel=NAME,
            at=at,
        )


def _hire(
    connection: Connection, *, name: str, branch: str, address: Address, language: str, at: datetime
) -> None:
    chat = people.meet(connection, address, language=language)
    role, listed = STAFF[name], employees.employee_by_code(connection, name)
    staff = listed.id if listed else roles.add_staff(connection, subject=f"{role}-{branch}")
    people.hold(connection, chat.id, staff_member=staff, at=at)
    roles.grant(connection, staff, role=role, branch=branch, at=at)


def _invite(connection: Connection, *, desk: Desk, name: str, survey: str, at: datetime) -> int:
    definition = desk.library.survey(survey)
    client = people.client_by_code(connection, name)
    asked = eligible(
        candidates(connection, [client], now=at),
        survey=survey,
        signed=signed_languages(connection, definition),
        rules=desk.rules,
        now=at,
    )
    round_ = rounds.open_round(
        connection, code=survey, survey=survey, origin="standing", audience="{}", seed=1, at=at
    )
    when = {each.client: at for each in asked}
    return write_invitations(
        connection, desk, round_, definition, asked, when=when, wave=at.toordinal(), window=WINDOW
    )
