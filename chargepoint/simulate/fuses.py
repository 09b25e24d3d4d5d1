"""Was any fuse above its limit for longer than cars need to follow? Pure.

What the house alone takes is not ours to prevent: but while it is above, nothing may be
drawn there. So time counts while a fuse is above its limit *and* one of our cars draws on
it, and counts anew when the house switches something on meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from chargepoint.core.config import StationConfig
from chargepoint.loop import READ_EVERY_S
from chargepoint.simulate.play import EvseSeen, Second
from profiles.drawn import FOLLOW_S
from profiles.limiter import SEVERE
from profiles.readings import USED_A

TOLERANCE_A = 0.1  # offers come in tenths
SWITCHED_A = 0.5  # a load that rises by so much gives the cars their time anew
REACTION_S = READ_EVERY_S + FOLLOW_S


@dataclass(slots=True)
class Fuse:
    """One conductor, or their sum. *late_s* is how long it was above its limit beyond what
    reading and reacting take, and beyond a grace at the minimum: it must stay 0."""

    name: str
    limit_a: float
    above_s: float = 0.0
    ours_s: float = 0.0
    late_s: float = 0.0
    highest_a: float = -inf
    first_late_s: float | None = None
    _since_s: float = inf
    _peak_a: float = 0.0
    _others_a: float = 0.0

    def see(self, at_s: float, current_a: float, ours_a: float, least: bool, hold_s: float) -> None:
        """Take one second. *least*: every car that draws here draws no more than its minimum,
        which may stay for *hold_s*, unless that is severe."""
        self.highest_a = max(self.highest_a, current_a)
        above = current_a > self.limit_a + TOLERANCE_A
        self.above_s += above
        if not above or ours_a < USED_A:
            self._since_s, self._peak_a, self._others_a = inf, 0.0, 0.0
            return
        self.ours_s += 1.0
        others_a = current_a - ours_a
        if self._since_s == inf or others_a > self._others_a + SWITCHED_A:
            self._since_s, self._peak_a, self._others_a = at_s, 0.0, others_a
        self._peak_a = max(self._peak_a, current_a)
        graceful = least and self._peak_a <= SEVERE * self.limit_a
        if at_s - self._since_s > REACTION_S + (hold_s if graceful else 0.0):
            self.late_s += 1.0
            self.first_late_s = at_s if self.first_late_s is None else self.first_late_s


class Fuses:
    """All fuses that the configuration names and a meter watches."""

    def __init__(self, config: StationConfig) -> None:
        limits = config.limits
        self._hold_s, self._min_a = limits.shortage_hold_s, limits.min_a
        rated = {"mains": limits.mains_a, "circuit": limits.circuit_a}
        self._sides = [
            (role, [Fuse(f"{role} L{n}", limit_a) for n in range(1, config.phases + 1)])
            for role, limit_a in rated.items()
            if role in config.meter_roles
        ]
        sum_a = limits.sum_mains_a if "mains" in config.meter_roles else None
        self._sum = None if sum_a is None else Fuse("mains sum", sum_a)

    def __iter__(self) -> Iterator[Fuse]:
        for _, fuses in self._sides:
            yield from fuses
        if self._sum is not None:
            yield self._sum

    @property
    def late_s(self) -> float:
        """Return how long any fuse was above its limit for too long, added up."""
        return sum(fuse.late_s for fuse in self)

    def see(self, second: Second) -> None:
        """Take one second."""
        ours = [self._ours(second.evses, phase) for phase in range(3)]
        readings = {"mains": second.mains, "circuit": second.circuit}
        for role, fuses in self._sides:
            for phase, fuse in enumerate(fuses):
                current_a = readings[role].currents_a[phase]
                fuse.see(second.at_s, current_a, *ours[phase], self._hold_s)
        if self._sum is not None:
            ours_a, least = sum(a for a, _ in ours), all(small for _, small in ours)
            self._sum.see(second.at_s, sum(second.mains.currents_a), ours_a, least, self._hold_s)

    def _ours(self, evses: tuple[EvseSeen, ...], phase: int) -> tuple[float, bool]:
        """Return what our cars draw from a phase, and whether none draws above its minimum."""
        drawing = [each for each in evses if each.currents_a[phase] >= USED_A]
        ours_a = sum(each.currents_a[phase] for each in drawing)
        most_a = self._min_a + TOLERANCE_A
        return ours_a, all(each.currents_a[phase] <= most_a for each in drawing)
