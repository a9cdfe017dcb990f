"""XLSForm expressions: what they mean, and what their authors are told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.surveys.expressions import Expression, ExpressionError
from spm_bot.surveys.library import Library
from spm_bot.surveys.session import Answer
from spm_bot.surveys.values import values_of

NAMES = frozenset({"a", "b", "ds10"})
NOTHING = ""


def compiled(source: str) -> Expression:
    return Expression.compile(source, names=NAMES)


@pytest.mark.parametrize(
    ("source", "values", "holds"),
    [
        ("${a} = 'yes'", {"a": "yes"}, True),
        ("${ a }='yes'", {"a": "no"}, False),
        ("${a} = ''", {}, True),
        ("${a} != 'yes'", {}, True),
        ("${a} >= 0", {"a": 0.0}, True),
        ("${a} >= 0", {"a": "pns"}, False),
        ("${a} >= 0", {}, False),
        ("not(${a} < 12)", {}, True),
        ("'it costs ${a}' = concat('it costs $', '{a}')", {"a": "1"}, True),
        ("(${a} = 'x') + (${b} = 'y') >= 2", {"a": "x", "b": "y"}, True),
        ("(${a} = 'x') + (${b} = 'y') >= 2", {"a": "x"}, False),
        ("${a} = 'x' and (${b} = 'y' or true())", {"a": "x"}, True),
        ("7 div 2 = 3.5 and 7 mod 2 = 1 and -1 < .5 * 2 - 0.25", {}, True),
        ("selected(${a}, 'child')", {"a": "health child"}, True),
        ("selected(${a}, 'chi')", {"a": "health child"}, False),
        ("selected(${a}, '')", {"a": ""}, False),
        ("selected(${a}, 3)", {"a": "1 3"}, True),
        ("selected-at(${a}, 1) = 'child'", {"a": "health child"}, True),
        ("selected-at(${a}, 2) = ''", {"a": "health child"}, True),
        ("selected-at(${a}, -1) = ''", {"a": "health child"}, True),
        ("count-selected(${a}) = 2", {"a": "health child"}, True),
        ("count-selected(${a}) = 0", {}, True),
        ("if(${a} = 'x', 'then', 'else') = 'then'", {"a": "x"}, True),
        ("if(${a} = 'x', 'then', 'else') = 'else'", {"a": "y"}, True),
        ("if(number(${a}), 1, 2) = 2", {"a": "many"}, True),
        ("if(${a}, 1, 2) = 1", {"a": 3.0}, True),
        ("coalesce(${a}, ${b}) = 'y'", {"b": "y"}, True),
        ("coalesce(${a}, ${b}) = '3'", {"a": 3.0, "b": "y"}, True),
        ("coalesce(true(), '') = 'true' and coalesce(false(), '') = 'false'", {}, True),
        ("coalesce(number('x'), '') = 'NaN'", {}, True),
        ("coalesce(2.5, '') = '2.5'", {}, True),
        ("string-length(${a}) = 4", {"a": "abcd"}, True),
        ("regex(${a}, '[0-9]{4}')", {"a": "1234"}, True),
        ("regex(${a}, '[0-9]{4}')", {"a": "12345"}, False),
        ("regex(${a}, '[0-9')", {"a": "1"}, False),
        ("number(${a}) = 12", {"a": "12"}, True),
        ("int(${a}) = -2", {"a": "-2.9"}, True),
        ("int(${a}) = int(${a})", {"a": "x"}, False),
        ("int(${a}) = int(${a})", {"a": "9" * 400}, False),
        ("round(2.5) = 3", {}, True),
        ("contains(${a}, 'oo') and starts-with(${a}, 'f')", {"a": "foo"}, True),
        ("${a}", {"a": "anything"}, True),
    ],
)
def test_an_expression_means_what_xlsform_says(
    source: str, values: dict[str, str | float], holds: bool
) -> None:
    assert compiled(source).evaluate(values) is holds


@pytest.mark.parametrize(("own", "holds"), [(5.0, True), (11.0, False), ("6", True), (None, False)])
def test_a_constraint_sees_the_answer_just_given(own: str | float | None, holds: bool) -> None:
    assert compiled(". >= 0 and . <= 10").evaluate({}, own=own) is holds


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "the condition is empty; leave it out to mean always"),
        ("  ", "the condition is empty; leave it out to mean always"),
        ("${ds1} = 'x'", "${ds1} is no question or fact of this survey; did you mean ds10?"),
        ("true() or ${zzz}", "${zzz} is no question or fact of this survey"),
        ("a = 'x'", "a stands alone: write ${a}"),
        ("${a} = yes", "yes stands alone: write 'yes'"),
        ("selectd(${a}, 'x')", "selectd() is not a known function; did you mean selected?"),
        ("sum(${a})", "sum() is not a known function"),
        ("selected(${a})", "selected() takes 2 value(s), here it has 1"),
        ("substring(${a})", "substring() takes 2 or 3 value(s), here it has 1"),
        ("true(1)", "true() takes 0 value(s), here it has 1"),
        ("not()", "not() takes 1 value(s), here it has 0"),
        ("concat('x')", "concat() takes at least 2 value(s), here it has 1"),
        ("${a} == 'x'", "== cannot be used here: write a single ="),
        ("${a} && ${b}", "&& cannot be used here: write and"),
        ("${a} || ${b}", "|| cannot be used here: write or"),
        ("${a} | ${b}", "| cannot be used here: write or"),
        ("!${a}", "! cannot be used here: write not(…) or !="),
        ("$a = 'x'", "$ cannot be used here: write a name as ${name}"),
        ("${a} = 'x", "' cannot be used here: the quotation mark is never closed"),
        ('${a} = "x', '" cannot be used here: the quotation mark is never closed'),
        ("${a} = ‘x’", "‘ cannot be used here: use straight quotation marks"),
        ("../a = 'x'", ". cannot be used here: paths are not supported"),
        ("//a", "// cannot be used here: paths are not supported"),
        ("@a", "@ cannot be used here: paths are not supported"),
        ("(${a} = 'x'", "a bracket is never closed"),
        ("${a} = 'x')", "a bracket is closed that was never opened"),
        ("(${a}, ${b})", "a comma may stand only between the values of a function"),
        ("${a}, ${b}", "a comma may stand only between the values of a function"),
        ("${a} = ", "“${a} = ” is incomplete: a part is missing or one too many"),
        ("${a} ${b}", "“${a} ${b}” is incomplete: a part is missing or one too many"),
        ("()", "“()” is incomplete: a part is missing or one too many"),
        ("and (${a})", "and needs a value before it"),
        ("${a} = * ", "* needs a value before it"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_mend(source: str, reason: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        compiled(source)
    assert str(caught.value) == reason


def test_an_expression_is_its_source() -> None:
    once, again = compiled("${a} = 'x'"), compiled("${a} = 'x'")
    assert (once, repr(once)) == (again, "Expression(source=\"${a} = 'x'\")")
    assert once != compiled("${a}='x'")


def test_an_expression_says_what_it_looks_at() -> None:
    expression = compiled(
        "${a} = 'x' or 'y' != ${b} or selected(${a}, 'z') or contains(${a}, 'part') or . = 'w'"
    )
    assert expression.names == {"a", "b"}
    assert expression.uses_own
    assert expression.codes == {("a", "x"), ("b", "y"), ("a", "z")}


@given(st.text(alphabet=st.characters(codec=None)))
def test_no_typed_text_breaks_an_expression(text: str) -> None:
    assert compiled("string-length(${a}) = 0").evaluate({"a": text}) is (text == NOTHING)


def test_an_unfit_character_leaves_numbers_alone() -> None:
    assert compiled("${a} > 1 and contains(${b}, 'x')").evaluate({"a": 2.0, "b": "\x00x"})


def test_two_threads_may_evaluate_one_expression() -> None:
    expression = compiled("selected(${a}, ${b}) and if(true(), ${a}, '') != ''")
    cases = [("x y", "y", True), ("x y", "z", False)] * 500
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda case: expression.evaluate({"a": case[0], "b": case[1]}), cases))
    assert found == [case[2] for case in cases]


def test_expressions_see_answers_and_values() -> None:
    survey = Library.shipped().survey("client_satisfaction")
    answers = {
        "cs3": Answer(codes=("5",)),
        "cs1": Answer(number=0.0),
        "cs2": Answer(text="kind staff"),
        "cs4": Answer(codes=("pns",)),
        "cs5": Answer(),
    }
    assert values_of(survey, answers, {"has_loan": "yes"}) == {
        "has_loan": "yes",
        "cs3": "5",
        "cs1": 0.0,
        "cs2": "kind staff",
        "cs4": "pns",
    }


def test_several_picks_are_joined_by_spaces() -> None:
    survey = Library.shipped().survey("debt_stress")
    assert values_of(survey, {"ds6": Answer(codes=("health", "child"))}, {}) == {"ds6": "health child"}


def test_a_question_may_be_called_like_an_operator() -> None:
    assert Expression.compile("${and} = 'x'", names=frozenset({"and"})).evaluate({"and": "x"})
