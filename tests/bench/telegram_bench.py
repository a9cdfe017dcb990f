"""What a test says to the Bot API server: people writing and tapping, faults, and what the bot did."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import ClientSession, web

from tests.bench.telegram_server import BOT, TOKEN, USERNAME, BenchServer

_SHOWN = ("sendMessage", "sendPhoto", "sendDocument")
_CHANGED = ("editMessageText", "editMessageCaption", "editMessageReplyMarkup")


@dataclass(frozen=True)
class Call:
    """One request the bot made, in the order in which they ended."""

    number: int
    method: str
    fields: Mapping[str, Any]
    files: Mapping[str, str]
    status: int
    result: Any
    at: float


@dataclass(frozen=True)
class Message:
    """A message as a person sees it. `buttons` are the labels in their rows."""

    id: int
    text: str
    buttons: tuple[tuple[str, ...], ...]
    file: str | None = None
    edited: bool = False
    markup: Sequence[Sequence[Mapping[str, Any]]] = field(default=(), repr=False, compare=False)

    def data(self, label: str) -> str | None:
        """What the button with that label, or the only one whose label contains it, would send."""
        all_buttons = [button for row in self.markup for button in row]
        found = [button for button in all_buttons if button["text"] == label]
        found = found or [button for button in all_buttons if label in button["text"]]
        return str(found[0]["callback_data"]) if len(found) == 1 else None


class TelegramBench:
    """A running server and everybody who writes to the bot on it.

    `async with TelegramBench.start() as bench:` fails at its end if a call broke the Bot API's
    schema. Chats are positive numbers, groups negative ones. `languages` holds phones' languages.
    """

    base_url: str
    token = TOKEN
    username = USERNAME

    def __init__(self, base_url: str, client: ClientSession) -> None:
        self.base_url = base_url
        self.languages: dict[int, str] = {}
        self._client = client
        self._read: dict[int, int] = {}

    @classmethod
    @asynccontextmanager
    async def start(cls) -> AsyncIterator[Self]:
        """The server lives in a thread of its own, so a test that blocks does not stop it."""
        with _Thread() as base_url:
            async with ClientSession() as client:
                bench = cls(base_url, client)
                yield bench
                if found := await bench.violations():
                    raise AssertionError("\n".join(found))

    # People

    async def say(self, chat: int, text: str, **more: Any) -> int:
        """A typed message; returns its update id (0 while updates are held)."""
        entities = {}
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            entities = {"entities": [{"type": "bot_command", "offset": 0, "length": length}]}
        return await self._message(chat, {"text": text, **entities, **more})

    async def start_link(self, chat: int, payload: str) -> int:
        """Opens the chat by a deep link."""
        return await self.say(chat, f"/start {payload}".rstrip())

    async def tap(self, chat: int, label: str, *, message: int | None = None) -> int:
        """Presses the button of the newest message that has it. Raises LookupError with all labels."""
        shown = [each for each in await self.messages(chat) if message in (None, each.id)]
        for each in reversed(shown):
            if (data := each.data(label)) is not None:
                return await self.tap_data(chat, data, message=each.id)
        raise LookupError(f"no button {label!r} in {[each.buttons for each in shown if each.buttons]}")

    async def tap_data(self, chat: int, data: str, *, message: int) -> int:
        """Presses a button that may no longer be there."""
        query = {
            "id": uuid.uuid4().hex,
            "from": self.user(chat),
            "chat_instance": str(chat),
            "data": data,
            "message": {"chat": {"id": chat}, "message_id": message},
        }
        return await self.put({"callback_query": query})

    async def edit(self, chat: int, message: int, text: str) -> int:
        """The person changes a message of their own."""
        edited = {"message_id": message, "text": text, "edit_date": 1_900_000_000}
        return await self.put({"edited_message": {"chat": chat, "from": self.user(chat), **edited}})

    async def share_contact(self, chat: int, phone: str, *, own: bool = True) -> int:
        contact = {"phone_number": phone, "first_name": "Test", "user_id": chat if own else chat + 1}
        return await self._message(chat, {"contact": contact})

    async def send_sticker(self, chat: int) -> int:
        sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
        return await self._message(chat, {"sticker": {**sticker, "is_animated": False, "is_video": False}})

    async def send_voice(self, chat: int) -> int:
        return await self._message(chat, {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}})

    async def send_photo(self, chat: int, *, caption: str | None = None) -> int:
        """In the three sizes a phone makes of it: small, large, middle."""
        sizes = [
            {"file_id": name, "file_unique_id": name, "width": width, "height": 2 * width}
            for name, width in (("small", 90), ("large", 1280), ("middle", 320))
        ]
        return await self._message(chat, {"photo": sizes} | ({"caption": caption} if caption else {}))

    async def block(self, chat: int) -> int:
        """The person blocks the bot: it is told, and everything sent to them is refused."""
        await self.refuse(
            403, "Forbidden: bot was blocked by the user", chat=chat, times=None, name=f"block {chat}"
        )
        return await self._membership(chat, before="member", after="kicked")

    async def unblock(self, chat: int) -> int:
        await self.mend(f"block {chat}")
        return await self._membership(chat, before="kicked", after="member")

    def user(self, chat: int) -> dict[str, Any]:
        language = {"language_code": self.languages.get(chat, "en")}
        return {"id": abs(chat), "is_bot": False, "first_name": "Test", **language}

    # Updates

    async def put(self, update: Mapping[str, Any]) -> int:
        """Puts in an update of any shape; its id is given by the server and returned."""
        return next(iter(await self.put_all([update])), 0)

    async def put_all(self, updates: Sequence[Mapping[str, Any]]) -> list[int]:
        return [entered["update_id"] for entered in await self._post("updates", list(updates))]

    async def say_all(self, texts: Sequence[tuple[int, str]]) -> list[int]:
        """Many messages in one go, in that order."""
        return await self.put_all(
            [{"message": {"chat": chat, "from": self.user(chat), "text": text}} for chat, text in texts]
        )

    async def repeat(self, update: int) -> None:
        """Telegram hands out this update once more, though it may be acknowledged."""
        await self._post("again", {"update_id": update})

    async def hold(self) -> None:
        """From now on updates wait for `release`."""
        await self._post("hold", {})

    async def release(self, *, order: Sequence[int] = ()) -> list[int]:
        """Held updates go in, in the order of their places: [1, 0] swaps two."""
        return [entered["update_id"] for entered in await self._post("release", {"order": list(order)})]

    async def pending(self) -> list[int]:
        """The updates the bot has not acknowledged."""
        return list((await self._state(0))["pending"])

    # Faults

    async def refuse(
        self,
        status: int,
        description: str,
        *,
        chat: int | None = None,
        method: str | None = None,
        times: int | None = 1,
        name: str = "",
        **parameters: Any,
    ) -> None:
        """Calls are refused: 403, 429 with `retry_after=…`, 400 with `migrate_to_chat_id=…`, 5xx."""
        fault = {"status": status, "description": description, "parameters": parameters, "name": name}
        await self._post("faults", {**fault, "chat": chat, "method": method, "times": times})

    async def flood(self, seconds: int, *, chat: int | None = None, times: int | None = 1) -> None:
        """Calls are refused with 429, retry after that many seconds."""
        description = f"Too Many Requests: retry after {seconds}"
        await self.refuse(429, description, chat=chat, times=times, retry_after=seconds)

    async def drop(self, *, method: str, times: int | None = 1, after: bool = False) -> None:
        """The connection closes with no answer, before or after the call took effect."""
        await self._post("faults", {"act": "drop", "method": method, "times": times, "after": after})

    async def hang(self, *, method: str, times: int | None = 1, after: bool = False, name: str = "") -> None:
        """No answer comes until `mend`."""
        fault = {"act": "hang", "method": method, "times": times, "after": after, "name": name}
        await self._post("faults", fault)

    async def babble(self, *, method: str, body: str = "<html>Bad gateway</html>") -> None:
        """The next answer is this body."""
        await self._post("faults", {"act": "garbage", "method": method, "description": body})

    async def mend(self, name: str | None = None) -> None:
        """Takes back the faults of that name, or all of them."""
        await self._post("mend", {"name": name})

    async def expire_taps(self) -> None:
        """The taps that are not answered yet become too old to answer."""
        await self._post("expire", {})

    async def age(self, *, hours: float) -> None:
        """Every message there is becomes that much older."""
        await self._post("age", {"seconds": int(hours * 3600)})

    # What the bot did

    async def calls(
        self, chat: int | None = None, *, method: str | None = None, after: int = 0
    ) -> list[Call]:
        """All calls of any outcome; polls are left out unless asked for by name."""
        return [call for call in await self._calls(after) if _wanted(call, chat, method)]

    async def wait_for_call(
        self, method: str, *, chat: int | None = None, after: int = 0, within: float = 5
    ) -> Call:
        """The first such call after number `after`, as soon as it is there."""
        async with asyncio.timeout(within):
            while True:
                seen = await self._calls(after, wait=within)
                found = next((call for call in seen if _wanted(call, chat, method)), None)
                if found is not None:
                    return found
                after = seen[-1].number if seen else after

    async def next_message(self, chat: int, *, within: float = 5) -> Message:
        """The next message the bot sent to this chat that no test has read yet; edits are passed over."""
        return await self.expect(chat, lambda message: not message.edited, within=within)

    async def expect(self, chat: int, what: str | Callable[[Message], bool], *, within: float = 5) -> Message:
        """The next unread message or edit that contains the text, or for which the predicate holds.
        Everything up to it counts as read. Raises AssertionError with what was seen instead.
        """
        seen: list[Message] = []
        deadline = asyncio.get_running_loop().time() + within
        while (left := deadline - asyncio.get_running_loop().time()) > 0:
            for call in await self._calls(self._read.get(chat, 0), wait=left):
                self._read[chat] = call.number
                if call.status != 200 or call.fields.get("chat_id") != chat:
                    continue
                if call.method not in (*_SHOWN, *_CHANGED):
                    continue
                message = _message(call.result)
                if what in message.text if isinstance(what, str) else what(message):
                    return message
                seen.append(message)
        raise AssertionError(f"not said to {chat} within {within} s: {what!r}; but {seen}")

    async def messages(self, chat: int) -> list[Message]:
        """The bot's messages in a chat as they look now."""
        return [_message(each) for each in (await self._state(chat))["messages"] if each.get("from") == BOT]

    async def typed(self, chat: int) -> dict[int, str]:
        """What people wrote in a chat and can still read there, by message id."""
        theirs = [each for each in (await self._state(chat))["messages"] if each.get("from") != BOT]
        return {each["message_id"]: each.get("text") or each.get("caption") or "" for each in theirs}

    async def share_button(self, chat: int) -> str:
        """The label of the button under a chat that shares the phone number, '' when there is none."""
        return str((await self._state(chat))["share"])

    async def violations(self) -> list[str]:
        """Where calls broke the Bot API's schema."""
        return list((await self._state(0))["violations"])

    async def _message(self, chat: int, content: Mapping[str, Any]) -> int:
        return await self.put({"message": {"chat": chat, "from": self.user(chat), **content}})

    async def _membership(self, chat: int, *, before: str, after: str) -> int:
        old = {"user": BOT, "status": before, "until_date": 0}
        new = {"user": BOT, "status": after, "until_date": 0}
        change = {"chat": chat, "from": self.user(chat), "old_chat_member": old, "new_chat_member": new}
        return await self.put({"my_chat_member": change})

    async def _calls(self, after: int, *, wait: float = 0) -> list[Call]:
        calls = await self._get("calls", after=after, timeout=wait)
        return [Call(**call) for call in calls]

    async def _state(self, chat: int) -> dict[str, Any]:
        state: dict[str, Any] = await self._get("state", chat=chat)
        return state

    async def _get(self, what: str, **query: float) -> Any:
        async with self._client.get(f"{self.base_url}/__bench/{what}", params=query) as response:
            return await response.json()

    async def _post(self, what: str, body: Any) -> Any:
        async with self._client.post(f"{self.base_url}/__bench/{what}", json=body) as response:
            response.raise_for_status()
            return await response.json()


class _Thread:
    """The server on a free port, in a thread with an event loop of its own."""

    def __enter__(self) -> str:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bot-api", daemon=True)
        self._thread.start()
        return asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _close(self) -> None:
        await self._runner.cleanup()
        # The polls of killed processes still wait for updates.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _open(self) -> str:
        self._runner = web.AppRunner(BenchServer().app(), access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"


def _wanted(call: Call, chat: int | None, method: str | None) -> bool:
    if chat is not None and call.fields.get("chat_id") != chat:
        return False
    return call.method == method if method is not None else call.method != "getUpdates"


def _message(raw: Mapping[str, Any]) -> Message:
    markup = raw.get("reply_markup", {}).get("inline_keyboard", [])
    return Message(
        id=raw["message_id"],
        text=raw.get("text") or raw.get("caption") or "",
        buttons=tuple(tuple(button["text"] for button in row) for row in markup),
        file=next((kind for kind in ("photo", "document") if kind in raw), None),
        edited="edit_date" in raw,
        markup=markup,
    )
