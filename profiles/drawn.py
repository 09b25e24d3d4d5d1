"""What our EVSEs take from the grid: measured, or somewhere between what they were offered.

What a meter shows is known. What is offered is only heard some seconds later: until then a
car is anywhere between the least and the most of what it was offered lately.

Source: IEC 61851-1, a car follows a new offer within five seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from profiles.readings import Currents

FOLLOW_S = 5.0
FOLLOWED_A = 0.5  # a car that is this near above its offer has followed
NOTHING: Currents = (0.0, 0.0, 0.0)


class Trail(NamedTuple):
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


class Drawn(NamedTuple):
    """What one EVSE takes from each phase of the grid: *told_a* measured, or offered.

    It is at least *least_a* and at most *most_a*; the same where a meter shows it. *min_a*
    is what it needs on each of *phases* to go on, 0 when it does not charge. *idle_a* is
    what is kept for it of the sum, because it is offered something and does not ask: it is
    full, or has not begun. *waits*: it is offered nothing, and would take something.
    """

    told_a: Currents = NOTHING
    least_a: Currents = NOTHING
    most_a: Currents = NOTHING
    phases: frozenset[int] = frozenset({1, 2, 3})
    min_a: float = 0.0
    idle_a: float = 0.0
    waits: bool = False


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


def ours(drawn: Sequence[Drawn]) -> tuple[Ours, Ours, Ours]:
    """Return what *drawn* is together, conductor by conductor.

    >>> one = Drawn((8.0, 0.0, 0.0), (8.0, 0.0, 0.0), (8.0, 0.0, 0.0), frozenset({1}), 6.0)
    >>> ours([one, one])[0]
    Ours(told_a=16.0, least_a=16.0, most_a=16.0, minima_a=(6.0, 6.0))
    """
    told_a = _summed([one.told_a for one in drawn])
    least_a = _summed([one.least_a for one in drawn])
    most_a = _summed([one.most_a for one in drawn])
    charging = [one for one in drawn if one.min_a > 0.0]
    l1, l2, l3 = (
        Ours(
            told_a[n],
            least_a[n],
            most_a[n],
            tuple(sorted([one.min_a for one in charging if n + 1 in one.phases])),
        )
        for n in range(3)
    )
    return l1, l2, l3


def ours_of_all(drawn: Sequence[Drawn]) -> Ours:
    """Return what *drawn* is together, over all conductors."""
    return Ours(
        sum([sum(one.told_a) for one in drawn]),
        sum([sum(one.least_a) for one in drawn]),
        sum([sum(one.most_a) for one in drawn]),
        tuple(sorted([one.min_a * len(one.phases) for one in drawn if one.min_a > 0.0])),
    )


def _summed(each_a: Sequence[Currents]) -> Sequence[float]:
    return [sum(one_a) for one_a in zip(*each_a, strict=True)] or NOTHING
