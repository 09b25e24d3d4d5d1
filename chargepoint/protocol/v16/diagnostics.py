"""Logs: GetDiagnostics of 1.6, and GetLog of the security extension. Pure.

Source: 1.6 sections 4.4, 5.9 and 7.18; security white paper N01, sections 5.9, 5.13, 6.13 to 6.19.
"""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Command,
    GetLog,
    LogKind,
    LogStatus,
    Outcome,
    Reply,
    UploadStatus,
)
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.files import get_log, name_of
from chargepoint.protocol.timestamps import optional_timestamp
from chargepoint.protocol.v16.route import Route, Telling, status

# DiagnosticsStatus, section 7.24; every failure is one.
DIAGNOSTICS_WORDS: Mapping[UploadStatus, str] = {
    UploadStatus.IDLE: "Idle",
    UploadStatus.UPLOADING: "Uploading",
    UploadStatus.UPLOADED: "Uploaded",
    UploadStatus.UPLOAD_FAILURE: "UploadFailed",
    UploadStatus.BAD_MESSAGE: "UploadFailed",
    UploadStatus.NOT_SUPPORTED_OPERATION: "UploadFailed",
    UploadStatus.PERMISSION_DENIED: "UploadFailed",
}
# UploadLogStatusEnumType: that an upload was canceled, only the answer to GetLog says.
LOG_WORDS: Mapping[UploadStatus, str] = {
    each: each.value for each in UploadStatus if each is not UploadStatus.ACCEPTED_CANCELED
}


def _get_diagnostics(payload: Payload) -> Command:
    """GetDiagnostics.req, section 6.25."""
    return GetLog(
        LogKind.DIAGNOSTICS,
        payload["location"],
        oldest=optional_timestamp(payload.get("startTime")),
        latest=optional_timestamp(payload.get("stopTime")),
        retries=payload.get("retries"),
        retry_interval_s=payload.get("retryInterval"),
    )


def _diagnostics(reply: Reply) -> Payload:
    """GetDiagnostics.conf, section 6.26: no name, nothing comes."""
    if reply.outcome is Outcome.UNSUPPORTED:
        raise WireError(ErrorCode.NOT_SUPPORTED, reply.info)
    name = name_of(reply)
    return {"fileName": name} if name else {}


_LOG_STATUS = status(
    {Outcome.ACCEPTED: "Accepted", Outcome.ACCEPTED_CANCELED: "AcceptedCanceled"},
    otherwise="Rejected",
)


def _log(reply: Reply) -> Payload:
    """GetLog.conf, white paper section 5.10."""
    name = name_of(reply)
    return _LOG_STATUS(reply) | ({"filename": name} if name else {})


def _told(event: LogStatus, _: StationIdentity, __: int | None) -> Call | None:
    """DiagnosticsStatusNotification.req, section 6.17; LogStatusNotification.req."""
    words = DIAGNOSTICS_WORDS if event.diagnostics else LOG_WORDS
    if event.status not in words:
        return None
    action = "DiagnosticsStatusNotification" if event.diagnostics else "LogStatusNotification"
    which = {} if event.request_id is None else {"requestId": event.request_id}
    return Call(action, {"status": words[event.status]} | which)


ROUTES: Mapping[str, Route] = {
    "GetDiagnostics": Route(_get_diagnostics, _diagnostics),
    "GetLog": Route(get_log, _log),
}
TELLINGS: Mapping[type, Telling] = {LogStatus: Telling(_told)}
