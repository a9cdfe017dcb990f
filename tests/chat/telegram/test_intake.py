import asyncio
from typing import Any

import pytest

from spm_bot.chat.telegram import intake
from spm_bot.chat.telegram.application import TelegramApp
from spm_bot.chat.telegram.intake import Window
from spm_bot.chat.telegram.polling import WrongToken
from spm_bot.messages import Action, Button, Contact, Other, Outbound, Subject, Tap, Text, Token
from tests.bench.telegram_bench import TelegramBench
from tests.chat.telegram.conftest import Desk, open_app, running

YES = ((Button("Yes", Token(Subject.SESSION, 1, 2, Action.YES)),),)


async def offsets(bench: TelegramBench) -> list[int]:
    return [call.fields["offset"] for call in await bench.calls(method="getUpdates")]


def events(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "spm_bot.telegram"]


def fields(caplog: pytest.LogCaptureFixture, event: str) -> dict[str, Any]:
    return next(vars(record)["fields"] for record in caplog.records if record.getMessage() == event)


async def test_a_message_is_received_and_then_acknowledged(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    async with running(app, desk):
        await bench.say(1, "hello")
        await desk.got(1)
    assert (desk.texts(), await bench.pending()) == (["hello"], [])


async def test_a_chats_updates_are_handled_in_order_taps_among_them(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    await app.channel.send("1", Outbound("Well?", YES))
    await bench.say(1, "first")
    await bench.tap(1, "Yes")
    await bench.say(1, "last")
    desk.gates["first"] = asyncio.Event()
    async with running(app, desk):
        await bench.say(2, "other")
        await desk.got(1)
        assert desk.texts() == ["other"]
        desk.gates["first"].set()
        await desk.got(4)
    said = [each.body.text if isinstance(each.body, Text) else each.body for each in desk.kept]
    assert said == ["other", "first", Tap(YES[0][0].token), "last"]


async def test_what_is_not_text_comes_with_its_file_and_message(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    async with running(app, desk):
        await bench.send_voice(1)
        await bench.send_photo(1, caption="my shop")
        await bench.send_sticker(1)
        await desk.got(3)
    voice, photo, sticker = await bench.typed(1)
    assert [each.body for each in desk.kept] == [
        Other("voice", "v", str(voice)),
        Other("photo", "large", str(photo)),
        Other("sticker", "s", str(sticker)),
    ]


async def test_a_shared_contact_is_own_or_somebody_elses(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    async with running(app, desk):
        await bench.share_contact(1, "+254700000001")
        await bench.share_contact(1, "+254700000002", own=False)
        await desk.got(2)
    assert [each.body for each in desk.kept] == [
        Contact("+254700000001", own=True),
        Contact("+254700000002", own=False),
    ]


async def test_a_tap_in_a_group_is_answered_and_not_private(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    await app.channel.send("-7", Outbound("Well?", YES))
    async with running(app, desk):
        await bench.tap(-7, "Yes")
        await desk.got(1)
    assert [(each.body, each.private) for each in desk.kept] == [(Tap(YES[0][0].token), False)]
    assert [call.status for call in await bench.calls(method="answerCallbackQuery")] == [200]


async def test_half_a_pair_and_ten_thousand_characters_come_in(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    async with running(app, desk):
        await bench.say(1, "half \ud83d of a pair")
        await bench.edit(1, 1, "\udc4d")
        await bench.say(1, "word " * 2000)
        await desk.got(3)
    assert desk.texts() == ["half  of a pair", "", "word " * 2000]


async def test_hundreds_of_updates_of_many_chats_keep_their_order(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    await bench.say_all([(chat, str(number)) for number in range(30) for chat in range(1, 21)])
    async with running(app, desk):
        await desk.got(600)
    assert [desk.texts(chat) for chat in range(1, 21)] == [[str(number) for number in range(30)]] * 20
    assert await bench.pending() == []


async def test_a_refused_update_is_tried_again_before_later_ones_of_its_chat(
    bench: TelegramBench, app: TelegramApp, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(refusals={"first": 2})
    await bench.say_all([(1, "first"), (1, "second"), (2, "other")])
    async with running(app, desk):
        await desk.got(3)
    assert desk.texts(1) == ["first", "second"]
    assert desk.texts()[0] == "other"
    assert desk.tries.count("first") == 3
    assert events(caplog).count("receive_failed") == 2
    assert fields(caplog, "receive_failed") == {"update": "tg:700000001:1", "reason": "OSError", "wait": 0.2}


async def test_the_offset_never_passes_an_update_in_work(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    desk.gates["stuck"] = asyncio.Event()
    await bench.say_all([(1, "before"), (2, "stuck"), (3, "after")])
    async with running(app, desk):
        await desk.got(2)
        polls = len(await offsets(bench))
        for place, text in enumerate(("later", "later still"), start=3):
            await bench.say(4, text)
            await desk.got(place)
        assert desk.texts() == ["before", "after", "later", "later still"]
        assert max(await offsets(bench)) == 2
        assert len(await offsets(bench)) > polls
        assert desk.tries.count("stuck") == 1
        desk.gates["stuck"].set()
        await desk.got(5)
    assert (await bench.pending(), max(await offsets(bench))) == ([], 6)


async def test_a_stuck_update_lets_99_others_pass_and_then_the_intake_stands(
    bench: TelegramBench, app: TelegramApp, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "LAST_RETRY", 0.3)
    desk = Desk()
    desk.gates["stuck"] = asyncio.Event()
    await bench.say_all([(1, "stuck"), *((chat, "hi") for chat in range(2, 152))])
    async with running(app, desk):
        await desk.got(99)
        for _ in range(2):
            await bench.wait_for_call("getUpdates", after=(await bench.calls(method="getUpdates"))[-1].number)
        assert (desk.commits, max(await offsets(bench))) == (99, 1)
        desk.gates["stuck"].set()
        await desk.got(151)
    assert fields(caplog, "intake_stands") == {"update": "tg:700000001:1", "waiting": 99}
    assert await bench.pending() == []


async def test_an_update_repeated_while_in_work_is_not_started_again(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    desk.gates["slow"] = asyncio.Event()
    number = await bench.say(1, "slow")
    async with running(app, desk):
        await bench.repeat(number)
        await bench.say(2, "other")
        await desk.got(1)
        desk.gates["slow"].set()
        await desk.got(2)
    assert sorted(desk.tries) == ["other", "slow"]


async def test_an_update_repeated_after_its_acknowledgement_keeps_its_key(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    async with running(app, desk):
        number = await bench.say(1, "once")
        await desk.got(1)
        await bench.repeat(number)
        await desk.got(2)
        await bench.say(1, "next")
        await desk.got(3)
    assert [each.key for each in desk.kept] == ["tg:700000001:1", "tg:700000001:1", "tg:700000001:2"]
    assert await bench.pending() == []


async def test_updates_that_arrive_out_of_order_are_all_received(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    await bench.hold()
    for text in ("a", "b", "c"):
        await bench.say(1, text)
    await bench.release(order=[2, 0, 1])
    async with running(app, desk):
        await desk.got(3)
    assert desk.texts() == ["c", "a", "b"]


async def test_an_update_nobody_can_read_is_skipped_and_acknowledged(
    bench: TelegramBench, app: TelegramApp, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    await bench.put({"message": {"secret words": 1}})
    await bench.say(1, "after")
    async with running(app, desk):
        await desk.got(1)
    assert (desk.texts(), await bench.pending()) == (["after"], [])
    assert fields(caplog, "update_unreadable") == {"update": "tg:700000001:1", "reason": "KeyError"}
    assert "secret words" not in str([vars(record) for record in caplog.records])


async def test_an_update_that_is_no_persons_doing_is_acknowledged(
    bench: TelegramBench, app: TelegramApp
) -> None:
    desk = Desk()
    robot = {"id": 9, "is_bot": True, "first_name": "Robot"}
    await bench.put({"message": {"chat": 1, "from": robot, "text": "beep"}})
    await bench.say(1, "hello")
    async with running(app, desk):
        await desk.got(1)
    assert (desk.texts(), await bench.pending()) == (["hello"], [])


async def test_a_tap_is_answered_after_the_commit_and_before_the_deliverer_wakes(
    bench: TelegramBench, app: TelegramApp
) -> None:
    answered: list[int] = []

    class Strict(Desk):
        def committed(self) -> None:
            answered.append(len(self.kept))
            super().committed()

    desk = Strict(toast="Noted")
    await app.channel.send("1", Outbound("Well?", YES))
    await bench.hang(method="answerCallbackQuery", after=True, name="slow")
    async with running(app, desk):
        await bench.tap(1, "Yes")
        await bench.wait_for_call("answerCallbackQuery")
        assert (len(desk.kept), answered) == (1, [])
        await bench.mend("slow")
        await desk.got(1)


async def test_stop_lets_work_finish_and_acknowledges_it(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    desk.gates["slow"] = asyncio.Event()
    await bench.say(1, "slow")
    async with running(app, desk) as task:
        await desk.until(lambda: desk.tries == ["slow"])
        app.stop()
        desk.gates["slow"].set()
        await task
        assert (desk.texts(), await bench.pending()) == (["slow"], [])


async def test_stop_leaves_what_does_not_finish_for_the_next_start(
    bench: TelegramBench, app: TelegramApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "DRAIN", 0.1)
    desk = Desk()
    desk.gates["endless"] = asyncio.Event()
    await bench.say_all([(1, "done"), (2, "endless"), (2, "behind")])
    async with running(app, desk):
        await desk.got(1)
    assert (desk.texts(), await bench.pending()) == (["done"], [2, 3])
    again = Desk()
    async with open_app(bench) as second, running(second, again):
        await again.got(2)
    assert again.texts() == ["endless", "behind"]


async def test_stop_does_not_mind_a_refused_acknowledgement(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    async with running(app, desk):
        await bench.say(1, "hello")
        await desk.got(1)
        await bench.refuse(500, "Internal Server Error", method="getUpdates", times=None)
    assert (await bench.calls(method="getUpdates"))[-1].fields["limit"] == 1


async def test_a_cancelled_run_acknowledges_what_is_done(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    await bench.say(1, "hello")
    task = asyncio.create_task(app.run(desk.receive, desk.committed))
    await desk.got(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await bench.pending() == []


@pytest.mark.parametrize(
    ("refusal", "event"),
    [
        ((409, "Conflict: terminated by other getUpdates request"), "polled_elsewhere"),
        ((409, "Conflict: can't use getUpdates method while webhook is active"), "webhook_active"),
        ((500, "Internal Server Error"), "telegram_refused"),
        ((404, "Not Found"), "telegram_refused"),
    ],
)
async def test_polling_goes_on_after_a_refusal(
    bench: TelegramBench,
    app: TelegramApp,
    caplog: pytest.LogCaptureFixture,
    refusal: tuple[int, str],
    event: str,
) -> None:
    desk = Desk()
    await bench.refuse(*refusal, method="getUpdates")
    await bench.say(1, "hello")
    async with running(app, desk):
        await desk.got(1)
    assert event in events(caplog)


async def test_polling_waits_as_long_as_telegram_asks(
    bench: TelegramBench, app: TelegramApp, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    await bench.refuse(429, "Too Many Requests", method="getUpdates", retry_after=1)
    await bench.say(1, "hello")
    async with running(app, desk):
        await desk.got(1)
    first, second = (await bench.calls(method="getUpdates"))[:2]
    assert 1.0 <= second.at - first.at < 2.0
    assert fields(caplog, "telegram_refused") == {"reason": "status 429", "wait": 1.0}


async def test_polling_goes_on_after_broken_connections_and_answers(
    bench: TelegramBench, app: TelegramApp, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    await bench.drop(method="getUpdates", after=True)
    await bench.babble(method="getUpdates")
    await bench.say(1, "hello")
    async with running(app, desk):
        await desk.got(1)
    assert [each for each in events(caplog) if each.startswith("telegram_")] == [
        "telegram_unreachable",
        "telegram_refused",
    ]
    assert bench.token not in str([vars(record) for record in caplog.records])


async def test_a_token_revoked_while_running_ends_the_run(bench: TelegramBench, app: TelegramApp) -> None:
    desk = Desk()
    await bench.refuse(401, "Unauthorized", method="getUpdates", times=None)
    with pytest.raises(WrongToken):
        await app.run(desk.receive, desk.committed)


async def test_a_second_poller_ends_the_first_and_loses_nothing(
    bench: TelegramBench, app: TelegramApp, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk()
    async with running(app, desk):
        await bench.wait_for_call("getUpdates")
        async with open_app(bench) as other:
            await other._polling.acknowledge(0)
        await bench.say(1, "hello")
        await desk.got(1)
    assert "polled_elsewhere" in events(caplog)


def test_the_window_moves_over_finished_updates_only() -> None:
    window = Window()
    assert [window.enter(number) for number in (10, 11, 12, 11)] == [True, True, True, False]
    window.finish(11)
    assert (window.offset, window.busy) == (10, True)
    window.finish(10)
    assert (window.offset, window.busy) == (12, True)
    window.finish(12)
    assert (window.offset, window.busy) == (13, False)


def test_the_window_follows_numbers_that_start_again_lower() -> None:
    window = Window()
    window.enter(5000)
    window.finish(5000)
    assert window.enter(17)
    assert window.offset == 17
    window.finish(17)
    assert window.offset == 18
