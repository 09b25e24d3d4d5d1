"""The outbox on disk as the delivery reads it: it waits for a disk that fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from chargepoint.core.messages import Batch, TransactionEvent
from chargepoint.errors import StoreError
from chargepoint.protocol.delivery import Entry
from chargepoint.turns import RETRY_S

log = logging.getLogger(__name__)
T = TypeVar("T")


class Storage(Protocol):
    """What of the store a life needs."""

    async def commit(self, batch: Batch) -> tuple[int, ...]: ...
    async def pending(self, limit: int) -> Sequence[Entry]: ...
    async def count_pending(self, kind: type[TransactionEvent] | None = None) -> int: ...
    async def note_attempt(self, outbox_id: int) -> int: ...
    async def last_id(self) -> int: ...


class StoredOutbox:
    """What waits for the central system, oldest first."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    async def first_pending(self) -> Entry | None:
        """Return the oldest entry, None when nothing waits."""
        entries = await _patiently(lambda: self._storage.pending(1))
        return entries[0] if entries else None

    async def last_id(self) -> int:
        """Return the id of the newest entry, 0 when nothing waits."""
        return await _patiently(self._storage.last_id)

    async def note_attempt(self, outbox_id: int) -> None:
        """Count one more attempt to deliver an entry."""
        await _patiently(lambda: self._storage.note_attempt(outbox_id))

    async def queued(self) -> int:
        """Return how many transaction messages wait."""
        return await _patiently(lambda: self._storage.count_pending(TransactionEvent))

    async def waiting(self) -> int:
        """Return how many messages of all kinds wait."""
        return await _patiently(self._storage.count_pending)


async def _patiently(ask: Callable[[], Awaitable[T]]) -> T:
    """Return what the disk says, however long it fails meanwhile."""
    while True:
        try:
            return await ask()
        except StoreError as error:
            log.debug("asking the disk again: %s", error)
            await asyncio.sleep(RETRY_S)
