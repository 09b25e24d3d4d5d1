"""Two profiles that choose phases: refused only when they could do so at the same time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.course import course_of, posix_s
from profiles.phase_clash import phases_clash
from profiles.schedule import (
    DAILY_S,
    WEEKLY_S,
    Kind,
    Period,
    Profile,
    Purpose,
    Schedule,
    Unit,
)

T = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
H = 3600
L1, L2, ANY = [0, 6, 1, 1], [0, 6, 1, 2], [0, 6, 1]


def at(start_s: int, period: list[int]) -> list[int]:
    return [start_s, *period[1:]]


def daily(*periods: list[int], start_h: int = 0, **facts: Any) -> dict[str, Any]:
    base = {"kind": "recurring", "recurs_s": DAILY_S, "start": start_h * H}
    return {**base, "periods": list(periods), **facts}


DAY_ON_L2 = {"periods": [ANY, at(H, L2), at(3 * H, ANY)]}


@pytest.mark.requirement("errata 2.36")
@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ({"periods": [L1]}, {"periods": [L2]}, True),
        ({"periods": [L1]}, {"periods": [L1]}, False),
        ({"periods": [L1]}, {"periods": [ANY]}, False),
        ({"periods": [L1], "duration_s": H}, DAY_ON_L2, False),
        ({"periods": [L1], "duration_s": H + 1}, DAY_ON_L2, True),
        ({"periods": [L1], "start": 3 * H}, DAY_ON_L2, False),
        ({"periods": [L1], "start": 3 * H - 1}, DAY_ON_L2, True),
        ({"periods": [L1], "valid_to": H}, DAY_ON_L2, False),
        ({"periods": [L1], "valid_from": 2 * H, "valid_to": 3 * H}, DAY_ON_L2, True),
        ({"periods": [L1], "valid_from": 3 * H}, DAY_ON_L2, False),
        (daily(L1, at(12 * H, ANY)), daily(ANY, at(12 * H, L2)), False),
        (daily(L1, at(12 * H, ANY)), daily(ANY, at(12 * H - 1, L2)), True),
        (daily(L1, start_h=0, duration_s=H), daily(L2, start_h=1, duration_s=22 * H), False),
        (daily(L1, start_h=0, duration_s=H), daily(L2, start_h=1, duration_s=23 * H + 1), True),
        (daily(L1, duration_s=H), daily(L2, start_h=124, duration_s=H, recurs_s=WEEKLY_S), False),
        (daily(L1, duration_s=H), daily(L2, start_h=120, duration_s=H, recurs_s=WEEKLY_S), True),
        (daily(L1, duration_s=H), {"periods": [ANY, at(1000 * H + 1, L2)]}, True),
        (
            daily(L1, duration_s=H),
            {"periods": [L2], "start": 1009 * H, "duration_s": 23 * H},
            False,
        ),
        (
            daily(L1, duration_s=H),
            {"periods": [ANY, at(9000 * H, L2)], "duration_s": 9001 * H},
            True,
        ),
        ({"periods": [L1], "kind": "relative", "start": None}, DAY_ON_L2, True),
        (
            {"periods": [L1], "kind": "relative", "valid_to": -1},
            {**DAY_ON_L2, "valid_from": 0},
            False,
        ),
    ],
)
def test_only_what_could_meet_clashes(
    one: dict[str, Any], other: dict[str, Any], clash: bool, profile: Callable[..., Profile]
) -> None:
    mine, theirs = profile(**one), profile(id=2, **other)

    assert phases_clash(mine, theirs) is clash
    assert phases_clash(theirs, mine) is clash


PERIODS = st.lists(
    st.tuples(st.integers(1, 9), st.sampled_from([ANY, L1, L2])), min_size=1, max_size=4
).map(lambda parts: [at(sum(n for n, _ in parts[:k]) * H, p) for k, (_, p) in enumerate(parts)])


def made(
    periods: list[list[int]], start_h: int, length_h: int | None, recurs_s: int | None
) -> Profile:
    start_at, length_s = T + timedelta(hours=start_h), length_h and length_h * H
    schedule = Schedule(Unit.A, tuple(Period(*each) for each in periods), start_at, length_s)
    kind = Kind.RECURRING if recurs_s else Kind.ABSOLUTE
    return Profile(1, 1, Purpose.TX_DEFAULT, 0, kind, (schedule,), recurs_s)


PROFILES = st.builds(
    made,
    PERIODS,
    st.integers(-30, 30),
    st.none() | st.integers(1, 40),
    st.sampled_from([None, DAILY_S, WEEKLY_S]),
)


@given(PROFILES, PROFILES)
def test_it_is_what_looking_at_every_hour_says(one: Profile, other: Profile) -> None:
    begin_s, courses = posix_s(T - timedelta(hours=40)), [course_of(p, 0) for p in (one, other)]
    met = False
    for hour in range(40 + 40 + 40 + 2 * 168):
        chosen = {
            period.phase_to_use
            for period, _ in (course.period_at(begin_s + hour * H) for course in courses)
            if period is not None and period.phase_to_use is not None
        }
        met = met or len(chosen) > 1

    assert phases_clash(one, other) is met
