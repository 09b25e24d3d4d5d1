"""The FirmwareManagement profile's updates, and the security extension's signed ones. Pure.

Sections 4.5 and 5.19; security white paper L01, sections 5.19 to 5.22.
"""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Command,
    FirmwareAsked,
    FirmwareProgress,
    Outcome,
    Reply,
    UpdateFirmware,
)
from chargepoint.core.words import FirmwareStatus as S
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.files import firmware_update
from chargepoint.protocol.timestamps import parse_timestamp
from chargepoint.protocol.v16.route import Route, Telling, status

PLAIN, SIGNED = "FirmwareStatusNotification", "SignedFirmwareStatusNotification"

# What the seven words of section 7.25 can tell, and ...
PLAIN_WORDS: Mapping[S, str] = {
    S.DOWNLOADING: "Downloading",
    S.DOWNLOADED: "Downloaded",
    S.INSTALLING: "Installing",
    S.INSTALLED: "Installed",
    S.DOWNLOAD_FAILED: "DownloadFailed",
    S.INVALID_SIGNATURE: "InstallationFailed",
    S.INSTALL_VERIFICATION_FAILED: "InstallationFailed",
    S.INSTALLATION_FAILED: "InstallationFailed",
}
# ... what comes nearest where somebody asks and something must be said.
NEAREST_WORDS: Mapping[S, str] = {
    **PLAIN_WORDS,
    S.DOWNLOAD_SCHEDULED: "Idle",
    S.DOWNLOAD_PAUSED: "Downloading",
    S.SIGNATURE_VERIFIED: "Downloaded",
    S.INSTALL_SCHEDULED: "Downloaded",
    S.INSTALL_REBOOTING: "Installing",
}


def _update(payload: Payload) -> Command:
    """UpdateFirmware.req, section 6.55."""
    return UpdateFirmware(
        location=payload["location"],
        retrieve_at=parse_timestamp(payload["retrieveDate"]),
        retries=payload.get("retries"),
        retry_interval_s=payload.get("retryInterval"),
    )


def _updates(reply: Reply) -> Payload:
    """UpdateFirmware.conf has no word for a refusal: that is a CALLERROR."""
    if reply.outcome is Outcome.UNSUPPORTED:
        raise WireError(ErrorCode.NOT_SUPPORTED, reply.info)  # white paper L01.FR.20
    if reply.outcome is Outcome.REJECTED:
        raise WireError(ErrorCode.GENERIC_ERROR, reply.info)
    return {}


def _progress(event: FirmwareProgress, _: StationIdentity, __: int | None) -> Call | None:
    """The notification of the kind that the update is of."""
    if event.signed:
        return _signed_status(event.status, event.request_id)
    word = PLAIN_WORDS.get(event.status)
    return Call(PLAIN, {"status": word}) if word is not None else None


def _asked(event: FirmwareAsked, _: StationIdentity, __: int | None) -> Call:
    """The notification that was asked for, of whatever kind the update is."""
    if event.message == SIGNED:
        return _signed_status(event.status, event.request_id)
    return Call(PLAIN, {"status": NEAREST_WORDS[event.status]})


def _signed_status(word: S, request_id: int | None) -> Call:
    """SignedFirmwareStatusNotification.req, section 5.19; a plain update has no id."""
    payload: Payload = {"status": word.value}
    return Call(SIGNED, payload if request_id is None else payload | {"requestId": request_id})


ROUTES: Mapping[str, Route] = {
    "SignedUpdateFirmware": Route(
        firmware_update,
        status(
            {
                Outcome.ACCEPTED: "Accepted",
                Outcome.ACCEPTED_CANCELED: "AcceptedCanceled",
                Outcome.INVALID_CERTIFICATE: "InvalidCertificate",
            },
            otherwise="Rejected",
        ),
    ),
    "UpdateFirmware": Route(_update, _updates),
}
TELLINGS: Mapping[type, Telling] = {
    FirmwareAsked: Telling(_asked),
    FirmwareProgress: Telling(_progress),
}
