"""House, cars and meter in one loop with the limiter, on simulated time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.drawn import FOLLOW_S, Drawn, Trail
from profiles.limiter import LimiterSettings, LimiterState, step
from profiles.readings import Currents

TICK_S = 0.25
MAINS_A = 25.0


def even(current_a: float) -> Currents:
    return current_a, current_a, current_a


@dataclass(frozen=True)
class Read:
    at_s: float
    currents_a: tuple[float, float, float]


@dataclass
class Car:
    """Takes a part of what it was offered *lag_s* ago, on its phases; below 6 A nothing."""

    lag_s: float
    part: float = 1.0
    max_a: float = 16.0
    phases: int = 3
    offers: deque[float] = field(default_factory=deque)
    draws_a: float = 0.0

    def follow(self, offer_a: float) -> None:
        self.offers.append(offer_a)
        late = len(self.offers) > self.lag_s / TICK_S
        heard_a = self.offers.popleft() if late else self.draws_a / self.part
        self.draws_a = min(heard_a, self.max_a) * self.part if heard_a >= 6.0 else 0.0

    @property
    def currents_a(self) -> list[float]:
        return [self.draws_a if phase < self.phases else 0.0 for phase in range(3)]


@dataclass
class Loop:
    """One car at one mains meter that is read every *period_s*."""

    settings: LimiterSettings
    car: Car
    period_s: float = 1.0
    measured: bool = True
    house_a: tuple[float, float, float] = (0.0, 0.0, 0.0)
    state: LimiterState = field(default_factory=LimiterState)
    trail: Trail = field(default_factory=Trail)
    now_s: float = 0.0
    offer_a: float = 0.0
    reading: Read | None = None
    over_s: float = 0.0
    longest_over_s: float = 0.0
    starts: int = 0

    def mains_a(self) -> tuple[float, ...]:
        return tuple(h + c for h, c in zip(self.house_a, self.car.currents_a, strict=True))

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.tick()

    def tick(self) -> None:
        self.now_s += TICK_S
        self.car.follow(self.offer_a)
        if self.reading is None or self.now_s - self.reading.at_s >= self.period_s:
            l1_a, l2_a, l3_a = self.mains_a()
            self.reading = Read(self.now_s, (l1_a, l2_a, l3_a))
        verdict = step(self.settings, self.state, self.reading, [self.drawn()], self.now_s)
        self.state = verdict.state
        phases = self.drawn().phases
        pools_a = [pool.limit.limit_a for pool in verdict.pools if pool.over.weight(phases)]
        before_a = self.offer_a
        self.offer_a = min(*pools_a, self.car.max_a)
        self.offer_a = self.offer_a if self.offer_a >= 6.0 else 0.0
        self.starts += before_a == 0.0 < self.offer_a
        self.watch()

    def drawn(self) -> Drawn:
        self.trail = self.trail.after(self.offer_a, self.now_s)
        needs_a = 6.0 if self.offer_a > 0.0 else 0.0
        if self.measured:
            l1_a, l2_a, l3_a = self.car.currents_a
            on = (l1_a, l2_a, l3_a)
            phases = frozenset(range(1, self.car.phases + 1))
            return Drawn(on, on, on, phases, needs_a)
        told_a, least_a, most_a = self.trail.offer_a, self.trail.least_a, self.trail.most_a
        return Drawn(even(told_a), even(least_a), even(most_a), min_a=needs_a)

    def watch(self) -> None:
        """Count how long the car takes part in an overload."""
        takes_part = any(
            total > MAINS_A + 0.01 and car > 0.0
            for total, car in zip(self.mains_a(), self.car.currents_a, strict=True)
        )
        self.over_s = self.over_s + TICK_S if takes_part else 0.0
        self.longest_over_s = max(self.longest_over_s, self.over_s)


def loops(parts: list[float], measured: bool) -> st.SearchStrategy[Loop]:
    cars = st.builds(
        Car,
        st.sampled_from([0.0, 0.5, 2.0, 4.5]),
        st.sampled_from(parts),
        st.sampled_from([16.0, 32.0]),
        st.sampled_from([1, 2, 3]),
    )
    mains = st.builds(
        LimiterSettings,
        st.just("mains"),
        st.just(MAINS_A),
        shortage_hold_s=st.sampled_from([0.0, 6.0]),
    )
    return st.builds(Loop, mains, cars, st.sampled_from([1.0, 2.0, 5.0]), st.just(measured))


LOOPS = loops([1.0, 0.95, 0.7], True) | loops([1.0], False)


@settings(max_examples=60)
@given(LOOPS, st.integers(0, 2**32))
def test_no_overload_outlasts_one_reading_the_car_s_reaction_and_the_grace(
    loop: Loop, seed: int
) -> None:
    dice = Random(seed)
    for _ in range(8):
        loop.house_a = (dice.uniform(-8, 28), dice.uniform(0, 24), dice.uniform(0, 24))
        loop.run(dice.uniform(20, 60))

    grace_s = loop.settings.shortage_hold_s
    reaction_s = loop.period_s + loop.car.lag_s + 2 * TICK_S
    if not loop.measured:  # it may need five seconds to follow, and a reading to show it
        grace_s = max(grace_s, FOLLOW_S + loop.period_s)
    assert loop.longest_over_s <= reaction_s + grace_s


@settings(max_examples=60)
@given(LOOPS, st.floats(0.0, 18.0), st.integers(0, 2**32))
def test_while_the_minimum_fits_no_overload_outlasts_one_reading_and_the_car_s_reaction(
    loop: Loop, most_a: float, seed: int
) -> None:
    dice = Random(seed)
    for _ in range(8):
        loop.house_a = (dice.uniform(0, most_a), dice.uniform(-9, most_a), dice.uniform(0, most_a))
        loop.run(dice.uniform(20, 60))

    assert loop.longest_over_s <= loop.period_s + loop.car.lag_s + 2 * TICK_S
    assert loop.starts == 1


@settings(max_examples=60)
@given(LOOPS, st.floats(0.0, 60.0))
def test_after_room_is_back_the_offer_is_full_within_75_seconds(loop: Loop, short_s: float) -> None:
    loop.house_a = (5.0, 5.0, 5.0)
    loop.run(60.0)
    loop.house_a = (24.0, 24.0, 24.0)
    loop.run(10.0 + short_s)
    assert loop.offer_a == 0.0

    loop.house_a = (9.0, 5.0, 5.0)
    loop.run(75.0)

    assert loop.offer_a >= 16.0


@settings(max_examples=40)
@given(LOOPS)
def test_in_a_calm_house_the_offer_comes_to_rest_at_the_room(loop: Loop) -> None:
    loop.car.part = 1.0
    loop.car.max_a = 32.0
    loop.house_a = (12.0, 3.0, 1.0)
    loop.run(120.0)

    calm_a = loop.offer_a
    loop.run(30.0)

    assert loop.offer_a == pytest.approx(calm_a, abs=0.2)
    assert loop.mains_a()[0] == pytest.approx(MAINS_A, abs=0.3)


@pytest.mark.parametrize("measured", [True, False])
def test_a_thermostat_does_not_start_the_car_more_often_than_the_pause_lets_it(
    measured: bool,
) -> None:
    loop = Loop(LimiterSettings("mains", MAINS_A), Car(1.0), measured=measured)
    for _ in range(90):
        loop.house_a = (23.0, 0.0, 0.0)
        loop.run(20.0)
        loop.house_a = (2.0, 0.0, 0.0)
        loop.run(20.0)

    assert loop.starts <= 3600 / loop.settings.retry_after_s
