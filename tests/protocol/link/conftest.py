"""A central system on 127.0.0.1 that does as it is told, and a link that dials it."""

from __future__ import annotations

import asyncio
import http
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve

from chargepoint.protocol.backoff import BackOff
from chargepoint.protocol.link import Link, LinkState, Target
from chargepoint.protocol.session import Session

VERSION = SimpleNamespace(
    version="2.0.1",
    incoming=frozenset({"ClearCache"}),
    known=frozenset({"ClearCache"}),
    error_words={},
)


@dataclass
class Central:
    """*statuses* are the HTTP answers to the next requests, then every one is let in."""

    port: int = 0
    subprotocol: str | None = "ocpp2.0.1"
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[Any] = field(default_factory=list)
    lines: asyncio.Queue[ServerConnection] = field(default_factory=asyncio.Queue)

    def answer(self, connection: ServerConnection, request: Any) -> Any:
        self.requests.append(request)
        if not self.statuses:
            return None
        response = connection.respond(http.HTTPStatus(self.statuses.pop(0)), "")
        response.headers.update(self.headers)
        return response

    def pick(self, connection: ServerConnection, offered: Any) -> Any:
        return self.subprotocol

    async def attend(self, connection: ServerConnection) -> None:
        self.lines.put_nowait(connection)
        await connection.wait_closed()


@pytest.fixture
async def open_central() -> Callable[..., AbstractAsyncContextManager[Central]]:
    @asynccontextmanager
    async def open_central(
        tls: ssl.SSLContext | None = None, **wishes: Any
    ) -> AsyncIterator[Central]:
        central = Central(**wishes)
        async with serve(
            central.attend,
            "127.0.0.1",
            central.port,
            ssl=tls,
            process_request=central.answer,
            select_subprotocol=central.pick,
            close_timeout=0.2,
        ) as server:
            central.port = server.sockets[0].getsockname()[1]
            yield central

    return open_central


@pytest.fixture
async def central(open_central: Any) -> AsyncIterator[Central]:
    async with open_central() as central:
        yield central


@dataclass
class Dialled:
    """A running link with everything it told."""

    link: Link
    target: Target
    states: list[LinkState]
    concerns: list[tuple[str, str]]
    changed: asyncio.Event
    ping_interval_s: float = 0.0

    async def until(self, is_so: Callable[[LinkState], bool]) -> LinkState:
        async with asyncio.timeout(5):
            while not is_so(self.link.state):
                self.changed.clear()
                await self.changed.wait()
        return self.link.state

    async def connected(self) -> LinkState:
        return await self.until(lambda state: state.connected)

    async def failed(self) -> str:
        state = await self.until(lambda state: not state.connected and "dialled" not in state.why)
        return state.why or ""


@pytest.fixture
async def dial() -> AsyncIterator[Callable[..., Dialled]]:
    """Start a link to *url*; retries wait 0.1 s."""
    running: list[asyncio.Task[None]] = []

    def dial(url: str, **target: Any) -> Dialled:
        states, concerns, changed = [], [], asyncio.Event()

        def on_change(state: LinkState) -> None:
            states.append(state)
            changed.set()

        link = Link(
            lambda: dialled.target,
            lambda websocket: Session(
                websocket,
                VERSION,
                lambda call: call.answer({"status": "Accepted"}),
                timeout_s=lambda: 30.0,
                on_concern=lambda *concern: concerns.append(concern),
            ),
            back_off=lambda: BackOff(0.0, 0.0, 0),
            ping_interval_s=lambda: dialled.ping_interval_s,
            on_change=on_change,
            on_failed=lambda: None,
            on_concern=lambda *concern: concerns.append(concern),
        )
        offer = {"identity": "CP001", "subprotocols": ("ocpp2.0.1", "ocpp1.6")}
        dialled = Dialled(link, Target(url, **(offer | target)), states, concerns, changed)
        running.append(asyncio.create_task(link.run()))
        return dialled

    yield dial
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
