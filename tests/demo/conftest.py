"""A bare OCPP-J client that does what a test tells it, right or wrong."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from chargepoint.demo.central import Central


class Client:
    """One connection to the central system under test."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line
        self._numbers = iter(range(1, 10_000))

    async def tell(self, action: str, payload: dict[str, Any], id: str | None = None) -> str:
        """Send a CALL and return its id without waiting for the answer."""
        id = id or f"m{next(self._numbers)}"
        await self.line.send(json.dumps([2, id, action, payload]))
        return id

    async def hear(self) -> Any:
        """Return the next frame."""
        return json.loads(await self.line.recv())

    async def ask(self, action: str, payload: dict[str, Any]) -> Any:
        """Send a CALL and return the payload of its CALLRESULT."""
        id = await self.tell(action, payload)
        kind, answered, result = await self.hear()
        assert (kind, answered) == (3, id)
        return result


Dial = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    async with Central() as central:
        yield central


@pytest.fixture
def dial() -> Dial:
    """Return a way to connect: ``async with dial(central, "1.6") as client``."""

    @asynccontextmanager
    async def dialled(
        central: Central, *versions: str, id: str = "CP001", **options: Any
    ) -> AsyncIterator[Client]:
        names = [Subprotocol(f"ocpp{version}") for version in versions]
        url = f"{central.url}/{id}"
        async with connect(url, subprotocols=names, proxy=None, **options) as line:
            yield Client(line)

    return dialled
