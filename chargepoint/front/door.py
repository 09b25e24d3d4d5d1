"""What the front needs of the rest: one door to the station, one to the simulator.

The agent implements both. Every call is a plain ``def`` that answers in the same turn
and never waits for the central system; waiting is only done for news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, TypedDict

from chargepoint.core.messages import Command, Reply
from chargepoint.core.snapshot import Snapshot
from hardware.api import Fault


@dataclass(frozen=True, slots=True)
class Pushed:
    """A meter reading that somebody sent us; the time is the door's to add.

    Import is positive. None is "the sender cannot say".
    """

    currents_a: tuple[float, float, float]
    voltages_v: tuple[float, float, float] | None = None
    power_w: float | None = None
    energy_wh: float | None = None


@dataclass(frozen=True, slots=True)
class Car:
    """A simulated car: what it could draw, and whether it asks by itself once offered."""

    connector_id: int = 1
    max_current_a: float = 32.0
    phases: int = 3
    auto_draw: bool = True


class CableEnd(StrEnum):
    """Which end of the cable is pulled; with one of them the cable stays in the other."""

    BOTH = "both"
    EV = "ev"
    STATION = "station"


class MainsMeter(StrEnum):
    """How the simulated mains meter behaves."""

    OK = "ok"
    SILENT = "silent"
    GARBAGE = "garbage"


class EvseChange(TypedDict, total=False):
    """What shall be different about a simulated car, plug or board; the rest stays."""

    requested_current_a: float
    ready: bool
    cable_plugged_station_side: bool
    lock_failure: bool
    fault: Fault | None
    energy_wh: float
    temperature_c: float
    welded: bool
    diode_fault: bool


class WorldChange(TypedDict, total=False):
    """What shall be different about the simulated house; the rest stays."""

    house_a: tuple[float, float, float]
    solar_w: float
    mains_meter: MainsMeter


@dataclass(frozen=True, slots=True)
class SimEvseShown:
    """One simulated board and its car, as the page's controls show them.

    *fault* is an OCPP 1.6 ChargePointErrorCode or None.
    """

    car_plugged: bool
    requested_current_a: float
    ready: bool
    cable_plugged_station_side: bool
    lock_failure: bool
    welded: bool
    diode_fault: bool
    temperature_c: float | None
    fault: str | None


@dataclass(frozen=True, slots=True)
class WorldShown:
    """The simulated house."""

    house_a: tuple[float, float, float]
    solar_w: float
    mains_meter: MainsMeter


@dataclass(frozen=True, slots=True)
class SimShown:
    """What is simulated: boards by EVSE id, and the world where a meter measures it."""

    evses: Mapping[str, SimEvseShown] = field(default_factory=dict)
    world: WorldShown | None = None


class SimDoor(Protocol):
    """The simulator. Replies: ACCEPTED; UNKNOWN_EVSE for what is not there or not
    simulated; CONFLICT, with a sentence, for what is impossible now."""

    def shown(self) -> SimShown:
        """Return what the simulator's controls show."""
        ...

    def plug_in(self, evse_id: int, car: Car) -> Reply:
        """Connect *car*; CONFLICT when one is connected already."""
        ...

    def unplug(self, evse_id: int, end: CableEnd) -> Reply:
        """Pull the cable, also in mid-charge; CONFLICT when there is none."""
        ...

    def set(self, evse_id: int, change: EvseChange) -> Reply:
        """Change what is named and nothing else."""
        ...

    def world(self, change: WorldChange) -> Reply:
        """Change what is named and nothing else; UNSUPPORTED where no meter is simulated."""
        ...


class Door(Protocol):
    """The station, from the street.

    ``sim`` is None where no hardware is simulated.
    """

    @property
    def sim(self) -> SimDoor | None: ...

    def snapshot(self) -> Snapshot:
        """Return what is true now, however the central system is."""
        ...

    def submit(self, command: Command) -> Reply:
        """Let the station take *command* in this turn.

        UNKNOWN_EVSE, and CONFLICT with a sentence, become HTTP 404 and 409.
        """
        ...

    def push_reading(self, role: str, reading: Pushed) -> Reply:
        """Take a reading for ``mains``, ``circuit``, ``battery`` or ``evse/ID``.

        UNKNOWN where there is no such meter, CONFLICT where its driver is not "pushed".
        """
        ...

    def online(self, wanted: bool) -> Reply:
        """Close the link and stay offline, or go online again; returns before either is done."""
        ...

    async def wait_change(self, seen: int) -> int:
        """Return the number of the newest snapshot as soon as it differs from *seen*."""
        ...
