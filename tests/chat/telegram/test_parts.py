from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from spm_bot.chat.telegram.parts import Part, cut, keyboard, mended, parts, split
from spm_bot.messages import Action, Attachment, Button, Outbound, Subject, Token

WORDS = st.text(st.sampled_from("ab \n👍न\u200f"), max_size=120)


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def button(label: str, *, value: str = "") -> Button:
    return Button(label, Token(Subject.SESSION, 1, 2, Action.PICK, value))


def shown(label: str) -> InlineKeyboardButton:
    return InlineKeyboardButton(label, callback_data="s.1.2.p.")


def wire(part: Part) -> dict[str, Any] | None:
    """A part's keyboard as it travels: the library does not compare those that take one away."""
    return part.keyboard.to_dict() if part.keyboard else None


YES = ((button("Yes"),),)
YES_SHOWN = InlineKeyboardMarkup([[shown("Yes")]])
PHOTO = Attachment("photo", "card.png", "stored")


@given(WORDS, st.integers(2, 40))
def test_split_keeps_every_word_within_the_limit(text: str, limit: int) -> None:
    pieces = split(text, limit=limit)
    assert all(piece.strip() and units(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("short", ["short"]),
        ("first part\n\nthe second", ["first part", "the second"]),
        ("first\npart, the second", ["first\npart, the", "second"]),
        ("first part, the\nsecond", ["first part, the", "second"]),
        ("firstpartwithoutanyspace", ["firstpartwithout", "anyspace"]),
        ("👍👍👍👍👍👍👍👍👍", ["👍👍👍👍👍👍👍👍", "👍"]),
        ("x👍👍👍👍👍👍👍👍", ["x👍👍👍👍👍👍👍", "👍"]),
        (" \n ", []),
    ],
)
def test_split_cuts_at_the_widest_gap_in_reach(text: str, pieces: list[str]) -> None:
    assert split(text, limit=16) == pieces


@given(WORDS, st.integers(1, 40))
def test_cut_keeps_a_beginning_within_the_limit(text: str, limit: int) -> None:
    found = cut(text, limit)
    assert units(found) <= limit
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))


def test_mended_replaces_half_a_surrogate_pair() -> None:
    assert mended("a\ud83db👍") == "a\ufffdb👍"


def test_a_text_is_one_part_with_its_buttons() -> None:
    assert parts(Outbound("Well?", YES), file=None) == (Part("Well?", YES_SHOWN),)


def test_a_long_text_has_its_buttons_on_the_last_part() -> None:
    text = "a" * 4000 + "\n\n" + "b" * 4000
    assert parts(Outbound(text, YES), file=None) == (Part("a" * 4000), Part("b" * 4000, YES_SHOWN))


@pytest.mark.parametrize("kind", ["photo", "document"])
def test_an_attachment_takes_a_short_text_as_its_caption(kind: str) -> None:
    message = Outbound("👍" * 512, YES, attachment=Attachment(kind, "card.png", "stored"))
    (part,) = parts(message, file=b"png")
    assert (part.kind, part.text, part.keyboard, part.name, part.file) == (
        kind,
        "👍" * 512,
        YES_SHOWN,
        "card.png",
        b"png",
    )


def test_an_attachment_goes_ahead_of_a_text_too_long_for_a_caption() -> None:
    text = "👍" * 513
    assert parts(Outbound(text, YES, attachment=PHOTO), file=b"png") == (
        Part("", kind="photo", name="card.png", file=b"png"),
        Part(text, YES_SHOWN),
    )


def test_an_attachment_may_come_without_words() -> None:
    assert parts(Outbound("", attachment=PHOTO), file=b"png") == (
        Part("", kind="photo", name="card.png", file=b"png"),
    )


def test_a_phone_number_is_shared_by_one_button_below_the_chat() -> None:
    button = KeyboardButton("Share my number", request_contact=True)
    shown = ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    asked = Outbound("Who are you?", share="Share my number")
    assert parts(asked, file=None) == (Part("Who are you?", shown),)


def test_the_button_to_share_is_put_away_by_an_empty_label() -> None:
    (part,) = parts(Outbound("Thank you", share=""), file=None)
    assert (part.text, wire(part)) == ("Thank you", {"remove_keyboard": True})


def test_a_long_text_has_the_button_to_share_on_its_last_part() -> None:
    first, last = parts(Outbound("a" * 4000 + "\n\n" + "b" * 4000, share=""), file=None)
    assert (wire(first), wire(last)) == (None, {"remove_keyboard": True})


@pytest.mark.parametrize("share", ["Share my number", ""])
def test_a_message_has_buttons_or_one_to_share_never_both(share: str) -> None:
    with pytest.raises(ValueError, match="never both"):
        parts(Outbound("x", YES, share=share), file=None)


def test_an_attachment_without_its_bytes_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="bytes"):
        parts(Outbound("x", attachment=PHOTO), file=None)


def test_a_message_without_words_has_no_parts() -> None:
    assert parts(Outbound(" \n"), file=None) == ()


@pytest.mark.parametrize(
    ("count", "widths"), [(1, [1]), (8, [8]), (9, [5, 4]), (11, [6, 5]), (17, [6, 6, 5])]
)
def test_a_row_too_wide_for_a_phone_is_laid_out_in_even_rows(count: int, widths: list[int]) -> None:
    markup = keyboard((tuple(button(str(n)) for n in range(count)),))
    assert markup is not None
    assert [len(row) for row in markup.inline_keyboard] == widths
    assert [each.text for row in markup.inline_keyboard for each in row] == [str(n) for n in range(count)]


@pytest.mark.parametrize("rows", [(), ((),)])
def test_no_buttons_make_no_keyboard(rows: tuple[tuple[Button, ...], ...]) -> None:
    assert keyboard(rows) is None
