"""The sun, reading by reading and in a loop."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.drawn import Drawn, Trail
from profiles.limits import Limit
from profiles.pools import Over, Pool
from profiles.solar import SolarSettings, SolarState, step

SUN = SolarSettings()


@dataclass(frozen=True)
class Read:
    at_s: float
    currents_a: tuple[float, float, float]


def car(taken_a: float, phases: int, told_a: float | None = None) -> list[Drawn]:
    """Return one car that takes *taken_a* on each of *phases*; with 0 it does not charge."""
    told_a = taken_a if told_a is None else told_a
    l1_a, l2_a, l3_a = (told_a if phase < phases else 0.0 for phase in range(3))
    on = (l1_a, l2_a, l3_a)
    needs_a = 6.0 if taken_a > 0.0 else 0.0
    return [Drawn(on, on, on, frozenset(range(1, phases + 1)), needs_a)]


class Sky:
    """The sun and one car, driven by hand: amperes of the sum, and of the car on each phase."""

    def __init__(self, settings: SolarSettings = SUN, set_a: float = 0.0, phases: int = 1) -> None:
        self.settings = settings
        self.phases = phases
        self.now_s = 100.0
        self.state = SolarState(set_a, set_a, read_at_s=self.now_s)
        self.pool = Pool(Limit(set_a, ""), Over.SUM)

    @property
    def admits(self) -> bool:
        return self.pool.admits

    def read(
        self, net_a: float, taken_a: float = 0.0, after_s: float = 1.0, full: bool = False
    ) -> Limit:
        self.now_s += after_s
        return self.tick(Read(self.now_s, (net_a, 0.0, 0.0)), taken_a, full)

    def wait(self, seconds: float, taken_a: float = 0.0) -> Limit:
        self.now_s += seconds
        return self.tick(None, taken_a)

    def tick(self, reading: Read | None, taken_a: float, full: bool = False) -> Limit:
        """*full*: there is also a car that is offered something and does not take it."""
        cars = car(taken_a, self.phases) + [Drawn(idle_a=6.0 * self.phases)] * full
        verdict = step(self.settings, self.state, reading, cars, self.now_s)
        self.state, (self.pool,) = verdict.state, verdict.pools
        return self.pool.limit


@pytest.mark.parametrize(
    ("settings", "phases", "export_a", "starts"),
    [
        (SUN, 1, 4.0, False),
        (SUN, 1, 4.1, True),
        (SUN, 3, 15.9, False),
        (SUN, 3, 16.1, True),
        (SolarSettings(start_a=8.0), 1, 8.0, False),
        (SolarSettings(start_a=8.0), 1, 8.1, True),
        (SolarSettings(start_a=8.0), 3, 17.9, False),
        (SolarSettings(start_a=8.0), 3, 18.0, True),
        (SolarSettings(import_a=2.0), 1, 4.0, False),
        (SolarSettings(import_a=2.0), 3, 13.9, False),
        (SolarSettings(import_a=2.0), 3, 14.1, True),
    ],
)
def test_it_starts_above_start_when_the_minimum_nearly_fits(
    settings: SolarSettings, phases: int, export_a: float, starts: bool
) -> None:
    assert (Sky(settings).read(-export_a).limit_a >= 6.0 * phases) is starts


def test_it_says_what_it_waits_for_and_what_it_steers_by() -> None:
    assert Sky().read(-2.1).source == "solar export 2.1/4 A"
    assert Sky().read(3.0).source == "solar export 0.0/4 A"
    assert Sky(set_a=8.0).read(0.3, 8.0).source == "solar import 0.3/0 A"


@pytest.mark.parametrize(
    ("net_a", "expected_a"),
    [(-9.0, 8.5), (-0.4, 8.0), (0.0, 8.0), (0.3, 8.0), (0.4, 7.5), (1.2, 6.5), (9.0, 6.0)],
)
def test_it_moves_in_half_amperes_up_slowly_and_down_by_all(
    net_a: float, expected_a: float
) -> None:
    assert Sky(set_a=8.0).read(net_a, 8.0).limit_a == expected_a


def test_on_three_phases_a_step_is_three_times_as_much_of_the_sum() -> None:
    assert Sky(set_a=24.0, phases=3).read(-1.4, 8.0).limit_a == 24.0
    assert Sky(set_a=24.0, phases=3).read(-1.5, 8.0).limit_a == 25.5
    assert Sky(set_a=24.0, phases=3).read(3.0, 8.0).limit_a == 21.0


def test_a_meter_that_is_read_seldom_is_followed_as_fast() -> None:
    assert Sky(set_a=8.0).read(-9.0, 8.0, after_s=4.0).limit_a == 10.0


def test_a_car_that_takes_less_than_it_may_does_not_hide_the_sun_from_itself() -> None:
    assert Sky(set_a=8.0).read(-1.0, 6.0).limit_a == 8.0


def test_too_little_sun_for_stop_seconds_ends_it() -> None:
    sky = Sky(set_a=6.0)
    for _ in range(60):
        assert sky.read(2.1, 6.0, after_s=10.0).limit_a == 6.0

    assert not sky.admits
    assert sky.wait(1.0, 6.0).limit_a == 6.0
    assert sky.wait(9.0, 6.0).limit_a == 0.0


@pytest.mark.parametrize("phases", [1, 3])
def test_it_goes_on_where_it_would_begin_again_at_once(phases: int) -> None:
    minimum_a = 6.0 * phases
    sky = Sky(set_a=minimum_a, phases=phases)

    assert {sky.read(1.9, 6.0, after_s=9.0).limit_a for _ in range(500)} == {minimum_a}
    assert sky.read(-1.9 - minimum_a + 3.8).limit_a >= minimum_a
    assert sky.read(2.1 - minimum_a).limit_a < minimum_a


def test_of_two_cars_the_one_goes_on_that_the_sun_carries() -> None:
    state = SolarState(12.0, 12.0, read_at_s=100.0)
    settings, now_s = SolarSettings(stop_s=20.0), 100.0
    limits = []
    for _ in range(4):
        now_s += 9.0
        two = [*car(6.0, 1), *car(6.0, 1)]
        verdict = step(settings, state, Read(now_s, (4.0, 0.0, 0.0)), two, now_s)
        state = verdict.state
        limits.append(verdict.pools[0].limit.limit_a)

    assert limits == [12.0, 12.0, 12.0, 8.0]
    assert not verdict.pools[0].admits


def test_a_cloud_that_passes_ends_nothing() -> None:
    sky = Sky(set_a=6.0)
    for _ in range(200):
        sky.read(3.0, 6.0, after_s=9.0)
        assert sky.read(0.2, 6.0, after_s=9.0).limit_a == 6.0


def test_stop_zero_never_stops() -> None:
    sky = Sky(SolarSettings(stop_s=0.0), set_a=6.0)

    assert {sky.read(9.0, 6.0, after_s=9.0).limit_a for _ in range(500)} == {6.0}


def test_after_a_stop_it_waits_and_comes_back_with_the_sun() -> None:
    sky = Sky(SolarSettings(stop_s=1.0), set_a=6.0)
    sky.read(3.0, 6.0)
    assert sky.wait(1.0, 6.0).limit_a == 0.0

    assert not sky.admits
    assert sky.pool.until_s == 132.0
    assert [sky.read(-9.0, after_s=9.0).limit_a for _ in range(4)] == [0.0, 0.0, 0.0, 11.0]
    assert sky.admits


def test_without_a_car_the_offer_goes_with_the_sun() -> None:
    sky = Sky()

    assert [sky.read(-a).limit_a for a in (7.0, 3.0, 7.0)] == [9.0, 0.0, 9.0]


def test_a_full_car_keeps_its_offer_through_a_cloud_and_loses_it_in_the_evening() -> None:
    sky = Sky(SolarSettings(stop_s=60.0), phases=3)
    assert sky.read(-20.0).limit_a == 22.0

    assert [sky.read(-a, full=True).limit_a for a in (20.0, 3.0, 17.0, 0.0)] == [22, 18, 19, 18]
    assert not sky.admits
    assert {sky.read(2.0, full=True, after_s=9.0).limit_a for _ in range(6)} == {18.0}
    assert sky.read(2.0, full=True, after_s=9.0).limit_a == 0.0
    assert sky.read(-20.0).limit_a == 0.0
    assert sky.read(-20.0, after_s=31.0).limit_a == 22.0


def test_a_full_car_keeps_nothing_from_one_that_waits() -> None:
    state = SolarState(22.0, 22.0, read_at_s=100.0)
    cars = [Drawn(idle_a=18.0), Drawn(waits=True)]

    verdict = step(SUN, state, Read(101.0, (-5.0, 0.0, 0.0)), cars, 101.0)

    assert (verdict.pools[0].limit.limit_a, verdict.pools[0].admits) == (7.0, True)


def test_what_is_kept_for_a_full_car_is_not_taken_from_one_that_charges() -> None:
    sky = Sky(set_a=14.0)

    assert sky.read(0.2, 8.0, full=True).limit_a == 14.0
    assert sky.read(-0.6, 8.0, full=True).limit_a == 14.5
    assert sky.read(1.0, 8.0, full=True).limit_a == 13.0
    assert sky.read(0.2, 7.0).limit_a == 7.0


def test_a_full_car_is_the_first_to_lose_when_the_sun_does_not_carry_both() -> None:
    sky = Sky(SolarSettings(stop_s=60.0), set_a=14.0)

    assert {sky.read(5.0, 8.0, full=True, after_s=9.0).limit_a for _ in range(7)} == {6.0}
    assert sky.read(5.0, 6.0, full=True, after_s=9.0).limit_a == 0.0


def test_a_silent_meter_gives_the_fallback_on_every_phase() -> None:
    sky = Sky(SolarSettings(fallback_a=7.0), set_a=12.0)

    assert sky.wait(10.0, 12.0).limit_a == 12.0
    assert sky.wait(0.1, 12.0) == Limit(21.0, "solar: mains meter silent")


def test_a_meter_that_somebody_does_not_believe_gives_what_that_one_says() -> None:
    reading = Read(101.0, (-20.0, 0.0, 0.0))
    verdict = step(SUN, SolarState(), reading, [], 101.0, Limit(6.0, "mains meter frozen"))

    assert verdict.pools[0].limit == Limit(18.0, "solar: mains meter frozen")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -2000.0])
def test_garbage_is_no_sun(bad: float) -> None:
    assert Sky().read(bad).limit_a == 0.0
    assert Sky(set_a=8.0).read(bad, 8.0).limit_a == 8.0


@settings(max_examples=60)
@given(st.floats(0.0, 40.0), st.sampled_from([1, 2, 3]), st.booleans(), st.sampled_from([0, 2, 4]))
def test_with_steady_sun_the_import_settles_at_what_a_start_accepts(
    surplus_a: float, phases: int, measured: bool, lag_s: int
) -> None:
    state, trail, offers = SolarState(), Trail(), [0.0] * (lag_s + 1)
    settled: list[tuple[float, float]] = []
    for second in range(240):
        now_s = float(second)
        car_a = offers[-1 - lag_s]
        net_a = car_a * phases - surplus_a
        trail = trail.after(offers[-1], now_s)
        bounds_a = [car_a] * 3 if measured else [trail.offer_a, trail.least_a, trail.most_a]
        told, least, most = (car(1.0, phases, a)[0].told_a for a in bounds_a)
        needs_a = 6.0 if offers[-1] else 0.0
        one = Drawn(told, least, most, frozenset(range(1, phases + 1)), needs_a)
        verdict = step(SUN, state, Read(now_s, (net_a, 0.0, 0.0)), [one], now_s)
        state = verdict.state
        offer_a = int(verdict.pools[0].limit.limit_a / phases * 10 + 1e-6) / 10
        offers.append(offer_a if offer_a >= 6.0 else 0.0)
        settled.append((net_a, offers[-1]))

    minimum_a = 6.0 * phases
    accepted_a = 0.3 if surplus_a >= minimum_a else SUN.spared_a
    assert all(net_a <= accepted_a + 1e-6 for net_a, _ in settled[120:])
    if surplus_a >= minimum_a:
        assert settled[119][1] >= min(surplus_a / phases, 32.0) - 0.6
    assert len({offer for _, offer in settled[120:]}) == 1
