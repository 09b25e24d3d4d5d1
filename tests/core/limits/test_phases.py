"""Phases at work: who decides, the order of offer and contactors, and what is told of it."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from core.driver import Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, LimitsConfig, Mode, SecondContactor
from hardware.api import MeterReading, Pilot
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

MAINS = frozenset({"mains"})


SMART = LimitsConfig(mode=Mode.SMART)


def station(
    second: SecondContactor,
    version: str = "2.0.1",
    limits: LimitsConfig | None = None,
    roles: Collection[str] = MAINS,
    **config: Any,
) -> Driver:
    evse = EvseConfig(1, second_contactor=second, **config)
    limits = limits or LimitsConfig(mains_a=100.0)
    return Driver(version, (evse,), limits=limits, meter_roles=frozenset(roles)).online()


def forbid(driver: Driver, phases: int | None = 1) -> None:
    """Let the central system allow one phase, or take that back."""
    if phases is None:
        driver.do(m.ClearProfiles(id=7))
        return
    schedule = Schedule(Unit.A, (Period(0, 16.0, phases),))
    driver.do(m.SetProfile(Profile(7, 1, Purpose.TX_DEFAULT, 0, Kind.RELATIVE, (schedule,))))


def carried(driver: Driver) -> int:
    """Return how many phases the contactors carry."""
    sensed = driver.sensed[1]
    return (3 if sensed.second_closed else 1) if sensed.main_closed else 0


def watch(driver: Driver, seconds: float) -> list[tuple[float, int]]:
    """Return (offer, phases carried) whenever one of them changes; a live change is a failure."""
    seen = [(driver.done[1].offer_a, carried(driver))]
    for _ in range(round(seconds * 10)):
        driver.readings["mains"] = MeterReading(driver.now.s, (0.0, 0.0, 0.0))
        driver.tick()
        now = driver.done[1].offer_a, carried(driver)
        if now != seen[-1]:
            assert {seen[-1][1], now[1]} != {1, 3}, "phases changed under load"
            seen.append(now)
    return seen


# --- who decides --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("second", "normal", "solar"),
    [
        (SecondContactor.ABSENT, 3, 3),
        (SecondContactor.ALWAYS_OFF, 1, 1),
        (SecondContactor.SOLAR_OFF, 3, 1),
        (SecondContactor.ALWAYS_ON, 3, 3),
    ],
)
def test_the_installer_decides_by_mode(second: SecondContactor, normal: int, solar: int) -> None:
    driver = station(second)
    house(driver, 40, 0.0, 0.0, 0.0)
    assert driver.shown().phases == normal
    driver.do(m.SetMode(Mode.SOLAR))
    watch(driver, 1)
    assert driver.shown().phases == solar
    assert driver.shown().phases_because == (
        "second contactor off in solar" if normal > solar else None
    )


@pytest.mark.parametrize("second", [SecondContactor.ALWAYS_ON, SecondContactor.AUTO])
@pytest.mark.requirement("K01.FR.43", "1.6 3.13.1")
def test_a_profile_for_one_phase_is_obeyed_in_any_mode(second: SecondContactor) -> None:
    driver = station(second)
    house(driver, 40, 0.0, 0.0, 0.0)
    driver.charge()
    assert carried(driver) == 3
    forbid(driver)
    watch(driver, 10)

    assert carried(driver) == 1
    assert driver.shown().phases_because == "TxDefaultProfile 7"


def test_without_a_second_contactor_nothing_can_be_switched() -> None:
    driver = station(SecondContactor.ABSENT, "1.6")  # 2.0.1 has the profile refused
    house(driver, 40, 0.0, 0.0, 0.0)
    driver.charge()
    forbid(driver)

    assert [phases for _, phases in watch(driver, 20)] == [3, 3]


def test_an_evse_of_one_phase_has_no_choice() -> None:
    driver = station(SecondContactor.ALWAYS_ON, phases=1)
    house(driver, 40, 0.0, 0.0, 0.0)
    driver.charge()
    watch(driver, 10)

    assert carried(driver) == driver.shown().phases == 1


# --- by what there is room for ----------------------------------------------------------------


def house(driver: Driver, seconds: float, *currents_a: float, role: str = "mains") -> str | None:
    """Let the meter at *role* show this for a while; return why the phases are what they are."""
    l1, l2, l3 = currents_a
    for _ in range(round(seconds)):
        driver.readings[role] = MeterReading(driver.now.s + 1.0, (l1, l2, l3))
        driver.tick(1.0)
    return driver.shown().phases_because


def test_auto_goes_by_each_conductor_in_smart() -> None:
    driver = station(SecondContactor.AUTO, phase_map=(2, 3, 1), limits=SMART)
    assert house(driver, 1, 2.0, 2.0, 2.0) == "L1 has 23.0/6 A for 3 phases"
    assert driver.shown().phases == 3
    assert house(driver, 1, 22.0, 2.0, 2.0) == "L1 has 3.0/7 A for 3 phases"
    assert driver.shown().phases == 1
    assert house(driver, 1, 22.0, 22.0, 2.0) == "L1 has 3.0/7 A for 3 phases"


def test_auto_goes_by_the_sum_in_solar_and_by_capacity() -> None:
    driver = station(SecondContactor.AUTO, limits=replace(SMART, mode=Mode.SOLAR, import_a=1.0))
    assert house(driver, 1, -10.0, -4.0, 2.0) == "13.0/21 A for 3 phases"
    assert driver.shown().phases == 1
    assert house(driver, 1, -10.0, -14.0, 2.0) == "23.0/18 A for 3 phases"
    assert driver.shown().phases == 3

    driver = station(SecondContactor.AUTO, limits=replace(SMART, sum_mains_a=30.0))
    assert house(driver, 1, 10.0, 4.0, 2.0) == "14.0/21 A for 3 phases"
    assert driver.shown().phases == 1


def test_auto_without_a_mains_meter_goes_by_the_circuit_alone() -> None:
    driver = station(SecondContactor.AUTO, limits=SMART, roles={"circuit"})
    assert house(driver, 1, 1.0, 11.0, 1.0, role="circuit") == "L2 has 5.0/7 A for 3 phases"
    assert driver.shown().phases == 1


def test_auto_goes_by_what_the_grid_operator_leaves() -> None:
    driver = station(SecondContactor.AUTO, limits=SMART)
    driver.do(m.GridRelay(dimmed=True))
    assert house(driver, 1, 2.0, 2.0, 2.0) == "18.2/21 A for 3 phases"
    assert driver.shown().phases == 1


def test_auto_goes_by_the_circuit_too_and_by_nothing_while_a_meter_is_silent() -> None:
    driver = station(SecondContactor.AUTO, limits=SMART, roles={"mains", "circuit"})
    assert house(driver, 1, 2.0, 2.0, 2.0) == "no meter tells"
    assert house(driver, 1, 1.0, 1.0, 11.0, role="circuit") == "L3 has 5.0/7 A for 3 phases"
    assert driver.shown().phases == 1
    assert house(driver, 20, 1.0, 1.0, 1.0, role="circuit") == "no meter tells"
    assert driver.shown().phases == 3
    assert house(driver, 1, math.nan, 1.0, 1.0) == "no meter tells"


def test_what_the_car_takes_is_room_too() -> None:
    driver = station(SecondContactor.AUTO, limits=SMART)
    house(driver, 40, 2.0, 2.0, 2.0)
    driver.charge()
    driver.tick(5.0)
    current_a = driver.done[1].offer_a
    house_a = 15.0 + current_a
    assert house(driver, 1, house_a, house_a, house_a) == "L1 has 10.0/6 A for 3 phases"

    driver.silent_meters = True  # no meter of its own: what it is offered
    driver.readings["evse/1"] = MeterReading(driver.now.s - 60.0, (0.0, 0.0, 0.0))
    current_a = driver.done[1].offer_a
    house_a = 15.0 + current_a
    assert house(driver, 1, house_a, house_a, house_a) == "L1 has 10.0/6 A for 3 phases"


# --- the order ----------------------------------------------------------------------------


@pytest.fixture(params=["1.6", "2.0.1"])
def charging(request: pytest.FixtureRequest) -> Driver:
    """A car that charges on three phases."""
    driver = station(SecondContactor.ALWAYS_ON, request.param)
    house(driver, 40, 0.0, 0.0, 0.0)
    driver.charge()
    watch(driver, 20)
    return driver


def test_phases_change_by_offer_gone_car_gone_open_closed(charging: Driver) -> None:
    forbid(charging)

    seen = watch(charging, 20)

    assert seen[1:3] == [(0.0, 3), (6.0, 0)]
    assert seen[-1] == (16.0, 1)
    assert charging.shown().switches.contactor == 2
    assert charging.shown().switches.phases == 1
    assert "changing to 1 phase: TxDefaultProfile 7" in charging.notes


def test_a_car_that_does_not_let_go_has_six_seconds(charging: Driver) -> None:
    charging.stubborn = True
    forbid(charging)

    watch(charging, 5.8)
    assert (charging.done[1].offer_a, carried(charging)) == (0.0, 3)
    watch(charging, 0.5)
    assert not charging.done[1].close_second


def test_the_way_back_waits_for_ten_minutes_however_the_central_system_chatters(
    charging: Driver,
) -> None:
    for _ in range(5):
        forbid(charging)
        watch(charging, 30)
        forbid(charging, None)
        watch(charging, 30)
    assert charging.shown().switches.phases == 1
    watch(charging, 320)
    assert (carried(charging), charging.shown().switches.phases) == (3, 2)


def test_a_change_of_phases_is_no_suspension(charging: Driver) -> None:
    charging.live.clear()
    since = len(charging.tx)
    forbid(charging)
    watch(charging, 20)

    assert charging.shown().charging
    assert not [each for each in charging.live if isinstance(each, m.StatusChanged)]
    told = charging.story(since)
    assert told == ([] if charging.version == "1.6" else ["U ChargingRateChanged"])
    assert charging.shown().transaction_id is not None


def test_a_car_that_takes_its_time_is_suspended_by_itself(charging: Driver) -> None:
    since = len(charging.tx)
    charging.live.clear()
    forbid(charging)
    charging.tick()
    charging.wants[1] = False
    watch(charging, 30)
    charging.wants[1] = True
    watch(charging, 5)

    assert charging.status in ("Charging", "Occupied")
    if charging.version == "2.0.1":
        assert charging.story(since)[0] == "U ChargingStateChanged SuspendedEV"
    else:
        told = [each.status for each in charging.live if isinstance(each, m.StatusChanged)]
        assert told == ["SuspendedEV", "Charging"]


def test_a_contactor_that_does_not_open_keeps_its_phases_and_becomes_a_suspension(
    charging: Driver,
) -> None:
    charging.welded.add(1)
    charging.sense(second_closed=True)
    forbid(charging)
    for _ in range(150):
        charging.tick()
        charging.sense(second_closed=True)

    assert charging.evse().path.phases == 3
    assert charging.done[1].offer_a == 0.0
    assert charging.evse().charging_state == "SuspendedEVSE"


def test_a_car_that_is_pulled_out_in_mid_change_leaves_nothing_behind(charging: Driver) -> None:
    forbid(charging)
    charging.tick()
    charging.unplug()
    assert not charging.done[1].close_main
    watch(charging, 5)
    charging.charge()
    watch(charging, 10)

    assert carried(charging) == 1
    assert charging.shown().switches.phases == 0  # the next car begins with one
    assert not charging.evse().path.changes_phases(charging.now.s)


def test_a_power_cut_in_mid_change_is_a_power_cut(charging: Driver) -> None:
    forbid(charging)
    charging.tick()
    again = Driver(charging.version, charging.config.evses, charging.memory, charging.now)
    again.sense(pilot=Pilot.C, cable_a=32.0, main_closed=True, second_closed=True)
    again.tick()

    assert again.done[1].offer_a == 0.0
    assert not again.done[1].close_main
    assert again.tx[0].stop_reason == "PowerLoss"


# --- what the car uses ----------------------------------------------------------------------


def draw(driver: Driver, seconds: float, *currents_a: float) -> None:
    driver.silent_meters = True
    for _ in range(round(seconds * 10)):
        at_s = driver.now.s + 0.1
        l1, l2, l3 = currents_a
        driver.readings["evse/1"] = MeterReading(at_s, (l1, l2, l3), energy_wh=1.0)
        driver.readings["mains"] = MeterReading(at_s, (l1, l2, l3))
        driver.tick()


def test_the_phases_of_a_car_are_learned_told_and_forgotten(charging: Driver) -> None:
    charging.unplug()
    charging.silent_meters = True
    charging.readings["evse/1"] = MeterReading(charging.now.s, (0.0, 0.0, 0.0), energy_wh=1.0)
    charging.charge()
    assert charging.shown().phases_used is None
    since = len(charging.tx)
    draw(charging, 4, 10.0, 0.3, 0.0)
    assert charging.shown().phases_used is None
    draw(charging, 3, 10.0, 0.3, 0.0)
    assert charging.shown().phases_used == 1
    if charging.version == "2.0.1":
        assert [event.phases_used for event in charging.tx[since:]] == [1]
    draw(charging, 1, 10.0, 10.0, 0.0)
    assert charging.shown().phases_used == 2
    draw(charging, 1, 0.0, 0.0, 0.0)
    assert charging.shown().phases_used == 2
    charging.unplug()
    assert charging.shown().phases_used is None


def test_on_one_phase_nothing_is_learned(charging: Driver) -> None:
    charging.unplug()
    forbid(charging)
    charging.charge()
    draw(charging, 10, 10.0, 0.0, 0.0)

    assert carried(charging) == 1
    assert charging.shown().phases_used is None


def test_a_second_contactor_that_does_not_close_is_a_warning(charging: Driver) -> None:
    charging.sense(second_closed=False)
    charging._follow = lambda _, sensed: sensed  # type: ignore[method-assign]
    charging.sense(at_s=charging.now.s + 5.0)
    charging.tick()

    assert charging.shown().phases == 1
    warnings = charging.station.snapshot(0, None, None, charging.now).warnings
    assert "EVSE 1: the second contactor does not close" in warnings
