"""All limits of one tick, each with its name: what the hardware, people, OCPP and meters allow.

A limit is never replaced by another one; a mode and an override are limits like the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from chargepoint.core.common import Common
from chargepoint.core.config import LimitsConfig, Mode
from chargepoint.core.evse import Evse
from chargepoint.core.messages import ACCEPTED, Outcome, Override, Reply
from chargepoint.core.overriding import Overrides
from chargepoint.core.power import ASKING
from chargepoint.core.registration import Registrar
from chargepoint.core.session import State
from chargepoint.core.smart_charging import SmartCharging
from hardware.api import MeterReading
from profiles.limiter import LimiterSettings, LimiterState, step
from profiles.limits import Limit, combine
from profiles.pools import Pool
from profiles.readings import Taken
from profiles.share import Want, split
from profiles.solar import SolarSettings, SolarState
from profiles.solar import step as step_solar

NOTED_A = 1.0  # a change of the offer by less is not worth a sentence
NOTHING_NOTED = ("", 0.0)


class Limiting:
    """Gathers the limits of every EVSE and remembers the limiters' states."""

    def __init__(self, common: Common, smart_charging: SmartCharging, registrar: Registrar) -> None:
        self._common = common
        self._smart_charging = smart_charging
        self._registrar = registrar
        self.mode = common.config.limits.mode
        self._limiters = {
            role: LimiterState() for role in ("mains", "circuit") if role in _roles(common)
        }
        self._settings = {role: limiter_settings(common, role) for role in self._limiters}
        self._solar = SolarState()
        self.overrides = Overrides()
        self._noted: dict[int, tuple[str, float]] = {}
        self.shared: tuple[Pool, ...] = ()

    # --- people's wishes ----------------------------------------------------------------------

    def set_mode(self, mode: str) -> Reply:
        """Steer another way; CONFLICT where there is no mains meter to steer by."""
        wanted = Mode(mode)
        if wanted is not Mode.NORMAL and "mains" not in self._limiters:
            return Reply(Outcome.CONFLICT, "UnsupportedRequest", f"{mode} needs a mains meter")
        if wanted is not self.mode:
            self.mode = wanted
            self._solar = SolarState()
            self._common.turn.note(f"mode {wanted}")
        return ACCEPTED

    def override(self, command: Override) -> Reply:
        """Add one more limit to one EVSE or to the station, or take it away again."""
        evses = self._common.evses
        if command.evse_id is not None and command.evse_id not in evses:
            return Reply(Outcome.UNKNOWN_EVSE, "UnknownEvse", f"no EVSE {command.evse_id}")
        self.overrides.put(command, self._common.now.s)
        return ACCEPTED

    # --- every tick ---------------------------------------------------------------------------

    def tick(self, readings: Mapping[str, MeterReading]) -> None:
        """Write the limits of now to every EVSE: its own, and its part of the shared ones.

        One that is not in a session, or is kept from charging by its own limits, sees the
        shared limits whole, as if it were alone: they are not what keeps it.
        """
        evses = self._common.evses
        shared = self._shared_limits(readings)
        wants = [self._want(evse) for evse in evses.values() if evse.state is State.ACTIVE]
        able = [want for want in wants if want.max_a >= want.min_a]
        parts = [(limit, split(limit, able, admits)) for limit, admits in shared]
        self.shared = tuple(Pool(limit, admits=admits) for limit, admits in shared)
        for evse in evses.values():
            ours = (part.get(evse.id, limit) for limit, part in parts)
            evse.limits = (*self._own_limits(evse), *ours)

    def note_change(self, evse: Evse, before_a: float) -> None:
        """Say when the offer changes, or another limit begins to bind it."""
        offer_a, word = evse.path.offer_a, _word(evse.binding.source)
        noted_word, noted_a = self._noted.get(evse.id, NOTHING_NOTED)
        flips = (offer_a > 0.0) != (before_a > 0.0)
        other = NOTED_A / 2 if word != noted_word else NOTED_A
        moved = abs(offer_a - noted_a) >= other
        if evse.state is not State.ACTIVE or not (flips or moved):
            return
        self._noted[evse.id] = (word, offer_a)
        said = f"offer {offer_a:.1f} A" if offer_a > 0.0 else "offer withdrawn"
        self._common.turn.note(f"{said}: {evse.binding.source}", evse.id)

    def local_a(self) -> dict[int, float]:
        """Return the limits of the installation by EVSE, under 0 those of the station."""
        config = self._common.config
        station_a = min((_most_a(settings) for settings in self._settings.values()), default=inf)
        per_evse = {
            evse.id: min(self._hardware_a(evse), config.limits.max_a)
            for evse in self._common.evses.values()
        }
        return per_evse if station_a == inf else {0: station_a, **per_evse}

    # --- one EVSE's own -------------------------------------------------------------------------

    def _own_limits(self, evse: Evse) -> list[Limit]:
        config, phases = self._common.config, evse.config.most_phases
        hardware_a = self._hardware_a(evse)
        limits = [
            Limit(hardware_a, f"hardware {hardware_a:g} A", phases),
            Limit(config.limits.max_a, f"MAX {config.limits.max_a:g} A"),
        ]
        if evse.sensed is not None and evse.sensed.cable_a > 0.0:
            limits.append(Limit(evse.sensed.cable_a, f"cable {evse.sensed.cable_a:g} A"))
        limits.extend(self.overrides.limits(evse.id, self._common.now.s))
        limits.extend(self._smart_charging.limits(evse))
        limits.extend(self._offline_limit())
        return limits

    def _hardware_a(self, evse: Evse) -> float:
        return min(evse.config.max_current_a, self._common.config.max_current_a)

    def _offline_limit(self) -> list[Limit]:
        offline, away_s = self._common.config.offline, self._registrar.offline_s(self._common.now)
        configured = self._common.config.has_central and offline.limit_a is not None
        if not configured or self._registrar.online or away_s < offline.after_s:
            return []
        return [Limit(offline.limit_a or 0.0, f"offline since {away_s / 60:.0f} min")]

    # --- what all EVSEs share -------------------------------------------------------------------

    def _shared_limits(self, readings: Mapping[str, MeterReading]) -> list[tuple[Limit, bool]]:
        """Return each limit on all EVSEs together, and whether it lets one more begin."""
        taken, now_s = self._taken(), self._common.now.s
        limits = [(limit, True) for limit in self._smart_charging.station_limits()]
        for role, settings in self._settings.items():
            verdict = step(settings, self._limiters[role], readings.get(role), taken, now_s)
            self._limiters[role] = verdict.state
            limits.append((verdict.limit, verdict.admits))
        if self.mode is Mode.SOLAR:
            limits.append(self._solar_limit(readings, taken))
        return limits

    def _solar_limit(
        self, readings: Mapping[str, MeterReading], taken: Taken
    ) -> tuple[Limit, bool]:
        settings = solar_settings(self._common.config.limits, self._common.config.phases)
        verdict = step_solar(
            settings, self._solar, readings.get("mains"), taken, self._common.now.s
        )
        self._solar = verdict.state
        return verdict.limit, verdict.admits

    def _taken(self) -> Taken:
        """Return what our EVSEs take from each phase: measured, or what they are offered."""
        totals = [0.0, 0.0, 0.0]
        charging = 0
        measured = True
        for evse in self._common.evses.values():
            currents_a, known = _drawn(evse, self._common.now.s)
            measured = measured and known
            for phase, current_a in zip(evse.config.phase_map, currents_a, strict=True):
                totals[phase - 1] += current_a
            asks = evse.sensed is not None and evse.sensed.pilot in ASKING
            charging += evse.path.offer_a > 0.0 and asks
        return Taken((totals[0], totals[1], totals[2]), charging, measured)

    def _want(self, evse: Evse) -> Want:
        """Return what an EVSE in a session could use of a shared limit."""
        most_a = 0.0 if evse.fault is not None else combine(self._own_limits(evse)).limit_a
        min_a = self._common.config.limits.min_a
        return Want(evse.id, most_a, min_a, charging=evse.path.offer_a > 0.0)


FRESH_S = 5.0  # an EV meter older than this says nothing of what the car takes now


def _drawn(evse: Evse, now_s: float) -> tuple[tuple[float, float, float], bool]:
    """Return what an EVSE draws per phase of its own, and whether that is measured."""
    reading = evse.reading
    if reading is not None and now_s - reading.at_s <= FRESH_S:
        return reading.currents_a, True
    offer_a = evse.path.offer_a if evse.energized else 0.0
    rest_a = offer_a if evse.path.phases > 1 else 0.0
    return (offer_a, rest_a, rest_a), offer_a == 0.0


def _roles(common: Common) -> frozenset[str]:
    return common.config.meter_roles


def limiter_settings(common: Common, role: str) -> LimiterSettings:
    """Return what holds at the meter *role*: [limits], with the meter's own exceptions."""
    limits = common.config.limits
    mains = role == "mains"
    return LimiterSettings(
        role,
        limits.mains_a if mains else limits.circuit_a,
        sum_a=limits.sum_mains_a if mains else None,
        min_a=limits.min_a,
        phases=common.config.phases,
        stale_after_s=common.config.stale_after_s.get(role, limits.stale_after_s),
        fallback_a=common.config.fallback_a.get(role, limits.fallback_a),
        shortage_hold_s=limits.shortage_hold_s,
        retry_after_s=limits.retry_after_s,
    )


def solar_settings(limits: LimitsConfig, phases: int) -> SolarSettings:
    """Return how solar steers: START, STOP, IMPORT."""
    return SolarSettings(
        start_a=limits.start_a,
        stop_s=limits.stop_s,
        import_a=limits.import_a,
        min_a=limits.min_a,
        phases=phases,
        stale_after_s=limits.stale_after_s,
        fallback_a=limits.fallback_a,
        retry_after_s=limits.retry_after_s,
    )


def _most_a(settings: LimiterSettings) -> float:
    """Return what a meter's limits leave per phase when nobody else takes anything."""
    sum_a = inf if settings.sum_a is None else settings.sum_a / settings.phases
    return min(settings.limit_a, sum_a)


def _word(source: str) -> str:
    """Return the part of a source that does not move with every reading."""
    return source.split(" ")[0]
