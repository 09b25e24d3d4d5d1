"""What a pleasant central system answers, for both versions, as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

from chargepoint.demo.behaviour import Payload

ACCEPTED: Payload = {"status": "Accepted"}


def utc_now() -> datetime:
    """Return the wall clock."""
    return datetime.now(UTC)


@dataclass(slots=True)
class Desk:
    """What the answers draw from. *tokens* are statuses other than Accepted, by token."""

    now: Callable[[], datetime] = utc_now
    interval_s: int = 300
    tokens: dict[str, str] = field(default_factory=dict)
    _ids: count[int] = field(default_factory=lambda: count(1))
    _started: dict[tuple[object, ...], int] = field(default_factory=dict)

    def time(self) -> str:
        """Return now as RFC 3339 with milliseconds."""
        return self.now().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def token_info(self, token: str) -> Payload:
        """Return idTagInfo or idTokenInfo for *token*."""
        return {"status": self.tokens.get(token, "Accepted")}

    def transaction_id(self, start: Payload) -> int:
        """Return the next transactionId, or the one already given for the same *start*."""
        names = ("connectorId", "idTag", "meterStart", "timestamp")
        key = tuple(start.get(name) for name in names)
        if key not in self._started:
            self._started[key] = next(self._ids)
        return self._started[key]


def _boot(desk: Desk, _: Payload) -> Payload:
    return {"status": "Accepted", "currentTime": desk.time(), "interval": desk.interval_s}


def _heartbeat(desk: Desk, _: Payload) -> Payload:
    return {"currentTime": desk.time()}


def _nothing(_: Desk, __: Payload) -> Payload:
    return {}


def _accepted(_: Desk, __: Payload) -> Payload:
    return dict(ACCEPTED)


def _unknown_vendor(_: Desk, __: Payload) -> Payload:
    return {"status": "UnknownVendorId"}


def _authorize_16(desk: Desk, payload: Payload) -> Payload:
    return {"idTagInfo": desk.token_info(str(payload.get("idTag")))}


def _start_16(desk: Desk, payload: Payload) -> Payload:
    return {
        "transactionId": desk.transaction_id(payload),
        "idTagInfo": desk.token_info(str(payload.get("idTag"))),
    }


def _authorize_201(desk: Desk, payload: Payload) -> Payload:
    return {"idTokenInfo": desk.token_info(_id_token(payload))}


def _transaction_event(desk: Desk, payload: Payload) -> Payload:
    return _authorize_201(desk, payload) if "idToken" in payload else {}


def _id_token(payload: Payload) -> str:
    token = payload.get("idToken")
    return str(token.get("idToken")) if isinstance(token, dict) else ""


Default = Callable[[Desk, Payload], Payload]

_SHARED: dict[str, Default] = {
    "BootNotification": _boot,
    "DataTransfer": _unknown_vendor,
    "FirmwareStatusNotification": _nothing,
    "Heartbeat": _heartbeat,
    "LogStatusNotification": _nothing,
    "MeterValues": _nothing,
    "SecurityEventNotification": _nothing,
    "SignCertificate": _accepted,
    "StatusNotification": _nothing,
}

DEFAULTS: dict[str, dict[str, Default]] = {
    "1.6": {
        **_SHARED,
        "Authorize": _authorize_16,
        "DiagnosticsStatusNotification": _nothing,
        "SignedFirmwareStatusNotification": _nothing,
        "StartTransaction": _start_16,
        "StopTransaction": _nothing,
    },
    "2.0.1": {
        **_SHARED,
        "Authorize": _authorize_201,
        "ClearedChargingLimit": _nothing,
        "NotifyChargingLimit": _nothing,
        "NotifyCustomerInformation": _nothing,
        "NotifyDisplayMessages": _nothing,
        "NotifyEVChargingNeeds": _accepted,
        "NotifyEVChargingSchedule": _accepted,
        "NotifyEvent": _nothing,
        "NotifyMonitoringReport": _nothing,
        "NotifyReport": _nothing,
        "PublishFirmwareStatusNotification": _nothing,
        "ReportChargingProfiles": _nothing,
        "ReservationStatusUpdate": _nothing,
        "TransactionEvent": _transaction_event,
    },
}
