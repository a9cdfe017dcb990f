"""Survey files: what is read, what is refused and where, and versions that last."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest

from spm_bot.surveys.checks import check
from spm_bot.surveys.expressions import Expression
from spm_bot.surveys.library import Library, Problem, SurveyError, dump, load, parse
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

WHOLE = """
code: whole
title: {en: Whole, fr: Entier}
languages: [en, fr]
origin: adhoc
minutes: 2
intro: {en: Hello., fr: Bonjour.}
facts: [method, hotline]
questions:
  - name: welcome
    kind: note
    label: {en: "Call ${hotline}.", fr: "Appelez ${hotline}."}
  - name: count
    kind: supplied
  - name: one
    kind: select_one
    required: yes
    echo: true
    label: {en: One, fr: Un}
    label_by:
      - when: ${method} = 'group'
        label: {en: "Your group's one", fr: Celui du groupe}
    hint: {en: Tap one., fr: Touchez-en un.}
    choices:
      - {code: yes, value: 0, label: {en: Yes, fr: Oui}}
      - {code: 5, value: 2.5, label: {en: Five, fr: Cinq}}
      - {code: later, pauses: true, label: {en: Later, fr: Plus tard}}
  - name: many
    kind: select_multiple
    private: true
    relevant: ${one} != 'yes'
    label: {en: Many, fr: Plusieurs}
    choices:
      - {code: none, value: 0, exclusive: true, label: {en: None, fr: Aucun}}
      - {code: no, value: 100, label: {en: No, fr: Non}}
  - name: listed
    kind: select_one
    choices_from: places
    label: {en: Where?, fr: Où ?}
  - name: age
    kind: integer
    constraint: . >= 18
    constraint_message: {en: From 18 on., fr: Dès 18 ans.}
    example: {en: 35, fr: 35}
    label: {en: Age?, fr: Âge ?}
closings:
  - {when: "${age} > 60", words: {en: Rest well., fr: Reposez-vous.}}
  - words: {en: Bye., fr: Au revoir.}
scores:
  - name: index
    index_version: 1
    weights: {one: 1, many: 3}
    answered_at_least: 1
    core: [many]
    core_at_least: 1
    bands: [{name: low, below: 50}, {name: high}]
    grave: [{question: many, code: no}]
    floors: [{at_least: 1, band: high}]
    unscored: {young: "${age} < 18"}
flags:
  - {name: RF_MANY, level: high, when: "selected(${many}, 'no')"}
watch:
  signs: [{item: one, when: "${one} = '5'"}]
  at_least: 1
  flag: RF_WATCH
  level: high
""".replace("{en: 35, fr: 35}", '{en: "35", fr: "35"}')

SMALL = """code: small
title: {en: Small}
questions:
  - name: why
    kind: text
    label: {en: Why?}
"""


def said(en: str, fr: str) -> Words:
    return Words(MappingProxyType({"en": en, "fr": fr}))


def when(source: str) -> Expression:
    names = {"welcome", "count", "one", "many", "listed", "age", "method", "hotline"}
    return Expression.compile(source, names=frozenset(names))


def test_a_file_says_all_that_a_survey_can_be() -> None:
    survey = load(WHOLE, place="whole.yaml")
    assert survey == Survey(
        code="whole",
        version=survey.version,
        title=said("Whole", "Entier"),
        languages=("en", "fr"),
        questions=(
            Question("welcome", Kind.NOTE, said("Call ${hotline}.", "Appelez ${hotline}.")),
            Question("count", Kind.SUPPLIED, Words(MappingProxyType({}))),
            Question(
                "one",
                Kind.SELECT_ONE,
                said("One", "Un"),
                hint=said("Tap one.", "Touchez-en un."),
                choices=(
                    Choice("yes", said("Yes", "Oui"), value=0),
                    Choice("5", said("Five", "Cinq"), value=2.5),
                    Choice("later", said("Later", "Plus tard"), pauses=True),
                ),
                required=True,
                echo=True,
                label_by=((when("${method} = 'group'"), said("Your group's one", "Celui du groupe")),),
            ),
            Question(
                "many",
                Kind.SELECT_MULTIPLE,
                said("Many", "Plusieurs"),
                choices=(
                    Choice("none", said("None", "Aucun"), value=0, exclusive=True),
                    Choice("no", said("No", "Non"), value=100),
                ),
                relevant=when("${one} != 'yes'"),
                private=True,
            ),
            Question("listed", Kind.SELECT_ONE, said("Where?", "Où ?"), choices_from="places"),
            Question(
                "age",
                Kind.INTEGER,
                said("Age?", "Âge ?"),
                example=said("35", "35"),
                constraint=when(". >= 18"),
                constraint_message=said("From 18 on.", "Dès 18 ans."),
            ),
        ),
        origin="adhoc",
        minutes=2,
        intro=said("Hello.", "Bonjour."),
        closings=(
            Closing(when("${age} > 60"), said("Rest well.", "Reposez-vous.")),
            Closing(None, said("Bye.", "Au revoir.")),
        ),
        facts=("method", "hotline"),
        scores=(
            Score(
                name="index",
                index_version=1,
                weights=MappingProxyType({"one": 1.0, "many": 3.0}),
                answered_at_least=1,
                core=("many",),
                core_at_least=1,
                bands=(Band("low", 50), Band("high", None)),
                grave=(("many", "no"),),
                floors=((1, "high"),),
                unscored=MappingProxyType({"young": when("${age} < 18")}),
            ),
        ),
        flags=(Flag("RF_MANY", "high", when("selected(${many}, 'no')")),),
        watch=WatchRule((Watch("one", when("${one} = '5'")),), 1, "RF_WATCH", "high"),
    )


@pytest.mark.parametrize("survey", Library.shipped().surveys.values(), ids=lambda survey: survey.code)
def test_what_is_stored_comes_back_as_it_was(survey: Survey) -> None:
    assert parse(dump(survey)) == survey
    assert dump(parse(dump(survey))) == dump(survey)


def test_a_whole_survey_comes_back_as_it_was() -> None:
    survey = load(WHOLE, place="whole.yaml")
    assert parse(dump(survey)) == survey


def test_the_stored_text_is_canonical() -> None:
    assert dump(load(SMALL, place="small.yaml")) == (
        '{"code":"small","languages":["en"],"questions":'
        '[{"kind":"text","label":{"en":"Why?"},"name":"why"}],"title":{"en":"Small"}}'
    )


@pytest.mark.parametrize(
    "rewritten",
    [
        "# a comment\n" + SMALL,
        SMALL.replace("{en: Small}", "\n    en:   'Small'"),
        SMALL.replace("    kind: text\n", "").replace("{en: Why?}", "{en: Why?}\n    kind: text"),
        SMALL.replace("{en: Why?}", ">-\n      en\n").replace(">-\n      en\n", "{en: ' Why? '}"),
        SMALL + "minutes: 3\nform: false\norigin: standing\nlanguages: [en]\n",
    ],
)
def test_a_version_survives_another_layout(rewritten: str) -> None:
    assert load(rewritten, place="b.yaml") == load(SMALL, place="a.yaml")


def test_a_version_survives_another_order_of_languages() -> None:
    turned = WHOLE.replace("{en: Yes, fr: Oui}", "{fr: Oui, en: Yes}").replace(
        "{one: 1, many: 3}", "{many: 3, one: 1}"
    )
    assert turned != WHOLE
    assert load(turned, place="b.yaml").version == load(WHOLE, place="a.yaml").version


@pytest.mark.parametrize(
    ("old", "new"),
    [("Why?", "Why??"), ("kind: text", "kind: integer"), ("kind: text", "kind: text\n    private: true")],
)
def test_any_change_of_content_is_a_new_version(old: str, new: str) -> None:
    before, after = load(SMALL, place="a.yaml"), load(SMALL.replace(old, new), place="a.yaml")
    assert (before.version, len(before.version)) != (after.version, 16)
    assert len(before.version) == 16


def test_languages_default_to_those_of_the_title_with_english_first() -> None:
    text = SMALL.replace("{en: Small}", "{ar: Small, en: Small}").replace(
        "{en: Why?}", "{ar: Why?, en: Why?}"
    )
    assert load(text, place="a.yaml").languages == ("en", "ar")


def test_the_first_language_is_the_fallback() -> None:
    text = SMALL.replace("{en: Small}", "{fr: Petit, sw: Ndogo}").replace(
        "{en: Why?}", "{sw: Kwa?, fr: Quoi ?}"
    )
    assert load(text, place="a.yaml").questions[0].label.in_("hi") == "Quoi ?"


def test_a_stored_version_is_read_even_if_checks_would_refuse_it_today() -> None:
    survey = load(SMALL, place="small.yaml")
    question = replace(survey.questions[0], kind=Kind.SELECT_ONE)
    assert parse(dump(replace(survey, questions=(question,)))).questions == (question,)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("nonsense", "a stored survey cannot be read: "),
        ('{"code":"x"}', "a stored survey cannot be read: "),
        (
            '{"code":"x","title":{"en":"X"},"questions":[{"name":"a","kind":"text","relevant":"${b}"}]}',
            "${b} is no question or fact of this survey",
        ),
    ],
)
def test_a_text_that_was_never_stored_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SurveyError) as caught:
        parse(text)
    assert [problem.code for problem in caught.value.problems] == ["stored"]
    assert str(caught.value).startswith(reason)


CONTROL = "control characters are not allowed"
ODD = "has characters that cannot stand in a name or code"
GROUP = "must be a group of named entries, one to a line"
KINDS = "'nps', 'select_one', 'select_multiple', 'integer', 'decimal', 'text', 'note' or 'supplied'"
LEVELS = "'critical', 'high', 'standard' or 'count'"
ASKED = SMALL[SMALL.index("  - name") :]


def put(old: str, new: str) -> str:
    assert old in SMALL
    return SMALL.replace(old, new)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", ["s.yaml: is empty"]),
        ("# only a comment", ["s.yaml: is empty"]),
        ("code: [", ["s.yaml:2: cannot be read as YAML here: did not find expected node content"]),
        ("code: " + "[" * 9999, ["s.yaml:1: cannot be read as YAML here: nested more than 50 levels deep"]),
        ("code: x\nminutes: " + "9" * 5000, ["s.yaml:2: this number is too long"]),
        (
            "a: b: c",
            ["s.yaml:1: cannot be read as YAML here: mapping values are not allowed in this context"],
        ),
        (
            "---\na: 1\n---\nb: 1\n",
            ["s.yaml:3: cannot be read as YAML here: but found another document"],
        ),
        (
            "a: \x01",
            [f"s.yaml: cannot be read as YAML: unacceptable character #x0001: {CONTROL}"],
        ),
        ("- a\n- b\n", [f"s.yaml:1: {GROUP}"]),
        (SMALL + "minutes: soon\n", ["s.yaml:7: minutes: must be a number"]),
        (SMALL + "minutes: 0\n", ["s.yaml:7: minutes: must be greater than or equal to 1"]),
        ("just words", [f"s.yaml:1: {GROUP}"]),
        (SMALL + "code: again\n", ["s.yaml:7: code stands here twice; remove one"]),
        (SMALL + "? [a, b]\n: c\n", ["s.yaml:7: the name of an entry must be a word"]),
        (
            put("{en: Why?}", "&w {en: Why?}\n    hint: *w"),
            ["s.yaml:6: anchors are not supported; write the words out again"],
        ),
        (
            put("{en: Why?}", "{en: !!python/name:os.system x}"),
            ["s.yaml:6: the tag tag:yaml.org,2002:python/name:os.system is not supported"],
        ),
        (put("{en: Why?}", "{en: !!int x}"), ["s.yaml:6: the tag tag:yaml.org,2002:int is not supported"]),
        (put("code: small\n", ""), ["s.yaml:1: code: is missing; add it"]),
        (
            put("code: small", "code: Small!"),
            [f"s.yaml:1: code: “Small!” {ODD}"],
        ),
        (put("code: small", "code:"), ["s.yaml:1: code: is empty; fill it in or leave it out"]),
        (put("{en: Small}", "Small"), [f"s.yaml:2: title: {GROUP}"]),
        (put("{en: Small}", "{}"), ["s.yaml:2: title: is empty; fill it in or leave it out"]),
        (
            put("{en: Small}", "{English: Small}"),
            [f"s.yaml:2: title.English: “English” {ODD}"],
        ),
        (put("{en: Why?}", "{en: }"), ["s.yaml:6: why: label.en: is empty; fill it in or leave it out"]),
        (put("{en: Why?}", "{en: '  '}"), ["s.yaml:6: why: label.en: is empty; fill it in or leave it out"]),
        (put("{en: Why?}", "{en: 5}"), ["s.yaml:6: why: label.en: must be text; put it in quotation marks"]),
        (
            put("kind: text", "kind: essay"),
            [f"s.yaml:5: why: kind: “essay” is not known here; use {KINDS}"],
        ),
        (
            put("kind: text", "kind: text\n    relevent: x"),
            ["s.yaml:6: why: relevent: is not known here; did you mean relevant?"],
        ),
        (
            put("kind: text", "kind: text\n    xyzzy: x"),
            ["s.yaml:6: why: xyzzy: is not known here; remove it"],
        ),
        (
            put("kind: text", "kind: text\n    private: perhaps"),
            ["s.yaml:6: why: private: must be yes or no"],
        ),
        (put("name: why", "name: [why]"), ["s.yaml:4: name: must be text; put it in quotation marks"]),
        (
            put(ASKED, "  - why\n"),
            [f"s.yaml:4: questions: {GROUP}"],
        ),
        (
            put("questions:\n" + ASKED, "questions: none\n"),
            ["s.yaml:3: questions: must be a list, each entry beginning with -"],
        ),
        (
            put("questions:\n" + ASKED, "questions: []\n"),
            ["s.yaml:3: questions: is empty; fill it in or leave it out"],
        ),
        (
            put("kind: text", "kind: text\n    relevant: ${wy} = 'x'"),
            ["s.yaml:6: why: relevant: ${wy} is no question or fact of this survey; did you mean why?"],
        ),
        (
            SMALL + "flags:\n  - {name: RF, level: huge, when: '${why}'}\n  - {name: RF2, level: high}\n",
            [
                f"s.yaml:8: flags.level: “huge” is not known here; use {LEVELS}",
                "s.yaml:9: flags.when: is missing; add it",
            ],
        ),
        (
            SMALL + "flags:\n  - {name: RF, level: high, when: 'why'}\n",
            ["s.yaml:8: when: why stands alone: write ${why}"],
        ),
        (
            SMALL + "  - name: why\n    kind: note\n    label: {en: Again}\n",
            ["s.yaml:7: why: two questions have this name; rename one"],
        ),
        (
            SMALL + "intro: {fr: Bonjour}\nlanguages: [en]\n",
            [
                "s.yaml:7: intro has no words in en; add them",
                "s.yaml:7: intro has words in fr, which is not listed under languages",
            ],
        ),
    ],
)
def test_a_file_that_cannot_be_used_says_where_and_how_to_mend_it(text: str, lines: list[str]) -> None:
    with pytest.raises(SurveyError) as caught:
        load(text, place="s.yaml")
    assert str(caught.value).splitlines() == lines


def test_a_problem_names_its_parts() -> None:
    with pytest.raises(SurveyError) as caught:
        load(put("kind: text", "kind: select_one"), place="s.yaml")
    reason = "has no choices; list them under choices"
    assert caught.value.problems == (Problem("no_choices", reason, question="why", place="s.yaml:4"),)


@pytest.mark.parametrize(
    "code",
    ["branch_visit", "client_exit", "client_outcomes", "client_satisfaction", "debt_stress"],
)
def test_the_library_ships_its_surveys(code: str) -> None:
    library = Library.shipped()
    assert code in library.codes
    assert library.survey(code).code == code


def test_forms_for_staff_are_not_among_those_that_clients_read() -> None:
    library = Library.shipped()
    assert library.survey("ask").readers == "staff"
    forms = {survey.code for survey in library.surveys.values() if survey.form}
    assert forms - {form.code for form in library.client_forms} == {
        *("ask", "decide", "enrol", "promise", "quote", "results", "review")
    }
    assert parse(dump(library.survey("ask"))) == library.survey("ask")


def test_an_unknown_survey_is_refused_with_the_nearest() -> None:
    with pytest.raises(SurveyError) as caught:
        Library.shipped().survey("debt_stres")
    assert str(caught.value) == "debt_stres: there is no survey of this code; did you mean debt_stress?"


def test_two_surveys_of_one_code_are_refused() -> None:
    survey = load(SMALL, place="small.yaml")
    with pytest.raises(SurveyError) as caught:
        Library.of((survey, replace(survey, minutes=5)))
    assert str(caught.value) == "small: two surveys have this code"


def test_the_example_in_the_guide_is_a_sound_survey() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "surveys.md").read_text(encoding="utf-8")
    example = guide.split("```yaml\n")[1].split("```")[0]
    survey = load(example, place="market_day.yaml")
    assert (survey.code, check(survey)) == ("market_day", ())
