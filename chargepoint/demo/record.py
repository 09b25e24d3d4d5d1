"""What one station said, in order, and how to wait for what it says next."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from chargepoint.demo.behaviour import Payload


@dataclass(frozen=True, slots=True)
class Received:
    """A CALL of the station; *at_s* is the loop's time, *connection* counts from 1."""

    at_s: float
    action: str
    payload: Payload
    message_id: str
    connection: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One text frame; *inbound* came from the station."""

    at_s: float
    inbound: bool
    text: str


class Record:
    """Complete logs of one station, over all its connections.

    *errors* are sentences about what the station may not do: two pending CALLs, a
    message id again, a null field, an answer to nothing.
    """

    def __init__(self, id: str) -> None:
        self.id = id
        self.calls: list[Received] = []
        self.frames: list[Frame] = []
        self.errors: list[str] = []
        self._changed = asyncio.Event()

    def mark(self) -> int:
        """Return where the log of CALLs ends now, for ``wait_for(since=...)``."""
        return len(self.calls)

    def received(self, action: str | None = None, since: int = 0) -> list[Received]:
        """Return the station's CALLs, oldest first."""
        return [call for call in self.calls[since:] if action in (None, call.action)]

    async def wait_for(
        self,
        action: str,
        where: Callable[[Payload], bool] = lambda _: True,
        timeout_s: float = 5.0,
        since: int = 0,
    ) -> Received:
        """Return the first CALL of *action* from position *since* of the log that fits."""

        def fitting() -> list[Received]:
            return [call for call in self.received(action, since) if where(call.payload)]

        await self.wait_until(lambda: bool(fitting()), timeout_s, action)
        return fitting()[0]

    async def wait_until(
        self, true: Callable[[], bool], timeout_s: float = 5.0, what: str = "that"
    ) -> None:
        """Wait until *true*, looking again after every frame and every change of the line."""
        try:
            async with asyncio.timeout(timeout_s):
                while not true():
                    await self._changed.wait()
        except TimeoutError:
            heard = [call.action for call in self.calls[-12:]]
            raise TimeoutError(f"{self.id}: no {what} in {timeout_s} s; last {heard}") from None

    def note_frame(self, text: str, *, inbound: bool) -> None:
        """Log one frame as it passes."""
        self.frames.append(Frame(asyncio.get_running_loop().time(), inbound, text))
        self.touch()

    def note_nulls(self, where: str, value: object) -> None:
        """Note every null in *value*: absent is left out, never null (OCPP-J 1.6 and part 4)."""
        if value is None:
            self.errors.append(f"{where}: a field is null")
        for item in value.values() if isinstance(value, dict) else ():
            self.note_nulls(where, item)
        for item in value if isinstance(value, list) else ():
            self.note_nulls(where, item)

    async def changed(self) -> None:
        """Return after the next frame or change of the line."""
        await self._changed.wait()

    def touch(self) -> None:
        """Let everybody who waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()
