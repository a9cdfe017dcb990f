"""How requests to the Bot API travel: python-telegram-bot's transport interface on aiohttp.

The address of every request carries the bot's token, so no error that leaves this module carries an
address, and none is chained to an aiohttp error, which does.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from aiohttp import (
    ClientError,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    FormData,
    ServerDisconnectedError,
    TCPConnector,
)
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

if TYPE_CHECKING:
    from collections.abc import Mapping

_DEFAULT = BaseRequest.DEFAULT_NONE


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for each stage of a request; None waits for ever.

    `pool` is the wait for a free connection, `media` replaces `write` when files are uploaded.
    """

    connect: float | None = 5.0
    read: float | None = 10.0
    write: float | None = 10.0
    media: float | None = 60.0
    pool: float | None = 5.0

    @property
    def until_answered(self) -> float | None:
        """The longest a request may take to its answer's first byte."""
        stages = (self.pool, self.connect, self.write, self.read)
        return sum(stage for stage in stages if stage is not None) if None not in stages else None


class AiohttpRequest(BaseRequest):
    """A pool of kept-alive connections, for both getUpdates and everything else.

    With `trust_env` proxies and netrc are read from the environment, which costs half the speed.
    """

    __slots__ = ("_pool_size", "_session", "_timeouts", "_trust_env")

    def __init__(
        self, *, pool_size: int = 64, timeouts: Timeouts | None = None, trust_env: bool = False
    ) -> None:
        self._pool_size = pool_size
        self._timeouts = timeouts or Timeouts()
        self._trust_env = trust_env
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._timeouts.read

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = ClientSession(
                connector=TCPConnector(limit=self._pool_size, keepalive_timeout=15),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=self._trust_env,
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def do_request(  # noqa: PLR0917 - the library's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = _DEFAULT,
        write_timeout: object = _DEFAULT,
        connect_timeout: object = _DEFAULT,
        pool_timeout: object = _DEFAULT,
    ) -> tuple[int, bytes]:
        """The status and body of the answer. Raises TimedOut or NetworkError."""
        defaults = self._timeouts
        files = request_data is not None and request_data.contains_files
        timeouts = Timeouts(
            connect=_given(connect_timeout, default=defaults.connect),
            read=_given(read_timeout, default=defaults.read),
            write=_given(write_timeout, default=defaults.media if files else defaults.write),
            pool=_given(pool_timeout, default=defaults.pool),
        )
        return await self._exchange(method, url, data=_form(request_data), timeouts=timeouts)

    async def post_form(
        self, url: str, fields: Mapping[str, str], *, read_timeout: float
    ) -> tuple[int, bytes]:
        """The status and body of the answer to a plain form, untouched by the library's parsing.

        Raises TimedOut or NetworkError.
        """
        timeouts = replace(self._timeouts, read=read_timeout)
        return await self._exchange("POST", url, data=fields, timeouts=timeouts)

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As the library's, but an unreadable body, which may quote a client, is not logged."""
        try:
            parsed: dict[str, Any] = json.loads(payload)
        except ValueError:
            parsed = {}
        if not isinstance(parsed, dict) or not parsed:
            raise TelegramError("Unreadable answer")
        return parsed

    async def _exchange(
        self, method: str, url: str, *, data: FormData | Mapping[str, str] | None, timeouts: Timeouts
    ) -> tuple[int, bytes]:
        if self._session is None:
            raise NetworkError("The transport is not initialized")
        failure: NetworkError
        try:
            # aiohttp has no time-out for writing, so the whole way to the answer's head gets one.
            async with asyncio.timeout(timeouts.until_answered):
                response = await self._session.request(
                    method, url, data=data, timeout=_client_timeout(timeouts), allow_redirects=False
                )
            async with response:
                return response.status, await response.read()
        except ConnectionTimeoutError:
            failure = TimedOut("No connection in time; the request was not sent")
        except TimeoutError:
            failure = TimedOut("No answer in time; the request may have been carried out")
        except ServerDisconnectedError:
            failure = NetworkError("The server closed the connection without an answer")
        except (ClientError, OSError) as error:
            failure = NetworkError(f"The connection failed ({_kind(error)})")
        raise failure


def _given(value: object, *, default: float | None) -> float | None:
    if value is None or isinstance(value, int | float):
        return value
    return default


def _client_timeout(timeouts: Timeouts) -> ClientTimeout:
    waiting = (timeouts.pool, timeouts.connect)
    acquire = sum(stage for stage in waiting if stage is not None) if None not in waiting else None
    return ClientTimeout(total=None, connect=acquire, sock_connect=timeouts.connect, sock_read=timeouts.read)


def _form(data: RequestData | None) -> FormData | Mapping[str, str] | None:
    if data is None:
        return None
    if not data.contains_files:
        return data.json_parameters
    # Telegram takes a file name as it stands, so names must not be percent-encoded.
    form = FormData(quote_fields=False)
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, part in data.multipart_data.items():
        filename, content, *kind = part
        form.add_field(name, content, filename=filename, content_type=kind[0] if kind else None)
    return form


def _kind(error: BaseException) -> str:
    """What sort of failure it was, in words that hold no address."""
    if isinstance(error, ClientResponseError):
        return f"{type(error).__name__} {error.status}"
    number = getattr(error, "errno", None)
    return f"{type(error).__name__} {number}" if isinstance(number, int) else type(error).__name__
