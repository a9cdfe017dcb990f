"""The intake in a process of its own, killed without warning while messages come in."""

import asyncio
import signal
import sqlite3
import sys
from pathlib import Path

from tests.bench.telegram_bench import TelegramBench

# Stores each message once and echoes it, as plainly as can be.
CHILD = """
import asyncio, sqlite3, sys
from datetime import UTC, datetime
from spm_bot.chat.telegram.application import TelegramApp
from spm_bot.messages import Outbound

root, token, path = sys.argv[1:]
store = sqlite3.connect(path)
store.execute("CREATE TABLE IF NOT EXISTS said (key TEXT PRIMARY KEY, chat TEXT, text TEXT)")

async def main():
    async with TelegramApp(token, now=lambda: datetime.now(UTC), base_url=root) as app:
        async def receive(message):
            await asyncio.sleep(0.002)
            with store:
                row = (message.key, message.address.handle, message.body.text)
                fresh = store.execute("INSERT OR IGNORE INTO said VALUES (?, ?, ?)", row).rowcount
            if fresh:
                await app.channel.send(message.address.handle, Outbound(message.body.text))

        await app.run(receive, lambda: None)

asyncio.run(main())
"""
CHATS = range(1, 11)
MESSAGES = 40


async def start(bench: TelegramBench, path: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, bench.base_url, bench.token, str(path)
    )


async def test_nothing_is_lost_doubled_or_out_of_order_when_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "said.db"
    async with TelegramBench.start() as bench:
        said = [(chat, f"{number:02}") for number in range(MESSAGES) for chat in CHATS]
        seen = 0
        for share in range(3):
            process = await start(bench, path)
            await bench.say_all(said[share * 100 : (share + 1) * 100])
            for _ in range(30 + 20 * share):
                seen = (await bench.wait_for_call("sendMessage", after=seen, within=20)).number
            process.send_signal(signal.SIGKILL)
            await process.wait()
        process = await start(bench, path)
        await bench.say_all(said[300:])
        async with asyncio.timeout(20):
            while await bench.pending():
                seen = (await bench.wait_for_call("getUpdates", after=seen, within=20)).number
        process.send_signal(signal.SIGKILL)
        await process.wait()
    with sqlite3.connect(path) as store:
        kept = store.execute("SELECT chat, text FROM said ORDER BY rowid").fetchall()
    store.close()
    by_chat = {chat: [text for where, text in kept if where == str(chat)] for chat in CHATS}
    assert by_chat == {chat: [f"{number:02}" for number in range(MESSAGES)] for chat in CHATS}
