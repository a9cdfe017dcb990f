import pytest
from hypothesis import given
from hypothesis import strategies as st

from spm_bot.chat import tokens
from spm_bot.messages import Action, Subject, Token

TOKENS = st.builds(
    Token,
    subject=st.sampled_from(Subject),
    id=st.integers(0, 2**63 - 1),
    turn=st.integers(0, 2**31 - 1),
    action=st.sampled_from(Action),
    value=st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)


@given(TOKENS)
def test_decode_gives_back_what_encode_took(token: Token) -> None:
    assert tokens.decode(tokens.encode(token)) == token


@given(TOKENS)
def test_a_token_fits_into_a_button(token: Token) -> None:
    assert 1 <= len(tokens.encode(token).encode()) <= tokens.LIMIT


@given(st.text())
def test_decode_reads_any_text_without_failing(data: str) -> None:
    token = tokens.decode(data)
    assert token is None or isinstance(token, Token)


def test_encode_writes_short_readable_data() -> None:
    assert tokens.encode(Token(Subject.SESSION, 31, 3, Action.PICK, "4")) == "s.1f.3.p.4"


def test_a_value_may_hold_the_separator() -> None:
    token = Token(Subject.COMMAND, 0, 0, Action.START, "a.b.c")
    assert tokens.decode("c.0.0.g.a.b.c") == token


@pytest.mark.parametrize(
    "data", ["", "s", "s.1.2.p", "z.1.2.p.", "s.xyz.2.p.", "s.1.2.?.", "v1:1:2", "s..1.p."]
)
def test_decode_of_data_we_never_wrote_is_none(data: str) -> None:
    assert tokens.decode(data) is None


def test_encode_refuses_what_needs_more_than_64_bytes() -> None:
    with pytest.raises(ValueError, match="64 bytes, this one needs 68"):
        tokens.encode(Token(Subject.SESSION, 1, 1, Action.PICK, "न" * 20))


@pytest.mark.parametrize(
    "data",
    ["s.-1.0.p.", "s.1_0.0.p.", "s. 1.0.p.", "s.8000000000000000.0.p.", f"s.{'f' * 40}.0.p.", "s.1.-1.p."],
)
def test_number_no_database_would_take_is_no_token(data: str) -> None:
    assert tokens.decode(data) is None
