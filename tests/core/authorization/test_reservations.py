"""Places kept for somebody: what is answered, and how choice is kept."""

from __future__ import annotations

import pytest
from core.driver import ANNA, BERT, CARL, FAMILY, NOON, Driver
from core.reserving import (
    BROKEN,
    MIXED,
    TWO,
    charges,
    ended,
    pending,
    reserve,
    statuses,
    told,
)
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig
from chargepoint.core.reservations import Reservation
from chargepoint.core.words import (
    Status,
    Token,
)

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
