from __future__ import annotations

from pathlib import Path

import pytest

from tests.registers.desk import NEEDED, problem, read, write

NAMES = {
    "cp1252": ["Amélie Noël", "José Muñoz", "Éloïse D’Août", "MARÍA ÑAÑEZ", "François"],
    "cp1251": ["Иванова Анна", "ПЕТРОВ ПЁТР", "Рахимов Алишер", "Каримова Дилноза", "Абдуллаев"],
    "cp1256": ["محمد علي", "فاطمة الزهراء", "عبد الرحمن", "خديجة", "إبراهيم"],
}
ENCODINGS = [
    *((encoding, encoding) for encoding in NAMES),
    *((encoding, script) for encoding in ("utf-8", "utf-8-sig", "utf-16") for script in NAMES),
]


def listed(names: list[str]) -> str:
    return f"{NEEDED}\n" + "".join(f"{code},BUN,{name}\n" for code, name in enumerate(names))


@pytest.mark.parametrize(("encoding", "script"), ENCODINGS)
def test_encoding_is_found_by_what_is_in_the_file(tmp_path: Path, encoding: str, script: str) -> None:
    reading = read(write(tmp_path, listed(NAMES[script]), encoding=encoding))
    assert [row.name for row in reading.register.clients or ()] == NAMES[script]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_sign_are_found_without_a_mark(tmp_path: Path, encoding: str) -> None:
    reading = read(write(tmp_path, listed(["Nafula", "Chebet"]), encoding=encoding))
    assert [row.name for row in reading.register.clients or ()] == ["Nafula", "Chebet"]


def test_guess_is_shown(tmp_path: Path) -> None:
    path = write(tmp_path, listed(NAMES["cp1251"]), encoding="cp1251")
    assert (
        f"{path} was read as cp1251: Иванова Анна, ПЕТРОВ ПЁТР, Рахимов Алишер (if that looks wrong, write"
        " encoding: in the mapping file)"
    ) in read(path).notes


def test_where_it_cannot_be_told_we_ask(tmp_path: Path) -> None:
    path = write(tmp_path, listed(["Amélie", "José"]), encoding="cp850")
    assert problem(tmp_path, path) == (
        "list.csv: cannot tell in which encoding it is written (write encoding: in the mapping file, one of"
        " cp1252, cp1251, cp1256; or save the list as UTF-8)"
    )


def test_what_is_said_in_the_mapping_file_is_taken(tmp_path: Path) -> None:
    path = write(tmp_path, listed(["Ян"]), encoding="cp1251")
    [row] = read(path, encoding="CP1251").register.clients or ()
    assert row.name == "Ян"
    assert problem(tmp_path, path, encoding="utf-8") == (
        "list.csv: is not written in utf-8 (mend encoding: in the mapping file)"
    )


def test_space_that_does_not_break_tells_nothing(tmp_path: Path) -> None:
    head = "client_id;branch;full_name;loan_id;outstanding_principal"
    text = f"{head}\n7;BUN;Nafula;L1;1\u00a0234,50\n"
    [row] = read(write(tmp_path, text, encoding="cp1252")).register.clients or ()
    assert row.loans[0].outstanding == 1234.5


@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 4, b"client_id,branch\n" + b"7,BUN\n" * 900 + b"\x00"]
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    assert problem(tmp_path, write(tmp_path, content)) == (
        "list.csv: is no text file (give the list as .xlsx or .csv)"
    )
