"""Places kept for somebody: who may begin there, and when it is over."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, FAMILY, Driver
from core.reserving import (
    BROKEN,
    HOUR_S,
    charges,
    ended,
    pending,
    reserve,
    statuses,
    told,
)

from chargepoint.core import messages as m
from chargepoint.core.words import (
    NO_AUTHORIZATION,
    StopReason,
    Token,
    TokenInfo,
    TokenStatus,
)

# --- using it ----------------------------------------------------------------------------------


@pytest.mark.requirement("H03.FR.01", "H03.FR.09", "H03.FR.10", "H01.FR.15", "TC_H_01_CS")
def test_the_right_card_uses_the_reservation_at_once(v201: Driver) -> None:
    reserve(v201)
    v201.tick()
    told(v201)
    v201.admit(ANNA)
    v201.tick()
    assert told(v201) == [(1, "Authorized")]
    assert not pending(v201)
    v201.plug()
    assert charges(v201)
    assert [event.reservation_id for event in v201.tx][:2] == [7, None]


@pytest.mark.requirement("1.6 5.13", "1.6 4.8", "1.6 4.9")
def test_in_1_6_a_reservation_ends_with_the_transaction(v16: Driver) -> None:
    reserve(v16)
    v16.tick()
    told(v16)
    v16.admit(ANNA)
    v16.tick()
    assert told(v16) == [(1, "Authorized")]
    v16.run(61.0, 1.0)  # the car does not come
    assert told(v16)[-1] == (1, "Reserved")
    v16.admit(ANNA)
    v16.plug()
    assert charges(v16)
    assert v16.tx[0].reservation_id == 7
    assert not pending(v16)


@pytest.mark.requirement("H01.FR.02", "H02.FR.02", "1.6 5.13")
@pytest.mark.parametrize("how", ["cancelled", "expired", "replaced"])
def test_a_driver_who_waits_for_his_car_may_lose_his_reservation_and_not_his_place(
    place: Driver, how: str
) -> None:
    reserve(place, 1)
    place.admit(ANNA, 1)
    if how == "cancelled":
        place.do(m.CancelReservation(7))
    elif how == "expired":
        place.now = place.now.after(HOUR_S)
        place.evse(1).since_s = place.now.s
        place.tick()
    else:
        assert reserve(place, 2, BERT) == "accepted"
    place.plug(1)
    assert charges(place, 1)
    if place.version == "1.6":  # in 2.0.1 it was used up when he came
        assert place.tx[0].reservation_id is None
    assert pending(place) == ({"7"} if how == "replaced" else set())
    assert statuses(place)[1] == ("Reserved" if how == "replaced" else "Available")


@pytest.mark.requirement("G01.FR.06", "G03.FR.09", "1.6 4.9", "TC_H_02_CS")
def test_a_car_at_a_reserved_place_changes_nothing_before_its_card(driver: Driver) -> None:
    reserve(driver)
    driver.tick()
    told(driver)
    driver.plug()
    driver.run(70.0, 1.0)
    assert told(driver) == []
    driver.admit(BERT)
    assert not charges(driver)
    assert told(driver) == []
    driver.admit(ANNA)
    assert charges(driver)
    assert not pending(driver)
    assert driver.tx[0].reservation_id == 7


@pytest.mark.requirement("H03.FR.01", "1.6 5.13", "TC_H_02_CS")
def test_a_stranger_is_refused_without_a_question(driver: Driver) -> None:
    reserve(driver)
    driver.plug()
    driver.card(BERT)
    assert not driver.asked()
    assert driver.notes[-1] == "token …0002 refused: reserved for somebody else"
    assert driver.shown().session == "plugged"


@pytest.mark.requirement(
    *("H03.FR.04", "H03.FR.06", "H03.FR.07", "H03.FR.08", "1.6 5.13"),
    *("TC_H_19_CS", "TC_H_24_CS"),
)
@pytest.mark.parametrize("evse_id", [1, None])
@pytest.mark.parametrize("known", [True, False])
def test_one_of_the_group_uses_it(driver: Driver, evse_id: int | None, known: bool) -> None:
    driver.set("AuthCtrlr", "LocalPreAuthorize", "true")
    reserve(driver, evse_id, group=FAMILY)
    if known:
        driver.do(m.SendLocalList(1, True, ((BERT, TokenInfo(TokenStatus.ACCEPTED, FAMILY)),)))
    driver.plug()
    driver.card(BERT)
    assert driver.asked() == ([] if known else [BERT.id])
    if not known:
        driver.answer(BERT, group=FAMILY)
    assert charges(driver)
    assert driver.tx[0].reservation_id == 7


@pytest.mark.requirement("H03.FR.04")
def test_one_of_another_group_does_not(driver: Driver) -> None:
    reserve(driver, group=FAMILY)
    driver.plug()
    driver.admit(BERT, group=Token("CLUB", "Central"))
    assert not charges(driver)


@pytest.mark.requirement("H03.FR.03", "H01.FR.15")
def test_a_driver_gets_the_place_that_he_reserved(place: Driver) -> None:
    reserve(place, 2)
    place.admit(ANNA)
    assert place.shown(2).session == "authorized"
    place.plug(1)  # somebody else's car does not take his card along
    assert place.shown(2).session == "authorized"
    place.plug(2)
    assert charges(place, 2)
    assert place.tx[0].reservation_id == 7


def test_a_waiting_card_goes_to_no_reserved_place(place: Driver) -> None:
    place.admit(BERT)
    reserve(place, 2)
    place.plug(2)
    assert place.shown(1).session == "authorized"
    place.plug(1)
    assert charges(place, 1)


@pytest.mark.requirement("H03.FR.01", "C02.FR.01")
def test_a_reserved_place_needs_its_token_also_where_nobody_needs_one(v201: Driver) -> None:
    v201.set("AuthCtrlr", "Enabled", "false")
    reserve(v201)
    v201.plug()
    assert not charges(v201)
    v201.card(ANNA)
    assert charges(v201)
    assert v201.tx[0].token not in (None, NO_AUTHORIZATION)


@pytest.mark.requirement("H03.FR.09", "F01.FR.21", "F01.FR.22", "TC_H_02_CS", "1.6 5.11")
@pytest.mark.parametrize(
    ("token", "group", "said"),
    [(ANNA, None, "accepted"), (BERT, None, "rejected"), (BERT, FAMILY, "accepted")],
)
@pytest.mark.parametrize("evse_id", [1, None])
def test_a_remote_start_needs_the_token_or_group_too(
    driver: Driver, token: Token, group: Token | None, said: str, evse_id: int | None
) -> None:
    reserve(driver, group=FAMILY)
    driver.plug()
    reply = driver.remote(token, evse_id, group=group)
    assert reply.outcome == said
    assert charges(driver) is (said == "accepted")
    assert pending(driver) == (set() if said == "accepted" else {"7"})


@pytest.mark.requirement("H01.FR.15", "E03.FR.01")
def test_a_transaction_that_began_with_the_car_tells_the_reservation_with_the_token(
    v201: Driver,
) -> None:
    v201.points("EVConnected", "EVConnected")
    reserve(v201)
    v201.plug()
    v201.admit(ANNA)
    assert charges(v201)
    assert [event.reservation_id for event in v201.tx[:3]] == [None, 7, None]
    assert v201.tx[1].tells_token


# --- its end -----------------------------------------------------------------------------------


@pytest.mark.requirement("H04.FR.01", "H04.FR.02", "H04.FR.03", "1.6 5.13", "TC_H_07_CS")
@pytest.mark.parametrize("evse_id", [1, None])
def test_a_reservation_expires(driver: Driver, evse_id: int | None) -> None:
    reserve(driver, evse_id)
    driver.tick()
    told(driver)
    driver.tick(HOUR_S - 1.0)
    assert pending(driver)
    driver.tick(1.0)
    assert told(driver)[-1] == (1, "Available")
    assert ended(driver) == [(7, "Expired")]
    driver.plug()
    driver.admit(BERT)
    assert charges(driver)
    assert driver.tx[0].reservation_id is None


@pytest.mark.requirement("H04.FR.01")
def test_a_reservation_expires_without_power_too(driver: Driver) -> None:
    reserve(driver)
    later = driver.now.after(2 * HOUR_S)
    again = Driver(driver.version, memory=driver.memory, now=later)
    again.tick()
    assert ended(again) == [(7, "Expired")]
    assert not pending(again)


@pytest.mark.requirement("H01.FR.16", "1.6 5.13")
def test_a_fault_removes_the_reservation(driver: Driver) -> None:
    reserve(driver)
    driver.sense(1, faults=frozenset({BROKEN}))
    driver.tick()
    assert ended(driver) == [(7, "Removed")]
    driver.sense(1, faults=frozenset())
    driver.tick()
    assert driver.status == "Available"


@pytest.mark.requirement("H01.FR.17", "1.6 5.13", "TC_H_21_CS")
def test_out_of_service_removes_the_reservation(driver: Driver) -> None:
    reserve(driver)
    driver.tick()
    told(driver)
    driver.do(m.ChangeAvailability(1, None, operative=False))
    driver.tick()
    assert (1, "Unavailable") in told(driver)
    assert ended(driver) == [(7, "Removed")]
    assert not pending(driver)


@pytest.mark.requirement("H01.FR.16", "H01.FR.17")
def test_a_reservation_of_any_evse_lasts_as_long_as_one_can_serve_it(place: Driver) -> None:
    reserve(place, None)
    place.sense(1, faults=frozenset({BROKEN}))
    place.tick()
    assert pending(place)
    assert statuses(place) == ["Faulted", "Reserved"]
    place.do(m.ChangeAvailability(2, None, operative=False))
    place.tick()
    assert ended(place) == [(7, "Removed")]


@pytest.mark.requirement("B01.FR.13", "1.6 5.14")
@pytest.mark.parametrize("soft", [True, False])
def test_a_reset_leaves_reservations_alone(driver: Driver, soft: bool) -> None:
    reserve(driver)
    driver.do(m.Reset(soft))
    driver.run(1.0)
    again = Driver(driver.version, memory=driver.memory, now=driver.now).online()
    assert again.status == "Reserved"
    again.plug()
    again.admit(ANNA)
    assert charges(again)


def test_a_session_that_ends_leaves_no_reservation_behind(driver: Driver) -> None:
    reserve(driver)
    driver.charge(ANNA)
    driver.card(ANNA)
    driver.run(3.0)
    driver.unplug()
    assert driver.status == "Available"
    assert driver.tx[-1].stop_reason is StopReason.LOCAL


def test_the_screen_shows_who_is_expected_and_until_when(place: Driver) -> None:
    reserve(place, 1)
    reserve(place, None, BERT, id=8)
    snapshot = place.station.snapshot(0, None, None, place.now)
    shown = [(each.id, each.evse_id, each.id_token) for each in snapshot.reservations]
    assert shown == [(7, 1, "…0001"), (8, None, "…0002")]
    assert snapshot.reservations[0].until == "2030-06-01T13:00:00+00:00"
