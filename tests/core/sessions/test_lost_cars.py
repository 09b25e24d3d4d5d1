"""Cables pulled at the car, at the station, or at both: E09, E10, 1.6 section 4.10."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, FAMILY, Driver

from chargepoint.core.config import EvseConfig
from chargepoint.core.words import TokenStatus

LOST = "E EVCommunicationLost Idle (EVDisconnected)"


def ev_side(driver: Driver, stops: bool, unlocks: bool) -> None:
    driver.set("TxCtrlr", "StopTxOnEVSideDisconnect", str(stops).lower())
    driver.set("OCPPCommCtrlr", "UnlockOnEVSideDisconnect", str(unlocks).lower())


def waiting(driver: Driver) -> Driver:
    """Set the station to wait for lost cars (TC_E_26_CS), in both versions."""
    driver.points("PowerPathClosed", "Authorized")
    ev_side(driver, stops=False, unlocks=False)
    return driver


@pytest.fixture
def fixed() -> Driver:
    return Driver("2.0.1", (EvseConfig(1, connector_lock=False),)).online()


@pytest.mark.requirement("E09.FR.01", "E09.FR.02", "TC_E_17_CS")
def test_a_car_lost_at_its_own_end_ends_the_transaction_and_frees_the_cable(
    driver: Driver,
) -> None:
    driver.charge()
    driver.unplug(end="ev")
    driver.run(1.0)
    assert driver.story()[-1] == LOST
    assert not driver.sensed[1].locked
    if driver.version == "1.6":
        assert (driver.status, driver.live[-1].info) == ("Finishing", "EV side disconnected")
    driver.unplug()
    assert driver.status == "Available"


@pytest.mark.requirement("E09.FR.03", "TC_E_25_CS", "1.6 4.10")
def test_the_cable_of_a_lost_car_stays_locked_until_its_owner_comes(driver: Driver) -> None:
    ev_side(driver, stops=True, unlocks=False)
    driver.charge()
    driver.unplug(end="ev")
    driver.run(10.0)
    assert driver.sensed[1].locked
    driver.card(BERT)
    driver.answer(BERT)
    driver.run(1.0)
    assert driver.sensed[1].locked
    since = len(driver.tx)
    driver.card(ANNA)
    driver.run(1.0)
    assert not driver.sensed[1].locked
    assert driver.tx[since:] == []
    assert driver.shown().session == "stopped"


@pytest.mark.requirement("E09.FR.03", "C09.FR.03", "E3.5")
@pytest.mark.parametrize("known", [True, False])
def test_the_owners_family_releases_the_cable_too(driver: Driver, known: bool) -> None:
    ev_side(driver, stops=True, unlocks=False)
    if known:
        driver.answer(BERT, group=FAMILY)
    driver.plug()
    driver.admit(group=FAMILY)
    driver.run(5.0)
    driver.unplug(end="ev")
    driver.card(BERT)
    if not known:
        driver.answer(BERT, group=FAMILY)
    driver.run(1.0)
    assert not driver.sensed[1].locked
    assert driver.shown().session == "stopped"


@pytest.mark.requirement("E09.FR.01")
def test_a_car_that_comes_back_charges_only_after_its_card_again(driver: Driver) -> None:
    ev_side(driver, stops=True, unlocks=False)
    driver.charge()
    driver.unplug(end="ev")
    driver.plug()
    driver.run(5.0)
    assert not driver.closed()
    driver.admit()
    driver.run(5.0)
    assert driver.closed()
    assert driver.tx[-1].transaction_id != driver.tx[0].transaction_id


@pytest.mark.requirement("E10.FR.01", "TC_E_26_CS", "1.6 4.9", "1.6 4.10")
def test_a_transaction_that_waits_goes_on_with_the_car_and_keeps_its_cable(
    driver: Driver,
) -> None:
    waiting(driver).charge()
    since = len(driver.tx)
    driver.unplug(end="ev")
    driver.run(200.0, 1.0)
    assert driver.sensed[1].locked
    assert not driver.closed()
    if driver.version == "1.6":
        assert (driver.status, driver.live[-1].info) == ("SuspendedEV", "EV side disconnected")
    driver.plug()
    driver.run(5.0)
    assert driver.closed()
    told = [story for story in driver.story(since) if "MeterValue" not in story]
    changes = [
        "U EVCommunicationLost Idle",
        "U CablePluggedIn EVConnected",
        "U ChargingStateChanged Charging",
    ]
    assert told == (changes if driver.version == "2.0.1" else [])


@pytest.mark.requirement("E10.FR.01")
def test_the_owner_of_a_waiting_transaction_ends_it_and_gets_the_cable(driver: Driver) -> None:
    waiting(driver).charge()
    driver.unplug(end="ev")
    driver.card(ANNA)
    driver.run(1.0)
    last = driver.tx[-1]
    assert (last.trigger, last.stop_token, last.stop_reason) == ("StopAuthorized", ANNA, "Local")
    assert not driver.sensed[1].locked


def test_a_waiting_transaction_ends_when_its_cable_is_torn_out(driver: Driver) -> None:
    waiting(driver).charge()
    driver.unplug(end="ev")
    driver.unplug()
    last = driver.tx[-1]
    assert (last.trigger, last.stop_reason) == ("EVCommunicationLost", "EVDisconnected")
    assert driver.status == "Available"


def test_a_car_lost_at_the_stations_end_waits_for_nothing(driver: Driver) -> None:
    waiting(driver).charge()
    driver.unplug(end="station")
    assert driver.story()[-1] == LOST
    assert driver.shown().session == "idle"


@pytest.mark.requirement("E06.FR.02", "TC_E_20_CS")
def test_stop_point_ev_connected_wins_over_waiting_and_the_cable_stays(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EVConnected")
    ev_side(v201, stops=False, unlocks=True)
    v201.charge()
    v201.unplug(end="ev")
    v201.run(10.0)
    assert v201.story()[-1] == LOST
    assert v201.sensed[1].locked


@pytest.mark.requirement("E10.FR.02")
def test_a_fixed_cable_is_waited_for_a_while_only(fixed: Driver) -> None:
    waiting(fixed).charge()
    fixed.unplug()
    assert fixed.story()[-1] == "U EVCommunicationLost Idle"
    fixed.plug()
    fixed.run(5.0)
    assert fixed.closed()
    fixed.unplug()
    fixed.run(61.0, 1.0)
    assert fixed.story()[-1] == "E EVConnectTimeout (Timeout)"
    assert fixed.shown().session == "idle"


def test_a_waiting_fixed_cable_is_free_after_its_owner_has_stopped(fixed: Driver) -> None:
    waiting(fixed).charge()
    fixed.unplug()
    fixed.card(ANNA)
    fixed.run(1.0)
    assert fixed.shown().session == "idle"
    assert not fixed.evse().transaction


def test_a_fixed_cable_that_is_put_back_ends_the_transaction(fixed: Driver) -> None:
    fixed.charge()
    fixed.unplug()
    assert fixed.story()[-1] == LOST
    assert fixed.status == "Available"


def test_a_car_that_left_before_any_card_leaves_an_empty_place(driver: Driver) -> None:
    driver.plug()
    driver.unplug(end="ev")
    assert driver.shown().session == "idle"
    driver.admit()
    assert driver.shown().session == "authorized"
    driver.run(61.0, 1.0)
    assert driver.shown().session == "idle"
    assert not driver.tx


def test_a_card_at_a_lost_cars_cable_waits_for_the_car(driver: Driver) -> None:
    driver.charge()
    driver.unplug(end="ev")
    driver.admit(BERT)
    assert driver.shown().session == "authorized"
    driver.plug()
    driver.run(5.0)
    assert driver.closed()
    assert driver.tx[-1].token == BERT


@pytest.mark.requirement("E05.FR.11", "C15.FR.05", "E3.5", "E3.17")
def test_the_cable_of_a_refused_token_stays_locked_until_it_is_shown(driver: Driver) -> None:
    driver.charge()
    driver.verdict(TokenStatus.BLOCKED)
    driver.run(10.0)
    last = driver.tx[-1]
    assert (last.trigger, last.stop_reason) == ("Deauthorized", "DeAuthorized")
    assert driver.sensed[1].locked
    driver.card(ANNA)
    driver.run(1.0)
    assert not driver.sensed[1].locked
    assert driver.asked() == [ANNA.id]  # fetching a cable is no authorization


def test_a_cable_pulled_from_an_empty_socket_is_nobodys_business(v201: Driver) -> None:
    v201.points("Authorized", "EVConnected,Authorized")
    v201.admit()
    v201.sense(1, cable_a=32.0)
    v201.tick()
    v201.sense(1, cable_a=0.0)
    v201.tick()
    assert v201.story() == ["S Authorized Idle token"]
    assert v201.shown().session == "authorized"


@pytest.mark.requirement("E07.FR.07", "1.6 4.9")
def test_after_a_stop_the_cable_may_go_from_the_car_first(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EVConnected")
    v201.charge()
    v201.card(ANNA)
    v201.run(2.0)
    v201.unplug(end="ev")
    assert v201.story()[-1] == "E EVCommunicationLost Idle (Local)"
    assert v201.shown().session == "stopped"
    v201.unplug()
    assert v201.shown().session == "idle"
