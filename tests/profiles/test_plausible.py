"""Meters that are wired wrong, told from what our cars take."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.plausible import PlausibleState, judged, step
from profiles.readings import Currents

OFF = (0.0, 0.0, 0.0)


@pytest.mark.parametrize(
    ("ours_a", "shown_a", "says"),
    [
        ((16.0, 16.0, 16.0), (16.0, 15.0, 17.0), ""),
        ((16.0, 0.0, 0.0), (16.0, 2.0, -2.0), ""),
        ((-16.0, 0.0, 0.0), (-15.0, 0.0, 0.0), ""),
        ((16.0, 16.0, 16.0), (-16.0, -15.5, -16.5), "looks inverted on L1, L2, L3"),
        ((16.0, 16.0, 16.0), (16.0, -15.5, 16.5), "looks inverted on L2"),
        ((-16.0, 0.0, 0.0), (16.0, 0.0, 0.0), "looks inverted on L1"),
        ((16.0, 0.0, 0.0), (0.0, 0.0, 16.0), "shows our L1 on L3"),
        ((16.0, 10.0, 0.0), (10.0, 16.0, 0.0), "shows our L1 on L2, L2 on L1"),
        ((16.0, 0.0, 10.0), (10.0, 16.0, 0.0), "shows our L1 on L2, L3 on L1"),
        ((3.9, 0.0, 0.0), (-3.9, 0.0, 0.0), None),
        ((16.0, 0.0, 0.0), (0.0, 0.0, 0.0), None),
        ((16.0, 0.0, 0.0), (8.0, 0.0, 0.0), None),
        ((16.0, 0.0, -4.0), (16.0, -8.0, 0.0), None),
    ],
)
def test_a_step_says_what_it_says(ours_a: Currents, shown_a: Currents, says: str | None) -> None:
    assert judged(ours_a, shown_a) == says


@given(st.tuples(*[st.floats(-40.0, 40.0)] * 3), st.tuples(*[st.floats(-0.9, 0.9)] * 3))
def test_an_honest_meter_with_noise_fits(ours_a: Currents, noise_a: Currents) -> None:
    l1_a, l2_a, l3_a = (a + b for a, b in zip(ours_a, noise_a, strict=True))
    assert judged(ours_a, (l1_a, l2_a, l3_a)) in ("", None)


class House:
    """A house with a car, read once a second by a meter that is wired somehow."""

    def __init__(self, sign: int = 1, shift: int = 0, seed: int = 0, noise_a: float = 0.3) -> None:
        self.sign, self.shift, self.noise_a = sign, shift, noise_a
        self.chance = random.Random(seed)
        self.state = PlausibleState()
        self.at_s = 0.0
        self.house_a, self.car_a = 4.0, 0.0
        self.measured = True

    def run(self, seconds: int, car_a: float, house_a: float | None = None) -> str:
        self.house_a = self.house_a if house_a is None else house_a
        for _ in range(seconds):
            self.at_s += 1.0
            gap_a = car_a - self.car_a
            self.car_a += max(min(gap_a, 4.0), -4.0)
            flows = [self.house_a + self.car_a, self.house_a, self.house_a]
            shown = [self.sign * a + self.chance.uniform(-1, 1) * self.noise_a for a in flows]
            n = self.shift
            shown_a = shown[-n % 3], shown[(1 - n) % 3], shown[(2 - n) % 3]
            ours_a = (self.car_a, 0.0, 0.0) if self.measured else None
            self.state = step(self.state, shown_a, self.at_s, ours_a)
        return self.state.warning

    def cycles(self, count: int) -> str:
        for _ in range(count):
            self.run(20, 16.0)
            self.run(20, 0.0)
        return self.state.warning


@pytest.mark.parametrize(
    ("wiring", "says"),
    [
        ({}, ""),
        ({"sign": -1}, "looks inverted on L1"),
        ({"shift": 1}, "shows our L1 on L2"),
        ({"shift": 2}, "shows our L1 on L3"),
    ],
)
def test_several_steps_tell_how_the_meter_is_wired(wiring: dict[str, int], says: str) -> None:
    house = House(**wiring)
    assert house.cycles(1) == ""
    assert house.cycles(2) == says


def test_a_step_that_fits_clears_it() -> None:
    house = House(sign=-1)
    house.cycles(3)
    house.sign = 1
    house.run(60, 0.0)
    assert house.cycles(1) == ""


def test_the_same_reading_again_is_none() -> None:
    house = House()
    house.run(3, 0.0)
    before = house.state
    assert step(before, (9.0, 9.0, 9.0), house.at_s, OFF) == before


def test_what_is_not_measured_proves_nothing() -> None:
    house = House(sign=-1)
    house.measured = False
    assert house.cycles(5) == ""


def test_a_car_that_changes_slowly_or_never_rests_proves_nothing() -> None:
    slow, restless = House(sign=-1), House(sign=-1)
    for n in range(300):
        slow.run(1, n * 0.6 % 20.0)
        restless.run(1, 16.0 if n % 4 < 2 else 6.0)
    assert slow.state.warning == restless.state.warning == ""


def test_a_house_that_never_rests_proves_nothing() -> None:
    house = House(sign=-1, noise_a=2.0)
    assert house.cycles(1) == ""


@pytest.mark.parametrize("seed", range(8))
def test_an_honest_meter_is_never_accused_whatever_the_house_does(seed: int) -> None:
    chance, house = random.Random(seed), House(seed=seed, noise_a=0.4)
    for _ in range(200):
        house_a = chance.choice((0.0, 1.0, 4.0, 10.0, 20.0)) if chance.random() < 0.7 else None
        car_a = chance.choice((0.0, 6.0, 10.0, 16.0))
        assert house.run(chance.randint(2, 40), car_a, house_a) == ""


@pytest.mark.parametrize("seed", range(10))
def test_an_honest_meter_is_not_accused_when_the_car_makes_way_for_the_house(seed: int) -> None:
    """A heater of twice the car's current: what is seen right after it looks inverted."""
    chance, house = random.Random(seed), House(seed=seed)
    for _ in range(50):
        house.run(20, 8.0)
        house.run(chance.randint(0, 2), 8.0, house_a=20.0)
        house.run(20, 0.0)
        house.run(20, 0.0, house_a=4.0)
    assert house.state.warning == ""
