from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from spm_bot.registers.headings import EVERY_FIELD, FIELDS, Kind, comparable, match
from tests.registers.desk import NEEDED, problem, read, write

LIBRARY = Path(__file__).parents[2] / "spm_bot" / "registers" / "headings.yaml"


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        ("Client ID*;Branch *;Full_Name ;MOBILE\u00a0NUMBER", ("client_id", "branch", "full_name", "phone")),
        (
            "N° client;Agence;Nom et prénom;Téléphone;Sexe;Date de naissance",
            ("client_id", "branch", "full_name", "phone", "gender", "birth_date"),
        ),
        (
            "Código cliente;Sucursal;Nombre completo;Teléfono;Género;Fecha de nacimiento",
            ("client_id", "branch", "full_name", "phone", "gender", "birth_date"),
        ),
        (
            "Код клиента;Филиал;ФИО;Телефон;Пол;Дата рождения",
            ("client_id", "branch", "full_name", "phone", "gender", "birth_date"),
        ),
        (
            "Mijoz kodi;Filial;To‘liq ism;Telefon raqami;Jinsi;Tug'ilgan sana",
            ("client_id", "branch", "full_name", "phone", "gender", "birth_date"),
        ),
        (
            "លេខកូដអតិថិជន;សាខា;ឈ្មោះ;លេខទូរស័ព្ទ;ភេទ;ថ្ងៃខែឆ្នាំកំណើត",
            ("client_id", "branch", "full_name", "phone", "gender", "birth_date"),
        ),
        (
            "የደንበኛ መለያ;ቅርንጫፍ;ሙሉ ስም;ስልክ ቁጥር;ጾታ;የትውልድ ቀን",
            ("client_id", "branch", "full_name", "phone", "gender", "birth_date"),
        ),
        (
            "Namba ya mteja;Tawi;Jina kamili;Simu;Jinsia;Tarehe ya kuzaliwa",
            ("client_id", "branch", "full_name", "phone", "gender", "birth_date"),
        ),
    ],
    ids=["en", "fr", "es", "ru", "uz", "km", "am", "sw"],
)
def test_headings_are_known_in_eight_languages(headings: str, fields: tuple[str, ...]) -> None:
    found = match(headings.split(";"), columns={})
    assert (found.kind, tuple(found.columns), found.unknown) == (Kind.CLIENTS, fields, ())


@pytest.mark.parametrize(
    ("headings", "kind", "fields"),
    [
        (
            (
                "First Name*;Last Name*;Middle Name;Office Name*;Staff Name;External ID;Submitted On"
                " Date;Active*;"
                "Mobile number;Date of Birth;Gender"
            ),
            Kind.CLIENTS,
            (
                "first_name",
                "last_name",
                "middle_name",
                "branch",
                "officer",
                "client_id",
                "activation_date",
                "status",
                "phone",
                "birth_date",
                "gender",
            ),
        ),
        (
            "Office;Client ID;Product;Loan officer;Disbursed date;Principal;Status;Loan id",
            Kind.LOANS,
            (
                "loan_branch",
                "client_id",
                "product",
                "loan_officer",
                "disbursed_on",
                "principal",
                "loan_status",
                "loan_id",
            ),
        ),
        (
            "id;name;branch;phone;job title",
            Kind.STAFF,
            ("staff_id", "staff_full_name", "staff_branch", "staff_phone", "role"),
        ),
        (
            "branch;month;new clients;vacancies",
            Kind.BRANCHES,
            ("branch", "month", "new_clients", "vacancies"),
        ),
        (
            "Account no;Client no;Client name;Branch;DPD;Outstanding balance",
            Kind.WIDE,
            ("loan_id", "client_id", "full_name", "branch", "days_in_arrears", "outstanding_principal"),
        ),
    ],
    ids=["Mifos clients", "Mifos loans", "staff", "facts", "wide"],
)
def test_kind_of_a_list_follows_from_its_headings(headings: str, kind: Kind, fields: tuple[str, ...]) -> None:
    found = match(headings.split(";"), columns={})
    assert (found.kind, tuple(found.columns), found.unknown) == (kind, fields, ())


def test_every_field_has_words_and_every_word_one_field() -> None:
    words = yaml.safe_load(LIBRARY.read_text(encoding="utf-8"))
    derived = {
        f"staff_{name}"
        for name in ("first_name", "middle_name", "last_name", "phone", "gender", "branch", "exit_date")
    }
    assert EVERY_FIELD - set(words) == derived
    assert set(words) - EVERY_FIELD == {"id"}
    for kind, fields in FIELDS.items():
        claimed: dict[str, str] = {}
        for name in fields:
            for heading in words.get(name, ()):
                taken = claimed.setdefault(comparable(heading), name)
                assert taken == name or {taken, name} == {"exit_date", "closed_on"}, (kind, heading)


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        (
            "client_id;branch",
            (
                "the column full_name is missing (needed: client_id, branch, full_name or first_name"
                " or last_name; say under columns: in the mapping file which column it is)"
            ),
        ),
        (
            "loan_id;product",
            (
                "the column client_id is missing (needed: loan_id, client_id or client_key; say under"
                " columns: in the mapping file which column it is)"
            ),
        ),
        (
            "client_id;branch;full_name;religion;Shoe\x1b size",
            (
                "unknown columns: D (religion), E (Shoe size) (put each"
                " under columns: or ignore: in the mapping file, which --save-map writes for you)"
            ),
        ),
        (
            "client_id;branch;full_name;branch",
            (
                "the columns B (branch) and D (branch) both say branch (put one under"
                " ignore: in the mapping file)"
            ),
        ),
        (
            "client_id;branch;full_name;Phone;Tel",
            ("the columns D (Phone) and E (Tel) both say phone (put one under ignore: in the mapping file)"),
        ),
        ("apples;pears", "there is no row of headings, only: apples, pears (add one)"),
    ],
)
def test_heading_that_cannot_be_used_says_why(tmp_path: Path, heading: str, told: str) -> None:
    assert problem(tmp_path, write(tmp_path, f"{heading}\n7;8;9\n")) == f"list.csv:1: {told}"


def test_mapping_file_names_columns_and_leaves_others_out(tmp_path: Path) -> None:
    path = write(tmp_path, "Ref;Where;Who;Phone;Cell;Faith\n7;BUN;Nafula;x;0712345678;y\n")
    columns = {"client_id": "ref", "branch": "Where", "full_name": "Who", "phone": "CELL"}
    [row] = read(path, columns=columns, ignore=["Faith", "Phone"]).register.clients or ()
    assert (row.code, row.branch, row.name, row.phone) == ("7", "BUN", "Nafula", "+254712345678")


def test_column_of_the_mapping_file_must_be_in_a_list(tmp_path: Path) -> None:
    path = write(tmp_path, f"{NEEDED}\n7,BUN,Nafula\n")
    assert problem(tmp_path, path, columns={"phone": "Simu 1"}) == (
        "mapping file: columns: phone: no list has a column 'Simu 1' (mend or remove it)"
    )
