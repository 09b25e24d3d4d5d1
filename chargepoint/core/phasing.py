"""On how many phases each EVSE charges, and on how many its car does. The rules are profiles/'s.

The installer's choice (SmartEVSE's CONTACT 2) and the mode come first, then what there
is room for; whatever they say, a limit for one phase holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from chargepoint.core.common import Common
from chargepoint.core.config import Mode, SecondContactor
from chargepoint.core.drawing import taken_a
from chargepoint.core.evse import Evse
from hardware.api import MeterReading
from profiles.limits import combine
from profiles.phases import PhaseSettings, PhaseState, Room, Situation, step
from profiles.readings import USED_A, Currents, credible

ROOM = None  # decided by what there is room for
TOLD: dict[SecondContactor, dict[Mode, int | None]] = {  # where there is something to switch
    SecondContactor.SOLAR_OFF: {Mode.NORMAL: 3, Mode.SMART: 3, Mode.SOLAR: 1},
    SecondContactor.ALWAYS_ON: {Mode.NORMAL: 3, Mode.SMART: 3, Mode.SOLAR: 3},
    SecondContactor.AUTO: {Mode.NORMAL: 3, Mode.SMART: ROOM, Mode.SOLAR: ROOM},
}
STEERING = frozenset({"mains", "circuit"})
LEARN_S = 5.0  # a car that draws for so long has begun on all the phases it will use


class Phasing:
    """Chooses phases at every tick, and learns how many a car uses."""

    def __init__(self, common: Common) -> None:
        limits = common.config.limits
        self._common = common
        self._settings = PhaseSettings(limits.min_a, limits.stop_s, limits.shortage_hold_s / 2)
        self._states = {evse_id: PhaseState() for evse_id in common.evses}

    def tick(self, mode: Mode, readings: Mapping[str, MeterReading]) -> None:
        """Choose for every EVSE, by the limits of the last tick and the readings of this one."""
        for evse in self._common.evses.values():
            self._learn(evse)
            if evse.config.switches_phases:
                self._choose(evse, mode, readings)

    def _choose(self, evse: Evse, mode: Mode, readings: Mapping[str, MeterReading]) -> None:
        before = self._states[evse.id]
        state = step(
            self._settings, before, self._situation(evse, mode, readings), self._common.now.s
        )
        self._states[evse.id] = state
        evse.wanted_phases, evse.phases_because = state.phases, state.why
        if state.phases != before.phases and evse.charged:
            said = "1 phase" if state.phases == 1 else "3 phases"
            self._common.turn.note(f"changing to {said}: {state.why or mode}", evse.id)

    def _situation(self, evse: Evse, mode: Mode, readings: Mapping[str, MeterReading]) -> Situation:
        told = TOLD[evse.config.second_contactor][mode]
        narrow = [limit for limit in evse.limits if limit.phases < 3]
        because = f"second contactor off in {mode}" if told == 1 else ""
        return Situation(
            told=told,
            ceiling=1 if narrow else 3,
            because=combine(narrow).source if narrow else because,
            room=self._room(evse, mode, readings) if told is ROOM else None,
            begun=evse.charged,
            charging=evse.path.offer_a > 0.0,
            used=len(evse.used_phases) or 3,
        )

    # --- what there is room for --------------------------------------------------------------

    def _room(self, evse: Evse, mode: Mode, readings: Mapping[str, MeterReading]) -> Room | None:
        """Return what the meters leave for one EVSE, None while one that counts is silent."""
        limits, phase_map = self._common.config.limits, evse.config.phase_map
        ours_a = taken_a(evse, self._common.now.s)
        sum_a, each_a = inf, (inf, inf, inf)
        for role in STEERING & self._common.config.meter_roles:
            currents_a = self._fresh(role, readings)
            if currents_a is None:
                return None
            fuse_a = limits.mains_a if role == "mains" else limits.circuit_a
            rooms_a = (fuse_a - currents_a[phase - 1] + ours_a[phase - 1] for phase in phase_map)
            l1, l2, l3 = map(min, each_a, rooms_a)
            each_a = l1, l2, l3
            if role == "mains":
                sum_a = self._most_in_sum_a(mode) - sum(currents_a) + sum(ours_a)
        one, two, three = phase_map
        return Room(sum_a, each_a, (f"L{one}", f"L{two}", f"L{three}"), mode is Mode.SOLAR)

    def _most_in_sum_a(self, mode: Mode) -> float:
        limits = self._common.config.limits
        capacity_a = inf if limits.sum_mains_a is None else limits.sum_mains_a
        return min(capacity_a, limits.import_a) if mode is Mode.SOLAR else capacity_a

    def _fresh(self, role: str, readings: Mapping[str, MeterReading]) -> Currents | None:
        config, reading = self._common.config, readings.get(role)
        stale_after_s = config.stale_after_s.get(role, config.limits.stale_after_s)
        if reading is None or self._common.now.s - reading.at_s > stale_after_s:
            return None
        return reading.currents_a if credible(reading.currents_a) else None

    # --- what the car uses -------------------------------------------------------------------

    def _learn(self, evse: Evse) -> None:
        """Write down which phases the car loads, when it could load all of them.

        A car that begins with one and adds the others later is believed each time.
        """
        reading, closed_at_s = evse.reading, evse.path.closed_since_s
        if reading is None or closed_at_s is None or evse.phases < evse.config.most_phases:
            evse.drawing_since_s = None
            return
        loaded = {n for n in (1, 2, 3) if reading.currents_a[n - 1] >= USED_A}
        if not loaded or reading.at_s < closed_at_s:
            evse.drawing_since_s = None
        elif evse.drawing_since_s is None:
            evse.drawing_since_s = reading.at_s
        elif reading.at_s - evse.drawing_since_s >= LEARN_S:
            evse.used_phases |= loaded
