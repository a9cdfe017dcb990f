import logging
from collections.abc import Awaitable, Callable

import pytest
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from spm_bot.chat.channel import Delivery, Sent, TryLater, Undeliverable
from spm_bot.chat.telegram.application import TelegramApp
from spm_bot.chat.telegram.outbound import TelegramChannel, failure
from spm_bot.messages import Action, Attachment, Button, Outbound, Subject, Token
from tests.bench.telegram_bench import TelegramBench
from tests.chat.telegram.conftest import Desk, running

CHAT = 501
YES = ((Button("Yes", Token(Subject.SESSION, 1, 2, Action.YES)),),)
QUESTION = Outbound("Did the loan help?", YES)
THANKS = Outbound("Thank you")
PICTURE = Outbound("This week", YES, attachment=Attachment("photo", "карта 47.png", "stored"))


@pytest.fixture
def channel(app: TelegramApp) -> TelegramChannel:
    return app.channel


async def test_send_shows_text_and_buttons_and_names_the_message(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    outcome = await channel.send(str(CHAT), QUESTION)
    message = await bench.next_message(CHAT)
    assert (message.text, message.buttons, message.data("Yes")) == (
        "Did the loan help?",
        (("Yes",),),
        "s.1.2.y.",
    )
    assert outcome == Sent(str(message.id))


async def test_marks_of_a_formatted_text_are_just_characters(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    await channel.send(str(CHAT), Outbound("_*<b>1 & 2\n"))
    assert (await bench.next_message(CHAT)).text == "_*<b>1 & 2\n"
    (call,) = await bench.calls(CHAT)
    assert call.fields == {"chat_id": CHAT, "text": "_*<b>1 & 2\n"}


async def test_a_long_text_arrives_in_parts_and_can_be_edited_at_its_end(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    outcome = await channel.send(str(CHAT), Outbound("a" * 4000 + " " + "b" * 4000, YES))
    first, last = [await bench.next_message(CHAT) for _ in range(2)]
    assert (first.text, first.buttons) == ("a" * 4000, ())
    assert (last.text, last.buttons) == ("b" * 4000, (("Yes",),))
    assert outcome == Sent(str(last.id))
    assert await channel.edit(str(CHAT), str(last.id), THANKS) == outcome


@pytest.mark.parametrize("kind", ["photo", "document"])
async def test_a_file_arrives_under_its_own_name_with_caption_and_buttons(
    bench: TelegramBench, channel: TelegramChannel, kind: str
) -> None:
    attachment = Attachment(kind, "карта 47.png", "stored")
    outcome = await channel.send(str(CHAT), Outbound("This week", YES, attachment=attachment), file=b"png")
    message = await bench.next_message(CHAT)
    assert (message.file, message.text, message.buttons) == (kind, "This week", (("Yes",),))
    assert outcome == Sent(str(message.id))
    (call,) = await bench.calls(CHAT)
    assert call.files == {kind: "карта 47.png"}


async def test_edit_changes_text_and_takes_the_buttons_away(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    sent = await channel.send(str(CHAT), QUESTION)
    assert isinstance(sent, Sent)
    assert await channel.edit(str(CHAT), sent.message, THANKS) == sent
    (message,) = await bench.messages(CHAT)
    assert (message.text, message.buttons) == ("Thank you", ())


async def test_edit_of_a_picture_changes_its_caption(bench: TelegramBench, channel: TelegramChannel) -> None:
    sent = await channel.send(str(CHAT), PICTURE, file=b"png")
    assert isinstance(sent, Sent)
    for _ in range(2):
        assert await channel.edit(str(CHAT), sent.message, THANKS) == sent
    (message,) = await bench.messages(CHAT)
    assert (message.file, message.text, message.buttons) == ("photo", "Thank you", ())


async def test_edit_of_a_picture_may_be_refused(bench: TelegramBench, channel: TelegramChannel) -> None:
    sent = await channel.send(str(CHAT), PICTURE, file=b"png")
    assert isinstance(sent, Sent)
    await bench.refuse(400, "Bad Request: message can't be edited", method="editMessageCaption")
    assert await channel.edit(str(CHAT), sent.message, THANKS) == Undeliverable("refused", gone=False)


async def test_edit_that_changes_nothing_succeeds(bench: TelegramBench, channel: TelegramChannel) -> None:
    sent = await channel.send(str(CHAT), QUESTION)
    assert isinstance(sent, Sent)
    assert await channel.edit(str(CHAT), sent.message, QUESTION) == sent
    assert [call.status for call in await bench.calls(CHAT)] == [200, 400]


async def test_edit_cuts_what_is_too_long(bench: TelegramBench, channel: TelegramChannel) -> None:
    sent = await channel.send(str(CHAT), QUESTION)
    assert isinstance(sent, Sent)
    assert await channel.edit(str(CHAT), sent.message, Outbound("a" * 5000)) == sent
    assert (await bench.messages(CHAT))[0].text == "a" * 4095 + "…"


@pytest.mark.parametrize("message", ["999", "none", "-5", ""])
async def test_edit_of_a_message_that_is_not_there_is_undeliverable(
    channel: TelegramChannel, message: str
) -> None:
    outcome = await channel.edit(str(CHAT), message, THANKS)
    assert isinstance(outcome, Undeliverable)
    assert not outcome.gone


async def test_a_message_of_ours_is_taken_out(bench: TelegramBench, channel: TelegramChannel) -> None:
    sent = await channel.send(str(CHAT), QUESTION)
    assert isinstance(sent, Sent)
    assert await channel.delete(str(CHAT), sent.message) == sent
    assert await bench.messages(CHAT) == []


async def test_what_a_person_typed_is_taken_out(bench: TelegramBench, channel: TelegramChannel) -> None:
    for text in ("I owe 300", "keep this"):
        await bench.say(CHAT, text)
    private, _ = await bench.typed(CHAT)
    assert await channel.delete(str(CHAT), str(private)) == Sent(str(private))
    assert list((await bench.typed(CHAT)).values()) == ["keep this"]


async def test_what_is_already_gone_counts_as_taken_out(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    await bench.say(CHAT, "I owe 300")
    (message,) = await bench.typed(CHAT)
    outcomes = [await channel.delete(str(CHAT), str(message)) for _ in range(2)]
    assert outcomes == [Sent(str(message))] * 2
    assert [call.status for call in await bench.calls(CHAT)] == [200, 400]


async def test_what_is_two_days_old_stays_but_a_message_of_ours_can_lose_its_words(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    sent = await channel.send(str(CHAT), QUESTION)
    await bench.say(CHAT, "I owe 300")
    (typed,) = await bench.typed(CHAT)
    assert isinstance(sent, Sent)
    await bench.age(hours=48)
    for message in (sent.message, str(typed)):
        assert await channel.delete(str(CHAT), message) == Undeliverable("refused", gone=False)
    assert await channel.edit(str(CHAT), sent.message, Outbound("—")) == sent
    assert [message.text for message in await bench.messages(CHAT)] == ["—"]
    assert await bench.typed(CHAT) == {typed: "I owe 300"}


async def test_just_below_two_days_a_message_can_be_taken_out(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    sent = await channel.send(str(CHAT), QUESTION)
    assert isinstance(sent, Sent)
    await bench.age(hours=47.9)
    assert await channel.delete(str(CHAT), sent.message) == sent


@pytest.mark.parametrize("message", ["none", "-5", ""])
async def test_what_no_message_is_called_is_not_taken_out(
    bench: TelegramBench, channel: TelegramChannel, message: str
) -> None:
    outcome = await channel.delete(str(CHAT), message)
    assert outcome == Undeliverable("no such message", gone=False)
    assert await bench.calls(CHAT) == []


async def test_a_deletion_waits_as_long_as_asked_and_tries_again_when_unsure(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    sent = await channel.send(str(CHAT), QUESTION)
    assert isinstance(sent, Sent)
    await bench.flood(37)
    assert await channel.delete(str(CHAT), sent.message) == TryLater(37.0, "too many requests")
    await bench.drop(method="deleteMessage", after=True)
    assert await channel.delete(str(CHAT), sent.message) == TryLater(5.0, "network")
    assert await channel.delete(str(CHAT), sent.message) == sent


async def test_the_button_to_share_a_number_comes_and_goes(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    asked = await channel.send(str(CHAT), Outbound("Your number?", share="Share \ud83d my number"))
    shown = [await bench.share_button(CHAT)]
    assert isinstance(asked, Sent)
    assert isinstance(await channel.send(str(CHAT), QUESTION), Sent)
    shown.append(await bench.share_button(CHAT))
    assert isinstance(await channel.send(str(CHAT), Outbound("Thank you", share="")), Sent)
    shown.append(await bench.share_button(CHAT))
    assert shown == ["Share \ufffd my number", "Share \ufffd my number", ""]
    first, *_ = await bench.calls(CHAT)
    assert first.fields["reply_markup"] == {
        "keyboard": [[{"text": "Share \ufffd my number", "request_contact": True}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


async def test_a_message_that_brought_the_button_to_share_can_go_but_not_change(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    asked = await channel.send(str(CHAT), Outbound("Your number?", share="Share my number"))
    assert isinstance(asked, Sent)
    assert await channel.edit(str(CHAT), asked.message, THANKS) == Undeliverable("refused", gone=False)
    assert await channel.delete(str(CHAT), asked.message) == asked


async def test_an_edit_brings_no_button_to_share(bench: TelegramBench, channel: TelegramChannel) -> None:
    outcome = await channel.edit(str(CHAT), "1", Outbound("x", share=""))
    assert outcome == Undeliverable("unsendable", gone=False)
    assert await bench.calls(CHAT) == []


async def test_ten_thousand_characters_with_half_a_pair_arrive_whole(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    text = "\ud83d" + "word " * 2000
    assert isinstance(await channel.send(str(CHAT), Outbound(text, YES)), Sent)
    said = " ".join(message.text for message in await bench.messages(CHAT))
    assert said.split() == ["\ufffdword", *["word"] * 1999]


@pytest.mark.parametrize(
    ("refusal", "outcome"),
    [
        ((403, "Forbidden: bot was blocked by the user"), Undeliverable("blocked", gone=True)),
        ((403, "Forbidden: user is deactivated"), Undeliverable("deactivated", gone=True)),
        ((403, "Forbidden: bot was kicked from the group chat"), Undeliverable("kicked", gone=True)),
        ((403, "Forbidden: bot can't initiate conversation"), Undeliverable("forbidden", gone=True)),
        ((400, "Bad Request: chat not found"), Undeliverable("no such chat", gone=True)),
        ((400, "Bad Request: PEER_ID_INVALID"), Undeliverable("no such chat", gone=True)),
        ((400, "Bad Request: message can't be edited"), Undeliverable("refused", gone=False)),
        ((413, "Request Entity Too Large"), Undeliverable("too large", gone=False)),
        ((401, "Unauthorized"), TryLater(60.0, "token rejected")),
        ((500, "Internal Server Error"), TryLater(5.0, "network")),
        ((502, "Bad Gateway"), TryLater(5.0, "network")),
    ],
)
@pytest.mark.parametrize("way", ["send", "edit", "delete"])
async def test_a_refusal_says_what_becomes_of_the_message(
    bench: TelegramBench, channel: TelegramChannel, way: str, refusal: tuple[int, str], outcome: Delivery
) -> None:
    await bench.refuse(*refusal, chat=CHAT)
    match way:
        case "send":
            call = channel.send(str(CHAT), THANKS)
        case "edit":
            call = channel.edit(str(CHAT), "1", THANKS)
        case _:
            call = channel.delete(str(CHAT), "1")
    assert await call == outcome


async def test_too_many_requests_waits_exactly_as_long_as_asked(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    await bench.flood(37)
    assert await channel.send(str(CHAT), THANKS) == TryLater(37.0, "too many requests")


async def test_a_flood_between_the_parts_of_a_message_does_not_repeat_the_first(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    await bench.refuse(429, "Too Many Requests", chat=CHAT, method="sendMessage", retry_after=1)
    message = Outbound("w " * 600, attachment=Attachment("document", "week.pdf", "stored"))
    assert isinstance(await channel.send(str(CHAT), message, file=b"pdf"), Sent)
    calls = [(call.method, call.status) for call in await bench.calls(CHAT)]
    assert calls == [("sendDocument", 200), ("sendMessage", 429), ("sendMessage", 200)]


async def test_a_second_part_that_is_refused_ends_the_message(
    bench: TelegramBench, channel: TelegramChannel
) -> None:
    await bench.refuse(403, "Forbidden: bot was blocked by the user", chat=CHAT, method="sendMessage")
    message = Outbound("w " * 4000, attachment=Attachment("document", "week.pdf", "stored"))
    assert await channel.send(str(CHAT), message, file=b"pdf") == Undeliverable("blocked", gone=True)
    assert len(await bench.calls(CHAT)) == 2


async def test_a_group_that_moved_is_followed(bench: TelegramBench, channel: TelegramChannel) -> None:
    moved = "Bad Request: group chat was upgraded to a supergroup chat"
    await bench.refuse(400, moved, chat=-30, migrate_to_chat_id=-1003000)
    assert isinstance(await channel.send("-30", THANKS), Sent)
    assert (await bench.next_message(-1003000)).text == "Thank you"


@pytest.mark.parametrize("after", [False, True])
async def test_a_connection_that_breaks_leaves_the_message_to_be_sent_again(
    bench: TelegramBench, channel: TelegramChannel, after: bool
) -> None:
    await bench.drop(method="sendMessage", after=after)
    assert await channel.send(str(CHAT), THANKS) == TryLater(5.0, "network")
    assert len(await bench.messages(CHAT)) == after


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<html>", "TelegramError"),
        ('{"ok": true}', "unreadable answer"),
        ('{"ok": true, "result": {}}', "unreadable answer"),
    ],
)
async def test_an_answer_nobody_can_read_leaves_the_message_to_be_sent_again(
    bench: TelegramBench, channel: TelegramChannel, body: str, reason: str
) -> None:
    await bench.babble(method="sendMessage", body=body)
    assert await channel.send(str(CHAT), THANKS) == TryLater(5.0, reason)


@pytest.mark.parametrize(
    ("message", "file", "outcome"),
    [
        (Outbound(" "), None, Undeliverable("empty", gone=False)),
        (PICTURE, None, Undeliverable("unsendable", gone=False)),
        (Outbound("x", YES, share="Share"), None, Undeliverable("unsendable", gone=False)),
        (
            Outbound("x", ((Button("x", Token(Subject.COMMAND, 0, 0, Action.START, "w" * 60)),),)),
            None,
            Undeliverable("unsendable", gone=False),
        ),
    ],
)
async def test_what_cannot_be_sent_is_not_tried(
    bench: TelegramBench, channel: TelegramChannel, message: Outbound, file: bytes | None, outcome: Delivery
) -> None:
    assert await channel.send(str(CHAT), message, file=file) == outcome
    assert await bench.calls(CHAT) == []


async def test_an_edit_whose_buttons_do_not_fit_is_not_tried(channel: TelegramChannel) -> None:
    wide = Outbound("x", ((Button("x", Token(Subject.COMMAND, 0, 0, Action.START, "w" * 60)),),))
    assert await channel.edit(str(CHAT), "1", wide) == Undeliverable("unsendable", gone=False)


async def test_a_handle_of_another_channel_is_no_chat(channel: TelegramChannel) -> None:
    assert await channel.send("web:abc", THANKS) == Undeliverable("no such chat", gone=True)


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (TimedOut(), TryLater(2.0, "timed out")),
        (NetworkError("x"), TryLater(5.0, "network")),
        (BadRequest("Bad Request: chat not found"), Undeliverable("no such chat", gone=True)),
        (InvalidToken(), TryLater(60.0, "token rejected")),
        (Conflict("x"), TryLater(5.0, "Conflict")),
        (ChatMigrated(-5), TryLater(5.0, "ChatMigrated")),
    ],
)
def test_failure_tells_a_bad_request_from_a_bad_network(error: TelegramError, outcome: Delivery) -> None:
    assert failure(error) == outcome


async def test_a_tap_is_answered_with_a_short_note(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk(toast="n" * 300)
    async with running(app, desk):
        await app.channel.send(str(CHAT), QUESTION)
        await bench.tap(CHAT, "Yes")
        await desk.got(1)
    (call,) = await bench.calls(method="answerCallbackQuery")
    assert (call.status, call.fields["text"]) == (200, "n" * 199 + "…")


async def _too_old(bench: TelegramBench) -> None:
    await bench.expire_taps()


async def _dropped(bench: TelegramBench) -> None:
    await bench.drop(method="answerCallbackQuery")


async def _babbled(bench: TelegramBench) -> None:
    await bench.babble(method="answerCallbackQuery")


async def _refused(bench: TelegramBench) -> None:
    await bench.refuse(429, "Too Many Requests", method="answerCallbackQuery", retry_after=9)


@pytest.mark.parametrize("trouble", [_too_old, _dropped, _babbled, _refused])
async def test_acknowledge_is_tried_once_and_never_raises(
    bench: TelegramBench,
    channel: TelegramChannel,
    trouble: Callable[[TelegramBench], Awaitable[None]],
    caplog: pytest.LogCaptureFixture,
) -> None:
    await trouble(bench)
    with caplog.at_level(logging.INFO, logger="spm_bot.telegram"):
        await channel.acknowledge("4711")
    assert [record.getMessage() for record in caplog.records] == ["callback_not_answered"]
    assert len(await bench.calls(method="answerCallbackQuery")) == 1
