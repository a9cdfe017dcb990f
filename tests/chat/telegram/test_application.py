import asyncio
import logging
import socket
import traceback

import pytest

from spm_bot.chat.telegram.application import TelegramApp
from spm_bot.chat.telegram.polling import WrongToken
from spm_bot.messages import Outbound
from tests.bench.telegram_bench import TelegramBench
from tests.chat.telegram.conftest import NOW, Desk, open_app, running


async def test_entering_learns_the_bots_name(bench: TelegramBench, app: TelegramApp) -> None:
    assert (app.username, app.channel.name) == (bench.username, "telegram")


@pytest.mark.parametrize("token", ["700000001:another-token", "nonsense"])
async def test_a_wrong_token_is_one_clear_line_without_the_token(bench: TelegramBench, token: str) -> None:
    with pytest.raises(WrongToken) as caught:
        async with open_app(bench, token=token):
            pass
    assert str(caught.value) == "Telegram rejects the bot token; compare SPM_TELEGRAM_TOKEN with @BotFather's"
    assert token not in "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__)


def test_an_empty_token_is_wrong_too() -> None:
    with pytest.raises(WrongToken):
        TelegramApp("", now=lambda: NOW)


async def test_an_unreachable_server_is_reported_and_tried_again(
    bench: TelegramBench, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    await bench.refuse(502, "Bad Gateway", method="getMe", times=2)
    await bench.say(1, "hello")
    with caplog.at_level(logging.INFO, logger="spm_bot.telegram"):
        async with open_app(bench) as app:
            names = [app.username]
            async with running(app, desk):
                await desk.got(1)
            names.append(app.username)
    assert names == [None, bench.username]
    assert [record.getMessage() for record in caplog.records] == [
        "telegram_unreachable",
        "telegram_unreachable",
        "telegram_ready",
    ]


async def test_stop_ends_a_run_that_never_reached_the_server() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        async with TelegramApp("1:x", now=lambda: NOW, base_url=f"http://127.0.0.1:{port}/") as app:
            task = asyncio.create_task(app.run(Desk().receive, lambda: None))
            app.stop()
            await asyncio.wait_for(task, 5)
            assert app.username is None


async def test_a_run_after_stop_does_not_poll(bench: TelegramBench, app: TelegramApp) -> None:
    app.stop()
    await app.run(Desk().receive, lambda: None)
    assert await bench.calls(method="getUpdates") == []


async def test_neither_start_nor_stop_touches_a_webhook_or_drops_updates(bench: TelegramBench) -> None:
    desk = Desk()
    await bench.say(1, "written while we were away")
    async with open_app(bench) as app, running(app, desk):
        await desk.got(1)
        await app.channel.send("1", Outbound("here"))
    assert desk.texts() == ["written while we were away"]
    assert {call.method for call in await bench.calls()} == {"getMe", "sendMessage"}
    polls = await bench.calls(method="getUpdates")
    assert all(call.fields["offset"] >= 0 for call in polls)
    assert polls[0].fields["allowed_updates"] == [
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
    ]
