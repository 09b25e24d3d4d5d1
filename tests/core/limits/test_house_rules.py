"""What the house demands, whatever people, the sun and the central system wish."""

from __future__ import annotations

from random import Random

import pytest
from core.limits.test_regulation import FUSE_A, NOON, TICK_S, Car, Street
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, LimitsConfig, Mode
from hardware.api import MeterReading
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

ONE = (EvseConfig(1),)


class Garage(Street):
    """A subpanel: the car and a washer behind the circuit's meter, all behind that of the mains."""

    def __init__(self, limits: LimitsConfig) -> None:
        self.washer_a = (0.0, 0.0, 0.0)
        super().__init__(
            [Car()], evses=ONE, limits=limits, meter_roles=frozenset({"mains", "circuit"})
        )

    def flow(self) -> None:
        house_a, self.house_a = self.house_a, add(self.house_a, self.washer_a)
        super().flow()
        self.house_a = house_a
        self.readings["circuit"] = MeterReading(self.read_at_s, add(self.total_a, house_a, -1.0))


def add(
    one_a: tuple[float, ...], other_a: tuple[float, ...], sign: float = 1.0
) -> tuple[float, float, float]:
    l1, l2, l3 = (a + sign * b for a, b in zip(one_a, other_a, strict=True))
    return l1, l2, l3


def default(limit_a: float) -> m.SetProfile:
    schedule = Schedule(Unit.A, (Period(0, limit_a),), NOON)
    return m.SetProfile(Profile(5, 1, Purpose.TX_DEFAULT, 0, Kind.ABSOLUTE, (schedule,)))


@settings(max_examples=12)
@given(st.integers(0, 2**32))
def test_no_wish_ever_lifts_a_fuse_or_a_charging_profile(seed: int) -> None:
    dice = Random(seed)
    street = Street([Car()], evses=ONE)
    street.begin(1)
    profile_a = override_a = 99.0
    for _ in range(10):
        profile_a = dice.choice([99.0, 6.0, 10.5, 16.0, profile_a])
        override_a = dice.choice([99.0, 6.0, 13.0, 30.0, override_a])
        street.do(default(profile_a))
        street.do(m.Override(override_a))
        street.do(m.SetMode(dice.choice(list(Mode))))
        street.house_a = tuple(dice.uniform(-25, 20) for _ in range(3))  # type: ignore[assignment]
        for _ in range(20):
            street.drive(TICK_S)
            assert street.offer_a(1) <= min(profile_a, override_a)

    assert street.longest_over_s <= 1.0 + 1.0 + 2 * TICK_S


@pytest.mark.parametrize("mode", list(Mode))
def test_behind_a_subpanel_the_washer_takes_from_the_car_in_every_mode(mode: Mode) -> None:
    garage = Garage(LimitsConfig(mode=mode, mains_a=25.0, circuit_a=16.0))
    garage.house_a = (-30.0, -30.0, -30.0)
    garage.begin(1)
    garage.drive(60)
    assert garage.offer_a(1) == pytest.approx(16.0, abs=0.1)

    garage.washer_a = (9.0, 0.0, 0.0)
    garage.drive(3)

    assert garage.offer_a(1) == pytest.approx(7.0, abs=0.1)
    assert garage.evse().binding.startswith("circuit L1")


def test_behind_a_subpanel_the_house_counts_at_the_mains() -> None:
    garage = Garage(LimitsConfig(mode=Mode.SMART, mains_a=25.0, circuit_a=16.0))
    garage.house_a = (14.0, 2.0, 1.0)
    garage.washer_a = (4.0, 0.0, 0.0)
    garage.begin(1)
    garage.drive(60)

    assert garage.offer_a(1) == pytest.approx(7.0, abs=0.1)
    assert garage.evse().binding.startswith("mains L1")


def test_eight_cars_at_a_fuse_for_three_all_have_their_turn() -> None:
    eight = tuple(EvseConfig(each) for each in range(1, 9))
    limits = LimitsConfig(mains_a=22.0, rotate_after_s=120.0)
    street = Street([Car() for _ in eight], evses=eight, limits=limits)
    charged_s = dict.fromkeys(street.cars, 0)
    most_a = 0.0
    for each in street.cars:
        street.begin(each)
    for _ in range(960):
        street.drive(1.0)
        most_a = max(most_a, *street.total_a)
        for each in street.cars:
            charged_s[each] += street.offer_a(each) >= 6.0

    assert most_a <= 22.05
    assert sum(charged_s.values()) >= 960 * 2.7
    assert max(charged_s.values()) - min(charged_s.values()) <= 150


def test_a_limit_that_ends_by_itself_says_until_when() -> None:
    street = Street([Car()], evses=ONE)
    street.begin(1)
    street.drive(30)
    street.do(m.Override(10.0, for_s=60.0))
    street.drive(TICK_S)

    (first, *_) = street.evse().limits
    assert (first.limit_a, first.until is not None) == (10.0, True)
    assert first.source == street.evse().binding
    street.drive(90)
    assert street.offer_a(1) == FUSE_A
