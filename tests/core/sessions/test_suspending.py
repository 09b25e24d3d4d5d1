"""Suspending is not stopping: the transaction stays open and resumes by itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from core.driver import ANNA, Driver

from chargepoint.core import messages as m
from hardware.api import Fault, FaultCode, MeterReading, Pilot

GROUND = frozenset({Fault(FaultCode.GROUND_FAILURE)})
WEAK = frozenset({Fault(FaultCode.WEAK_SIGNAL)})


def limit(driver: Driver, limit_a: float | None) -> None:
    driver.do(m.Override(limit_a, 1))


PAUSES: dict[str, tuple[Callable[[Driver], object], Callable[[Driver], object]]] = {
    "limit 0": (lambda d: limit(d, 0.0), lambda d: limit(d, None)),
    "limit below 6 A": (lambda d: limit(d, 5.9), lambda d: limit(d, 6.0)),
    "fault": (lambda d: d.sense(faults=GROUND), lambda d: d.sense(faults=frozenset())),
    "pilot shorted": (lambda d: d.sense(pilot=Pilot.E), lambda d: d.sense(pilot=Pilot.B)),
    "pilot off": (lambda d: d.sense(pilot=Pilot.F), lambda d: d.sense(pilot=Pilot.B)),
    "car": (lambda d: d.wants.update({1: False}), lambda d: d.wants.update({1: True})),
}

FAULTS = ("fault", "pilot shorted", "pilot off")


@pytest.mark.requirement("E02.FR.13", "1.6 3.6")
@pytest.mark.parametrize("name", PAUSES)
def test_a_pause_keeps_the_transaction_open_and_ends_by_itself(driver: Driver, name: str) -> None:
    pause, resume = PAUSES[name]
    driver.charge()
    transaction = driver.shown().transaction_id
    since = len(driver.tx)
    pause(driver)
    driver.run(10.0)
    assert not driver.closed()
    suspended = "SuspendedEV" if name == "car" else "SuspendedEVSE"
    resume(driver)
    driver.run(10.0)
    assert driver.closed()
    assert driver.shown().transaction_id == transaction
    states = [event.charging_state for event in driver.tx[since:] if event.charging_state]
    assert states == ([suspended, "Charging"] if driver.version == "2.0.1" else [])
    if driver.version == "1.6" and name not in FAULTS:
        statuses = [each.status for each in driver.live if isinstance(each, m.StatusChanged)]
        assert statuses[-2:] == [suspended, "Charging"]


@pytest.mark.requirement("E02.FR.17", "E06.FR.16")
def test_a_fault_is_told_as_what_it_is(v201: Driver) -> None:
    v201.charge()
    since = len(v201.tx)
    v201.sense(faults=GROUND)
    v201.run(3.0)
    v201.sense(faults=frozenset())
    v201.run(5.0)
    assert v201.story(since) == [
        "U AbnormalCondition SuspendedEVSE",
        "U ChargingStateChanged Charging",
    ]


def test_a_warning_pauses_nothing(driver: Driver) -> None:
    driver.charge()
    since = len(driver.tx)
    driver.sense(faults=WEAK)
    driver.run(5.0)
    assert driver.closed()
    assert driver.tx[since:] == []


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_lost_mains_meter_pauses_until_it_is_back(version: str) -> None:
    driver = Driver(version, meter_roles=frozenset({"mains"})).online()

    def mains() -> None:
        driver.readings["mains"] = MeterReading(driver.now.s, (1.0, 1.0, 1.0))

    mains()
    driver.plug()
    driver.admit()
    for _ in range(100):
        mains()
        driver.tick()
    assert driver.closed()
    driver.run(20.0)
    assert not driver.closed()
    for _ in range(600):
        mains()
        driver.tick()
    assert driver.closed()
    assert {event.phase for event in driver.tx} == {"Started", "Updated"}


def test_a_pilot_that_is_lost_for_good_ends_with_the_cable(driver: Driver) -> None:
    driver.charge()
    driver.sense(pilot=Pilot.E)
    driver.run(5.0)
    assert driver.shown().plugged_in
    driver.sense(pilot=Pilot.E, cable_a=0.0)
    driver.tick()
    assert driver.tx[-1].stop_reason == "EVDisconnected"


def test_a_pilot_short_without_a_car_is_no_car(driver: Driver) -> None:
    driver.sense(pilot=Pilot.E, cable_a=32.0)
    driver.run(1.0)
    assert not driver.shown().plugged_in


def test_energy_used_while_the_contactor_opens_belongs_to_the_transaction(
    driver: Driver,
) -> None:
    driver.charge()
    at_stop = driver.wh[1]
    driver.card(ANNA)
    assert driver.tx[-1].phase != "Ended"
    driver.run(2.0)
    assert driver.tx[-1].meter_wh == pytest.approx(driver.wh[1])
    assert driver.wh[1] > at_stop


def test_a_welded_contactor_does_not_hold_the_end_back_for_ever(driver: Driver) -> None:
    driver.charge()
    driver.welded.add(1)
    driver.card(ANNA)
    driver.run(9.0)
    assert driver.tx[-1].phase != "Ended"
    driver.run(2.0)
    assert driver.tx[-1].phase == "Ended"
    assert driver.tx[-1].stop_reason == "Local"


def test_a_car_swapped_before_the_old_contactor_opened_gets_its_own_transaction(
    v201: Driver,
) -> None:
    v201.points("EVConnected", "EVConnected,Authorized")
    v201.charge()
    v201.welded.add(1)
    v201.unplug()
    v201.plug()
    assert v201.tx[-1].phase != "Ended"
    v201.welded.clear()
    v201.run(12.0)
    assert v201.story()[-2:] == [
        "E EVCommunicationLost EVConnected (EVDisconnected)",
        "S CablePluggedIn EVConnected evse",
    ]


@pytest.mark.requirement("IEC 61851-1")
def test_a_car_that_does_not_let_go_is_opened_after_six_seconds(driver: Driver) -> None:
    driver.charge()
    driver.stubborn = True
    limit(driver, 0.0)
    driver.run(5.5)
    assert driver.closed()
    driver.run(1.0)
    assert not driver.closed()
    limit(driver, None)
    driver.run(1.0)
    assert driver.closed()


def test_a_silent_meter_holds_the_end_back_for_a_moment_only(driver: Driver) -> None:
    driver.charge()
    driver.silent_meters = True
    driver.card(ANNA)
    driver.run(1.0)
    assert driver.tx[-1].phase != "Ended"
    driver.run(2.0)
    assert driver.tx[-1].phase == "Ended"


@pytest.mark.requirement("1.6 4.7")
def test_what_a_version_never_tells_is_not_queued_either() -> None:
    driver = Driver("1.6").online()
    driver.charge()
    limit(driver, 0.0)
    driver.run(10.0)
    limit(driver, None)
    driver.run(10.0)
    driver.card(ANNA)
    driver.run(5.0)

    assert [event.phase for event in driver.tx] == ["Started", "Ended"]
    assert [event.seq_no for event in driver.tx] == [0, 1]
