"""One total for several EVSEs: fair, and nobody below the least a car can take."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace

from profiles.limits import Limit
from profiles.units import floor_tenth


@dataclass(frozen=True, slots=True)
class Want:
    """What one EVSE could use: nothing, or from *min_a* to *max_a*, its own limits included.

    *charging*: it has current already and keeps it before others get any.
    """

    evse_id: int
    max_a: float
    min_a: float = 6.0
    charging: bool = False


def split(total: Limit, wants: Iterable[Want], admits: bool = True) -> dict[int, Limit]:
    """Return the share of each EVSE: what can be used of them is never above *total*.

    Who charges stays before who waits, then the lower id; as many as fit with their
    minimum are served, the others get 0 A. Not *admits*: nobody new. The served get equal
    shares, but none more than it can use as long as another can use it. Who cannot use
    its minimum is told its own maximum: it is not the total that keeps it from charging.
    Amperes are per phase, as if all used the same phases.

    >>> split(Limit(20, "circuit"), [Want(1, 32), Want(2, 8)])[1].limit_a
    12.0
    """
    wants = sorted(wants, key=lambda want: (not want.charging, want.evse_id))
    able = [want for want in wants if want.min_a <= want.max_a]
    unable = [want for want in wants if not want.min_a <= want.max_a]
    served = _served(total.limit_a, [want for want in able if admits or want.charging])
    shares_a = _shares_a(total.limit_a, served)
    parts = {
        want.evse_id: replace(
            total,
            limit_a=floor_tenth(shares_a.get(want.evse_id, 0.0)),
            source=_source(total, want, served),
        )
        for want in able
    }
    for want in unable:
        most_a = floor_tenth(min(want.max_a, total.limit_a))
        parts[want.evse_id] = replace(total, limit_a=most_a)
    return parts


def _served(total_a: float, wants: list[Want]) -> list[Want]:
    served = []
    for want in wants:
        if want.min_a <= total_a:
            served.append(want)
            total_a -= want.min_a
    return served


def _shares_a(total_a: float, served: list[Want]) -> dict[int, float]:
    """Fill to one level between each one's bounds; what nobody can use is spread evenly.

    The level lies where the shares add up to the total. Between two neighbouring bounds
    the sum is a straight line in the level, so it is found by walking the bounds.
    """
    most_a = sum(want.max_a for want in served)
    if total_a >= most_a:
        spare_a = math.inf if total_a == math.inf else (total_a - most_a) / max(len(served), 1)
        return {want.evse_id: want.max_a + spare_a for want in served}
    bounds = sorted({bound for want in served for bound in (want.min_a, want.max_a)})
    level_a = max(bound for bound in bounds if _sum_a(served, bound) <= total_a)
    rising = [want for want in served if want.min_a <= level_a < want.max_a]
    level_a += (total_a - _sum_a(served, level_a)) / len(rising)
    return {want.evse_id: _at_level(want, level_a) for want in served}


def _sum_a(served: list[Want], level_a: float) -> float:
    return sum(_at_level(want, level_a) for want in served)


def _at_level(want: Want, level_a: float) -> float:
    return min(max(level_a, want.min_a), want.max_a)


def _source(total: Limit, want: Want, served: list[Want]) -> str:
    if want not in served:
        return f"{total.source}, EVSE {want.evse_id} waits"
    return total.source if len(served) == 1 else f"{total.source}, shared by {len(served)}"
