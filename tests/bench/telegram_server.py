"""A Bot API server for tests: lo-bot-api-emulator, plus what it lacks of the real one.

Added here: the bot's own name and token, a memory of messages (so that edits of unknown or unchanged
ones are refused, and so is taking out old ones), the button under a chat that shares a phone number,
callback queries that are known or too old, every kind of update, repeated updates, the real rules of
getUpdates (a new call ends the old one; the same offset asked again at once brings a single update),
faults on demand, and a record of all calls, each checked against the published schema.

It runs in any process: `python -m tests.bench.telegram_server --port 8101`. Everything under
`/__bench` is for the test that drives it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web
from lo_bot_api_emulator import (  # type: ignore[import-untyped]
    CONTRACT,
    ApiRefusal,
    LoBotApiEmulator,
)
from lo_bot_api_emulator.updates import (  # type: ignore[import-untyped]
    UpdateError,
    UpdateQueues,
    integer,
)

from tests.bench.bot_api_schema import BotApiSchema

TOKEN = "700000001:bench-token-of-no-value"
USERNAME = "spm_bench_bot"
BOT: dict[str, Any] = {"id": 700000001, "is_bot": True, "first_name": "SPM bench", "username": USERNAME}

_TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"
_OTHER_POLLER = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)
_HOOKED = (
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
)
_NEVER = 3600.0
_DELETABLE = 48 * 3600
_READ: web.RequestKey[Any] = web.RequestKey("read", object)

# These stay as they are, even when a person's words look like a number.
_WORDS = {"text", "caption", "callback_query_id"}


@dataclass
class Call:
    """One request a bot made; `number` counts those that are finished, in order."""

    method: str
    fields: dict[str, Any]
    files: dict[str, str]
    number: int = 0
    status: int = 0
    result: Any = None
    at: float = 0.0

    @property
    def chat(self) -> int | None:
        chat = self.fields.get("chat_id")
        return chat if isinstance(chat, int) else None


@dataclass
class Fault:
    """What shall go wrong with calls that match, `times` times (None: until taken back).

    `act`: `answer` refuses with `status`, `description`, `parameters`; `garbage` answers just
    `description`; `drop` closes the connection; `hang` answers late. With `after`, the call takes
    effect first.
    """

    act: str = "answer"
    chat: int | None = None
    method: str | None = None
    times: int | None = 1
    after: bool = False
    status: int = 500
    description: str = "Internal Server Error"
    parameters: dict[str, Any] = field(default_factory=dict)
    seconds: float = _NEVER
    name: str = ""

    def matches(self, call: Call) -> bool:
        return self.chat in (None, call.chat) and self.method in (None, call.method) and self.times != 0


class Updates(UpdateQueues):  # type: ignore[misc]  # the emulator has no types
    """The queue of updates with the real server's rules for reading it."""

    def __init__(self) -> None:
        super().__init__(record=lambda _: None, max_updates=1_000_000, insecure_webhooks=True)
        self._poll = 0
        self._last: tuple[int, float] = (-1, 0.0)
        self._again: list[dict[str, Any]] = []

    async def put(self, token: str, update: dict[str, Any]) -> int:
        state = self._state(token)
        async with state.condition:
            update["update_id"] = state.next_id
            state.next_id += 1
            state.updates.append(update)
            state.condition.notify_all()
        await self.deliver(token)
        return int(update["update_id"])

    async def put_again(self, token: str, update: dict[str, Any]) -> None:
        """Hand this update out once more, acknowledged or not."""
        state = self._state(token)
        async with state.condition:
            self._again.append(update)
            state.condition.notify_all()

    def pending(self, token: str) -> list[int]:
        return [item["update_id"] for item in self._state(token).updates]

    async def poll(self, token: str, fields: Mapping[str, Any], *, disconnected: Any = None) -> list[Any]:
        state, loop = self._state(token), asyncio.get_running_loop()
        limit = integer(fields.get("limit", 100), 1, 100)
        deadline = loop.time() + integer(fields.get("timeout", 0), 0, 50)
        offset = integer(fields.get("offset", 0), -(2**31), 2**31 - 1)
        if self._last[0] == offset and loop.time() - self._last[1] < 0.5:
            limit = 1
        self._poll += 1
        mine = self._poll
        async with state.condition:
            state.condition.notify_all()
            if "allowed_updates" in fields:
                state.allowed = json.loads(fields["allowed_updates"])
            state.updates = [item for item in state.updates if item["update_id"] >= offset]
            while True:
                if state.url:
                    raise UpdateError(_HOOKED, 409)
                if mine != self._poll:
                    raise UpdateError(_OTHER_POLLER, 409)
                waiting = [item for item in state.updates if _allowed(item, state.allowed)]
                # A repeated update never overtakes an earlier one that is still to come.
                found = sorted([*self._again, *waiting], key=lambda item: int(item["update_id"]))[:limit]
                if found or loop.time() >= deadline:
                    self._again = [item for item in self._again if item not in found]
                    self._last = (offset, loop.time())
                    return found
                try:
                    await asyncio.wait_for(state.condition.wait(), deadline - loop.time())
                except TimeoutError:
                    continue


class BenchServer(LoBotApiEmulator):  # type: ignore[misc]  # the emulator has no types
    """The emulator for one bot, with a memory, a record and a hand on its faults."""

    def __init__(self) -> None:
        super().__init__(max_assets=100_000, max_history=1)
        self.next_id: int = 1
        self._update_queues = self.updates = Updates()
        self.schema = BotApiSchema()
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.faults: list[Fault] = []
        self.messages: dict[tuple[int, int], dict[str, Any]] = {}
        self.shares: dict[int, str] = {}
        self.with_keyboard: set[tuple[int, int]] = set()
        self.callbacks: set[str] = set()
        self.sent_updates: dict[int, dict[str, Any]] = {}
        self.held: list[dict[str, Any]] | None = None
        self._news = asyncio.Condition()

    def app(self) -> web.Application:
        app: web.Application = super().app()
        app.router.add_get("/__bench/calls", self._get_calls)
        app.router.add_get("/__bench/state", self._get_state)
        app.router.add_post("/__bench/updates", self._post_updates)
        app.router.add_post("/__bench/again", self._post_again)
        app.router.add_post("/__bench/hold", self._post_hold)
        app.router.add_post("/__bench/release", self._post_release)
        app.router.add_post("/__bench/faults", self._post_fault)
        app.router.add_post("/__bench/mend", self._post_mend)
        app.router.add_post("/__bench/expire", self._post_expire)
        app.router.add_post("/__bench/age", self._post_age)
        return app

    # The Bot API

    async def read_request(self, request: web.Request) -> Any:
        if _READ not in request:
            request[_READ] = await super().read_request(request)
        return request[_READ]

    async def handle(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _refusal(401, "Unauthorized")
        fields, uploads = await self.read_request(request)
        call = Call(
            method=method,
            fields={name: value if name in _WORDS else _plain(value) for name, value in fields.items()},
            files={name: upload["filename"] for name, upload in uploads.items()},
        )
        problems = self.schema.problems(method, fields, files=frozenset(uploads))
        self.violations += problems
        fault = next((fault for fault in self.faults if fault.matches(call)), None)
        if fault is not None and fault.times is not None:
            fault.times -= 1
        if method == "getUpdates":
            await self._note(call)
        if fault is not None and not fault.after:
            return await self._fail(request, call, fault)
        response: web.Response = await super().handle(request)
        call.status = response.status
        call.result = json.loads(response.text or "{}").get("result")
        if fault is not None:
            return await self._fail(request, call, fault)
        if method != "getUpdates":
            await self._note(call)
        return response

    async def _fail(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        if fault.act == "answer":
            call.status = fault.status
        if call.method != "getUpdates":
            await self._note(call)
        match fault.act:
            case "drop" if request.transport is not None:
                request.transport.abort()
            case "hang":
                async with self._news:
                    try:
                        async with asyncio.timeout(fault.seconds):
                            await self._news.wait_for(lambda: fault not in self.faults)
                    except TimeoutError:
                        pass
            case "garbage":
                return web.Response(text=fault.description)
        return _refusal(fault.status, fault.description, fault.parameters)

    async def _note(self, call: Call) -> None:
        async with self._news:
            call.number, call.at = len(self.calls) + 1, time.time()
            self.calls.append(call)
            self._news.notify_all()

    def validate(self, method: str, fields: dict[str, Any], uploads: dict[str, Any]) -> Any:
        if method == "getMe":
            return {**super().validate(method, fields, uploads), **BOT}
        if method in ("setMyDescription", "setMyShortDescription"):
            return True
        if method == "answerCallbackQuery":
            if fields.get("callback_query_id") not in self.callbacks:
                raise ApiRefusal(_TOO_OLD)
            self.callbacks.discard(str(fields["callback_query_id"]))
        # The emulator refuses parameters it does not model, though the real server takes them.
        modelled = CONTRACT["methods"].get(method, {}).get("parameters") or []
        later = {name for name in self.schema.parameters(method) - set(modelled) if name in fields}
        known = {name: value for name, value in fields.items() if name not in later}
        before = self._message_to_change(method, known)
        result = super().validate(method, known, uploads)
        if method == "deleteMessage":
            del self.messages[_place(known)]
        elif isinstance(result, dict) and "message_id" in result:
            markup = self.decoded(known["reply_markup"]) if "reply_markup" in known else None
            return self._remember(result, before, markup)
        return result

    def _message_to_change(self, method: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """The message an edit or a deletion is about. Raises ApiRefusal as the real server does."""
        if method == "deleteMessage":
            return self._message_to_delete(fields)
        if not method.startswith("editMessage"):
            return None
        before = self.messages.get(_place(fields))
        if before is None or not _is_ours(before):
            raise ApiRefusal("Bad Request: message to edit not found")
        if _place(fields) in self.with_keyboard:
            raise ApiRefusal("Bad Request: message can't be edited")
        if method == "editMessageText" and "text" not in before:
            raise ApiRefusal("Bad Request: there is no text in the message to edit")
        changed = {
            "text": fields.get("text") if method == "editMessageText" else before.get("text"),
            "caption": fields.get("caption") if method == "editMessageCaption" else before.get("caption"),
            "reply_markup": self.decoded(fields["reply_markup"]) if "reply_markup" in fields else None,
        }
        if all(before.get(name) == value for name, value in changed.items()):
            raise ApiRefusal(
                "Bad Request: message is not modified: specified new message content and reply markup are "
                "exactly the same as a current content and reply markup of the message"
            )
        return before

    def _message_to_delete(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """A bot may take out its own messages, and in a private chat the person's, for two days."""
        before = self.messages.get(_place(fields))
        if before is None:
            raise ApiRefusal("Bad Request: message to delete not found")
        may = _is_ours(before) or before["chat"]["type"] == "private"
        if not may or time.time() - before["date"] >= _DELETABLE:
            raise ApiRefusal("Bad Request: message can't be deleted for everyone")
        return before

    def _remember(
        self, result: dict[str, Any], before: dict[str, Any] | None, markup: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Only buttons in a message are part of it; those under the chat belong to the chat."""
        now = int(time.time())
        chat = result["chat"]["id"]
        message = {**result, "chat": _chat(chat), "from": BOT, "date": now}
        if markup is not None and "inline_keyboard" in markup:
            message["reply_markup"] = markup
        elif markup is not None:
            self.with_keyboard.add((chat, message["message_id"]))
            self.shares[chat] = next(
                (each["text"] for row in markup.get("keyboard", []) for each in row if _shares(each)), ""
            )
        if before is not None:
            kept: dict[str, Any] = {
                name: before[name] for name in ("date", "photo", "document", "text") if name in before
            }
            message = {**kept, **message, "date": before["date"], "edit_date": now}
        self.messages[chat, message["message_id"]] = message
        return message

    def _next_message(self) -> int:
        self.next_id += 1
        return self.next_id - 1

    # The test's side

    async def _get_calls(self, request: web.Request) -> web.Response:
        """The calls after number `after`, as soon as there is one or `timeout` seconds are over."""
        after, seconds = int(request.query.get("after", 0)), float(request.query.get("timeout", 0))
        async with self._news:
            try:
                async with asyncio.timeout(seconds):
                    await self._news.wait_for(lambda: len(self.calls) > after)
            except TimeoutError:
                pass
        return web.json_response([asdict(call) for call in self.calls[after:]])

    async def _get_state(self, request: web.Request) -> web.Response:
        chat = int(request.query.get("chat", 0))
        return web.json_response(
            {
                "messages": [message for (where, _), message in self.messages.items() if where == chat],
                "share": self.shares.get(chat, ""),
                "pending": self.updates.pending(TOKEN),
                "violations": self.violations,
            }
        )

    async def _post_updates(self, request: web.Request) -> web.Response:
        """Puts in the listed updates; ids, dates and the tapped message are filled in here."""
        entered = []
        for update in await request.json():
            self._complete(update)
            if self.held is not None:
                self.held.append(update)
            else:
                entered.append(await self._enter(update))
        return web.json_response(entered)

    async def _enter(self, update: dict[str, Any]) -> dict[str, Any]:
        number = await self.updates.put(TOKEN, update)
        self.sent_updates[number] = update
        return update

    def _complete(self, update: dict[str, Any]) -> None:
        now = int(time.time())
        for kind in ("message", "edited_message", "my_chat_member"):
            if isinstance(update.get(kind), dict) and isinstance(update[kind].get("chat"), int):
                update[kind] = {"date": now, **update[kind], "chat": _chat(update[kind]["chat"])}
        message = update.get("message")
        if isinstance(message, dict) and "from" in message and "message_id" not in message:
            message["message_id"] = self._next_message()
            self.messages[message["chat"]["id"], message["message_id"]] = message
        query = update.get("callback_query")
        if isinstance(query, dict) and isinstance(query.get("message"), dict):
            where = (query["message"]["chat"]["id"], query["message"]["message_id"])
            lost = {"chat": _chat(where[0]), "message_id": where[1], "date": 0}
            query["message"] = self.messages.get(where, lost)
            self.callbacks.add(query["id"])

    async def _post_again(self, request: web.Request) -> web.Response:
        number = (await request.json())["update_id"]
        await self.updates.put_again(TOKEN, self.sent_updates[number])
        return web.json_response({})

    async def _post_hold(self, _: web.Request) -> web.Response:
        self.held = []
        return web.json_response({})

    async def _post_release(self, request: web.Request) -> web.Response:
        """Lets the held updates go, in the order of the given places among them."""
        held, self.held = self.held or [], None
        order = (await request.json())["order"] or range(len(held))
        return web.json_response([await self._enter(held[place]) for place in order])

    async def _post_fault(self, request: web.Request) -> web.Response:
        self.faults.append(Fault(**await request.json()))
        return web.json_response({})

    async def _post_mend(self, request: web.Request) -> web.Response:
        """Takes back the faults of that name, or all of them."""
        name = (await request.json()).get("name")
        async with self._news:
            self.faults = [fault for fault in self.faults if name not in (None, fault.name)]
            self._news.notify_all()
        return web.json_response({})

    async def _post_expire(self, _: web.Request) -> web.Response:
        """150 seconds pass for every tap not answered yet."""
        self.callbacks.clear()
        return web.json_response({})

    async def _post_age(self, request: web.Request) -> web.Response:
        """Every message in every chat becomes that much older."""
        seconds = int((await request.json())["seconds"])
        for message in self.messages.values():
            message["date"] -= seconds
        return web.json_response({})


def _allowed(update: Mapping[str, Any], kinds: list[str]) -> bool:
    return not kinds or any(kind in update for kind in kinds)


def _chat(chat: int) -> dict[str, Any]:
    if chat > 0:
        return {"id": chat, "type": "private", "first_name": "Test"}
    return {"id": chat, "type": "supergroup", "title": "Test group"}


def _is_ours(message: Mapping[str, Any]) -> bool:
    return bool(message.get("from", {}).get("is_bot"))


def _shares(button: Any) -> bool:
    return isinstance(button, dict) and button.get("request_contact") is True


def _place(fields: Mapping[str, Any]) -> tuple[int, int]:
    return int(fields.get("chat_id", 0)), int(fields.get("message_id", 0))


def _plain(value: Any) -> Any:
    """A form's text as the value it stands for."""
    if not isinstance(value, str) or not (value.lstrip("-").isdigit() or value[:1] in "[{"):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _refusal(status: int, description: str, parameters: Mapping[str, Any] | None = None) -> web.Response:
    body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
    if parameters:
        body["parameters"] = parameters
    return web.json_response(body, status=status)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8101)
    web.run_app(BenchServer().app(), host="127.0.0.1", port=parser.parse_args().port, access_log=None)
