"""Types that many messages of 2.0.1 share. Pure.

Part 2 section 2 (datatypes).
"""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.words import Token, TokenInfo, TokenStatus
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning, optional, required
from chargepoint.protocol.timestamps import optional_timestamp

TOKEN_STATUSES: Mapping[str, TokenStatus] = {status.value: status for status in TokenStatus}


def some(**fields: str | float | None) -> Payload:
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
        expires_at=optional_timestamp(expires),
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
