"""The central system does not accept the running token: C15, E05, 1.6 errata 3.17."""

from __future__ import annotations

import pytest
from core.driver import ANNA, Driver

from chargepoint.core.words import TokenStatus

INVALID = TokenStatus.INVALID
ENDS = "E Deauthorized EVConnected (DeAuthorized)"
STOP_POINTS = {
    "Authorized": ENDS,
    "PowerPathClosed": ENDS,
    "EnergyTransfer": ENDS,
    "EVConnected,EnergyTransfer": ENDS,
    "EVConnected": "U ChargingStateChanged EVConnected",
}


def invalid(driver: Driver, stops: bool, most_wh: int = 0) -> None:
    driver.set("TxCtrlr", "StopTxOnInvalidId", str(stops).lower())
    driver.set("TxCtrlr", "MaxEnergyOnInvalidId", str(most_wh))


@pytest.mark.requirement("C15.FR.03", "C15.FR.04", "E05.FR.09", "E05.FR.10", "TC_E_16_CS")
@pytest.mark.parametrize("most_wh", [0, 1000])
@pytest.mark.parametrize("stop", STOP_POINTS)
def test_a_refused_token_stops_the_energy_and_where_it_may_the_transaction(
    v201: Driver, stop: str, most_wh: int
) -> None:
    v201.points("PowerPathClosed", stop)
    invalid(v201, stops=True, most_wh=most_wh)
    v201.charge()
    since = len(v201.tx)
    v201.verdict(INVALID)
    v201.run(5.0)
    assert not v201.closed()
    told = v201.story(since)
    assert told[-1] == STOP_POINTS[stop]
    assert [story.split()[1] for story in told].count("Deauthorized") == 1
    v201.verdict(INVALID)  # said again of an older event, it changes nothing
    assert len(v201.tx) == since + len(told)


@pytest.mark.requirement("E05.FR.09")
def test_deauthorized_before_energy_flows_says_so_at_once(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EVConnected")
    v201.plug(wants=False)
    v201.admit()
    v201.run(5.0)
    v201.verdict(INVALID)
    assert v201.story()[-1] == "U Deauthorized EVConnected"
    v201.unplug()
    assert v201.story()[-1] == "E EVCommunicationLost Idle (DeAuthorized)"


@pytest.mark.requirement("C15.FR.06", "C15.FR.07", "E05.FR.02", "E05.FR.03", "E3.17")
@pytest.mark.parametrize("most_wh", [0, 20])
def test_a_refused_token_that_may_stay_gets_no_more_energy_than_allowed(
    driver: Driver, most_wh: int
) -> None:
    invalid(driver, stops=False, most_wh=most_wh)
    driver.charge()
    at_wh = driver.wh[1]
    since = len(driver.tx)
    driver.verdict(INVALID)
    driver.run(20.0)
    assert not driver.closed()
    assert driver.wh[1] - at_wh == pytest.approx(most_wh, abs=3.0)
    told = ["U ChargingStateChanged SuspendedEVSE"] if driver.version == "2.0.1" else []
    assert driver.story(since) == told
    driver.verdict(INVALID)
    driver.card(ANNA)
    driver.run(1.0)
    assert driver.tx[-1].stop_reason == "Local"


@pytest.mark.requirement("E05.FR.02")
def test_a_refused_token_without_energy_ends_where_energy_is_the_stop_point(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EnergyTransfer")
    invalid(v201, stops=False)
    v201.charge()
    v201.verdict(INVALID)
    v201.run(5.0)
    assert v201.story()[-1] == "E ChargingStateChanged EVConnected (DeAuthorized)"


@pytest.mark.requirement("C01.FR.23", "E05.FR.09")
def test_a_refused_token_that_is_accepted_again_charges_on(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EVConnected")
    v201.charge()
    v201.verdict(INVALID)
    v201.run(5.0)
    v201.card(ANNA)  # gets its cable
    v201.admit(ANNA)
    v201.run(5.0)
    assert v201.closed()
    assert len({event.transaction_id for event in v201.tx}) == 1


@pytest.mark.requirement("1.6 4.10")
def test_what_is_thought_of_a_stopping_token_stops_nothing_else(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EVConnected")
    v201.charge()
    v201.card(ANNA)
    since = len(v201.tx)
    v201.verdict(INVALID)
    v201.run(2.0)
    assert v201.story(since) == ["U ChargingStateChanged EVConnected"]


def test_a_verdict_on_another_transaction_concerns_nobody(driver: Driver) -> None:
    driver.charge()
    driver.card(ANNA)
    driver.run(2.0)
    driver.unplug()
    driver.charge()
    events = [event for event in driver.tx if event.phase == "Ended"]
    driver.tx.append(events[0])
    driver.verdict(INVALID)
    assert driver.closed()
