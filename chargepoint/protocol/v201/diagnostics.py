"""Block N, diagnostics: logs. Part 2 N01. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    LogStatus,
    Outcome,
    Reply,
)
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.files import get_log, name_of
from chargepoint.protocol.v201.fields import some
from chargepoint.protocol.v201.route import Answer, Telling, one, status

_STATUS = status({Outcome.ACCEPTED: "Accepted", Outcome.ACCEPTED_CANCELED: "AcceptedCanceled"})


def _log(reply: Reply) -> Payload:
    """GetLogResponse, N01.FR.01."""
    return _STATUS(reply) | some(filename=name_of(reply))


def _told(event: LogStatus, _: StationIdentity) -> Call | None:
    """LogStatusNotificationRequest; a log that 1.6 asked for has no words here."""
    if event.diagnostics:
        return None
    which = {} if event.request_id is None else {"requestId": event.request_id}
    return Call("LogStatusNotification", {"status": event.status.value} | which)


ROUTES: Mapping[str, Answer] = {"GetLog": one(get_log, _log)}
TELLINGS: Mapping[type, Telling] = {LogStatus: Telling(_told)}
