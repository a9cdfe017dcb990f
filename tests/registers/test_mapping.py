from __future__ import annotations

from pathlib import Path

import pytest

from spm_bot.registers.mapping import Mapping, load_mapping
from spm_bot.registers.sheets import SheetError
from tests.registers.desk import NEEDED, problem, read, refusals, write


def test_mapping_file_is_read() -> None:
    text = """
columns: {phone: "Simu 1", loan_id: "Mkopo"}
ignore: [Dini]
dates: dmy
decimal: ","
encoding: cp1252
sheet: Wateja
amounts_in: 1000
currency: KES
branches: {"01": BUN}
products: {GL: group_loan}
values: {gender: {K: female}, loan_status: {Live: active}}
"""
    assert load_mapping(text, name="map.yaml") == Mapping(
        columns={"phone": "Simu 1", "loan_id": "Mkopo"},
        ignore=("Dini",),
        dates="dmy",
        decimal=",",
        encoding="cp1252",
        sheet="Wateja",
        amounts_in=1000,
        currency="KES",
        branches={"01": "BUN"},
        products={"GL": "group_loan"},
        values={"gender": {"K": "female"}, "loan_status": {"Live": "active"}},
    )
    assert load_mapping("# nothing yet\n", name="map.yaml") == Mapping()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: {phon: Tel}", "map.yaml:1: columns.phon: unknown field 'phon' (did you mean 'phone'?)"),
        ("\ncolums: {}", "map.yaml:2: colums: unknown key (did you mean 'columns'?)"),
        (
            "dates: ddmm",
            "map.yaml:1: dates: is not one of the words known here (write 'dmy', 'mdy', 'ymd' or '')",
        ),
        (
            "encoding: klingon",
            (
                "map.yaml:1: encoding: unknown encoding 'klingon' (known: cp1251, cp1252, cp1256, utf-16,"
                " utf-16-be, utf-16-le, utf-8)"
            ),
        ),
        ("amounts_in: 0", "map.yaml:1: amounts_in: must be at least 1 (write 1 or more)"),
        (
            "currency: ksh",
            "map.yaml:1: currency: unknown currency 'ksh' (write three capital letters, as KES)",
        ),
        (
            "values: {sex: {a: b}}",
            (
                "map.yaml:1: values.sex: unknown field 'sex' (known: area, gender, language, loan_method,"
                " loan_status, repayment_frequency, restructured, savings, staff_flag, staff_gender, status)"
            ),
        ),
        (
            "values: {gender: {K: woman}}",
            "map.yaml:1: values.gender.K: unknown word 'woman' (known: female, male, other)",
        ),
        ("ignore: [a]\nignore: [b]", "map.yaml:2: ignore: stands here a second time (keep one of the two)"),
        (
            "columns: {phone: [",
            (
                "map.yaml:1: not valid YAML: expected the node content, but found '<stream end>' (check"
                " indentation, colons and quotes here and just above)"
            ),
        ),
    ],
)
def test_mistake_in_a_mapping_file_is_told_with_its_line(text: str, told: str) -> None:
    with pytest.raises(SheetError) as error:
        load_mapping(text, name="map.yaml")
    assert str(error.value) == told


def test_their_codes_become_ours(tmp_path: Path) -> None:
    path = write(tmp_path, f"{NEEDED},gender,product,loan_id,loan_status\n7,01,Nafula,K,GL,L1,Live\n")
    assert len(read(path).refused) == 1
    [row] = (
        read(
            path,
            branches={"01": "BUN"},
            products={"GL": "group_loan"},
            values={"gender": {"K": "female"}, "loan_status": {"Live": "active"}},
        ).register.clients
        or ()
    )
    assert (row.branch, row.gender, row.loans[0].product, row.loans[0].status) == (
        "BUN",
        "female",
        "group_loan",
        "active",
    )


@pytest.mark.parametrize(
    ("word", "gender"),
    [
        ("F", "female"),
        ("Female-22", "female"),
        ("MALE", "male"),
        ("Femme", "female"),
        ("Ж", "female"),
        ("erkak", "male"),
        ("ស្រី", "female"),
        ("ወንድ", "male"),
        ("Mwanamke", "female"),
        ("hombre", "male"),
        ("", ""),
    ],
)
def test_words_are_known_in_eight_languages(tmp_path: Path, word: str, gender: str) -> None:
    [row] = read(write(tmp_path, f"{NEEDED},gender\n7,BUN,Nafula,{word}\n")).register.clients or ()
    assert row.gender == gender


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("ACTIVE", "active"),
        ("EXITED", "closed"),
        ("BLACKLISTED", "closed"),
        ("décédé", "deceased"),
        ("Закрыт", "closed"),
    ],
)
def test_states_of_clients_are_known(tmp_path: Path, word: str, status: str) -> None:
    [row] = read(write(tmp_path, f"{NEEDED},status\n7,BUN,Nafula,{word}\n")).register.clients or ()
    assert row.status == status


@pytest.mark.parametrize(
    ("word", "language"), [("sw", "sw"), ("en-GB", "en"), ("Français", "fr"), ("ខ្មែរ", "km"), ("luo", "luo")]
)
def test_languages_are_known_by_code_and_name(tmp_path: Path, word: str, language: str) -> None:
    [row] = read(write(tmp_path, f"{NEEDED},language\n7,BUN,Nafula,{word}\n")).register.clients or ()
    assert row.language == language


def test_language_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    [told] = refusals(read(write(tmp_path, f"{NEEDED},language\n7,BUN,Nafula,Klingonese\n")), tmp_path)
    assert told.startswith("list.csv:2: D (language): 'Klingonese' is not one of en, fr, es,")


def test_m_beside_h_is_asked_about(tmp_path: Path) -> None:
    path = write(tmp_path, f"{NEEDED},sexo\n7,BUN,Nafula,M\n8,BUN,Otieno,H\n")
    assert problem(tmp_path, path) == (
        "list.csv:2: D (sexo): M can be a man or, beside H, a woman (write values: {gender:"
        " {H: male, M: female}}"
        " in the mapping file)"
    )
    reading = read(path, values={"gender": {"H": "male", "M": "female"}})
    assert [row.gender for row in reading.register.clients or ()] == ["female", "male"]
