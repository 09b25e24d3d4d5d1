"""On how many phases each EVSE charges, and on how many its car does. The rules are profiles/'s.

The installer's choice (SmartEVSE's CONTACT 2) and the mode come first, then what there
is room for; whatever they say, a limit for one phase holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from chargepoint.core.common import Common
from chargepoint.core.config import Mode, SecondContactor
from chargepoint.core.drawing import taken_a
from chargepoint.core.evse import Evse
from chargepoint.core.meter_trust import GUARDS
from chargepoint.core.supply import Supplied
from profiles.limits import combine
from profiles.phases import PhaseSettings, PhaseState, Room, Situation, step
from profiles.readings import USED_A

ROOM = None  # decided by what there is room for
TOLD: dict[SecondContactor, dict[Mode, int | None]] = {  # where there is something to switch
    SecondContactor.SOLAR_OFF: {Mode.NORMAL: 3, Mode.SMART: 3, Mode.SOLAR: 1},
    SecondContactor.ALWAYS_ON: {Mode.NORMAL: 3, Mode.SMART: 3, Mode.SOLAR: 3},
    SecondContactor.AUTO: {Mode.NORMAL: 3, Mode.SMART: ROOM, Mode.SOLAR: ROOM},
}
LEARN_S = 5.0  # a car that draws for so long has begun on all the phases it will use


class Phasing:
    """Chooses phases at every tick, and learns how many a car uses."""

    def __init__(self, common: Common) -> None:
        limits = common.config.limits
        self._common = common
        self._settings = PhaseSettings(limits.min_a, limits.stop_s, limits.shortage_hold_s / 2)
        self._states = {evse_id: PhaseState() for evse_id in common.evses}

    def tick(self, mode: Mode, supplied: Supplied) -> None:
        """Choose for every EVSE, by the limits of the last tick and what there is in this one."""
        for evse in self._common.evses.values():
            self._learn(evse)
            if evse.config.switches_phases:
                self._choose(evse, mode, supplied)

    def _choose(self, evse: Evse, mode: Mode, supplied: Supplied) -> None:
        before = self._states[evse.id]
        state = step(
            self._settings, before, self._situation(evse, mode, supplied), self._common.now.s
        )
        self._states[evse.id] = state
        evse.wanted_phases, evse.phases_because = state.phases, state.why
        if state.phases != before.phases and evse.charged:
            said = "1 phase" if state.phases == 1 else "3 phases"
            self._common.turn.note(f"changing to {said}: {state.why or mode}", evse.id)

    def _situation(self, evse: Evse, mode: Mode, supplied: Supplied) -> Situation:
        told = TOLD[evse.config.second_contactor][mode]
        narrow = [limit for limit in evse.limits if limit.phases < 3]
        because = f"second contactor off in {mode}" if told == 1 else ""
        return Situation(
            told=told,
            ceiling=1 if narrow else 3,
            because=combine(narrow).source if narrow else because,
            room=self._room(evse, mode, supplied) if told is ROOM else None,
            begun=evse.charged,
            charging=evse.path.offer_a > 0.0,
            used=len(evse.used_phases) or 3,
        )

    # --- what there is room for --------------------------------------------------------------

    def _room(self, evse: Evse, mode: Mode, supplied: Supplied) -> Room | None:
        """Return what there is for one EVSE, None while a meter that counts is not believed."""
        limits, phase_map = self._common.config.limits, evse.config.phase_map
        ours_a = taken_a(evse, self._common.now.s)
        each_a = (inf, inf, inf)
        for role in self._common.config.meter_roles.intersection(GUARDS):
            reading = supplied.readings.get(role)
            if reading is None or role in supplied.lost:
                return None
            fuse_a = limits.mains_a if role == "mains" else limits.circuit_a
            rooms_a = (fuse_a - reading.currents_a[p - 1] + ours_a[p - 1] for p in phase_map)
            l1, l2, l3 = map(min, each_a, rooms_a)
            each_a = l1, l2, l3
        one, two, three = phase_map
        names = f"L{one}", f"L{two}", f"L{three}"
        sum_a = min(self._sums_a(mode, supplied), default=inf) + sum(ours_a)
        return Room(sum_a, each_a, names, mode is Mode.SOLAR)

    def _sums_a(self, mode: Mode, supplied: Supplied) -> Iterator[float]:
        """Yield what each limit on all phases together leaves beside what is taken now."""
        limits, mains = self._common.config.limits, supplied.readings.get("mains")
        if mains is not None:
            net_a = sum(mains.currents_a)
            if limits.sum_mains_a is not None:
                yield limits.sum_mains_a - net_a
            if supplied.sum_limit is not None:
                yield supplied.sum_limit.limit_a - net_a
        if mode is Mode.SOLAR and supplied.solar is not None:
            yield limits.import_a - sum(supplied.solar.currents_a)
        evses, now_s = self._common.evses.values(), self._common.now.s
        all_ours_a = sum(sum(taken_a(evse, now_s)) for evse in evses)
        for pool in supplied.pools:
            yield pool.limit.limit_a - all_ours_a

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
