"""Places kept for somebody: who may begin there, what is told, and when it is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from core.driver import ANNA, BERT, CARL, FAMILY, NOON, Driver
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.reservations import Reservation
from chargepoint.core.words import (
    NO_AUTHORIZATION,
    Status,
    StopReason,
    Token,
    TokenInfo,
    TokenStatus,
)
from hardware.api import Fault, FaultCode

TWO = (EvseConfig(1), EvseConfig(2))
MIXED = (EvseConfig(1), EvseConfig(2, connector_lock=False), EvseConfig(3))
HOUR_S = 3600.0
BROKEN = Fault(FaultCode.GROUND_FAILURE, "leaks")


@pytest.fixture
def place(driver: Driver) -> Driver:
    """A station of each version with two EVSEs."""
    return Driver(driver.version, evses=TWO).online()


def reserve(driver: Driver, evse_id: int | None = 1, token: Token = ANNA, **more: object) -> str:
    expires_at = driver.now.utc + timedelta(seconds=HOUR_S)
    command = m.ReserveNow(7, token, expires_at, evse_id)
    reply = driver.do(replace(command, **more))  # type: ignore[arg-type]
    assert isinstance(reply, m.Reply)
    return str(reply.outcome)


def statuses(driver: Driver) -> list[str]:
    evses = driver.station._blocks.evses.values()
    return [driver.station._blocks.availability.status(evse, 1) for evse in evses]


def told(driver: Driver) -> list[tuple[int, str]]:
    """Return the statuses that were told, and forget them."""
    heard = [(e.evse_id, str(e.status)) for e in driver.live if isinstance(e, m.StatusChanged)]
    driver.live.clear()
    return heard


def pending(driver: Driver) -> set[str]:
    return set(driver.memory.get("reservation", {}))


def ended(driver: Driver) -> list[tuple[int, str]]:
    events = driver.ended
    return [(event.reservation_id, event.why) for event in events]


def charges(driver: Driver, evse_id: int = 1) -> bool:
    driver.run(3.0)
    return driver.closed(evse_id)


# --- what is answered --------------------------------------------------------------------------


@pytest.mark.requirement("H01.FR.03", "H01.FR.23", "1.6 5.13", "TC_H_01_CS")
def test_a_free_evse_is_reserved_told_and_kept(place: Driver) -> None:
    assert reserve(place, 2) == "accepted"
    place.tick()
    assert told(place) == [(2, "Reserved")]
    assert pending(place) == {"7"}

    again = Driver(place.version, evses=TWO, memory=place.memory, now=place.now).online()
    assert statuses(again) == ["Available", "Reserved"]


@pytest.mark.requirement("H01.FR.23")
def test_every_connector_of_a_reserved_evse_is_reserved() -> None:
    driver = Driver("2.0.1", evses=(EvseConfig(1, connectors=2),)).online()
    reserve(driver)
    driver.tick()
    reserved = [e for e in driver.live if isinstance(e, m.StatusChanged)]
    assert [(e.connector_id, e.status) for e in reserved] == [
        (1, Status.RESERVED),
        (2, Status.RESERVED),
    ]


@pytest.mark.requirement("H01.FR.11", "1.6 5.13", "TC_H_03_CS")
@pytest.mark.parametrize("token", [ANNA, BERT])
def test_a_reserved_evse_is_occupied_for_everybody(place: Driver, token: Token) -> None:
    reserve(place, 1)
    assert reserve(place, 1, token, id=8) == "occupied"


@pytest.mark.requirement("H01.FR.11", "1.6 5.13", "TC_H_04_CS")
@pytest.mark.parametrize("how", ["car", "card", "session", "finished"])
def test_an_evse_that_is_not_available_is_occupied(place: Driver, how: str) -> None:
    if how != "card":
        place.plug()
    if how != "car":
        place.admit(BERT, 1)
    place.run(2.0)
    if how == "finished":
        place.card(BERT, 1)
        place.run(3.0)
    assert reserve(place, 1) == "occupied"


@pytest.mark.requirement("H01.FR.12", "1.6 5.13")
def test_a_faulted_evse_is_faulted(place: Driver) -> None:
    place.sense(1, faults=frozenset({BROKEN}))
    place.tick()
    assert reserve(place, 1) == "faulted"


@pytest.mark.requirement("H01.FR.14", "1.6 5.13", "TC_H_06_CS")
@pytest.mark.parametrize("where", [0, 1])
def test_an_evse_out_of_service_is_unavailable(place: Driver, where: int) -> None:
    place.do(m.ChangeAvailability(where, None, operative=False))
    assert reserve(place, 1) == "unavailable"


@pytest.mark.requirement("H01.FR.01", "1.6 5.13", "TC_H_22_CS")
def test_reservation_can_be_off(place: Driver) -> None:
    place.set("ReservationCtrlr", "Enabled", "false")
    place.set("Ocpp16Ctrlr", "SupportedFeatureProfiles", "Core")
    assert reserve(place) == "rejected"


@pytest.mark.requirement("H01.FR.18", "H01.FR.19", "1.6 5.13", "TC_H_13_CS")
@pytest.mark.parametrize(("supported", "said"), [("true", "accepted"), ("false", "rejected")])
def test_any_evse_can_be_reserved_where_that_is_supported(
    place: Driver, supported: str, said: str
) -> None:
    place.set("ReservationCtrlr", "NonEvseSpecific", supported)
    assert reserve(place, None) == said


@pytest.mark.parametrize(
    "nonsense",
    [{"evse_id": 3}, {"evse_id": 0}, {"connector_type": "cCCS2"}, {"expires_at": NOON}],
)
def test_what_cannot_be_is_rejected(place: Driver, nonsense: dict[str, object]) -> None:
    assert reserve(place, **nonsense) == "rejected"  # type: ignore[arg-type]


@pytest.mark.requirement("H01.FR.02", "1.6 5.13", "TC_H_23_CS")
def test_the_same_id_replaces(place: Driver) -> None:
    reserve(place, 1, ANNA)
    assert reserve(place, 1, BERT) == "accepted"
    place.plug()
    place.admit(BERT, 1)
    assert charges(place)


@pytest.mark.requirement("H01.FR.02")
def test_a_reservation_moves_unless_the_new_place_is_taken(place: Driver) -> None:
    reserve(place, 1)
    assert reserve(place, 2) == "accepted"
    assert statuses(place) == ["Available", "Reserved"]
    place.plug(1)
    assert reserve(place, 1) == "occupied"
    assert statuses(place)[1] == "Reserved"


@pytest.mark.requirement("H01.FR.11", "H01.FR.12", "H01.FR.14", "TC_H_10_CS", "TC_H_12_CS")
@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("car", "car", "occupied"),
        ("car", "fault", "occupied"),
        ("fault", "fault", "faulted"),
        ("out of service", "out of service", "unavailable"),
        ("fault", "out of service", "faulted"),
        ("car", "", "accepted"),
    ],
)
def test_any_evse_means_that_all_are_looked_at(
    place: Driver, first: str, second: str, said: str
) -> None:
    for evse_id, what in ((1, first), (2, second)):
        if what == "car":
            place.plug(evse_id)
        elif what == "fault":
            place.sense(evse_id, faults=frozenset({BROKEN}))
        elif what:
            place.do(m.ChangeAvailability(evse_id, None, operative=False))
    place.tick()
    assert reserve(place, None) == said


@pytest.mark.requirement("H02.FR.01", "1.6 5.1", "TC_H_18_CS")
def test_an_unknown_reservation_cannot_be_cancelled(place: Driver) -> None:
    reserve(place)
    assert place.do(m.CancelReservation(8)).outcome == "rejected"  # type: ignore[union-attr]
    assert pending(place) == {"7"}


@pytest.mark.requirement("H02.FR.02", "H02.FR.03", "H02.FR.04", "1.6 5.1", "TC_H_17_CS")
def test_a_cancelled_reservation_leaves_the_place_to_everybody(place: Driver) -> None:
    reserve(place)
    place.tick()
    told(place)
    assert place.do(m.CancelReservation(7)).outcome == "accepted"  # type: ignore[union-attr]
    place.tick()
    assert told(place) == [(1, "Available")]
    assert not pending(place)
    assert not ended(place)
    place.plug()
    place.admit(BERT, 1)
    assert charges(place)


# --- any EVSE, any of a type -------------------------------------------------------------------


@pytest.mark.requirement("H01.FR.04", "H01.FR.07", "H01.FR.20", "TC_H_08_CS", "TC_H_14_CS")
def test_as_long_as_there_is_choice_no_place_is_reserved(place: Driver) -> None:
    assert reserve(place, None) == "accepted"
    assert statuses(place) == ["Available", "Available"]
    assert reserve(place, None, BERT, id=8) == "accepted"
    assert statuses(place) == ["Reserved", "Reserved"]
    assert reserve(place, None, CARL, id=9) == "occupied"
    assert reserve(place, 1, CARL, id=9) == "occupied"


@pytest.mark.requirement("H01.FR.07", "H01.FR.20", "1.6 5.13")
def test_the_last_place_is_kept(place: Driver) -> None:
    reserve(place, None)
    place.charge(BERT, 1)
    assert charges(place, 1)
    assert statuses(place)[1] == "Reserved"
    place.plug(2)
    assert statuses(place)[1] == "Reserved"  # G03.FR.09
    place.admit(CARL, 2)
    assert not charges(place, 2)
    place.admit(ANNA, 2)
    assert charges(place, 2)
    assert not pending(place)


@pytest.mark.requirement("H01.FR.07")
def test_cars_that_nobody_came_for_do_not_use_up_the_choice(place: Driver) -> None:
    reserve(place, None)
    place.plug(1)
    assert statuses(place) == ["Preparing", "Reserved"]
    place.tick()
    place.plug(2)
    assert statuses(place) == ["Preparing", "Reserved"]
    place.admit(CARL, 1)
    assert charges(place, 1)
    place.admit(BERT, 2)
    assert not charges(place, 2)


@pytest.mark.requirement("H01.FR.07", "H02.FR.02", "H02.FR.05", "H02.FR.06")
def test_after_a_cancellation_there_is_choice_again(place: Driver) -> None:
    reserve(place, None)
    reserve(place, None, BERT, id=8)
    place.tick()
    told(place)
    place.do(m.CancelReservation(8))
    place.tick()
    assert sorted(told(place)) == [(1, "Available"), (2, "Available")]


@pytest.mark.requirement("H01.FR.06", "H01.FR.09", "H01.FR.24", "TC_H_15_CS", "TC_H_16_CS")
def test_a_type_of_connector_is_kept() -> None:
    driver = Driver("2.0.1", evses=MIXED).online()
    assert reserve(driver, None, connector_type="cType2") == "accepted"
    assert statuses(driver) == ["Available", "Reserved", "Available"]
    assert reserve(driver, None, BERT, id=8, connector_type="cType2") == "occupied"
    assert reserve(driver, None, BERT, id=8, connector_type="sType2") == "accepted"
    assert statuses(driver) == ["Available", "Reserved", "Available"]
    assert reserve(driver, None, CARL, id=9) == "accepted"
    assert statuses(driver) == ["Reserved", "Reserved", "Reserved"]
    assert reserve(driver, 1, CARL, id=9, connector_type="cType2") == "rejected"


@pytest.mark.requirement("H03.FR.02", "H03.FR.05")
@pytest.mark.parametrize("token", [ANNA, BERT])
def test_a_type_is_used_by_its_token_or_group(token: Token) -> None:
    driver = Driver("2.0.1", evses=MIXED).online()
    reserve(driver, None, connector_type="cType2", group=FAMILY)
    driver.plug(2)
    driver.admit(token, 2, group=FAMILY)
    assert charges(driver, 2)
    assert driver.tx[0].reservation_id == 7


@given(
    wishes=st.lists(
        st.tuples(st.sampled_from([None, 1, 2, 3]), st.sampled_from([None, "sType2", "cType2"])),
        max_size=6,
    ),
    comers=st.lists(st.sampled_from([1, 2, 3]), max_size=3, unique=True),
)
@pytest.mark.requirement("H01.FR.07", "H01.FR.09")
def test_whoever_has_reserved_finds_a_place(
    wishes: list[tuple[int | None, str | None]], comers: list[int]
) -> None:
    driver = Driver("2.0.1", evses=MIXED).online()
    kept: dict[int, Reservation] = {}
    for number, (evse_id, kind) in enumerate(wishes):
        token = Token(f"OWNER{number}")
        if reserve(driver, evse_id, token, id=number, connector_type=kind) == "accepted":
            kept[number] = Reservation(number, token, driver.now.utc, evse_id, kind)
    for evse_id in comers:  # strangers first
        driver.plug(evse_id)
        driver.admit(Token("STRANGER"), evse_id)
        driver.run(1.0)
    for one in sorted(kept.values(), key=lambda each: each.choice):
        mine = [each.id for each in MIXED if one.covers(driver.evse(each.id))]
        for evse_id in mine:
            if driver.shown(evse_id).session in ("idle", "plugged"):
                driver.admit(one.token, evse_id)
            if driver.evse(evse_id).grant and driver.evse(evse_id).grant.token == one.token:
                break
        else:
            raise AssertionError(f"no place for {one}")


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
