"""Remote start and stop: F01, F02, F03; 1.6 sections 5.11 and 5.12."""

from __future__ import annotations

from dataclasses import replace

import pytest
from core.driver import ANNA, BERT, FAMILY, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.words import Registration, Token, TokenStatus
from hardware.api import Fault, FaultCode
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit

TEN_A = Profile(5, 1, Purpose.TX, 0, Kind.RELATIVE, (Schedule(Unit.A, (Period(0, 10.0),)),))


@pytest.mark.requirement("F01.FR.02", "F02.FR.10", "1.6 5.11")
@pytest.mark.parametrize("cable_first", [True, False])
def test_a_remote_start_needs_no_question_unless_that_is_wanted(
    driver: Driver, cable_first: bool
) -> None:
    if cable_first:
        driver.plug()
    assert driver.remote().outcome == "accepted"
    driver.plug()
    driver.run(5.0)
    assert driver.closed()
    assert not driver.asked()


@pytest.mark.requirement("F01.FR.01", "F02.FR.09", "TC_F_02_CS", "1.6 5.11")
@pytest.mark.parametrize("status", [TokenStatus.ACCEPTED, TokenStatus.INVALID])
def test_a_remote_start_is_authorized_first_where_that_is_wanted(
    driver: Driver, status: TokenStatus
) -> None:
    driver.set("AuthCtrlr", "AuthorizeRemoteStart", "true")
    driver.plug()
    assert driver.remote(remote_start_id=9).outcome == "accepted"
    assert driver.asked() == [ANNA.id]
    assert not driver.tx
    driver.answer(status=status)
    assert bool(driver.tx) is (status is TokenStatus.ACCEPTED)


@pytest.mark.requirement("C03.FR.01", "C05.FR.01", "C05.FR.03", "C05.FR.05")
def test_a_token_made_by_the_central_system_is_never_asked_for(v201: Driver) -> None:
    v201.set("AuthCtrlr", "AuthorizeRemoteStart", "true")
    v201.plug()
    v201.remote(Token("app-1", "Central"), remote_start_id=5)
    assert v201.shown().session == "active"
    assert not v201.asked()
    assert v201.tx[0].remote_start_id == 5
    assert v201.tx[0].token == Token("app-1", "Central")
    assert v201.tx[0].tells_token


@pytest.mark.requirement("C03.FR.02", "C05.FR.02")
def test_a_token_made_by_the_central_system_is_never_cached(v201: Driver) -> None:
    v201.plug()
    v201.remote(Token("app-1", "Central"))
    v201.verdict(TokenStatus.ACCEPTED)
    assert not v201.memory.get("cache")


@pytest.mark.requirement("F01.FR.13")
def test_only_a_transaction_that_was_there_before_is_named(v201: Driver) -> None:
    v201.plug()
    assert v201.remote().transaction_id is None
    v201.unplug()
    v201.points("EVConnected", "EVConnected")
    v201.plug()
    assert v201.remote().transaction_id == v201.tx[-1].transaction_id


@pytest.mark.requirement("F01.FR.06", "F01.FR.20", "F01.FR.23", "F01.FR.24")
def test_a_remote_start_without_a_place_takes_the_best_one() -> None:
    driver = Driver("2.0.1", tuple(EvseConfig(number) for number in (1, 2, 3))).online()
    driver.plug(2)
    assert driver.remote(evse_id=None).outcome == "accepted"
    assert driver.shown(2).session == "active"
    assert driver.remote(BERT, 2).outcome == "rejected"
    driver.do(m.ChangeAvailability(1, None, operative=False))
    driver.sense(3, faults=frozenset({Fault(FaultCode.GROUND_FAILURE)}))
    driver.tick()
    for evse_id in (None, 0, 1, 3, 4):
        assert driver.remote(BERT, evse_id).outcome == "rejected"


@pytest.mark.requirement("F01.FR.10", "F01.FR.11", "F01.FR.12", "F01.FR.26", "K05.FR.02")
@pytest.mark.parametrize("start", ["EVConnected", "PowerPathClosed"])
def test_the_profile_of_a_remote_start_holds_for_its_transaction(v201: Driver, start: str) -> None:
    v201.points(start, "EVConnected,Authorized")
    v201.plug()
    assert v201.remote(profile=TEN_A).outcome == "accepted"
    v201.run(5.0)
    assert v201.shown().offer_a == 10.0
    v201.unplug()
    v201.charge()
    assert v201.shown().offer_a > 10.0


@pytest.mark.requirement("F01.FR.09", "F01.FR.11", "1.6 5.16.2")
@pytest.mark.parametrize(
    "profile",
    [replace(TEN_A, transaction_id="tx1"), replace(TEN_A, purpose=Purpose.TX_DEFAULT)],
)
def test_a_profile_that_names_a_transaction_or_is_for_all_is_refused(
    driver: Driver, profile: Profile
) -> None:
    driver.plug()
    assert driver.remote(profile=profile).outcome == "rejected"
    assert driver.shown().session == "plugged"


@pytest.mark.requirement("F01.FR.12", "F02.FR.20")
def test_without_smart_charging_the_profile_is_ignored(v201: Driver) -> None:
    v201.set("SmartChargingCtrlr", "Enabled", "false")
    v201.plug()
    assert v201.remote(profile=replace(TEN_A, transaction_id="tx1")).outcome == "accepted"
    v201.run(5.0)
    assert v201.shown().offer_a == 32.0


@pytest.mark.requirement("F03.FR.08", "1.6 5.12")
def test_an_unknown_or_ended_transaction_is_not_stopped(driver: Driver) -> None:
    assert driver.do(m.RemoteStop(transaction_id="tx0")).outcome == "rejected"
    assert driver.do(m.RemoteStop(central_id=77)).outcome == "rejected"
    driver.charge()
    ended = driver.tx[0].transaction_id
    assert driver.do(m.RemoteStop(central_id=77)).outcome == "rejected"
    driver.card()
    assert driver.do(m.RemoteStop(transaction_id=ended)).outcome == "rejected"  # it ends already
    driver.run(2.0)
    assert driver.do(m.RemoteStop(transaction_id=ended)).outcome == "rejected"


@pytest.mark.requirement("1.6 5.12")
def test_1_6_stops_by_the_central_systems_number(v16: Driver) -> None:
    v16.plug()
    v16.admit()
    v16.verdict(TokenStatus.ACCEPTED)
    v16.run(5.0)
    assert v16.do(m.RemoteStop(central_id=77)).outcome == "accepted"
    v16.run(2.0)
    assert (v16.tx[-1].stop_reason, v16.tx[-1].stop_token) == ("Remote", None)


@pytest.mark.requirement("B02.FR.05", "1.6 4.2")
def test_a_remote_start_waits_for_registration(driver: Driver) -> None:
    driver.offline()
    assert driver.remote().outcome == "rejected"


@pytest.mark.requirement("F02.FR.06", "C09.FR.03")
def test_the_group_of_a_remote_start_may_stop_it(v201: Driver) -> None:
    v201.answer(BERT, group=FAMILY)
    v201.plug()
    v201.remote(group=FAMILY)
    v201.run(5.0)
    v201.card(BERT)
    v201.run(2.0)
    assert v201.tx[-1].stop_token == BERT


@pytest.mark.requirement("B02.FR.03", "1.6 4.2.1")
@pytest.mark.parametrize("status", [Registration.PENDING, Registration.REJECTED])
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
def test_a_central_system_that_has_not_accepted_us_forbids_transactions(
    version: str, status: Registration
) -> None:
    driver = Driver(version)
    driver.set("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "true")
    driver.points("EVConnected", "EVConnected")
    driver.do(m.LinkUp(driver.dialect))
    driver.do(m.BootAnswered(status, 300, driver.now.utc))
    driver.plug()
    assert driver.card().outcome == "conflict"
    driver.run(3.0)
    assert not driver.tx
    driver.offline()
    assert driver.card().outcome == "conflict"
    driver.set("TxCtrlr", "TxBeforeAcceptedEnabled", "true")
    driver.card()
    driver.run(3.0)
    assert driver.closed()
    assert driver.tx[0].offline


@pytest.mark.requirement("B02.FR.03")
def test_a_car_that_waits_for_registration_gets_its_transaction_with_it() -> None:
    driver = Driver("2.0.1")
    driver.points("EVConnected", "EVConnected")
    driver.do(m.LinkUp(driver.dialect))
    driver.do(m.BootAnswered(Registration.PENDING, 300, driver.now.utc))
    driver.plug()
    assert not driver.tx
    driver.do(m.BootAnswered(Registration.ACCEPTED, 300, driver.now.utc))
    driver.tick()
    assert driver.story() == ["S CablePluggedIn EVConnected evse"]


def test_without_any_answer_to_the_boot_the_offline_rules_hold() -> None:
    driver = Driver("2.0.1")
    driver.set("AuthCtrlr", "OfflineTxForUnknownIdEnabled", "true")
    driver.do(m.LinkUp(driver.dialect))
    driver.plug()
    driver.card()
    driver.run(3.0)
    assert driver.closed()
