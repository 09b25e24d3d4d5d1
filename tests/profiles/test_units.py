"""Amperes, watts, and rounding down."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.limits import Limit, combine
from profiles.units import Supply, amperes, floor_tenth, watts


@pytest.mark.requirement("K01.FR.50")
def test_watts_are_of_all_phases_and_amperes_of_one() -> None:
    assert amperes(6900.0, 230.0, 3) == 10.0
    assert watts(10.0, 230.0, 1) == 2300.0


@given(st.floats(max_value=1e12) | st.just(math.nan))
def test_rounding_never_raises_by_more_than_noise(value: float) -> None:
    rounded = floor_tenth(value)

    assert rounded >= 0.0
    assert rounded <= max(value, 0.0) + 1e-6 or (math.isnan(value) and rounded == 0.0)


def test_rounding_forgives_the_noise_of_binary_fractions() -> None:
    assert [floor_tenth(v) for v in (0.3 - 1e-12, 14.4999999999, 6.99, math.inf)] == [
        0.3,
        14.5,
        6.9,
        math.inf,
    ]


@pytest.mark.parametrize(
    ("voltage_v", "phases"), [(0.0, 3), (math.nan, 3), (math.inf, 1), (230.0, 4)]
)
def test_a_supply_that_cannot_be_is_refused(voltage_v: float, phases: int) -> None:
    with pytest.raises(ValueError, match="a supply has"):
        Supply(voltage_v, phases)


@pytest.mark.parametrize(("limit_a", "phases"), [(math.nan, 3), (-0.1, 3), (6.0, 0)])
def test_a_limit_that_cannot_be_compared_is_refused(limit_a: float, phases: int) -> None:
    with pytest.raises(ValueError, match="a limit"):
        Limit(limit_a, "test", phases)


LIMITS = st.builds(Limit, st.floats(0, 80), st.sampled_from("abc"), st.integers(1, 3))


@given(st.lists(LIMITS), LIMITS)
def test_one_more_limit_never_raises_the_result(limits: list[Limit], one: Limit) -> None:
    before, after = combine(limits), combine([one, *limits])

    if limits:
        assert after.limit_a <= before.limit_a
        assert after.phases <= before.phases
    assert after == combine([*limits, one])


def test_limits_may_come_one_by_one() -> None:
    limits = [Limit(32.0, "cable"), Limit(16.0, "fuse"), Limit(20.0, "profile", phases=1)]

    assert combine(iter(limits)) == Limit(16.0, "fuse", phases=1)


def test_without_any_limit_nothing_is_allowed() -> None:
    assert combine([]).limit_a == 0.0
