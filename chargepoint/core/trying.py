"""A car whose phases nobody knows yet tries with the sun for one; its own meter tells the rest.

On a fixed contactor for three phases a car for one would else wait for three times the sun
it needs. So it begins, with the minimum, when the sun carries one phase; the fuses count all
of them meanwhile. If it turns out to load more and the sun does not carry that, it lets
go and waits for more sun. What was learned holds until it is unplugged: one try for each car.
"""

from __future__ import annotations

from chargepoint.core.common import Common
from chargepoint.core.config import Mode
from chargepoint.core.drawing import taken_a
from chargepoint.core.evse import Evse
from chargepoint.core.power import RELEASE_S
from chargepoint.core.session import State
from hardware.api import MeterReading
from profiles.limits import Limit
from profiles.solar import SolarSettings, begins

TRY_S = 30.0  # a car that loads nothing in that time is taken for one that loads all phases


class Trying:
    """Knows which EVSE tries with one phase, and which has to let go because that failed."""

    def __init__(self, common: Common, settings: SolarSettings) -> None:
        self._common = common
        self._settings = settings
        self._mode = common.config.limits.mode
        self._begun: set[int] = set()
        self._over: set[int] = set()
        self._leaving: set[int] = set()

    def tick(self, mode: Mode, solar: MeterReading | None) -> None:
        """Look at every car; *solar* is what the mains show without the battery."""
        self._mode = mode
        for evse in self._common.evses.values():
            if not evse.connected:
                self._over.discard(evse.id)
            if not evse.energized:
                self._begun.discard(evse.id)
                self._leaving.discard(evse.id)
            elif self.tries(evse):
                self._begun.add(evse.id)
                self._give_up(evse)
            if evse.id in self._begun and not self.tries(evse):
                self._begun.remove(evse.id)
                if not self._carried(evse, solar):
                    self._leaving.add(evse.id)

    def tries(self, evse: Evse) -> bool:
        """Return whether the car at *evse* may have one phase although three are switched on."""
        return (
            self._mode is Mode.SOLAR
            and evse.state is State.ACTIVE
            and evse.phases > 1
            and not evse.used_phases
            and evse.id in self._common.config.metered_evses
            and evse.id not in self._over
        )

    def limits(self, evse: Evse) -> list[Limit]:
        """Return what holds for a car that tries, or has to let go."""
        now = self._common.now
        if evse.id in self._leaving:
            source = f"the car takes {evse.phases_used or evse.phases} phases, the sun does not"
            return [Limit(0.0, f"{source} carry them", until_at=now.at(now.s + RELEASE_S))]
        if self.tries(evse):
            begun_s = evse.path.closed_since_s
            until_s = TRY_S + (now.s if begun_s is None else begun_s)
            source = "sees how many phases the car takes"
            return [Limit(self._settings.min_a, source, until_at=now.at(until_s))]
        return []

    def _give_up(self, evse: Evse) -> None:
        """End a try in which nothing could be learned."""
        begun_s = evse.path.closed_since_s
        if begun_s is not None and self._common.now.s - begun_s >= TRY_S:
            self._over.add(evse.id)

    def _carried(self, evse: Evse, solar: MeterReading | None) -> bool:
        """Return whether the car would begin again with the phases that it takes.

        A car for one phase begins as any other: what it met with is the affair of STOP.
        """
        used = evse.phases_used or evse.phases
        if solar is None or used == 1 or self._mode is not Mode.SOLAR:
            return True
        without_a = sum(solar.currents_a) - sum(taken_a(evse, self._common.now.s))
        return begins(self._settings, without_a, used * self._settings.min_a)
