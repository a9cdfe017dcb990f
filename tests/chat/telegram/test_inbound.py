from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update

from spm_bot.chat.telegram import inbound
from spm_bot.messages import (
    Action,
    Address,
    Blocked,
    Body,
    Contact,
    Edited,
    Inbound,
    Other,
    Start,
    Subject,
    Tap,
    Text,
    Token,
)

SENT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
STAMP = int(SENT.timestamp())
AMINA = {"id": 50, "is_bot": False, "first_name": "Test", "language_code": "pt-br"}
ROBOT = {"id": 51, "is_bot": True, "first_name": "Robot"}
OURS = {"id": 7, "is_bot": True, "first_name": "SPM", "username": "spm_bot"}
PRIVATE = {"id": 50, "type": "private", "first_name": "Test"}
GROUP = {"id": -10, "type": "group", "title": "Group"}
SUPERGROUP = {"id": -1001234567890, "type": "supergroup", "title": "Group"}
NEWS = {"id": -20, "type": "channel", "title": "News"}
FILE = {"file_id": "f", "file_unique_id": "u"}
PICTURE = {**FILE, "width": 1, "height": 1}
STICKER = {**PICTURE, "type": "regular", "is_animated": False, "is_video": False}


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 9, "date": STAMP, "chat": PRIVATE, "from": AMINA, **content}


def query(**content: Any) -> dict[str, Any]:
    shown = {"message_id": 4, "date": STAMP, "chat": PRIVATE, "from": OURS, "text": "Well?"}
    return {"id": "77", "from": AMINA, "chat_instance": "1", "message": shown, **content}


def membership(status: str, *, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    old = {"user": OURS, "status": "member"}
    new = {"user": OURS, "status": status, "until_date": 0}
    return {"chat": chat, "from": AMINA, "date": STAMP, "old_chat_member": old, "new_chat_member": new}


def read(**update: Any) -> Inbound | None:
    parsed = Update.de_json({"update_id": 1001, **update})
    return inbound.read(parsed, bot_id=7, username="spm_bot", received_at=RECEIVED)


def body(**content: Any) -> Body | None:
    found = read(message=message(**content))
    return found.body if found else None


def said(text: str, **more: Any) -> Body | None:
    return body(text=text, **more)


def test_a_message_becomes_an_inbound_with_key_address_time_and_language() -> None:
    assert read(message=message(text="hello")) == Inbound(
        key="tg:7:1001",
        address=Address("telegram", "50"),
        sent_at=SENT,
        body=Text("hello", "9"),
        language="pt-br",
        private=True,
        bot="spm_bot",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/start", Start("")),
        ("/START", Start("")),
        ("/start ", Start("")),
        ("/start Zm9v_bar-1", Start("Zm9v_bar-1")),
        ("/start\nZm9v", Start("Zm9v")),
        ("/start@SPM_bot abc", Start("abc")),
        ("/start two words", Start("")),
        ("/start " + "x" * 65, Start("")),
        ("/start'; drop table", Text("/start'; drop table", "9")),
        ("/started", Text("/started", "9")),
        ("/start@another_bot abc", Text("/start@another_bot abc", "9")),
        ("please /start", Text("please /start", "9")),
        ("/ask", Text("/ask", "9")),
        ("/ask@spm_bot now@home", Text("/ask now@home", "9")),
        ("/ask@other_bot", Text("/ask@other_bot", "9")),
        ("/", Text("/", "9")),
        ("mail@spm_bot", Text("mail@spm_bot", "9")),
    ],
)
def test_commands_are_told_from_words(text: str, expected: Body) -> None:
    assert said(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x07c\rd", "abcd"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
        ("\u200fنعم\u200e", "\u200fنعم\u200e"),
        ("half \ud83d of a pair", "half  of a pair"),
        ("👍🏽 ১২৩", "👍🏽 ১২৩"),
        (" spaces stay ", " spaces stay "),
        ("x" * 10_000, "x" * 10_000),
        ("\x00", ""),
    ],
)
def test_control_characters_are_kept_out_and_nothing_else(text: str, expected: str) -> None:
    assert said(text) == Text(expected, "9")


def test_start_in_a_group_is_text() -> None:
    found = read(message=message(text="/start@spm_bot", chat=GROUP))
    assert found == Inbound(
        "tg:7:1001",
        Address("telegram", "-10"),
        SENT,
        Text("/start", "9"),
        "pt-br",
        private=False,
        bot="spm_bot",
    )


def test_a_supergroup_is_not_private_and_keeps_its_long_number() -> None:
    found = read(message=message(text="hi", chat=SUPERGROUP))
    assert found is not None
    assert (found.address.handle, found.private) == ("-1001234567890", False)


@pytest.mark.parametrize(("owner", "own"), [(50, True), (99, False), (None, False)])
def test_a_contact_is_own_only_when_it_is_the_senders(owner: int | None, own: bool) -> None:
    contact = {"phone_number": "+254700000001", "first_name": "Test"}
    found = body(contact=contact if owner is None else {**contact, "user_id": owner})
    assert found == Contact("+254700000001", own)


@pytest.mark.parametrize(
    ("content", "kind", "file"),
    [
        ({"sticker": STICKER}, "sticker", "f"),
        ({"photo": [PICTURE], "caption": "stop"}, "photo", "f"),
        ({"voice": {**FILE, "duration": 3}}, "voice", "f"),
        ({"audio": {**FILE, "duration": 3}}, "audio", "f"),
        ({"video": {**PICTURE, "duration": 3}}, "video", "f"),
        ({"video_note": {**FILE, "length": 1, "duration": 3}}, "video_note", "f"),
        ({"document": FILE}, "document", "f"),
        ({"animation": {**PICTURE, "duration": 3}, "document": {**FILE, "file_id": "d"}}, "animation", "f"),
        ({"location": {"longitude": 1.0, "latitude": 2.0}}, "location", ""),
        ({"dice": {"emoji": "🎲", "value": 3}}, "dice", ""),
        ({"invented_tomorrow": {"x": 1}}, "unknown", ""),
    ],
)
def test_what_cannot_be_read_says_its_kind_file_and_message(
    content: dict[str, Any], kind: str, file: str
) -> None:
    assert body(**content) == Other(kind, file, "9")


def test_a_photo_is_known_by_its_largest_size() -> None:
    sizes = [("small", 90, 90), ("large", 1280, 800), ("middle", 320, 200)]
    photo = [{**FILE, "file_id": name, "width": width, "height": height} for name, width, height in sizes]
    assert body(photo=photo) == Other("photo", "large", "9")


@pytest.mark.parametrize(
    "content",
    [
        {"pinned_message": message(text="old")},
        {"message_auto_delete_timer_changed": {"message_auto_delete_time": 60}},
        {"new_chat_title": "New", "chat": GROUP},
        {"migrate_to_chat_id": -1001234567890, "chat": GROUP},
        {"invented_tomorrow": {"x": 1}, "chat": GROUP},
    ],
)
def test_telegrams_own_news_is_nobodys_message(content: dict[str, Any]) -> None:
    assert body(**content) is None


@pytest.mark.parametrize(
    ("data", "token"),
    [
        ("s.1f.3.p.4", Token(Subject.SESSION, 31, 3, Action.PICK, "4")),
        ("written by an older bot", None),
    ],
)
def test_a_tap_carries_its_token_and_the_time_it_was_received(data: str, token: Token | None) -> None:
    assert read(callback_query=query(data=data)) == Inbound(
        "tg:7:1001", Address("telegram", "50"), RECEIVED, Tap(token), "pt-br", private=True
    )


def test_a_tap_on_a_message_too_old_to_be_shown_still_counts() -> None:
    lost = {"chat": PRIVATE, "message_id": 4, "date": 0}
    found = read(callback_query=query(data="s.1.1.b.", message=lost))
    assert found is not None
    assert found.body == Tap(Token(Subject.SESSION, 1, 1, Action.BACK))


def test_a_button_of_a_game_is_a_tap_without_a_token() -> None:
    found = read(callback_query=query(game_short_name="chess"))
    assert found is not None
    assert found.body == Tap(None)


def test_a_tap_outside_any_chat_is_nobodys() -> None:
    assert read(callback_query=query(data="s.1.1.b.", message=None, inline_message_id="5")) is None


def test_nobody_taps_in_another_persons_chat() -> None:
    assert read(callback_query=query(data="s.1.1.b.", **{"from": {**AMINA, "id": 99}})) is None


def test_a_tap_in_a_group_is_not_private_whoever_makes_it() -> None:
    shown = {"message_id": 4, "date": STAMP, "chat": GROUP, "from": OURS, "text": "Well?"}
    found = read(callback_query=query(data="s.1.1.b.", message=shown))
    assert found is not None
    assert (found.address, found.private) == (Address("telegram", "-10"), False)


def test_an_edited_message_names_the_message_and_the_time_of_the_edit() -> None:
    found = read(edited_message=message(text="fo\x00ur", edit_date=STAMP + 60))
    assert found == Inbound(
        "tg:7:1001", Address("telegram", "50"), SENT.replace(minute=1), Edited("four", "9"), "pt-br"
    )


def test_an_edit_without_text_is_nothing_to_correct() -> None:
    assert read(edited_message=message(location={"longitude": 1.0, "latitude": 2.0}, edit_date=STAMP)) is None


@pytest.mark.parametrize(("status", "blocked"), [("kicked", True), ("left", True), ("member", False)])
def test_a_block_and_its_end_are_told(status: str, blocked: bool) -> None:
    assert read(my_chat_member=membership(status)) == Inbound(
        "tg:7:1001", Address("telegram", "50"), SENT, Blocked(blocked), "pt-br"
    )


def test_a_bot_made_member_of_a_group_is_not_private() -> None:
    found = read(my_chat_member=membership("member", chat=GROUP))
    assert found is not None
    assert (found.body, found.private) == (Blocked(blocked=False), False)


@pytest.mark.parametrize(
    "update",
    [
        {"message": message(text="hi", **{"from": ROBOT})},
        {"message": message(text="hi", chat=NEWS)},
        {"message": {"message_id": 9, "date": STAMP, "chat": GROUP, "text": "hi"}},
        {"channel_post": message(text="hi", chat=NEWS)},
        {"my_chat_member": membership("member", chat=NEWS)},
        {},
    ],
)
def test_bots_channels_and_unasked_kinds_are_passed_over(update: dict[str, Any]) -> None:
    assert read(**update) is None


def test_a_phone_may_keep_its_language_to_itself() -> None:
    found = read(message=message(text="hi", **{"from": {"id": 50, "is_bot": False, "first_name": "Test"}}))
    assert found is not None
    assert found.language is None
