from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType

from spm_bot.messages import Text
from spm_bot.surveys import engine
from spm_bot.surveys.library import Library
from spm_bot.surveys.plan import gate_of
from spm_bot.surveys.session import Answer, Answered, Asked, Dropped, Left, Session

AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
SURVEY = Library.shipped().survey("debt_stress")
FACTS = {"private_items": "yes", "loan_method": "individual"}


def after(*replies: str) -> Session:
    session = engine.begin(SURVEY, language="en", at=AT, values=FACTS).session
    for reply in replies:
        session = engine.reply(SURVEY, session, Text(reply), at=AT).session
    return session


def test_coming_back_to_an_open_question_asks_it_afresh() -> None:
    session = after("3")
    step = engine.come_back(SURVEY, session)
    assert step.events == (Left("ds1", 2), Asked("ds1", 3, 2, 5))


def test_coming_back_to_a_private_question_asks_first_whether_now_is_good() -> None:
    session = after("1", "2", "1")
    assert session.current == "ds4"
    step = engine.come_back(SURVEY, session)
    assert step.events == (Left("ds4", 4), Left("ds0", 1), Asked("ds0", 5, 1, 11))
    again = engine.reply(SURVEY, step.session, Text("1"), at=AT)
    assert again.events == (Answered("ds0", 5, 1, 11), Asked("ds4", 6, 4, 11))


def test_coming_back_when_private_questions_are_no_longer_agreed_to_goes_on_without_them() -> None:
    session = engine.know(after("1", "2", "1"), {"private_items": "no"})
    step = engine.come_back(SURVEY, session)
    assert step.events == (Left("ds4", 4), Dropped(("ds0",), (1,)), Asked("ds9", 5, 3, 4))


def test_gate_counts_only_where_it_was_passed() -> None:
    session = after("1", "2", "1")
    bare = replace(session, answers=MappingProxyType({"ds1": Answer(codes=("bit",))}))
    assert gate_of(SURVEY, session) == SURVEY.question("ds0")
    assert gate_of(SURVEY, bare) is None
    assert gate_of(SURVEY, after("3")) is None
