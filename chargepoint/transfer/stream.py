"""What the protocols offer to those who fetch."""

from __future__ import annotations

from collections.abc import AsyncIterator

from chargepoint.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file that begins to come: from *offset* on, *total* bytes in all if that is known.
    *mark* is how the server calls this version of it, "" when it cannot be continued."""

    offset: int
    total: int | None
    mark: str
    chunks: AsyncIterator[bytes]
