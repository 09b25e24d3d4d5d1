"""Reading fields that nobody has checked for us, and types that many messages share. Pure.

Part 2 section 2 (datatypes).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from chargepoint.core.words import Token, TokenInfo, TokenStatus
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.timestamps import parse_timestamp

Kind = TypeVar("Kind")

TOKEN_STATUSES: Mapping[str, TokenStatus] = {status.value: status for status in TokenStatus}


def required(payload: Payload, name: str, kind: type[Kind]) -> Kind:
    """Return the field *name*; raise WireError when it is missing or no *kind*."""
    value = optional(payload, name, kind)
    if value is None:
        raise WireError(ErrorCode.OCCURRENCE_CONSTRAINT, f"{name} is missing")
    return value


def optional(payload: Payload, name: str, kind: type[Kind]) -> Kind | None:
    """Return the field *name*, None when it is absent or null; WireError when it is no *kind*."""
    value = payload.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise WireError(ErrorCode.TYPE_CONSTRAINT, f"{name} is no {kind.__name__}")
    return value


def meaning(words: Mapping[str, Kind], word: str, name: str) -> Kind:
    """Return what *word* means in the field *name*; WireError for a word that is not in *words*."""
    if word not in words:
        raise WireError(ErrorCode.PROPERTY_CONSTRAINT, f"{name} is none of {', '.join(words)}")
    return words[word]


def some(**fields: str | int | None) -> Payload:
    """Return *fields* without the empty ones: absent is never null or "" (part 4 section 4.1.5).

    >>> some(a=None, b="", c=0)
    {'c': 0}
    """
    return {name: value for name, value in fields.items() if value not in (None, "")}


def id_token(token: Token) -> Payload:
    """Return the IdTokenType that names *token*."""
    return {"idToken": token.id[:36], "type": token.type}


def token(payload: Payload) -> Token:
    """Return what an IdTokenType names."""
    return Token(required(payload, "idToken", str), required(payload, "type", str))


def token_info(payload: Payload) -> TokenInfo:
    """Return what an IdTokenInfoType says.

    A group without an id is none at all: it would make one group of strangers.
    """
    group = optional(payload, "groupIdToken", dict)
    expires = optional(payload, "cacheExpiryDateTime", str)
    message = optional(payload, "personalMessage", dict)
    return TokenInfo(
        status=meaning(TOKEN_STATUSES, required(payload, "status", str), "status"),
        group=token(group) if group and group.get("idToken") else None,
        expires_at=parse_timestamp(expires) if expires else None,
        evse_ids=_evse_ids(payload),
        charging_priority=optional(payload, "chargingPriority", int),
        personal_message=required(message, "content", str) if message else "",
    )


def _evse_ids(payload: Payload) -> tuple[int, ...]:
    """Return the EVSEs that a token is good for, none named is all: C01.FR.21."""
    ids = optional(payload, "evseId", list) or []
    if not all(type(each) is int for each in ids):  # a bool is an int, and no number
        raise WireError(ErrorCode.TYPE_CONSTRAINT, "evseId is no list of integers")
    return tuple(ids)
