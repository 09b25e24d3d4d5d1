"""The store for those who may not wait: awaited, in the order asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, Protocol, TypeVar

from chargepoint.core.messages import Batch, DurableEvent
from chargepoint.store.store import Aside, Entry, Memory, Store

P = ParamSpec("P")
R = TypeVar("R")


class Storage(Protocol):
    """What the agent knows of the disk. Everything raises StoreError when it fails."""

    async def commit(self, batch: Batch) -> tuple[int, ...]:
        """Return the outbox ids of ``batch.durable`` when everything is on disk."""
        ...

    async def pending(self, limit: int) -> list[Entry]:
        """Return the *limit* oldest events of the outbox."""
        ...

    async def count_pending(self, kind: type[DurableEvent] | None = None) -> int:
        """Return how many events wait, all or those of one *kind*."""
        ...

    async def load(self) -> Memory:
        """Return all that is remembered."""
        ...

    async def last_id(self) -> int:
        """Return the id of the newest event that waits, 0 when none does."""
        ...

    async def note_attempt(self, outbox_id: int) -> int:
        """Count one more attempt; return how many that makes."""
        ...

    async def aside(self) -> list[Aside]:
        """Return what was given up or could not be read."""
        ...

    async def close(self) -> None:
        """Finish what was asked, then leave the folder."""
        ...


class Inline:
    """Does it at once, in the caller's thread: for simulated time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def commit(self, batch: Batch) -> tuple[int, ...]:
        return await self._run(self._store.commit, batch)

    async def pending(self, limit: int) -> list[Entry]:
        return await self._run(self._store.pending, limit)

    async def count_pending(self, kind: type[DurableEvent] | None = None) -> int:
        return await self._run(self._store.count_pending, kind)

    async def load(self) -> Memory:
        return await self._run(self._store.load)

    async def last_id(self) -> int:
        return await self._run(self._store.last_id)

    async def note_attempt(self, outbox_id: int) -> int:
        return await self._run(self._store.note_attempt, outbox_id)

    async def aside(self) -> list[Aside]:
        return await self._run(self._store.aside)

    async def statistics(self) -> dict[str, Any]:
        """Return how much there is of what."""
        return await self._run(self._store.statistics)

    async def close(self) -> None:
        await self._run(self._store.close)

    async def _run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        return call(*args, **kwargs)


class Writer(Inline):
    """Does it in one thread of its own, so that a slow disk never holds up the control loop.

    What was asked is done even when the one who asked is cancelled meanwhile.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def close(self) -> None:
        await super().close()
        self._thread.shutdown()

    async def _run(self, call: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        asked = self._thread.submit(call, *args, **kwargs)
        return await asyncio.shield(asyncio.wrap_future(asked))
