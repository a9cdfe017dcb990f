"""What happened in a survey, said in messages: questions with their buttons, edits, kind refusals.

One question is one message: progress, question, hint, numbered choices as buttons. Once answered it
shows the answer and loses its buttons; a private one shows only that it was answered.
"""

from __future__ import annotations

from collections.abc import Sequence

from spm_bot.messages import Action, Outbound, Rows
from spm_bot.surveys.answers import TEXT_LIMIT, printed
from spm_bot.surveys.model import Kind, Question
from spm_bot.surveys.plan import choices_of, holds, label_of
from spm_bot.surveys.scene import Scene, answer_of, keyboard, progress, question_of, said, text_of
from spm_bot.surveys.session import (
    Answer,
    Answered,
    Asked,
    Corrected,
    Doubted,
    Dropped,
    Event,
    Expired,
    Finished,
    Left,
    Misunderstood,
    Read,
    Settled,
    Stale,
    Stopped,
    Ticked,
    mark,
)

HELP_FROM = 2
"""Misunderstandings in a row from which an example and a Skip are offered."""


def present(scene: Scene, events: Sequence[Event]) -> tuple[Outbound, ...]:
    """The messages to send for these events, in order; some events need none."""
    return tuple(message for event in events for message in _messages(scene, event))


def toast(scene: Scene, events: Sequence[Event]) -> str | None:
    """The few words shown over the chat after a tap that changed nothing."""
    if any(isinstance(event, Stale) for event in events):
        return scene.voice.say("That question is already answered.")
    return None


def _messages(scene: Scene, event: Event) -> tuple[Outbound, ...]:
    match event:
        case Read(question=name):
            note = scene.words(label_of(scene.survey, scene.session, question_of(scene, name)))
            return (Outbound(scene.addressed(note)),)
        case Asked():
            return (_question_message(scene, event),)
        case Answered():
            return (_settled_look(scene, event, event.turn), *_cut(scene, event.question))
        case Ticked():
            return (_redrawn(scene, event),)
        case Doubted(question=name, turn=turn):
            return (_echo(scene, name, turn),)
        case Misunderstood():
            return (_refusal(scene, event),)
        case Settled() | Left() | Stopped() | Expired():
            return (_put_away(scene, event),)
        case Dropped(turns=turns):
            return tuple(_away(scene.ref(turn)) for turn in turns)
        case Corrected():
            return _changed(scene, event)
        case Finished():
            return _closing(scene)
        case _:
            return ()


def _question_message(scene: Scene, event: Asked) -> Outbound:
    text = _asked(scene, event)
    return Outbound(text, keyboard(scene, event.question, event.turn), ref=scene.ref(event.turn))


def _asked(scene: Scene, event: Asked | Answered | Ticked | Corrected) -> str:
    """The question with its place, unless it is the only one."""
    text = text_of(scene, event.question)
    place = f"{progress(scene, event.number, event.total)} · " if event.total > 1 else ""
    return scene.addressed(f"{place}{text}")


def _settled_look(scene: Scene, event: Answered | Corrected, turn: int) -> Outbound:
    """The question with its answer, or only its place when nothing of it may stay in the chat."""
    if question_of(scene, event.question).traceless:
        place = f" {progress(scene, event.number, event.total)}" if event.total > 1 else ""
        return Outbound(f"✓{place}", edits=scene.ref(turn))
    return Outbound(f"{_asked(scene, event)}\n✓ {answer_of(scene, event.question)}", edits=scene.ref(turn))


def _cut(scene: Scene, name: str) -> tuple[Outbound, ...]:
    """Whoever wrote more than a survey keeps learns of it."""
    if scene.survey.form or len(scene.session.answers[name].text or "") < TEXT_LIMIT:
        return ()
    say = scene.voice.say
    return (Outbound(say("Your text is long. We keep the first %(limit)s letters of it.", limit=TEXT_LIMIT)),)


def _changed(scene: Scene, event: Corrected) -> tuple[Outbound, ...]:
    """Where the question stands it shows the new answer, and we say so below."""
    say = scene.voice.say
    if question_of(scene, event.question).traceless:
        told = say("Changed ✓")
    else:
        told = say("Changed: %(answer)s", answer=answer_of(scene, event.question))
    redrawn = () if event.turn is None else (_settled_look(scene, event, event.turn),)
    return (*redrawn, Outbound(told), *_cut(scene, event.question))


def _redrawn(scene: Scene, event: Ticked) -> Outbound:
    text = _asked(scene, event)
    return Outbound(text, keyboard(scene, event.question, event.turn), edits=scene.ref(event.turn))


def _put_away(scene: Scene, event: Settled | Left | Stopped | Expired) -> Outbound:
    """A message that asks no more leaves the chat: its words may tell too much to a bystander."""
    ref = _echo_ref(scene, event.turn, event.echo) if isinstance(event, Settled) else scene.ref(event.turn)
    return _away(ref)


def _away(ref: str) -> Outbound:
    return Outbound("…", edits=ref, gone=True)


def _echo(scene: Scene, name: str, turn: int) -> Outbound:
    doubt = scene.session.doubt or Answer()
    say = scene.voice.say
    echo = mark(doubt)
    buttons = (
        scene.button(say("Yes"), Action.YES, echo, turn=turn),
        scene.button(say("No"), Action.NO, echo, turn=turn),
    )
    answer = said(scene, question_of(scene, name), doubt)
    return Outbound(say("You mean: %(answer)s?", answer=answer), (buttons,), ref=_echo_ref(scene, turn, echo))


def _echo_ref(scene: Scene, turn: int, echo: str) -> str:
    return f"{scene.ref(turn)}.{echo}"


def _refusal(scene: Scene, event: Misunderstood) -> Outbound:
    question = question_of(scene, event.question)
    parts = [_reason(scene, question, event.reason)]
    if event.misses < HELP_FROM:
        return Outbound(parts[0])
    parts += _example(scene, question)
    buttons: Rows = ()
    if not question.required:
        if event.reason != "empty":
            parts.append(scene.voice.say("Or tap Skip."))
        buttons = ((scene.button(scene.voice.say("Skip"), Action.SKIP, turn=event.turn),),)
    return Outbound("\n".join(parts), buttons)


def _example(scene: Scene, question: Question) -> list[str]:
    """How an answer looks. For choices it names a number and no words, so as not to suggest any."""
    if question.example is not None:
        return [scene.words(question.example)]
    numbers = printed(choices_of(scene.session, question))
    if len(numbers) < HELP_FROM:
        return []
    return [scene.voice.say("For example, write just: %(number)s", number=numbers[1])]


def _reason(scene: Scene, question: Question, reason: str) -> str:
    say = scene.voice.say
    numbers = printed(choices_of(scene.session, question))
    if reason == "constraint" and question.constraint_message is not None:
        return scene.words(question.constraint_message)
    if reason == "choice" and numbers:
        return say(
            "Sorry, I did not understand. Please tap a button, or write a number from %(first)s to %(last)s.",
            first=min(numbers, key=int),
            last=max(numbers, key=int),
        )
    if question.kind is Kind.NPS:
        return say("Please choose a number from 0 to 10.")
    if reason == "media":
        return say("Sorry, I can only read words and numbers here. Please write, or tap a button.")
    if question.required and reason == "empty":
        return _reason(scene, question, "required")
    if question.kind is Kind.TEXT and reason == "empty":
        return say("Please write a few words, or tap Skip.")
    sentences = {
        "number": say("Please write one number, for example 3."),
        "empty": say("Please choose at least one, or tap Skip."),
        "exclusive": say("“None” cannot go together with another answer. Please choose again."),
        "required": say("I need an answer here to go on."),
    }
    return sentences.get(reason, say("Sorry, that does not fit. Please try again."))


def _closing(scene: Scene) -> tuple[Outbound, ...]:
    texts = [
        scene.words(closing.words)
        for closing in scene.survey.closings
        if holds(closing.when, scene.survey, scene.session, default=True)
    ]
    thanks = scene.voice.say(
        "That was the last question. Thank you! Your answers help us to serve you better."
    )
    return tuple(Outbound(text) for text in (*texts, thanks))
