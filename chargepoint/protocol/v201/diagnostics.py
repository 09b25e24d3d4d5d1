"""Block N, diagnostics: logs. Part 2 N01. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Command,
    GetLog,
    LogKind,
    LogReply,
    LogStatus,
    Outcome,
    Reply,
)
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import meaning
from chargepoint.protocol.timestamps import parse_timestamp
from chargepoint.protocol.v201.fields import some
from chargepoint.protocol.v201.route import Answer, Telling, one, status

NAME_LENGTH = 255
KINDS: Mapping[str, LogKind] = {kind.value: kind for kind in LogKind}


def _get_log(payload: Payload) -> Command:
    """GetLogRequest."""
    log = payload["log"]
    return GetLog(
        meaning(KINDS, payload["logType"], "logType"),
        log["remoteLocation"],
        payload["requestId"],
        _time(log, "oldestTimestamp"),
        _time(log, "latestTimestamp"),
        payload.get("retries"),
        payload.get("retryInterval"),
    )


def _time(log: Payload, name: str) -> datetime | None:
    return parse_timestamp(log[name]) if name in log else None


_STATUS = status({Outcome.ACCEPTED: "Accepted", Outcome.ACCEPTED_CANCELED: "AcceptedCanceled"})


def _log(reply: Reply) -> Payload:
    """GetLogResponse, N01.FR.01."""
    name = reply.filename if isinstance(reply, LogReply) else ""
    return _STATUS(reply) | some(filename=name[:NAME_LENGTH])


def _told(event: LogStatus, _: StationIdentity) -> Call | None:
    """LogStatusNotificationRequest; a log that 1.6 asked for has no words here."""
    if event.diagnostics:
        return None
    which = {} if event.request_id is None else {"requestId": event.request_id}
    return Call("LogStatusNotification", {"status": event.status.value} | which)


ROUTES: Mapping[str, Answer] = {"GetLog": one(_get_log, _log)}
TELLINGS: Mapping[type, Telling] = {LogStatus: Telling(_told)}
