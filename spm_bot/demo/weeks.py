"""The weeks of the demo, moment by moment: what is due, who acts, and what the bot says to it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from spm_bot.chat.dialogue import Dialogue
from spm_bot.demo.agenda import LAST_WEEK, Agenda, Kind, ManualClock, Span, institution_days
from spm_bot.demo.cast import Member, members
from spm_bot.demo.colleague import Colleague, manager, officer
from spm_bot.demo.dice import dice
from spm_bot.demo.habits import habits, next_sitting
from spm_bot.demo.handsets import NAME, Handsets
from spm_bot.demo.person import Person
from spm_bot.demo.reading import Reader
from spm_bot.fieldwork.changes import Terms
from spm_bot.fieldwork.register import Register
from spm_bot.storage import survey_versions
from spm_bot.storage.store import Connection, Durability, Store
from spm_bot.surveys.wordings import wording
from spm_bot.times import DAY, Week
from spm_bot.usecases.deliver import Postman
from spm_bot.usecases.hand_links import invite_clients, invite_staff
from spm_bot.usecases.import_register import import_register
from spm_bot.usecases.plan_import import Incoming
from spm_bot.usecases.spell_link import CLIENT_LINK_LASTS
from spm_bot.usecases.visit import Desk

DURABILITY: Durability = "off"
"""A power cut costs the demo nothing that cannot be made again from its seed."""

SIGNED_BY = ("demo (not reviewed) 1", "demo (not reviewed) 2")
"""Who stands for the wordings in the demo, and nowhere else: nobody."""

_ACTOR = "demo"


@dataclass(frozen=True, slots=True)
class Lived:
    """How much went through the dialogue."""

    clients: int
    joined: int
    events: int


async def live(
    *,
    store: Store,
    desk: Desk,
    clock: ManualClock,
    span: Span,
    clients: int,
    seed: int,
    due: Callable[[], Awaitable[object]],
    day_passed: Callable[[], object],
) -> Lived:
    """Lives through the weeks on an empty database. `due` works what time asks for at `clock`.

    Raises ValueError for an institution with too few branches or clients.
    """
    people, staff = _people(desk, span, clients=clients, seed=seed), (officer(), manager())
    held = [(each.handle, each.screen) for each in staff] + [(each.handle, each.screen) for each in people]
    handsets = Handsets(dict(held))
    stage = _Stage(
        store=store,
        desk=desk,
        clock=clock,
        span=span,
        people=people,
        staff=staff,
        handsets=handsets,
        dialogue=Dialogue(store, desk, clock),
        postman=Postman(store, desk, clock, {NAME: handsets}),
        agenda=Agenda(),
        due=due,
        day_passed=day_passed,
        tokens={},
    )
    clock.instant = span.begins
    await store.write(partial(_sign, desk=desk, at=span.begins))
    await stage.read_register(span.begins)
    await stage.hand_out_cards(span.begins)
    await due()
    stage.agenda.put_all(institution_days(desk.institution, span))
    return await stage.run()


@dataclass(slots=True)
class _Stage:
    store: Store
    desk: Desk
    clock: ManualClock
    span: Span
    people: tuple[Person, ...]
    staff: tuple[Colleague, Colleague]
    handsets: Handsets
    dialogue: Dialogue
    postman: Postman
    agenda: Agenda
    due: Callable[[], Awaitable[object]]
    day_passed: Callable[[], object]
    tokens: dict[str, str]
    day: int = 0
    joined: int = 0
    events: int = 0

    async def run(self) -> Lived:
        by_handle = {person.handle: person for person in self.people}
        while (moment := self.agenda.next_moment()) is not None:
            now, entries = moment
            self.clock.instant = now
            await self._institution_acts(now, entries)
            await self._people_act(now, entries)
            await self.postman.flush()
            hard_times = self.span.hard_times(now)
            for handle in self.handsets.rang():
                if handle in by_handle:
                    by_handle[handle].looks(now, hard_times=hard_times)
                    self._note(by_handle[handle])
        return Lived(len(self.people), self.joined, self.events)

    async def read_register(self, now: datetime) -> None:
        """The institution's own list, as it is on that day."""
        hard_times, currency = self.span.hard_times(now), self.desk.institution.currency
        left = LAST_WEEK.since(Week.of(now, self.span.zone))
        rows = tuple(
            person.member.row(currency=currency, hard_times=hard_times, weeks_left=left)
            for person in self.people
        )
        as_of = now.astimezone(self.span.zone).date().isoformat()
        incoming = Incoming(Register(as_of, rows), Terms(as_of), zone=self.span.zone)
        await import_register(incoming, store=self.store, actor=_ACTOR, now=now)

    async def hand_out_cards(self, now: datetime) -> None:
        """A joining card for every client, with a one-time link."""
        made = await invite_clients(store=self.store, branch=None, code=None, actor=_ACTOR, now=now)
        self.tokens = {link.client: link.token for link in made}

    async def _institution_acts(self, now: datetime, entries: list[tuple[Kind, int]]) -> None:
        for kind, number in entries:
            match kind:
                case Kind.REGISTER:
                    await self.read_register(now)
                case Kind.CARDS:
                    await self._begin_week(number, now)
                    await self._staff_act(number, now)
                case Kind.RULES:
                    await self.due()
                    self._pass_days(number)

    async def _begin_week(self, number: int, now: datetime) -> None:
        """Those who join in this week get a day for it, and a new card if theirs has run out."""
        for person in self.people:
            if person.ways.joins_in != number:
                continue
            if now + 7 * DAY > self.span.begins + CLIENT_LINK_LASTS:
                made = await invite_clients(
                    store=self.store, branch=None, code=person.handle, actor=_ACTOR, now=now
                )
                self.tokens[person.handle] = made[0].token
            rng = dice(person.seed, "joining", person.member.number)
            at = next_sitting(now + rng.randrange(6) * DAY, zone=self.span.zone, skipping=rng.randrange(2))
            person.joins(self.tokens[person.handle], at=at)
            self.joined += 1
            self._note(person)

    async def _staff_act(self, number: int, now: datetime) -> None:
        """Half-way, the loan officer of the first branch has a sample asked; when that branch has been in
        trouble for some weeks, a manager of all branches decides on it.
        """
        asks, decides = self.staff
        branch = self.desk.institution.branches[0].code
        for each, week, place in ((asks, self.span.weeks // 2, branch), (decides, self.span.weeks - 7, "")):
            if number != week:
                continue
            token = await invite_staff(store=self.store, role=each.role, branch=place, actor=_ACTOR, now=now)
            for event in each.acts(token, now):
                await self.dialogue.receive(event)
                self.events += 1

    async def _people_act(self, now: datetime, entries: list[tuple[Kind, int]]) -> None:
        acting = [self.people[number] for kind, number in entries if kind is Kind.PERSON]
        found = (person.acts(now) for person in acting if person.due == now)
        events = [event for event in found if event is not None]
        self.events += len(events)
        await asyncio.gather(*(self.dialogue.receive(event) for event in events))

    def _note(self, person: Person) -> None:
        if person.due is not None:
            self.agenda.put(person.due, Kind.PERSON, person.member.number)

    def _pass_days(self, day: int) -> None:
        while self.day < day:
            self.day += 1
            self.day_passed()


def _people(desk: Desk, span: Span, *, clients: int, seed: int) -> tuple[Person, ...]:
    reader = Reader.of(desk.library)
    return tuple(
        Person(
            member,
            habits(member, languages=desk.languages, weeks=span.weeks, seed=seed),
            reader,
            span.zone,
            desk.languages,
            _proof(member, desk),
            seed,
        )
        for member in members(desk.institution, clients=clients, seed=seed)
    )


def _proof(member: Member, desk: Desk) -> str:
    """What this member says when asked who they are: the fact asked for, or the one the register has."""
    year, digits = str(member.birth_year or ""), member.phone[-4:]
    return digits if desk.institution.joining.second_check == "phone_digits" else year or digits


def _sign(connection: Connection, *, desk: Desk, at: datetime) -> None:
    """Signs the wordings of the standing rounds and of the forms in the demo's own names."""
    asked = {standing.survey for standing in desk.institution.rounds}
    for survey in [*map(desk.library.survey, sorted(asked)), *desk.library.client_forms]:
        for language in survey.languages:
            for name in SIGNED_BY:
                survey_versions.sign(
                    connection,
                    code=survey.code,
                    wording=wording(survey, language),
                    language=language,
                    signed_by=name,
                    at=at,
                )
