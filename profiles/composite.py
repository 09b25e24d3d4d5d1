"""Stack levels and purposes merged: the limit at an instant, the schedule over a window.

Of each group of profiles (profiles.stack) one leads; between groups the lowest limit
counts, whatever the levels.

Source: OCPP 2.0.1 part 2, K 3.5, SC.01, K02.FR.08, K08 and errata 2.36; OCPP 1.6
section 3.13.3 and 5.7 with errata 3.69.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import itemgetter

from profiles.course import FOREVER_S, course_of, instant, posix_s
from profiles.limits import Limit
from profiles.schedule import Period, Profile, Purpose, Unit
from profiles.stack import Change, Opinion, changes_of, groups_of, opinion_of
from profiles.units import Supply, amperes, floor_tenth, watts

SOURCE_WORDS = {
    Purpose.STATION_MAX: "ChargingStationMaxProfile",
    Purpose.EXTERNAL: "ChargingStationExternalConstraints",
    Purpose.TX_DEFAULT: "TxDefaultProfile",
    Purpose.TX: "TxProfile",
}


@dataclass(frozen=True, slots=True)
class Running:
    """What runs on an EVSE, as far as profiles care.

    *energy_offered_at* is when the EVSE was ready to give energy (authorized and plugged
    in): the origin of relative schedules. Keep it on a clock that does not step.
    """

    transaction_id: str | None = None
    energy_offered_at: datetime | None = None


NOTHING_RUNS = Running()


@dataclass(frozen=True, slots=True)
class Now:
    """The limits that profiles set at *at*; they may change at *until*, None: never.

    Until then they hold for as long as profiles, transaction and energy offer stay.
    """

    limits: tuple[Limit, ...]
    at: datetime
    until: datetime | None

    def holds(self, at: datetime) -> bool:
        """Return whether these are the limits at *at* too; no, when the clock stepped back."""
        return self.at <= at and (self.until is None or at < self.until)


# --- limit now --------------------------------------------------------------------------


def limits_at(
    profiles: Iterable[Profile], evse_id: int, running: Running, at: datetime, supply: Supply
) -> Now:
    """Return what the profiles allow EVSE *evse_id* at *at*: a Limit for each group.

    Where no energy was offered yet, relative schedules count as beginning now. The
    station's own limits are among them, in full: see station_limits_at.
    """
    at_s = posix_s(at)
    relative_s, is_moving = _relative_s(running, at_s), running.energy_offered_at is None
    limits = []
    first_s = FOREVER_S
    for group in groups_of(profiles, evse_id, running.transaction_id):
        until_s = FOREVER_S
        for profile in group:
            period, change_s = course_of(profile, relative_s, is_moving).period_at(at_s)
            until_s = min(until_s, change_s)
            if period is not None:
                limits.append(_limit(profile, period, supply, until_s))
                break
        first_s = min(first_s, until_s)
    return Now(tuple(limits), at, instant(first_s))


def station_limits_at(profiles: Iterable[Profile], at: datetime, supply: Supply) -> Now:
    """Return what the profiles allow all EVSEs together: to be shared among them (K04.FR.05)."""
    return limits_at(profiles, 0, NOTHING_RUNS, at, supply)


def _limit(profile: Profile, period: Period, supply: Supply, until_s: int) -> Limit:
    opinion = opinion_of(period, profile.schedule.unit)
    return Limit(
        floor_tenth(_amperes(opinion, supply)),
        f"{SOURCE_WORDS[profile.purpose]} {profile.id}",
        min(opinion.phases, supply.phases),
        instant(until_s),
        profile.origin,
    )


# --- composite schedule -----------------------------------------------------------------


def composite(
    profiles: Iterable[Profile],
    evse_id: int,
    running_by_evse: Mapping[int, Running],
    start: datetime,
    duration_s: int,
    unit: Unit,
    supply: Supply,
    local_a: Mapping[int, float],
) -> tuple[tuple[int, float, int], ...]:
    """Return (start_s, limit, phases) over *duration_s* from *start*, limits in *unit*.

    The first is at 0 and no two neighbours are equal; gaps hold the local limit. *local_a*
    names every EVSE with its local limit, and under 0 that of the station, if it has one.
    EVSE 0 is the sum of all, as if all used the same phases, under the station's limits
    (K08.FR.03). Without a duration the answer is one period for now.
    """
    profiles = tuple(profiles)
    window = _Window(profiles, posix_s(start), max(duration_s, 1), unit, supply, local_a)
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
    local_a: Mapping[int, float]


def _station_changes(
    window: _Window, running_by_evse: Mapping[int, Running]
) -> list[tuple[int, Opinion]]:
    evses = [
        _evse_changes(window, evse_id, running_by_evse.get(evse_id, NOTHING_RUNS))
        for evse_id in window.local_a
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
    local_a = window.local_a.get(0, math.inf)
    return _lowest([total, *groups], window, local_a)


def _evse_changes(window: _Window, evse_id: int, running: Running) -> list[tuple[int, Opinion]]:
    groups = _groups(window, evse_id, running)
    local_a = min(window.local_a[evse_id], window.local_a.get(0, math.inf))
    return _lowest(groups, window, local_a)


def _groups(window: _Window, evse_id: int, running: Running) -> list[list[Change]]:
    return changes_of(
        window.profiles,
        evse_id,
        running.transaction_id,
        _relative_s(running, window.start_s),
        window.start_s,
        window.start_s + window.length_s,
    )


def _lowest(
    groups: Iterable[Iterable[Change]], window: _Window, local_a: float
) -> list[tuple[int, Opinion]]:
    """Return the lowest of *groups* and the local limit wherever one of them changes.

    Limits stay in the unit they came in; those that must be converted are converted
    last: watts by their own phases, amperes by those of the result, which are the fewest
    that counted (errata 2.36).
    """
    supply, unit = window.supply, window.unit
    changes = []
    for at_s, opinions in _merged(groups, window.start_s):
        phases = min((opinion.phases for opinion in opinions), default=supply.phases)
        phases = min(phases, supply.phases)
        if unit is Unit.A:
            limit = min((_amperes(opinion, supply) for opinion in opinions), default=local_a)
            limit = min(limit, local_a)
        else:
            limit = min((_watts(opinion, supply, phases) for opinion in opinions), default=math.inf)
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


def _relative_s(running: Running, now_s: int) -> int:
    """Return the origin of relative schedules: now, where nothing was offered yet (K08.FR.06)."""
    if running.energy_offered_at is None:
        return now_s
    return min(posix_s(running.energy_offered_at), now_s)


def _amperes(opinion: Opinion, supply: Supply) -> float:
    if opinion.unit is Unit.A:
        return opinion.limit
    return amperes(opinion.limit, supply.voltage_v, opinion.phases)


def _watts(opinion: Opinion, supply: Supply, phases: int) -> float:
    if opinion.unit is Unit.W:
        return opinion.limit
    return watts(opinion.limit, supply.voltage_v, phases)
