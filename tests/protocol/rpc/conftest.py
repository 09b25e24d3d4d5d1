"""Both versions with a few actions, a core on each, and a socket that is only two queues."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Close

from chargepoint.protocol.adapters import BY_VERSION
from chargepoint.protocol.rpc import RpcCore
from chargepoint.protocol.session import IncomingCall, Session

OFFERED = {
    "1.6": frozenset({"Reset", "TriggerMessage", "SetChargingProfile", "ClearCache"}),
    "2.0.1": frozenset({"Reset", "TriggerMessage", "SetVariables", "ClearCache"}),
}
VERSIONS = {
    name: SimpleNamespace(
        version=name,
        incoming=offered,
        known=offered | {"GetLog"},
        error_words=BY_VERSION[name].error_words,
    )
    for name, offered in OFFERED.items()
}


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> SimpleNamespace:
    return VERSIONS[request.param]


@pytest.fixture
def make_core() -> Callable[[str], RpcCore]:
    """Return a core of a version; its ids are "ours-1", "ours-2"..., its time-out 30 s."""

    def make(name: str) -> RpcCore:
        numbers = count(1)
        return RpcCore(
            VERSIONS[name], new_id=lambda: f"ours-{next(numbers)}", timeout_s=lambda: 30.0
        )

    return make


@pytest.fixture
def core(version: SimpleNamespace, make_core: Callable[[str], RpcCore]) -> RpcCore:
    return make_core(version.version)


@dataclass
class Wire:
    """The other end of a session's socket."""

    inbox: asyncio.Queue[Any] = field(default_factory=asyncio.Queue)
    sent: list[Any] = field(default_factory=list)
    closed_with: tuple[int, str] | None = None
    stalled: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.stalled.set()

    async def recv(self) -> str:
        text = await self.inbox.get()
        if isinstance(text, Exception):
            raise text
        return text

    async def send(self, message: str) -> None:
        await self.stalled.wait()
        self.sent.append(json.loads(message))

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.closed_with = (code, reason)
        self.drop(sent=(code, reason))

    def say(self, *elements: Any) -> None:
        self.inbox.put_nowait(json.dumps(elements))

    def drop(
        self, rcvd: tuple[int, str] | None = None, sent: tuple[int, str] | None = None
    ) -> None:
        order = None if rcvd is None or sent is None else False
        self.inbox.put_nowait(
            ConnectionClosedError(rcvd and Close(*rcvd), sent and Close(*sent), order)
        )


@dataclass
class Bench:
    """A running session, its wire, what it was asked and what worried it."""

    session: Session
    wire: Wire
    calls: list[IncomingCall]
    concerns: list[tuple[str, str]]
    running: asyncio.Task[str]


@pytest.fixture
async def bench(version: SimpleNamespace) -> AsyncIterator[Bench]:
    wire, calls, concerns, numbers = Wire(), [], [], count(1)
    session = Session(
        wire,
        version,
        lambda call: bench.calls.append(call),
        timeout_s=lambda: 30.0,
        on_concern=lambda *concern: concerns.append(concern),
        new_id=lambda: f"ours-{next(numbers)}",
    )
    bench = Bench(session, wire, calls, concerns, asyncio.create_task(session.run()))
    yield bench
    wire.drop()
    await bench.running


@pytest.fixture
def serve(version: SimpleNamespace) -> Callable[..., Awaitable[list[Any]]]:
    """Return what a session sends in answer to frames when *on_call* decides them."""

    async def serve(on_call: Callable[[IncomingCall], None], *frames: Any) -> list[Any]:
        wire = Wire()
        session = Session(
            wire, version, on_call, timeout_s=lambda: 30.0, on_concern=lambda *_: None
        )
        running = asyncio.create_task(session.run())
        for frame in frames:
            wire.say(*frame)
        for _ in range(20):
            await asyncio.sleep(0)
        wire.drop()
        await running
        return wire.sent

    return serve
