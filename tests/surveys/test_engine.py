from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.messages import Action, Tap
from spm_bot.surveys import engine
from spm_bot.surveys.model import RATHER_NOT_SAY
from spm_bot.surveys.session import (
    Answer,
    Answered,
    Asked,
    Corrected,
    Doubted,
    Dropped,
    Expired,
    Finished,
    Left,
    Misunderstood,
    Needs,
    Paused,
    Read,
    Session,
    Settled,
    Stale,
    State,
    Step,
    Stopped,
    Submitted,
    Ticked,
    mark,
)
from tests.stage.samples import AT, FORM, PLACES, SURVEY, codes, confirm, tap, typed

SKIPPED = Answer(codes=(RATHER_NOT_SAY,), at=AT)


def begun(*, private: str = "no") -> Session:
    values = {"private_items": private, "person": "Asha"}
    return engine.begin(SURVEY, language="en", at=AT, values=values).session


def form() -> Session:
    return engine.begin(FORM, language="en", at=AT, choices=PLACES).session


def said(session: Session, *texts: str) -> Session:
    """The session after these words, each understood at once."""
    for text in texts:
        session = engine.reply(SURVEY, session, typed(text), at=AT).session
    return session


def at(question: str, *, private: str = "no") -> Session:
    """A session whose open question is this one."""
    way = {
        "mood": [],
        "signs": ["very well"],
        "friends": ["very well", "debt"],
        "money": ["very well", "debt", "9"],
    }
    session = said(begun(private=private), *(["without"] if private == "yes" else []), *way[question])
    assert session.current == question
    return session


def test_begin_shows_notes_and_asks_the_first_question() -> None:
    step = engine.begin(SURVEY, language="en", at=AT, values={"private_items": "no", "person": "Asha"})
    assert step.events == (Read("hello"), Asked("mood", 1, 1, 5))
    assert step.session == Session(
        survey="sample",
        version=SURVEY.version,
        language="en",
        started_at=AT,
        values={"private_items": "no", "person": "Asha"},
        turn=1,
        current="mood",
        read=("hello",),
    )


def test_gate_is_taken_to_open_so_that_the_count_does_not_jump() -> None:
    step = engine.begin(SURVEY, language="en", at=AT, values={"private_items": "yes", "person": "Asha"})
    assert step.events[-1] == Asked("gate", 1, 1, 7)
    opened = engine.reply(SURVEY, step.session, typed("yes"), at=AT)
    assert opened.events == (Answered("gate", 1, 1, 7), Asked("mood", 2, 2, 7))


def test_tap_and_word_give_the_same_answer() -> None:
    session = begun()
    by_tap = engine.reply(SURVEY, session, tap(session, Action.PICK, "1"), at=AT)
    by_word = engine.reply(SURVEY, session, typed("so so"), at=AT)
    assert by_tap == by_word
    assert by_tap.events == (Answered("mood", 1, 1, 5), Asked("signs", 2, 2, 5))
    assert by_tap.session.answers == {"mood": Answer(codes=("so_so",), at=AT)}


def test_typed_answer_is_remembered_by_its_message() -> None:
    step = engine.reply(SURVEY, begun(), typed("so so", "m1"), at=AT)
    assert step.session.heard == {"m1": "mood"}
    assert said(begun(), "so so").heard == {}


@pytest.mark.parametrize(
    ("action", "value", "turn"),
    [
        (Action.PICK, "0", 7),
        (Action.PICK, "3", 1),
        (Action.PICK, "²", 1),
        (Action.PICK, "-1", 1),
        (Action.PICK, "", 1),
        (Action.DONE, "", 1),
        (Action.YES, "", 1),
        (Action.NO, "", 1),
        (Action.START, "", 1),
    ],
)
def test_button_that_does_not_belong_to_the_open_question_changes_nothing(
    action: Action, value: str, turn: int
) -> None:
    session = begun()
    assert engine.reply(SURVEY, session, tap(session, action, value, turn=turn), at=AT) == Step(
        session, (Stale(1),)
    )


def test_button_that_cannot_be_read_changes_nothing() -> None:
    session = begun()
    assert engine.reply(SURVEY, session, Tap(None), at=AT) == Step(session, (Stale(1),))


def test_reply_to_an_ended_session_changes_nothing() -> None:
    ended = engine.stop(begun()).session
    assert engine.reply(SURVEY, ended, typed("so so"), at=AT) == Step(ended, (Stale(1),))


def test_misunderstandings_are_counted_until_the_question_is_answered() -> None:
    first = engine.reply(SURVEY, begun(), typed("hm"), at=AT)
    second = engine.reply(SURVEY, first.session, typed("what?"), at=AT)
    assert first.events == (Misunderstood("mood", 1, "choice", 1),)
    assert second.events == (Misunderstood("mood", 1, "choice", 2),)
    assert said(second.session, "badly").misses == 0


def test_near_miss_on_a_scored_question_waits_for_a_yes() -> None:
    step = engine.reply(SURVEY, begun(), typed("badlly"), at=AT)
    assert step.events == (Doubted("mood", 1),)
    assert step.session.answers == {}
    accepted = engine.reply(SURVEY, step.session, confirm(step.session), at=AT)
    assert accepted.events[:2] == (
        Settled(1, mark(Answer(codes=("bad",)))),
        Answered("mood", 1, 1, 5),
    )
    assert accepted == engine.reply(SURVEY, step.session, typed("Yes!"), at=AT)
    assert codes(accepted.session) == {"mood": ["bad"]}


def test_no_to_an_echo_asks_the_question_again() -> None:
    doubtful = engine.reply(SURVEY, begun(), typed("badlly"), at=AT).session
    expected = (
        Settled(1, mark(Answer(codes=("bad",)))),
        Left("mood", 1),
        Asked("mood", 2, 1, 5),
    )
    assert engine.reply(SURVEY, doubtful, confirm(doubtful, Action.NO), at=AT).events == expected
    assert engine.reply(SURVEY, doubtful, typed("no"), at=AT).events == expected


def test_yes_to_an_earlier_echo_is_stale() -> None:
    first = engine.reply(SURVEY, begun(), typed("badlly"), at=AT).session
    second = engine.reply(SURVEY, first, typed("very wll"), at=AT)
    assert second.events == (Settled(1, mark(Answer(codes=("bad",)))), Doubted("mood", 1))
    assert engine.reply(SURVEY, second.session, confirm(first), at=AT) == Step(second.session, (Stale(1),))
    again = engine.reply(SURVEY, second.session, typed("verry well"), at=AT)
    assert again.events == (Doubted("mood", 1),)


@pytest.mark.parametrize("text", ["so so", "badly"])
def test_exact_answer_settles_the_echo(text: str) -> None:
    doubtful = engine.reply(SURVEY, begun(), typed("badlly"), at=AT).session
    step = engine.reply(SURVEY, doubtful, typed(text), at=AT)
    assert step.events[0] == Settled(1, mark(Answer(codes=("bad",))))


@pytest.mark.parametrize("way", ["back", "skip", "stop", "expire", "show", "miss"])
def test_echo_is_settled_whichever_way_the_question_is_left(way: str) -> None:
    doubtful = engine.reply(SURVEY, begun(), typed("badlly"), at=AT).session
    step = {
        "back": lambda: engine.back(SURVEY, doubtful),
        "skip": lambda: engine.skip(SURVEY, doubtful, at=AT),
        "stop": lambda: engine.stop(doubtful),
        "expire": lambda: engine.expire(doubtful),
        "show": lambda: engine.show(SURVEY, doubtful),
        "miss": lambda: engine.reply(SURVEY, doubtful, typed("hm"), at=AT),
    }[way]()
    assert step.events[0] == Settled(1, mark(Answer(codes=("bad",))))
    assert step.session.doubt is None


def test_near_miss_on_an_unscored_question_is_taken() -> None:
    gate = begun(private="yes")
    assert codes(said(gate, "without the privte one")) == {"gate": ["without"]}


def test_choice_that_pauses_keeps_the_question_open() -> None:
    gate = begun(private="yes")
    for body in (tap(gate, Action.PICK, "1"), typed("later"), typed("2")):
        assert engine.reply(SURVEY, gate, body, at=AT) == Step(gate, (Paused("gate"),))


def test_ticks_are_a_draft_until_done() -> None:
    session = at("signs")
    ticked = engine.reply(SURVEY, session, tap(session, Action.PICK, "1"), at=AT)
    assert ticked.events == (Ticked("signs", 2, 2, 5),)
    assert (ticked.session.draft, codes(ticked.session)) == (("debt",), {"mood": ["well"]})
    for body in (tap(session, Action.DONE), typed("Done")):
        done = engine.reply(SURVEY, ticked.session, body, at=AT)
        assert codes(done.session) == {"mood": ["well"], "signs": ["debt"]}
        assert done.session.draft == ()


def test_done_without_a_tick_is_asked_again_once_then_counts_as_rather_not_say() -> None:
    session = said(at("signs"), "hm")
    first = engine.reply(SURVEY, session, tap(session, Action.DONE), at=AT)
    assert first.events == (Misunderstood("signs", 2, "empty", 2),)
    second = engine.reply(SURVEY, first.session, tap(session, Action.DONE), at=AT)
    assert second.session.answers["signs"] == SKIPPED


def test_done_without_a_tick_is_no_answer_where_one_is_needed() -> None:
    session = engine.supply(FORM, engine.reply(FORM, form(), typed("1"), at=AT).session, {"count": 3}).session
    for misses in (1, 2, 3):
        step = engine.reply(FORM, session, tap(session, Action.DONE), at=AT)
        assert step.events == (Misunderstood("picks", 2, "empty", misses),)
        session = step.session
    assert engine.reply(FORM, session, typed("7"), at=AT).session.state is State.FINISHED


def test_score_is_picked_by_its_number() -> None:
    session = at("friends")
    step = engine.reply(SURVEY, session, tap(session, Action.PICK, "10"), at=AT)
    assert step.session.answers["friends"] == Answer(number=10, at=AT)
    strange = engine.reply(SURVEY, session, tap(session, Action.PICK, "11"), at=AT)
    assert strange.events == (Misunderstood("friends", 3, "range", 1),)


def test_amount_that_can_be_read_twice_is_asked_back_and_one_too_large_refused() -> None:
    session = at("money")
    assert engine.reply(SURVEY, session, typed("1,500"), at=AT).session.doubt == Answer(number=1500)
    assert engine.reply(SURVEY, session, typed("2m"), at=AT).events == (
        Misunderstood("money", 4, "constraint", 1),
    )
    assert codes(said(session, "1500"))["money"] == 1500


def test_back_asks_the_answered_question_before_and_keeps_its_answer() -> None:
    session = said(at("signs"), "debt")
    step = engine.back(SURVEY, session)
    assert step.events == (Left("friends", 3), Left("signs", 2), Asked("signs", 4, 2, 5))
    assert step.session.answers == session.answers
    assert engine.reply(SURVEY, session, tap(session, Action.BACK), at=AT) == step


def test_back_reaches_questions_that_were_skipped() -> None:
    session = engine.skip(SURVEY, begun(), at=AT).session
    assert session.answers == {"mood": SKIPPED}
    assert engine.back(SURVEY, session).session.current == "mood"


def test_back_at_the_first_question_asks_it_again() -> None:
    assert engine.back(SURVEY, begun()).events == (Left("mood", 1), Asked("mood", 2, 1, 5))


def test_answer_after_back_goes_on_at_the_first_question_still_open() -> None:
    session = engine.back(SURVEY, engine.back(SURVEY, at("money")).session).session
    step = engine.reply(SURVEY, session, typed("hunger"), at=AT)
    assert step.events == (Answered("signs", 6, 2, 5), Asked("money", 7, 4, 5))


def test_answer_that_makes_others_irrelevant_takes_exactly_those_back() -> None:
    session = said(begun(), "badly", "no rain", "debt")
    back = engine.back(SURVEY, engine.back(SURVEY, engine.back(SURVEY, session).session).session).session
    step = engine.reply(SURVEY, back, typed("very well"), at=AT)
    assert step.events == (Answered("mood", 7, 1, 6), Dropped(("why",)), Asked("friends", 8, 3, 5))
    assert codes(step.session) == {"mood": ["well"], "signs": ["debt"]}


def test_skip_by_button_and_by_word_is_rather_not_say() -> None:
    session = begun()
    assert engine.reply(SURVEY, session, tap(session, Action.SKIP), at=AT) == engine.skip(
        SURVEY, session, at=AT
    )


def test_question_that_must_be_answered_cannot_be_skipped() -> None:
    session = form()
    assert engine.skip(FORM, session, at=AT).events == (Misunderstood("place", 1, "required", 1),)


def test_last_answer_finishes_the_survey() -> None:
    step = engine.reply(SURVEY, said(at("money"), "1500"), typed("3"), at=AT)
    assert step.events == (Answered("children", 5, 5, 5), Finished())
    assert (step.session.state, step.session.current) == (State.FINISHED, None)


def test_stop_ends_the_session_and_keeps_its_answers() -> None:
    session = at("signs")
    step = engine.stop(session)
    assert step.events == (Stopped(2),)
    assert step.session == replace(session, state=State.STOPPED, current=None)


def test_expired_session_goes_on_with_answers_marked_late() -> None:
    session = at("signs")
    expired = engine.expire(session)
    assert expired.events == (Expired(2),)
    assert engine.reply(SURVEY, expired.session, typed("debt"), at=AT).events == (Stale(2),)
    reopened = engine.reopen(expired.session)
    step = engine.reply(SURVEY, reopened, tap(session, Action.PICK, "1"), at=AT)
    assert step.session.draft == ("debt",)
    late = said(reopened, "debt")
    assert (late.answers["mood"].late, late.answers["signs"].late) == (False, True)


def test_show_asks_the_open_question_at_a_new_turn() -> None:
    session = engine.reply(SURVEY, begun(), typed("hm"), at=AT).session
    step = engine.show(SURVEY, session)
    assert step.events == (Left("mood", 1), Asked("mood", 2, 1, 5))
    assert step.session.misses == 0


@pytest.mark.parametrize("call", [engine.back, engine.show])
def test_nothing_can_be_asked_again_when_nothing_is_open(call: object) -> None:
    ended = engine.stop(begun()).session
    with pytest.raises(ValueError, match="no question is open"):
        call(SURVEY, ended)  # type: ignore[operator]


def test_private_question_goes_when_consent_to_it_goes() -> None:
    session = said(begun(private="yes"), "1", "very well")
    assert session.current == "secret"
    without = engine.know(session, {"private_items": "no"})
    shown = engine.show(SURVEY, without)
    assert shown.events == (Left("secret", 3), Dropped(("gate",), (1,)), Asked("signs", 4, 2, 5))
    assert engine.reply(SURVEY, without, typed("yes"), at=AT) == shown
    kept = engine.know(at("signs", private="yes"), {"private_items": "yes"})
    assert kept == at("signs", private="yes")


def test_irrelevant_question_goes_without_taking_anything_back() -> None:
    survey_with_consent = said(begun(private="yes"), "1", "very well")
    nothing_given = replace(survey_with_consent, answers={"mood": Answer(codes=("well",), at=AT)})
    assert engine.show(SURVEY, nothing_given).events == (
        Left("secret", 3),
        Left("gate", 1),
        Asked("gate", 4, 1, 7),
    )


def test_form_waits_for_a_value_and_goes_on_with_it() -> None:
    asked = engine.reply(FORM, form(), typed("busia"), at=AT)
    assert asked.events[-1] == Needs("count", {"place": Answer(codes=("b",), at=AT)})
    assert (asked.session.needs, asked.session.current) == ("count", None)
    assert engine.reply(FORM, asked.session, typed("x"), at=AT).events == (Stale(1),)
    ready = engine.supply(FORM, asked.session, {"count": 12.0, "known": 12.0})
    assert ready.events == (Read("enough"), Asked("reason", 2, 2, 3))
    assert (ready.session.needs, ready.session.values) == (None, {"count": 12.0, "known": 12.0})


def test_changed_answer_before_a_supplied_value_asks_for_it_anew() -> None:
    asked = engine.reply(FORM, form(), typed("busia"), at=AT).session
    ready = engine.supply(FORM, asked, {"count": 12.0, "known": 12.0}).session
    again = engine.reply(FORM, engine.back(FORM, ready).session, typed("bungoma"), at=AT)
    assert again.events[-1] == Needs("count", {"place": Answer(codes=("a",), at=AT)})
    assert again.session.values == {"known": 12.0}


def test_last_answer_submits_a_form() -> None:
    asked = engine.reply(FORM, form(), typed("a"), at=AT)
    assert asked.events == (Misunderstood("place", 1, "choice", 1),)
    session = engine.supply(
        FORM, engine.reply(FORM, form(), typed("1"), at=AT).session, {"count": 3.0}
    ).session
    done = engine.reply(FORM, session, typed("3 7"), at=AT)
    answers = {"place": Answer(codes=("a",), at=AT), "picks": Answer(codes=("3", "7"), at=AT)}
    assert done.events == (Answered("picks", 2, 2, 2), Submitted("form", answers))


def test_edited_message_changes_the_answer_it_gave() -> None:
    session = engine.reply(SURVEY, begun(), typed("so so", "m1"), at=AT).session
    step = engine.correct(SURVEY, session, "m1", "very well", at=AT)
    assert step.events == (Corrected("mood", 1, 1, 5),)
    assert (codes(step.session), step.session.current) == ({"mood": ["well"]}, "signs")


def test_edited_message_may_bring_a_question_in_between() -> None:
    session = engine.reply(SURVEY, begun(), typed("so so", "m1"), at=AT).session
    step = engine.correct(SURVEY, session, "m1", "badly", at=AT)
    assert step.events == (Corrected("mood", 1, 1, 6), Left("signs", 2), Asked("why", 3, 2, 6))


def test_edited_message_may_take_the_open_question_away() -> None:
    session = engine.reply(SURVEY, begun(), typed("badly", "m1"), at=AT).session
    assert session.current == "why"
    step = engine.correct(SURVEY, session, "m1", "so so", at=AT)
    assert step.events == (Corrected("mood", 1, 1, 5), Left("why", 2), Asked("signs", 3, 2, 5))
    answered = said(session, "no rain")
    assert engine.correct(SURVEY, answered, "m1", "so so", at=AT).events == (
        Corrected("mood", 1, 1, 5),
        Dropped(("why",), (2,)),
    )


def test_edited_message_does_not_lead_away_from_a_question_gone_back_to() -> None:
    session = engine.reply(SURVEY, begun(), typed("so so", "m1"), at=AT).session
    back = engine.back(SURVEY, said(session, "debt")).session
    step = engine.correct(SURVEY, back, "m1", "very well", at=AT)
    assert (step.events, step.session.current) == ((Corrected("mood", 1, 1, 5),), "signs")


def test_edited_message_that_was_not_understood_is_read_once_more() -> None:
    session = engine.reply(SURVEY, begun(), typed("hm", "m1"), at=AT).session
    step = engine.correct(SURVEY, session, "m1", "so so", at=AT)
    assert step.events == (Answered("mood", 1, 1, 5), Asked("signs", 2, 2, 5))


def test_edited_message_may_wait_for_a_yes_while_its_question_is_open() -> None:
    session = engine.reply(SURVEY, begun(), typed("hm", "m1"), at=AT).session
    assert engine.correct(SURVEY, session, "m1", "badlly", at=AT).events == (Doubted("mood", 1),)


@pytest.mark.parametrize(("message", "text"), [("m9", "so so"), ("m1", "hm"), ("m1", "badlly"), ("m2", "2m")])
def test_edited_message_that_gives_no_sure_answer_changes_nothing(message: str, text: str) -> None:
    session = engine.reply(SURVEY, begun(), typed("so so", "m1"), at=AT).session
    session = said(session, "debt", "9")
    session = engine.reply(SURVEY, session, typed("1500", "m2"), at=AT).session
    assert engine.correct(SURVEY, session, message, text, at=AT) == Step(session, ())


def test_edited_message_cannot_turn_an_answer_into_a_pause() -> None:
    session = engine.reply(SURVEY, begun(private="yes"), typed("without", "m1"), at=AT).session
    assert engine.correct(SURVEY, session, "m1", "later", at=AT) == Step(session, ())


def test_edited_message_changes_nothing_once_the_session_is_over_or_its_answer_gone() -> None:
    session = engine.reply(SURVEY, begun(), typed("badly", "m1"), at=AT).session
    session = engine.reply(SURVEY, session, typed("no rain", "m2"), at=AT).session
    dropped = engine.correct(SURVEY, session, "m1", "so so", at=AT).session
    assert engine.correct(SURVEY, dropped, "m2", "much rain", at=AT) == Step(dropped, ())
    ended = engine.stop(session).session
    assert engine.correct(SURVEY, ended, "m1", "so so", at=AT) == Step(ended, ())


def test_edited_message_while_a_value_is_awaited_asks_nothing() -> None:
    asked = engine.reply(FORM, form(), typed("busia", "m1"), at=AT).session
    step = engine.correct(FORM, asked, "m1", "bungoma", at=AT)
    assert (step.events, codes(step.session)) == ((Corrected("place", 1, 1, 2),), {"place": ["a"]})
