"""Block G, availability: status, problems, heartbeat, ChangeAvailability. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    ChangeAvailability,
    Command,
    Heartbeat,
    HeartbeatAnswered,
    Outcome,
    ProblemChanged,
    StatusChanged,
    StatusTold,
)
from chargepoint.core.words import Status
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import meaning, required
from chargepoint.protocol.timestamps import format_timestamp, parse_timestamp
from chargepoint.protocol.v201.fields import some
from chargepoint.protocol.v201.route import Answer, Telling, one, status

STATION = 0
OPERATIONAL_STATUSES: Mapping[str, bool] = {"Operative": True, "Inoperative": False}

# ConnectorStatusEnumType. A token without a cable leaves the connector Available (G01.FR.03),
# and so does a car that leaves a fixed one (part 6 TC_E_26).
STATUS_WORDS: Mapping[Status, str] = {
    Status.AVAILABLE: "Available",
    Status.AUTHORIZED: "Available",
    Status.AWAY: "Available",
    Status.PREPARING: "Occupied",
    Status.CHARGING: "Occupied",
    Status.SUSPENDED_EV: "Occupied",
    Status.SUSPENDED_EVSE: "Occupied",
    Status.FINISHING: "Occupied",
    Status.RESERVED: "Reserved",
    Status.UNAVAILABLE: "Unavailable",
    Status.FAULTED: "Faulted",
}


def _status(event: StatusChanged, _: StationIdentity) -> Call | None:
    """StatusNotificationRequest: of connectors only, never of station or EVSE (B01.FR.05)."""
    if event.evse_id == STATION or event.connector_id == STATION:
        return None
    return Call(
        "StatusNotification",
        {
            "timestamp": format_timestamp(event.at),
            "connectorStatus": STATUS_WORDS[event.status],
            "evseId": event.evse_id,
            "connectorId": event.connector_id,
        },
    )


def _problem(event: ProblemChanged, _: StationIdentity) -> Call:
    """NotifyEventRequest: one hard-wired event, whole in one message (G05.FR.02)."""
    ref, at = event.ref, format_timestamp(event.at)
    told: Payload = {
        "eventId": event.id,
        "timestamp": at,
        "trigger": "Delta",
        "actualValue": str(event.holds).lower(),
        "eventNotificationType": "HardWiredNotification",
        "component": {
            "name": ref.component,
            "evse": {"id": ref.evse_id} | some(connectorId=ref.connector_id),
        },
        "variable": {"name": ref.variable},
    }
    told |= some(techCode=event.fault.vendor_code[:50], techInfo=event.fault.info[:500])
    return Call("NotifyEvent", {"generatedAt": at, "seqNo": 0, "tbc": False, "eventData": [told]})


def _heartbeat_answered(event: Heartbeat, payload: Payload, _: int) -> HeartbeatAnswered:
    """HeartbeatResponse, G02."""
    return HeartbeatAnswered(parse_timestamp(required(payload, "currentTime", str)))


def _change_availability(payload: Payload) -> Command:
    """ChangeAvailabilityRequest, G03 and G04: no evse is the whole station."""
    evse = payload.get("evse", {})
    operative = meaning(OPERATIONAL_STATUSES, payload["operationalStatus"], "operationalStatus")
    return ChangeAvailability(evse.get("id", STATION), evse.get("connectorId"), operative)


ROUTES: Mapping[str, Answer] = {
    "ChangeAvailability": one(
        _change_availability,
        status({Outcome.ACCEPTED: "Accepted", Outcome.SCHEDULED: "Scheduled"}),
    ),
}
TELLINGS: Mapping[type, Telling] = {
    Heartbeat: Telling(lambda event, identity: Call("Heartbeat", {}), _heartbeat_answered),
    ProblemChanged: Telling(_problem),
    StatusChanged: Telling(_status, lambda event, payload, outbox_id: StatusTold(event)),
}
