"""Profiles on a machine that does not know the date.

Without a battery behind its clock a machine begins in the year its system was built, or in
1970, until a time server or the central system says what day it is. Until then nobody can
tell which dated schedule runs. So all profiles count, a default beside the profile of a
transaction too, and a dated one with the lowest limit it contains.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from profiles.schedule import Kind, Period, Profile, Unit
from profiles.units import ASSUMED_PHASES

EARLIEST = datetime(2025, 1, 1, tzinfo=UTC)  # older than this program: no clock is right there


def is_set(at: datetime) -> bool:
    """Return whether a clock that says *at* was ever set.

    One that was set before, and stood still while the power was off, is believed.
    """
    return at >= EARLIEST


def cautious(profile: Profile) -> Profile:
    """Return *profile* without its dates: what is absolute or recurring as its lowest period.

    A schedule that counts from the beginning of the charging needs no date and stays.
    """
    undated = replace(profile, valid_from=None, valid_to=None)
    if profile.kind is Kind.RELATIVE or profile.schedule.start_at is None:
        return undated
    schedule = profile.schedule
    lowest = min(schedule.periods, key=lambda period: _amperes(period, schedule.unit))
    always = replace(
        schedule, periods=(lowest._replace(start_s=0),), start_at=None, duration_s=None
    )
    return replace(undated, kind=Kind.RELATIVE, schedules=(always,))


def _amperes(period: Period, unit: Unit) -> float:
    """Return the current per phase of *period*, times the same voltage for all."""
    return period.limit if unit is Unit.A else period.limit / (period.phases or ASSUMED_PHASES)
