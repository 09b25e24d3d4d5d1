"""A car whose phases nobody knows, in the sun, at contactors that are fixed to three."""

from __future__ import annotations

from typing import Any

import pytest
from core.limits.test_regulation import FUSE_A, TICK_S, Car, Street

from chargepoint.core.config import EvseConfig, LimitsConfig, Mode, SecondContactor

SUN = LimitsConfig(mode=Mode.SOLAR, mains_a=FUSE_A, stop_s=60.0)
THREE, ONE = (1, 2, 3), (1,)


def street(
    phases: tuple[int, ...],
    part: float = 1.0,
    house_a: tuple[float, float, float] = (-4.0, -3.0, -3.0),
    **config: Any,
) -> Street:
    """Return one car that has just come, at a contactor that cannot be switched."""
    evse = EvseConfig(1, second_contactor=SecondContactor.ABSENT)
    street = Street([Car(phases=phases, part=part)], evses=(evse,), limits=SUN, **config)
    street.house_a = house_a
    street.begin(1)
    return street


def test_a_car_for_one_phase_begins_with_the_sun_for_one() -> None:
    cloudy = street(ONE)
    cloudy.drive(3.0)
    assert "sees how many phases the car takes" in cloudy.limits(1)
    cloudy.drive(60.0)

    assert cloudy.offer_a(1) == pytest.approx(10.0, abs=0.6)
    assert cloudy.starts[1] == 1
    assert "sees how many phases the car takes" not in cloudy.limits(1)


@pytest.mark.parametrize("phases", [(1, 2), THREE])
def test_a_car_for_more_tries_once_and_waits_for_its_sun(phases: tuple[int, ...]) -> None:
    cloudy, seen = street(phases, house_a=(-3.0, -3.0, -3.0)), set()
    for _ in range(30):
        cloudy.drive(TICK_S)
        seen |= set(cloudy.limits(1))
    assert f"the car takes {len(phases)} phases, the sun does not carry them" in seen
    assert cloudy.total_a == cloudy.house_a
    cloudy.drive(1200.0)
    assert (cloudy.starts[1], cloudy.offer_a(1)) == (1, 0.0)
    assert "waits" in cloudy.evse().binding

    cloudy.house_a = (-7.0, -7.0, -7.0)
    cloudy.drive(60.0)

    assert (cloudy.starts[1], cloudy.offer_a(1) > 6.0) == (2, True)


def test_a_try_with_enough_sun_is_not_interrupted() -> None:
    bright = street(THREE)
    bright.house_a = (-8.0, -8.0, -8.0)
    bright.drive(60.0)

    assert (bright.starts[1], bright.offer_a(1)) == (1, pytest.approx(8.0, abs=0.6))


def test_without_a_meter_of_its_own_nothing_could_be_learned_so_it_waits() -> None:
    unmeasured = street(ONE, measured=False)
    unmeasured.drive(120.0)

    assert unmeasured.starts[1] == 0


def test_the_fuses_count_all_phases_during_a_try() -> None:
    tight = street(ONE, house_a=(-30.0, FUSE_A - 3.0, -30.0))
    tight.drive(60.0)

    assert tight.starts[1] == 0
    assert "mains L2" in tight.evse().binding


def test_a_car_that_takes_nothing_is_believed_to_take_all_after_a_while() -> None:
    shy = street(ONE, part=0.0)
    shy.drive(25.0)
    assert shy.offer_a(1) == 6.0
    shy.drive(20.0)
    assert shy.offer_a(1) == 0.0
    shy.drive(600.0)

    assert shy.starts[1] == 1


def test_the_next_car_tries_anew() -> None:
    cloudy = street(THREE)
    cloudy.drive(60.0)
    cloudy.end(1)
    cloudy.drive(2 * TICK_S)
    cloudy.cars[1].phases = ONE
    cloudy.begin(1)
    cloudy.drive(60.0)

    assert cloudy.offer_a(1) == pytest.approx(10.0, abs=0.6)


def test_another_mode_ends_the_try() -> None:
    cloudy = street(THREE)
    cloudy.drive(4.0)
    cloudy.station._blocks.limiting.set_mode("normal")
    cloudy.drive(40.0)

    assert (cloudy.starts[1], cloudy.offer_a(1)) == (1, 32.0)
