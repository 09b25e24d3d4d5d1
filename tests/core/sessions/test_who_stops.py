"""Who may stop a session, and what a second card does: C01.FR.03, C09, E07, 1.6 section 4.1."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, CARL, FAMILY, Driver

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.words import Token, TokenStatus


@pytest.fixture(params=["1.6", "2.0.1"])
def two(request: pytest.FixtureRequest) -> Driver:
    return Driver(request.param, (EvseConfig(1), EvseConfig(2))).online()


@pytest.mark.requirement("C01.FR.03", "C06.FR.03", "E07.FR.01", "E08.FR.01", "1.6 4.1")
@pytest.mark.parametrize("is_online", [True, False])
def test_the_same_token_stops_without_a_question(driver: Driver, is_online: bool) -> None:
    driver.charge()
    if not is_online:
        driver.offline()
    driver.card(Token("anna0001"))
    driver.run(2.0)
    assert driver.asked() == [ANNA.id]
    assert driver.tx[-1].phase == "Ended"
    assert driver.tx[-1].offline is not is_online
    assert not driver.sensed[1].locked


@pytest.mark.requirement("C09.FR.05", "C09.FR.03", "TC_C_39_CS", "E07.FR.02")
def test_a_token_of_the_group_stops_after_one_question(driver: Driver) -> None:
    driver.plug()
    driver.admit(group=FAMILY)
    driver.run(5.0)
    driver.card(BERT)
    assert driver.asked() == [ANNA.id, BERT.id]
    driver.answer(BERT, group=FAMILY)
    driver.run(2.0)
    assert (driver.tx[-1].phase, driver.tx[-1].stop_token) == ("Ended", BERT)


@pytest.mark.requirement("C01.FR.03", "C09.FR.07", "E08.FR.02")
def test_a_known_token_of_the_group_stops_without_a_question_also_offline(
    driver: Driver,
) -> None:
    driver.answer(BERT, group=FAMILY)
    driver.plug()
    driver.admit(group=FAMILY)
    driver.run(5.0)
    driver.offline()
    driver.card(BERT)
    driver.run(2.0)
    assert driver.tx[-1].phase == "Ended"
    assert driver.asked() == [ANNA.id]


@pytest.mark.requirement("C09.FR.12", "1.6 4.8")
def test_the_group_may_come_with_the_answer_to_the_transaction(driver: Driver) -> None:
    driver.plug()
    driver.remote()
    driver.verdict(TokenStatus.ACCEPTED, FAMILY)
    driver.answer(BERT, group=FAMILY)
    driver.run(5.0)
    driver.card(BERT)
    driver.run(2.0)
    assert driver.tx[-1].phase == "Ended"


@pytest.mark.requirement("C09.FR.11")
@pytest.mark.parametrize("status", [TokenStatus.BLOCKED, TokenStatus.EXPIRED])
def test_a_token_of_the_group_that_is_not_accepted_stops_nothing(
    driver: Driver, status: TokenStatus
) -> None:
    driver.plug()
    driver.admit(group=FAMILY)
    driver.run(5.0)
    driver.card(BERT)
    driver.answer(BERT, status, FAMILY)
    driver.run(2.0)
    assert driver.closed()


@pytest.mark.requirement("C01.FR.23")
@pytest.mark.parametrize("is_online", [True, False])
def test_a_strangers_token_stops_nothing(driver: Driver, is_online: bool) -> None:
    driver.charge()
    if not is_online:
        driver.offline()
    driver.card(BERT)
    if is_online:
        driver.answer(BERT)
    driver.run(2.0)
    assert driver.closed()
    assert driver.asked() == ([ANNA.id, BERT.id] if is_online else [ANNA.id])


def test_the_group_token_itself_is_nobodys_token(driver: Driver) -> None:
    driver.plug()
    driver.admit(group=FAMILY)
    driver.run(5.0)
    driver.card(FAMILY)
    driver.answer(FAMILY)
    driver.run(2.0)
    assert driver.closed()


def test_where_nothing_can_be_stopped_nobody_is_asked(driver: Driver) -> None:
    driver.do(m.ChangeAvailability(0, None, operative=False))
    driver.card()
    assert not driver.asked()


@pytest.mark.requirement("1.6 4.9")
def test_a_token_shown_again_before_the_car_comes_takes_itself_back(driver: Driver) -> None:
    driver.admit()
    driver.card()
    driver.plug()
    driver.run(5.0)
    assert not driver.closed()
    assert not driver.tx


@pytest.mark.requirement("C01.FR.03")
def test_a_transaction_without_a_car_is_stopped_by_its_token_or_its_group(v201: Driver) -> None:
    v201.points("Authorized", "EVConnected,Authorized")
    for stopper in (ANNA, BERT):
        v201.answer(BERT, group=FAMILY)
        v201.admit(group=FAMILY)
        v201.card(stopper)
        assert v201.story()[-1] == "E StopAuthorized stopped (Local)"
        assert v201.shown().session == "idle"


def test_a_relative_takes_the_next_place_while_one_waits_for_a_car(two: Driver) -> None:
    two.answer(BERT, group=FAMILY)
    two.admit(group=FAMILY)
    two.card(BERT)
    two.answer(BERT, group=FAMILY)
    assert [two.shown(1).session, two.shown(2).session] == ["authorized", "authorized"]


@pytest.mark.requirement("C01.FR.23", "E09.FR.01", "E03.FR.01")
def test_a_stopped_transaction_takes_its_own_token_back_and_no_other(v201: Driver) -> None:
    v201.points("PowerPathClosed", "EVConnected")
    v201.charge()
    v201.card(ANNA)
    v201.run(2.0)
    v201.card(BERT)
    assert BERT.id not in v201.asked()
    assert v201.remote(ANNA).outcome == "rejected"  # F01.FR.24
    since = len(v201.tx)
    v201.admit(ANNA)
    v201.run(5.0)
    v201.unplug()
    assert v201.story(since) == [
        "U Authorized token",
        "U ChargingStateChanged Charging",
        "E EVCommunicationLost Idle (EVDisconnected)",
    ]
    assert len({event.transaction_id for event in v201.tx}) == 1


# --- several places, one reader ---------------------------------------------------------------


@pytest.mark.parametrize("start", ["PowerPathClosed", "Authorized"])
def test_a_token_waits_for_the_next_car_at_any_of_its_places(start: str) -> None:
    driver = Driver("2.0.1", tuple(EvseConfig(number) for number in (1, 2, 3))).online()
    driver.points(start, "EVConnected,Authorized")
    driver.admit(ANNA, 1, 2)
    driver.plug(3)
    assert driver.shown(3).session == "plugged"
    driver.wh[2] = 5000.0
    driver.tick()
    driver.plug(2)
    driver.run(5.0)
    assert [driver.shown(number).session for number in (1, 2)] == ["idle", "active"]
    assert driver.closed(2)
    assert {event.transaction_id for event in driver.tx} == {driver.shown(2).transaction_id}
    assert [event.evse_id for event in driver.tx if event.tells_evse] == [2]
    assert driver.evse(2).transaction.meter_start_wh == pytest.approx(5000.0, abs=1.0)
    driver.plug(1)
    driver.run(3.0)
    assert not driver.closed(1)


def test_a_waiting_token_does_not_go_where_nobody_may_charge(two: Driver) -> None:
    two.do(m.ChangeAvailability(2, None, operative=False))
    two.admit()
    two.plug(2)
    two.run(3.0)
    assert not two.closed(2)
    assert two.shown(1).session == "authorized"


def test_a_car_comes_before_an_empty_place_and_that_before_a_finished_one(two: Driver) -> None:
    two.plug(2)
    two.admit(ANNA)
    assert two.shown(2).session == "active"
    two.card(ANNA)
    two.run(2.0)
    two.admit(BERT)  # 1.6 errata 3.20: not on the cable of the one before
    assert [two.shown(1).session, two.shown(2).session] == ["authorized", "stopped"]
    two.admit(CARL)
    assert two.shown(2).session == "active"


def test_a_reader_that_serves_no_such_place_is_told_so(driver: Driver) -> None:
    assert driver.card(ANNA, 7).outcome == "unknown evse"


def test_two_questions_for_one_token_get_one_answer_each(two: Driver) -> None:
    two.set("AuthCtrlr", "AuthorizeRemoteStart", "true")
    two.plug(1)
    two.plug(2)
    two.card(ANNA, 1)
    two.remote(ANNA, 2)
    assert two.asked() == [ANNA.id]
    two.answer()
    assert [two.shown(1).session, two.shown(2).session] == ["active", "active"]


# --- time ---------------------------------------------------------------------------------


@pytest.mark.requirement("C01.FR.26", "E03.FR.05", "F02.FR.07", "TC_E_39_CS", "TC_F_04_CS")
@pytest.mark.parametrize("stop", ["Authorized", "EVConnected", "EnergyTransfer"])
@pytest.mark.parametrize("remote", [True, False])
def test_an_authorization_without_a_car_lapses(v201: Driver, stop: str, remote: bool) -> None:
    v201.points("Authorized", stop)
    if remote:
        v201.remote()
    else:
        v201.admit()
    v201.run(59.0, 1.0)
    assert v201.shown().session == "authorized"
    v201.run(2.0)
    assert v201.story()[-1] == "E EVConnectTimeout (Timeout)"
    v201.plug()
    v201.run(3.0)
    assert not v201.closed()


@pytest.mark.requirement("E3.20", "1.6 9.1.6")
def test_1_6_waits_for_a_car_and_for_a_token_as_long_as_the_key_says(v16: Driver) -> None:
    v16.set("TxCtrlr", "EVConnectionTimeOut", "10")
    v16.admit()
    v16.run(11.0)
    assert v16.status == "Available"
    v16.plug()
    assert v16.status == "Preparing"
    v16.run(11.0)
    assert v16.status == "Finishing"
    v16.admit()
    v16.run(5.0)
    assert v16.closed()
    assert len({event.transaction_id for event in v16.tx}) == 1
