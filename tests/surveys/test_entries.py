"""Answers handed in as plain data."""

from __future__ import annotations

from typing import Any

import pytest

from spm_bot.surveys.entries import as_answers
from spm_bot.surveys.library import Library, load
from spm_bot.surveys.problems import SurveyError
from spm_bot.surveys.session import Answer

DEBT = Library.shipped().survey("debt_stress")
MIXED = load(
    """
code: mixed
title: {en: Mixed}
languages: [en]
questions:
  - {name: hello, kind: note, label: {en: Hello}}
  - {name: nps, kind: nps, label: {en: How likely?}}
  - {name: people, kind: integer, label: {en: How many?}}
  - {name: hours, kind: decimal, label: {en: How long?}}
  - {name: why, kind: text, label: {en: Why?}}
  - {name: branch, kind: select_one, choices_from: branches, label: {en: Where?}}
  - {name: stars, kind: select_one, label: {en: Stars?}, choices: [{code: 1, label: {en: One}}]}
  - name: likes
    kind: select_multiple
    label: {en: Likes?}
    choices: [{code: 1, label: {en: A}}, {code: b, label: {en: B}}]
  - {name: counted, kind: supplied}
""",
    place="mixed.yaml",
)


@pytest.mark.parametrize(
    ("name", "given", "answer"),
    [
        ("nps", 9, Answer(number=9.0)),
        ("nps", 0, Answer(number=0.0)),
        ("nps", "pns", Answer(codes=("pns",))),
        ("people", 3.0, Answer(number=3.0)),
        ("hours", 1.5, Answer(number=1.5)),
        ("why", "long wait", Answer(text="long wait")),
        ("branch", "north", Answer(codes=("north",))),
        ("stars", 1, Answer(codes=("1",))),
        ("stars", "1", Answer(codes=("1",))),
        ("likes", [1, "b"], Answer(codes=("1", "b"))),
        ("likes", ["pns"], Answer(codes=("pns",))),
        ("counted", 40, Answer(number=40.0)),
        ("counted", "forty", Answer(text="forty")),
    ],
)
def test_an_answer_is_taken(name: str, given: object, answer: Answer) -> None:
    assert as_answers(MIXED, {name: given}) == {name: answer}


@pytest.mark.parametrize(
    ("plain", "line"),
    [
        ({"nsp": 9}, "nsp: is no question of mixed; did you mean nps?"),
        ({"nps": 11}, "nps: 11 is not between 0 and 10"),
        ({"nps": -1}, "nps: -1 is not between 0 and 10"),
        ({"nps": 9.5}, "nps: 9.5 is not a whole number"),
        ({"nps": "9"}, "nps: '9' is not a number"),
        ({"nps": True}, "nps: True is not a number"),
        ({"hours": float("nan")}, "hours: nan is not a number"),
        ({"hours": float("inf")}, "hours: inf is not a number"),
        ({"people": 10**400}, f"people: {10**400} is not a number"),
        ({"people": 2.5}, "people: 2.5 is not a whole number"),
        ({"why": 3}, "why: 3 is not text"),
        ({"why": None}, "why: None is not text"),
        ({"hello": "pns"}, "hello: is only shown and takes no answer; leave it out"),
        ({"stars": 2}, "stars: 2 is none of its codes (1, pns)"),
        ({"stars": True}, "stars: True is not a code; give one code as text"),
        ({"stars": ["1"]}, "stars: ['1'] is not a code; give one code as text"),
        ({"likes": "b"}, "likes: 'b' is not a list of codes; put the codes in brackets"),
        ({"likes": [["b"]]}, "likes: ['b'] is not a code; give one code as text"),
        ({"likes": []}, "likes: no code is picked; give pns for rather not say"),
        ({"likes": ["b", "b"]}, "likes: a code is picked twice"),
        ({"likes": ["b", "pns"]}, "likes: pns cannot stand beside another pick"),
    ],
)
def test_a_wrong_answer_is_refused_in_one_line(plain: dict[str, Any], line: str) -> None:
    with pytest.raises(SurveyError) as caught:
        as_answers(MIXED, plain)
    assert str(caught.value) == line


def test_every_wrong_answer_is_named() -> None:
    with pytest.raises(SurveyError) as caught:
        as_answers(DEBT, {"ds1": "vry", "ds2": "days", "ds6": ["none", "health"]})
    assert [(problem.question, problem.reason) for problem in caught.value.problems] == [
        ("ds1", "vry is none of its codes (easy, bit, very, noloan, pns)"),
        ("ds6", "none cannot stand beside another pick"),
    ]
