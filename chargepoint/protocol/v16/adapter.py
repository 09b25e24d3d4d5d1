"""OCPP 1.6-J, edition 2 with errata sheet 4.0 and the security extension's names. Pure.

Payloads are plain dicts in the wire's own camelCase words, built and read by the tables of
one module per feature profile. The ``ocpp`` package's dataclasses would add an untyped
detour through snake_case, which mangles free keys; its JSON schemas judge every frame in
the RPC session and in this adapter's tests.
"""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.dialect import Dialect, ProfileClash
from chargepoint.core.messages import Command, Event
from chargepoint.core.words import StopReason
from chargepoint.errors import ErrorCode
from chargepoint.protocol.adapter import Call, Deferred, Handle, Payload
from chargepoint.protocol.v16 import (
    core,
    data_transfer,
    diagnostics,
    firmware,
    local_list,
    notifications,
    remote_trigger,
    reservation,
    security,
    smart_charging,
    transactions,
)
from chargepoint.protocol.v16.route import Route, Telling

DIALECT = Dialect(
    name="1.6",
    status_words=notifications.STATUS_WORDS,
    tells_station_status=True,
    numbers_plugs=False,
    profile_clash=ProfileClash.REPLACES,
    unlock_stops_transaction=True,
    tx_start_points=frozenset({"PowerPathClosed"}),
    tx_stop_points=frozenset({"Authorized"}),  # a lost car too ends it, or waits: section 4.10
    offline_threshold_tells_all=False,
    soft_reset_reason=StopReason.SOFT_RESET,
    hard_reset_reason=StopReason.HARD_RESET,
    soft_reset_waits=False,
    refuses_calls_when_rejected=False,
    triggers=remote_trigger.TRIGGERS | frozenset(security.TRIGGERS.values()),
    certificates_may_wait=True,
    ended_samples_every_update=True,
    station_availability_cascades=True,
    status_tells_errors=True,
    numbers_transactions=True,
    tells_changes=False,
    lists_features=True,
    has_plain_updates=True,
)

# OCPP-J 1.6 table 7, with the two misspellings that everybody has kept since. It has no
# word for what is no RPC message at all.
ERROR_WORDS: Mapping[ErrorCode, str] = {
    ErrorCode.NOT_IMPLEMENTED: "NotImplemented",
    ErrorCode.NOT_SUPPORTED: "NotSupported",
    ErrorCode.INTERNAL_ERROR: "InternalError",
    ErrorCode.PROTOCOL_ERROR: "ProtocolError",
    ErrorCode.SECURITY_ERROR: "SecurityError",
    ErrorCode.FORMAT_VIOLATION: "FormationViolation",
    ErrorCode.PROPERTY_CONSTRAINT: "PropertyConstraintViolation",
    ErrorCode.OCCURRENCE_CONSTRAINT: "OccurenceConstraintViolation",
    ErrorCode.TYPE_CONSTRAINT: "TypeConstraintViolation",
    ErrorCode.GENERIC_ERROR: "GenericError",
}

ROUTES: Mapping[str, Route] = {
    **core.ROUTES,
    **firmware.ROUTES,
    **data_transfer.ROUTES,
    **diagnostics.ROUTES,
    **local_list.ROUTES,
    **reservation.ROUTES,
    **smart_charging.ROUTES,
    **remote_trigger.ROUTES,
    **security.ROUTES,
}
TELLINGS: Mapping[type, Telling] = {
    **notifications.TELLINGS,
    **firmware.TELLINGS,
    **data_transfer.TELLINGS,
    **transactions.TELLINGS,
    **remote_trigger.TELLINGS,
    **reservation.TELLINGS,
    **diagnostics.TELLINGS,
    **security.TELLINGS,
}

# What 1.6 and its security extension have besides: ours to send, and not offered here.
KNOWN = frozenset(ROUTES) | {
    "Authorize",
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "SecurityEventNotification",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
}


class Adapter16:
    """OCPP 1.6 as the rest of the program knows it; see the Adapter protocol. Stateless.

    A CALLRESULT that lacks what its command needs, or says it with a wrong type or an
    unknown word, makes ``heard`` raise WireError. The caller treats it like a CALLERROR:
    the central system has failed to process the message (section 3.7.1).
    """

    subprotocol: str = "ocpp1.6"
    version: str = "1.6"
    dialect: Dialect = DIALECT
    incoming: frozenset[str] = frozenset(ROUTES)
    known: frozenset[str] = KNOWN
    error_words: Mapping[ErrorCode, str] = ERROR_WORDS

    def answer(self, action: str, payload: Payload, handle: Handle) -> Payload | Deferred:
        """Return the CALLRESULT payload for one of *incoming*, or raise WireError."""
        return ROUTES[action].answer(payload, handle)

    def call(self, event: Event, identity: StationIdentity, central_id: int | None) -> Call | None:
        """Return the CALL that tells *event*, None when 1.6 has no words for it.

        For a transaction whose StartTransaction was given up *central_id* is None: its
        messages carry -1. Whoever delivers waits until one or the other is known.
        """
        return TELLINGS[type(event)].call(event, identity, central_id)

    def heard(self, event: Event, payload: Payload, outbox_id: int) -> Command | None:
        """Return the command that carries the CALLRESULT back, or raise WireError."""
        return TELLINGS[type(event)].heard(event, payload, outbox_id)

    def unheard(self, event: Event) -> Command | None:
        """Return the command that says nobody answered, for those who wait for it."""
        return TELLINGS[type(event)].unheard(event)
