"""The limit now: what the profiles allow at an instant, and until when that stays so.

Source: OCPP 2.0.1 part 2, K 3.5, SC.01, K02.FR.08; OCPP 1.6 section 3.13.3.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from profiles.course import FOREVER_S, course_of, instant, posix_s
from profiles.limits import Limit
from profiles.schedule import Period, Profile, Purpose
from profiles.stack import groups_of, opinion_of
from profiles.undated import EARLIEST, is_set
from profiles.units import Supply, floor_tenth

SOURCE_WORDS = {
    Purpose.STATION_MAX: "ChargingStationMaxProfile",
    Purpose.EXTERNAL: "ChargingStationExternalConstraints",
    Purpose.TX_DEFAULT: "TxDefaultProfile",
    Purpose.TX: "TxProfile",
}


class Running(NamedTuple):
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
    *least_a* is the rate below which charging is inefficient: a hint for who shares
    (minChargingRate, K01.FR.21), never a floor.
    """

    limits: tuple[Limit, ...]
    at: datetime
    until: datetime | None
    least_a: float = 0.0

    def holds(self, at: datetime) -> bool:
        """Return whether these are the limits at *at* too; no, when the clock stepped back."""
        return self.at <= at and (self.until is None or at < self.until)


def limits_at(
    profiles: Iterable[Profile], evse_id: int, running: Running, at: datetime, supply: Supply
) -> Now:
    """Return what the profiles allow EVSE *evse_id* at *at*: a Limit for each group.

    Where no energy was offered yet, relative schedules count as beginning now. The
    station's own limits are among them, in full: see station_limits_at. Before the clock
    was set dated profiles count with the lowest limit they contain.
    """
    dated = is_set(at)
    at_s = posix_s(at)
    origin_s, is_moving = relative_s(running, at_s), running.energy_offered_at is None
    limits = []
    first_s, least_a = FOREVER_S, 0.0
    for group in groups_of(profiles, evse_id, running.transaction_id, dated):
        until_s = FOREVER_S
        for profile in group:
            period, change_s = course_of(profile, origin_s, is_moving).period_at(at_s)
            until_s = min(until_s, change_s)
            if period is not None:
                limits.append(_limit(profile, period, supply, until_s, dated))
                least_a = max(least_a, _least_a(profile, period, supply))
                break
        first_s = min(first_s, until_s)
    until = instant(first_s) if dated else EARLIEST
    return Now(tuple(limits), at, until, least_a)


def station_limits_at(profiles: Iterable[Profile], at: datetime, supply: Supply) -> Now:
    """Return what the profiles allow all EVSEs together: to be shared among them (K04.FR.05)."""
    return limits_at(profiles, 0, NOTHING_RUNS, at, supply)


def _limit(profile: Profile, period: Period, supply: Supply, until_s: int, dated: bool) -> Limit:
    opinion = opinion_of(period, profile.schedule.unit)
    return Limit(
        floor_tenth(opinion.amperes(supply)),
        f"{SOURCE_WORDS[profile.purpose]} {profile.id}{'' if dated else ', clock not set'}",
        min(opinion.phases, supply.phases),
        instant(until_s),
        profile.origin,
    )


def _least_a(profile: Profile, period: Period, supply: Supply) -> float:
    least = profile.schedule.min_rate
    if least is None:
        return 0.0
    return opinion_of(period._replace(limit=least), profile.schedule.unit).amperes(supply)


def relative_s(running: Running, now_s: int) -> int:
    """Return the origin of relative schedules: now, where nothing was offered yet (K08.FR.06)."""
    if running.energy_offered_at is None:
        return now_s
    return min(posix_s(running.energy_offered_at), now_s)
