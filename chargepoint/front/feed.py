"""The status, live: one rendering a change, shared by everybody who listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable

from chargepoint.front.door import Door

GAP_S = 0.25
KEEP_ALIVE_S = 15.0
KEEP_ALIVE = b": still here\n\n"
PREAMBLE = b"retry: 2000\n\n"


def server_sent(data: bytes) -> bytes:
    """Return *data*, one line, as one server-sent event."""
    return b"data: " + data + b"\n\n"


class Feed:
    """Frames for listeners: the status now, then every change, at most one in GAP_S.

    A slow listener misses changes, never the newest one. Without listeners nothing is
    rendered. Between changes a comment every KEEP_ALIVE_S tells proxies that we live.
    """

    def __init__(self, door: Door, render: Callable[[], bytes]) -> None:
        self._door = door
        self._render = render
        self._turn: asyncio.Task[bytes] | None = None
        self._closed = asyncio.get_running_loop().create_future()
        self._seen = -1
        self._framed_at_s = float("-inf")

    async def frames(self) -> AsyncGenerator[bytes, None]:
        """Yield what to send to one listener until the feed is closed."""
        sent = server_sent(self._render())
        yield PREAMBLE + sent
        while not self._closed.done():
            turn = self._next_turn()
            done, _ = await asyncio.wait(
                (turn, self._closed), timeout=KEEP_ALIVE_S, return_when=asyncio.FIRST_COMPLETED
            )
            if self._closed in done:
                return
            if not done:
                yield KEEP_ALIVE
            elif turn.result() != sent:
                sent = turn.result()
                yield sent

    def close(self) -> None:
        """Let every listener go."""
        if self._turn is not None:
            self._turn.cancel()
        if not self._closed.done():
            self._closed.set_result(None)

    def _next_turn(self) -> asyncio.Task[bytes]:
        if self._turn is None or self._turn.done():
            self._turn = asyncio.create_task(self._next_frame())
        return self._turn

    async def _next_frame(self) -> bytes:
        loop = asyncio.get_running_loop()
        self._seen = await self._door.wait_change(self._seen)
        await asyncio.sleep(max(0.0, self._framed_at_s + GAP_S - loop.time()))
        self._framed_at_s = loop.time()
        return server_sent(self._render())
