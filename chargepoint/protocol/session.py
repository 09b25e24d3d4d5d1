"""One connection at work: the calls of RpcCore over a WebSocket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Protocol
from uuid import uuid4

from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from chargepoint.errors import ChargePointError, ErrorCode, WireError
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.calls import Send, Settle
from chargepoint.protocol.concerns import Concern, OnConcern
from chargepoint.protocol.redact import Redacted
from chargepoint.protocol.rpc import Action, Note, RpcCore, Serve, Version

FLUSH_S = 2.0
MOST_UNSENT = 64
LONGEST_CLOSE_REASON_BYTES = 123  # RFC 6455 section 5.5

log = logging.getLogger(__name__)

# What a close that we began says of the peer, by the code we closed with.
OUR_CLOSES: Mapping[int, str] = {
    CloseCode.MESSAGE_TOO_BIG: "it sent a message that is too big",
    CloseCode.INVALID_DATA: "it sent text that is not UTF-8",
    CloseCode.PROTOCOL_ERROR: "it broke the WebSocket protocol",
}


class Socket(Protocol):
    """What of a WebSocket a session needs; both raise ConnectionClosed when it is over."""

    async def recv(self) -> str | bytes: ...
    async def send(self, message: str) -> None: ...
    async def close(self, code: int = 1000, reason: str = "") -> None: ...


class IncomingCall:
    """A valid CALL that waits for answer() or refuse(), once, now or later.

    Either puts the frame behind everything said before; after the connection is gone it
    does nothing.
    """

    __slots__ = ("_message_id", "_session", "action", "is_answered", "payload")

    def __init__(self, session: Session, serve: Serve) -> None:
        self.action, self.payload, self.is_answered = serve.action, serve.payload, False
        self._session, self._message_id = session, serve.message_id

    def answer(self, payload: Payload) -> None:
        """Send *payload* as the CALLRESULT; RuntimeError the second time.

        ValueError or TypeError for a payload that JSON cannot say: still to be answered.
        """
        self._check_open()
        self._session._answer(self._message_id, payload)
        self.is_answered = True

    def refuse(self, error: WireError) -> None:
        """Send *error* as the CALLERROR; RuntimeError the second time."""
        self._check_open()
        self._session._refuse(self._message_id, error)
        self.is_answered = True

    def _check_open(self) -> None:
        if self.is_answered:
            raise RuntimeError(f"{self.action} is answered already")


class Session:
    """The calls of one connection, until it drops.

    *on_call* gets each valid CALL that the version offers and must not wait; what it
    raises becomes a CALLERROR. *timeout_s* is asked for each CALL of ours.
    """

    def __init__(
        self,
        websocket: Socket,
        version: Version,
        on_call: Callable[[IncomingCall], None],
        *,
        timeout_s: Callable[[], float],
        on_concern: OnConcern,
        new_id: Callable[[], str] = lambda: str(uuid4()),
    ) -> None:
        self._websocket, self._on_call, self._on_concern = websocket, on_call, on_concern
        self._core = RpcCore(version, new_id=new_id, timeout_s=timeout_s)
        self._loop = asyncio.get_running_loop()
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self._calls: dict[int, asyncio.Future[Payload]] = {}
        self._alarm: asyncio.TimerHandle | None = None
        self._why: str | None = None

    async def run(self) -> str:
        """Serve until the connection drops; return why, a sentence.

        Then, as when it is cancelled, every call that waits has failed with LinkError.
        """
        why = "stopped"
        try:
            async with asyncio.TaskGroup() as tasks:
                writer = tasks.create_task(self._write())
                why = await self._read()
                writer.cancel()
        finally:
            self._core.closed(why)
            self._act()
            self._forget_unsent()
        return why

    async def call(self, action: str, payload: Payload) -> Payload:
        """Make a CALL when its turn comes and return the payload of the CALLRESULT.

        Raises LinkError when the connection drops first or is gone; CallTimeout, CallRefused
        or CallBroken when the link is up but the call failed.
        """
        answer: asyncio.Future[Payload] = self._loop.create_future()
        ticket = self._core.call(action, payload, self._loop.time())
        self._calls[ticket] = answer
        self._act()
        try:
            return await answer
        finally:
            del self._calls[ticket]
            self._core.abandon(ticket)

    async def close(self, why: str) -> None:
        """Say what is said already, then close; run() returns *why*."""
        self._why = self._why or why
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._outgoing.join()
        except TimeoutError:
            log.warning("closing although not everything could be sent")
        await self._websocket.close(CloseCode.NORMAL_CLOSURE, _close_reason(self._why))

    def _forget_unsent(self) -> None:
        while not self._outgoing.empty():
            self._outgoing.get_nowait()
            self._outgoing.task_done()

    # --- in and out --------------------------------------------------------------------------

    async def _read(self) -> str:
        while True:
            try:
                text = await self._websocket.recv()
            except ConnectionClosed as closed:
                return self._why or self._explain(closed)
            log.debug("<- %s", Redacted(text))
            self._core.receive(text, self._loop.time())
            self._act()
            await asyncio.sleep(0)  # a burst of frames must not starve the control loop
            if self._outgoing.qsize() > MOST_UNSENT:
                await self._outgoing.join()  # nor may a peer that never reads fill the memory

    async def _write(self) -> None:
        while True:
            frame = await self._outgoing.get()
            log.debug("-> %s", Redacted(frame))
            try:
                await self._websocket.send(frame)
            except ConnectionClosed:
                log.debug("not sent: the connection is gone")
            finally:
                self._outgoing.task_done()

    def _explain(self, closed: ConnectionClosed) -> str:
        """Return why the connection ended, and raise a concern if the peer broke the rules."""
        if closed.sent and not closed.rcvd_then_sent and closed.sent.code in OUR_CLOSES:
            why = f"we closed: {OUR_CLOSES[closed.sent.code]}"
            self._on_concern(Concern.INVALID_MESSAGES, why)
            return why
        if closed.rcvd:
            said = f": {closed.rcvd.reason}" if closed.rcvd.reason else ""
            return f"the central system closed the connection ({closed.rcvd.code}{said})"
        return "the connection broke"

    # --- what the core wants done --------------------------------------------------------------

    def _answer(self, message_id: str, payload: Payload) -> None:
        self._core.answer(message_id, payload)
        self._act()

    def _refuse(self, message_id: str, error: WireError) -> None:
        self._core.refuse(message_id, error)
        self._act()

    def _act(self) -> None:
        """Do what the core wants done and set the alarm for its next deadline."""
        for action in self._core.take():
            self._do(action)
        if self._alarm:
            self._alarm.cancel()
        deadline_s = self._core.next_deadline_s
        self._alarm = None
        if deadline_s is not None:
            self._alarm = self._loop.call_at(deadline_s, self._tick)

    def _tick(self) -> None:
        self._core.tick(self._loop.time())
        self._act()

    def _do(self, action: Action) -> None:
        match action:
            case Send(frame):
                self._outgoing.put_nowait(frame)
            case Serve():
                self._serve(IncomingCall(self, action))
            case Settle(ticket, outcome):
                self._settle(ticket, outcome)
            case Note(why, invalid):
                if invalid:
                    self._on_concern(Concern.INVALID_MESSAGES, why)
                else:
                    log.warning("%s", why)

    def _settle(self, ticket: int, outcome: Payload | ChargePointError) -> None:
        answer = self._calls.get(ticket)
        if answer is None or answer.done():
            log.debug("nobody waits for call %d any more", ticket)
        elif isinstance(outcome, ChargePointError):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)

    def _serve(self, incoming: IncomingCall) -> None:
        """Let the station decide. The one place where any exception of it ends a call only:
        a mistake of ours in one message must not cost the connection."""
        try:
            self._on_call(incoming)
        except WireError as error:
            refusal = error
        except Exception as error:
            log.exception("%s failed", incoming.action)
            refusal = WireError(ErrorCode.INTERNAL_ERROR, type(error).__name__)
        else:
            return
        if not incoming.is_answered:
            incoming.refuse(refusal)


def _close_reason(why: str) -> str:
    return why.encode()[:LONGEST_CLOSE_REASON_BYTES].decode(errors="ignore")
