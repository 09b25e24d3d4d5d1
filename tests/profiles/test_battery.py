"""What solar makes of a home battery."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.battery import BatteryUse, counted, without

EACH_A = st.floats(-100.0, 100.0)
THREE = st.tuples(EACH_A, EACH_A, EACH_A)
CHARGES, DISCHARGES = (10.0, 0.0, 0.0), (-4.0, -3.0, -2.0)


@pytest.mark.parametrize(
    ("use", "fresh", "battery_a", "sees_a"),
    [
        ("ignore", True, CHARGES, (-1.0, 0.0, 0.0)),
        ("ignore", True, DISCHARGES, (-1.0, 0.0, 0.0)),
        ("ev_first", True, CHARGES, (-11.0, 0.0, 0.0)),
        ("ev_first", True, DISCHARGES, (3.0, 3.0, 2.0)),
        ("ev_first", False, CHARGES, (-1.0, 0.0, 0.0)),
        ("ev_first", False, DISCHARGES, (3.0, 3.0, 2.0)),
        ("battery_first", True, CHARGES, (-1.0, 0.0, 0.0)),
        ("battery_first", True, DISCHARGES, (3.0, 3.0, 2.0)),
        ("battery_first", False, DISCHARGES, (3.0, 3.0, 2.0)),
    ],
)
def test_the_sun_is_what_the_battery_leaves_or_takes(
    use: str, fresh: bool, battery_a: tuple[float, float, float], sees_a: tuple[float, float, float]
) -> None:
    left_out = counted(BatteryUse(use), battery_a, fresh)

    assert without((-1.0, 0.0, 0.0), left_out) == sees_a


@given(st.sampled_from(BatteryUse), THREE, THREE)
def test_an_old_reading_never_gives_room(
    use: BatteryUse, mains_a: tuple[float, float, float], battery_a: tuple[float, float, float]
) -> None:
    seen_a = without(mains_a, counted(use, battery_a, fresh=False))

    assert sum(seen_a) >= sum(mains_a) - 1e-9
    assert sum(seen_a) >= sum(without(mains_a, counted(use, battery_a, fresh=True))) - 1e-9
