"""What all phases of the grid connection may carry together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

import pytest

from chargepoint.core.capacity import MonthPeak
from chargepoint.core.config import EvseConfig, LimitsConfig
from hardware.api import MeterReading
from profiles.capacity import DayPart

Build = Callable[..., Any]
EVENING = datetime(2030, 1, 15, 20, 59, tzinfo=UTC)
ONE_PHASE = (EvseConfig(1, phases=1),)
PEAK = LimitsConfig(capacity_peak=True, capacity_peak_w=4000.0)


def drawn_a(home: Any) -> float:
    return float(sum(home.bench.readings["mains"].currents_a))


def test_the_part_of_the_day_that_has_begun_holds(house: Build) -> None:
    parts = (DayPart(time(6), 60.0), DayPart(time(22), 24.0))
    zone = timezone(timedelta(hours=1))
    limits = LimitsConfig(capacity_intervals=parts, time_zone=zone)
    home = house(limits=limits, utc=EVENING)
    home.run(2)
    home.bench.charge()
    home.run(40)
    shown = home.bench.snapshot().capacity
    assert (shown.sum_a, shown.source) == (60.0, "capacity until 22:00")
    assert shown.until == "2030-01-15T21:00:00+00:00"
    assert shown.used_wh is None
    assert shown.peak_w is None

    home.run(60)
    assert home.bench.snapshot().capacity.source == "capacity until 06:00"
    assert drawn_a(home) <= 24.1
    assert home.binding.startswith("capacity until 06:00")


def test_of_several_ceilings_the_smallest_holds(house: Build) -> None:
    limits = LimitsConfig(sum_mains_a=40.0, capacity_intervals=(DayPart(time(0), 50.0),))
    home = house(limits=limits)
    home.run(1)
    assert home.bench.snapshot().capacity.sum_a == 40.0


def test_without_a_capacity_none_is_shown(house: Build) -> None:
    assert house().run(1).bench.snapshot().capacity is None


@pytest.mark.parametrize(
    ("capacity_stop_s", "house_a", "stays_s"),
    [(0.0, 12.0, 6.0), (120.0, 12.0, 120.0), (120.0, 20.0, 6.0)],
)
def test_while_only_the_capacity_is_short_the_minimum_may_stay_longer(
    house: Build, capacity_stop_s: float, house_a: float, stays_s: float
) -> None:
    """CAP STOP; at 20 A the fuse of 25 A is short as well, and has no such grace."""
    limits = LimitsConfig(sum_mains_a=14.0, capacity_stop_s=capacity_stop_s)
    home = house(limits=limits, evses=ONE_PHASE)
    home.house_a = (4.0, 0.0, 0.0)
    home.run(2)
    home.bench.charge()
    home.run(40)
    assert home.offer_a == pytest.approx(10.0, abs=0.2)

    home.house_a = (house_a, 0.0, 0.0)
    stayed_s = 0
    while home.run(1).offer_a > 0.0:
        stayed_s += 1
    assert stayed_s == pytest.approx(stays_s, abs=4.0)
    home.run(20)
    assert home.offer_a == 0.0


@pytest.mark.parametrize("register", [True, False])
def test_a_car_charges_below_the_quarter_hour_peak(house: Build, register: bool) -> None:
    home = house(limits=PEAK, evses=ONE_PHASE)
    home.house_a = (4.0, 0.0, 0.0)
    home.energy_wh = 1000.0 if register else None
    home.run(2)
    home.bench.charge()
    home.run(880)
    shown = home.bench.snapshot().capacity
    assert shown.peak_w == 4000.0
    assert 850.0 < shown.used_wh <= 1000.0
    assert shown.until == "2030-01-01T12:15:00+00:00"
    assert home.binding.startswith("capacity ")
    assert " kW until 12:15" in home.binding

    home.run(1018)
    kept = home.bench.memory["capacity"]["peak"]
    assert kept.month == "2030-01"
    assert 3300.0 < kept.peak_w <= 4000.0


def test_a_peak_that_the_house_made_alone_is_told_kept_and_the_new_ceiling(house: Build) -> None:
    home = house(limits=LimitsConfig(capacity_peak=True), evses=ONE_PHASE)
    home.house_a = (20.0, 10.0, 0.0)
    home.run(1805)

    kept = home.bench.memory["capacity"]["peak"]
    assert kept == MonthPeak("2030-01", pytest.approx(6900.0, rel=0.01))
    assert "new peak of the month: 6.9 kW" in home.bench.notes
    assert home.bench.snapshot().capacity.peak_w == pytest.approx(6900.0, rel=0.01)

    again = home.bench.restarted(limits=home.bench.config.limits)
    assert again.snapshot().capacity.peak_w == pytest.approx(6900.0, rel=0.01)


def test_measured_power_and_voltage_go_before_the_nominal_one(house: Build) -> None:
    used = []
    for more in ({}, {"voltages_v": (115.0,) * 3}, {"power_w": 9200.0}):
        home = house(limits=PEAK)
        for second in range(10):
            reading = MeterReading(home.bench.now.s, (10.0, 5.0, 5.0), **more)
            home.bench.readings["mains"] = reading
            home.bench.run(1)
            if second == 0:
                start_wh = home.bench.snapshot().capacity.used_wh
        used.append(home.bench.snapshot().capacity.used_wh - start_wh)

    assert used[1] == pytest.approx(used[0] / 2, abs=0.2)
    assert used[2] == pytest.approx(used[0] * 2, abs=0.2)
