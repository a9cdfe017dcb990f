import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession

from tests.bench.telegram_bench import TelegramBench


class Bot:
    """A bot as bare as can be: what it says is what the wire carries."""

    def __init__(self, bench: TelegramBench, client: ClientSession) -> None:
        self._root, self._client = f"{bench.base_url}/bot{bench.token}", client

    async def call(self, method: str, **fields: Any) -> tuple[int, Any]:
        async with self._client.post(f"{self._root}/{method}", json=fields) as response:
            body = await response.json()
            return response.status, body["result"] if body["ok"] else body["description"]


@pytest.fixture
async def bench() -> AsyncIterator[TelegramBench]:
    async with TelegramBench.start() as bench:
        yield bench


@pytest.fixture
async def bot(bench: TelegramBench) -> AsyncIterator[Bot]:
    async with ClientSession() as client:
        yield Bot(bench, client)


YES, NO = {"text": "1 Yes", "callback_data": "y"}, {"text": "2 No", "callback_data": "n"}
KEYBOARD = {"inline_keyboard": [[YES, NO]]}


async def test_a_conversation_by_text_and_tap(bench: TelegramBench, bot: Bot) -> None:
    bench.languages[5] = "sw"
    first = await bench.start_link(5, "abc")
    _, [update] = await bot.call("getUpdates")
    assert (update["update_id"], update["message"]["text"]) == (first, "/start abc")
    assert update["message"]["from"]["language_code"] == "sw"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    await bot.call("sendMessage", chat_id=5, text="Well?", reply_markup=KEYBOARD)
    assert (await bench.next_message(5)).buttons == (("1 Yes", "2 No"),)
    await bench.tap(5, "No")
    _, [tap] = await bot.call("getUpdates", offset=first + 1)
    assert (tap["callback_query"]["data"], tap["callback_query"]["message"]["text"]) == ("n", "Well?")


async def test_a_button_that_is_not_there_is_an_error_that_lists_those_that_are(
    bench: TelegramBench, bot: Bot
) -> None:
    await bot.call("sendMessage", chat_id=5, text="Well?", reply_markup=KEYBOARD)
    with pytest.raises(LookupError, match=r"'Maybe'.*1 Yes"):
        await bench.tap(5, "Maybe")


async def test_a_break_of_the_schema_fails_the_test_at_its_end() -> None:
    with pytest.raises(AssertionError, match="no parameter txt"):
        async with TelegramBench.start() as bench, ClientSession() as client:
            await Bot(bench, client).call("sendMessage", chat_id=5, text="x", txt="y")


async def test_expect_says_what_was_seen_instead(bench: TelegramBench, bot: Bot) -> None:
    await bot.call("sendMessage", chat_id=5, text="Good evening")
    with pytest.raises(AssertionError, match="Good evening"):
        await bench.expect(5, "Good morning", within=0.05)


async def test_edits_of_unknown_or_unchanged_messages_are_refused(bench: TelegramBench, bot: Bot) -> None:
    _, sent = await bot.call("sendMessage", chat_id=5, text="a")
    where = {"chat_id": 5, "message_id": sent["message_id"]}
    assert (await bot.call("editMessageText", **where, text="b"))[0] == 200
    status, why = await bot.call("editMessageText", **where, text="b")
    assert (status, "message is not modified" in why) == (400, True)
    unknown = await bot.call("editMessageText", chat_id=5, message_id=99, text="b")
    assert unknown == (400, "Bad Request: message to edit not found")
    assert (await bot.call("deleteMessage", **where))[0] == 200
    assert await bot.call("deleteMessage", **where) == (400, "Bad Request: message to delete not found")


async def test_a_persons_own_message_cannot_be_edited_by_the_bot(bench: TelegramBench, bot: Bot) -> None:
    await bench.say(5, "mine")
    assert (await bot.call("editMessageText", chat_id=5, message_id=1, text="b"))[0] == 400


async def test_a_bot_takes_out_what_a_person_typed_in_private_but_not_in_a_group(
    bench: TelegramBench, bot: Bot
) -> None:
    await bench.say(5, "mine")
    await bench.say(-7, "ours")
    assert (await bot.call("deleteMessage", chat_id=5, message_id=1))[0] == 200
    refused = (400, "Bad Request: message can't be deleted for everyone")
    assert await bot.call("deleteMessage", chat_id=-7, message_id=2) == refused
    assert (await bench.typed(5), await bench.typed(-7)) == ({}, {2: "ours"})


async def test_after_two_days_no_message_can_be_taken_out(bench: TelegramBench, bot: Bot) -> None:
    await bench.say(5, "mine")
    await bot.call("sendMessage", chat_id=5, text="a")
    await bench.age(hours=48)
    refused = (400, "Bad Request: message can't be deleted for everyone")
    for message in (1, 2):
        assert await bot.call("deleteMessage", chat_id=5, message_id=message) == refused


async def test_a_keyboard_belongs_to_the_chat_and_its_message_cannot_be_edited(
    bench: TelegramBench, bot: Bot
) -> None:
    keyboard = {"keyboard": [[{"text": "Share", "request_contact": True}, {"text": "Not now"}]]}
    _, sent = await bot.call("sendMessage", chat_id=5, text="a", reply_markup=keyboard)
    assert "reply_markup" not in sent
    assert await bench.share_button(5) == "Share"
    edit = await bot.call("editMessageText", chat_id=5, message_id=sent["message_id"], text="b")
    assert edit == (400, "Bad Request: message can't be edited")
    await bot.call("sendMessage", chat_id=5, text="c", reply_markup={"remove_keyboard": True})
    assert await bench.share_button(5) == ""


async def test_taps_unknown_answered_or_too_old_cannot_be_answered(bench: TelegramBench, bot: Bot) -> None:
    taps = [await bench.tap_data(5, "y", message=1) for _ in range(2)]
    _, updates = await bot.call("getUpdates")
    first, second = (update["callback_query"]["id"] for update in updates)
    assert len(taps) == 2
    assert (await bot.call("answerCallbackQuery", callback_query_id=first))[0] == 200
    await bench.expire_taps()
    for query in (first, second, "made up"):
        status, why = await bot.call("answerCallbackQuery", callback_query_id=query)
        assert (status, "query is too old" in why) == (400, True)


async def test_updates_stay_until_the_offset_passes_them(bench: TelegramBench, bot: Bot) -> None:
    await bench.say_all([(5, "a"), (5, "b")])
    assert len((await bot.call("getUpdates"))[1]) == 2
    assert await bench.pending() == [1, 2]
    assert len((await bot.call("getUpdates", offset=2))[1]) == 1
    assert await bench.pending() == [2]


async def test_the_same_offset_at_once_brings_a_single_update(bench: TelegramBench, bot: Bot) -> None:
    await bench.say_all([(5, "a"), (5, "b"), (5, "c")])
    answers = [len((await bot.call("getUpdates", offset=offset))[1]) for offset in (1, 1, 2)]
    assert answers == [3, 1, 2]


async def test_a_new_poll_ends_the_one_before_it(bench: TelegramBench, bot: Bot) -> None:
    older = asyncio.create_task(bot.call("getUpdates", timeout=30))
    await bench.wait_for_call("getUpdates")
    newer = asyncio.create_task(bot.call("getUpdates", timeout=30))
    status, why = await older
    assert (status, "terminated by other getUpdates" in why) == (409, True)
    await bench.say(5, "hello")
    assert len((await newer)[1]) == 1


async def test_a_poller_killed_in_the_middle_leaves_its_updates_to_the_next(
    bench: TelegramBench, bot: Bot
) -> None:
    url = f"{bench.base_url}/bot{bench.token}/getUpdates?"
    polling = f"import urllib.request as u; u.urlopen(u.Request({url!r}, b'timeout=30')).read()"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", polling)
    await bench.wait_for_call("getUpdates")
    process.send_signal(signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
    await bench.say(5, "hello")
    status, [update] = await bot.call("getUpdates", timeout=5)
    assert (status, update["message"]["text"]) == (200, "hello")


async def test_a_blocked_bot_is_told_and_refused_until_unblocked(bench: TelegramBench, bot: Bot) -> None:
    await bench.block(5)
    assert (await bot.call("sendMessage", chat_id=5, text="x"))[0] == 403
    assert (await bot.call("sendMessage", chat_id=6, text="x"))[0] == 200
    await bench.unblock(5)
    assert (await bot.call("sendMessage", chat_id=5, text="x"))[0] == 200
    _, updates = await bot.call("getUpdates")
    assert [update["my_chat_member"]["new_chat_member"]["status"] for update in updates] == [
        "kicked",
        "member",
    ]


async def test_a_wrong_token_is_unauthorized(bench: TelegramBench) -> None:
    async with ClientSession() as client, client.post(f"{bench.base_url}/bot1:x/getMe") as response:
        assert response.status == 401


async def test_every_kind_of_person_made_update_arrives(bench: TelegramBench, bot: Bot) -> None:
    await bench.share_contact(5, "+254700000001")
    await bench.send_sticker(5)
    await bench.edit(5, 1, "corrected")
    await bench.say(-7, "in a group")
    _, updates = await bot.call("getUpdates")
    assert [next(iter(set(update) - {"update_id"})) for update in updates] == [
        "message",
        "message",
        "edited_message",
        "message",
    ]
    assert updates[0]["message"]["contact"]["user_id"] == 5
    assert updates[3]["message"]["chat"]["type"] == "supergroup"
