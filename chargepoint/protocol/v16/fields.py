"""The types of 1.6 section 7 that several messages share. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.words import Token, TokenInfo, TokenStatus
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning, optional, required
from chargepoint.protocol.timestamps import optional_timestamp

ID_TOKEN_LENGTH = 20

TOKEN_STATUSES: Mapping[str, TokenStatus] = {
    "Accepted": TokenStatus.ACCEPTED,
    "Blocked": TokenStatus.BLOCKED,
    "ConcurrentTx": TokenStatus.CONCURRENT_TX,
    "Expired": TokenStatus.EXPIRED,
    "Invalid": TokenStatus.INVALID,
}


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
        expires_at=optional_timestamp(expires),
    )
