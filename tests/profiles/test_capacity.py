"""CAPACITY by the clock of the place."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.capacity import DayPart, of_day

BRUSSELS = ZoneInfo("Europe/Brussels")
INSTANTS = st.floats(1.86e9, 1.92e9).map(lambda at_s: datetime.fromtimestamp(at_s, UTC))
DAY = (DayPart(time(22), 40.0), DayPart(time(7), 16.0), DayPart(time(12), 25.0))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "sum_a", "until"),
    [
        ("2030-01-15 06:59", 40.0, "2030-01-15 07:00"),
        ("2030-01-15 07:00", 16.0, "2030-01-15 12:00"),
        ("2030-01-15 12:00", 25.0, "2030-01-15 22:00"),
        ("2030-01-15 23:59", 40.0, "2030-01-16 07:00"),
    ],
)
def test_the_last_part_that_has_begun_holds_until_the_next(
    at: str, sum_a: float, until: str
) -> None:
    ceiling = of_day(DAY, utc(at), UTC)

    assert ceiling is not None
    assert (ceiling.sum_a, ceiling.until_at) == (sum_a, utc(until))
    assert ceiling.why == f"capacity until {until[-5:]}"


def test_the_clock_of_the_place_decides_in_summer_and_in_winter() -> None:
    winter, summer = (of_day(DAY, utc(f"2030-{day} 05:30"), BRUSSELS) for day in ("01-15", "07-15"))

    assert winter is not None
    assert summer is not None
    assert (winter.sum_a, winter.until_at) == (40.0, utc("2030-01-15 06:00"))
    assert (summer.sum_a, summer.until_at) == (16.0, utc("2030-07-15 10:00"))


def test_the_hour_that_autumn_repeats_ends_in_the_future() -> None:
    parts = (DayPart(time(2, 30), 16.0), DayPart(time(3), 25.0))
    second_time = of_day(parts, utc("2030-10-27 01:10"), BRUSSELS)  # 02:10 again

    assert second_time is not None
    assert (second_time.sum_a, second_time.until_at) == (25.0, utc("2030-10-27 01:30"))


def test_one_part_holds_all_day_and_none_is_no_limit() -> None:
    one = of_day((DayPart(time(7), 20.0),), utc("2030-01-15 03:00"), UTC)

    assert one is not None
    assert (one.sum_a, one.until_at, one.why) == (20.0, None, "capacity all day")
    assert of_day((), utc("2030-01-15 03:00"), UTC) is None


@given(
    st.lists(st.times(), min_size=2, max_size=6, unique=True),
    INSTANTS,
)
def test_until_lies_ahead_by_a_day_at_most(begins: list[time], at: datetime) -> None:
    parts = [DayPart(each, float(n)) for n, each in enumerate(begins)]

    ceiling = of_day(parts, at, BRUSSELS)

    assert ceiling is not None
    assert ceiling.until_at is not None
    assert at < ceiling.until_at <= at + timedelta(hours=25)
