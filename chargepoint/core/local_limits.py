"""What limits each EVSE besides the profiles that count there: the gaps of a composite schedule.

2.0.1 K08, SC.04 (the schedule that is expected); 1.6 section 5.7.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chargepoint.core.evse import Evse
from profiles.limits import Limit, Origin
from profiles.pools import Over, Pool


def local_limits(
    evses: Iterable[Evse], shared: Iterable[Pool], phases: int
) -> dict[int, tuple[Limit, ...]]:
    """Return the local limits of each EVSE as they are now, and under 0 those of the station.

    What profiles set is not among them, nor an EVSE's part of it: the schedule has that itself.
    *phases* are those of the supply. *shared* are the pools that hold for longer
    than a moment. An override is over when it says so. A soft start, or what is regulated at
    this moment, says nothing of the next hours: what the meters leave in the end does.
    """
    station = tuple(
        _expected(per_phase(pool, phases))
        for pool in shared
        if pool.limit.origin is not Origin.CENTRAL
    )
    local = {}
    for evse in evses:
        local[evse.id] = (*map(_expected, filter(_lasts, evse.limits)), *station)
    return {0: station} | local if station else local


def _lasts(limit: Limit) -> bool:
    """Return whether *limit* is local, and more than an answer to this moment."""
    rises = limit.origin is Origin.STATION and limit.until_at is not None
    return limit.origin not in (Origin.EMS, Origin.CENTRAL) and not rises


def _expected(limit: Limit) -> Limit:
    """Return *limit* as it is reckoned with beyond the end that it knows."""
    return limit if limit.origin is Origin.PEOPLE else replace(limit, until_at=None)


def per_phase(pool: Pool, phases: int) -> Limit:
    """Return the limit of *pool* on each phase, where all phases are loaded alike."""
    over = phases if pool.over is Over.SUM else 1
    return replace(pool.limit, limit_a=pool.limit.limit_a / over)
