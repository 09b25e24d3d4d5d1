"""The composite schedule: stack levels and purposes merged, over a window.

Of each group of profiles (profiles.stack) one leads; between groups the lowest limit
counts, whatever the levels.

Source: OCPP 2.0.1 part 2, K 3.5, SC.01, SC.04, K08 and errata 2.36; OCPP 1.6 section
3.13.3 and 5.7 with errata 3.69.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter

from profiles.course import posix_s
from profiles.limit_now import NOTHING_RUNS, Running, relative_s
from profiles.limits import Limit
from profiles.schedule import Profile, Unit
from profiles.stack import Change, Opinion, changes_of
from profiles.undated import is_set
from profiles.units import Supply, floor_tenth, watts


def composite(
    profiles: Iterable[Profile],
    evse_id: int,
    running_by_evse: Mapping[int, Running],
    start: datetime,
    duration_s: int,
    unit: Unit,
    supply: Supply,
    local: Mapping[int, Limit],
) -> tuple[tuple[int, float, int], ...]:
    """Return (start_s, limit, phases) over *duration_s* from *start*, limits in *unit*.

    The first is at 0 and no two neighbours are equal; gaps hold the local limit. *local*
    names every EVSE with its local limit, and under 0 that of the station, if it has one.
    EVSE 0 is the sum of all, as if all used the same phases, under the station's limits
    (K08.FR.03). Without a duration the answer is one period for now.
    """
    profiles = tuple(profiles)
    window = _Window(
        profiles, posix_s(start), max(duration_s, 1), unit, supply, is_set(start), local
    )
    changes = (
        _station_changes(window, running_by_evse)
        if evse_id == 0
        else _evse_changes(window, evse_id, running_by_evse.get(evse_id, NOTHING_RUNS))
    )
    periods: list[tuple[int, float, int]] = []
    for start_s, opinion in changes:
        limit = floor_tenth(opinion.limit)
        if not periods or periods[-1][1:] != (limit, opinion.phases):
            periods.append((start_s - window.start_s, limit, opinion.phases))
    return tuple(periods)


@dataclass(frozen=True, slots=True)
class _Window:
    profiles: Sequence[Profile]
    start_s: int
    length_s: int
    unit: Unit
    supply: Supply
    dated: bool
    local: Mapping[int, Limit]


def _station_changes(
    window: _Window, running_by_evse: Mapping[int, Running]
) -> list[tuple[int, Opinion]]:
    evses = [
        _evse_changes(window, evse_id, running_by_evse.get(evse_id, NOTHING_RUNS))
        for evse_id in window.local
        if evse_id > 0
    ]
    total: list[Change] = [
        (
            at_s,
            Opinion(
                sum(opinion.limit for opinion in opinions),
                window.unit,
                max((opinion.phases for opinion in opinions), default=window.supply.phases),
            ),
        )
        for at_s, opinions in _merged(evses, window.start_s)
    ]
    groups = _groups(window, 0, NOTHING_RUNS)
    return _lowest([total, *groups], window, [0])


def _evse_changes(window: _Window, evse_id: int, running: Running) -> list[tuple[int, Opinion]]:
    groups = _groups(window, evse_id, running)
    return _lowest(groups, window, [0, evse_id])


def _groups(window: _Window, evse_id: int, running: Running) -> list[list[Change]]:
    return changes_of(
        window.profiles,
        evse_id,
        running.transaction_id,
        relative_s(running, window.start_s),
        window.start_s,
        window.start_s + window.length_s,
        window.dated,
    )


def _lowest(
    groups: Iterable[Iterable[Change]], window: _Window, places: Iterable[int]
) -> list[tuple[int, Opinion]]:
    """Return the lowest of *groups* and of the local limits at *places*, wherever it may change.

    Limits stay in the unit they came in; those that must be converted are converted
    last: watts by their own phases, amperes by those of the result, which are the fewest
    that counted (errata 2.36).
    """
    supply, unit = window.supply, window.unit
    local = [window.local[place] for place in places if place in window.local]
    local_a = min((limit.limit_a for limit in local), default=math.inf)
    most_phases = min([supply.phases, *(limit.phases for limit in local)])
    changes = []
    for at_s, opinions in _merged(groups, window.start_s):
        phases = min([most_phases, *(opinion.phases for opinion in opinions)])
        if unit is Unit.A:
            limit = min((opinion.amperes(supply) for opinion in opinions), default=local_a)
            limit = min(limit, local_a)
        else:
            limit = min((opinion.watts(supply, phases) for opinion in opinions), default=math.inf)
            limit = min(limit, watts(local_a, supply.voltage_v, phases))
        changes.append((at_s, Opinion(limit, unit, phases)))
    return changes


def _merged(
    groups: Iterable[Iterable[Change]], start_s: int
) -> Iterator[tuple[int, list[Opinion]]]:
    """Yield the opinions that hold from each second on at which any of *groups* changes."""
    tagged = ([(*change, index) for change in group] for index, group in enumerate(groups))
    held: dict[int, Opinion] = {}
    since_s = start_s
    for at_s, opinion, index in sorted(chain.from_iterable(tagged), key=itemgetter(0)):
        if at_s > since_s:
            yield since_s, list(held.values())
            since_s = at_s
        if opinion is None:
            del held[index]
        else:
            held[index] = opinion
    yield since_s, list(held.values())
