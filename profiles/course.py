"""When a profile speaks: its validity, its origin, its periods, in whole POSIX seconds."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from profiles.schedule import Kind, Period, Profile

FOREVER_S = 1 << 62  # later than any date; still adds up without overflow
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
START_S = itemgetter(0)  # of a period
RELATIVE, RECURRING = Kind.RELATIVE, Kind.RECURRING  # Enum looks its members up slowly


def posix_s(at: datetime) -> int:
    """Return *at*, aware, in whole seconds since 1970, rounded down."""
    return (at - EPOCH) // _SECOND


def instant(at_s: int) -> datetime | None:
    """Return the date of *at_s*; None for FOREVER_S."""
    return EPOCH + timedelta(seconds=at_s) if at_s < FOREVER_S else None


class Course(NamedTuple):
    """The times of one profile: its schedule starts at *first_s* and every *every_s* after.

    Each run lasts *length_s*, and is heard only from *valid_from_s* up to *valid_to_s*.
    What never ends is FOREVER_S.
    """

    periods: tuple[Period, ...]
    first_s: int
    every_s: int
    length_s: int
    valid_from_s: int
    valid_to_s: int

    def period_at(self, at_s: int) -> tuple[Period | None, int]:
        """Return the period that runs at *at_s*, and until when that stays so.

        None where the profile is not valid, has not begun, or is over: K01.FR.11, .12,
        .13, .30, .36, .37.
        """
        if at_s < self.valid_from_s:
            return None, self.valid_from_s
        if at_s >= self.valid_to_s:
            return None, FOREVER_S
        count = (at_s - self.first_s) // self.every_s
        if count < 0:
            return None, min(self.first_s, self.valid_to_s)
        origin_s = self.first_s + count * self.every_s
        if at_s - origin_s >= self.length_s:
            return None, min(origin_s + self.every_s, self.valid_to_s)
        index = self.index_at(at_s - origin_s)
        ends_s = self.length_s
        if index + 1 < len(self.periods):
            ends_s = min(ends_s, self.periods[index + 1].start_s)
        return self.periods[index], min(origin_s + ends_s, self.valid_to_s)

    def runs(self, begin_s: int, end_s: int) -> list[tuple[int, int, int]]:
        """Return (from, to, origin) of every stretch in which it speaks, between the two."""
        begin_s = max(begin_s, self.valid_from_s, self.first_s)
        end_s = min(end_s, self.valid_to_s)
        origin_s = begin_s - (begin_s - self.first_s) % self.every_s
        found: list[tuple[int, int, int]] = []
        while origin_s < end_s:
            from_s = origin_s if origin_s > begin_s else begin_s
            to_s = origin_s + self.length_s
            if to_s > end_s:
                to_s = end_s
            if from_s < to_s:
                found.append((from_s, to_s, origin_s))
            origin_s += self.every_s
        return found

    def index_at(self, offset_s: int) -> int:
        """Return the index of the period that runs *offset_s* after the origin."""
        return max(bisect_right(self.periods, offset_s, key=START_S) - 1, 0)

    def between(self, from_s: int, to_s: int) -> tuple[Period, ...]:
        """Return the period that runs *from_s* after the origin, and all before *to_s*."""
        first = self.index_at(from_s)
        return self.periods[first : max(bisect_left(self.periods, to_s, key=START_S), first + 1)]


def course_of(profile: Profile, relative_s: int, is_moving: bool = False) -> Course:
    """Return the times of *profile*; *relative_s* is the origin where it names none.

    Where that *is_moving* along with the time, because nothing has begun, the schedule
    stays at its beginning.

    Relative profiles never name one (1.6 lets them, to no effect); absolute ones of
    OCPP 1.6 may leave it out (section 7.13). A recurrence ends the run before it
    (1.6 errata 3.43, 3.44).
    """
    schedule, periods = profile.schedule, profile.schedule.periods
    length_s = FOREVER_S if schedule.duration_s is None else schedule.duration_s
    first_s = relative_s
    if schedule.start_at is not None and profile.kind is not RELATIVE:
        first_s = posix_s(schedule.start_at)
    elif is_moving:
        periods, length_s = periods[:1], FOREVER_S if length_s else 0
    every_s = FOREVER_S
    if profile.kind is RECURRING and profile.recurs_s:
        every_s = profile.recurs_s
    return Course(
        periods,
        first_s,
        every_s,
        min(length_s, every_s),
        -FOREVER_S if profile.valid_from is None else posix_s(profile.valid_from),
        FOREVER_S if profile.valid_to is None else posix_s(profile.valid_to),
    )
