"""The Reservation profile: 1.6 sections 5.1 and 5.13. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.messages import (
    CancelReservation,
    Command,
    Outcome,
    ReservationEnded,
    ReserveNow,
)
from chargepoint.core.words import Token
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.timestamps import parse_timestamp
from chargepoint.protocol.v16.connectors import STATION, evse_of
from chargepoint.protocol.v16.route import Route, Telling, status


def _reserve(payload: Payload) -> Command:
    """ReserveNow.req, section 6.37: connector 0 is any one. An empty parentIdTag is none."""
    connector_id, parent = payload["connectorId"], payload.get("parentIdTag")
    return ReserveNow(
        id=payload["reservationId"],
        token=Token(payload["idTag"]),
        expires_at=parse_timestamp(payload["expiryDate"]),
        evse_id=None if connector_id == STATION else evse_of(connector_id),
        group=Token(parent) if parent else None,
    )


def _cancel(payload: Payload) -> Command:
    """CancelReservation.req, section 6.5."""
    return CancelReservation(payload["reservationId"])


ROUTES: Mapping[str, Route] = {
    "CancelReservation": Route(
        _cancel, status({Outcome.ACCEPTED: "Accepted"}, otherwise="Rejected")
    ),
    "ReserveNow": Route(
        _reserve,
        status(
            {
                Outcome.ACCEPTED: "Accepted",
                Outcome.FAULTED: "Faulted",
                Outcome.OCCUPIED: "Occupied",
                Outcome.UNAVAILABLE: "Unavailable",
            },
            otherwise="Rejected",
        ),
    ),
}
# The connector's status says it already: section 5.13.
TELLINGS: Mapping[type, Telling] = {ReservationEnded: Telling(lambda event, identity, _: None)}
