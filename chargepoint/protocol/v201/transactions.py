"""Block E, transactions: TransactionEvent, part 2 section 1.60. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Command,
    EventDelivered,
    GetTransactionStatus,
    Reply,
    TransactionEvent,
    TransactionStatusReply,
    TxPhase,
)
from chargepoint.core.words import StopReason
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import optional
from chargepoint.protocol.timestamps import format_timestamp
from chargepoint.protocol.v201.fields import id_token, some, token_info
from chargepoint.protocol.v201.metervalues import meter_values
from chargepoint.protocol.v201.route import Answer, Telling, one

# ReasonEnumType has no words for three reasons of 1.6. Its Soft reset ends transactions at
# once, as ImmediateReset does; an unlock never ends one here.
STOP_REASONS: Mapping[StopReason, str] = {reason: reason.value for reason in StopReason} | {
    StopReason.HARD_RESET: "ImmediateReset",
    StopReason.SOFT_RESET: "ImmediateReset",
    StopReason.UNLOCK_COMMAND: "Other",
}


def _transaction(event: TransactionEvent, _: StationIdentity) -> Call:
    """TransactionEventRequest. Said once: evse (E01.FR.16), idToken (E03.FR.01, E07.FR.02)."""
    payload: Payload = {
        "eventType": event.phase.value,
        "timestamp": format_timestamp(event.at),
        "triggerReason": event.trigger.value,
        "seqNo": event.seq_no,
        "transactionInfo": _transaction_info(event),
    }
    if event.offline:
        payload["offline"] = True
    if event.tells_evse:
        payload["evse"] = {"id": event.evse_id} | some(connectorId=event.connector_id or None)
    told = event.stop_token or (event.token if event.tells_token else None)
    if told is not None:
        payload["idToken"] = id_token(told)
    values = meter_values(event.samples)
    return Call(
        "TransactionEvent",
        payload
        | ({"meterValue": values} if values else {})
        | some(
            numberOfPhasesUsed=event.phases_used,
            cableMaxCurrent=None if event.cable_a is None else math.floor(event.cable_a),
            reservationId=event.reservation_id,
        ),
    )


def _transaction_info(event: TransactionEvent) -> Payload:
    """Return the TransactionType. Only the end has a stoppedReason (E06.FR.08)."""
    ended_by = event.stop_reason if event.phase is TxPhase.ENDED else None
    return {"transactionId": event.transaction_id} | some(
        chargingState=event.charging_state,
        stoppedReason=None if ended_by is None else STOP_REASONS[ended_by],
        remoteStartId=event.remote_start_id,
    )


def _confirmed(event: TransactionEvent, payload: Payload, outbox_id: int) -> EventDelivered:
    """TransactionEventResponse: what the central system says of the token and of the
    transaction's priority, if anything."""
    info = optional(payload, "idTokenInfo", dict)
    return EventDelivered(
        outbox_id,
        event,
        info=None if info is None else token_info(info),
        charging_priority=optional(payload, "chargingPriority", int),
    )


def _status_asked(payload: Payload) -> Command:
    """GetTransactionStatusRequest, E14."""
    return GetTransactionStatus(payload.get("transactionId"))


def _status(reply: Reply) -> Payload:
    """GetTransactionStatusResponse: no ongoingIndicator where no transaction was named."""
    assert isinstance(reply, TransactionStatusReply)
    return {"messagesInQueue": reply.queued} | some(ongoingIndicator=reply.ongoing)


ROUTES: Mapping[str, Answer] = {"GetTransactionStatus": one(_status_asked, _status)}
TELLINGS: Mapping[type, Telling] = {TransactionEvent: Telling(_transaction, _confirmed)}
