from typing import Any

import pytest

from tests.bench.bot_api_schema import BotApiSchema

SCHEMA = BotApiSchema()
COMMANDS = '[{"command": "a", "description": "b"}]'
KEYBOARD = '{"inline_keyboard": [[{"text": "Yes", "callback_data": "s.1.2.y."}]]}'


@pytest.mark.parametrize(
    ("method", "fields", "files"),
    [
        ("getMe", {}, ()),
        ("getUpdates", {"offset": "0", "timeout": "30", "allowed_updates": '["message"]'}, ()),
        ("sendMessage", {"chat_id": "5", "text": "4", "reply_markup": KEYBOARD}, ()),
        ("sendMessage", {"chat_id": "@channel", "text": "👍" * 2048, "protect_content": "true"}, ()),
        ("sendPhoto", {"chat_id": "5", "photo": "file-id", "caption": ""}, ()),
        ("sendPhoto", {"chat_id": "5"}, ("photo",)),
        ("sendDocument", {"chat_id": "5", "document": "attach://part"}, ("part",)),
        ("sendMediaGroup", {"chat_id": 5, "media": [{"type": "photo", "media": "attach://a"}]}, ("a",)),
        (
            "setMyCommands",
            {"commands": COMMANDS, "scope": '{"type": "default"}'},
            (),
        ),
    ],
)
def test_a_call_as_published_has_no_problems(
    method: str, fields: dict[str, Any], files: tuple[str, ...]
) -> None:
    assert SCHEMA.problems(method, fields, files=frozenset(files)) == []


@pytest.mark.parametrize(
    ("method", "fields", "problem"),
    [
        ("sendFax", {}, "sendFax: not among the methods of this project"),
        ("sendMessage", {"chat_id": "5"}, "sendMessage: text is missing"),
        ("sendMessage", {"chat_id": "5", "text": "x", "txt": "y"}, "sendMessage: no parameter txt"),
        ("sendMessage", {"chat_id": "5", "text": ""}, "sendMessage.text: 0 is outside 1-4096"),
        ("sendMessage", {"chat_id": "5", "text": "👍" * 2049}, "sendMessage.text: 4098 is outside 1-4096"),
        ("answerCallbackQuery", {"callback_query_id": "1", "text": "x" * 201}, "text: 201 is outside 0-200"),
        ("getUpdates", {"limit": "101"}, "getUpdates.limit: 101 is outside 1-100"),
        ("editMessageText", {"message_id": "x", "text": "x"}, "editMessageText.message_id: Integer expected"),
        ("sendMessage", {"chat_id": "5", "text": "x", "protect_content": "yes"}, "Boolean expected"),
        ("sendMessage", {"chat_id": "5", "text": "x", "reply_markup": "[]"}, "InlineKeyboardMarkup expected"),
        ("sendMessage", {"chat_id": "5", "text": "x", "entities": "{}"}, "a list expected"),
        ("setMyCommands", {"commands": '[{"command": "a"}]'}, "commands[0]: description is missing"),
        ("setMyCommands", {"commands": "[]", "scope": '{"kind": "default"}'}, "scope: no field kind"),
        ("sendMediaGroup", {"chat_id": 5, "media": [{"type": "photo"}]}, "media[0]: media is missing"),
    ],
)
def test_a_call_that_breaks_the_schema_is_found(method: str, fields: dict[str, Any], problem: str) -> None:
    found = SCHEMA.problems(method, fields, files=frozenset())
    assert any(problem in line for line in found), found


@pytest.mark.parametrize(
    ("button", "problem"),
    [
        ({"text": "x", "callback_data": "é" * 33}, "callback_data: 66 is outside 1-64"),
        ({"callback_data": "x"}, "text is missing"),
        ({"text": 5, "callback_data": "x"}, "String expected"),
        ({"text": "x", "callbackdata": "x"}, "no field callbackdata"),
    ],
)
def test_a_fault_inside_a_keyboard_is_found(button: dict[str, Any], problem: str) -> None:
    markup = {"inline_keyboard": [[button]]}
    fields = {"chat_id": 5, "text": "x", "reply_markup": markup}
    found = SCHEMA.problems("sendMessage", fields, files=frozenset())
    assert any(problem in line for line in found), found


def test_a_file_where_none_belongs_is_found() -> None:
    found = SCHEMA.problems("sendMessage", {"chat_id": 5}, files=frozenset({"text"}))
    assert found == ["sendMessage.text: takes no file"]
