"""A Bot API server and an institution for every journey."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bench.telegram_bench import TelegramBench
from tests.journeys.real_parts import House, institution_file


@pytest.fixture
async def bench() -> AsyncIterator[TelegramBench]:
    async with TelegramBench.start() as started:
        yield started


@pytest.fixture
def house(tmp_path: Path, bench: TelegramBench) -> House:
    (tmp_path / "institution.yaml").write_text(institution_file(), encoding="utf-8")
    return House(tmp_path, bench)
