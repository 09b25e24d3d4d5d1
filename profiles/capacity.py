"""CAPACITY: what all phases of the grid connection may carry together, and until when.

A fixed sum, or one for each part of the day. The quarter-hour peak is in ``peak``; where
several hold, the smallest does.

Source: SmartEVSE's CAPACITY, modes fixed and interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most *sum_a* amperes over all phases; *why* is its name for people.

    *until_at* is when it changes by itself, None where it does not.
    """

    sum_a: float
    why: str
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DayPart:
    """From *begins* on, by the clock of the place, at most *sum_a* over all phases."""

    begins: time
    sum_a: float


def of_day(parts: Sequence[DayPart], at: datetime, zone: tzinfo) -> Ceiling | None:
    """Return what holds *at* by the clock of *zone*; None without *parts*.

    The last part that has begun holds; before the first one of the day it is the last of
    the day before. The clock decides: what it skips in spring has begun when it has
    jumped, and an hour that it repeats in autumn is lived through as it reads.

    >>> parts = [DayPart(time(7), 16.0), DayPart(time(22), 40.0)]
    >>> of_day(parts, datetime(2030, 1, 1, 3, tzinfo=UTC), UTC).why
    'capacity until 07:00'
    """
    if not parts:
        return None
    parts = sorted(parts, key=lambda part: part.begins)
    clock = at.astimezone(zone).time()
    begun = [part for part in parts if part.begins <= clock]
    holds = begun[-1] if begun else parts[-1]
    if len(parts) == 1:
        return Ceiling(holds.sum_a, "capacity all day")
    after = parts[len(begun) % len(parts)]
    until_at = _next(after.begins, at, zone)
    return Ceiling(holds.sum_a, f"capacity until {after.begins:%H:%M}", until_at)


def _next(clock: time, at: datetime, zone: tzinfo) -> datetime:
    """Return the first instant after *at* at which the clock of *zone* shows *clock*."""
    today = at.astimezone(zone).date()
    instants = (
        datetime.combine(today + timedelta(days=days), clock, zone).replace(fold=fold)
        for days in (0, 1)
        for fold in (0, 1)
    )
    return min(each for each in (one.astimezone(UTC) for one in instants) if each > at)
