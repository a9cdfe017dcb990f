"""Lists written into a folder and read again, as the command line reads them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from spm_bot.registers.listings import Reading, read_register
from spm_bot.registers.mapping import Mapping
from spm_bot.registers.sheets import Books, SheetError

BOOKS = Books(frozenset({"BUN", "BUS"}), {"group_loan": "group", "business_loan": "individual"}, "KE", "KES")
AS_OF = date(2026, 11, 20)
NEEDED = "client_id,branch,full_name"


def write(folder: Path, content: str | bytes, *, name: str = "list.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


def write_workbook(
    folder: Path, rows: list[list[Any]], *, title: str = "Clients", name: str = "list.xlsx"
) -> Path:
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    path = folder / name
    book.save(path)
    return path


def read(*paths: Path, **mapping: Any) -> Reading:
    return read_register(paths, books=BOOKS, as_of=AS_OF, mapping=Mapping.model_validate(mapping))


def refusals(reading: Reading, folder: Path) -> list[str]:
    """What was refused, without the folder before each file."""
    return [str(refusal).replace(f"{folder}/", "") for refusal in reading.refused]


def problem(folder: Path, *paths: Path, **mapping: Any) -> str:
    """Why the files cannot be read at all."""
    with pytest.raises(SheetError) as told:
        read(*paths, **mapping)
    return str(told.value).replace(f"{folder}/", "")
