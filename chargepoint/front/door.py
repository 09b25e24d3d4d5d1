"""What the front needs of the rest: one door to the station, one to the simulator.

The agent implements both. Every call is a plain ``def`` that answers in the same turn
and never waits for the central system; waiting is only done for news.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from chargepoint.core.messages import Command, Reply
from chargepoint.core.snapshot import Snapshot
from chargepoint.core.values import dataclass
from hardware.api import Simulator


@dataclass(frozen=True, slots=True)
class Pushed:
    """A meter reading that somebody sent us; the time is the door's to add.

    Import is positive. None is "the sender cannot say".
    """

    currents_a: tuple[float, float, float]
    voltages_v: tuple[float, float, float] | None = None
    power_w: float | None = None
    energy_wh: float | None = None


class SimDoor(Simulator, Protocol):
    """The simulator, as the hardware offers it, and what its controls show."""

    def shown(self) -> Mapping[str, object]:
        """Return plain data in the shape of ``shown.Sim``: simulated boards by EVSE id, and
        the world, None where no simulated meter measures it."""
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

    async def diagnostics(self) -> bytes:
        """Return the diagnostics archive, tar.gz; raise OSError or StoreError."""
        ...

    async def looked(self) -> None:
        """Return when the station has seen what its boards show now."""
        ...

    async def wait_change(self, seen: int) -> int:
        """Return the number of the newest state as soon as it differs from *seen*.

        The state is the snapshot and what the simulator shows.
        """
        ...
