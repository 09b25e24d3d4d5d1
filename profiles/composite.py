"""The composite schedule: stack levels and purposes merged, over a window.

Of each group of profiles (profiles.stack) one leads; between groups the lowest limit
counts, whatever the levels.

Source: OCPP 2.0.1 part 2, K 3.5, SC.01, SC.04, K08 and errata 2.36; OCPP 1.6 section
3.13.3 and 5.7 with errata 3.69.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from math import inf
from operator import itemgetter

from profiles.course import posix_s
from profiles.limit_now import NOTHING_RUNS, Running, relative_s
from profiles.limits import Limit
from profiles.schedule import Profile, Purpose, Unit
from profiles.stack import groups_of
from profiles.sweep import MOST_PHASES, Change, changes_of
from profiles.undated import is_set
from profiles.units import Supply, floor_tenth


def composite(
    profiles: Iterable[Profile],
    evse_id: int,
    running_by_evse: Mapping[int, Running],
    start: datetime,
    duration_s: int,
    unit: Unit,
    supply: Supply,
    local: Mapping[int, Sequence[Limit]],
    sharing: Collection[int] = (),
) -> tuple[tuple[int, float, int], ...]:
    """Return (start_s, limit, phases) over *duration_s* from *start*, limits in *unit*.

    The first is at 0 and no two neighbours are equal; gaps hold the local limit. *local*
    names every EVSE with its local limits, and under 0 those of the station, if it has any;
    one that says until when it holds is over then.
    EVSE 0 is the sum of all, as if all used the same phases, under the station's limits
    (K08.FR.03). One EVSE gets its fair part of a station maximum that the EVSEs *sharing* it
    need as well, whatever it and they may take by then (SC.04). Without a duration the answer
    is one period for now.
    """
    profiles = tuple(profiles)
    window = _Window(
        profiles, posix_s(start), max(duration_s, 1), unit, supply, is_set(start), local
    )
    segments = (
        _station_segments(window, running_by_evse)
        if evse_id == 0
        else _shared_segments(window, evse_id, running_by_evse, sharing)
    )
    start_s = window.start_s
    told = [(at_s - start_s, floor_tenth(limit), phases) for at_s, limit, phases in segments]
    return tuple(next(alike) for _, alike in groupby(told, key=SAYS))


Segment = tuple[int, float, int]  # from this second on: limit in the unit asked for, phases
BEGINS, SAYS = itemgetter(0), itemgetter(1, 2)


@dataclass(frozen=True, slots=True)
class _Window:
    profiles: Sequence[Profile]
    start_s: int
    length_s: int
    unit: Unit
    supply: Supply
    dated: bool
    local: Mapping[int, Sequence[Limit]]


def _station_segments(window: _Window, running_by_evse: Mapping[int, Running]) -> list[Segment]:
    """Return the sum of all EVSEs under the limits of the station."""
    evses: list[list[Change]] = []
    for evse_id in window.local:
        if evse_id > 0:
            evses.append(_changes(_evse_segments(window, evse_id, running_by_evse)))
    total: list[Change] = []
    for at_s, limits, _, phases in _merged(evses, window.start_s, (0.0, 1)):
        limit = sum(limits)
        in_unit = (limit, inf) if window.unit is Unit.A else (inf, limit)
        total.append((at_s, *in_unit, max(phases)))
    return _lowest([total, *_groups(window, 0, NOTHING_RUNS)], window, [0])


def _evse_segments(
    window: _Window, evse_id: int, running_by_evse: Mapping[int, Running]
) -> list[Segment]:
    running = running_by_evse.get(evse_id, NOTHING_RUNS)
    return _lowest(_groups(window, evse_id, running), window, [0, evse_id])


def _shared_segments(
    window: _Window,
    evse_id: int,
    running_by_evse: Mapping[int, Running],
    sharing: Collection[int],
) -> list[Segment]:
    """Return what one EVSE may take while the others that share take what they may."""
    own = _evse_segments(window, evse_id, running_by_evse)
    maxima = [profile for profile in window.profiles if profile.purpose is Purpose.STATION_MAX]
    others = [other for other in sharing if other != evse_id]
    if not maxima or not others:
        return own
    most = _lowest(_groups(replace(window, profiles=maxima), 0, NOTHING_RUNS), window, [])
    theirs = [_evse_segments(window, other, running_by_evse) for other in others]
    changes = [_changes(segments) for segments in (own, most, *theirs)]
    parts: list[Segment] = []
    for at_s, limits, _, phases in _merged(changes, window.start_s, (inf, MOST_PHASES)):
        _, may_take, room, *they_take = limits
        parts.append((at_s, _fair_part(room, may_take, they_take), phases[1]))
    return parts


def _fair_part(room: float, may_take: float, they_take: Iterable[float]) -> float:
    """Return what one gets of *room* when nobody can have more without a poorer one losing.

    >>> _fair_part(20.0, 32.0, [32.0, 4.0])
    8.0
    """
    sharers = sorted([may_take, *they_take])
    for served, limit in enumerate(sharers):
        part = room / (len(sharers) - served)
        if limit >= part:
            return min(may_take, part)
        room -= limit
    return may_take


def _changes(segments: Iterable[Segment]) -> list[Change]:
    return [(at_s, limit, inf, phases) for at_s, limit, phases in segments]


def _groups(window: _Window, evse_id: int, running: Running) -> list[list[Change]]:
    start_s = window.start_s
    origin_s, end_s = relative_s(running, start_s), start_s + window.length_s
    groups = groups_of(window.profiles, evse_id, running.transaction_id, window.dated)
    return [
        changes_of(group, origin_s, start_s, end_s, window.unit, window.supply) for group in groups
    ]


def _lowest(
    groups: Sequence[list[Change]], window: _Window, places: Iterable[int]
) -> list[Segment]:
    """Return the lowest of *groups* and of the local limits at *places*, wherever one changes.

    Amperes become watts last, on the phases of the result, which are the fewest that
    counted (errata 2.36).
    """
    local = [limit for place in places for limit in window.local.get(place, ())]
    lasting = [limit for limit in local if limit.until_at is None]
    always = (
        min((limit.limit_a for limit in lasting), default=inf),
        min([window.supply.phases, *(limit.phases for limit in lasting)]),
    )
    passing = [
        _passing(limit, posix_s(limit.until_at), window)
        for limit in local
        if limit.until_at is not None
    ]
    voltage_v, in_amperes = window.supply.voltage_v, window.unit is Unit.A
    segments: list[Segment] = []
    for at_s, limits_a, limits_w, counted in _merged([*groups, *passing], window.start_s, always):
        phases = min(counted)
        limit = min(limits_a)
        if not in_amperes:
            limit = min(limit * voltage_v * phases, *limits_w)
        segments.append((at_s, limit, phases))
    return segments


def _passing(limit: Limit, until_s: int, window: _Window) -> list[Change]:
    """Return a local limit that is over at *until_s*, within the window or later."""
    holds: Change = (window.start_s, limit.limit_a, inf, limit.phases)
    if until_s >= window.start_s + window.length_s:
        return [holds]
    return [holds, (max(until_s, window.start_s), inf, inf, MOST_PHASES)]


def _merged(
    groups: Sequence[Sequence[Change]], start_s: int, always: tuple[float, int]
) -> Iterator[tuple[int, list[float], list[float], list[int]]]:
    """Yield the amperes, watts and phases that hold from each second on at which any of
    *groups* changes. The first of each is *always* there. The lists change in the next step.
    """
    limits_a, limits_w, phases = [always[0]], [inf], [always[1]]
    limits_a += [inf] * len(groups)
    limits_w += [inf] * len(groups)
    phases += [MOST_PHASES] * len(groups)
    coming = [(*change, index) for index, group in enumerate(groups, 1) for change in group]
    since_s = start_s
    for at_s, limit_a, limit_w, counted, index in sorted(coming, key=BEGINS):
        if at_s > since_s:
            yield since_s, limits_a, limits_w, phases
            since_s = at_s
        limits_a[index], limits_w[index], phases[index] = limit_a, limit_w, counted
    yield since_s, limits_a, limits_w, phases
