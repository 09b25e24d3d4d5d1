"""Simulated meters: the driver ``sim`` of every role. They look at the simulated world."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import cycle

from hardware.api import BusError, MeterReading
from hardware.registry import Context
from hardware.settings import Settings
from hardware.sim.simulator import Sim, sim_of

GARBAGE_A = (math.nan, 1e6)  # what a bus with a bad contact reads, by turns


class Config(Settings):
    """Nothing to set: a simulated meter reads its own place."""


class SimMeter:
    """The meter at one place of the simulated world."""

    def __init__(self, sim: Sim, place: str) -> None:
        self._sim = sim
        self._place = place
        self._garbage_a = cycle(GARBAGE_A)
        self._last: MeterReading | None = None

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError while the mains meter is silent."""
        condition = self._sim.mains_meter if self._place == "mains" else "ok"
        if condition == "silent":
            raise BusError("the simulated mains meter is silent")
        if condition == "frozen" and self._last is not None:
            return replace(self._last, at_s=self._sim.now().at_s)
        reading = self._last = await self._honest()
        if condition == "garbage":
            garbage_a = next(self._garbage_a)
            return replace(reading, currents_a=(garbage_a, garbage_a, garbage_a))
        return _turned_round(reading) if condition == "inverted" else reading

    async def _honest(self) -> MeterReading:
        counted = await self._sim.published(self._place)
        world = self._sim.now()
        currents_a = world.currents_a(self._place)
        return MeterReading(
            at_s=world.at_s,
            currents_a=currents_a,
            voltages_v=world.voltages_v,
            power_w=world.voltage_v * sum(currents_a),
            energy_wh=counted.import_wh,
            export_wh=counted.export_wh,
        )

    async def close(self) -> None:
        """Nothing to let go of: the register goes on counting."""


def _turned_round(reading: MeterReading) -> MeterReading:
    """Return what a meter with its terminals exchanged shows of the moment."""
    l1_a, l2_a, l3_a = reading.currents_a
    power_w = -(reading.power_w or 0.0)
    return replace(reading, currents_a=(-l1_a, -l2_a, -l3_a), power_w=power_w)


def open_meter(config: Config, context: Context) -> SimMeter:
    """Return the simulated meter of *context*'s place."""
    sim = sim_of(context)
    sim.count(context.place)
    return SimMeter(sim, context.place)
