"""OCPP-J frames: JSON text <-> CALL, CALLRESULT, CALLERROR. Pure.

Source: OCPP-J 1.6 section 4.2 with its errata, OCPP 2.0.1 part 4 section 4.2.
"""

from __future__ import annotations

import json
import math
from typing import Any

from chargepoint.core.values import dataclass
from chargepoint.errors import ErrorCode
from chargepoint.protocol.adapter import Payload

CALL, CALLRESULT, CALLERROR = 2, 3, 4
LONGEST_ID = 36
LONGEST_ECHOED_ID = 255
LONGEST_DESCRIPTION = 255
UNREADABLE_ID = "-1"  # 2.0.1 part 4 section 4.2.3
_EXACT = 2**53

# Every spelling of both versions, and OCPP-J 1.6's two historic typos.
HEARD_CODES = {
    "NotImplemented": ErrorCode.NOT_IMPLEMENTED,
    "NotSupported": ErrorCode.NOT_SUPPORTED,
    "InternalError": ErrorCode.INTERNAL_ERROR,
    "ProtocolError": ErrorCode.PROTOCOL_ERROR,
    "SecurityError": ErrorCode.SECURITY_ERROR,
    "FormationViolation": ErrorCode.FORMAT_VIOLATION,
    "FormatViolation": ErrorCode.FORMAT_VIOLATION,
    "PropertyConstraintViolation": ErrorCode.PROPERTY_CONSTRAINT,
    "OccurenceConstraintViolation": ErrorCode.OCCURRENCE_CONSTRAINT,
    "OccurrenceConstraintViolation": ErrorCode.OCCURRENCE_CONSTRAINT,
    "TypeConstraintViolation": ErrorCode.TYPE_CONSTRAINT,
    "GenericError": ErrorCode.GENERIC_ERROR,
    "RpcFrameworkError": ErrorCode.RPC_FRAMEWORK_ERROR,
    "MessageTypeNotSupported": ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED,
}


@dataclass(frozen=True, slots=True)
class Called:
    """A CALL from the peer."""

    message_id: str
    action: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Answered:
    """A CALLRESULT."""

    message_id: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Refused:
    """A CALLERROR; *word* is the code as it was spelled."""

    message_id: str
    word: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Malformed:
    """Not a frame. Refuse it with the first of *codes* that the version can spell, if any.

    *message_id* None: it cannot be read, or not be given back.
    """

    why: str
    codes: tuple[ErrorCode, ...] = ()
    message_id: str | None = None


Frame = Called | Answered | Refused | Malformed

_NO_MESSAGE = (ErrorCode.RPC_FRAMEWORK_ERROR,)
_NO_CALL = (ErrorCode.RPC_FRAMEWORK_ERROR, ErrorCode.FORMAT_VIOLATION)


def read_frame(text: str | bytes) -> Frame:
    """Return what *text* is; any text at all is Malformed at worst.

    ``null`` for a payload is an empty one (J 4.2.1). A whole number with a fraction of
    zeros is whole. What JSON cannot say is refused: NaN, numbers beyond a double, half
    surrogate pairs.
    """
    try:
        elements = _parsed(text)
    except (ValueError, RecursionError):
        return Malformed("not JSON in UTF-8", _NO_MESSAGE)
    if not isinstance(elements, list) or not elements:
        return Malformed("not a JSON array with elements", _NO_MESSAGE)
    message_id = _echoable_id(elements)
    match elements[0]:
        case bool() | float() | str() | None | list() | dict():
            return Malformed("message type is no number", _NO_MESSAGE, message_id)
        case 2:
            return _read_call(elements, message_id)
        case 3 | 4 as number:
            return _read_answer(number, elements, message_id)
        case _:
            unknown = (ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED,)
            return Malformed("unknown message type number", unknown, message_id)


def _parsed(text: str | bytes) -> Any:
    if isinstance(text, bytes):
        raise ValueError("binary")
    elements = json.loads(text, parse_float=_number, parse_constant=_refuse)
    if "\\ud" in text or "\\uD" in text:
        json.dumps(elements, ensure_ascii=False).encode()
    return elements


def _number(digits: str) -> float | int:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError("number out of range")
    return int(value) if value.is_integer() and abs(value) <= _EXACT else value


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _echoable_id(elements: list[Any]) -> str | None:
    match elements:
        case [_, str() as message_id, *_] if 0 < len(message_id) <= LONGEST_ECHOED_ID:
            return message_id
        case _:
            return None


def _read_call(elements: list[Any], message_id: str | None) -> Called | Malformed:
    """Return the CALL in *elements*, checked in the order in which a reader gets lost."""
    if message_id is None:
        return Malformed("message id is not a text of 1 to 36 characters", _NO_MESSAGE)
    if len(message_id) > LONGEST_ID:
        return Malformed("message id longer than 36 characters", _NO_CALL, message_id)
    if len(elements) != 4:
        return Malformed("a CALL has 4 elements", _NO_CALL, message_id)
    _, _, action, payload = elements
    if not isinstance(action, str):
        return Malformed("action is not a text", _NO_CALL, message_id)
    if not isinstance(payload, dict | None):
        return Malformed("payload is not an object", (ErrorCode.FORMAT_VIOLATION,), message_id)
    return Called(message_id, action, payload or {})


def _read_answer(number: int, elements: list[Any], message_id: str | None) -> Frame:
    """Return the answer in *elements*. Nobody waits for an answer to an answer: no codes."""
    match elements:
        case [_, str() as answered_id, dict() | None as payload] if number == CALLRESULT:
            return Answered(answered_id, payload or {})
        case [_, str() as answered_id, str() as word, *rest] if number == CALLERROR:
            described = rest[0] if rest and isinstance(rest[0], str) else ""
            return Refused(answered_id, word, described)
        case _:
            return Malformed("not a CALLRESULT or CALLERROR", (), message_id)


def payload_text(payload: Payload) -> str:
    """Return *payload* as JSON; raise ValueError for NaN, TypeError for what JSON has not."""
    return json.dumps(payload, separators=(",", ":"), allow_nan=False)


def call_frame(message_id: str, action: str, payload_json: str) -> str:
    """Return a CALL whose payload is JSON already."""
    return f"[{CALL},{json.dumps(message_id)},{json.dumps(action)},{payload_json}]"


def result_frame(message_id: str, payload: Payload) -> str:
    """Return a CALLRESULT; raises as payload_text does."""
    return f"[{CALLRESULT},{json.dumps(message_id)},{payload_text(payload)}]"


def error_frame(message_id: str, word: str, description: str) -> str:
    """Return a CALLERROR without details: those would only repeat what was wrong."""
    trimmed = description[:LONGEST_DESCRIPTION]
    return json.dumps([CALLERROR, message_id, word, trimmed, {}], separators=(",", ":"))
