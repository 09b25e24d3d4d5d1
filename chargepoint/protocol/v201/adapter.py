"""OCPP 2.0.1 edition 3 with its errata up to 2025-09. Pure.

Payloads are plain dicts in the wire's own camelCase words, built and read by the tables of
one module per functional block of part 2. The JSON schemas of the ``ocpp`` package judge
every frame in the RPC session and in this adapter's tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.dialect import Dialect, ProfileClash
from chargepoint.core.messages import Command, Event
from chargepoint.core.words import StopReason
from chargepoint.errors import ErrorCode
from chargepoint.protocol.adapter import Call, Deferred, Handle, Payload
from chargepoint.protocol.v201 import (
    authorization,
    availability,
    certificates,
    data_transfer,
    diagnostics,
    firmware,
    local_list,
    metervalues,
    network,
    provisioning,
    remote,
    reservation,
    security,
    smart_charging,
    transactions,
)
from chargepoint.protocol.v201.route import Answer, Telling

DIALECT = Dialect(
    name="2.0.1",
    status_words=availability.STATUS_WORDS,
    tells_station_status=False,
    profile_clash=ProfileClash.REFUSED,
    unlock_stops_transaction=False,
    tx_start_points=None,
    tx_stop_points=None,
    offline_threshold_tells_all=True,
    soft_reset_reason=StopReason.IMMEDIATE_RESET,
    hard_reset_reason=StopReason.IMMEDIATE_RESET,
    soft_reset_waits=True,
    refuses_calls_when_rejected=True,
    triggers=remote.TRIGGERS,
    triggers_need_connector=True,
    triggers_aligned_values=True,
    warns_without_security=True,
    has_back_off=True,
    reservation_ends_when_shown=True,
    tells_limits=True,
)

# Part 4 table 8.
ERROR_WORDS: Mapping[ErrorCode, str] = {
    ErrorCode.NOT_IMPLEMENTED: "NotImplemented",
    ErrorCode.NOT_SUPPORTED: "NotSupported",
    ErrorCode.INTERNAL_ERROR: "InternalError",
    ErrorCode.PROTOCOL_ERROR: "ProtocolError",
    ErrorCode.SECURITY_ERROR: "SecurityError",
    ErrorCode.FORMAT_VIOLATION: "FormatViolation",
    ErrorCode.PROPERTY_CONSTRAINT: "PropertyConstraintViolation",
    ErrorCode.OCCURRENCE_CONSTRAINT: "OccurrenceConstraintViolation",
    ErrorCode.TYPE_CONSTRAINT: "TypeConstraintViolation",
    ErrorCode.GENERIC_ERROR: "GenericError",
    ErrorCode.RPC_FRAMEWORK_ERROR: "RpcFrameworkError",
    ErrorCode.MESSAGE_TYPE_NOT_SUPPORTED: "MessageTypeNotSupported",
}

ROUTES: Mapping[str, Answer] = {
    **provisioning.ROUTES,
    **network.ROUTES,
    **transactions.ROUTES,
    **authorization.ROUTES,
    **local_list.ROUTES,
    **remote.ROUTES,
    **availability.ROUTES,
    **reservation.ROUTES,
    **smart_charging.ROUTES,
    **data_transfer.ROUTES,
    **diagnostics.ROUTES,
    **certificates.ROUTES,
    **firmware.ROUTES,
}
TELLINGS: Mapping[type, Telling] = {
    **diagnostics.TELLINGS,
    **security.TELLINGS,
    **data_transfer.TELLINGS,
    **provisioning.TELLINGS,
    **authorization.TELLINGS,
    **transactions.TELLINGS,
    **remote.TELLINGS,
    **availability.TELLINGS,
    **reservation.TELLINGS,
    **metervalues.TELLINGS,
    **certificates.TELLINGS,
    **firmware.TELLINGS,
    **smart_charging.TELLINGS,
}

# What 2.0.1 has besides: ours to send, and not offered here.
KNOWN = frozenset(ROUTES) | {
    "Authorize",
    "BootNotification",
    "ClearDisplayMessage",
    "ClearVariableMonitoring",
    "ClearedChargingLimit",
    "CostUpdated",
    "CustomerInformation",
    "FirmwareStatusNotification",
    "Get15118EVCertificate",
    "GetCertificateStatus",
    "GetDisplayMessages",
    "GetMonitoringReport",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "NotifyChargingLimit",
    "NotifyCustomerInformation",
    "NotifyDisplayMessages",
    "NotifyEVChargingNeeds",
    "NotifyEVChargingSchedule",
    "NotifyEvent",
    "NotifyMonitoringReport",
    "NotifyReport",
    "PublishFirmware",
    "PublishFirmwareStatusNotification",
    "ReportChargingProfiles",
    "ReservationStatusUpdate",
    "SecurityEventNotification",
    "SetDisplayMessage",
    "SetMonitoringBase",
    "SetMonitoringLevel",
    "SetVariableMonitoring",
    "SignCertificate",
    "StatusNotification",
    "TransactionEvent",
    "UnpublishFirmware",
}


class Adapter201:
    """OCPP 2.0.1 as the rest of the program knows it; see the Adapter protocol. Stateless.

    A CALLRESULT that lacks what its command needs, or says it with a wrong type or an
    unknown word, makes ``heard`` raise WireError. The caller treats it like a CALLERROR:
    the central system has failed to process the message (E13.FR.01).
    """

    subprotocol: str = "ocpp2.0.1"
    version: str = "2.0.1"
    dialect: Dialect = DIALECT
    incoming: frozenset[str] = frozenset(ROUTES)
    known: frozenset[str] = KNOWN
    error_words: Mapping[ErrorCode, str] = ERROR_WORDS

    def answer(self, action: str, payload: Payload, handle: Handle) -> Payload | Deferred:
        """Return the CALLRESULT payload for one of *incoming*, or raise WireError."""
        return ROUTES[action](payload, handle)

    def call(self, event: Event, identity: StationIdentity, central_id: int | None) -> Call | None:
        """Return the CALL that tells *event*, None when 2.0.1 has no words for it.

        *central_id* is 1.6's: transactions go by our own id here.
        """
        return TELLINGS[type(event)].call(event, identity)

    def heard(self, event: Event, payload: Payload, outbox_id: int) -> Command | None:
        """Return the command that carries the CALLRESULT back, or raise WireError."""
        return TELLINGS[type(event)].heard(event, payload, outbox_id)

    def unheard(self, event: Event) -> Command | None:
        """Return the command that says nobody answered, for those who wait for it."""
        return TELLINGS[type(event)].unheard(event)
