"""What an EVSE takes from the grid, on which phases, and what its car may still be taking."""

from __future__ import annotations

from dataclasses import field
from functools import lru_cache
from math import inf

from chargepoint.core.evse import Evse
from chargepoint.core.power import ASKING
from chargepoint.core.session import State
from chargepoint.core.values import dataclass
from profiles.drawn import NOTHING, Drawn, Trail
from profiles.readings import USED_A, Currents, credible

FRESH_S = 5.0  # an EV meter older than this says nothing of what the car takes now
SPARE_A = 2.0  # a car that takes this much less than it may uses no more, ...
SPARE_AFTER_S = 60.0  # ... after so long


@dataclass(slots=True)
class Drawing:
    """What is seen of one EVSE, look by look.

    *drawn* is what it takes, *trail* what its car was offered. *uses_a* is the most that
    the car seems to use of what it is offered.
    """

    drawn: Drawn = field(default_factory=Drawn)
    trail: Trail = field(default_factory=Trail)
    uses_a: float = inf
    _spare_since_s: float | None = None

    def look(self, evse: Evse, min_a: float, tries: bool, now_s: float) -> None:
        """Take in what *evse* is offered and draws at *now_s*; one that *tries* has begun, or
        waits to, as if its car took one phase."""
        measured_a = metered_a(evse, now_s)
        self.trail = self.trail.after(evse.path.offer_a, now_s) if evse.energized else Trail()
        if measured_a is not None and evse.reading is not None:
            self.trail = self.trail.seen(max(measured_a), evse.reading.at_s)
        asks = evse.sensed is not None and evse.sensed.pilot in ASKING
        self._watch_use(evse.path.offer_a, asks, measured_a, now_s)
        phases = loaded(evse, measured_a)
        least_a = min_a if evse.path.offer_a > 0.0 else 0.0
        needs_a = least_a if asks else 0.0
        idle_a = 0.0 if asks else least_a * (1 if tries else len(phases))
        waits = evse.state is State.ACTIVE and evse.fault is None and least_a == 0.0
        if measured_a is not None:
            told_a = low_a = most_a = measured_a
        else:
            offers_a = (self.trail.offer_a, self.trail.least_a, self.trail.most_a)
            told_a, low_a, most_a = (_on(phases, offer_a) for offer_a in offers_a)
        self.drawn = Drawn(told_a, low_a, most_a, phases, needs_a, idle_a, waits)

    def _watch_use(
        self, offer_a: float, asks: bool, measured_a: Currents | None, now_s: float
    ) -> None:
        """See what a car makes of its offer: nothing before it asks, less when it is full."""
        self.uses_a = inf if asks or offer_a == 0.0 else 0.0
        used_a = inf if measured_a is None else max(measured_a)
        spare_a = SPARE_A if self._spare_since_s is None else SPARE_A / 2
        if not asks or used_a > offer_a - spare_a:
            self._spare_since_s = None
            return
        if self._spare_since_s is None:
            self._spare_since_s = now_s
        if now_s - self._spare_since_s >= SPARE_AFTER_S:
            self.uses_a = used_a + SPARE_A


def loaded(evse: Evse, measured_a: Currents | None) -> frozenset[int]:
    """Return the phases of the grid that the car at *evse* loads, or may.

    Those that are switched on, less those that it was seen not to use; what it is seen to
    use counts at once.
    """
    phases = _switched_on(evse.phases, evse.used_phases, evse.config.phase_map)
    if measured_a is None:
        return phases
    return phases.union([phase for phase in (1, 2, 3) if measured_a[phase - 1] >= USED_A])


@lru_cache(64)  # few combinations, asked for in every tick
def _switched_on(
    number: int, used_phases: frozenset[int], phase_map: tuple[int, int, int]
) -> frozenset[int]:
    active = frozenset((1, 2, 3)[:number])
    return frozenset(phase_map[n - 1] for n in used_phases & active or active)


def taken_a(evse: Evse, now_s: float) -> Currents:
    """Return what *evse* takes from each phase of the grid: measured, else what it is offered."""
    measured_a = metered_a(evse, now_s)
    if measured_a is not None:
        return measured_a
    return _on(loaded(evse, None), evse.path.offer_a if evse.energized else 0.0)


def metered_a(evse: Evse, now_s: float) -> Currents | None:
    """Return what the EVSE's own meter shows, on the phases of the grid."""
    reading = evse.reading
    if reading is None or now_s - reading.at_s > FRESH_S:
        return None
    return _on_grid(reading.currents_a, evse.config.phase_map)


@lru_cache(64)  # several ask in each tick what one reading says
def _on_grid(currents_a: Currents, phase_map: tuple[int, int, int]) -> Currents | None:
    """Return what a credible reading shows of each phase of the grid."""
    if not credible(currents_a):
        return None
    on_grid_a = [0.0, 0.0, 0.0]
    for phase, current_a in zip(phase_map, currents_a, strict=True):
        on_grid_a[phase - 1] += max(current_a, 0.0)
    return on_grid_a[0], on_grid_a[1], on_grid_a[2]


def _on(phases: frozenset[int], current_a: float) -> Currents:
    if current_a == 0.0:
        return NOTHING
    l1_a, l2_a, l3_a = (current_a if phase in phases else 0.0 for phase in (1, 2, 3))
    return l1_a, l2_a, l3_a
