"""A WebSocket without a network: both ends in one process, every frame looked at."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosedError

from chargepoint.protocol.schemas import problems

CALL, CALLRESULT = 2, 3
KINDS = {CALL: "request", CALLRESULT: "response"}


class End:
    """One end: what of a WebSocket the station's session and the central's peer use."""

    def __init__(self, wire: Wire, inbox: asyncio.Queue[str | None]) -> None:
        self.subprotocol = wire.subprotocol
        self._wire, self._inbox = wire, inbox

    async def recv(self) -> str:
        text = await self._inbox.get()
        if text is None:
            self._inbox.put_nowait(None)
            raise ConnectionClosedError(None, None)
        return text

    async def send(self, message: str) -> None:
        if not self._wire.is_open:
            raise ConnectionClosedError(None, None)
        self._wire.carry(self, message)

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self._wire.close()


class Wire:
    """One connection in *version*. *complaints* gets what our schemas do not allow."""

    def __init__(self, version: str, complaints: list[str]) -> None:
        self.subprotocol = f"ocpp{version}"
        self.is_open = True
        self._version, self._complaints = version, complaints
        self._asked: dict[str, str] = {}
        self._to_station: asyncio.Queue[str | None] = asyncio.Queue()
        self._to_central: asyncio.Queue[str | None] = asyncio.Queue()
        self.station = End(self, self._to_station)
        self.central = End(self, self._to_central)

    def carry(self, sender: End, text: str) -> None:
        """Bring one frame to the other end; it arrives even when the line ends after it."""
        if sender is self.station:
            self._judge(json.loads(text))
            self._to_central.put_nowait(text)
        else:
            self._note(text)
            self._to_station.put_nowait(text)

    def close(self) -> None:
        """End the line at both ends; who listens hears what was sent before."""
        if self.is_open:
            self.is_open = False
            self._to_station.put_nowait(None)
            self._to_central.put_nowait(None)

    def _note(self, text: str) -> None:
        """Remember what a CALL asks for; whatever else a central system sends is no CALL."""
        with suppress(ValueError, RecursionError):
            match json.loads(text):
                case [2, str() as message_id, str() as action, _]:
                    self._asked[message_id] = action

    def _judge(self, frame: list[Any]) -> None:
        kind, message_id = frame[0], frame[1]
        if kind in KINDS:
            action = frame[2] if kind == CALL else self._asked[message_id]
            found = problems(self._version, action, frame[-1], KINDS[kind])
            self._complaints += [f"{action} {KINDS[kind]}: {problem}" for problem in found]
