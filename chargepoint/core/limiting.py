"""All limits of one tick, each with its name: what the hardware, people, OCPP and meters allow.

A limit is never replaced by another one; a mode and an override are limits like the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import inf

from chargepoint.core.common import Common
from chargepoint.core.config import LimitsConfig, Mode
from chargepoint.core.drawing import Drawing
from chargepoint.core.evse import Evse
from chargepoint.core.messages import ACCEPTED, Outcome, Override, Reply
from chargepoint.core.overriding import Overrides
from chargepoint.core.own_limits import SOFT_START, OwnLimits
from chargepoint.core.registration import Registrar
from chargepoint.core.session import State
from chargepoint.core.smart_charging import SmartCharging
from chargepoint.core.supply import Supplied, Supply
from chargepoint.core.trying import Trying
from profiles.drawn import Drawn
from profiles.limiter import LimiterSettings, LimiterState, step
from profiles.limits import Limit, Origin, combine
from profiles.pools import Pool
from profiles.share import Shares, split
from profiles.solar import SolarSettings, SolarState
from profiles.solar import step as step_solar
from profiles.turns import Want

NOTED_A = 1.0  # a change of the offer by less is not worth a sentence
NOTHING_NOTED = ("", 0.0)
ONE = frozenset({1})  # any one phase: a wish counts how many, not which


class Limiting:
    """Gathers the limits of every EVSE and remembers the limiters' states."""

    def __init__(
        self, common: Common, smart_charging: SmartCharging, registrar: Registrar, supply: Supply
    ) -> None:
        self._common = common
        self._smart_charging = smart_charging
        self.mode = common.config.limits.mode
        self._settings = {
            role: limiter_settings(common, role)
            for role in ("mains", "circuit")
            if role in common.config.meter_roles
        }
        self._limiters = {role: LimiterState() for role in self._settings}
        self._solar = SolarState()
        self._sun = solar_settings(common.config.limits, common.config.phases)
        self._trying = Trying(common, self._sun)
        self.overrides = Overrides()
        self._own = OwnLimits(
            common,
            smart_charging,
            registrar,
            self.overrides,
            supply.ev_meters,
            regulated=bool(self._settings),
        )
        self._drawings = {evse_id: Drawing() for evse_id in common.evses}
        self._asked: tuple[tuple[Pool, ...], tuple[Want, ...]] = ((), ())
        self._shares = Shares({})
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
        self.overrides.put(command, self._common.now)
        return ACCEPTED

    # --- every tick ---------------------------------------------------------------------------

    def tick(self, supplied: Supplied) -> None:
        """Write the limits of now to every EVSE: its own, and its part of the shared ones.

        One that is not in a session, or is kept from charging by its own limits, sees the
        shared limits whole, as if it were alone: they are not what keeps it.
        """
        evses, now_s, trying = self._common.evses, self._common.now.s, self._trying
        trying.tick(self.mode, supplied.solar)
        for evse in evses.values():
            min_a, tries = self._common.config.limits.min_a, trying.tries(evse)
            self._drawings[evse.id].look(evse, min_a, tries, now_s)
        pools = self.shared = self._pools(supplied)
        own = {e.id: [*self._own.limits(e), *trying.limits(e)] for e in evses.values()}
        wants = tuple(self._want(evse, own[evse.id]) for evse in evses.values())
        shares = self._split(pools, wants)
        for evse, want in zip(evses.values(), wants, strict=True):
            parts = shares.limits[evse.id]
            evse.limits = (*own[evse.id], *parts)
            share_a = min((part.limit_a for part in parts if _is_house(part)), default=inf)
            roomy = self._own.is_starved(evse) and _is_roomy(pools, want)
            self._own.saw_share(evse, want.able, share_a, roomy)

    def note_change(self, evse: Evse, before_a: float) -> None:
        """Say when the offer changes, or another limit begins to bind it."""
        offer_a, word = evse.path.offer_a, _word(evse.binding.source)
        noted_word, noted_a = self._noted.get(evse.id, NOTHING_NOTED)
        flips = (offer_a > 0.0) != (before_a > 0.0)
        other = NOTED_A / 2 if word != noted_word else NOTED_A
        moved = abs(offer_a - noted_a) >= other and not (word == noted_word == _word(SOFT_START))
        if evse.state is not State.ACTIVE or not (flips or moved):
            return
        self._noted[evse.id] = (word, offer_a)
        said = f"offer {offer_a:.1f} A" if offer_a > 0.0 else "offer withdrawn"
        self._common.turn.note(f"{said}: {evse.binding.source}", evse.id)

    def steady(self) -> tuple[Pool, ...]:
        """Return what all EVSEs together may take for longer than a moment: in place of what
        is allowed on the way, what the meters will leave, and always what the fuses allow."""
        pools = tuple(_settled(pool) for pool in self.shared if _settles(pool))
        station_a = self.local_a().get(0)
        return pools if station_a is None else (*pools, Pool(Limit(station_a, "fuses")))

    def local_a(self) -> dict[int, float]:
        """Return the limits of the installation by EVSE, under 0 those of the station."""
        config = self._common.config
        station_a = min((_most_a(settings) for settings in self._settings.values()), default=inf)
        per_evse = {
            evse.id: min(self._own.hardware_a(evse), config.limits.max_a)
            for evse in self._common.evses.values()
        }
        return per_evse if station_a == inf else {0: station_a, **per_evse}

    # --- what all EVSEs share -------------------------------------------------------------------

    def _pools(self, supplied: Supplied) -> tuple[Pool, ...]:
        """Return what all EVSEs together may take now."""
        now = self._common.now
        drawn = [drawing.drawn for drawing in self._drawings.values()]
        pools = [Pool(limit) for limit in self._smart_charging.station_limits()]
        pools.extend(supplied.pools)
        for role, settings in self._settings.items():
            verdict = step(
                settings,
                self._limiters[role],
                supplied.readings.get(role),
                drawn,
                now.s,
                supplied.sum_limit if role == "mains" else None,
                supplied.lost.get(role),
            )
            self._limiters[role] = verdict.state
            pools.extend(verdict.pools)
        if self.mode is Mode.SOLAR:
            pools.extend(self._solar_pools(supplied, drawn))
        return tuple(
            pool
            if pool.until_s is None
            else pool._replace(limit=replace(pool.limit, until_at=now.at(pool.until_s)))
            for pool in pools
        )

    def _solar_pools(self, supplied: Supplied, drawn: list[Drawn]) -> tuple[Pool, ...]:
        lost, now_s = supplied.lost.get("mains"), self._common.now.s
        verdict = step_solar(self._sun, self._solar, supplied.solar, drawn, now_s, lost)
        self._solar = verdict.state
        return verdict.pools

    def _want(self, evse: Evse, own: list[Limit]) -> Want:
        """Return what an EVSE could use of the pools, nothing when it is not in a session."""
        drawing = self._drawings[evse.id]
        may = evse.state is State.ACTIVE and evse.fault is None
        return Want(
            evse.id,
            combine(own).limit_a if may else 0.0,
            self._common.config.limits.min_a,
            held_a=evse.path.held_a(self._common.now.s),
            still_a=drawing.trail.most_a,
            phases=drawing.drawn.phases,
            priority=evse.priority,
            rate_a=self._smart_charging.least_a(evse),
            uses_a=drawing.uses_a,
            hoped=ONE if self._trying.tries(evse) else None,
        )

    def _split(self, pools: tuple[Pool, ...], wants: tuple[Want, ...]) -> Shares:
        """Share *pools*; what was asked before is not calculated again."""
        now_s = self._common.now.s
        if (pools, wants) != self._asked or now_s >= self._shares.due_s:
            rotate_after_s = self._common.config.limits.rotate_after_s
            self._shares = split(pools, wants, self._shares.turns, now_s, rotate_after_s)
            self._asked = (pools, wants)
        return self._shares


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
        sum_hold_s=limits.capacity_stop_s,
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


def _is_house(limit: Limit) -> bool:
    return limit.origin is Origin.EMS


def _is_roomy(pools: Iterable[Pool], want: Want) -> bool:
    """Return whether the house would have the least that *want* needs, if it were alone."""
    return all(
        pool.limit.limit_a >= want.weight(pool) * want.min_a
        for pool in pools
        if _is_house(pool.limit)
    )


def _word(source: str) -> str:
    """Return the part of a source that does not move with every reading."""
    return source.split(" ")[0]


def _settles(pool: Pool) -> bool:
    """Return whether somebody knows what a pool comes to."""
    return pool.limit.origin is not Origin.EMS or pool.settles_a is not None


def _settled(pool: Pool) -> Pool:
    if pool.settles_a is None:
        return pool
    return pool._replace(limit=replace(pool.limit, limit_a=pool.settles_a))
