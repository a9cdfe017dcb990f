"""One question as it is drawn: its words for this person, its progress, its buttons, its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass

from spm_bot.messages import Action, Button, Rows, Subject, Token
from spm_bot.surveys.answers import printed
from spm_bot.surveys.model import RATHER_NOT_SAY, Kind, Question, Survey, Words
from spm_bot.surveys.plan import choices_of, label_of, previous
from spm_bot.surveys.session import Answer, Session
from spm_bot.texts import Voice, before, comma

_SHOWN_TEXT = 80
_PLACE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is talked to about what: the survey, the session as it now stands, its id, the voice.

    `whom` is the first name of the person asked, where others read the same chat.
    """

    survey: Survey
    session: Session
    id: int
    voice: Voice
    whom: str = ""

    def addressed(self, text: str) -> str:
        """The text, saying for whom it is where that is not clear."""
        return before(self.whom, text, self.voice.language) if self.whom else text

    def words(self, words: Words) -> str:
        """Words in the session's language with `${name}` places filled from its values."""
        values = self.session.values
        return _PLACE.sub(lambda m: _shown(values.get(m[1], "")), words.in_(self.session.language))

    def ref(self, turn: int) -> str:
        return f"s{self.id}.{turn}"

    def button(self, label: str, action: Action, value: str = "", *, turn: int) -> Button:
        return Button(label, Token(Subject.SESSION, self.id, turn, action, value))


def question_of(scene: Scene, name: str) -> Question:
    return scene.survey.question(name)


def text_of(scene: Scene, name: str) -> str:
    question = question_of(scene, name)
    parts = [scene.words(label_of(scene.survey, scene.session, question))]
    if question.hint is not None:
        parts.append(scene.words(question.hint))
    return "\n".join(parts)


def progress(scene: Scene, number: int, total: int) -> str:
    return scene.voice.say("%(number)s of %(total)s", number=number, total=total)


def keyboard(scene: Scene, name: str, turn: int) -> Rows:
    question = question_of(scene, name)
    return (*_choice_rows(scene, question, turn), *_steps(scene, question, turn))


def _choice_rows(scene: Scene, question: Question, turn: int) -> Rows:
    if question.kind is Kind.NPS:
        numbers = [scene.button(str(n), Action.PICK, str(n), turn=turn) for n in range(11)]
        return (tuple(numbers[:6]), tuple(numbers[6:]))
    choices = choices_of(scene.session, question)
    ticks = dict.fromkeys(scene.session.draft, "☑ ")
    blank = "☐ " if question.kind is Kind.SELECT_MULTIPLE else ""
    return tuple(
        (
            scene.button(
                f"{ticks.get(choice.code, blank)}{number} {scene.words(choice.label)}",
                Action.PICK,
                str(place),
                turn=turn,
            ),
        )
        for place, (number, choice) in enumerate(zip(printed(choices), choices, strict=True))
    )


def _steps(scene: Scene, question: Question, turn: int) -> Rows:
    """What can be done besides picking; four buttons abreast would be too wide for a small phone."""
    say = scene.voice.say
    row = []
    if previous(scene.survey, scene.session, question) is not None:
        row.append(scene.button(say("‹ Back"), Action.BACK, turn=turn))
    if not question.required:
        row.append(scene.button(say("Skip"), Action.SKIP, turn=turn))
    if not scene.survey.form:
        row.append(scene.button(say("✖ Close"), Action.CLOSE, turn=turn))
    done = (scene.button(say("Done ✓"), Action.DONE, turn=turn),)
    return tuple(each for each in (done if question.kind is Kind.SELECT_MULTIPLE else (), tuple(row)) if each)


def answer_of(scene: Scene, name: str) -> str:
    return said(scene, question_of(scene, name), scene.session.answers[name])


def said(scene: Scene, question: Question, answer: Answer) -> str:
    if answer.codes == (RATHER_NOT_SAY,):
        return scene.voice.say("rather not say")
    if answer.number is not None:
        return _shown(answer.number)
    if answer.media:
        return _media(scene, answer.media)
    if answer.text is not None:
        return answer.text if len(answer.text) <= _SHOWN_TEXT else f"{answer.text[: _SHOWN_TEXT - 1]}…"
    labels = {choice.code: choice.label for choice in choices_of(scene.session, question)}
    return comma(scene.voice.language).join(scene.words(labels[code]) for code in answer.codes)


def _media(scene: Scene, kind: str) -> str:
    say = scene.voice.say
    names = {"voice": say("voice note"), "photo": say("photo")}
    return names.get(kind, say("file"))


def _shown(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return str(int(value)) if value == int(value) else str(value)
