"""What the installed profiles allow, now and over a window. The arithmetic is profiles/'s.

1.6 sections 3.13 and 5.7; 2.0.1 K01, K04, K08.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chargepoint.core.common import Common
from chargepoint.core.evse import Evse
from chargepoint.core.local_limits import local_limits
from chargepoint.core.messages import CompositeReply, GetComposite, Outcome
from chargepoint.core.session import State
from chargepoint.core.words import Moment
from profiles.composite import composite
from profiles.limit_now import NOTHING_RUNS, Now, Running, limits_at, station_limits_at
from profiles.pools import Pool
from profiles.schedule import Profile, Unit
from profiles.units import Supply

STATION = 0
STEP = timedelta(seconds=0.5)  # the two clocks drift less than this between two ticks


class ProfileLimits:
    """Keeps the limits of now until they may change."""

    def __init__(self, common: Common, profiles: Mapping[int, Profile]) -> None:
        self._common = common
        self._profiles = profiles
        self._supply = Supply(common.config.supply_voltage_v, common.config.phases)
        self._kept: dict[int, tuple[Running, Now]] = {}
        self._ahead = _ahead(common.now)

    def forget(self) -> None:
        """Reckon anew: profiles have come or gone."""
        self._kept.clear()

    def follow_clock(self) -> None:
        """Move what was dated by a clock that has been set since: the origins of relative
        schedules, which count seconds and not dates."""
        ahead = _ahead(self._common.now)
        step, self._ahead = ahead - self._ahead, ahead
        if abs(step) < STEP:
            return
        self.forget()
        for evse in self._common.evses.values():
            transaction = evse.transaction
            if transaction is not None and transaction.energy_offered_at is not None:
                moved = transaction.energy_offered_at + step
                changed = evse.update_transaction(energy_offered_at=moved)
                self._common.turn.keep("transaction", changed.id, changed)

    def of(self, evse: Evse) -> Now:
        """Return what they allow one EVSE."""
        running = running_at(evse)
        kept = self._kept.get(evse.id)
        if kept is None or kept[0] != running or not kept[1].holds(self._common.now.utc):
            now = limits_at(
                self._profiles.values(), evse.id, running, self._common.now.utc, self._supply
            )
            kept = self._kept[evse.id] = (running, now)
        return kept[1]

    def of_station(self) -> Now:
        """Return what they allow all EVSEs together."""
        kept = self._kept.get(STATION)
        if kept is None or not kept[1].holds(self._common.now.utc):
            now = station_limits_at(self._profiles.values(), self._common.now.utc, self._supply)
            kept = self._kept[STATION] = (NOTHING_RUNS, now)
        return kept[1]

    def composite(
        self, command: GetComposite, unit: Unit, shared: tuple[Pool, ...]
    ) -> CompositeReply:
        """Return the schedule that is expected, from the second of receipt on.

        *shared* are the limits on all EVSEs together.
        """
        evses = self._common.evses
        start_at = self._common.now.utc.replace(microsecond=0)
        sharing = {e.id for e in evses.values() if e.state is State.ACTIVE and e.fault is None}
        periods = composite(
            self._profiles.values(),
            command.evse_id,
            {evse.id: running_at(evse) for evse in evses.values()},
            start_at,
            command.duration_s,
            unit,
            self._supply,
            local_limits(evses.values(), shared, self._supply.phases),
            sharing,
        )
        return CompositeReply(
            Outcome.ACCEPTED,
            evse_id=command.evse_id,
            start_at=start_at,
            duration_s=command.duration_s,
            unit=unit,
            periods=periods,
        )


def running_at(evse: Evse) -> Running:
    """Return what runs on an EVSE, as far as profiles care."""
    transaction = evse.transaction
    if transaction is None:
        return NOTHING_RUNS
    return Running(transaction.id, transaction.energy_offered_at)


def _ahead(now: Moment) -> timedelta:
    """Return by how much the one clock is ahead of the other, from some day on."""
    return timedelta(seconds=now.utc.timestamp() - now.s)
