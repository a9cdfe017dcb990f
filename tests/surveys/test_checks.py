"""Problems of surveys that can be read: each kind once, and none without a cause."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

from spm_bot.surveys.checks import check
from spm_bot.surveys.expressions import Expression
from spm_bot.surveys.library import Library, load
from spm_bot.surveys.model import (
    Band,
    Choice,
    Closing,
    Flag,
    Kind,
    Question,
    Score,
    Survey,
    Watch,
    WatchRule,
    Words,
)
from spm_bot.surveys.problems import Problem

NAMES = frozenset({"first", "second", "third", "fact"})


def said(text: str) -> Words:
    return Words(MappingProxyType({"en": text}))


def when(source: str) -> Expression:
    return Expression.compile(source, names=NAMES)


def select(name: str, *codes: str, kind: Kind = Kind.SELECT_ONE, **more: Any) -> Question:
    choices = tuple(Choice(code, said(code), value=float(n)) for n, code in enumerate(codes))
    return Question(name, kind, said(name), choices=choices, **more)


def text(name: str, **more: Any) -> Question:
    return Question(name, Kind.TEXT, said(name), **more)


def survey(*questions: Question, **more: Any) -> Survey:
    return Survey("s", "v", said("S"), ("en",), questions, facts=("fact",), **more)


def score(**changed: Any) -> Score:
    plain = Score(
        "index",
        1,
        weights=MappingProxyType({"first": 1.0}),
        answered_at_least=1,
        core=("first",),
        core_at_least=1,
        bands=(Band("low", 50), Band("high", None)),
        grave=(("first", "b"),),
        floors=((1, "high"),),
    )
    return replace(plain, **changed)


FIRST = select("first", "a", "b")
ALONE = (select("first", "none", "b", kind=Kind.SELECT_MULTIPLE),)
VALUELESS = replace(FIRST, choices=(*FIRST.choices, Choice("c", said("c"))))


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (
            survey(FIRST, text("first")),
            Problem("duplicate_name", "two questions have this name; rename one", "first"),
        ),
        (
            survey(text("fact")),
            Problem("duplicate_name", "a fact has the same name; rename the question", "fact"),
        ),
        (survey(select("first")), Problem("no_choices", "has no choices; list them under choices", "first")),
        (
            survey(replace(FIRST, kind=Kind.TEXT)),
            Problem("no_choices", "a text question takes no choices; remove them", "first"),
        ),
        (
            survey(text("first", choices_from="places")),
            Problem("no_choices", "a text question takes no choices; remove them", "first"),
        ),
        (
            survey(select("first", "a", "a")),
            Problem("duplicate_code", "two choices have the code a; rename one", "first"),
        ),
        (
            survey(select("first", "a", "pns")),
            Problem("reserved_code", "pns is what Skip stores; leave this choice out", "first"),
        ),
        (
            survey(*ALONE),
            Problem("not_exclusive", "none cannot stand beside others; add exclusive: true", "first"),
        ),
        (
            survey(text("first", relevant=when("${second} = 'a'")), select("second", "a")),
            Problem(
                "later_reference",
                "a condition looks at ${second}, which is asked later; move it before this one",
                "first",
            ),
        ),
        (
            survey(text("first", label_by=((when("${second} = ''"), said("x")),)), text("second")),
            Problem(
                "later_reference",
                "a condition looks at ${second}, which is asked later; move it before this one",
                "first",
            ),
        ),
        (
            survey(text("first", relevant=when("${first} = 'a'"))),
            Problem(
                "later_reference", "a condition looks at its own answer; only a constraint can, as .", "first"
            ),
        ),
        (
            survey(text("first", relevant=when(". = 'a'"))),
            Problem("own_answer", "only a constraint knows the answer . just given", "first"),
        ),
        (
            survey(text("first", constraint_message=said("no"))),
            Problem("constraint", "has a constraint_message but no constraint; add it", "first"),
        ),
        (
            survey(Question("first", Kind.NOTE, said("x"), constraint=when(". = 'a'"))),
            Problem(
                "constraint",
                "a note is never answered, so its constraint is never judged; remove it",
                "first",
            ),
        ),
        (
            survey(text("first", constraint=when("${fact} = 'a'"))),
            Problem(
                "constraint", "the constraint does not look at the answer . and so cannot judge it", "first"
            ),
        ),
        (
            survey(replace(text("first"), label=said("x" * 161))),
            Problem(
                "long_message",
                "161 characters in en with its choices; aim for 160",
                "first",
                severity="warning",
            ),
        ),
        (
            survey(replace(FIRST, label=said("x" * 153))),
            Problem(
                "long_message",
                "161 characters in en with its choices; aim for 160",
                "first",
                severity="warning",
            ),
        ),
        (
            survey(text("first", label_by=((when("${fact} = 'a'"), said("x" * 161)),))),
            Problem(
                "long_message",
                "161 characters in en with its choices; aim for 160",
                "first",
                severity="warning",
            ),
        ),
        (
            survey(text("first", hint=said("x" * 155))),
            Problem(
                "long_message",
                "161 characters in en with its choices; aim for 160",
                "first",
                severity="warning",
            ),
        ),
        (
            survey(replace(FIRST, choices=(Choice("a", said("😀" * 33)),))),
            Problem("long_button", "choice a has 66 characters in en; a button holds 64", "first"),
        ),
        (
            survey(text("first", example=said("😀" * 2049))),
            Problem("long_wording", "example has 4098 characters in en; a message holds 4096", "first"),
        ),
        (
            survey(FIRST, closings=(Closing(None, said("x" * 4097)),)),
            Problem(
                "long_wording", "closings has 4097 characters in en; a message holds 4096", place="closings"
            ),
        ),
        (
            survey(replace(FIRST, choices=(Choice("a", said("Déjà")), Choice("b", said("deja!"))))),
            Problem("same_label", "choices a and b are the same word in en; reword one", "first"),
        ),
        (
            survey(replace(FIRST, choices=(Choice("a", said("More")), Choice("b", said("Mode"))))),
            Problem(
                "alike_labels",
                "choices a and b are one slip apart in en; reword one",
                "first",
                severity="warning",
            ),
        ),
        (
            survey(FIRST, intro=Words({"en": "Hello ${fact}.", "fr": "Bonjour."})),
            Problem(
                "different_places",
                "intro does not show ${fact} in fr, as another language does",
                place="intro",
            ),
        ),
        (
            survey(replace(text("first"), label=Words({"en": "Well?", "ar": "حسنا ${fact}؟"}))),
            Problem(
                "different_places", "label does not show ${fact} in en, as another language does", "first"
            ),
        ),
        (
            survey(replace(FIRST, choices=(Choice("a", said("x" * 65)),))),
            Problem("long_button", "choice a has 65 characters in en; a button holds 64", "first"),
        ),
        (
            survey(replace(FIRST, label=Words({"fr": "x"}))),
            Problem("missing_language", "label has no words in en; add them", "first"),
        ),
        (
            survey(replace(FIRST, hint=Words({}))),
            Problem("missing_language", "hint has no words in en; add them", "first"),
        ),
        (
            survey(replace(FIRST, choices=(Choice("a", Words({})),))),
            Problem("missing_language", "choice a has no words in en; add them", "first"),
        ),
        (
            survey(text("first", label_by=((when("${fact} = 'a'"), Words({})),))),
            Problem("missing_language", "label_by has no words in en; add them", "first"),
        ),
        (
            survey(FIRST, closings=(Closing(None, Words({})),)),
            Problem("missing_language", "closings has no words in en; add them", place="closings"),
        ),
        (
            survey(FIRST, intro=Words({"en": "x", "fr": "y"})),
            Problem(
                "unlisted_language",
                "intro has words in fr, which is not listed under languages",
                place="intro",
            ),
        ),
        (
            survey(FIRST, closings=(Closing(None, said("Call ${line}.")),)),
            Problem("unknown_place", "closings shows ${line}; declare it under facts", place="closings"),
        ),
        (
            survey(text("first"), replace(text("second"), label=said("You said ${first}."))),
            Problem("unknown_place", "label shows ${first}; declare it under facts", "second"),
        ),
        (
            survey(FIRST, flags=(Flag("RF", "high", when("${first} = 'bb'")),)),
            Problem(
                "unknown_code",
                "a condition compares with 'bb', which is none of its codes: ${first} = 'bb'",
                "first",
            ),
        ),
        (
            survey(FIRST, scores=(score(unscored=MappingProxyType({"x": when("selected(${first}, 'z')")})),)),
            Problem(
                "unknown_code",
                "a condition compares with 'z', which is none of its codes: selected(${first}, 'z')",
                "first",
            ),
        ),
        (
            survey(FIRST, text("second"), scores=(score(weights={"first": 1.0, "second": 1.0}),)),
            Problem("unknown_item", "index: second is no select question of this survey", place="scores"),
        ),
        (
            survey(FIRST, scores=(score(grave=(("first", "z"),)),)),
            Problem("unknown_item", "index: first has no choice z", place="scores"),
        ),
        (
            survey(FIRST, select("second", "a"), scores=(score(core=("second",)),)),
            Problem("unknown_item", "index: the core item second has no weight", place="scores"),
        ),
        (
            survey(FIRST, scores=(score(answered_at_least=2),)),
            Problem(
                "unreachable_score",
                "index: asks for more answers than it has items, so it is never given",
                place="scores",
            ),
        ),
        (
            survey(FIRST, scores=(score(core_at_least=2),)),
            Problem(
                "unreachable_score",
                "index: asks for more answers than it has items, so it is never given",
                place="scores",
            ),
        ),
        (
            survey(FIRST, scores=(score(floors=((1, "awful"),)),)),
            Problem("unknown_item", "index: there is no band awful", place="scores"),
        ),
        (
            survey(VALUELESS, scores=(score(),)),
            Problem("no_value", "the choice c counts in index and needs a value", "first"),
        ),
        (
            survey(FIRST, watch=WatchRule((Watch("second", when("${first} = 'a'")),), 1, "RF", "high")),
            Problem("unknown_item", "second is no question of this survey", place="watch"),
        ),
        (
            survey(FIRST, form=True, flags=(Flag("RF", "high", when("${first} = 'a'")),)),
            Problem("form_scored", "a form is never scored; leave scores, flags and watch out"),
        ),
    ],
)
def test_a_problem_is_found(broken: Survey, problem: Problem) -> None:
    assert problem in check(broken)


@pytest.mark.parametrize(
    "bands",
    [
        (),
        (Band("low", 50),),
        (Band("low", None), Band("high", None)),
        (Band("low", 50), Band("mid", 40), Band("high", None)),
        (Band("low", 50), Band("mid", 50), Band("high", None)),
    ],
)
def test_bands_must_rise(bands: tuple[Band, ...]) -> None:
    reason = "index: bands go from low to high, each with below but the last without"
    assert check(survey(FIRST, scores=(score(bands=bands, floors=()),))) == (
        Problem("band_order", reason, place="scores"),
    )


@pytest.mark.parametrize("code", ["dk", "na", "noloan"])
def test_a_choice_that_means_no_answer_needs_no_value(code: str) -> None:
    asked = replace(FIRST, choices=(*FIRST.choices, Choice(code, said("x"))))
    unscored = (
        MappingProxyType({"no": when("${first} = 'noloan'")}) if code == "noloan" else MappingProxyType({})
    )
    assert check(survey(asked, scores=(score(unscored=unscored),))) == ()


@pytest.mark.parametrize(
    "sound",
    [
        survey(FIRST, scores=(score(),)),
        survey(select("first", choices_from="places"), text("second", relevant=when("${first} = 'north'"))),
        survey(
            Question("first", Kind.SUPPLIED, Words({})),
            replace(text("second"), label=said("${first} of ${fact}")),
        ),
        survey(FIRST, text("second", relevant=when("${first} = 'pns' or ${first} = ''"))),
        survey(text("first", constraint=when("string-length(.) > 2"), constraint_message=said("Longer."))),
        survey(replace(FIRST, label=said("x" * 152))),
        survey(text("first", label_by=((when("${fact} = 'a'"), said("x" * 160)),))),
        survey(text("first", hint=said("x" * 154))),
        survey(replace(FIRST, choices=(Choice("a", said("😀" * 32)), Choice("b", said("🙂"))))),
        survey(FIRST, intro=said("${fact} and ${fact}")),
    ],
)
def test_a_sound_survey_has_no_problem(sound: Survey) -> None:
    assert check(sound) == ()


@pytest.mark.parametrize("shipped", Library.shipped().surveys.values(), ids=lambda survey: survey.code)
def test_shipped_surveys_have_warnings_at_most(shipped: Survey) -> None:
    assert {problem.severity for problem in check(shipped)} <= {"warning"}


def test_a_warning_does_not_keep_a_survey_from_being_read() -> None:
    long = "x" * 161
    source = f"code: s\ntitle: {{en: S}}\nquestions:\n  - {{name: a, kind: text, label: {{en: {long}}}}}\n"
    assert [problem.code for problem in check(load(source, place="s.yaml"))] == ["long_message"]


def test_a_problem_is_one_line() -> None:
    assert str(Problem("code", "mend it", "ds1", "file.yaml:3")) == "file.yaml:3: ds1: mend it"
    assert str(Problem("code", "mend it")) == "mend it"


def test_invitation_tells_nothing_on_a_locked_phone() -> None:
    telling = survey(select("first", "a"), intro=said("How hard is your debt? Can you pay?"))
    assert [(each.code, each.severity, each.place) for each in check(telling)] == [
        ("telling_intro", "error", "intro")
    ]
    untitled = replace(survey(select("first", "a")), title=said("Overdue loans"))
    [problem] = check(untitled)
    assert str(problem) == (
        "title: tells too much on a locked phone in en: overdue, loans; write a neutral intro"
    )
