"""Was any fuse above its limit for longer than cars need to follow? Pure.

What the house alone takes is not ours to prevent, and what it switches on comes without a
word. So what our cars draw now is held against the least that the house took for as long
as they had to follow: if even that leaves less room, they are late.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import field
from math import inf

from chargepoint.core.config import StationConfig
from chargepoint.core.values import dataclass
from chargepoint.loop import READ_EVERY_S
from chargepoint.simulate.play import EvseSeen, Second
from profiles.drawn import FOLLOW_S
from profiles.limiter import SEVERE
from profiles.readings import USED_A

TOLERANCE_A = 0.1  # offers come in tenths
REACTION_S = READ_EVERY_S + FOLLOW_S


@dataclass(slots=True)
class Fuse:
    """One conductor, or their sum; the cars at their minimum may stay there for *hold_s*.
    *above_s* counts the seconds above the limit, *ours_s* those of them in which a car draws
    here, *late_s* those in which it should draw less since long: it must stay 0."""

    name: str
    limit_a: float
    hold_s: float = 0.0
    above_s: float = 0.0
    ours_s: float = 0.0
    late_s: float = 0.0
    highest_a: float = -inf
    first_late_s: float | None = None
    _recent: deque[tuple[float, float]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self._recent = deque(maxlen=_samples(REACTION_S + self.hold_s))

    def see(self, at_s: float, current_a: float, ours_a: float, least: bool) -> None:
        """Take one second. *least*: none of the cars that draw here draws above its minimum."""
        self.highest_a = max(self.highest_a, current_a)
        self._recent.append((current_a - ours_a, current_a))
        if current_a <= self.limit_a + TOLERANCE_A:
            return
        self.above_s += 1.0
        if ours_a < USED_A:
            return
        self.ours_s += 1.0
        if self._late(ours_a, least):
            self.late_s += 1.0
            self.first_late_s = at_s if self.first_late_s is None else self.first_late_s

    def _late(self, ours_a: float, least: bool) -> bool:
        """Return whether *ours_a* was too much all the time that the cars had to follow."""
        peak_a = max(current_a for _, current_a in self._recent)
        graceful = least and peak_a <= SEVERE * self.limit_a
        samples = _samples(REACTION_S + (self.hold_s if graceful else 0.0))
        if len(self._recent) < samples:
            return False
        others_a = [house_a for house_a, _ in self._recent][-samples:]
        return ours_a + min(others_a) > self.limit_a + TOLERANCE_A


def _samples(seconds: float) -> int:
    """Return how many looks, one a second, lie more than *seconds* apart from end to end."""
    return int(seconds) + 2


class Fuses:
    """All fuses that the configuration names and a meter watches."""

    def __init__(self, config: StationConfig) -> None:
        limits = config.limits
        hold_s, self._min_a = limits.shortage_hold_s, limits.min_a
        rated = {"mains": limits.mains_a, "circuit": limits.circuit_a}
        self._sides = [
            (role, [Fuse(f"{role} L{n}", limit_a, hold_s) for n in range(1, config.phases + 1)])
            for role, limit_a in rated.items()
            if role in config.meter_roles
        ]
        sum_a = limits.sum_mains_a if "mains" in config.meter_roles else None
        self._sum = None if sum_a is None else Fuse("mains sum", sum_a, hold_s)

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
                fuse.see(second.at_s, current_a, *ours[phase])
        if self._sum is not None:
            ours_a, least = sum(a for a, _ in ours), all(small for _, small in ours)
            self._sum.see(second.at_s, sum(second.mains.currents_a), ours_a, least)

    def _ours(self, evses: tuple[EvseSeen, ...], phase: int) -> tuple[float, bool]:
        """Return what our cars draw from a phase, and whether none draws above its minimum."""
        drawing = [each for each in evses if each.currents_a[phase] >= USED_A]
        ours_a = sum(each.currents_a[phase] for each in drawing)
        most_a = self._min_a + TOLERANCE_A
        return ours_a, all(each.currents_a[phase] <= most_a for each in drawing)
