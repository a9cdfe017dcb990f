"""What a file is before it is read: text or a workbook, or something else, told in one line with the mend."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zipfile import BadZipFile, ZipFile

from spm_bot.registers.sheets import SheetError

LARGEST = 150_000_000
"""Bytes in a file. A hundred thousand clients with all columns have some twenty million."""

MOST_UNPACKED = 600_000_000
"""Bytes in a workbook once it is unpacked: a few kilobytes can be made to hold a thousand times that."""

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_BIFF = {bytes.fromhex("0900"), bytes.fromhex("0902"), bytes.fromhex("0904"), bytes.fromhex("0908")}
_DBASE = frozenset(bytes.fromhex("0203303143638bcbf5fb"))
_MARKED_UP = (b"<!doctype", b"<html", b"<head", b"<table", b"<body", b"<style", b"<?xml", b"<meta", b"<div")
_LOCKED_MEMBER = 0x1
_AGAIN = "open it in a spreadsheet and save it as .xlsx"


def nature(path: Path) -> Literal["text", "workbook"]:
    """Whether the file is text or a workbook. Raises SheetError, without reading it, when it is neither."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            limit = LARGEST // 1_000_000
            raise SheetError(f"{path}: has {size // 1_000_000:,} MB, and at most {limit} are read (split it)")
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise SheetError(f"{path}: {(error.strerror or 'cannot be read').lower()}") from None
    if not head.strip():
        raise SheetError(f"{path}: is empty")
    if head.startswith(b"PK"):
        _check_workbook(path)
        return "workbook"
    _check_text(path, head)
    return "text"


def _check_workbook(path: Path) -> None:
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        raise SheetError(f"{path}: is a damaged workbook ({_AGAIN} again)") from None
    if any(member.flag_bits & _LOCKED_MEMBER for member in members):
        raise SheetError(f"{path}: is locked with a password (save it without one)")
    names = {member.filename for member in members}
    if "xl/workbook.bin" in names:
        raise SheetError(f"{path}: is a binary workbook ({_AGAIN})")
    if "xl/workbook.xml" not in names:
        raise SheetError(f"{path}: is an archive or a document, and no workbook ({_AGAIN})")
    if sum(member.file_size for member in members) > MOST_UNPACKED:
        limit = MOST_UNPACKED // 1_000_000
        raise SheetError(f"{path}: holds more than {limit} MB once unpacked (save only the list, as .xlsx)")


def _check_text(path: Path, head: bytes) -> None:
    if head.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
        what = (
            "is locked with a password (save it without one)"
            if locked
            else f"is a workbook of the old kind ({_AGAIN})"
        )
        raise SheetError(f"{path}: {what}")
    if head[:2] in _BIFF and path.suffix.lower() == ".xls":
        raise SheetError(f"{path}: is a workbook of the old kind ({_AGAIN})")
    if path.suffix.lower() == ".dbf" or _is_dbase(head):
        raise SheetError(f"{path}: is a dBase table ({_AGAIN})")
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKED_UP):
        raise SheetError(f"{path}: is a web page or XML, whatever its name says ({_AGAIN})")
    if head.startswith((b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise SheetError(f"{path}: is no list (give the list itself as .xlsx or .csv)")


def _is_dbase(head: bytes) -> bool:
    """A table of dBase begins with its version and the day of its last change."""
    if len(head) < 32 or head[0] not in _DBASE:
        return False
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and int.from_bytes(head[8:10], "little") >= 33
