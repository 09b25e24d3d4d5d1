"""The sun, reading by reading and in a loop."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.limits import Limit
from profiles.readings import Taken
from profiles.solar import SolarSettings, SolarState, step

ONE_PHASE = SolarSettings(phases=1)


@dataclass(frozen=True)
class Read:
    at_s: float
    currents_a: tuple[float, float, float]


class Sky:
    """The solar regulation driven by hand: what flows in the mains, what the car takes."""

    def __init__(self, settings: SolarSettings = ONE_PHASE, set_a: float = 0.0) -> None:
        self.settings = settings
        self.now_s = 100.0
        self.state = SolarState(set_a, read_at_s=self.now_s)
        self.admits = True

    def read(self, net_a: float, taken_a: float = 0.0, after_s: float = 1.0) -> Limit:
        self.now_s += after_s
        return self.tick(Read(self.now_s, (net_a, 0.0, 0.0)), taken_a)

    def wait(self, seconds: float, taken_a: float = 0.0) -> Limit:
        self.now_s += seconds
        return self.tick(None, taken_a)

    def tick(self, reading: Read | None, taken_a: float) -> Limit:
        on = [taken_a if phase < self.settings.phases else 0.0 for phase in range(3)]
        taken = Taken((on[0], on[1], on[2]), int(taken_a > 0.0))
        verdict = step(self.settings, self.state, reading, taken, self.now_s)
        self.state, self.admits = verdict.state, verdict.admits
        return verdict.limit


@pytest.mark.parametrize(
    ("settings", "export_a", "starts"),
    [
        (ONE_PHASE, 5.9, False),
        (ONE_PHASE, 6.0, True),
        (SolarSettings(phases=1, start_a=8.0), 8.0, False),
        (SolarSettings(phases=1, start_a=8.0), 8.1, True),
        (SolarSettings(phases=1, import_a=2.0), 4.0, False),
        (SolarSettings(phases=1, import_a=2.0), 4.1, True),
        (SolarSettings(phases=3), 17.9, False),
        (SolarSettings(phases=3), 18.0, True),
    ],
)
def test_it_starts_above_start_when_the_minimum_fits(
    settings: SolarSettings, export_a: float, starts: bool
) -> None:
    assert Sky(settings).read(-export_a).limit_a == (6.0 if starts else 0.0)


def test_it_says_what_it_waits_for_and_what_it_steers_by() -> None:
    assert Sky().read(-2.1).source == "solar export 2.1/6 A"
    assert Sky().read(3.0).source == "solar export 0.0/6 A"
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
    three = SolarSettings(phases=3)

    assert Sky(three, 8.0).read(-1.4, 8.0).limit_a == 8.0
    assert Sky(three, 8.0).read(-1.5, 8.0).limit_a == 8.5
    assert Sky(three, 8.0).read(3.0, 8.0).limit_a == 7.0


def test_a_meter_that_is_read_seldom_is_followed_as_fast() -> None:
    assert Sky(set_a=8.0).read(-9.0, 8.0, after_s=4.0).limit_a == 10.0


def test_a_car_that_takes_less_than_it_may_does_not_hide_the_sun_from_itself() -> None:
    assert Sky(set_a=8.0).read(-1.0, 6.0).limit_a == 8.0


def test_too_little_sun_for_stop_seconds_ends_it() -> None:
    sky = Sky(set_a=6.0)
    for _ in range(60):
        assert sky.read(2.0, 6.0, after_s=10.0).limit_a == 6.0

    assert not sky.admits
    assert sky.wait(1.0, 6.0).limit_a == 6.0
    assert sky.wait(9.0, 6.0).limit_a == 0.0


def test_a_cloud_that_passes_ends_nothing() -> None:
    sky = Sky(set_a=6.0)
    for _ in range(200):
        sky.read(2.0, 6.0, after_s=9.0)
        assert sky.read(0.2, 6.0, after_s=9.0).limit_a == 6.0


def test_stop_zero_never_stops() -> None:
    sky = Sky(SolarSettings(phases=1, stop_s=0.0), set_a=6.0)

    assert {sky.read(9.0, 6.0, after_s=9.0).limit_a for _ in range(500)} == {6.0}


def test_after_a_stop_it_waits_and_comes_back_with_the_sun() -> None:
    sky = Sky(SolarSettings(phases=1, stop_s=1.0), set_a=6.0)
    sky.read(2.0, 6.0)
    assert sky.wait(1.0, 6.0).limit_a == 0.0

    assert not sky.admits
    assert [sky.read(-9.0, after_s=9.0).limit_a for _ in range(4)] == [0.0, 0.0, 0.0, 6.0]
    assert sky.admits


def test_without_a_car_the_offer_goes_with_the_sun() -> None:
    sky = Sky()
    sky.read(-7.0)

    assert sky.read(-5.0).limit_a == 0.0
    assert sky.read(-7.0).limit_a == 6.0


def test_a_silent_meter_gives_the_fallback() -> None:
    sky = Sky(SolarSettings(fallback_a=7.0), set_a=12.0)

    assert sky.wait(10.0, 12.0).limit_a == 12.0
    assert sky.wait(0.1, 12.0) == Limit(7.0, "solar: mains meter silent")


@pytest.mark.parametrize("bad", [math.nan, math.inf, -2000.0])
def test_garbage_is_no_sun(bad: float) -> None:
    assert Sky().read(bad).limit_a == 0.0
    assert Sky(set_a=8.0).read(bad, 8.0).limit_a == 8.0


@settings(max_examples=60)
@given(st.floats(0.0, 40.0), st.sampled_from([1, 3]), st.booleans(), st.sampled_from([0, 2, 4]))
def test_with_steady_sun_the_import_settles_at_or_below_the_limit(
    surplus_a: float, phases: int, measured: bool, lag_s: int
) -> None:
    steered = SolarSettings(phases=phases)
    state, offers = SolarState(), [0.0] * (lag_s + 1)
    settled: list[tuple[float, float]] = []
    for second in range(240):
        car_a = offers[-1 - lag_s]
        net_a = car_a * phases - surplus_a
        shown_a = car_a if measured else offers[-1]
        on = [shown_a if phase < phases else 0.0 for phase in range(3)]
        taken = Taken((on[0], on[1], on[2]), int(offers[-1] > 0.0), measured)
        reading = Read(float(second), (net_a, 0.0, 0.0))
        verdict = step(steered, state, reading, taken, float(second))
        state = verdict.state
        offers.append(verdict.limit.limit_a if verdict.limit.limit_a >= 6.0 else 0.0)
        settled.append((net_a, offers[-1]))

    assert all(net_a <= 0.3 + 1e-6 for net_a, _ in settled[120:])
    if surplus_a >= 6.0 * phases:
        assert settled[119][1] >= min(surplus_a / phases, 32.0) - 0.6
    assert len({offer for _, offer in settled[120:]}) == 1
