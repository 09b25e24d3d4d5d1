"""The ladder of a meter that falls silent."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.staleness import Ladder, Trust

AGES_S = st.floats(0.0, 1e6)
LADDERS = st.builds(
    Ladder,
    st.floats(0.1, 1000.0),
    st.none() | st.floats(0.0, 80.0),
    st.none() | st.floats(0.0, 2000.0),
)


@pytest.mark.parametrize(
    ("age_s", "trust", "limit_a"),
    [
        (0.0, Trust.FRESH, math.inf),
        (3.0, Trust.FRESH, math.inf),
        (3.1, Trust.HELD, math.inf),
        (10.0, Trust.HELD, math.inf),
        (10.1, Trust.FALLBACK, 8.0),
        (60.0, Trust.FALLBACK, 8.0),
        (60.1, Trust.SILENT, 0.0),
        (math.inf, Trust.SILENT, 0.0),
    ],
)
def test_hold_then_fall_back_then_suspend(age_s: float, trust: Trust, limit_a: float) -> None:
    ladder = Ladder(stale_after_s=10.0, fallback_a=8.0, suspend_after_s=60.0)

    assert ladder.trust(age_s) is trust
    assert ladder.limit_a(trust) == limit_a


def test_by_default_nothing_is_allowed_after_ten_seconds() -> None:
    ladder = Ladder()

    assert ladder.trust(10.1) is Trust.SILENT
    assert ladder.limit_a(Trust.SILENT) == 0.0


def test_a_fallback_may_stay_and_a_loss_may_only_be_told() -> None:
    assert Ladder(fallback_a=6.0).trust(1e6) is Trust.FALLBACK
    told = Ladder(fallback_a=None)
    assert told.limit_a(told.trust(1e6)) == math.inf


def test_a_meter_that_repeats_itself_is_worth_no_more_than_a_silent_one() -> None:
    assert Ladder().limit_a(Trust.FROZEN) == 0.0


@given(LADDERS, AGES_S, AGES_S)
def test_an_older_reading_never_allows_more_than_the_fallback(
    ladder: Ladder, one_s: float, other_s: float
) -> None:
    young, old = (ladder.limit_a(ladder.trust(age_s)) for age_s in sorted((one_s, other_s)))

    assert old <= young
    assert old in (math.inf, ladder.fallback_a, 0.0)
