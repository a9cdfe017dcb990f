"""Commands that run the bot and look after its machine, and what every command says when it cannot."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from spm_bot.storage.vault import new_key
from spm_bot.surveys.library import Library
from tests.cli.conftest import Give

POSTGRES = "postgresql+asyncpg://spm:secret-password@127.0.0.1:9/spm"


def test_doctor_names_what_must_be_mended(give: Give) -> None:
    result = give("doctor", "--json")
    found = {each["part"]: (each["ok"], each["says"]) for each in result.data}
    assert result.status == 1
    assert found["institution file"] == (True, "Umoja Microfinance")
    assert found["database"] == (True, "reached, at the newest schema")
    assert found["key"] == (True, "opens the database")
    assert found["keys"] == (True, "everything is under the first key")
    assert found["telegram"] == (False, "set SPM_TELEGRAM_TOKEN to the token of your bot")
    assert found["protection officers"] == (False, "0 client protection officers, two are needed")
    assert found["wording of debt_stress"] == (
        False,
        (
            "signed in no language; two people must sign en, fr, es, sw, hi, ar"
            " (spm-bot surveys sign debt_stress)"
        ),
    )
    unsigned = ", ".join(form.code for form in Library.shipped().client_forms)
    assert found["forms in fr"] == (
        False,
        (
            f"no client is written to in it before two people sign {unsigned}"
            " (spm-bot surveys sign all --language fr)"
        ),
    )
    told = give("doctor")
    assert (told.status, told.out) == (1, "")
    assert "MEND  telegram: set SPM_TELEGRAM_TOKEN to the token of your bot\n" in told.err
    assert "ok    institution file: Umoja Microfinance\n" in told.err


def test_doctor_goes_on_when_a_part_is_missing(give: Give, home: Path) -> None:
    (home / "institution.yaml").unlink()
    (home / "spm.db").write_bytes(b"no database at all, whatever its name says" * 100)
    found = {each["part"]: each["ok"] for each in give("doctor", "--json").data}
    assert found == {"telegram": False, "institution file": False, "database": False}


def test_doctor_looks_at_helplines_remedies_and_transfer(
    give: Give, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "institution.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content |= {"remedies": [], "chat_company": {"name": "Telegram"}}
    content["helplines"] = [content["helplines"][0] | {"tested_on": date(2020, 1, 1)}]
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    monkeypatch.setenv("SPM_TELEGRAM_TOKEN", "1:a")
    found = {each["part"]: (each["ok"], each["says"]) for each in give("doctor", "--json").data}
    assert {part: found[part] for part in list(found)[:6]} == {
        "telegram": (True, "a token is set; `run` says whether Telegram takes it"),
        "institution file": (True, "Umoja Microfinance"),
        "helplines": (True, "listed"),
        "remedies": (False, "none: list remedies, before that no survey is started"),
        "helpline test": (
            False,
            ("Example Crisis Line: call it and write down tested_on (not older than 35 days) and tested_by"),
        ),
        "data transfer": (False, "fill in transfer_basis and impact_assessment_on of chat_company"),
    }


def test_doctor_is_content_with_a_signed_wording(give: Give) -> None:
    for language in ("en", "fr", "es", "sw", "hi", "ar"):
        for by in ("A. Wanjiru", "B. Otieno"):
            give("surveys", "sign", "all", "--language", language, "--by", by)
    found = {each["part"]: (each["ok"], each["says"]) for each in give("doctor", "--json").data}
    assert found["wording of debt_stress"] == (True, "signed in ar, en, es, fr, hi, sw")
    assert found["forms in en"] == found["forms in ar"] == (True, "every form is signed")


def test_doctor_names_a_key_that_is_gone(give: Give, home: Path) -> None:
    give("staff", "list")
    (home / "spm.db.key").unlink()
    found = {each["part"]: (each["ok"], each["says"]) for each in give("doctor", "--json").data}
    said = (
        f"the key file {home / 'spm.db.key'} is missing, and the database cannot be read without it:"
        " bring it back from where its copy is kept, or set SPM_SECRET_KEY"
    )
    assert found["key"] == (False, said)
    listed = give("staff", "list")
    assert (listed.status, listed.out, listed.err) == (1, "", f"spm-bot: {said}\n")


def test_migrate_takes_no_clients_away_unless_told_twice(give: Give, register: Path) -> None:
    give("register", "import", register.name)
    result = give("migrate", "--to", "base")
    assert (result.status, result.out) == (1, "")
    assert result.err == (
        "spm-bot: base has no tables: 3 clients and 0 responses would be lost for ever; make a backup and"
        " add --yes if that is meant\n"
    )
    assert give("register", "import", register.name, "--json").data["unchanged"] == 3
    assert give("migrate", "--to", "base", "--yes").err == "the database is at base\n"
    assert give("register", "import", register.name, "--json").data["added"] == 3


def test_migrate_goes_down_and_up(give: Give) -> None:
    assert give("migrate", "--to", "base").err == "the database is at base\n"
    up = give("migrate")
    assert (up.status, up.out) == (0, "")
    assert up.err.startswith("the database is at 0")
    nowhere = give("migrate", "--to", "nowhere")
    assert (nowhere.status, nowhere.out) == (1, "")
    assert nowhere.err.startswith("spm-bot: there is no revision nowhere; there are head, ")


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        ({}, "no channel is configured: set SPM_TELEGRAM_TOKEN to the token of your bot"),
        (
            {"SPM_TELEGRAM_TOKEN": "token"},
            "SPM_TELEGRAM_TOKEN is not a bot token (copy it whole from BotFather: digits, a colon, letters)",
        ),
        (
            {"SPM_TELEGRAM_TOKEN": "1:a", "SPM_TELEGRAM_BASE_URL": "api.telegram.org"},
            "SPM_TELEGRAM_BASE_URL is not a web address (write it as https://api.telegram.org)",
        ),
    ],
)
def test_run_says_what_is_not_configured(
    give: Give, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], complaint: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    result = give("run")
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")


@pytest.mark.parametrize(
    ("variables", "complaint"),
    [
        (
            {"SPM_DATABASE_URL": POSTGRES, "SPM_SECRET_KEY": new_key()},
            (
                "cannot use the database postgresql+asyncpg://spm:***@127.0.0.1:9/spm: [Errno 111]"
                " Connect call failed ('127.0.0.1', 9); check that it can be reached"
            ),
        ),
        (
            {"SPM_DATABASE_URL": POSTGRES},
            "SPM_SECRET_KEY is missing (PostgreSQL needs a key for its encrypted columns: set one)",
        ),
        (
            {"SPM_SECRET_KEY": f"{new_key()},tooshort"},
            "SPM_SECRET_KEY: key 2 of the list is not 32 bytes in base64 or hexadecimal",
        ),
        (
            {"SPM_DATABASE_URL": "sqlite:///none/spm.db"},
            "{home}/none is no folder: make it, or mend SPM_DATABASE_URL",
        ),
        (
            {"SPM_DATABASE_URL": "sqlite:///{home}"},
            "{home} is a folder: SPM_DATABASE_URL must name a file, such as {home}/spm.db",
        ),
        (
            {"SPM_DATABASE_URL": "mysql://localhost/spm"},
            (
                "SPM_DATABASE_URL is no database we know (write sqlite+aiosqlite:///spm.db, or"
                " postgresql+asyncpg://user:password@host/name)"
            ),
        ),
    ],
)
def test_database_that_cannot_be_used_is_told_in_one_line(
    give: Give, home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], complaint: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value.replace("{home}", str(home)))
    before = sorted(home.iterdir())
    result = give("staff", "list")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        f"spm-bot: {complaint.replace('{home}', str(home))}\n",
    )
    assert sorted(home.iterdir()) == before


def test_damaged_database_is_told(give: Give, home: Path) -> None:
    (home / "spm.db").write_bytes(b"no database at all, whatever its name says" * 100)
    result = give("staff", "list")
    assert (result.status, result.out) == (1, "")
    assert result.err.endswith("is damaged: file is not a database; restore it from a backup\n")


def test_missing_institution_file_is_told(give: Give, home: Path) -> None:
    (home / "institution.yaml").unlink()
    result = give("digest", "--week", "2026-W47")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        (
            "spm-bot: no institution file at institution.yaml: copy the example institution.yaml of the"
            " project there, or set SPM_INSTITUTION\n"
        ),
    )


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "{survey: branch_visit, title",
            "{survey: debt_stress, title",
            (
                "templates.0.survey: debt_stress is never started by field staff (write another survey, or"
                " take the template out)"
            ),
        ),
        (
            "country: KE",
            "country: Kenya",
            "country: unknown country 'Kenya' (write two capital letters, as KE for Kenya)",
        ),
        ("minimum_cell: 10", "minimum_cell: 2", "minimum_cell: must be at least 5 (write 5 or more)"),
        (
            "survey: debt_stress",
            "survey: debt_stres",
            "rounds.1.survey: unknown survey 'debt_stres' (did you mean 'debt_stress'?)",
        ),
    ],
)
def test_broken_institution_file_is_told_with_its_line(
    give: Give, home: Path, old: str, new: str, complaint: str
) -> None:
    file = home / "institution.yaml"
    text = file.read_text(encoding="utf-8")
    line = 1 + next(number for number, each in enumerate(text.splitlines()) if old in each)
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = give("rounds", "launch", "satisfaction")
    assert (result.status, result.out, result.err) == (
        1,
        "",
        f"spm-bot: institution.yaml:{line}: {complaint}\n",
    )
