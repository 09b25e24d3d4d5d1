"""One station as the small central system sees it: an OCPP-J reading of its own.

It shares no code with the station's protocol layer, so that the two check each other.
"""

from __future__ import annotations

import asyncio
import json
from typing import Protocol
from uuid import uuid4

from websockets.exceptions import ConnectionClosed

from chargepoint.demo.answers import DEFAULTS, Desk
from chargepoint.demo.behaviour import (
    Amend,
    Behaviour,
    CallError,
    Late,
    Malformed,
    Payload,
    Script,
    Twice,
    Word,
)
from chargepoint.demo.ledger import Ledger
from chargepoint.demo.record import Received, Record

CALL, CALLRESULT, CALLERROR = 2, 3, 4
LONGEST_ID = 36
LINE_ENDS = (ConnectionClosed, ConnectionError, EOFError)


class Line(Protocol):
    """One connection; the methods raise one of LINE_ENDS when it is over."""

    async def recv(self) -> str | bytes: ...
    async def send(self, message: str) -> None: ...
    async def close(self) -> None: ...


class CallFailed(Exception):
    """The station answered our CALL with a CALLERROR."""

    def __init__(self, code: str, description: str = "", details: object = None) -> None:
        super().__init__(f"{code}: {description}")
        self.code, self.description, self.details = code, description, details


class Peer(Record):
    """One station, over all its connections.

    A CALL that we left unanswered for *patience_s* no longer counts as pending.
    """

    def __init__(self, id: str, desk: Desk, script: Script, patience_s: float) -> None:
        super().__init__(id)
        self.version = ""
        self.connections = 0
        self.ledger = Ledger()
        self._desk, self._script, self._patience_s = desk, script, patience_s
        self._line: Line | None = None
        self._turn = asyncio.Lock()
        self._asked: dict[str, asyncio.Future[Payload]] = {}
        self._pending: dict[str, float] = {}
        self._ids: set[str] = set()

    # --- for those who drive it ------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """Return whether the station is on the line."""
        return self._line is not None

    async def call(self, action: str, payload: Payload, timeout_s: float = 10.0) -> Payload:
        """Make a CALL and return the CALLRESULT's payload; one at a time.

        Raises CallFailed on a CALLERROR, ConnectionError when the line ends first, and
        TimeoutError.
        """
        async with self._turn:
            message_id = str(uuid4())
            answer: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
            self._asked[message_id] = answer
            try:
                await self.send_text(json.dumps([CALL, message_id, action, payload]))
                async with asyncio.timeout(timeout_s):
                    return await answer
            finally:
                self._asked.pop(message_id, None)

    async def send_text(self, text: str) -> None:
        """Send *text* as it stands; raise ConnectionError when the station is not connected."""
        if self._line is None:
            raise ConnectionError(f"{self.id} is not connected")
        try:
            await self._send(self._line, text)
        except ConnectionClosed as closed:
            raise ConnectionError(f"the line to {self.id} ended") from closed

    async def drop(self) -> None:
        """Close the line; the station may come back."""
        if self._line is not None:
            await self._line.close()
        await self.wait_until(lambda: not self.connected, what="end of the line")

    # --- the line ------------------------------------------------------------------------------

    async def attend(self, line: Line, version: str) -> None:
        """Serve the station on *line* until it ends. A second line ends the first."""
        if self._line is not None:
            await self.drop()
        self._line, self.version, self.connections = line, version, self.connections + 1
        self._ids.clear()
        self._pending.clear()
        self.touch()
        try:
            async with asyncio.TaskGroup() as answering:
                await self._listen(line, answering)
        finally:
            self._line = None
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(ConnectionError(f"the line to {self.id} ended"))
            self.touch()

    async def _listen(self, line: Line, answering: asyncio.TaskGroup) -> None:
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                text = await line.recv()
                call = self._hear(str(text))
                if call is not None:
                    task = answering.create_task(self._answer(line, call))
                    tasks.add(task)
                    task.add_done_callback(tasks.discard)
        except LINE_ENDS:
            for task in tasks:
                task.cancel()

    def _hear(self, text: str) -> Received | None:
        """Take in one frame; return it when it is a CALL."""
        self.note_frame(text, inbound=True)
        try:
            match json.loads(text):
                case [2, str() as message_id, str() as action, dict() as payload]:
                    return self._hear_call(message_id, action, payload)
                case [3, str() as message_id, dict() as payload]:
                    self.note_nulls(f"answer {message_id}", payload)
                    self._settle(message_id, payload, None)
                case [4, str() as message_id, str() as code, str() as description, details]:
                    self._settle(message_id, {}, CallFailed(code, description, details))
                case _:
                    self.errors.append(f"not an OCPP-J frame: {text[:80]}")
        except ValueError:
            self.errors.append(f"not JSON: {text[:80]}")
        return None

    def _hear_call(self, message_id: str, action: str, payload: Payload) -> Received:
        now_s = asyncio.get_running_loop().time()
        self.note_nulls(action, payload)
        if message_id in self._ids or not 0 < len(message_id) <= LONGEST_ID:
            self.errors.append(f"{action}: message id {message_id!r} is used again, or too long")
        if any(now_s - since_s < self._patience_s for since_s in self._pending.values()):
            self.errors.append(f"{action}: sent while another CALL was pending")
        self._ids.add(message_id)
        self._pending[message_id] = now_s
        call = Received(now_s, action, payload, message_id, self.connections)
        self.calls.append(call)
        self.touch()
        return call

    def _settle(self, message_id: str, payload: Payload, failed: CallFailed | None) -> None:
        answer = self._asked.get(message_id)
        if answer is None or answer.done():
            self.errors.append(f"an answer to nothing that was asked: {message_id}")
        elif failed is not None:
            answer.set_exception(failed)
        else:
            answer.set_result(payload)
        self.touch()

    # --- answering ---------------------------------------------------------------------------

    async def _answer(self, line: Line, call: Received) -> None:
        try:
            await self._do(line, call, self._script.next(call.action, call.payload))
        except LINE_ENDS:
            return  # the listener ends by itself
        finally:
            self._pending.pop(call.message_id, None)
            self.touch()

    async def _do(
        self, line: Line, call: Received, behaviour: Behaviour, *, books: bool = True
    ) -> None:
        match behaviour:
            case Word.DEFAULT:
                await self._do(line, call, self._default(call), books=books)
            case Amend(fields):
                polite = self._default(call)
                amended = polite | fields if isinstance(polite, dict) else polite
                await self._do(line, call, amended, books=books)
            case Late(seconds, then):
                await asyncio.sleep(seconds)
                await self._do(line, call, then, books=books)
            case Twice(then):
                await self._do(line, call, then, books=books)
                await self._do(line, call, then, books=False)
            case CallError(code, description, details):
                message = [CALLERROR, call.message_id, code, description, details]
                await self._send(line, json.dumps(message))
            case Malformed(text):
                await self._send(line, text.replace("$id", call.message_id))
            case Word.DROP:
                await line.close()
            case dict() as result:
                if books:
                    self._book(call, result)
                await self._send(line, json.dumps([CALLRESULT, call.message_id, result]))

    def _default(self, call: Received) -> Payload | CallError:
        make = DEFAULTS[self.version].get(call.action)
        if make is None:
            self.errors.append(f"{call.action} is no action of {self.version}")
            return CallError("NotImplemented")
        return make(self._desk, call.payload)

    def _book(self, call: Received, result: Payload) -> None:
        try:
            self.ledger.book(call.action, call.payload, result)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.errors.append(f"{call.action} cannot be booked: {error!r}")

    async def _send(self, line: Line, text: str) -> None:
        self.note_frame(text, inbound=False)
        await line.send(text)
