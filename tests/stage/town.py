"""One world for many conversations: each starts at the same instant with a fresh client and a fresh phone.

So a conversation does not depend on those before it, and shrinking one tells the truth.
"""

from __future__ import annotations

import asyncio
import json
import logging
import shutil
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import bindparam, select, update

from spm_bot.fieldwork.register import ClientRow, LoanRow
from spm_bot.messages import Token
from spm_bot.storage import links, people, sessions
from spm_bot.storage.sessions import Opened
from spm_bot.storage.store import Connection, Store
from spm_bot.storage.tables import addresses, metadata
from spm_bot.storage.tables import clients as client_rows
from spm_bot.storage.tables import invitations as invitation_rows
from spm_bot.storage.tables import responses as response_rows
from spm_bot.storage.tables import sessions as session_rows
from spm_bot.storage.vault import Vault
from spm_bot.texts import languages
from spm_bot.usecases.erase import erase
from spm_bot.usecases.lapse import lapse
from spm_bot.usecases.remind import remind
from spm_bot.usecases.spell_link import CLIENT_LINK_LASTS
from spm_bot.usecases.visit import Desk, desk_for
from tests.stage import world as stage
from tests.stage.clock import START
from tests.stage.moves import LANGUAGES, USED_CARD
from tests.stage.world import World, crowd

T = TypeVar("T")
BYSTANDER = "Amina"
MANY = 100
"""Clients who come into the register at once."""
_SESSIONS = (
    select(session_rows.c.id, session_rows.c.revision)
    .join(addresses)
    .where(addresses.c.handle_hash.in_(bindparam("digests", expanding=True)))
    .order_by(session_rows.c.id)
)
VAULT = Vault((bytes(range(32)),))


@cache
def desk() -> Desk:
    """The desk of the example institution, speaking every language there is."""
    shared = stage.desk()
    institution = shared.institution.model_copy(update={"languages": LANGUAGES})
    return desk_for(institution, shared.library, spoken=languages())


@dataclass(frozen=True, slots=True)
class Picture:
    """The sessions stored for one chat, oldest first."""

    sessions: tuple[Opened, ...]

    @property
    def active(self) -> Opened | None:
        return next((opened for opened in self.sessions if opened.status == sessions.ACTIVE), None)


@dataclass(slots=True)
class Faults(logging.Handler):
    """Whatever the bot logs as an error is raised where it happened."""

    seen: list[logging.LogRecord] = field(default_factory=list)

    def __post_init__(self) -> None:
        logging.Handler.__init__(self, logging.DEBUG)

    def __hash__(self) -> int:
        return id(self)

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self.seen.append(record)

    def check(self) -> None:
        seen, self.seen = self.seen, []
        for record in reversed(seen):
            if record.exc_info and record.exc_info[1]:
                raise record.exc_info[1]
        assert not seen, [record.getMessage() for record in seen]


@dataclass(slots=True, repr=False)
class Town:
    """The world, the loop it lives on, and who comes next."""

    runner: asyncio.Runner
    world: World
    url: str
    faults: Faults
    walks: int = 0
    bystander: list[Token] = field(default_factory=list)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def restart(self) -> None:
        self.run(self._restart())

    async def _restart(self) -> None:
        await self.world.store.close()
        self.world.reopened(await Store.open(self.url, vault=VAULT, durability="off", lanes=1))

    def next_client(self, survey: str, *, language: str, private_items: bool) -> str:
        """A client nobody has seen yet, invited to a survey; a guest with the same number is at hand."""
        if self.walks % MANY == 0:
            self.run(self.world.register([*_pairs(self.walks + 1)]))
        self.walks += 1
        self.world.clock.instant = START
        name = f"KIS-{self.walks}"
        self.run(self.world.enrol(name, handle=name, language=language, private_items=private_items))
        self.run(self.world.store.write(partial(_print_card, name=name, at=START)))
        if survey == "client_exit":
            self.run(self.world.store.write(partial(_pay_back, name=name)))
        self.run(self.world.invite(name, survey))
        return name

    def invite_guest(self, name: str) -> None:
        """Asks the guest how the visit was, if they may be asked."""
        with suppress(AssertionError):
            self.run(self.world.invite(guest_of(name), "branch_visit"))

    def look(self, name: str, *, since: Picture | None = None) -> Picture:
        """What is stored; a session that is at the revision it had in `since` is not read again."""
        known = {} if since is None else {opened.id: opened for opened in since.sessions}
        return self.run(self.world.store.read(partial(_picture, name=name, known=known)))

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table."""
        return self.run(self.world.store.read(_everything))

    def knows(self, name: str) -> int:
        """How many of these two are still in the register: fewer once one was forgotten."""
        return self.run(self.world.store.read(partial(_known, name=name)))

    def invitations(self, name: str) -> frozenset[int]:
        """What these two were asked."""
        return self.run(self.world.store.read(partial(_invitations, name=name)))

    def responses(self, picture: Picture) -> dict[int, list[tuple[bool, object]]]:
        """What came of the sessions in a picture: session → partial and scored, once a response."""
        ids = [opened.id for opened in picture.sessions]
        return self.run(self.world.store.read(partial(_responses, ids=ids)))

    def outcomes(self, invitations: frozenset[int]) -> list[str | None]:
        return self.run(self.world.store.read(partial(_outcomes, ids=invitations)))

    def passes(self, span: timedelta, *, awake: bool) -> None:
        if awake:
            self.run(self.world.wait(span))
            return
        self.world.clock.advance(span)
        self.run(self._look_once())

    async def _look_once(self) -> None:
        for job in (remind, lapse, erase):
            await job(self.world.clock.now(), store=self.world.store, desk=self.world.desk)
        await self.world.postman.flush()
        await erase(self.world.clock.now(), store=self.world.store, desk=self.world.desk)


def _pairs(first: int) -> Iterator[ClientRow]:
    """Clients to come, each with a guest."""
    client, guest = crowd(2, branch="KIS")
    for number in range(first, first + MANY):
        name = f"KIS-{number}"
        yield replace(client, code=name, loans=_loans(f"L{number}"))
        loans, phone = _loans(f"G{number}"), phone_of(name)
        yield replace(guest, code=guest_of(name), name="Grace Achieng", loans=loans, phone=phone)


def _loans(code: str) -> tuple[LoanRow]:
    return (LoanRow(code, currency="KES", outstanding=10_000),)


def guest_of(name: str) -> str:
    return f"{name}-guest"


def phone_of(name: str) -> str:
    """The guest's number in the register."""
    return f"+254712{int(name.removeprefix('KIS-')):06}"


def code_of(name: str) -> str:
    """The code on the guest's card."""
    letters = "ABCDEFGHJK"
    return "GUES" + "".join(letters[int(digit)] for digit in f"{int(name.removeprefix('KIS-')):04}")


@contextmanager
def opened_town(folder: Path, filled: Path) -> Iterator[Town]:
    """A town on a database of its own."""
    file = folder / "town.db"
    shutil.copy(filled, file)
    url = f"sqlite+aiosqlite:///{file}"
    faults, bot, dialogue = Faults(), logging.getLogger("spm_bot"), logging.getLogger("spm_bot.dialogue")
    level = dialogue.level
    bot.addHandler(faults)
    dialogue.setLevel(logging.DEBUG)
    try:
        with asyncio.Runner() as runner:
            world = runner.run(_build(url))
            town = Town(runner, world, url, faults)
            runner.run(world.enrol(BYSTANDER, handle=BYSTANDER))
            runner.run(world.invite(BYSTANDER, "client_satisfaction"))
            runner.run(world.tap("Start", handle=BYSTANDER))
            town.bystander = world.phones.tokens(BYSTANDER)
            runner.run(world.store.write(_use_card))
            yield town
            runner.run(world.store.close())
    finally:
        bot.removeHandler(faults)
        dialogue.setLevel(level)


async def _build(url: str) -> World:
    world = await World.build(await Store.open(url, vault=VAULT, durability="off", lanes=1))
    world.desk = desk()
    world.reopened(world.store)
    return world


def _use_card(connection: Connection) -> None:
    client = people.client_by_code(connection, BYSTANDER).id
    links.add_link(
        connection, token=USED_CARD, code=None, client=client, at=START, expires_at=START + CLIENT_LINK_LASTS
    )
    link = links.find_link(connection, USED_CARD)
    assert link is not None
    links.use_link(connection, link.id, at=START)


def _pay_back(connection: Connection, *, name: str) -> None:
    mine = client_rows.c.code == name
    connection.execute(update(client_rows).where(mine).values(has_loan=False))


def _print_card(connection: Connection, *, name: str, at: Any) -> None:
    links.add_link(
        connection,
        token=f"card-of-{guest_of(name)}",
        code=code_of(name),
        client=people.client_by_code(connection, guest_of(name)).id,
        at=at,
        expires_at=at + CLIENT_LINK_LASTS,
    )


def _picture(connection: Connection, *, name: str, known: Mapping[int, Opened]) -> Picture:
    rows = connection.execute(_SESSIONS, {"digests": _digests(name)}).all()
    kept = []
    for identity, revision in rows:
        old = known.get(identity)
        kept.append(old if old and old.revision == revision else sessions.get(connection, identity))
    return Picture(tuple(opened for opened in kept if opened is not None))


@lru_cache(maxsize=8)
def _digests(name: str) -> list[bytes]:
    return list(VAULT.digests(name))


def _everything(connection: Connection) -> dict[str, list[tuple[object, ...]]]:
    # As the driver gives them: nothing has to be understood to be compared.
    return {
        table.name: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table.name}")]
        for table in metadata.sorted_tables
    }


def _invitations(connection: Connection, *, name: str) -> frozenset[int]:
    mine = select(client_rows.c.id).where(client_rows.c.code.in_([name, guest_of(name)]))
    asked = select(invitation_rows.c.id).where(invitation_rows.c.client_id.in_(mine))
    return frozenset(connection.execute(asked).scalars())


def _known(connection: Connection, *, name: str) -> int:
    pair = client_rows.c.code.in_([name, guest_of(name)])
    return len(connection.execute(select(client_rows.c.id).where(pair)).all())


def _responses(connection: Connection, *, ids: list[int]) -> dict[int, list[tuple[bool, object]]]:
    found: dict[int, list[tuple[bool, object]]] = {identity: [] for identity in ids}
    for row in connection.execute(select(response_rows).where(response_rows.c.session_id.in_(ids))):
        found[row.session_id].append((row.partial, json.loads(row.scored)))
    return found


def _outcomes(connection: Connection, *, ids: frozenset[int]) -> list[str | None]:
    return list(
        connection.execute(select(invitation_rows.c.outcome).where(invitation_rows.c.id.in_(ids))).scalars()
    )
