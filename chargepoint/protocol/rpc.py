"""Remote procedure calls over one connection, without any I/O.

Texts and the time go in; what is to be done comes out of take(), in order. One CALL of
ours is pending at a time, further ones wait; incoming CALLs are served meanwhile.

Source: OCPP-J 1.6 section 4 with its errata, OCPP 2.0.1 part 4 section 4, part 2 FR.01-FR.05.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chargepoint.core.values import dataclass
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol import frames, schemas
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.calls import CallBroken, CallFailed, CallRefused, OurCalls, Send, Settle
from chargepoint.protocol.schemas import Kind

REMEMBERED_CALLS = 16


class Version(Protocol):
    """What of an Adapter the session needs."""

    @property
    def version(self) -> str: ...
    @property
    def incoming(self) -> frozenset[str]: ...
    @property
    def known(self) -> frozenset[str]: ...
    @property
    def error_words(self) -> Mapping[ErrorCode, str]: ...


@dataclass(frozen=True, slots=True)
class Serve:
    """Let somebody decide about a valid CALL, then answer() or refuse() its *message_id*."""

    message_id: str
    action: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Note:
    """Something was wrong with what came; *invalid* when it was no valid OCPP message."""

    why: str
    invalid: bool


Action = Send | Serve | Settle | Note


@dataclass(slots=True)
class _Served:
    """An incoming CALL that we know; *frame* is our answer, None while it is in process."""

    fingerprint: int
    frame: str | None = None


class RpcCore:
    """One connection's calls in both directions. After every method, take() and do.

    *new_id* returns a message id never used before; *timeout_s* is asked once per CALL.
    """

    def __init__(
        self, version: Version, *, new_id: Callable[[], str], timeout_s: Callable[[], float]
    ) -> None:
        self._version = version
        self._actions: list[Action] = []
        self._calls = OurCalls(self._do, new_id, timeout_s)
        self._served: OrderedDict[str, _Served] = OrderedDict()
        self._is_closed = False

    def take(self) -> list[Action]:
        """Return what is to be done since last time, in this order."""
        actions, self._actions = self._actions, []
        return actions

    @property
    def next_deadline_s(self) -> float | None:
        """Return when tick() is wanted; None while nothing is pending."""
        return self._calls.deadline_s

    def call(self, action: str, payload: Payload, now_s: float) -> int:
        """Queue a CALL of ours; see OurCalls.call."""
        return self._calls.call(action, payload, now_s)

    def abandon(self, ticket: int) -> None:
        """Nobody waits for this call of ours any more; see OurCalls.abandon."""
        self._calls.abandon(ticket)

    def tick(self, now_s: float) -> None:
        """Fail the pending CALL when its time is up."""
        self._calls.tick(now_s)

    def closed(self, why: str) -> None:
        """The connection is gone: fail all calls, present and future; send nothing more."""
        self._is_closed = True
        self._calls.closed(why)

    # --- what comes in -----------------------------------------------------------------------

    def receive(self, text: str | bytes, now_s: float) -> None:
        """Take in one WebSocket message, whatever it is."""
        match frames.read_frame(text):
            case frames.Called() as call:
                self._called(call)
            case frames.Answered(message_id, payload):
                self._answered(message_id, payload, now_s)
            case frames.Refused(message_id, word, description):
                self._answered(message_id, CallRefused(word, description), now_s)
            case frames.Malformed(why, codes, message_id):
                self._note(why)
                self._refuse_frame(codes, message_id)
                if self._calls.pending_action(message_id) and not codes:
                    self._calls.end(CallBroken(why), now_s)

    def _answered(self, message_id: str, outcome: Payload | CallFailed, now_s: float) -> None:
        action = self._calls.pending_action(message_id)
        if action is None:
            self._note(f"answer to nothing that was asked: {message_id[:40]!r}", invalid=False)
        elif isinstance(outcome, CallFailed):
            self._calls.end(outcome, now_s)
        else:
            self._calls.end(self._checked(action, _without_nulls(outcome)), now_s)

    def _checked(self, action: str, payload: Payload) -> Payload | CallBroken:
        """Return *payload* if it answers *action*."""
        try:
            schemas.validate(self._version.version, action, payload, Kind.RESPONSE)
        except WireError as error:
            self._note(f"answer to {action}: {error.description}")
            return CallBroken(f"answer to {action}: {error.description}")
        return payload

    def _called(self, call: frames.Called) -> None:
        fingerprint = hash((call.action, frames.payload_text(call.payload)))
        served = self._served.get(call.message_id)
        if served and served.fingerprint == fingerprint:
            self._repeat(call, served)
            return
        if served and served.frame is None:
            self._refuse_call(call, WireError(ErrorCode.PROTOCOL_ERROR, "message id is in use"))
            return
        self._remember(call.message_id, fingerprint)
        try:
            self._check(call)
        except WireError as error:
            self.refuse(call.message_id, error)
        else:
            self._do(Serve(call.message_id, call.action, call.payload))

    def _check(self, call: frames.Called) -> None:
        """Raise WireError for a CALL that need not be served."""
        if call.action not in self._version.known:
            raise WireError(ErrorCode.NOT_IMPLEMENTED, f"{call.action[:50]} is unknown")
        if call.action not in self._version.incoming:
            raise WireError(ErrorCode.NOT_SUPPORTED, f"{call.action} is not supported")
        try:
            schemas.validate(self._version.version, call.action, call.payload)
        except WireError as error:
            self._note(f"{call.action}: {error.description}")
            raise

    def _repeat(self, call: frames.Called, served: _Served) -> None:
        """Answer a CALL that came again as before; one in process is answered once, for both."""
        self._note(f"{call.action} came again with the same message id", invalid=False)
        if served.frame is not None:
            self._send(served.frame)

    def _remember(self, message_id: str, fingerprint: int) -> None:
        self._served[message_id] = _Served(fingerprint)
        self._served.move_to_end(message_id)
        while len(self._served) > REMEMBERED_CALLS:
            self._served.popitem(last=False)

    # --- our answers -------------------------------------------------------------------------

    def answer(self, message_id: str, payload: Payload) -> None:
        """Answer a served CALL. Raises ValueError or TypeError for what JSON cannot say."""
        self._reply(message_id, frames.result_frame(message_id, payload))

    def refuse(self, message_id: str, error: WireError) -> None:
        """Answer a served CALL with a CALLERROR, in this version's word."""
        word = self._word(error.code, ErrorCode.GENERIC_ERROR)
        if word is not None:
            self._reply(message_id, frames.error_frame(message_id, word, error.description))

    def _reply(self, message_id: str, frame: str) -> None:
        if message_id in self._served:
            self._served[message_id].frame = frame
        self._send(frame)

    def _refuse_call(self, call: frames.Called, error: WireError) -> None:
        """Refuse *call* without touching what is known of an earlier one with its id."""
        self._note(f"{call.action}: {error.description}")
        word = self._word(error.code, ErrorCode.GENERIC_ERROR)
        if word is not None:
            self._send(frames.error_frame(call.message_id, word, error.description))

    def _refuse_frame(self, codes: tuple[ErrorCode, ...], message_id: str | None) -> None:
        """Refuse what is not a frame, if this version has a word for it.

        2.0.1 has RpcFrameworkError and MessageTypeNotSupported, with id "-1" where none
        can be read; 1.6 has neither and says nothing without an id.
        """
        word = self._word(*codes)
        if word is not None:
            echoed = frames.UNREADABLE_ID if message_id is None else message_id
            self._send(frames.error_frame(echoed, word, "not a valid OCPP-J message"))

    def _word(self, *codes: ErrorCode) -> str | None:
        words = self._version.error_words
        return next((words[code] for code in codes if code in words), None)

    # --- what is to be done ------------------------------------------------------------------

    def _do(self, action: Action) -> None:
        self._actions.append(action)

    def _send(self, frame: str) -> None:
        if not self._is_closed:
            self._do(Send(frame))

    def _note(self, why: str, *, invalid: bool = True) -> None:
        self._do(Note(why, invalid))


def _without_nulls(value: Any) -> Any:
    """Some central systems say an absent field as null; in an answer that harms nobody."""
    match value:
        case dict():
            return {key: _without_nulls(inner) for key, inner in value.items() if inner is not None}
        case list():
            return [_without_nulls(inner) for inner in value]
        case _:
            return value
