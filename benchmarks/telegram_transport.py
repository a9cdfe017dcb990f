"""Our transport against the library's own: the same calls, interleaved, against one fixed answer.

    python -m benchmarks.telegram_transport [--calls 600] [--rounds 5] [--at-once 20]

Read the ratio; the figures before it belong to the machine. The server is a process of its own, so
a CPU second is one of the client's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from telegram import Bot
from telegram.request import BaseRequest, HTTPXRequest
from tqdm import tqdm

from spm_bot.chat.telegram.transport import AiohttpRequest

TOKEN = "1:benchmark"
MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}
BODY = json.dumps({"ok": True, "result": MESSAGE}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
    len(BODY),
    BODY,
)


async def serve() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = head.lower().split(b"content-length:")[1].split(b"\r\n")[0]
                await reader.readexactly(int(length))
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def measure(root: str, transport: Callable[[], BaseRequest], *, calls: int, at_once: int) -> float:
    """Calls a CPU second."""
    request = transport()
    bot = Bot(TOKEN, base_url=f"{root}/bot", request=request, get_updates_request=transport())
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await bot.send_message(1, "How was it, on a scale from 0 to 10?")

    async with request:
        await asyncio.gather(*(bot.send_message(1, "warm up") for _ in range(at_once)))
        started = time.process_time()
        await asyncio.gather(*(work() for _ in range(at_once)))
        return calls / (time.process_time() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description="Calls a CPU second of two transports")
    parser.add_argument("--calls", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--at-once", type=int, default=20)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return
    ways: dict[str, Callable[[], BaseRequest]] = {"httpx": HTTPXRequest, "aiohttp": AiohttpRequest}
    found: dict[str, list[float]] = {name: [] for name in ways}
    command = [sys.executable, "-m", "benchmarks.telegram_transport", "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        root = f"http://127.0.0.1:{server.stdout.readline().strip()}"
        rounds = [name for _ in range(options.rounds) for name in ways]
        for name in tqdm(rounds, desc="rounds", disable=not sys.stderr.isatty()):
            rate = asyncio.run(measure(root, ways[name], calls=options.calls, at_once=options.at_once))
            found[name].append(rate)
        server.terminate()
    for name, rates in found.items():
        print(
            f"{name:8} {statistics.median(rates):7.0f} calls a CPU second ({min(rates):.0f}-{max(rates):.0f})"
        )
    ratios = [ours / theirs for ours, theirs in zip(found["aiohttp"], found["httpx"], strict=True)]
    print(f"ratio    {statistics.median(ratios):7.1f} ({min(ratios):.1f}-{max(ratios):.1f})")


if __name__ == "__main__":
    main()
