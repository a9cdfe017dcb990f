"""A session's state as the JSON that is sealed into its row; answers are rows of their own."""

from __future__ import annotations

import json
from datetime import datetime
from types import MappingProxyType

from spm_bot.surveys.model import Choice, Words
from spm_bot.surveys.session import Answer, Session, State


def pack(session: Session) -> str:
    """Everything of a session that is not a column or an answer."""
    state = {
        "language": session.language,
        "state": session.state,
        "values": dict(session.values),
        "choices": {name: [_choice(c) for c in listed] for name, listed in session.choices.items()},
        "current": session.current,
        "read": session.read,
        "heard": dict(session.heard),
        "turns": dict(session.turns),
        "misses": session.misses,
        "empty": session.empty,
        "draft": session.draft,
        "doubt": [session.doubt.codes, session.doubt.number, session.doubt.text] if session.doubt else None,
        "late": session.late,
        "needs": session.needs,
    }
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


def unpack(body: str, *, survey: str, version: str, started_at: datetime, turn: int) -> Session:
    """The session that `pack` wrote, without its answers."""
    read = json.loads(body)
    doubt = read["doubt"]
    choices = {name: tuple(map(_choice_of, listed)) for name, listed in read["choices"].items()}
    return Session(
        survey=survey,
        version=version,
        language=read["language"],
        started_at=started_at,
        values=MappingProxyType(read["values"]),
        choices=MappingProxyType(choices),
        state=State(read["state"]),
        turn=turn,
        current=read["current"],
        read=tuple(read["read"]),
        heard=MappingProxyType(read["heard"]),
        turns=MappingProxyType(read.get("turns", {})),  # a session begun before they were kept
        misses=read["misses"],
        empty=read["empty"],
        draft=tuple(read["draft"]),
        doubt=Answer(tuple(doubt[0]), doubt[1], doubt[2]) if doubt else None,
        late=read["late"],
        needs=read["needs"],
    )


def _choice(choice: Choice) -> list[object]:
    return [choice.code, dict(choice.label.by_language), choice.label.fallback]


def _choice_of(row: tuple[str, dict[str, str], str]) -> Choice:
    code, words, fallback = row
    return Choice(code, Words(MappingProxyType(words), fallback))
