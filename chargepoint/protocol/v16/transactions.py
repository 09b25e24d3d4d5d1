"""Transactions and their meter values, told and confirmed: 1.6 sections 4.7, 4.8, 4.10. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import EventDelivered, MeterValues, TransactionEvent, TxPhase
from chargepoint.core.words import NO_AUTHORIZATION, StopReason
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import optional, required
from chargepoint.protocol.timestamps import format_timestamp
from chargepoint.protocol.v16.connectors import STATION, connector_of
from chargepoint.protocol.v16.fields import id_tag, token_info
from chargepoint.protocol.v16.route import Telling
from chargepoint.protocol.v16.samples import meter_values, whole_wh

NEVER_ANSWERED = -1
"""transactionId after a StartTransaction that was given up: errata 3.18."""

# Section 7.36. What has no row is "Other".
STOP_REASONS: Mapping[StopReason, str] = {
    StopReason.DE_AUTHORIZED: "DeAuthorized",
    StopReason.EMERGENCY_STOP: "EmergencyStop",
    StopReason.EV_DISCONNECTED: "EVDisconnected",
    StopReason.HARD_RESET: "HardReset",
    StopReason.IMMEDIATE_RESET: "HardReset",
    StopReason.LOCAL: "Local",
    StopReason.POWER_LOSS: "PowerLoss",
    StopReason.REBOOT: "Reboot",
    StopReason.REMOTE: "Remote",
    StopReason.SOFT_RESET: "SoftReset",
    StopReason.TIMEOUT: "EVDisconnected",  # a session that waited for its car in vain
    StopReason.UNLOCK_COMMAND: "UnlockCommand",
}


def _started(event: TransactionEvent, central_id: int | None) -> Call:
    """StartTransaction.req, sections 4.8 and 6.45."""
    payload: Payload = {
        "connectorId": connector_of(event.evse_id),
        "idTag": id_tag(event.token or NO_AUTHORIZATION),
        "meterStart": whole_wh(event.meter_wh),
        "timestamp": format_timestamp(event.at),
    }
    if event.reservation_id is not None:
        payload["reservationId"] = event.reservation_id
    return Call("StartTransaction", payload)


def _updated(event: TransactionEvent, central_id: int | None) -> Call | None:
    """MeterValues.req of a transaction, section 4.7; nothing to tell without values."""
    values = meter_values(event.samples)
    payload = {
        "connectorId": connector_of(event.evse_id),
        "transactionId": _transaction_id(central_id),
        "meterValue": values,
    }
    return Call("MeterValues", payload) if values else None


def _ended(event: TransactionEvent, central_id: int | None) -> Call:
    """StopTransaction.req, sections 4.10 and 6.49. No reason means the user's own wish."""
    payload: Payload = {
        "transactionId": _transaction_id(central_id),
        "meterStop": whole_wh(event.meter_wh),
        "timestamp": format_timestamp(event.at),
        "reason": STOP_REASONS.get(event.stop_reason or StopReason.LOCAL, "Other"),
    }
    if event.stop_token is not None and event.stop_token.id:
        payload["idTag"] = id_tag(event.stop_token)
    values = meter_values(event.samples)
    return Call("StopTransaction", payload | ({"transactionData": values} if values else {}))


def _transaction_id(central_id: int | None) -> int:
    return NEVER_ANSWERED if central_id is None else central_id


def _start_confirmed(event: TransactionEvent, payload: Payload, outbox_id: int) -> EventDelivered:
    """StartTransaction.conf, section 6.46. Any integer is an id: errata 3.54."""
    central_id = required(payload, "transactionId", int)
    info = token_info(required(payload, "idTagInfo", dict))
    return EventDelivered(outbox_id, event, central_id, info)


def _values_confirmed(event: TransactionEvent, payload: Payload, outbox_id: int) -> EventDelivered:
    """MeterValues.conf, section 6.32: there is nothing in it."""
    return EventDelivered(outbox_id, event)


def _stop_confirmed(event: TransactionEvent, payload: Payload, outbox_id: int) -> EventDelivered:
    """StopTransaction.conf, section 6.50."""
    info = optional(payload, "idTagInfo", dict)
    return EventDelivered(outbox_id, event, info=None if info is None else token_info(info))


CALLS: Mapping[TxPhase, Callable[[TransactionEvent, int | None], Call | None]] = {
    TxPhase.STARTED: _started,
    TxPhase.UPDATED: _updated,
    TxPhase.ENDED: _ended,
}
CONFIRMATIONS: Mapping[TxPhase, Callable[[TransactionEvent, Payload, int], EventDelivered]] = {
    TxPhase.STARTED: _start_confirmed,
    TxPhase.UPDATED: _values_confirmed,
    TxPhase.ENDED: _stop_confirmed,
}


def _transaction(
    event: TransactionEvent, _: StationIdentity, central_id: int | None
) -> Call | None:
    return CALLS[event.phase](event, central_id)


def _confirmed(event: TransactionEvent, payload: Payload, outbox_id: int) -> EventDelivered:
    return CONFIRMATIONS[event.phase](event, payload, outbox_id)


def _values(event: MeterValues, _: StationIdentity, central_id: int | None) -> Call | None:
    """MeterValues.req outside the queue: triggered, clock-aligned, or of the grid.

    It names the transaction on its connector once that has a number; never for the main
    meter (errata 3.16).
    """
    values = meter_values([event.sample])
    payload: Payload = {"connectorId": connector_of(event.evse_id), "meterValue": values}
    within = event.transaction_id is not None and event.evse_id != STATION
    if within and central_id is not None:
        payload["transactionId"] = central_id
    return Call("MeterValues", payload) if values else None


TELLINGS: Mapping[type, Telling] = {
    MeterValues: Telling(_values),
    TransactionEvent: Telling(_transaction, _confirmed),
}
