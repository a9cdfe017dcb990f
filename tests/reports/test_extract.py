from __future__ import annotations

from functools import partial

from spm_bot.reports.codebook import codebook
from spm_bot.reports.extract import Column, Sheet, cells_of, columns_of, items_of
from spm_bot.surveys.library import Library, load

parse = partial(load, place="visit.yaml")
LIBRARY = Library.shipped()
STRESS = LIBRARY.survey("debt_stress")

OLD = """
code: visit
title: {en: Visit}
languages: [en]
questions:
  - name: a
    kind: select_one
    label: {en: Was it good?}
    choices:
      - {code: "01", label: {en: Yes}}
      - {code: "02", label: {en: No}}
  - name: gone
    kind: integer
    label: {en: How often?}
"""
NEW = """
code: visit
title: {en: Visit}
languages: [en]
questions:
  - name: b
    kind: select_multiple
    label: {en: What was good?}
    choices:
      - {code: staff, label: {en: The staff}}
      - {code: fees, label: {en: "=1+1"}}
  - name: a
    kind: select_one
    label: {en: Was it good?}
    choices:
      - {code: "01", label: {en: Yes}}
      - {code: "03", label: {en: Perhaps}}
  - name: why
    kind: text
    label: {en: Why?}
"""


def names(*bodies: str) -> list[str]:
    items = items_of([parse(body) for body in bodies], private=False, language="en")
    return [column.name for column in columns_of(items, language="en")]


def cells(given: dict[str, list[tuple[str, float | None]]]) -> dict[str, object]:
    items = items_of([parse(NEW), parse(OLD)], private=False, language="en")
    columns = [column.name for column in columns_of(items, language="en")]
    return dict(zip(columns, cells_of(items, given), strict=True))


def test_columns_follow_the_newest_version_with_older_questions_behind() -> None:
    assert names(NEW, OLD) == ["b", "b.staff", "b.fees", "a", "a_label", "gone"]


def test_free_text_is_no_column() -> None:
    assert "why" not in names(NEW)


def test_code_of_an_older_version_keeps_its_label() -> None:
    assert cells({"a": [("02", None)]})["a_label"] == "No"


def test_blank_is_not_zero() -> None:
    assert cells({}) == dict.fromkeys(["b", "b.staff", "b.fees", "a", "a_label", "gone"])


def test_ticks_stand_joined_and_one_by_one() -> None:
    found = cells({"b": [("staff", None), ("fees", None)], "a": [("01", None)], "gone": [("", 0.0)]})
    assert found == {"b": "staff fees", "b.staff": 1, "b.fees": 1, "a": "01", "a_label": "Yes", "gone": 0}


def test_tick_that_was_not_made_is_zero() -> None:
    assert cells({"b": [("staff", None)]})["b.fees"] == 0


def test_rather_not_say_is_a_code_and_no_tick() -> None:
    found = cells({"b": [("pns", None)], "a": [("pns", None)]})
    assert (found["b"], found["b.staff"], found["b.fees"]) == ("pns", None, None)
    assert (found["a"], found["a_label"]) == ("pns", "rather not say")


def test_private_questions_stand_apart() -> None:
    private = {item.question.name for item in items_of([STRESS], private=True, language="en")}
    open_ = {item.question.name for item in items_of([STRESS], private=False, language="en")}
    assert private & open_ == set()
    assert {"ds3", "ds5", "ds6", "ds8"} <= private


def test_codebook_tells_every_column_and_code() -> None:
    items = items_of([parse(OLD)], private=False, language="en")
    sheet = Sheet("visit", (Column("response", "export", "this one"), *columns_of(items, language="en")), [])
    version = parse(OLD).version[:8]
    assert list(codebook([sheet]).rows) == [
        ("visit", "response", "export", "this one", None, None, ""),
        ("visit", "a", "select_one", "Was it good?", None, None, version),
        ("visit", "a", None, None, "01", "Yes", None),
        ("visit", "a", None, None, "02", "No", None),
        ("visit", "a", None, None, "pns", "rather not say", None),
        ("visit", "a_label", "label", "a in words", None, None, version),
        ("visit", "gone", "integer", "How often?", None, None, version),
        ("visit", "gone", None, None, "pns", "rather not say", None),
    ]
