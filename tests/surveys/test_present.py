from __future__ import annotations

from dataclasses import replace

import pytest

from spm_bot.messages import Action, Button, Outbound, Subject, Token
from spm_bot.surveys import engine
from spm_bot.surveys.present import present, toast
from spm_bot.surveys.scene import Scene
from spm_bot.surveys.session import Answered, Misunderstood, Paused, Session, Step
from spm_bot.texts import voice
from tests.stage.samples import AT, FORM, PLACES, SURVEY, tap, typed


def begun(*, private: str = "no") -> Step:
    return engine.begin(SURVEY, language="en", at=AT, values={"private_items": private, "person": "Asha"})


def scene(session: Session) -> Scene:
    return Scene(FORM if session.survey == "form" else SURVEY, session, 9, voice("en"))


def told(step: Step) -> list[str]:
    return [message.text for message in present(scene(step.session), step.events)]


def reply(session: Session, text: str) -> Step:
    return engine.reply(SURVEY, session, typed(text, f"m-{text}"), at=AT)


def after(*texts: str, private: str = "no") -> Session:
    session = begun(private=private).session
    for text in texts:
        session = reply(session, text).session
    return session


def button(label: str, action: Action, value: str = "", *, turn: int = 1) -> Button:
    return Button(label, Token(Subject.SESSION, 9, turn, action, value))


def test_note_is_shown_and_the_question_comes_with_its_place_and_numbered_choices() -> None:
    step = begun()
    assert present(scene(step.session), step.events) == (
        Outbound("Hello Asha."),
        Outbound(
            "1 of 5 · How are you?",
            (
                (button("1 Very well", Action.PICK, "0"),),
                (button("2 So so", Action.PICK, "1"),),
                (button("3 Badly", Action.PICK, "2"),),
                (button("Skip", Action.SKIP), button("✖ Close", Action.CLOSE)),
            ),
            ref="s9.1",
        ),
    )


def test_answered_question_shows_the_answer_and_has_no_buttons() -> None:
    step = reply(begun().session, "so so")
    first, second = present(scene(step.session), step.events)
    assert first == Outbound("1 of 5 · How are you?\n✓ So so", edits="s9.1")
    assert (second.text, second.ref) == ("2 of 5 · Which signs?\nPick all that are true.", "s9.2")


def test_private_question_leaves_only_its_place() -> None:
    step = reply(after("yes", "very well", private="yes"), "yes")
    assert present(scene(step.session), step.events)[0] == Outbound("✓ 3 of 7", edits="s9.3")


def test_only_question_has_no_place() -> None:
    step = engine.begin(FORM, language="en", at=AT, choices=PLACES)
    alone = replace(FORM, questions=FORM.questions[:1])
    asked = engine.begin(alone, language="en", at=AT, choices=PLACES)
    texts = [m.text for m in present(Scene(alone, asked.session, 9, voice("en")), asked.events)]
    assert (told(step), texts) == (["1 of 2 · Where?"], ["Where?"])
    done = engine.reply(alone, asked.session, typed("2"), at=AT)
    assert present(Scene(alone, done.session, 9, voice("en")), done.events) == (
        Outbound("Where?\n✓ Busia", edits="s9.1"),
    )


def test_ticks_are_redrawn_in_place() -> None:
    session = after("so so")
    step = engine.reply(SURVEY, session, tap(session, Action.PICK, "2"), at=AT)
    (message,) = present(scene(step.session), step.events)
    assert (message.edits, message.ref) == ("s9.2", None)
    assert [[b.label for b in row] for row in message.buttons] == [
        ["☐ 1 None"],
        ["☐ 2 Debt"],
        ["☑ 3 Hunger"],
        ["Done ✓"],
        ["‹ Back", "Skip", "✖ Close"],
    ]


def test_near_miss_is_asked_back_and_then_put_away() -> None:
    doubtful = reply(begun().session, "badlly")
    (echo,) = present(scene(doubtful.session), doubtful.events)
    assert (echo.text, [b.label for b in echo.buttons[0]]) == ("You mean: Badly?", ["Yes", "No"])
    accepted = engine.reply(SURVEY, doubtful.session, typed("yes"), at=AT)
    assert present(scene(accepted.session), accepted.events)[0] == Outbound("…", edits=echo.ref, gone=True)
    refused = engine.reply(SURVEY, doubtful.session, typed("no"), at=AT)
    assert present(scene(refused.session), refused.events)[:2] == (
        Outbound("…", edits=echo.ref, gone=True),
        Outbound("…", edits="s9.1", gone=True),
    )


def test_two_misunderstandings_bring_an_example_and_a_skip() -> None:
    first = reply(begun().session, "hm")
    second = reply(first.session, "hm")
    sorry = "Sorry, I did not understand. Please tap a button, or write a number from 1 to 3."
    assert present(scene(first.session), first.events) == (Outbound(sorry),)
    assert present(scene(second.session), second.events) == (
        Outbound(f"{sorry}\nFor example, write just: 2\nOr tap Skip.", ((button("Skip", Action.SKIP),),)),
    )


@pytest.mark.parametrize(
    ("way", "text", "words"),
    [
        (["badly"], "\u200b", ["Please write a few words, or tap Skip.", "For example: no rain"]),
        (
            ["so so"],
            "1 2",
            [
                "“None” cannot go together with another answer. Please choose again.",
                "For example, write just: 2",
                "Or tap Skip.",
            ],
        ),
        (["so so", "debt"], "11", ["Please choose a number from 0 to 10.", "Or tap Skip."]),
        (["so so", "debt"], "nine", ["Please choose a number from 0 to 10.", "Or tap Skip."]),
        (["so so", "debt", "9"], "much", ["Please write one number, for example 3.", "Or tap Skip."]),
        (["so so", "debt", "9"], "2m", ["At most a million.", "Or tap Skip."]),
        (["so so", "debt", "9", "5"], "21", ["Sorry, that does not fit. Please try again.", "Or tap Skip."]),
    ],
)
def test_refusal_says_what_would_fit(way: list[str], text: str, words: list[str]) -> None:
    first = reply(after(*way), text)
    assert told(first) == words[:1]
    assert told(reply(first.session, text)) == ["\n".join(words)]


def test_refusal_of_a_question_that_must_be_answered_offers_no_skip() -> None:
    session = engine.begin(FORM, language="en", at=AT, choices=PLACES).session
    first = engine.skip(FORM, session, at=AT)
    assert told(first) == ["I need an answer here to go on."]
    (second,) = present(scene(session), [Misunderstood("place", 1, "required", 2)])
    assert second == Outbound("I need an answer here to go on.\nFor example, write just: 2")
    assert told(Step(session, (Misunderstood("picks", 1, "empty", 1),))) == [
        "I need an answer here to go on."
    ]


def test_list_of_one_gives_no_example_and_an_empty_list_no_numbers() -> None:
    def refused(count: int) -> list[str]:
        choices = {"places": PLACES["places"][:count]}
        session = engine.begin(FORM, language="en", at=AT, choices=choices).session
        return told(Step(session, (Misunderstood("place", 1, "choice", 2),)))

    assert refused(1) == ["Sorry, I did not understand. Please tap a button, or write a number from 1 to 1."]
    assert refused(0) == ["Sorry, that does not fit. Please try again."]


def test_question_left_open_goes_from_the_chat() -> None:
    session = after("so so")
    gone = Outbound("…", edits="s9.2", gone=True)
    assert present(scene(session), engine.back(SURVEY, session).events)[:2] == (
        gone,
        Outbound("…", edits="s9.1", gone=True),
    )
    assert present(scene(session), engine.stop(session).events) == (gone,)
    assert present(scene(session), engine.expire(session).events) == (gone,)


def test_pause_is_answered_by_whoever_knows_when_to_ask_again() -> None:
    step = reply(begun(private="yes").session, "later")
    assert (step.events, told(step)) == ((Paused("gate"),), [])


def test_correction_is_confirmed_without_words_where_it_is_private() -> None:
    session = after("yes", "so so", "yes", private="yes")
    assert told(engine.correct(SURVEY, session, "m-so so", "very well", at=AT)) == [
        "2 of 7 · How are you?\n✓ Very well",
        "Changed: Very well",
    ]
    assert told(engine.correct(SURVEY, session, "m-yes", "no, nothing", at=AT)) == ["✓ 3 of 7", "Changed ✓"]


def test_end_says_what_this_person_should_know_and_thanks() -> None:
    thanks = "That was the last question. Thank you! Your answers help us to serve you better."
    well = reply(after("so so", "debt", "9", "5"), "2")
    badly = reply(after("badly", "no rain", "debt", "9", "5"), "2")
    assert told(well)[1:] == ["Goodbye.", thanks]
    assert told(badly)[1:] == ["Call Asha.", "Goodbye.", thanks]


def test_events_that_need_no_words_get_none() -> None:
    waiting = engine.reply(
        FORM, engine.begin(FORM, language="en", at=AT, choices=PLACES).session, typed("1"), at=AT
    )
    assert told(waiting) == ["1 of 2 · Where?\n✓ Bungoma"]


def test_toast_tells_only_of_a_tap_that_changed_nothing() -> None:
    session = begun().session
    stale = engine.reply(SURVEY, session, tap(session, Action.PICK, "0", turn=8), at=AT)
    assert toast(scene(session), stale.events) == "That question is already answered."
    assert toast(scene(session), [Answered("mood", 1, 1, 5)]) is None
