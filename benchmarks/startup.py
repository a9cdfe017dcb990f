"""How long people wait for the command line and for a bot that serves, each from nothing.

    python -m benchmarks.startup [--rounds 5]

Every start is a process of its own, on an empty folder with the example institution. `run` counts
until its log says `ready`, against a Bot API server on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tqdm import tqdm

from spm_bot.app import READY
from tests.bench.telegram_bench import TelegramBench

ROOT = Path(__file__).parents[1]
COMMANDS = (("--help",), ("surveys", "check", "nothing.yaml"), ("staff", "list"), ("run",))


async def seconds(arguments: tuple[str, ...], folder: Path, environment: dict[str, str]) -> float:
    """Until the process ends, or until it is ready to serve."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(ROOT / "bot.py"), *arguments),
        env=environment,
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    while line := await process.stderr.readline():
        if f'"{READY}"'.encode() in line:
            break
    if arguments != ("run",):
        await process.wait()
    took = time.perf_counter() - began
    if process.returncode is None:
        process.terminate()
    await process.communicate()
    return took


async def measure(rounds: int) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {" ".join(arguments): [] for arguments in COMMANDS}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(ROOT / "institution.yaml", folder)
        async with TelegramBench.start() as bench:
            environment = {
                **{name: value for name, value in os.environ.items() if not name.startswith("SPM_")},
                "SPM_TELEGRAM_TOKEN": bench.token,
                "SPM_TELEGRAM_BASE_URL": bench.base_url,
            }
            # The first round fills caches and makes the database; it does not count.
            for number in tqdm(range(rounds + 1), disable=None, leave=False):
                for arguments in COMMANDS:
                    took = await seconds(arguments, folder, environment)
                    if number:
                        found[" ".join(arguments)].append(took)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    for command, took in asyncio.run(measure(parser.parse_args().rounds)).items():
        print(f"{command:30} median {statistics.median(took):.2f} s, worst {max(took):.2f} s")


if __name__ == "__main__":
    main()
