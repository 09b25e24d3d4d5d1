"""The same journey in the words of each version: what to ask, and how to read what was told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from chargepoint.demo.ledger import Transaction
from chargepoint.demo.record import Received

Payload = dict[str, Any]
Ask = tuple[str, Payload]

START_AT = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Told:
    """One transaction message. *offline* and *seq_no* are None where the version has none."""

    what: str  # started, updated, ended
    transaction: str
    at: str
    token: str | None = None
    reason: str | None = None
    seq_no: int | None = None
    offline: bool | None = None
    connection: int = 1


class Words(Protocol):
    """A version as the central system speaks it."""

    version: str
    statuses: ClassVar[dict[str, str]]

    def remote_start(self, token: str = "CARD-1", evse_id: int = 1) -> Ask: ...
    def remote_stop(self, transaction: Transaction) -> Ask: ...
    def profile(self, limit_a: float, *, id: int = 7, evse_id: int = 1, level: int = 0) -> Ask: ...
    def clear_profile(self, id: int = 7) -> Ask: ...
    def composite(self, evse_id: int = 1, duration_s: int = 600) -> Ask: ...
    def composite_a(self, answer: Payload) -> float: ...
    def set_interval(self, seconds: int) -> Ask: ...
    def get_interval(self) -> Ask: ...
    def interval_s(self, answer: Payload) -> int: ...
    def availability(self, evse_id: int, operative: bool) -> Ask: ...
    def reset(self) -> Ask: ...
    def accepted(self, answer: Payload) -> bool: ...
    def status_of(self, evse_id: int, calls: list[Received]) -> str | None: ...
    def told(self, calls: list[Received]) -> list[Told]: ...


def _schedule(limit_a: float) -> Payload:
    return {
        "chargingRateUnit": "A",
        "startSchedule": START_AT,
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}],
    }


class Words16:
    """OCPP 1.6."""

    version = "1.6"
    statuses: ClassVar[dict[str, str]] = {
        "free": "Available",
        "plugged": "Preparing",
        "charging": "Charging",
        "suspended by us": "SuspendedEVSE",
        "over": "Finishing",
        "out of order": "Unavailable",
        "faulted": "Faulted",
    }

    def remote_start(self, token: str = "CARD-1", evse_id: int = 1) -> Ask:
        return "RemoteStartTransaction", {"idTag": token, "connectorId": evse_id}

    def remote_stop(self, transaction: Transaction) -> Ask:
        return "RemoteStopTransaction", {"transactionId": int(transaction.id)}

    def profile(self, limit_a: float, *, id: int = 7, evse_id: int = 1, level: int = 0) -> Ask:
        profile = {
            "chargingProfileId": id,
            "stackLevel": level,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": _schedule(limit_a),
        }
        return "SetChargingProfile", {"connectorId": evse_id, "csChargingProfiles": profile}

    def clear_profile(self, id: int = 7) -> Ask:
        return "ClearChargingProfile", {"id": id}

    def composite(self, evse_id: int = 1, duration_s: int = 600) -> Ask:
        return "GetCompositeSchedule", {"connectorId": evse_id, "duration": duration_s}

    def composite_a(self, answer: Payload) -> float:
        return float(answer["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"])

    def set_interval(self, seconds: int) -> Ask:
        return "ChangeConfiguration", {"key": "MeterValueSampleInterval", "value": str(seconds)}

    def get_interval(self) -> Ask:
        return "GetConfiguration", {"key": ["MeterValueSampleInterval"]}

    def interval_s(self, answer: Payload) -> int:
        return int(answer["configurationKey"][0]["value"])

    def availability(self, evse_id: int, operative: bool) -> Ask:
        word = "Operative" if operative else "Inoperative"
        return "ChangeAvailability", {"connectorId": evse_id, "type": word}

    def reset(self) -> Ask:
        return "Reset", {"type": "Soft"}

    def accepted(self, answer: Payload) -> bool:
        return bool(answer["status"] == "Accepted")

    def status_of(self, evse_id: int, calls: list[Received]) -> str | None:
        words = [
            call.payload["status"]
            for call in calls
            if call.action == "StatusNotification" and call.payload["connectorId"] == evse_id
        ]
        return words[-1] if words else None

    def told(self, calls: list[Received]) -> list[Told]:
        told = []
        for call in calls:
            payload, connection = call.payload, call.connection
            match call.action:
                case "StartTransaction":
                    token = payload["idTag"]
                    at = payload["timestamp"]
                    told.append(Told("started", "", at, token, connection=connection))
                case "MeterValues" if "transactionId" in payload:
                    number, at = (
                        str(payload["transactionId"]),
                        payload["meterValue"][0]["timestamp"],
                    )
                    told.append(Told("updated", number, at, connection=connection))
                case "StopTransaction":
                    number, at = str(payload["transactionId"]), payload["timestamp"]
                    reason = payload.get("reason", "Local")
                    told.append(Told("ended", number, at, reason=reason, connection=connection))
        return told


class Words201:
    """OCPP 2.0.1."""

    version = "2.0.1"
    statuses: ClassVar[dict[str, str]] = {
        "free": "Available",
        "plugged": "Occupied",
        "charging": "Occupied",
        "suspended by us": "Occupied",
        "over": "Occupied",
        "out of order": "Unavailable",
        "faulted": "Faulted",
    }

    def remote_start(self, token: str = "CARD-1", evse_id: int = 1) -> Ask:
        card = {"idToken": token, "type": "ISO14443"}
        return "RequestStartTransaction", {"idToken": card, "remoteStartId": 5, "evseId": evse_id}

    def remote_stop(self, transaction: Transaction) -> Ask:
        return "RequestStopTransaction", {"transactionId": transaction.id}

    def profile(self, limit_a: float, *, id: int = 7, evse_id: int = 1, level: int = 0) -> Ask:
        profile = {
            "id": id,
            "stackLevel": level,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": [{"id": 1, **_schedule(limit_a)}],
        }
        return "SetChargingProfile", {"evseId": evse_id, "chargingProfile": profile}

    def clear_profile(self, id: int = 7) -> Ask:
        return "ClearChargingProfile", {"chargingProfileId": id}

    def composite(self, evse_id: int = 1, duration_s: int = 600) -> Ask:
        return "GetCompositeSchedule", {"evseId": evse_id, "duration": duration_s}

    def composite_a(self, answer: Payload) -> float:
        return float(answer["schedule"]["chargingSchedulePeriod"][0]["limit"])

    def set_interval(self, seconds: int) -> Ask:
        item = {**_interval(), "attributeValue": str(seconds)}
        return "SetVariables", {"setVariableData": [item]}

    def get_interval(self) -> Ask:
        return "GetVariables", {"getVariableData": [_interval()]}

    def interval_s(self, answer: Payload) -> int:
        return int(answer["getVariableResult"][0]["attributeValue"])

    def availability(self, evse_id: int, operative: bool) -> Ask:
        word = "Operative" if operative else "Inoperative"
        return "ChangeAvailability", {"operationalStatus": word, "evse": {"id": evse_id}}

    def reset(self) -> Ask:
        return "Reset", {"type": "Immediate"}

    def accepted(self, answer: Payload) -> bool:
        if "setVariableResult" in answer:
            return bool(answer["setVariableResult"][0]["attributeStatus"] == "Accepted")
        return bool(answer["status"] == "Accepted")

    def status_of(self, evse_id: int, calls: list[Received]) -> str | None:
        words = [
            call.payload["connectorStatus"]
            for call in calls
            if call.action == "StatusNotification" and call.payload["evseId"] == evse_id
        ]
        return words[-1] if words else None

    def told(self, calls: list[Received]) -> list[Told]:
        return [
            Told(
                call.payload["eventType"].lower(),
                call.payload["transactionInfo"]["transactionId"],
                call.payload["timestamp"],
                call.payload.get("idToken", {}).get("idToken"),
                call.payload["transactionInfo"].get("stoppedReason"),
                call.payload["seqNo"],
                call.payload.get("offline", False),
                call.connection,
            )
            for call in calls
            if call.action == "TransactionEvent"
        ]


def _interval() -> Payload:
    return {
        "component": {"name": "SampledDataCtrlr"},
        "variable": {"name": "TxUpdatedInterval"},
    }


WORDS: dict[str, Words] = {words.version: words for words in (Words16(), Words201())}
