"""One writer, no locks: commands enter the Station here, and what they leave is settled in order.

Deciding is immediate; settling is a queue. A batch goes to disk, then its command is
answered, then its events are told. Whatever is promised is on disk before the promise.
While the disk refuses a batch, those that need no disk go past it: refusals are answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Protocol

from chargepoint.core.inputs import Inputs
from chargepoint.core.messages import (
    ACCEPTED,
    Batch,
    Command,
    Later,
    Reply,
    StoreFailed,
    StoreWorks,
)
from chargepoint.core.station import Station
from chargepoint.core.words import Moment
from chargepoint.errors import StoreError
from hardware.api import Actuation

RETRY_S = 1.0

log = logging.getLogger(__name__)
LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


Left = tuple[Batch, Callable[[], None] | None]
"""What a turn left, and what to call when that is settled."""


class Disk(Protocol):
    """What of the store is used here."""

    async def commit(self, batch: Batch) -> tuple[int, ...]: ...


class Turns:
    """Serializes everything that touches one Station."""

    def __init__(
        self,
        station: Station,
        disk: Disk,
        now: Callable[[], Moment],
        settled: Callable[[Batch], None],
    ) -> None:
        self._station = station
        self._disk = disk
        self._now = now
        self._settled = settled
        self._queue: asyncio.Queue[Left] = asyncio.Queue()
        self._tickets: dict[int, Callable[[Reply], None]] = {}
        self._waiting: set[asyncio.Event] = set()
        self._trouble = False
        self._over = False

    def handle(self, command: Command) -> Reply | Later:
        """Give one command to the station; call ``settle`` when the turn is complete."""
        return self._station.handle(command, self._now())

    def settle(self, then: Callable[[], None] | None = None) -> None:
        """Close the turn: *then* is called when what it left is on disk."""
        batch = self._station.take()
        for note in batch.notes:
            where = f"EVSE {note.evse_id}: " if note.evse_id else ""
            log.log(LEVELS[note.level], "%s%s", where, note.text)
        if then is not None or not _empty(batch):
            self._queue.put_nowait((batch, then))

    def submit(self, command: Command) -> Reply:
        """Give one command to the station and return its answer; settling follows."""
        reply = self.handle(command)
        self.settle()
        return ACCEPTED if isinstance(reply, Later) else reply

    async def submit_and_settle(
        self, command: Command, then: Callable[[], None] | None = None
    ) -> None:
        """Give one command to the station; return when what it left is on disk, or never
        will be because settling has ended. *then* is called on disk, before it is told."""
        done = asyncio.Event()

        def settled() -> None:
            if then is not None:
                then()
            done.set()

        self.handle(command)
        self.settle(settled)
        if self._over:
            return
        self._waiting.add(done)
        await done.wait()
        self._waiting.discard(done)

    def later(self, ticket: int, answer: Callable[[Reply], None]) -> None:
        """Call *answer* with the reply to *ticket*, when it comes."""
        self._tickets[ticket] = answer

    def decide(self, inputs: Inputs) -> Mapping[int, Actuation]:
        """Let the station look at what is and return what the boards shall do."""
        actuations = self._station.tick(inputs, self._now())
        self.settle()
        return actuations

    async def run(self) -> None:
        """Settle batches in order, until cancelled: then nobody is left waiting."""
        held: deque[Left] = deque()
        try:
            while True:
                batch, then = held.popleft() if held else await self._queue.get()
                while not await self._written(batch):
                    await self._meanwhile(held)
                self._station.committed(batch.number)
                self._settle(batch, then)
        finally:
            self._over = True
            for done in self._waiting:
                done.set()

    async def _meanwhile(self, held: deque[Left]) -> None:
        """Until the disk is asked again, settle what needs no disk, and hold the rest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(RETRY_S):
                while True:
                    batch, then = await self._queue.get()
                    if batch.touches_disk:
                        held.append((batch, then))
                    else:
                        self._settle(batch, then)

    def _settle(self, batch: Batch, then: Callable[[], None] | None) -> None:
        """What *batch* promises is on disk, if anything: answer and tell."""
        if then is not None:
            then()
        for ticket, reply in batch.answers:
            answer = self._tickets.pop(ticket, None)
            if answer is not None:
                answer(reply)
        self._settled(batch)
        self._queue.task_done()

    async def drain(self) -> None:
        """Return when everything left so far is settled."""
        await self._queue.join()

    async def _written(self, batch: Batch) -> bool:
        """Return whether the batch is on disk, or needs none."""
        if not batch.touches_disk:
            return True
        try:
            await self._disk.commit(batch)
        except StoreError as error:
            self.disk_failed(str(error))
            return False
        self.disk_works()
        return True

    def disk_failed(self, why: str) -> None:
        """The disk did not take something: say so once, begin no session until it works."""
        if not self._trouble:
            self._trouble = True
            self.submit(StoreFailed(why))

    def disk_works(self) -> None:
        """The disk took something: any trouble with it is over."""
        if self._trouble:
            self._trouble = False
            self.submit(StoreWorks())


def _empty(batch: Batch) -> bool:
    return not (batch.touches_disk or batch.live or batch.answers or batch.effects or batch.notes)
