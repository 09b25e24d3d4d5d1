"""What limits the station from outside OCPP: the house, the grid operator, people on the spot.

It counts as a limit like any other, whoever is told. Here it is also put into the central
system's words: an external profile when it asks, a message when it changes.

2.0.1 K11 to K13 with errata 2.36, 2.37, 2.47, 2.48; SC.02 and SC.03. 1.6 has no words for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import inf

from chargepoint.core.common import Common
from chargepoint.core.limiting import Limiting
from chargepoint.core.local_limits import per_phase
from chargepoint.core.messages import LimitImposed, LimitReleased, Outcome, Reply
from chargepoint.core.smart_charging import SmartCharging
from profiles.limits import OUTSIDE, Origin
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit
from profiles.significance import NONE, UNKNOWN, Told, is_due
from profiles.units import watts

TABLE = "SmartChargingCtrlr"
HAIR_A = 0.05  # limits have one decimal: less than this below the installation's is none
BUSY_S, IDLE_S = 20.0, 300.0  # between two messages of one source, with and without a transaction
SETTLED_S = 30.0  # limiters begin at nothing when the station starts: that is no news

Place = tuple[int, Origin]
"""An EVSE, or 0 for the station, and who limits it."""


class Outside:
    """Knows what is imposed now, and what the central system was told of it."""

    def __init__(
        self,
        common: Common,
        limiting: Limiting,
        smart_charging: SmartCharging,
        kept: Mapping[str, float],
    ) -> None:
        """*kept* are the places of which the last process told a limit."""
        self._common = common
        self._limiting = limiting
        self._smart_charging = smart_charging
        self._since_s = common.now.s
        self._told = {_place(key): Told(UNKNOWN, -inf) for key in kept}

    @property
    def is_heard(self) -> bool:
        """Return whether signals from outside count: ExternalControlSignalsEnabled.

        Meters and the grid operator protect the installation: they count in any case.
        """
        return self._common.variables.flag(TABLE, "ExternalControlSignalsEnabled")

    def refuses_override(self) -> Reply | None:
        """Return why nobody on the spot may limit now, None when they may."""
        if self.is_heard:
            return None
        return Reply(Outcome.CONFLICT, "NotEnabled", "the central system has switched this off")

    def imposed(self) -> dict[Place, float]:
        """Return the limits from outside that are below the installation's own, in amperes
        per phase: all that is shared under EVSE 0, the rest under its EVSE."""
        fixed_a = self._limiting.local_a()
        each_a = [limit_a for evse_id, limit_a in fixed_a.items() if evse_id]
        fixed_a[0] = min(fixed_a.get(0, inf), sum(each_a))
        found: dict[Place, float] = {}
        for place, limit_a in self._limits():
            if limit_a < min(found.get(place, inf), fixed_a[place[0]] - HAIR_A):
                found[place] = limit_a
        return found

    def profiles(self) -> tuple[Profile, ...]:
        """Return what is imposed as external profiles (K11.FR.06, K12.FR.05)."""
        return tuple(
            Profile(
                _profile_id(place),
                place[0],
                Purpose.EXTERNAL,
                0,
                Kind.ABSOLUTE,
                (self._schedule(limit_a),),
                origin=place[1],
            )
            for place, limit_a in sorted(self.imposed().items())
        )

    def tick(self) -> None:
        """End overrides that may not be, and tell what changed."""
        common = self._common
        if not self.is_heard:
            self._limiting.overrides.clear()
        settled = common.now.s - self._since_s >= SETTLED_S
        if not settled or not self._smart_charging.tells_limits:
            return
        imposed = self.imposed()
        busy = any(evse.transaction is not None for evse in common.evses.values())
        every_s = BUSY_S if busy else IDLE_S
        percent = common.variables.number(TABLE, "LimitChangeSignificance")
        for place in sorted({*imposed, *self._told}):
            limit_a = imposed.get(place, NONE)
            told = self._told.get(place)
            if is_due(told, limit_a, percent, every_s, common.now.s):
                self._tell(place, limit_a)

    # --- the pieces -----------------------------------------------------------------------------

    def _limits(self) -> Iterator[tuple[Place, float]]:
        """Yield every limit from outside, in amperes per phase."""
        for pool in self._limiting.shared:
            if pool.limit.origin in OUTSIDE:
                limit = per_phase(pool, self._common.config.phases)
                yield (0, limit.origin), limit.limit_a
        for evse_id in self._common.evses:
            for wish in self._limiting.overrides.limits(evse_id, self._common.now.s):
                yield (evse_id, wish.origin), wish.limit_a

    def _tell(self, place: Place, limit_a: float) -> None:
        """Send it; a limit that is told stays on disk until its release is."""
        common, key = self._common, f"{place[0]}/{place[1]}"
        if limit_a == NONE:
            common.turn.tell(LimitReleased(*place))
            common.turn.forget("outside", key)
        else:
            detailed = common.variables.flag(TABLE, "NotifyChargingLimitWithSchedules")
            common.turn.tell(LimitImposed(*place, self._schedule(limit_a) if detailed else None))
            if self._told.get(place, Told(NONE, 0.0)).value == NONE:
                common.turn.keep("outside", key, limit_a)
        self._told[place] = Told(limit_a, common.now.s)

    def _schedule(self, limit_a: float) -> Schedule:
        """Return *limit_a* from now on, in a unit that the station says it speaks."""
        config, start_at = self._common.config, self._common.now.utc.replace(microsecond=0)
        unit = Unit(self._common.variables.members(TABLE, "RateUnit")[0])
        in_watts = watts(limit_a, config.supply_voltage_v, config.phases)
        limit = limit_a if unit is Unit.A else in_watts
        return Schedule(unit, (Period(0, round(limit, 1)),), start_at)


def _place(key: str) -> Place:
    evse_id, _, origin = key.partition("/")
    return int(evse_id), Origin(origin)


def _profile_id(place: Place) -> int:
    """Return a negative id, which a central system hardly gives (note to K11.FR.06)."""
    return -(1 + place[0] * len(OUTSIDE) + OUTSIDE.index(place[1]))
