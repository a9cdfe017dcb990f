"""The standing surveys as they ship: order, codes, values, who is asked what, and what is private."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.surveys.discretion import telling_at_first
from spm_bot.surveys.entries import as_answers
from spm_bot.surveys.library import Library
from spm_bot.surveys.model import Kind, Survey, Words
from spm_bot.surveys.scoring import score
from spm_bot.surveys.values import values_of

LIBRARY = Library.shipped()
STANDING = ("client_exit", "client_outcomes", "client_satisfaction", "debt_stress")
DEBT, SATISFACTION, OUTCOMES, EXIT = (
    LIBRARY.survey(code) for code in ("debt_stress", "client_satisfaction", "client_outcomes", "client_exit")
)
VISIT = LIBRARY.survey("branch_visit")
EVERY = [*(LIBRARY.survey(code) for code in STANDING), VISIT]
FIVE = ["5", "4", "3", "2", "1"]


def codes(survey: Survey) -> dict[str, list[str]]:
    return {question.name: [choice.code for choice in question.choices] for question in survey.questions}


def values(name: str) -> dict[str, float | None]:
    return {choice.code: choice.value for choice in DEBT.question(name).choices}


def asked(survey: Survey, facts: dict[str, Any], answers: dict[str, Any]) -> list[str]:
    """Questions whose condition holds once all of `answers` are given."""
    seen = values_of(survey, as_answers(survey, answers), facts)
    return [each.name for each in survey.questions if each.relevant is None or each.relevant.evaluate(seen)]


def closing(survey: Survey, answers: dict[str, Any]) -> list[str]:
    seen = values_of(survey, as_answers(survey, answers), {})
    return [
        each.words.in_("en")[:24] for each in survey.closings if each.when is None or each.when.evaluate(seen)
    ]


def test_client_satisfaction_asks_in_this_order() -> None:
    assert codes(SATISFACTION) == {
        "cs3": FIVE,
        "cs1": [],
        "cs2": [],
        "cs4": ["always", "mostly", "sometimes", "never", "na"],
        "cs5": [*FIVE, "na"],
        "cs6": ["all", "some", "no", "noloan"],
        "cs10": ["again", "save_only", "rest", "other_lender", "leave", "dk"],
        "cs7": ["branch", "officer", "hotline", "chat", "leader", "outside", "dont_know", "afraid"],
        "cs8": ["no", "staff", "service", "both"],
        "cs9": [
            "solved",
            "told_wait",
            "told_unsolved",
            "nottold_fear",
            "nottold_how",
            "nottold_small",
            "nottold_other",
        ],
        "sv1": ["yes", "part", "no", "na"],
        "sv2": ["all", "some", "no", "na"],
        "sv3": ["no", "yes", "dk"],
    }
    assert list(codes(SATISFACTION)) == [
        *("cs3", "cs1", "cs2", "cs4", "cs5", "cs6", "cs10", "cs7", "cs8", "cs9", "sv1", "sv2", "sv3")
    ]


def test_debt_stress_asks_in_this_order() -> None:
    assert list(codes(DEBT)) == [
        *("ds0", "ds1", "ds2", "ds4", "ds3", "ds5", "ds6", "ds7", "ds8", "ds9", "ds9g", "ds10"),
        *("ds11_number", "ds11_phone", "ds11_time", "ds11_other", "ds11_who"),
    ]


def test_debt_stress_values_are_those_of_index_version_2() -> None:
    assert {name: values(name) for name in DEBT.scores[0].weights} == {
        "ds1": {"easy": 0, "bit": 40, "very": 100, "noloan": None},
        "ds2": {"never": 0, "days": 40, "week_plus": 75, "others_paid": 75, "behind_now": 100},
        "ds3": {"never": 0, "weeks_1_2": 40, "weeks_3_6": 75, "most_weeks": 100},
        "ds4": {"no": 0, "free": 30, "us": 75, "lender": 75, "moneylender": 100},
        "ds5": {"no": 0, "home": 50, "work": 90, "land_house": 100},
        "ds6": {"none": 0, "extra_work": 25, "left_home": 50, "health": 75, "child": 100},
        "ds7": {"never": 0, "few": 33, "many": 67, "most": 100},
    }
    assert (DEBT.scores[0].index_version, sum(DEBT.scores[0].weights.values())) == (2, 100)


def test_unscored_questions_of_debt_stress() -> None:
    unscored = {name: listed for name, listed in codes(DEBT).items() if name not in DEBT.scores[0].weights}
    assert unscored == {
        "ds0": ["yes", "later", "skip_private"],
        "ds8": ["none", "shamed", "threatened", "took", "stayed", "bribe", "unsafe", "group"],
        "ds9": ["enough", "just", "not_enough", "nothing"],
        "ds9g": ["never", "once", "more"],
        "ds10": ["yes", "no"],
        "ds11_number": ["this", "another"],
        "ds11_phone": [],
        "ds11_time": [],
        "ds11_other": ["say_us", "wrong_number", "hang_up"],
        "ds11_who": ["woman", "man", "either"],
    }
    assert {choice.value for question in unscored for choice in DEBT.question(question).choices} == {None}


def test_client_outcomes_and_exit_ask_in_this_order() -> None:
    assert codes(OUTCOMES) == {
        "oc1": FIVE,
        "oc2": ["most", "some", "none", "dk"],
        "oc3": ["double_plus", "more", "same", "less", "closed", "never_had"],
        "oc4": ["not_hard", "somewhat", "very", "cannot", "dk"],
        "oc5": ["savings", "family", "work", "borrow", "sell", "other"],
        "oc6": ["more", "same", "less"],
        "oc0": ["yes", "later", "skip_private"],
        "oc7": ["me", "together", "other", "no_income"],
        "oc8": ["no", "yes_over", "yes_partly", "yes_hurt"],
    }
    assert list(codes(OUTCOMES)).index("oc0") + 1 == list(codes(OUTCOMES)).index("oc7")
    assert codes(EXIT) == {
        "ex1": [
            "no_need",
            "rest",
            "size_terms",
            "group",
            "staff",
            "hard",
            "other_lender",
            "refused",
            "other",
        ],
        "ex2": ["easy", "bit", "very"],
        "ex3": ["yes", "maybe", "no"],
        "ex4": [],
    }


@pytest.mark.parametrize(
    ("survey", "private"),
    [
        (DEBT, ["ds4", "ds3", "ds5", "ds6", "ds7", "ds8"]),
        (OUTCOMES, ["oc7"]),
        (SATISFACTION, []),
        (EXIT, []),
        (VISIT, []),
    ],
)
def test_private_questions_are_marked(survey: Survey, private: list[str]) -> None:
    assert [question.name for question in survey.questions if question.private] == private


def test_scored_and_flagged_questions_are_echoed() -> None:
    for survey in EVERY:
        judged = {name for each in survey.scores for name in each.weights}
        judged |= {name for flag in survey.flags for name in flag.when.names}
        judged |= {sign.item for sign in survey.watch.signs} if survey.watch else set()
        assert {question.name for question in survey.questions if question.echo} == judged


def test_later_is_no_answer_and_none_stands_alone() -> None:
    every = [choice for survey in EVERY for question in survey.questions for choice in question.choices]
    assert [choice.code for choice in every if choice.pauses] == ["later", "later"]
    assert [choice.code for choice in every if choice.exclusive] == ["none", "none"]


def test_nothing_must_be_answered() -> None:
    assert [question.name for survey in EVERY for question in survey.questions if question.required] == []


PRIVATE = ["ds4", "ds3", "ds5", "ds6", "ds7", "ds8"]
AGREED = {"private_items": "yes", "loan_method": "individual"}


@pytest.mark.parametrize(
    ("facts", "answers", "names"),
    [
        (AGREED, {"ds0": "yes", "ds1": "bit"}, ["ds0", "ds1", "ds2", *PRIVATE, "ds9", "ds10"]),
        (AGREED, {"ds0": "skip_private", "ds1": "bit"}, ["ds0", "ds1", "ds2", "ds9", "ds10"]),
        (AGREED, {"ds0": "pns", "ds1": "pns"}, ["ds0", "ds1", "ds2", "ds9", "ds10"]),
        (AGREED, {"ds0": "yes", "ds1": "noloan"}, ["ds0", "ds1"]),
        ({"private_items": "no"}, {"ds1": "bit"}, ["ds1", "ds2", "ds9", "ds10"]),
        ({}, {"ds1": "bit"}, ["ds1", "ds2", "ds9", "ds10"]),
        ({"loan_method": "group"}, {"ds1": "bit"}, ["ds1", "ds2", "ds9g", "ds10"]),
        ({"loan_method": ""}, {"ds1": "noloan", "ds10": "no"}, ["ds1"]),
        (
            {},
            {"ds1": "bit", "ds10": "yes", "ds11_number": "this"},
            ["ds1", "ds2", "ds9", "ds10", "ds11_number", "ds11_time", "ds11_other", "ds11_who"],
        ),
        (
            {},
            {"ds1": "bit", "ds10": "yes", "ds11_number": "another"},
            ["ds1", "ds2", "ds9", "ds10", "ds11_number", "ds11_phone", "ds11_time", "ds11_other", "ds11_who"],
        ),
    ],
)
def test_debt_stress_asks_what_concerns_the_person(
    facts: dict[str, Any], answers: dict[str, Any], names: list[str]
) -> None:
    assert asked(DEBT, facts, answers) == names


CORE = ["cs3", "cs1", "cs4", "cs5", "cs7", "cs8"]
BORROWER = ["cs3", "cs1", "cs4", "cs5", "cs6", "cs10", "cs7", "cs8"]


@pytest.mark.parametrize(
    ("facts", "answers", "names"),
    [
        ({"has_loan": "no", "has_savings": "no"}, {"cs8": "no"}, CORE),
        ({"has_loan": "yes", "has_savings": "no"}, {"cs8": "no"}, BORROWER),
        ({"has_loan": "no", "has_savings": "yes"}, {"cs8": "no"}, [*CORE, "sv1", "sv2", "sv3"]),
        ({}, {"cs1": 0, "cs8": "pns"}, ["cs3", "cs1", "cs2", "cs4", "cs5", "cs7", "cs8"]),
        ({}, {"cs1": "pns", "cs8": "staff"}, [*CORE, "cs9"]),
        ({}, {"cs8": "service"}, [*CORE, "cs9"]),
        ({}, {"cs8": "both"}, [*CORE, "cs9"]),
    ],
)
def test_client_satisfaction_asks_what_concerns_the_person(
    facts: dict[str, Any], answers: dict[str, Any], names: list[str]
) -> None:
    assert asked(SATISFACTION, facts, answers) == names


REST = ["oc3", "oc4", "oc5", "oc6", "oc8"]


@pytest.mark.parametrize(
    ("facts", "answers", "names"),
    [
        ({"tenure_months": 11.0}, {}, REST),
        ({}, {}, REST),
        ({"tenure_months": 12.0}, {"oc1": "3"}, ["oc1", *REST]),
        ({"tenure_months": 12.0}, {"oc1": "pns"}, ["oc1", *REST]),
        ({"tenure_months": 40.0}, {"oc1": "4"}, ["oc1", "oc2", *REST]),
        ({"tenure_months": 40.0}, {"oc1": "1"}, ["oc1", "oc2", *REST]),
        ({}, {"oc4": "cannot"}, ["oc3", "oc4", "oc6", "oc8"]),
        ({"private_items": "yes"}, {"oc0": "yes"}, ["oc3", "oc4", "oc5", "oc6", "oc0", "oc7", "oc8"]),
        ({"private_items": "yes"}, {"oc0": "skip_private"}, ["oc3", "oc4", "oc5", "oc6", "oc0", "oc8"]),
    ],
)
def test_client_outcomes_asks_what_concerns_the_person(
    facts: dict[str, Any], answers: dict[str, Any], names: list[str]
) -> None:
    assert asked(OUTCOMES, facts, answers) == names


def test_a_group_loan_has_its_own_wording() -> None:
    ((condition, words),) = SATISFACTION.question("cs10").label_by
    assert [condition.evaluate({"loan_method": method}) for method in ("group", "individual", "")] == [
        True,
        False,
        False,
    ]
    assert words.in_("en") == "When this group loan is paid off, what do you plan to do?"


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ({"cs7": "dont_know"}, ["If something is wrong, y"]),
        ({"cs7": "afraid", "cs9": "nottold_fear"}, ["If something is wrong, y"]),
        ({"cs7": "branch", "cs9": "nottold_fear"}, ["If something is wrong, y"]),
        ({"cs7": "branch", "cs9": "solved"}, []),
        ({}, []),
    ],
)
def test_who_would_not_complain_reads_where_to_turn(answers: dict[str, Any], words: list[str]) -> None:
    assert closing(SATISFACTION, answers) == words


def test_the_outside_body_is_named_first() -> None:
    for text in SATISFACTION.closings[0].words.by_language.values():
        assert re.findall(r"\$\{(\w+)\}", text) == ["outside_body", "hotline"]


def pick(name: str) -> st.SearchStrategy[Any]:
    listed = [code for code in codes(DEBT)[name] if code != "none"]
    if DEBT.question(name).kind is Kind.SELECT_MULTIPLE:
        return st.one_of(st.just(["none"]), st.lists(st.sampled_from(listed), min_size=1, unique=True))
    return st.sampled_from([*listed, "pns"])


@given(st.fixed_dictionaries({}, optional={n: pick(n) for n in codes(DEBT) if not n.startswith("ds11")}))
def test_help_is_offered_exactly_when_a_flag_calls_for_it(answers: dict[str, Any]) -> None:
    level = score(DEBT, as_answers(DEBT, answers)).followup_level
    assert closing(DEBT, answers) == (["Thank you for telling us"] if level in ("critical", "high") else [])


def wordings(survey: Survey) -> list[Words]:
    found = [
        survey.title,
        *([survey.intro] if survey.intro else []),
        *(each.words for each in survey.closings),
    ]
    for question in survey.questions:
        found += [question.label, *(words for _, words in question.label_by)]
        found += [words for words in (question.hint, question.example, question.constraint_message) if words]
        found += [choice.label for choice in question.choices]
    return found


@pytest.mark.parametrize("survey", EVERY, ids=lambda survey: survey.code)
def test_every_wording_is_in_six_languages(survey: Survey) -> None:
    six = ("en", "fr", "es", "sw", "hi", "ar")
    assert survey.languages == six
    assert {tuple(words.by_language) for words in wordings(survey)} == {six}


@pytest.mark.parametrize("survey", EVERY, ids=lambda survey: survey.code)
def test_an_invitation_reveals_nothing_on_a_locked_phone(survey: Survey) -> None:
    assert survey.intro is not None
    assert [telling_at_first(text, language) for language, text in survey.intro.by_language.items()] == [
        ()
    ] * 6


@pytest.mark.parametrize("survey", EVERY, ids=lambda survey: survey.code)
def test_choices_fit_a_small_phone(survey: Survey) -> None:
    labels = [choice.label for question in survey.questions for choice in question.choices]
    assert max(len(text) for words in labels for text in words.by_language.values()) <= 51


def test_the_template_is_short_and_feeds_no_indicator() -> None:
    assert (VISIT.origin, VISIT.facts, VISIT.scores, VISIT.flags) == ("adhoc", (), (), ())
    assert [(question.name, question.kind) for question in VISIT.questions] == [
        ("bv1", Kind.SELECT_ONE),
        ("bv2", Kind.SELECT_ONE),
        ("bv3", Kind.TEXT),
    ]
    assert {LIBRARY.survey(code).origin for code in STANDING} == {"standing"}


def test_questions_about_how_staff_behave_are_marked() -> None:
    marked = {survey.code: {each.name for each in survey.questions if each.conduct} for survey in EVERY}
    assert marked == {
        "client_exit": {"ex1"},
        "client_outcomes": set(),
        "client_satisfaction": {"cs4", "cs7", "cs8", "cs9", "sv3"},
        "debt_stress": {"ds8"},
        "branch_visit": set(),
    }
