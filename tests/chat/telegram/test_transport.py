import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from telegram import Bot
from telegram.error import NetworkError, TelegramError, TimedOut

from spm_bot.chat.telegram.transport import AiohttpRequest, Timeouts
from tests.bench.telegram_bench import TelegramBench

OK = b"HTTP/1.1 200 OK\r\nContent-Length: "
SECRET = "700000001:not-to-be-seen-anywhere"
QUICK = Timeouts(connect=0.1, read=0.1, write=0.1, media=0.1, pool=0.1)


@asynccontextmanager
async def listening(answer: bytes | None) -> AsyncIterator[str]:
    """A server that reads a request and says `answer`, or nothing at all."""
    over = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        if answer is None:
            await over.wait()
        writer.write(answer or b"")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    yield f"http://{host}:{port}/bot{SECRET}/getMe"
    over.set()
    server.close()
    await server.wait_closed()


def told(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)) + repr(error) + repr(error.__context__)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (None, TimedOut("No answer in time; the request may have been carried out")),
        (b"", NetworkError("The server closed the connection without an answer")),
        (b"nonsense\r\n\r\n", NetworkError("The connection failed (ClientResponseError 400)")),
        (
            OK + b"9\r\n\r\n{",
            NetworkError("The connection failed (ClientPayloadError)"),
        ),
        (OK + b"1\r\n\r\n{", TelegramError("Unreadable answer")),
        (OK + b"2\r\n\r\n[]", TelegramError("Unreadable answer")),
    ],
)
async def test_a_failure_has_its_kind_and_hides_the_address(
    answer: bytes | None, expected: TelegramError
) -> None:
    async with listening(answer) as url, AiohttpRequest(timeouts=QUICK) as request:
        with pytest.raises(TelegramError) as caught:
            await request.post(url)
    assert (type(caught.value), caught.value.message) == (type(expected), expected.message)
    assert SECRET not in told(caught.value)


@pytest.mark.parametrize("root", ["http://127.0.0.1:1/", "http:///", "nothing"])
async def test_a_server_that_cannot_be_reached_hides_the_address(
    root: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with AiohttpRequest(timeouts=QUICK) as request:
            with pytest.raises(NetworkError) as caught:
                await request.post(f"{root}bot{SECRET}/x")
    assert SECRET not in told(caught.value) + caplog.text


async def test_no_free_connection_in_time_says_that_nothing_was_sent() -> None:
    async with listening(None) as url, AiohttpRequest(pool_size=1, timeouts=QUICK) as request:
        first = asyncio.create_task(request.post_form(url, {}, read_timeout=5))
        await asyncio.sleep(0)
        with pytest.raises(TimedOut, match="was not sent"):
            await request.post_form(url, {}, read_timeout=5)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)


async def test_a_time_out_of_the_caller_replaces_the_default() -> None:
    patient = Timeouts(connect=None, read=None, write=None, media=None, pool=None)
    async with listening(None) as url, AiohttpRequest(timeouts=patient) as request:
        with pytest.raises(TimedOut):
            await request.post(url, read_timeout=0.05)
        assert request.read_timeout is None


async def test_a_transport_that_is_not_open_says_so() -> None:
    request = AiohttpRequest()
    with pytest.raises(NetworkError, match="not initialized"):
        await request.post("http://127.0.0.1:1/")
    await request.initialize()
    await request.initialize()
    await request.shutdown()
    await request.shutdown()
    with pytest.raises(NetworkError, match="not initialized"):
        await request.post("http://127.0.0.1:1/")


async def test_it_carries_everything_the_library_does_with_a_bot(bench: TelegramBench) -> None:
    root = bench.base_url
    bot = Bot(
        bench.token,
        base_url=f"{root}/bot",
        base_file_url=f"{root}/file/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(),
    )
    async with bot:
        await bench.say(5, "hello")
        updates = await bot.get_updates(timeout=1)
        sent = await bot.send_document(5, b"some bytes", filename='a "b" ñ.txt', caption="c")
        assert sent.document is not None
        file = await bot.get_file(sent.document.file_id)
        assert (updates[0].message and updates[0].message.text, sent.caption) == ("hello", "c")
        assert await file.download_as_bytearray() == b"some bytes"
    (call,) = await bench.calls(5)
    assert call.files == {"document": 'a "b" ñ.txt'}
