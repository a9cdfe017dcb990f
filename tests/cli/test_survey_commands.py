"""Commands about surveys, as an administrator gives them."""

from __future__ import annotations

import asyncio
import io
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from spm_bot.app import opened
from spm_bot.settings import Settings
from spm_bot.storage import survey_versions
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Survey
from spm_bot.surveys.wordings import sentences, wording
from tests.cli.conftest import Give

STANDING = ["branch_visit", "client_exit", "client_outcomes", "client_satisfaction", "debt_stress"]
FORMS = [form.code for form in Library.shipped().client_forms]
SPOKEN = ["en", "fr", "es", "sw", "hi", "ar"]
SURVEY = """\
code: short
title: {en: Short}
languages: [en]
minutes: 1
questions:
  - name: one
    kind: select_one
    label: {en: How was it?}
    choices:
      - {code: good, label: {en: Good}}
      - {code: bad, label: {en: Bad}}
"""
# Four of the five weights of the index; the missing ones are divided out.
STRESSED = {
    "ds0": "yes",
    "ds1": "very",
    "ds2": "never",
    "ds4": "moneylender",
    "ds3": "weeks_3_6",
    "ds5": "no",
    "ds6": ["none"],
    "ds7": "few",
    "ds8": ["none"],
    "ds9": "just",
    "ds10": "no",
}


def written(home: Path, name: str, text: str) -> str:
    (home / name).write_text(text, encoding="utf-8")
    return name


def test_list_shows_what_clients_read_with_its_signatures(give: Give) -> None:
    for by in ("A. Wanjiru", "B. Otieno"):
        assert give("surveys", "sign", "debt_stress", "--language", "fr", "--by", by).status == 0
    rows = give("surveys", "list", "--json").data
    kinds = {row["code"]: row["kind"] for row in rows}
    assert kinds == dict.fromkeys(STANDING, "survey") | dict.fromkeys(FORMS, "form")
    assert {row["code"]: (row["signed"], row["unsigned"]) for row in rows} == {
        code: (["fr"], ["ar", "en", "es", "hi", "sw"]) if code == "debt_stress" else ([], sorted(SPOKEN))
        for code in kinds
    }
    heading = give("surveys", "list").out.splitlines()[0].split()
    assert heading == ["code", "kind", "title", "version", "questions", "languages", "signed", "unsigned"]


def test_all_signs_every_survey_and_form_that_lacks_it(give: Give) -> None:
    every = len(STANDING) + len(FORMS)
    give("surveys", "sign", "consent", "--language", "ar", "--by", "A. Wanjiru")
    sign = ("surveys", "sign", "all", "--language", "ar", "--by")
    assert give(*sign, "A. Wanjiru").err == f"A. Wanjiru stands for {every - 1} wordings in ar\n"
    assert give(*sign, "B. Otieno").err == f"B. Otieno stands for {every} wordings in ar\n"
    assert [row["signed"] for row in give("surveys", "list", "--json").data] == [["ar"]] * every
    again = give(*sign, "b. otieno")
    assert (again.status, again.err) == (
        1,
        "spm-bot: b. otieno has signed every wording already; a second person must sign it\n",
    )


def test_check_says_that_a_survey_is_well(give: Give, home: Path) -> None:
    file = written(home, "short.yaml", SURVEY)
    result = give("surveys", "check", file)
    assert (result.status, result.out) == (0, "")
    assert result.err.splitlines()[-1].startswith("short.yaml: short, 1 questions, version ")
    assert give("surveys", "check", file, "--json").data == []


def test_check_names_file_line_question_and_reason(give: Give, home: Path) -> None:
    file = written(home, "short.yaml", SURVEY.replace("select_one", "select_on"))
    result = give("surveys", "check", file)
    kinds = "'nps', 'select_one', 'select_multiple', 'integer', 'decimal', 'text', 'note' or 'supplied'"
    complaint = f"spm-bot: short.yaml:7: one: kind: “select_on” is not known here; use {kinds}\n"
    assert (result.status, result.out, result.err) == (1, "", complaint)
    as_data = give("surveys", "check", file, "--json")
    assert (as_data.status, as_data.err) == (1, complaint)
    assert as_data.data == [
        {
            "severity": "error",
            "code": "enum",
            "place": "short.yaml:7",
            "question": "one",
            "reason": f"kind: “select_on” is not known here; use {kinds}",
        }
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "spm-bot: survey.yaml: no such file or directory\n"),
        (b"code: \xff", "spm-bot: survey.yaml: is not UTF-8 text (save it again as UTF-8)\n"),
        (
            b"code: [\n",
            "spm-bot: survey.yaml:2: cannot be read as YAML here: did not find expected node content\n",
        ),
        (
            b"code: " + b"[" * 100_000,
            "spm-bot: survey.yaml:1: cannot be read as YAML here: nested more than 50 levels deep\n",
        ),
        (b"minutes: " + b"9" * 5000, "spm-bot: survey.yaml:1: this number is too long\n"),
        (b"#" * 1_000_001, "spm-bot: survey.yaml: is larger than 1,000 kB (is it the right file?)\n"),
    ],
)
def test_check_of_a_file_that_cannot_be_read(
    give: Give, home: Path, content: bytes | None, complaint: str
) -> None:
    if content is not None:
        (home / "survey.yaml").write_bytes(content)
    result = give("surveys", "check", "survey.yaml")
    assert (result.status, result.out, result.err) == (1, "", complaint)


@pytest.mark.parametrize(
    ("code", "language", "by", "complaint"),
    [
        ("debt_stres", "en", "A", "debt_stres: there is no survey of this code; did you mean debt_stress?"),
        ("debt_stress", "xx", "A", f"debt_stress has no wording in 'xx': it has {', '.join(SPOKEN)}"),
        ("all", "xx", "A", "no survey or form has a wording in 'xx'"),
        ("ask", "en", "A", "ask is read by staff only and needs no signature"),
        ("debt_stress", "en", "  ", "--by needs the name of the person who signs"),
    ],
)
def test_sign_refuses_what_cannot_be_signed(
    give: Give, code: str, language: str, by: str, complaint: str
) -> None:
    result = give("surveys", "sign", code, "--language", language, "--by", by)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")
    assert give("audit", "list", "--json").data == []


@pytest.mark.parametrize("again", ["A. Wanjiru", "a.  wanjiru "])
def test_second_signature_of_the_same_person_does_not_count(give: Give, again: str) -> None:
    sign = ("surveys", "sign", "debt_stress", "--language", "en", "--by")
    assert give(*sign, "A. Wanjiru").err == "A. Wanjiru stands for debt_stress in en\n"
    result = give(*sign, again)
    assert (result.status, result.out) == (1, "")
    assert result.err.endswith("has signed this wording already; a second person must sign it\n")
    assert all(row["signed"] == [] for row in give("surveys", "list", "--json").data)
    assert [row["event"] for row in give("audit", "list", "--json").data] == ["wording_signed"]


def test_text_shows_what_was_read_by_its_hash(give: Give, home: Path) -> None:
    consent = Library.shipped().survey("consent")
    read = wording(consent, "fr")
    ask = ("surveys", "text", "consent", "--language", "fr", "--wording")
    never = give(*ask, read)
    assert (never.status, never.out) == (1, "")
    assert never.err == f"spm-bot: no version of consent has the wording {read} in fr\n"
    asyncio.run(keep(consent, home))
    assert give(*ask, read[:8]).out == "\n".join(sentences(consent, "fr")) + "\n"
    assert give(*ask, read, "--json").data == {
        "code": "consent",
        "version": consent.version,
        "language": "fr",
        "sentences": sentences(consent, "fr"),
    }
    assert "Pouvons-nous vous envoyer de courtes enquêtes ?" in sentences(consent, "fr")


async def keep(survey: Survey, home: Path) -> None:
    """As if somebody had been asked it."""
    async with opened(Settings(database_url=f"sqlite+aiosqlite:///{home / 'spm.db'}")) as store:
        await store.write(partial(survey_versions.keep, survey=survey))


def test_play_asks_in_the_terminal_and_leaves_nothing_behind(
    give: Give, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = (home / "spm.db").read_bytes()
    monkeypatch.setattr("sys.stdin", io.StringIO("5\nback\n4\nskip\nMore chairs\n"))
    result = give("surveys", "play", "branch_visit", "--language", "fr")
    assert result.status == 0
    assert "1 sur 3 · Comment s'est passée votre dernière visite à notre agence ?" in result.out
    assert "3 sur 3 · Que devons-nous faire mieux à l'agence ?" in result.out
    assert (
        result.err == "Type a number or a word; also: back, skip, stop. This is practice, nothing counts.\n"
    )
    assert (home / "spm.db").read_bytes() == before


def test_play_tries_a_form_and_every_language_unsigned(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("/language\n"))
    result = give("surveys", "play", "consent", "--language", "hi")
    assert result.status == 0
    assert "क्या हम आपको छोटे सर्वे भेज सकते हैं?" in result.out
    assert "2 Français" in result.out


def test_play_ends_with_its_input(give: Give, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("5\n"))
    result = give("surveys", "play", "branch_visit")
    assert (result.status, result.out.count("2 of 3")) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("nothing",), "nothing: there is no survey of this code"),
        (
            ("branch_visit", "--language", "xx"),
            f"branch_visit has no wording in 'xx': it has {', '.join(SPOKEN)}",
        ),
    ],
)
def test_play_refuses_what_there_is_not(give: Give, arguments: tuple[str, ...], complaint: str) -> None:
    result = give("surveys", "play", *arguments)
    assert (result.status, result.out, result.err) == (1, "", f"spm-bot: {complaint}\n")


def test_score_reads_a_file_as_an_editor_on_windows_saves_it(give: Give, home: Path) -> None:
    file = written(home, "answers.json", '\ufeff{"ds1": "noloan",\r\n "ds11_phone": "]]\\"[["}')
    assert give("surveys", "score", "debt_stress", file).data["reasons"] == {"dsi": "not_borrower"}


def test_score_prints_scores_bands_flags_and_reasons(give: Give, home: Path) -> None:
    file = written(home, "answers.json", json.dumps(STRESSED))
    # 15·100 + 10·0 + 20·75 + 15·100 + 15·0 + 15·0 + 10·33, of 100
    assert give("surveys", "score", "debt_stress", file).data == {
        "scores": {"dsi": 48.3},
        "bands": {"dsi": "high"},
        "flags": ["RF_REBORROW"],
        "watch": ["ds3"],
        "followup_level": "high",
        "reasons": {},
    }


@pytest.mark.parametrize(
    ("code", "answers", "scored"),
    [
        (
            "debt_stress",
            {"ds1": "noloan"},
            {"scores": {"dsi": None}, "bands": {"dsi": None}, "reasons": {"dsi": "not_borrower"}},
        ),
        (
            "debt_stress",
            {"ds1": "pns"},
            {"scores": {"dsi": None}, "bands": {"dsi": None}, "reasons": {"dsi": "insufficient"}},
        ),
        (
            "client_satisfaction",
            {"cs1": 9, "cs4": "never"},
            {"flags": ["RF_RESPECT"], "followup_level": "standard"},
        ),
    ],
)
def test_score_without_an_index(
    give: Give, home: Path, code: str, answers: dict[str, object], scored: dict[str, Any]
) -> None:
    file = written(home, "answers.json", json.dumps(answers))
    nothing: dict[str, Any] = {
        "scores": {},
        "bands": {},
        "flags": [],
        "watch": [],
        "followup_level": None,
        "reasons": {},
    }
    assert give("surveys", "score", code, file, "--json").data == nothing | scored


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ('{"ds99": "x"}', "ds99: is no question of debt_stress"),
        ('{"ds1": "hard"}', "ds1: hard is none of its codes (easy, bit, very, noloan, pns)"),
        ('{"ds6": ["none", "child"]}', "ds6: none cannot stand beside another pick"),
        ('{"ds1": "very",\n "ds2": }', "answers.json:2: is not JSON (Expecting value)"),
        ("[1]", 'answers.json: must be an object such as {"ds1": "very", "ds6": ["health"]}'),
        (None, "answers.json: no such file or directory"),
        ('{"ds1": "very",\n "ds1": "easy"}', "answers.json: 'ds1' stands here a second time"),
        ('{"ds1": ' + "[" * 100_000, "answers.json: nested more than 50 levels deep"),
        ('{"cs1": ' + "9" * 5000 + "}", "answers.json: holds a number of 5000 digits"),
        (" " * 1_000_001, "answers.json: is larger than 1,000 kB"),
    ],
)
def test_score_refuses_answers_it_does_not_know(
    give: Give, home: Path, content: str | None, complaint: str
) -> None:
    if content is not None:
        written(home, "answers.json", content)
    result = give("surveys", "score", "debt_stress", "answers.json")
    assert (result.status, result.out) == (1, "")
    assert result.err.startswith(f"spm-bot: {complaint}")
    assert result.err.count("\n") == 1
