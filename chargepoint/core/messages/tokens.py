"""Commands: what the central system says of tokens, and asks of what is known of them here."""

from __future__ import annotations

from chargepoint.core.messages.replies import Reply
from chargepoint.core.values import dataclass
from chargepoint.core.words import Token, TokenInfo


@dataclass(frozen=True, slots=True)
class ClearCache:
    """ACCEPTED, or REJECTED when the cache is off."""


@dataclass(frozen=True, slots=True)
class SendLocalList:
    """The whole local list (*full*), or changes of it: an entry without info is taken out.

    *size_bytes* is how long the message was. ACCEPTED, VERSION_MISMATCH, UNSUPPORTED (there is no
    list, or it is off), REJECTED with a reason; nothing has changed unless ACCEPTED.
    """

    version: int
    full: bool
    entries: tuple[tuple[Token, TokenInfo | None], ...] = ()
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class GetListVersion:
    """ACCEPTED with a ListReply, or UNSUPPORTED (there is no list, or it is off)."""


@dataclass(frozen=True, slots=True)
class ListReply(Reply):
    """*version* 0: nothing was ever sent. A list that was emptied has a version."""

    version: int = 0
    entries: int = 0


TokenOrder = ClearCache | SendLocalList | GetListVersion
