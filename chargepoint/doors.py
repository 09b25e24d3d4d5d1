"""The station as the page and the local API see it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Protocol

from chargepoint.core.messages import ACCEPTED, Command, Outcome, Reply
from chargepoint.core.snapshot import Snapshot
from chargepoint.front.door import Pushed
from hardware.api import MeterReading, Pushable, SimulatedEvse, Simulator
from hardware.wiring import WiredMeter


class Changes:
    """Counts changes and wakes whoever waits for one."""

    def __init__(self) -> None:
        self._number = 0
        self._waiting: list[asyncio.Future[None]] = []

    def happened(self) -> None:
        """Something may look different now."""
        self._number += 1
        for each in self._waiting:
            if not each.done():
                each.set_result(None)
        self._waiting.clear()

    async def wait(self, seen: int) -> int:
        """Return the number of the newest change as soon as it differs from *seen*."""
        while self._number == seen:
            news = asyncio.get_running_loop().create_future()
            self._waiting.append(news)
            await news
        return self._number


class Inside(Protocol):
    """What the doors need of the program."""

    def snapshot(self) -> Snapshot: ...
    def submit(self, command: Command) -> Reply: ...
    def go_online(self, wanted: bool) -> None: ...
    def monotonic_s(self) -> float: ...
    def read_now(self, role: str) -> None: ...
    async def diagnostics(self) -> bytes: ...
    async def looked(self) -> None: ...
    @property
    def meters(self) -> Mapping[str, WiredMeter]: ...


class StationDoor:
    """The Door of the front, opened on one agent."""

    def __init__(
        self,
        inside: Inside,
        changes: Changes,
        sim: SimulatorDoor | None,
    ) -> None:
        self._inside = inside
        self._changes = changes
        self._sim = sim

    @property
    def sim(self) -> SimulatorDoor | None:
        return self._sim

    def snapshot(self) -> Snapshot:
        return self._inside.snapshot()

    def submit(self, command: Command) -> Reply:
        return self._inside.submit(command)

    def push_reading(self, role: str, reading: Pushed) -> Reply:
        """Give a pushed reading to its meter, with the time it came."""
        meter = self._inside.meters.get(role)
        if meter is None:
            return Reply(Outcome.UNKNOWN, info=f"there is no {role} meter")
        if not isinstance(meter.driver, Pushable):
            return Reply(Outcome.CONFLICT, info=f'the {role} meter is not of driver "pushed"')
        now_s, named = self._inside.monotonic_s(), asdict(reading)
        try:
            meter.driver.push(MeterReading(now_s, **named))
        except ValueError as error:
            return Reply(Outcome.CONFLICT, info=str(error))
        self._inside.read_now(role)
        return ACCEPTED

    def online(self, wanted: bool) -> Reply:
        self._inside.go_online(wanted)
        return ACCEPTED

    async def diagnostics(self) -> bytes:
        return await self._inside.diagnostics()

    async def looked(self) -> None:
        await self._inside.looked()

    async def wait_change(self, seen: int) -> int:
        return await self._changes.wait(seen)


class SimulatorDoor:
    """The simulator for the page: its buttons, and what they show."""

    def __init__(self, simulator: Simulator, evse_ids: tuple[int, ...], has_world: bool) -> None:
        self._evse_ids = evse_ids
        self._has_world = has_world
        self.simulates = simulator.simulates
        self.evse = simulator.evse
        self.world = simulator.world
        self.plug_in = simulator.plug_in
        self.unplug = simulator.unplug
        self.set_evse = simulator.set_evse
        self.set_world = simulator.set_world

    def shown(self) -> Mapping[str, object]:
        """Return simulated boards by EVSE id, and the world where a meter measures it."""
        return {
            "evses": {str(each): _shown_evse(self.evse(each)) for each in self._evse_ids},
            "world": asdict(self.world()) if self._has_world else None,
        }


def _shown_evse(evse: SimulatedEvse) -> Mapping[str, object]:
    return {**asdict(evse), "fault": evse.fault.code if evse.fault is not None else None}
