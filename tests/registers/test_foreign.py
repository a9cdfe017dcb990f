from __future__ import annotations

import struct
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from spm_bot.registers import foreign
from tests.registers.desk import NEEDED, problem, read, write, write_workbook

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
DBF = struct.pack("<4BIHH20x", 3, 126, 11, 20, 1, 65, 11) + bytes(40)
AGAIN = "open it in a spreadsheet and save it as .xlsx"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("list.csv", b"", "is empty"),
        ("list.csv", b" \r\n\r\n", "is empty"),
        ("list.csv", b"\xef\xbb\xbf", "is empty"),
        (
            "list.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "is locked with a password (save it without one)",
        ),
        ("list.xls", OLE + "Workbook".encode("utf-16-le"), f"is a workbook of the old kind ({AGAIN})"),
        ("list.xls", bytes.fromhex("0908100000060500"), f"is a workbook of the old kind ({AGAIN})"),
        (
            "list.xls",
            b"\n<html><table><tr><td>client_id",
            f"is a web page or XML, whatever its name says ({AGAIN})",
        ),
        (
            "list.xls",
            b'<?xml version="1.0"?><Workbook>',
            f"is a web page or XML, whatever its name says ({AGAIN})",
        ),
        ("list.dbf", DBF, f"is a dBase table ({AGAIN})"),
        ("list.csv", DBF, f"is a dBase table ({AGAIN})"),
        ("list.csv", b"%PDF-1.7", "is no list (give the list itself as .xlsx or .csv)"),
        ("list.xlsx", b"PK\x03\x04 and then nothing", f"is a damaged workbook ({AGAIN} again)"),
    ],
)
def test_file_that_is_something_else_is_told_with_the_mend(
    tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    assert problem(tmp_path, write(tmp_path, content, name=name)) == f"{name}: {told}"


@pytest.mark.parametrize(
    ("member", "told"),
    [
        ("xl/workbook.bin", f"is a binary workbook ({AGAIN})"),
        ("content.xml", f"is an archive or a document, and no workbook ({AGAIN})"),
    ],
)
def test_archive_that_is_no_workbook_is_told(tmp_path: Path, member: str, told: str) -> None:
    path = tmp_path / "list.xlsx"
    with ZipFile(path, "w") as archive:
        archive.writestr(member, "x")
    assert problem(tmp_path, path) == f"list.xlsx: {told}"


def test_archive_with_a_password_is_told(tmp_path: Path) -> None:
    path = write_workbook(tmp_path, [["client_id"]])
    body = bytearray(path.read_bytes())
    body[body.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(body)
    assert problem(tmp_path, path) == "list.xlsx: is locked with a password (save it without one)"


def test_file_of_200_megabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    assert problem(tmp_path, path) == "list.csv: has 200 MB, and at most 150 are read (split it)"


def test_small_file_that_unpacks_to_a_large_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "MOST_UNPACKED", 1_000_000)
    path = write_workbook(tmp_path, [["client_id"]])
    with ZipFile(path, "a", ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros", bytes(1_000_000))
    assert path.stat().st_size < 10_000
    assert problem(tmp_path, path) == (
        "list.xlsx: holds more than 1 MB once unpacked (save only the list, as .xlsx)"
    )


def test_file_that_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    assert problem(tmp_path, tmp_path / "no.csv") == "no.csv: no such file or directory"
    (tmp_path / "lists").mkdir()
    assert problem(tmp_path, tmp_path / "lists") == "lists: is a directory"


def test_text_under_the_name_of_a_workbook_is_read_and_told(tmp_path: Path) -> None:
    path = write(
        tmp_path, NEEDED.replace(",", "\t") + "\n7\tBUN\tNafula\n", name="list.xls", encoding="utf-16"
    )
    reading = read(path)
    assert [row.code for row in reading.register.clients or ()] == ["7"]
    assert f"{path} is text, whatever its name says, and was read as text" in reading.notes
