"""Block L, firmware: part 2 L01 and L02. Pure. L03 and L04 are for local controllers."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    FirmwareAsked,
    FirmwareProgress,
    Outcome,
)
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.files import firmware_update
from chargepoint.protocol.v201.fields import some
from chargepoint.protocol.v201.route import Answer, Telling, one, status


def _progress(event: FirmwareProgress | FirmwareAsked, _: StationIdentity) -> Call:
    """FirmwareStatusNotificationRequest; the id is that of the request (L01.FR.10, .20)."""
    payload: Payload = {"status": event.status.value}
    return Call("FirmwareStatusNotification", payload | some(requestId=event.request_id))


ROUTES: Mapping[str, Answer] = {
    "UpdateFirmware": one(
        firmware_update,
        status(
            {
                Outcome.ACCEPTED: "Accepted",
                Outcome.ACCEPTED_CANCELED: "AcceptedCanceled",
                Outcome.INVALID_CERTIFICATE: "InvalidCertificate",
            }
        ),
    ),
}
TELLINGS: Mapping[type, Telling] = dict.fromkeys(
    (FirmwareAsked, FirmwareProgress), Telling(_progress)
)
