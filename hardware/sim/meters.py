"""Simulated meters: the driver ``sim`` of every role. They look at the simulated world."""

from __future__ import annotations

import math
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

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError while the mains meter is silent."""
        condition = self._sim.mains_meter if self._place == "mains" else "ok"
        if condition == "silent":
            raise BusError("the simulated mains meter is silent")
        counted = await self._sim.published(self._place)
        world = self._sim.now()
        garbage_a = next(self._garbage_a) if condition == "garbage" else None
        currents_a = world.currents_a(self._place)
        return MeterReading(
            at_s=world.at_s,
            currents_a=currents_a if garbage_a is None else (garbage_a, garbage_a, garbage_a),
            voltages_v=world.voltages_v,
            power_w=world.voltage_v * sum(currents_a),
            energy_wh=counted.import_wh,
            export_wh=counted.export_wh,
        )

    async def close(self) -> None:
        """Nothing to let go of: the register goes on counting."""


def open_meter(config: Config, context: Context) -> SimMeter:
    """Return the simulated meter of *context*'s place."""
    sim = sim_of(context)
    sim.count(context.place)
    return SimMeter(sim, context.place)
