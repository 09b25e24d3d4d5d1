"""Several cars behind one meter, with the whole station in the loop."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from core.blocks.bench import NOON, Bench
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, LimitsConfig, Mode
from chargepoint.core.words import Token
from hardware.api import MeterReading, Pilot
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

TICK_S = 0.5
FUSE_A = 32.0
THREE = tuple(EvseConfig(each) for each in (1, 2, 3))


@dataclass
class Car:
    """Takes *part* of what it was offered *lag_s* ago, at most *max_a*, on its phases."""

    lag_s: float = 1.0
    part: float = 1.0
    phases: tuple[int, ...] = (1, 2, 3)
    max_a: float = 32.0
    heard: deque[float] = field(default_factory=deque)

    def draws_a(self, offer_a: float, closed: bool) -> tuple[float, ...]:
        self.heard.append(offer_a)
        while len(self.heard) > self.lag_s / TICK_S + 1:
            self.heard.popleft()
        heard_a = min(self.heard[0] * self.part, self.max_a) if closed else 0.0
        return tuple(heard_a if phase in self.phases else 0.0 for phase in (1, 2, 3))


class Street(Bench):
    """A station at a fuse, with a car at each EVSE that drives up when told to."""

    def __init__(self, cars: list[Car], measured: bool = True, **config: Any) -> None:
        roles = config.pop("meter_roles", frozenset({"mains"}))
        evses = config.pop("evses", THREE)
        limits = config.pop("limits", LimitsConfig(mains_a=FUSE_A))
        super().__init__(
            "2.0.1",
            evses=evses,
            limits=limits,
            meter_roles=roles,
            metered_evses=frozenset(each.id for each in evses if measured),
            **config,
        )
        self.cars = dict(enumerate(cars, 1))
        self.measured = measured
        self.house_a = (0.0, 0.0, 0.0)
        self.total_a = (0.0, 0.0, 0.0)
        self.read_at_s = 0.0
        self.over_s = self.longest_over_s = 0.0
        self.starts = dict.fromkeys(self.cars, 0)
        self.online()

    def drive(self, seconds: float) -> None:
        for _ in range(round(seconds / TICK_S)):
            self.flow()
            before = {each: self.offer_a(each) for each in self.cars}
            self.tick(TICK_S)
            for each in self.cars:
                self.starts[each] += before[each] == 0.0 < self.offer_a(each)

    def flow(self) -> None:
        """Let the cars draw, and read the meters once a second."""
        drawn = {
            each: car.draws_a(self.offer_a(each), self.sensed[each].main_closed)
            for each, car in self.cars.items()
        }
        l1, l2, l3 = (sum(column) for column in zip(self.house_a, *drawn.values(), strict=True))
        self.total_a = (l1, l2, l3)
        takes_part = [any(a[n] for a in drawn.values()) for n in range(3)]
        over = any(
            a > FUSE_A + 0.05 and ours for a, ours in zip(self.total_a, takes_part, strict=True)
        )
        self.over_s = self.over_s + TICK_S if over else 0.0
        self.longest_over_s = max(self.longest_over_s, self.over_s)
        if self.now.s - self.read_at_s >= 1.0:
            self.read_at_s = self.now.s
            self.readings["mains"] = MeterReading(self.now.s, self.total_a)
            for each, (a, b, c) in drawn.items() if self.measured else ():
                self.readings[f"evse/{each}"] = MeterReading(self.now.s, (a, b, c))

    def offer_a(self, evse_id: int) -> float:
        return self.station._blocks.evses[evse_id].path.offer_a

    def limits(self, evse_id: int) -> dict[str, float]:
        return {each.source: each.limit_a for each in self.evse(evse_id).limits}

    def begin(self, evse_id: int) -> None:
        """Plug in and start from afar; when it charges is the station's affair."""
        self.sense(evse_id, pilot=Pilot.B, cable_a=32.0)
        self.drive(TICK_S)
        self.do(m.RemoteStart(Token(f"CARD000{evse_id}"), evse_id))

    def end(self, evse_id: int) -> None:
        self.do(m.RemoteStop(transaction_id=self.evse(evse_id).transaction_id))
        self.drive(1.0)
        self.sense(evse_id, pilot=Pilot.A, cable_a=0.0)


def station_max(limit_a: float) -> m.SetProfile:
    schedule = Schedule(Unit.A, (Period(0, limit_a),), NOON)
    return m.SetProfile(Profile(1, 0, Purpose.STATION_MAX, 0, Kind.ABSOLUTE, (schedule,)))


CARS = st.lists(
    st.builds(
        Car,
        st.sampled_from([0.0, 1.0, 4.5]),
        st.sampled_from([1.0, 0.6]),
        st.sampled_from([(1, 2, 3), (1,), (2,)]),
    ),
    min_size=3,
    max_size=3,
)


@settings(max_examples=8)
@given(CARS, st.booleans(), st.integers(0, 2**32))
def test_no_fuse_is_overloaded_for_longer_than_a_reading_and_the_cars_take(
    cars: list[Car], measured: bool, seed: int
) -> None:
    """Whatever comes, goes, follows late, takes less or suddenly more again."""
    dice = Random(seed)
    street = Street(cars, measured)
    for _ in range(7):
        each = dice.choice((1, 2, 3))
        if street.evse(each).plugged_in:
            cars[each - 1].part = dice.choice([1.0, 0.6])
        else:
            street.begin(each)
        street.house_a = (dice.uniform(0, 6), dice.uniform(-5, 6), 0.0)
        street.drive(dice.uniform(4, 25))

    assert street.longest_over_s <= 1.0 + max(car.lag_s for car in cars) + 2 * TICK_S


@settings(max_examples=8)
@given(st.lists(st.sampled_from([0.0, 1.0, 2.5, 4.5]), min_size=3, max_size=3), st.booleans())
def test_a_new_car_waits_until_the_others_have_made_room(
    lags_s: list[float], measured: bool
) -> None:
    street = Street([Car(lag_s) for lag_s in lags_s], measured, meter_roles=frozenset())
    street.do(station_max(24.0))
    most_a = 0.0
    for each in (1, 2, 3):
        street.begin(each)
        for _ in range(30):
            street.drive(TICK_S)
            most_a = max(most_a, *street.total_a)
    street.end(2)
    for _ in range(30):
        street.drive(TICK_S)
        most_a = max(most_a, *street.total_a)

    assert most_a <= 24.05
    assert [street.offer_a(each) for each in (1, 2, 3)] == [12.0, 0.0, 12.0]


def test_a_car_begins_with_the_minimum_and_takes_more_softly() -> None:
    street = Street([Car(), Car(), Car()])
    street.drive(30)
    street.begin(1)
    street.drive(TICK_S)
    offers = [street.offer_a(1)]
    for _ in range(15):
        street.drive(1.0)
        offers.append(street.offer_a(1))

    assert offers[0] == 6.0
    assert all(later - earlier <= 2.1 for earlier, later in pairwise(offers))
    assert offers[-1] == FUSE_A
    assert "soft start, 2 A a second" not in street.limits(1)


def test_without_any_meter_a_car_gets_all_of_it_at_once() -> None:
    street = Street([Car()], meter_roles=frozenset(), evses=(EvseConfig(1),))
    street.begin(1)
    street.drive(1.0)

    assert street.offer_a(1) == 32.0


def test_a_car_on_one_phase_leaves_the_others_to_those_who_load_them() -> None:
    street = Street([Car(phases=(1,)), Car(), Car(phases=(3,))])
    for each in (1, 2, 3):
        street.begin(each)
    street.drive(60)

    assert street.offer_a(1) == pytest.approx(16.0, abs=0.3)
    assert street.offer_a(2) == pytest.approx(16.0, abs=0.3)
    street.end(2)
    street.drive(40)
    assert street.offer_a(1) == pytest.approx(32.0, abs=0.3)
    assert not any(name.startswith("mains L3") for name in street.limits(1))


def test_a_car_that_uses_less_leaves_the_rest_to_one_that_can_use_it() -> None:
    street = Street([Car(), Car(), Car()])
    street.begin(1)
    street.begin(2)
    street.drive(60)
    street.cars[1].max_a = 8.0
    street.drive(120)

    assert street.offer_a(1) == pytest.approx(10.0, abs=0.6)
    assert street.offer_a(2) > 20.0
    street.cars[1].max_a = 32.0
    street.drive(60)
    assert street.offer_a(1) == pytest.approx(16.0, abs=0.3)


def test_of_three_that_do_not_fit_two_charge_and_all_have_their_turn() -> None:
    street = Street([Car(), Car(), Car()], limits=LimitsConfig(mains_a=FUSE_A, rotate_after_s=60.0))
    street.house_a = (18.0, 0.0, 0.0)
    for each in (1, 2, 3):
        street.begin(each)
    street.drive(60)
    assert [street.offer_a(each) >= 6.0 for each in (1, 2, 3)] == [True, True, False]
    assert any("EVSE 3 waits" in name for name in street.limits(3))
    charged_s = dict.fromkeys((1, 2, 3), 0)
    for _ in range(360):
        street.drive(1.0)
        for each in charged_s:
            charged_s[each] += street.offer_a(each) > 0.0

    assert all(200 <= seconds <= 280 for seconds in charged_s.values())
    assert street.longest_over_s == 0.0


def test_the_one_with_the_higher_priority_goes_first() -> None:
    evses = (EvseConfig(1), EvseConfig(2, priority=1))
    street = Street([Car(), Car()], evses=evses)
    street.house_a = (24.0, 0.0, 0.0)
    street.begin(1)
    street.drive(20)
    street.begin(2)
    street.drive(30)

    assert (street.offer_a(1), street.offer_a(2) >= 6.0) == (0.0, True)


def test_a_load_that_comes_and_goes_starts_a_car_ever_less_often() -> None:
    street = Street([Car()], evses=(EvseConfig(1),))
    street.begin(1)
    street.drive(20)
    for _ in range(16):
        street.house_a = (40.0, 0.0, 0.0)
        street.drive(3.0)
        street.house_a = (2.0, 0.0, 0.0)
        street.drive(55.0)

    assert street.starts[1] == 3
    rests = "rests after many stops, until room lasts 60 s"
    assert street.evse().binding == rests
    assert next(each for each in street.evse().limits if each.source == rests).until is not None
    street.drive(40.0)
    assert (street.starts[1], street.offer_a(1) > 20.0) == (4, True)
    street.end(1)
    street.drive(TICK_S)
    street.begin(1)
    street.drive(3.0)
    assert street.offer_a(1) >= 6.0


def test_a_central_system_that_pauses_and_resumes_is_obeyed_at_once() -> None:
    street = Street([Car()], evses=(EvseConfig(1),))
    street.begin(1)
    street.drive(20)
    for _ in range(6):
        street.do(station_max(0.0))
        street.drive(10.0)
        assert street.offer_a(1) == 0.0
        street.do(station_max(10.0))
        street.drive(10.0)
        assert street.offer_a(1) == 10.0


def test_a_pause_says_until_when() -> None:
    street = Street([Car()], evses=(EvseConfig(1),))
    street.begin(1)
    street.drive(20)
    street.house_a = (40.0, 0.0, 0.0)
    street.drive(4.0)
    seen = {each.until for each in street.evse().limits if each.source.startswith("mains L1")}
    street.drive(10.0)

    assert seen == {
        each.until for each in street.evse().limits if each.source.startswith("mains L1")
    }
    assert None not in seen


def test_the_sun_is_shared_as_a_sum_of_phases() -> None:
    street = Street(
        [Car(phases=(1,)), Car()],
        evses=(EvseConfig(1, phases=1), EvseConfig(2)),
        limits=LimitsConfig(mode=Mode.SOLAR, mains_a=FUSE_A),
    )
    street.house_a = (-12.0, -12.0, -16.0)
    street.begin(1)
    street.begin(2)
    street.drive(150)

    assert street.offer_a(1) == street.offer_a(2)
    assert 36.0 <= street.offer_a(1) + 3 * street.offer_a(2) <= 40.0
    assert "solar" in street.evse(1).binding


@pytest.mark.parametrize(("mode", "within_s"), [(Mode.NORMAL, 75), (Mode.SOLAR, 120)])
def test_after_room_is_back_the_offer_is_full_in_time(mode: Mode, within_s: int) -> None:
    limits = LimitsConfig(mode=mode, mains_a=FUSE_A, max_a=16.0, stop_s=20.0)
    street = Street([Car()], evses=(EvseConfig(1),), limits=limits)
    plenty_a = (-30.0,) * 3 if mode is Mode.SOLAR else (8.0,) * 3
    street.house_a = plenty_a
    street.begin(1)
    street.drive(60)
    assert street.offer_a(1) == 16.0
    street.house_a = (30.0, 20.0, 10.0)
    street.drive(50)
    assert street.offer_a(1) == 0.0

    street.house_a = plenty_a
    street.drive(within_s)

    assert street.offer_a(1) == 16.0


def test_a_mode_that_ends_leaves_no_jump() -> None:
    limits = LimitsConfig(mode=Mode.SOLAR, mains_a=FUSE_A)
    street = Street([Car()], evses=(EvseConfig(1),), limits=limits)
    street.house_a = (-8.0, -8.0, -8.0)
    street.begin(1)
    street.drive(60)
    assert 7.0 <= street.offer_a(1) <= 8.0
    street.do(m.SetMode("normal"))
    street.drive(40)

    assert street.offer_a(1) == FUSE_A
    assert street.longest_over_s == 0.0
