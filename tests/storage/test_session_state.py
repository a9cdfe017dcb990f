from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType

from hypothesis import given
from hypothesis import strategies as st

from spm_bot.storage.session_state import pack, unpack
from spm_bot.surveys.model import Choice, Words
from spm_bot.surveys.session import Answer, Session, State

words = st.text(max_size=8)
names = st.text("abcdefgh_0123456789", min_size=1, max_size=6)
numbers = st.floats(allow_nan=False, allow_infinity=False)
choices = st.builds(
    lambda code, said: Choice(code, Words(MappingProxyType(said), "en")),
    names,
    st.dictionaries(st.sampled_from(["en", "fr", "sw"]), words),
)
sessions = st.builds(
    Session,
    survey=names,
    version=names,
    language=st.sampled_from(["en", "fr"]),
    started_at=st.just(datetime(2026, 11, 24, tzinfo=UTC)),
    values=st.dictionaries(names, words | numbers).map(MappingProxyType),
    choices=st.dictionaries(names, st.lists(choices, max_size=3).map(tuple), max_size=2).map(
        MappingProxyType
    ),
    state=st.sampled_from(State),
    turn=st.integers(0, 99),
    current=st.none() | names,
    read=st.lists(names, max_size=3).map(tuple),
    heard=st.dictionaries(names, names, max_size=3).map(MappingProxyType),
    misses=st.integers(0, 5),
    draft=st.lists(names, max_size=3).map(tuple),
    doubt=st.none()
    | st.builds(
        Answer,
        codes=st.lists(names, max_size=2).map(tuple),
        number=st.none() | numbers,
        text=st.none() | words,
    ),
    needs=st.none() | names,
    late=st.booleans(),
)


@given(sessions)
def test_session_comes_back_as_it_was_packed(session: Session) -> None:
    read = unpack(
        pack(session),
        survey=session.survey,
        version=session.version,
        started_at=session.started_at,
        turn=session.turn,
    )
    assert read == session
