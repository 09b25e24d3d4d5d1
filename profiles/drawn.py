"""What our EVSEs take from the grid: measured, or somewhere between what they were offered.

What a meter shows is known. What is offered is only heard some seconds later: until then a
car is anywhere between the least and the most of what it was offered lately.

Source: IEC 61851-1, a car follows a new offer within five seconds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from profiles.pools import CONDUCTORS, Over
from profiles.readings import Currents

FOLLOW_S = 5.0
FOLLOWED_A = 0.5  # a car that is this near above its offer has followed
NOTHING: Currents = (0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Trail:
    """What one car is offered, and what it was offered before and may not have left yet.

    *past* are former offers with the time at which they ended, oldest first.
    """

    offer_a: float = 0.0
    past: tuple[tuple[float, float], ...] = ()

    def after(self, offer_a: float, now_s: float) -> Trail:
        """Return the trail with what is offered now, without what no car can still be at."""
        if offer_a == self.offer_a and not self.past:
            return self
        past = tuple(former for former in self.past if former[0] > now_s - FOLLOW_S)
        if offer_a != self.offer_a:
            past = (*past, (now_s, self.offer_a))
        return Trail(offer_a, past)

    def seen(self, current_a: float, at_s: float) -> Trail:
        """Return the trail after a meter showed *current_a*: a car that takes no more than
        it is offered has left what it was offered before."""
        if not self.past or current_a > self.offer_a + FOLLOWED_A:
            return self
        past = tuple(f for f in self.past if f[0] >= at_s or f[1] < self.offer_a)
        return Trail(self.offer_a, past)

    @property
    def least_a(self) -> float:
        """Return the least that the car may be taking if it takes what it is offered."""
        return min((self.offer_a, *(former_a for _, former_a in self.past)))

    @property
    def most_a(self) -> float:
        """Return the most that the car may still be taking: a cut may not have arrived."""
        return max((self.offer_a, *(former_a for _, former_a in self.past)))


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one EVSE takes from each phase of the grid: *told_a* measured, or offered.

    It is at least *least_a* and at most *most_a*; the same where a meter shows it. *min_a*
    is what it needs on each of *phases* to go on, 0 when it does not charge. *idle_a* is
    what is kept for it of the sum, because it is offered something and does not ask: it is
    full, or has not begun.
    """

    told_a: Currents = NOTHING
    least_a: Currents = NOTHING
    most_a: Currents = NOTHING
    phases: frozenset[int] = frozenset({1, 2, 3})
    min_a: float = 0.0
    idle_a: float = 0.0


class Ours(NamedTuple):
    """What all EVSEs together take of one conductor, or of the sum of all.

    *minima_a* are what those that charge need of it to go on, smallest first.
    """

    told_a: float
    least_a: float
    most_a: float
    minima_a: tuple[float, ...]

    def needed_a(self, set_a: float) -> float:
        """Return the least of *set_a* that those who charge now can go on with."""
        needed_a = 0.0
        for min_a in self.minima_a:
            if needed_a + min_a > set_a:
                break
            needed_a += min_a
        return needed_a


def ours(drawn: Iterable[Drawn], over: Over) -> Ours:
    """Return what *drawn* is together *over* one conductor, or the sum of all.

    >>> one = Drawn((8.0, 0.0, 0.0), (8.0, 0.0, 0.0), (8.0, 0.0, 0.0), frozenset({1}), 6.0)
    >>> ours([one, one], Over.SUM)
    Ours(told_a=16.0, least_a=16.0, most_a=16.0, minima_a=(6.0, 6.0))
    """
    told_a = least_a = most_a = 0.0
    minima_a = []
    if over is Over.SUM:
        for one in drawn:
            told_a += sum(one.told_a)
            least_a += sum(one.least_a)
            most_a += sum(one.most_a)
            if one.min_a > 0.0:
                minima_a.append(one.min_a * len(one.phases))
    else:
        phase = CONDUCTORS.index(over)
        for one in drawn:
            told_a += one.told_a[phase]
            least_a += one.least_a[phase]
            most_a += one.most_a[phase]
            if one.min_a > 0.0 and phase + 1 in one.phases:
                minima_a.append(one.min_a)
    return Ours(told_a, least_a, most_a, tuple(sorted(minima_a)))
