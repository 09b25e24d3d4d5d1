"""What came of it, EVSE by EVSE: energy by where it came from, switching, and the reasons."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import field

from chargepoint.core.values import dataclass
from chargepoint.simulate.day import HOUR_S, Car
from chargepoint.simulate.play import STEP_S, EvseSeen, Second

SLACK_A = 1.0  # a car that takes so much less than offered is its own limit
STEADY_S = 10.0  # after so long under an offer it is no longer on its way up
THE_CAR = "the car takes less"
CAR_FULL = "the car is full"
NUMBERS = re.compile(r":?( [-+]?\d[\d./]*( (A|W|kW|s|min|%))?)+$")


@dataclass(frozen=True, slots=True)
class Visit:
    """One car from plug to unplug; *left_s* None: it is still there at the end."""

    evse_id: int
    car: Car
    came_s: float
    left_s: float | None
    got_wh: float

    @property
    def missing_wh(self) -> float:
        """Return what it wanted and did not get; nothing where it named no amount."""
        return max(0.0, (self.car.energy_wh or 0.0) - self.got_wh)


@dataclass(slots=True)
class EvseTally:
    """The sums of one EVSE. *sun_wh* is what it took of what the house left of roof and
    battery. *reasons* counts the seconds with a car by what held the current."""

    evse_id: int
    sun_wh: float = 0.0
    grid_wh: float = 0.0
    starts: int = 0
    closings: int = 0
    phase_switches: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    visits: list[Visit] = field(default_factory=list)
    reason: str = ""
    _seen: EvseSeen | None = None
    _came_s: float = 0.0
    _offered_s: float = 0.0
    _phases: int = 0

    def see(self, at_s: float, now: EvseSeen, sun_part: float) -> None:
        """Take one second, *sun_part* of whose energy came from the sun."""
        self._count_switching(at_s, now)
        self._count_visits(at_s, now)
        wh = now.power_w * STEP_S / HOUR_S
        self.sun_wh += wh * sun_part
        self.grid_wh += wh * (1.0 - sun_part)
        self.reason = self._reason(at_s, now) if now.car is not None else ""
        if self.reason:
            self.reasons[self.reason] += 1
        self._seen = now

    def end(self) -> None:
        """Book the car that is still there."""
        if self._seen is not None and self._seen.car is not None:
            self._book(self._seen, None)

    def _count_switching(self, at_s: float, now: EvseSeen) -> None:
        before = self._seen
        if now.offer_a > 0.0 and (before is None or before.offer_a == 0.0):
            self.starts += 1
            self._offered_s = at_s
        if now.sensed.main_closed and not (before and before.sensed.main_closed):
            self.closings += 1
            phases = 3 if now.sensed.second_closed else 1
            self.phase_switches += self._phases not in (0, phases)
            self._phases = phases

    def _count_visits(self, at_s: float, now: EvseSeen) -> None:
        before = self._seen.car if self._seen is not None else None
        if now.car is before:
            return
        if self._seen is not None and before is not None:
            self._book(self._seen, at_s)
        self._came_s, self._phases = at_s, 0

    def _book(self, last: EvseSeen, left_s: float | None) -> None:
        assert last.car is not None
        visit = Visit(self.evse_id, last.car, self._came_s, left_s, last.got_wh)
        self.visits.append(visit)

    def _reason(self, at_s: float, now: EvseSeen) -> str:
        car = now.car
        if car is not None and car.energy_wh is not None and now.got_wh >= car.energy_wh:
            return CAR_FULL
        steady = now.offer_a > 0.0 and at_s - self._offered_s >= STEADY_S
        if steady and max(now.currents_a) < now.offer_a - SLACK_A:
            return THE_CAR
        return short(now.binding.source)


def short(source: str) -> str:
    """Return *source* without the numbers at its end, which move from second to second.

    >>> short("mains L2 24.6/25 A, shared by 2"), short("MAX 16 A")
    ('mains L2', 'MAX')
    """
    said = source.split(",")[0]
    return NUMBERS.sub("", said) or said


def sun_part(second: Second) -> float:
    """Return the part of our cars' power that roof and battery give: the house takes first."""
    ours_w = sum(evse.power_w for evse in second.evses)
    if ours_w <= 0.0:
        return 0.0
    left_w = ours_w - (second.mains.power_w or 0.0)
    return min(max(left_w / ours_w, 0.0), 1.0)


class Tally:
    """The sums of all EVSEs."""

    def __init__(self, evse_ids: Iterable[int]) -> None:
        self.evses = {evse_id: EvseTally(evse_id) for evse_id in evse_ids}
        self.seconds = 0

    def see(self, second: Second) -> None:
        """Take one second."""
        self.seconds += 1
        part = sun_part(second)
        for each in second.evses:
            self.evses[each.evse_id].see(second.at_s, each, part)

    def end(self) -> None:
        """The last second was seen."""
        for each in self.evses.values():
            each.end()

    @property
    def visits(self) -> list[Visit]:
        """Return all visits in the order in which they began."""
        visits = [visit for each in self.evses.values() for visit in each.visits]
        return sorted(visits, key=lambda visit: (visit.came_s, visit.evse_id))
