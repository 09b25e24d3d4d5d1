"""Reservations in 1.6's words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    ACCEPTED,
    CancelReservation,
    Outcome,
    Reply,
    ReservationEnded,
    ReserveNow,
)
from chargepoint.core.words import Token

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
RESERVE = {
    "connectorId": 2,
    "expiryDate": "2026-11-22T12:00:00Z",
    "idTag": "CARD-1",
    "parentIdTag": "HOME",
    "reservationId": 5,
}


@pytest.mark.requirement("1.6 5.13", "1.6 6.37")
@pytest.mark.parametrize(
    ("changes", "command"),
    [
        ({}, ReserveNow(5, Token("CARD-1"), NOON, 2, group=Token("HOME"))),
        ({"connectorId": 0}, ReserveNow(5, Token("CARD-1"), NOON, None, group=Token("HOME"))),
        ({"parentIdTag": ""}, ReserveNow(5, Token("CARD-1"), NOON, 2)),
    ],
)
def test_a_reservation_names_a_connector_or_any(adapter, station, conforms, changes, command):
    call = RESERVE | changes
    conforms("ReserveNow", call)
    there = station(ACCEPTED)
    assert adapter.answer("ReserveNow", call, there.handle) == {"status": "Accepted"}
    assert there.commands == [command]


@pytest.mark.requirement("1.6 7.40")
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_word(adapter, station, conforms, outcome):
    answer = adapter.answer("ReserveNow", RESERVE, station(Reply(outcome)).handle)
    words = ("ACCEPTED", "FAULTED", "OCCUPIED", "UNAVAILABLE")
    expected = outcome.name.capitalize() if outcome.name in words else "Rejected"
    assert answer == {"status": expected}
    conforms("ReserveNowResponse", answer)


@pytest.mark.requirement("1.6 5.1")
@pytest.mark.parametrize(("outcome", "word"), [("ACCEPTED", "Accepted"), ("REJECTED", "Rejected")])
def test_a_reservation_is_cancelled_by_its_id(adapter, station, conforms, outcome, word):
    there = station(Reply(Outcome[outcome]))
    answer = adapter.answer("CancelReservation", {"reservationId": 5}, there.handle)
    assert there.commands == [CancelReservation(5)]
    assert answer == {"status": word}
    conforms("CancelReservationResponse", answer)


@pytest.mark.requirement("1.6 5.13")
def test_the_end_of_a_reservation_is_told_by_the_status_alone(adapter):
    assert adapter.call(ReservationEnded(5, "Expired", NOON), StationIdentity(), None) is None
