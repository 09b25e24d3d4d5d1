"""Block F, remote control: start, stop, unlock, trigger. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Command,
    IdleNotice,
    Outcome,
    RemoteStart,
    RemoteStop,
    Reply,
    StartReply,
    TriggerMessage,
    Unlock,
)
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.v201.charging_profiles import profile
from chargepoint.protocol.v201.fields import some, token
from chargepoint.protocol.v201.route import REASONS, Answer, Telling, one, status

TRIGGERS = frozenset(
    {
        "BootNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "LogStatusNotification",
        "MeterValues",
        "SignChargingStationCertificate",
        "StatusNotification",
        "TransactionEvent",
    }
)
"""The messages of MessageTriggerEnumType that we can send; none of ISO 15118."""

IDLE_NOTICES = frozenset({"FirmwareStatusNotification"})

STATION = 0


def _start(payload: Payload) -> Command:
    """RequestStartTransactionRequest, F01 and F02.

    The profile is handed on as it is: whether it is valid (F01.FR.09, .11, .26), and
    counts at all (F01.FR.12), is for the station to judge.
    """
    evse_id = payload.get("evseId")
    charging_profile = payload.get("chargingProfile")
    group = payload.get("groupIdToken")
    return RemoteStart(
        token=token(payload["idToken"]),
        evse_id=evse_id,
        remote_start_id=payload["remoteStartId"],
        group=token(group) if group else None,
        profile=profile(charging_profile, evse_id or STATION) if charging_profile else None,
    )


_START_STATUS = status({Outcome.ACCEPTED: "Accepted"})


def _started(reply: Reply) -> Payload:
    """RequestStartTransactionResponse; it names the transaction that runs there (F01.FR.13)."""
    running = reply.transaction_id if isinstance(reply, StartReply) else None
    return _START_STATUS(reply) | some(transactionId=running)


def _stop(payload: Payload) -> Command:
    """RequestStopTransactionRequest, F03."""
    return RemoteStop(transaction_id=payload["transactionId"])


def _unlock(payload: Payload) -> Command:
    """UnlockConnectorRequest, F05."""
    return Unlock(payload["evseId"], payload["connectorId"])


def _trigger(payload: Payload) -> Command:
    """TriggerMessageRequest, F06."""
    evse = payload.get("evse", {})
    return TriggerMessage(payload["requestedMessage"], evse.get("id"), evse.get("connectorId"))


def _idle_notice(event: IdleNotice, _: StationIdentity) -> Call | None:
    """Status Idle, which only a trigger may bring: F06.FR.15, .16."""
    return Call(event.message, {"status": "Idle"}) if event.message in IDLE_NOTICES else None


ROUTES: Mapping[str, Answer] = {
    "RequestStartTransaction": one(_start, _started),
    "RequestStopTransaction": one(
        _stop,
        status({Outcome.ACCEPTED: "Accepted"}, reasons={**REASONS, Outcome.UNKNOWN: "UnknownTxId"}),
    ),
    "TriggerMessage": one(
        _trigger, status({Outcome.ACCEPTED: "Accepted", Outcome.UNSUPPORTED: "NotImplemented"})
    ),
    "UnlockConnector": one(
        _unlock,
        status(
            {
                Outcome.ACCEPTED: "Unlocked",
                Outcome.UNLOCKED: "Unlocked",
                Outcome.TX_ONGOING: "OngoingAuthorizedTransaction",
                Outcome.UNKNOWN_EVSE: "UnknownConnector",
            },
            otherwise="UnlockFailed",
            reasons={
                **REASONS,
                Outcome.UNKNOWN_EVSE: "UnknownConnectorId",
                Outcome.UNSUPPORTED: "FixedCable",
            },
        ),
    ),
}
TELLINGS: Mapping[type, Telling] = {IdleNotice: Telling(_idle_notice)}
