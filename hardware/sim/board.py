"""The simulated board: the driver ``sim`` of an EVSE."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from hardware.api import Actuation, BusError, Sensed
from hardware.pilot import duty_from_amps
from hardware.registry import Context
from hardware.settings import Settings
from hardware.sim.outlet import Build
from hardware.sim.simulator import Sim, sim_of
from hardware.sim.world import World


class Config(Settings):
    """How the simulated board was built. Without *connector_lock* it has a fixed cable."""

    connectors: int = Field(default=1, ge=1)
    connector_lock: bool = True
    max_current_a: float = Field(default=32.0, ge=6.0, le=80.0)
    phases: Literal[1, 3] = 3
    phase_map: tuple[int, int, int] = (1, 2, 3)


class SimBoard:
    """One board of the simulated world."""

    def __init__(self, sim: Sim, place: str) -> None:
        self._sim = sim
        self._place = place

    @property
    def duty(self) -> float:
        """Return the duty cycle on the pilot, 1.0 for steady +12 V."""
        return duty_from_amps(self._sim.now().outlets[self._place].told.offer_a)

    async def sense(self) -> Sensed:
        """Return what is now; raise BusError while the board is silent."""
        world = self._answering()
        return world.outlets[self._place].sensed(world.at_s)

    async def apply(self, actuation: Actuation) -> None:
        """Do it until its lease ends; raise BusError while the board is silent."""
        self._answering()
        self._sim.tell(self._place, actuation)

    async def reset(self) -> None:
        """Open everything and forget what was told; raise BusError while the board is silent."""
        self._answering()
        self._sim.cut(self._place)

    def make_safe(self) -> None:
        """Open everything now, from whatever thread."""
        self._sim.cut(self._place)

    async def close(self) -> None:
        """Leave the board safe; its car stays where it is."""
        self._sim.tell(self._place, Actuation.SAFE)

    def _answering(self) -> World:
        world = self._sim.now()
        if world.outlets[self._place].silent:
            raise BusError(f"{self._place} does not answer")
        return world


def open_board(config: Config, context: Context) -> SimBoard:
    """Return the simulated board of *context*'s place, with the car that is there."""
    sim = sim_of(context)
    build = Build(
        config.connectors,
        config.connector_lock,
        config.max_current_a,
        config.phases,
        config.phase_map,
    )
    sim.build(context.place, build)
    return SimBoard(sim, context.place)
