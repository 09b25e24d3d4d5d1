"""Where a sensor looks at the parking bay: a transaction from arrival to departure."""

from __future__ import annotations

import pytest
from core.driver import ANNA, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.words import VariableRef

BAY = "ParkingBayOccupancy"


@pytest.fixture
def bay() -> Driver:
    driver = Driver("2.0.1", (EvseConfig(1, bay_sensor=True),)).online()
    driver.points(BAY, BAY)
    return driver


def park(driver: Driver, taken: bool = True) -> None:
    driver.sense(bay_taken=taken)
    driver.tick()


def told(driver: Driver) -> list[str]:
    return [story for story in driver.story() if "MeterValue" not in story]


@pytest.mark.requirement("E01.FR.01", "E06.FR.01", "E02.FR.15")
def test_a_transaction_lasts_from_arrival_to_departure(bay: Driver) -> None:
    park(bay)
    bay.charge()
    bay.card(ANNA)
    bay.run(2.0)
    bay.unplug()
    park(bay, False)
    assert told(bay) == [
        "S EVDetected Idle",
        "U CablePluggedIn EVConnected evse",
        "U Authorized token",
        "U ChargingStateChanged Charging",
        "U StopAuthorized stopped",
        "U ChargingStateChanged EVConnected",
        "U EVCommunicationLost Idle",
        "E EVDeparted (Local)",
    ]


@pytest.mark.requirement("E03.FR.15", "F02.FR.08")
@pytest.mark.parametrize("remotely", [True, False])
def test_who_does_not_plug_in_loses_the_authorization_and_keeps_the_transaction(
    bay: Driver, remotely: bool
) -> None:
    park(bay)
    if remotely:
        bay.remote(remote_start_id=5)
    else:
        bay.admit()
    bay.run(61.0, 1.0)
    assert told(bay)[-1] == "U EVConnectTimeout"
    assert bay.shown().session == "idle"
    park(bay, False)
    assert told(bay)[-1].startswith("E EVDeparted")


def test_without_a_sensor_nobody_can_choose_it(v201: Driver) -> None:
    ref = VariableRef("TxCtrlr", "TxStartPoint")
    reply = v201.do(m.SetVariable(ref, BAY))
    assert isinstance(reply, m.Reply)
    assert reply.outcome is m.Outcome.REJECTED
    park(v201)
    assert v201.tx == []


def test_a_sensor_that_is_not_there_is_said(bay: Driver) -> None:
    def warnings() -> tuple[str, ...]:
        return bay.station.snapshot(0, None, None, bay.now).warnings

    missing = "EVSE 1: its board has no bay sensor"
    assert missing in warnings()
    park(bay)
    assert missing not in warnings()
