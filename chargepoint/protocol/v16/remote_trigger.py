"""The RemoteTrigger profile: 1.6 section 5.17, and the answers that only it asks for. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Command, IdleNotice, Outcome, TriggerMessage
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
IDLE_NOTICES = frozenset({"DiagnosticsStatusNotification", "FirmwareStatusNotification"})


def _trigger(payload: Payload) -> Command:
    """TriggerMessage.req: without connectorId all are meant.

    An unknown message is for the station to refuse: its status is NotImplemented, no error.
    """
    message, connector_id = payload["requestedMessage"], payload.get("connectorId")
    if connector_id is None:
        return TriggerMessage(message)
    return TriggerMessage(message, evse_of(connector_id), plug_of(connector_id))


def _idle_notice(event: IdleNotice, _: StationIdentity, __: int | None) -> Call | None:
    """Status Idle, which only a trigger may bring: sections 4.4 and 4.5."""
    return Call(event.message, {"status": "Idle"}) if event.message in IDLE_NOTICES else None


ROUTES: Mapping[str, Route] = {
    "TriggerMessage": Route(
        _trigger,
        status(
            {Outcome.ACCEPTED: "Accepted", Outcome.UNSUPPORTED: "NotImplemented"},
            otherwise="Rejected",
        ),
    ),
}
TELLINGS: Mapping[type, Telling] = {
    IdleNotice: Telling(_idle_notice),
}
