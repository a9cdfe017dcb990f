"""A whole run at its most talkative, with marked people: none of the marks is in anything it wrote.

Every process is listened to, on standard error and standard output; only the links that a command prints
because they were asked for are left out.
"""

from __future__ import annotations

import asyncio
import base64
import json
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.journeys.real_parts import BRANCH, HEADING, ROOT, START_WITHIN, STOP_WITHIN, WITHIN, House

CLIENT, STRANGER, OFFICER = 987654321012, 48151623, 777000111222
"""Chats; the stranger's number is too short to be taken for a telephone."""
NAME, PHONE, SHARED = "Zuhurawati Quibblethorn", "+254733918273", "+254711223344"
TYPED, LOST, NONSENSE = "my sewing machine ate it", "the shed burned down", "xylophonic mumbling"
LOUD = """
import sys
import spm_bot.log
from spm_bot.cli import main
plain = spm_bot.log.configure
spm_bot.log.configure = lambda: plain("DEBUG")
sys.exit(main(["run"]))
"""
"""`run`, with everything written that it could write."""


@dataclass(frozen=True)
class Listener:
    """Starts the processes of a house; what they write is in one file."""

    house: House
    file: Path

    async def command(self, *arguments: str) -> Any:
        """What a command with `--json` was asked for; the rest of what it wrote is kept."""
        with self.file.open("ab") as err:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(ROOT / "bot.py"), *arguments, "--json"),
                env=self.house.environment,
                cwd=self.house.folder,
                stdout=asyncio.subprocess.PIPE,
                stderr=err,
            )
            out, _ = await process.communicate()
        assert process.returncode == 0, self.file.read_text(encoding="utf-8")
        return json.loads(out)

    @asynccontextmanager
    async def bot(self) -> AsyncIterator[None]:
        """A bot that serves, and ends well, while the block runs."""
        with self.file.open("ab") as both:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", LOUD),
                env={**self.house.environment, "PYTHONPATH": str(ROOT), "PYTHONASYNCIODEBUG": "1"},
                cwd=self.house.folder,
                stdout=both,
                stderr=both,
            )
        try:
            await self.house.bench.wait_for_call("getUpdates", within=START_WITHIN)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            async with asyncio.timeout(STOP_WITHIN):
                assert await process.wait() == 0

    def written(self) -> bytes:
        return self.file.read_bytes()

    def events(self) -> set[str]:
        """The names of the bot's own events."""
        lines = [json.loads(line) for line in self.written().splitlines() if line.startswith(b"{")]
        return {line["event"] for line in lines if line["logger"].startswith("spm_bot")}


def spellings(mark: str) -> set[bytes]:
    """A mark as it may hide: plain, escaped, in hexadecimal, in base64 at any offset."""
    plain = mark.encode()
    found = {plain, json.dumps(mark)[1:-1].encode(), plain.hex().encode(), plain.hex().upper().encode()}
    for offset in range(3):
        # The signs that the bytes before and after the mark have no part in.
        first, last = (offset * 8 + 5) // 6, (offset + len(plain)) * 8 // 6
        inner = base64.b64encode(bytes(offset) + plain)[first:last]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return found


def found_in(written: bytes, marks: dict[str, str]) -> set[str]:
    return {name for name, mark in marks.items() if any(each in written for each in spellings(mark))}


async def set_up(listener: Listener) -> dict[str, str]:
    """A client with marks in every column; returns the secrets that were made for people."""
    house = listener.house
    row = f"C-MARK,{BRANCH},{NAME},1980,2022-01-01,business_loan,L-1,12000,{PHONE}"
    (house.folder / "clients.csv").write_text(f"{HEADING},phone\n{row}\n", encoding="utf-8")
    await listener.command("register", "import", "clients.csv")
    [link] = await listener.command("clients", "invite")
    staff = await listener.command("staff", "invite", "--role", "loan_officer", "--branch", BRANCH)
    await house.sign("en")
    await house.enrol({"C-MARK": CLIENT})
    return {"card token": link["token"], "card code": link["code"], "staff token": staff["token"]}


async def talk(listener: Listener, secrets: dict[str, str]) -> None:
    """What people write and share: nonsense, a contact, links of their own and others', answers."""
    bench = listener.house.bench
    heard = partial(bench.next_message, within=WITHIN)
    await bench.say(STRANGER, NONSENSE)
    await heard(STRANGER)
    await bench.share_contact(STRANGER, SHARED)
    await heard(STRANGER)
    await bench.say(STRANGER, secrets["card code"])
    await heard(STRANGER)
    await bench.start_link(CLIENT, secrets["card token"])
    await heard(CLIENT)
    await bench.start_link(OFFICER, secrets["staff token"])
    await heard(OFFICER)
    await listener.command("rounds", "launch", "satisfaction")
    await bench.expect(CLIENT, lambda message: ("Start", "Later", "No") in message.buttons, within=WITHIN)
    await bench.tap(CLIENT, "Start")
    await bench.expect(CLIENT, "how happy were you", within=WITHIN)
    await bench.say(CLIENT, "happy")
    await bench.expect(CLIENT, "tell a friend", within=WITHIN)
    await bench.say(CLIENT, "9")
    await bench.expect(CLIENT, "main reason", within=WITHIN)


async def suffer(listener: Listener) -> None:
    """The answer in words, while the network and then the database fail the bot."""
    bench = listener.house.bench
    await bench.flood(1, chat=CLIENT)
    await bench.drop(method="sendMessage")
    await bench.refuse(502, "Bad Gateway", method="getUpdates")
    await bench.babble(method="sendMessage")
    with closing(sqlite3.connect(listener.house.folder / "spm.db", timeout=30)) as driver:
        driver.execute("ALTER TABLE comments RENAME TO away")
        await bench.say(CLIENT, LOST)
        await bench.expect(CLIENT, "again", within=WITHIN)
        driver.execute("ALTER TABLE away RENAME TO comments")
    await bench.say(CLIENT, TYPED)
    await bench.next_message(CLIENT, within=WITHIN)
    await bench.refuse(400, f"Bad Request: chat {STRANGER} not found", chat=STRANGER, times=None)
    await bench.say(STRANGER, NONSENSE)
    await bench.wait_for_call("sendMessage", within=WITHIN)
    await bench.block(CLIENT)


async def test_nothing_that_a_run_writes_tells_of_people(house: House, tmp_path: Path) -> None:
    listener = Listener(house, tmp_path / "written")
    secrets = await set_up(listener)
    async with listener.bot():
        await talk(listener, secrets)
        await suffer(listener)
    assert {"ready", "event_failed", "event failed", "stopped"} <= listener.events()
    key = (house.folder / "spm.db.key").read_text(encoding="ascii").strip()
    marks = {
        **secrets,
        "name": NAME,
        "first name": NAME.partition(" ")[0],
        "code": "C-MARK",
        "register phone": PHONE,
        "shared phone": SHARED,
        "typed": TYPED,
        "lost": LOST,
        "nonsense": NONSENSE,
        "bot token": house.bench.token,
        "key": key,
        **{f"chat {chat}": str(chat) for chat in (CLIENT, STRANGER, OFFICER)},
    }
    assert found_in(listener.written(), marks) == set()


def test_mark_is_found_however_it_hides() -> None:
    for lead in (b"", b"x", b"xy"):
        hidden = lead + NAME.encode() + b"tail"
        for written in (
            hidden,
            hidden.hex().encode(),
            base64.b64encode(hidden),
            base64.urlsafe_b64encode(hidden),
        ):
            assert found_in(written, {"name": NAME}) == {"name"}
    assert found_in(b"Somebody else", {"name": NAME}) == set()
