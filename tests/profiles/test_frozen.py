"""A meter that repeats one value while loads change."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from profiles.frozen import FrozenState, Shown, step

DRIFT_A = (0.0, 0.0, 0.0, 0.0, -1.0, 1.0)


class Watch:
    """One meter, read once a second."""

    def __init__(self) -> None:
        self.at_s = 100.0
        self.state = FrozenState()

    def run(
        self,
        seconds: int,
        shown: Callable[[], Shown],
        ours_a: float,
        measured: bool = True,
        every_s: float = 1.0,
    ) -> bool:
        for _ in range(seconds):
            self.at_s += every_s
            taken_a = (ours_a, 0.0, 0.0) if measured else None
            self.state = step(self.state, shown(), self.at_s, taken_a)
        return self.state.noticed


def constant(*values: float | None) -> Callable[[], Shown]:
    return lambda: values


@pytest.fixture
def watch() -> Watch:
    watch = Watch()
    assert not watch.run(60, constant(5.0, 5.0, 5.0), 0.0)
    return watch


def test_one_value_while_our_load_changed_for_a_while_is_noticed(watch: Watch) -> None:
    assert not watch.run(30, constant(5.0, 5.0, 5.0), 10.0)
    assert watch.run(1, constant(5.0, 5.0, 5.0), 10.0)


def test_it_stays_noticed_until_the_meter_moves(watch: Watch) -> None:
    watch.run(31, constant(5.0, 5.0, 5.0), 10.0)
    assert watch.run(60, constant(5.0, 5.0, 5.0), 0.0)
    assert not watch.run(1, constant(5.0, 5.1, 5.0), 0.0)


def test_a_register_or_a_power_that_goes_on_is_life(watch: Watch) -> None:
    wh = iter(range(1000))
    assert not watch.run(60, lambda: (5.0, 5.0, 5.0, 3450.0, float(next(wh))), 10.0)


@pytest.mark.parametrize(
    "ours_a", [[0.0] * 300, [2.9] * 300, [10.0 if n % 10 < 5 else 0.0 for n in range(300)]]
)
def test_a_constant_car_a_small_change_and_a_short_one_are_no_sign(
    watch: Watch, ours_a: list[float]
) -> None:
    assert not any(watch.run(1, constant(5.0, 5.0, 5.0), each) for each in ours_a)


def test_what_is_not_measured_proves_nothing(watch: Watch) -> None:
    assert not watch.run(300, constant(5.0, 5.0, 5.0), 10.0, measured=False)


def test_it_is_judged_from_the_first_measured_current_on() -> None:
    watch = Watch()
    watch.run(10, constant(5.0, 5.0, 5.0), 0.0, measured=False)
    watch.run(10, constant(5.0, 5.0, 5.0), 16.0)
    assert not watch.run(60, constant(5.0, 5.0, 5.0), 16.0)
    assert watch.run(31, constant(5.0, 5.0, 5.0), 0.0)


def test_few_readings_prove_nothing(watch: Watch) -> None:
    assert not watch.run(4, constant(5.0, 5.0, 5.0), 10.0, every_s=60.0)


def test_the_same_reading_again_is_none(watch: Watch) -> None:
    before = watch.state
    for _ in range(100):
        watch.state = step(watch.state, (5.0, 5.0, 5.0), watch.at_s, (10.0, 0.0, 0.0))
    assert watch.state == before


@pytest.mark.parametrize("seed", range(20))
def test_an_honest_meter_of_whole_amperes_that_is_asked_too_often_is_never_suspected(
    seed: int,
) -> None:
    """It measures every 10 s; house and car change as they like."""
    chance, watch = random.Random(seed), Watch()
    house_a, car_a, shown_a = 5.0, 0.0, 5.0
    for second in range(3000):
        house_a = max(house_a + chance.choice(DRIFT_A), 0.0)
        car_a = chance.choice((0.0, 6.0, 10.0, 16.0)) if second % 37 == 0 else car_a
        shown_a = float(round(house_a + car_a)) if second % 10 == 0 else shown_a
        assert not watch.run(1, constant(shown_a, 0.0, 0.0), car_a)
