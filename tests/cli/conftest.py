"""A place to give commands: an empty folder with the example institution, and nobody else's settings."""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spm_bot.cli import main
from spm_bot.settings import Settings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Result:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Give = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filled_sqlite: Path) -> Path:
    """The working directory, with an institution file and a database without rows."""
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SPM_{name.upper()}", raising=False)
    shutil.copy(ROOT / "institution.yaml", tmp_path)
    shutil.copy(filled_sqlite, tmp_path / "spm.db")
    return tmp_path


@pytest.fixture
def quiet_logs() -> Iterator[None]:
    """`run` sends the logs of this whole process elsewhere; afterwards they are as they were."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def give(home: Path, quiet_logs: None, capsys: pytest.CaptureFixture[str]) -> Give:
    """Gives a command the way a shell does."""

    def command(*arguments: str) -> Result:
        capsys.readouterr()
        try:
            status = main(arguments)
        except SystemExit as stop:
            status = int(stop.code or 0)
        return Result(status, *capsys.readouterr())

    return command


@pytest.fixture
def register(home: Path) -> Path:
    """A client list: two in Bungoma, one of them in arrears, and one in Busia who has left."""
    file = home / "clients.csv"
    file.write_text(
        "client_id,branch,full_name,birth_year,product,loan_id,outstanding_principal,days_in_arrears,status\n"
        "C1,BUN,Asha One,1980,business_loan,L1,12000,0,\n"
        "C2,BUN,Baraka Two,1975,group_loan,L2,8000,40,active\n"
        "C3,BUS,Chiku Three,1990,,,,,closed\n",
        encoding="utf-8",
    )
    return file
