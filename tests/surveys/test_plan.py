from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.surveys import engine
from spm_bot.surveys.library import Library
from spm_bot.surveys.plan import (
    drop_irrelevant,
    echoed,
    holds,
    label_of,
    next_question,
    place,
    previous,
    question_count,
    relevant_questions,
    still_relevant,
)
from spm_bot.surveys.session import Answer, Dropped, Session
from tests.stage.samples import AT, SURVEY, typed

LIBRARY = Library.shipped()


def session(*texts: str, private: str = "no") -> Session:
    values = {"private_items": private, "person": "Asha"}
    begun = engine.begin(SURVEY, language="en", at=AT, values=values).session
    for text in texts:
        begun = engine.reply(SURVEY, begun, typed(text), at=AT).session
    return begun


def names(found: Session) -> list[str]:
    return [question.name for question in relevant_questions(SURVEY, found)]


def test_relevant_questions_follow_from_facts_and_answers() -> None:
    assert names(session()) == ["hello", "mood", "signs", "friends", "money", "children"]
    assert names(session("yes", "badly", private="yes")) == [
        *("hello", "gate", "mood", "secret", "why", "signs", "friends", "money", "children")
    ]


def test_private_question_needs_consent_whatever_its_condition_says() -> None:
    agreed = session("yes", private="yes")
    assert "secret" in names(agreed)
    assert "secret" not in names(engine.know(agreed, {"private_items": "no"}))
    assert "secret" not in names(replace(agreed, values={}))


def test_next_question_is_the_first_relevant_one_not_yet_answered() -> None:
    assert next_question(SURVEY, session("so so")) == SURVEY.question("signs")
    unread = replace(session("so so"), read=())
    assert next_question(SURVEY, unread) == SURVEY.question("hello")
    over = session("so so", "debt", "9", "5", "2")
    assert next_question(SURVEY, over) is None


def test_previous_is_the_last_answered_question_before() -> None:
    found = session("so so", "debt")
    assert previous(SURVEY, found, SURVEY.question("friends")) == SURVEY.question("signs")
    assert previous(SURVEY, found, SURVEY.question("signs")) == SURVEY.question("mood")
    assert previous(SURVEY, found, SURVEY.question("mood")) is None


def test_place_counts_what_concerns_this_person() -> None:
    assert place(SURVEY, session("badly"), SURVEY.question("why")) == (2, 6)
    assert place(SURVEY, session("so so"), SURVEY.question("signs")) == (2, 5)


def test_question_that_concerns_nobody_any_more_still_has_a_place() -> None:
    assert place(SURVEY, session("so so"), SURVEY.question("why")) == (2, 6)


def test_open_gate_is_hoped_for_until_it_is_answered() -> None:
    assert question_count(SURVEY, session(private="yes")) == 7
    assert question_count(SURVEY, session("without", private="yes")) == 6
    assert question_count(SURVEY, session()) == 5


@pytest.mark.parametrize(
    ("code", "values", "count"),
    [
        ("debt_stress", {"private_items": "yes"}, 11),
        ("debt_stress", {"private_items": "no"}, 4),
        ("client_exit", {}, 4),
        ("branch_visit", {}, 3),
    ],
)
def test_count_is_what_the_invitation_promises(code: str, values: dict[str, str], count: int) -> None:
    survey = LIBRARY.survey(code)
    assert question_count(survey, engine.begin(survey, language="en", at=AT, values=values).session) == count


def test_open_question_may_cease_to_concern_this_person() -> None:
    agreed = session("yes", "so so", private="yes")
    assert still_relevant(SURVEY, agreed)
    assert not still_relevant(SURVEY, engine.know(agreed, {"private_items": "no"}))
    assert not still_relevant(SURVEY, engine.stop(agreed).session)


def test_answers_fall_away_until_nothing_more_does() -> None:
    agreed = session("yes", "badly", "yes", "no rain", private="yes")
    kept, dropped = drop_irrelevant(SURVEY, engine.know(agreed, {"private_items": "no"}))
    assert (list(kept.answers), dropped) == (
        ["mood", "why"],
        (Dropped(("gate", "secret"), (1, 3)),),
    )
    assert drop_irrelevant(SURVEY, kept) == (kept, ())


def test_wording_depends_on_who_reads() -> None:
    why = SURVEY.question("why")
    assert label_of(SURVEY, session(), why).in_("en") == "Why?"
    assert label_of(SURVEY, session(private="yes"), why).in_("en") == "Why is that?"


def test_constraint_judges_the_answer_it_is_given() -> None:
    money = SURVEY.question("money").constraint
    found = session()
    assert holds(money, SURVEY, found, own=Answer(number=5.0), default=False)
    assert not holds(money, SURVEY, found, own=Answer(number=1e7), default=True)
    assert (holds(None, SURVEY, found, default=True), holds(None, SURVEY, found, default=False)) == (
        True,
        False,
    )


def test_constraint_sees_text_and_codes() -> None:
    ask = LIBRARY.survey("ask")
    begun = engine.begin(ask, language="en", at=AT).session
    reason = ask.question("reason").constraint
    assert [
        holds(reason, ask, begun, own=Answer(text=text), default=True) for text in ("short", "long enough")
    ] == [
        False,
        True,
    ]
    flag = SURVEY.flags[0].when
    assert not holds(flag, SURVEY, session(), own=Answer(codes=("hunger",)), default=True)


@pytest.mark.parametrize(
    ("code", "name", "expected"),
    [
        ("debt_stress", "ds1", True),  # scored and marked
        ("debt_stress", "ds9", True),  # a watch sign
        ("client_satisfaction", "sv3", True),  # a flag
        ("client_satisfaction", "cs7", False),
        ("client_exit", "ex1", False),
    ],
)
def test_doubtful_reading_is_echoed_where_it_counts(code: str, name: str, expected: bool) -> None:
    survey = LIBRARY.survey(code)
    assert echoed(survey, replace(survey.question(name), echo=False)) is expected


def test_numbers_and_marked_questions_are_always_echoed() -> None:
    assert echoed(SURVEY, SURVEY.question("money"))
    assert echoed(SURVEY, SURVEY.question("secret"))
    assert not echoed(replace(SURVEY, scores=(), flags=()), SURVEY.question("mood"))
