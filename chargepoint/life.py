"""One life of the station: from a start to the next restart. Everybody is introduced here.

The boards and meters, the disk and the connection are given; what ends a life is a Reset.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from chargepoint.core.config import StationConfig
from chargepoint.core.dialect import Dialect
from chargepoint.core.inputs import Inputs
from chargepoint.core.messages import (
    AskVendor,
    Batch,
    CheckFirmware,
    Command,
    DropFirmware,
    DropLog,
    Effect,
    FetchFirmware,
    InstallFirmware,
    KeyMade,
    Later,
    LinkDown,
    LinkUp,
    MakeKey,
    NoteSecurity,
    Reconnect,
    Reply,
    ResetBoard,
    Restart,
    SendLog,
    SetClock,
)
from chargepoint.core.snapshot import Snapshot
from chargepoint.core.station import Memory, Station
from chargepoint.core.words import BootReason, Registration
from chargepoint.doze import Doze
from chargepoint.errors import ErrorCode, LinkError, WireError
from chargepoint.loop import Loop
from chargepoint.outbox import Storage, StoredOutbox
from chargepoint.outside import Incoming, Outside
from chargepoint.protocol.adapter import Adapter, Deferred
from chargepoint.protocol.delivery import Caller, Delivery, Rules
from chargepoint.turns import Turns
from hardware.api import Actuation, EvseBoard, Meter

LAST_WRITES_S = 3.0  # a stop waits so long for the disk
FLUSH_S = 5.0  # a restart waits so long for the central system to hear of it

log = logging.getLogger(__name__)


class Life:
    """A Station with its tasks."""

    def __init__(
        self,
        config: StationConfig,
        memory: Memory,
        dialect: Dialect,
        storage: Storage,
        boards: Mapping[int, EvseBoard],
        meters: Mapping[str, Meter],
        outside: Outside,
        registers_wh: Mapping[int, float] | None = None,
    ) -> None:
        self._outside = outside
        self._outbox = StoredOutbox(storage)
        self._meters = meters
        self.station = Station(config, memory, dialect, outside.new_id, outside.now(), registers_wh)
        self.turns = Turns(self.station, storage, outside.now, self._settled)
        self._doze = Doze()
        self.loop = Loop(boards, meters, self._decide, outside.now, outside.pet)
        self.delivery = Delivery(
            self._outbox,
            self.turns.submit_and_settle,
            config.identity,
            self._rules,
            self.station.central_id,
            lambda: outside.now().s,
        )
        self._updating = outside.make_updating(self.station)
        self._restart: asyncio.Future[BootReason] | None = None
        self._queued = 0
        self._recount = asyncio.Event()
        self._delivered = asyncio.Event()
        self._why: str | None = None
        self._parting = False

    async def run(
        self,
        link: Coroutine[Any, Any, None] | None = None,
        people: Iterable[Coroutine[Any, Any, None]] = (),
    ) -> BootReason:
        """Live until the central system asks for a restart; return why to start again.

        *link* keeps the connection, and ends first: what it leaves is still settled.
        *people* speak through card readers, until the end.
        """
        self._restart = asyncio.get_running_loop().create_future()
        self.turns.settle()
        linking = _started(*([link] if link is not None else []))
        settling = _started(self.turns.run(), self._count())
        acting = _started(
            self.loop.control(),
            self._updating.run(self.turns.submit),
            *(self.loop.read(role) for role in self._meters),
            *people,
        )
        tasks = [*linking, *settling, *acting]
        try:
            ends: list[asyncio.Future[Any]] = [*tasks, self._restart]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                if task.done():
                    task.result()
            await self.flush()
            return self._restart.result()
        finally:
            self.part()
            await _cancelled(acting)
            await self.loop.make_safe()
            with suppress(TimeoutError):
                async with asyncio.timeout(LAST_WRITES_S):
                    await _cancelled(linking)
                    await self.turns.drain()
            await _cancelled(settling)

    # --- the connection ------------------------------------------------------------------------

    async def talk(self, session: Caller, adapter: Adapter) -> None:
        """Use one connection until it breaks. Cancel it to leave the connection."""
        self._parting = False
        try:
            await self.turns.submit_and_settle(LinkUp(adapter.dialect), self.delivery.begin)
            self.delivery.accepted(self.station.online)
            await self.delivery.run(session, adapter)
        except LinkError as error:
            self._why = str(error)
        finally:
            self.delivery.accepted(False)
            self.turns.submit(LinkDown(self._why or "", self._parting))
            await self.delivery.broken(adapter)

    def serve(self, adapter: Adapter, incoming: Incoming) -> None:
        """Answer one CALL: decide now, promise on disk, then answer, then tell."""
        if self.station.registration == Registration.REJECTED:
            if adapter.dialect.refuses_calls_when_rejected:  # B03.FR.08
                raise WireError(ErrorCode.SECURITY_ERROR, "the boot was rejected")
            log.info("%s not answered: the boot was rejected", incoming.action)
            return  # 1.6 section 4.2.1
        answer = adapter.answer(incoming.action, incoming.payload, self._handle)
        if isinstance(answer, Deferred):
            render = answer.render
            self.turns.later(answer.ticket, lambda reply: incoming.answer(render(reply)))
            self.turns.settle()
        else:
            self.turns.settle(lambda: incoming.answer(answer))

    def part(self) -> None:
        """The connection, where there is one, will end by our own wish."""
        self._parting = True

    def link_changed(self, why: str | None) -> None:
        """Remember why there is no connection, None when there is one."""
        self._why = why
        self._outside.looked()

    def concern(self, what: str, info: str) -> None:
        """The connection saw something for the security log."""
        self.turns.submit(NoteSecurity(what, info))

    # --- people ----------------------------------------------------------------------------------

    def submit(self, command: Command) -> Reply:
        """Give the station a command of somebody on the spot."""
        self._wake()
        return self.turns.submit(command)

    def snapshot(self, url: str | None) -> Snapshot:
        """Return what is now."""
        return self.station.snapshot(self._queued, url, self._why, self._outside.now())

    async def flush(self) -> None:
        """Give the central system a moment to hear what it should, while it is connected."""
        if not self.station.online:
            return
        try:
            async with asyncio.timeout(FLUSH_S):
                await self._delivered.wait()
        except TimeoutError:
            log.info("%d messages stay queued over the restart", self._queued)

    # --- the pieces ------------------------------------------------------------------------------

    def _handle(self, command: Command) -> Reply | Later:
        self._wake()
        return self.turns.handle(command)

    def _wake(self) -> None:
        self._doze.wake(self._outside.now().s)

    def _decide(self, inputs: Inputs) -> Mapping[int, Actuation]:
        now_s = self._outside.now().s
        if self._doze.passes(inputs.sensed, now_s):
            return {}
        actuations = self.turns.decide(inputs)
        self._doze.decided(actuations.values(), now_s)
        self.delivery.accepted(self.station.online)
        self._outside.looked()
        return actuations

    def _settled(self, batch: Batch) -> None:
        """A batch is on disk and its command answered: tell its events, do its chores."""
        self._wake()
        for event in batch.live:
            self.delivery.tell(event)
        if batch.durable or batch.delivered or batch.given_up:
            self._delivered.clear()
            self._recount.set()
            self.delivery.wake()
        self.delivery.accepted(self.station.online)
        for effect in batch.effects:
            self._do(effect)
        self._outside.looked()

    def _do(self, effect: Effect) -> None:
        match effect:
            case SetClock():
                self._outside.set_clock(effect)
            case ResetBoard(evse_id):
                self.loop.reset(evse_id)
            case Reconnect():
                self.part()
                self._outside.dial_again()
            case SendLog() | DropLog():
                self._outside.carry(effect)
            case MakeKey(common_name, organization):
                from chargepoint.security.keys import new_key_pair  # as core.lazy

                pair = new_key_pair(common_name, organization)
                self.turns.submit(KeyMade(pair.key, pair.request))
            case FetchFirmware() | CheckFirmware() | InstallFirmware() | DropFirmware():
                self._updating.do(effect)
            case AskVendor():
                self._outside.ask_vendor(effect, self.turns.submit)
            case Restart(reason):
                if self._restart is not None and not self._restart.done():
                    self._restart.set_result(reason)

    async def _count(self) -> None:
        """Keep the number of queued transaction messages for the screen."""
        while True:
            self._recount.clear()
            self._queued = await self._outbox.queued()
            waiting = await self._outbox.waiting()
            (self._delivered.clear if waiting else self._delivered.set)()
            self._outside.looked()
            await self._recount.wait()

    def _rules(self) -> Rules:
        variables = self.station.variables
        return Rules(
            variables.integer("OCPPCommCtrlr", "MessageAttempts", "TransactionEvent"),
            variables.integer("OCPPCommCtrlr", "MessageAttemptInterval", "TransactionEvent"),
        )


def _started(*works: Coroutine[Any, Any, None]) -> list[asyncio.Task[None]]:
    return [asyncio.create_task(work) for work in works]


async def _cancelled(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Cancel *tasks* and return when they have ended."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
