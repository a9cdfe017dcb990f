"""Small surveys for tests of the engine: every kind of question, and each rule at least once."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

from spm_bot.messages import Action, Subject, Tap, Text, Token
from spm_bot.surveys.library import load
from spm_bot.surveys.model import Choice, Words
from spm_bot.surveys.session import Answer, Session, mark

AT = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)

SURVEY = load(
    """
code: sample
title: {en: Sample}
languages: [en]
facts: [private_items, person]
questions:
  - {name: hello, kind: note, label: {en: "Hello ${person}."}}
  - name: gate
    kind: select_one
    relevant: ${private_items} = 'yes'
    label: {en: Are you alone?}
    choices:
      - {code: "yes", label: {en: "Yes"}}
      - {code: later, pauses: true, label: {en: Later}}
      - {code: without, label: {en: Without the private one}}
  - name: mood
    kind: select_one
    label: {en: How are you?}
    choices:
      - {code: well, value: 0, label: {en: Very well}}
      - {code: so_so, value: 50, label: {en: So so}}
      - {code: bad, value: 100, label: {en: Badly}}
  - name: secret
    kind: select_one
    private: true
    echo: true
    relevant: ${gate} = 'yes'
    label: {en: A secret?}
    choices:
      - {code: "yes", label: {en: "Yes"}}
      - {code: "no", label: {en: "No, nothing"}}
  - name: why
    kind: text
    relevant: ${mood} = 'bad'
    label: {en: Why?}
    label_by:
      - {when: "${private_items} = 'yes'", label: {en: Why is that?}}
    example: {en: "For example: no rain"}
  - name: signs
    kind: select_multiple
    hint: {en: Pick all that are true.}
    label: {en: Which signs?}
    choices:
      - {code: none, exclusive: true, label: {en: None}}
      - {code: debt, label: {en: Debt}}
      - {code: hunger, label: {en: Hunger}}
  - name: friends
    kind: nps
    label: {en: Would you tell a friend?}
  - name: money
    kind: decimal
    label: {en: How much?}
    constraint: . <= 1000000
    constraint_message: {en: At most a million.}
  - name: children
    kind: integer
    label: {en: How many children?}
    constraint: . <= 20
closings:
  - {when: "${mood} = 'bad'", words: {en: "Call ${person}."}}
  - {words: {en: Goodbye.}}
scores:
  - name: index
    index_version: 1
    weights: {mood: 1}
    answered_at_least: 1
    core: [mood]
    core_at_least: 1
    bands: [{name: low, below: 50}, {name: high}]
flags:
  - {name: RF_HUNGER, level: high, when: "selected(${signs}, 'hunger')"}
""",
    place="sample.yaml",
)

FORM = load(
    """
code: form
form: true
facts: [known]
title: {en: Form}
questions:
  - {name: place, kind: select_one, choices_from: places, required: true, label: {en: Where?}}
  - {name: count, kind: supplied}
  - {name: enough, kind: note, relevant: "${count} >= 10", label: {en: "There are ${known}."}}
  - name: reason
    kind: text
    required: true
    relevant: ${count} >= 10
    label: {en: Why?}
    constraint: string-length(.) >= 5
  - name: picks
    kind: select_multiple
    required: true
    label: {en: Which?}
    choices:
      - {code: "3", label: {en: Three}}
      - {code: "7", label: {en: Seven}}
""",
    place="form.yaml",
)

PLACES = MappingProxyType(
    {"places": (Choice("a", Words({"en": "Bungoma"})), Choice("b", Words({"en": "Busia"})))}
)


def tap(session: Session, action: Action, value: str = "", *, turn: int | None = None) -> Tap:
    """A button of the open question, or of another turn."""
    return Tap(Token(Subject.SESSION, 1, session.turn if turn is None else turn, action, value))


def confirm(session: Session, action: Action = Action.YES) -> Tap:
    """The button of the echo that is open."""
    assert session.doubt is not None
    return tap(session, action, mark(session.doubt))


def typed(text: str, message: str = "") -> Text:
    return Text(text, message)


def codes(session: Session) -> dict[str, object]:
    """The answers in one plain form."""
    return {name: plain(answer) for name, answer in session.answers.items()}


def plain(answer: Answer) -> object:
    if answer.number is not None:
        return answer.number
    return answer.text if answer.text is not None else list(answer.codes)
