"""Block H, reservation. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    CancelReservation,
    Command,
    Outcome,
    ReservationEnded,
    ReserveNow,
)
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.timestamps import parse_timestamp
from chargepoint.protocol.v201.fields import token
from chargepoint.protocol.v201.route import Answer, Telling, one, status


def _reserve(payload: Payload) -> Command:
    """ReserveNowRequest, H01. A group without an id is none at all."""
    group = payload.get("groupIdToken")
    return ReserveNow(
        id=payload["id"],
        token=token(payload["idToken"]),
        expires_at=parse_timestamp(payload["expiryDateTime"]),
        evse_id=payload.get("evseId"),
        connector_type=payload.get("connectorType"),
        group=token(group) if group and group["idToken"] else None,
    )


def _cancel(payload: Payload) -> Command:
    """CancelReservationRequest, H02."""
    return CancelReservation(payload["reservationId"])


def _ended(event: ReservationEnded, _: StationIdentity) -> Call:
    """ReservationStatusUpdateRequest, H01.FR.16, .17, H04.FR.01."""
    return Call(
        "ReservationStatusUpdate",
        {"reservationId": event.reservation_id, "reservationUpdateStatus": event.why},
    )


ROUTES: Mapping[str, Answer] = {
    "CancelReservation": one(_cancel, status({Outcome.ACCEPTED: "Accepted"})),
    "ReserveNow": one(
        _reserve,
        status(
            {
                Outcome.ACCEPTED: "Accepted",
                Outcome.FAULTED: "Faulted",
                Outcome.OCCUPIED: "Occupied",
                Outcome.UNAVAILABLE: "Unavailable",
            },
        ),
    ),
}
TELLINGS: Mapping[type, Telling] = {ReservationEnded: Telling(_ended)}
