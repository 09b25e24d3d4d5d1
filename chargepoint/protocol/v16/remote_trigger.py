"""The RemoteTrigger profile: 1.6 section 5.17, and the answers that only it asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Command, IdleNotice, Outcome, Reply, TriggerMessage
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.v16.connectors import evse_of, plug_of
from chargepoint.protocol.v16.route import Route, Telling, status

# Section 7.32.
TRIGGERS = frozenset(
    {
        "BootNotification",
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "MeterValues",
        "StatusNotification",
    }
)
IDLE_NOTICES = frozenset(
    {
        "FirmwareStatusNotification",
        "SignedFirmwareStatusNotification",
    }
)
TRIGGER_STATUS = status(
    {Outcome.ACCEPTED: "Accepted", Outcome.UNSUPPORTED: "NotImplemented"}, otherwise="Rejected"
)


def trigger(message: str, payload: Payload, *, extended: bool = False) -> Command:
    """Return the command to send *message*: without connectorId all are meant."""
    connector_id = payload.get("connectorId")
    if connector_id is None:
        return TriggerMessage(message, extended=extended)
    return TriggerMessage(message, evse_of(connector_id), plug_of(connector_id), extended)


def _trigger(payload: Payload) -> Command | Reply:
    """TriggerMessage.req. The status of an unknown message is NotImplemented, no error."""
    message = payload["requestedMessage"]
    return trigger(message, payload) if message in TRIGGERS else Reply(Outcome.UNSUPPORTED)


def _idle_notice(event: IdleNotice, _: StationIdentity, __: int | None) -> Call | None:
    """Status Idle, which only a trigger may bring: sections 4.4 and 4.5."""
    return Call(event.message, {"status": "Idle"}) if event.message in IDLE_NOTICES else None


ROUTES: Mapping[str, Route] = {
    "TriggerMessage": Route(_trigger, TRIGGER_STATUS),
}
TELLINGS: Mapping[type, Telling] = {
    IdleNotice: Telling(_idle_notice),
}
