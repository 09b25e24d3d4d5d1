"""A central system that only measures: it answers everything and notes when what came."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

Payload = dict[str, Any]

PATIENCE_S = 20.0


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True)
class Heard:
    """One CALL of the station, on the clock of ``time.monotonic``."""

    at_s: float
    action: str
    payload: Payload


class Central:
    """One station on loopback, OCPP 1.6."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self._server: Server | None = None
        self._line: ServerConnection | None = None
        self._asked: dict[str, asyncio.Future[Payload]] = {}
        self._numbers = count(1)
        self._news = asyncio.Event()

    async def __aenter__(self) -> Self:
        protocols = [Subprotocol("ocpp1.6")]
        self._server = await serve(
            self._attend, "127.0.0.1", 0, subprotocols=protocols, ping_interval=None
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Return the address a station is given; it adds its id."""
        assert self._server is not None
        return f"ws://127.0.0.1:{next(iter(self._server.sockets)).getsockname()[1]}"

    async def call(self, action: str, payload: Payload) -> Payload:
        """Make a CALL and return its answer."""
        assert self._line is not None
        message_id = str(next(self._numbers))
        answer: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
        self._asked[message_id] = answer
        await self._line.send(json.dumps([2, message_id, action, payload]))
        return await asyncio.wait_for(answer, PATIENCE_S)

    async def wait_for(
        self, action: str, where: Callable[[Payload], bool] = lambda _: True, since: int = 0
    ) -> Heard:
        """Return the first CALL of *action* from position *since* that fits."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                for heard in self.heard[since:]:
                    if heard.action == action and where(heard.payload):
                        return heard
                self._news.clear()
                await self._news.wait()

    async def _attend(self, line: ServerConnection) -> None:
        self._line = line
        try:
            async for text in line:
                await self._hear(line, str(text), time.monotonic())
        except ConnectionClosed:
            return

    async def _hear(self, line: ServerConnection, text: str, at_s: float) -> None:
        match json.loads(text):
            case [2, message_id, action, payload]:
                self.heard.append(Heard(at_s, action, payload))
                self._news.set()
                await line.send(json.dumps([3, message_id, self._answer(action)]))
            case [3, message_id, payload]:
                self._asked.pop(message_id).set_result(payload)
            case [4, message_id, code, *_]:
                self._asked.pop(message_id).set_exception(RuntimeError(code))

    def _answer(self, action: str) -> Payload:
        accepted = {"status": "Accepted"}
        answers: dict[str, Payload] = {
            "BootNotification": {**accepted, "currentTime": _now(), "interval": 300},
            "Heartbeat": {"currentTime": _now()},
            "Authorize": {"idTagInfo": accepted},
            "StartTransaction": {"transactionId": next(self._numbers), "idTagInfo": accepted},
        }
        return answers.get(action, {})
