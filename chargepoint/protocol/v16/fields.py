"""Reading fields that nobody has checked for us, and the types of 1.6 section 7. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from chargepoint.core.words import Token, TokenInfo, TokenStatus
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.timestamps import parse_timestamp

Kind = TypeVar("Kind")

ID_TOKEN_LENGTH = 20

TOKEN_STATUSES: Mapping[str, TokenStatus] = {
    "Accepted": TokenStatus.ACCEPTED,
    "Blocked": TokenStatus.BLOCKED,
    "ConcurrentTx": TokenStatus.CONCURRENT_TX,
    "Expired": TokenStatus.EXPIRED,
    "Invalid": TokenStatus.INVALID,
}


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
    """Return what *word* means in the field *name*; WireError for a word that is not in *words*.

    Source: 1.6 errata 3.24 and 3.38, which want PropertyConstraintViolation.
    """
    if word not in words:
        raise WireError(ErrorCode.PROPERTY_CONSTRAINT, f"{name} is none of {', '.join(words)}")
    return words[word]


def optional_meaning(words: Mapping[str, Kind], word: str | None, name: str) -> Kind | None:
    """Return what *word* means, None for an absent field."""
    return None if word is None else meaning(words, word, name)


def id_tag(token: Token) -> str:
    """Return the idTag that names *token*: 1.6 section 7.28 leaves 20 characters for it."""
    return token.id[:ID_TOKEN_LENGTH]


def token_info(id_tag_info: Payload) -> TokenInfo:
    """Return what an idTagInfo says, 1.6 section 7.27.

    An empty parentIdTag is none at all: it would make one group of strangers.
    """
    parent = optional(id_tag_info, "parentIdTag", str)
    expires = optional(id_tag_info, "expiryDate", str)
    return TokenInfo(
        status=meaning(TOKEN_STATUSES, required(id_tag_info, "status", str), "status"),
        group=Token(parent) if parent else None,
        expires_at=parse_timestamp(expires) if expires else None,
    )
