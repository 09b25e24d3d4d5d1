"""What limits each EVSE besides the profiles that count there: the gaps of a composite schedule.

2.0.1 K08, SC.04 (the schedule that is expected, the part of a shared limit included); 1.6
section 5.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chargepoint.core.evse import Evse
from profiles.limits import Limit, Origin, combine
from profiles.pools import Over, Pool


def local_limits(
    evses: Iterable[Evse],
    counting: Mapping[int, Iterable[Limit]],
    shared: Iterable[Pool],
    phases: int,
) -> dict[int, Limit]:
    """Return the local limit of each EVSE as it is now, and under 0 that of the station.

    *counting* are the limits that profiles set on each EVSE, which the schedule has itself. A
    station maximum that is shared with others is not among them: the EVSE's part of it
    is local. *phases* are those of the supply.
    """
    local = {}
    for evse in evses:
        theirs = {limit.source for limit in counting[evse.id]}
        local[evse.id] = combine(each for each in evse.limits if each.source not in theirs)
    station = [
        per_phase(pool, phases) for pool in shared if pool.limit.origin is not Origin.CENTRAL
    ]
    return {0: combine(station)} | local if station else local


def per_phase(pool: Pool, phases: int) -> Limit:
    """Return the limit of *pool* on each phase, where all phases are loaded alike."""
    over = phases if pool.over is Over.SUM else 1
    return replace(pool.limit, limit_a=pool.limit.limit_a / over)
