import asyncio
import logging

import pytest

from spm_bot.chat.channel import Sent
from spm_bot.chat.commands import described, staff_menu
from spm_bot.chat.telegram.menus import Menus
from spm_bot.messages import Outbound
from spm_bot.protection.duties import Role
from spm_bot.texts import languages, voice
from tests.bench.telegram_bench import TelegramBench
from tests.chat.telegram.conftest import Desk, open_app, running

MENUS: Menus = {
    "en": [("help", "What I can do"), ("stop", "Stop writing to me")],
    "ar": [("help", "ماذا أستطيع أن أفعل"), ("stop", "لا تكتب لي")],
}
ENGLISH = [
    {"command": "help", "description": "What I can do"},
    {"command": "stop", "description": "Stop writing to me"},
]
ARABIC = [
    {"command": "help", "description": "ماذا أستطيع أن أفعل"},
    {"command": "stop", "description": "لا تكتب لي"},
]


async def offered(bench: TelegramBench, menus: Menus, *, calls: int) -> list[tuple[str | None, object, int]]:
    """Language, commands and outcome of the calls made when a bot with these menus runs."""
    seen = 0
    async with open_app(bench, menus=menus) as app, running(app, Desk()):
        for _ in range(calls):
            seen = (await bench.wait_for_call("setMyCommands", after=seen)).number
    return [
        (call.fields.get("language_code"), call.fields["commands"], call.status)
        for call in await bench.calls(method="setMyCommands")
    ]


async def test_everybody_gets_the_first_menu_and_each_language_its_own(bench: TelegramBench) -> None:
    assert await offered(bench, MENUS, calls=3) == [
        (None, ENGLISH, 200),
        ("en", ENGLISH, 200),
        ("ar", ARABIC, 200),
    ]


async def test_a_language_that_telegram_has_no_code_for_speaks_only_as_the_first(
    bench: TelegramBench,
) -> None:
    assert await offered(bench, {"fil": MENUS["en"], "ar": MENUS["ar"]}, calls=2) == [
        (None, ENGLISH, 200),
        ("ar", ARABIC, 200),
    ]


async def test_a_menu_that_telegram_refuses_stops_neither_the_others_nor_the_bot(
    bench: TelegramBench, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    await bench.refuse(429, "Too Many Requests", method="setMyCommands", retry_after=30)
    await bench.say(1, "hello")
    seen = 0
    with caplog.at_level(logging.WARNING, logger="spm_bot.telegram"):
        async with open_app(bench, menus=MENUS) as app, running(app, desk):
            for _ in range(3):
                seen = (await bench.wait_for_call("setMyCommands", after=seen)).number
            await desk.got(1)
    assert [call.status for call in await bench.calls(method="setMyCommands")] == [429, 200, 200]
    assert [vars(record)["fields"] for record in caplog.records] == [
        {"language": None, "reason": "RetryAfter"}
    ]


async def test_a_menu_that_gets_no_answer_holds_up_neither_updates_nor_the_end(bench: TelegramBench) -> None:
    desk = Desk()
    await bench.hang(method="setMyCommands", times=None)
    await bench.say(1, "hello")
    async with asyncio.timeout(5), open_app(bench, menus=MENUS) as app, running(app, desk):
        await desk.got(1)
    assert desk.texts() == ["hello"]


@pytest.mark.parametrize("body", ["<html>", '{"ok": true}'])
async def test_an_answer_nobody_can_read_does_no_harm(bench: TelegramBench, body: str) -> None:
    await bench.babble(method="setMyCommands", body=body)
    assert len(await offered(bench, MENUS, calls=3)) == 3


async def test_no_menus_make_no_calls(bench: TelegramBench) -> None:
    desk = Desk()
    await bench.say(1, "hello")
    async with open_app(bench) as app, running(app, desk):
        await desk.got(1)
    assert await bench.calls(method="setMyCommands") == []


async def test_telegram_takes_the_menu_of_every_language_we_speak(bench: TelegramBench) -> None:
    menus = {language: described(voice(language)) for language in languages()}
    calls = await offered(bench, menus, calls=len(menus) + 1)
    assert [(language, status) for language, _, status in calls] == [
        (language, 200) for language in (None, *menus)
    ]


@pytest.mark.parametrize("role", list(Role))
async def test_chat_of_staff_gets_a_menu_of_its_own(bench: TelegramBench, role: Role) -> None:
    await bench.say(7, "hello")
    async with open_app(bench) as app:
        sent = await app.channel.send("7", Outbound("Hello.", menu=staff_menu([role], voice("en"))))
    assert isinstance(sent, Sent)
    [call] = await bench.calls(method="setMyCommands")
    assert (call.status, call.fields["scope"]) == (200, {"type": "chat", "chat_id": 7})
    names = [each["command"] for each in call.fields["commands"]]
    assert names[-3:] == ["whoami", "language", "help"]


async def test_chat_without_a_role_gets_the_menu_of_everybody_back(bench: TelegramBench) -> None:
    await bench.say(7, "hello")
    async with open_app(bench) as app:
        await app.channel.send("7", Outbound("Goodbye.", menu=()))
    [call] = await bench.calls(method="deleteMyCommands")
    assert (call.status, call.fields["scope"]) == (200, {"type": "chat", "chat_id": 7})


async def test_message_counts_as_sent_although_its_menu_was_refused(bench: TelegramBench) -> None:
    await bench.say(7, "hello")
    await bench.refuse(400, "Bad Request: no", method="setMyCommands")
    async with open_app(bench) as app:
        sent = await app.channel.send("7", Outbound("Hello.", menu=(("help", "Help"),)))
    assert isinstance(sent, Sent)
