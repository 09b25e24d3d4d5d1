"""Our own CALLs on one connection: one pending, the rest in order. No I/O.

Source: OCPP-J 1.6 section 4.1.1, OCPP 2.0.1 part 4 section 4.1.1 and part 2 FR.01.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from chargepoint.core.values import dataclass
from chargepoint.errors import ChargePointError, ErrorCode, LinkError
from chargepoint.protocol import frames
from chargepoint.protocol.adapter import Payload


class CallFailed(ChargePointError):
    """A CALL of ours brought nothing, although the link is up.

    CallFailed
    ├── CallTimeout   nobody answered in time
    ├── CallRefused   a CALLERROR came
    └── CallBroken    the answer does not fit its schema
    """


class CallTimeout(CallFailed):
    """No answer within the time; one that comes later is dropped."""


class CallRefused(CallFailed):
    """The peer answered with a CALLERROR; GENERIC_ERROR where its word is unknown."""

    def __init__(self, word: str, description: str) -> None:
        super().__init__(f"{word}: {description}"[:300])
        self.code = frames.HEARD_CODES.get(word, ErrorCode.GENERIC_ERROR)
        self.description = description


class CallBroken(CallFailed):
    """The peer answered with something that is no answer to this action."""


@dataclass(frozen=True, slots=True)
class Send:
    """Put *frame* on the wire."""

    frame: str


@dataclass(frozen=True, slots=True)
class Settle:
    """Our call *ticket* is over."""

    ticket: int
    outcome: Payload | ChargePointError


@dataclass(frozen=True, slots=True)
class _Waiting:
    ticket: int
    action: str
    payload_json: str


@dataclass(frozen=True, slots=True)
class _Pending:
    ticket: int
    action: str
    message_id: str
    deadline_s: float


class OurCalls:
    """What we asked and have no answer to yet. *do* takes what follows from it, in order."""

    def __init__(
        self,
        do: Callable[[Send | Settle], None],
        new_id: Callable[[], str],
        timeout_s: Callable[[], float],
    ) -> None:
        self._do, self._new_id, self._timeout_s = do, new_id, timeout_s
        self._tickets = 0
        self._waiting: deque[_Waiting] = deque()
        self._pending: _Pending | None = None
        self._closed: str | None = None

    @property
    def deadline_s(self) -> float | None:
        """Return when the pending CALL times out; None while nothing is pending."""
        return self._pending.deadline_s if self._pending else None

    def pending_action(self, message_id: str | None) -> str | None:
        """Return the action of the pending CALL if *message_id* is its id."""
        pending = self._pending
        return pending.action if pending and pending.message_id == message_id else None

    def call(self, action: str, payload: Payload, now_s: float) -> int:
        """Queue a CALL and return its ticket; a Settle with it follows in every case.

        Raises ValueError or TypeError for a payload that JSON cannot say.
        """
        self._tickets += 1
        waiting = _Waiting(self._tickets, action, frames.payload_text(payload))
        if self._closed is not None:
            self._do(Settle(waiting.ticket, LinkError(self._closed)))
        else:
            self._waiting.append(waiting)
            self._start_next(now_s)
        return waiting.ticket

    def abandon(self, ticket: int) -> None:
        """Forget a call that still waits; one on the wire keeps its place until it is over."""
        self._waiting = deque(waiting for waiting in self._waiting if waiting.ticket != ticket)

    def tick(self, now_s: float) -> None:
        """Fail the pending CALL when its time is up."""
        if self._pending and now_s >= self._pending.deadline_s:
            self.end(CallTimeout(f"no answer to {self._pending.action} in time"), now_s)

    def end(self, outcome: Payload | ChargePointError, now_s: float) -> None:
        """Settle the pending CALL and start the next."""
        if self._pending:
            self._do(Settle(self._pending.ticket, outcome))
            self._pending = None
            self._start_next(now_s)

    def closed(self, why: str) -> None:
        """Fail all calls, present and future."""
        self._closed = why
        pending = [self._pending.ticket] if self._pending else []
        for ticket in (*pending, *(waiting.ticket for waiting in self._waiting)):
            self._do(Settle(ticket, LinkError(why)))
        self._pending = None
        self._waiting.clear()

    def _start_next(self, now_s: float) -> None:
        if self._pending or not self._waiting:
            return
        call, message_id = self._waiting.popleft(), self._new_id()
        self._pending = _Pending(call.ticket, call.action, message_id, now_s + self._timeout_s())
        self._do(Send(frames.call_frame(message_id, call.action, call.payload_json)))
