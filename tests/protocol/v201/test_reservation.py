"""Reservations in 2.0.1's words."""

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
    "id": 5,
    "expiryDateTime": "2026-11-22T12:00:00Z",
    "idToken": {"idToken": "CARD-1", "type": "ISO14443"},
}
HOME = {"idToken": "HOME", "type": "Central"}


@pytest.mark.requirement("H01.FR.02", "H01.FR.06", "H03.FR.04")
@pytest.mark.parametrize(
    ("more", "command"),
    [
        ({}, ReserveNow(5, Token("CARD-1"), NOON)),
        ({"evseId": 2}, ReserveNow(5, Token("CARD-1"), NOON, 2)),
        (
            {"connectorType": "cType2", "groupIdToken": HOME},
            ReserveNow(5, Token("CARD-1"), NOON, None, "cType2", Token("HOME", "Central")),
        ),
        ({"groupIdToken": HOME | {"idToken": ""}}, ReserveNow(5, Token("CARD-1"), NOON)),
    ],
)
def test_a_reservation_names_an_evse_a_type_or_nothing(adapter, station, conforms, more, command):
    conforms("ReserveNowRequest", RESERVE | more)
    there = station(ACCEPTED)
    assert adapter.answer("ReserveNow", RESERVE | more, there.handle) == {"status": "Accepted"}
    assert there.commands == [command]


@pytest.mark.requirement("H01.FR.11", "H01.FR.12", "H01.FR.14")
@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_has_a_word(adapter, station, conforms, outcome):
    answer = adapter.answer("ReserveNow", RESERVE, station(Reply(outcome)).handle)
    words = ("ACCEPTED", "FAULTED", "OCCUPIED", "UNAVAILABLE")
    assert answer["status"] == (outcome.name.capitalize() if outcome.name in words else "Rejected")
    conforms("ReserveNowResponse", answer)


@pytest.mark.requirement("H02.FR.01", "H02.FR.02")
@pytest.mark.parametrize(("outcome", "word"), [("ACCEPTED", "Accepted"), ("REJECTED", "Rejected")])
def test_a_reservation_is_cancelled_by_its_id(adapter, station, conforms, outcome, word):
    there = station(Reply(Outcome[outcome], "" if word == "Accepted" else "NotFound"))
    answer = adapter.answer("CancelReservation", {"reservationId": 5}, there.handle)
    assert there.commands == [CancelReservation(5)]
    assert answer["status"] == word
    conforms("CancelReservationResponse", answer)


@pytest.mark.requirement("H01.FR.16", "H01.FR.17", "H04.FR.01")
@pytest.mark.parametrize("why", ["Expired", "Removed"])
def test_the_end_of_a_reservation_is_told(adapter, conforms, why):
    call = adapter.call(ReservationEnded(5, why, NOON), StationIdentity(), None)
    assert call.action == "ReservationStatusUpdate"
    assert call.payload == {"reservationId": 5, "reservationUpdateStatus": why}
    conforms("ReservationStatusUpdateRequest", call.payload)
    assert adapter.heard(ReservationEnded(5, why, NOON), {}, 9) is None
