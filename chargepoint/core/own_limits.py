"""The limits of one EVSE by itself: hardware, cable, people, profiles, offline, soft start."""

from __future__ import annotations

from functools import lru_cache

from chargepoint.core.common import Common
from chargepoint.core.ev_meters import EvMeters
from chargepoint.core.evse import Evse
from chargepoint.core.overriding import Overrides
from chargepoint.core.registration import Registrar
from chargepoint.core.session import State
from chargepoint.core.smart_charging import SmartCharging
from profiles.limits import Limit
from profiles.regulator import MOST_RISE_A_PER_S
from profiles.restarts import Restarts
from profiles.units import floor_tenth

SOFT_START = "soft start"
NEVER = Restarts()


class OwnLimits:
    """Says what holds for one EVSE whatever the others do."""

    def __init__(
        self,
        common: Common,
        smart_charging: SmartCharging,
        registrar: Registrar,
        overrides: Overrides,
        ev_meters: EvMeters,
        regulated: bool,
    ) -> None:
        """*regulated*: meters are watched, so cars begin softly, and not too often."""
        self._common = common
        self._smart_charging = smart_charging
        self._registrar = registrar
        self._overrides = overrides
        self._ev_meters = ev_meters
        self._regulated = regulated
        self._fixed = {evse.id: self._fixed_limits(evse) for evse in common.evses.values()}
        self._restarts: dict[int, Restarts] = {}

    def hardware_a(self, evse: Evse) -> float:
        """Return what the EVSE and the station are built for."""
        return min(evse.config.max_current_a, self._common.config.max_current_a)

    def limits(self, evse: Evse) -> list[Limit]:
        """Return all of them that have an opinion now."""
        limits = [*self._fixed[evse.id]]
        if evse.sensed is not None and evse.sensed.cable_a > 0.0:
            limits.append(_cable(evse.sensed.cable_a))
        limits.extend(self._overrides.limits(evse.id, self._common.now.s))
        limits.extend(self._smart_charging.limits(evse))
        limits.extend(self._offline_limit())
        limits.extend(self._ev_meters.limits(evse.id))
        if self._regulated and evse.state is State.ACTIVE:
            limits.extend(self._soft_start(evse))
            limits.extend(self._rest(evse))
        return limits

    def is_starved(self, evse: Evse) -> bool:
        """Return whether it waits because there was too little for it."""
        return self._restarts.get(evse.id, NEVER).starved

    def saw_share(self, evse: Evse, able: bool, share_a: float, roomy: bool) -> None:
        """Count how often there is too little for all: *share_a* is what the house leaves it,
        *roomy*, of one that is starved, whether that would be enough if it were alone."""
        if evse.state is not State.ACTIVE:
            self._restarts.pop(evse.id, None)
            return
        offered = evse.path.offer_a > 0.0
        starves = offered and able and share_a < self._common.config.limits.min_a
        before = self._restarts.get(evse.id, NEVER)
        self._restarts[evse.id] = before.after(starves, offered, roomy, self._common.now.s)

    # --- the pieces -------------------------------------------------------------------------

    def _fixed_limits(self, evse: Evse) -> tuple[Limit, ...]:
        hardware_a, max_a = self.hardware_a(evse), self._common.config.limits.max_a
        return (
            Limit(hardware_a, f"hardware {hardware_a:g} A", evse.config.most_phases),
            Limit(max_a, f"MAX {max_a:g} A"),
        )

    def _offline_limit(self) -> list[Limit]:
        offline, away_s = self._common.config.offline, self._registrar.offline_s(self._common.now)
        configured = self._common.config.has_central and offline.limit_a is not None
        if not configured or self._registrar.online or away_s < offline.after_s:
            return []
        return [Limit(offline.limit_a or 0.0, f"offline since {away_s / 60:.0f} min")]

    def _soft_start(self, evse: Evse) -> list[Limit]:
        """A car begins with the minimum: nobody knows yet what it does to the mains."""
        limits, since_s, now = (
            self._common.config.limits,
            evse.path.offered_since_s,
            self._common.now,
        )
        lasted_s = 0.0 if since_s is None else now.s - since_s
        rises_to_a = limits.min_a + MOST_RISE_A_PER_S * lasted_s
        lacks_a = min(limits.max_a, self.hardware_a(evse)) - rises_to_a
        if lacks_a <= 0.0:
            return []
        source = f"{SOFT_START}, {MOST_RISE_A_PER_S:g} A a second"
        until_at = now.at(now.s + lacks_a / MOST_RISE_A_PER_S)
        return [Limit(floor_tenth(rises_to_a), source, until_at=until_at)]

    def _rest(self, evse: Evse) -> list[Limit]:
        """A car that was stopped again and again waits for room that lasts."""
        now, restarts = self._common.now, self._restarts.get(evse.id, NEVER)
        until_s = restarts.rests_until_s(now.s)
        if until_s is None:
            return []
        source = f"rests after many stops, until room lasts {restarts.needs_s:g} s"
        return [Limit(0.0, source, until_at=now.at(until_s))]


@lru_cache(64)  # cables come in few ratings
def _cable(cable_a: float) -> Limit:
    return Limit(cable_a, f"cable {cable_a:g} A")
