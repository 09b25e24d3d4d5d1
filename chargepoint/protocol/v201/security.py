"""Block A, security: part 2 A04. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import EventDelivered, SecurityEvent
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.timestamps import format_timestamp
from chargepoint.protocol.v201.fields import some
from chargepoint.protocol.v201.route import Telling


def _security_event(event: SecurityEvent, _: StationIdentity) -> Call | None:
    """SecurityEventNotification; critical ones only (A04.FR.01), the rest stays in the log."""
    if not event.critical:
        return None
    payload: Payload = {"type": event.type[:50], "timestamp": format_timestamp(event.at)}
    return Call("SecurityEventNotification", payload | some(techInfo=event.tech_info[:255]))


TELLINGS: Mapping[type, Telling] = {
    SecurityEvent: Telling(
        _security_event, lambda event, payload, outbox_id: EventDelivered(outbox_id, event)
    ),
}
