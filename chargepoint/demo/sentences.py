"""What goes over the wire, as sentences. Pure: frames in, words out."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chargepoint.core.snapshot import EvseShown, MeterShown
from chargepoint.demo.behaviour import Payload

LATE_S = 1.5
ENERGY = "Energy.Active.Import.Register"

Sentence = Callable[[Payload], str]


def asked(text: str) -> str | None:
    """Return what the central system asks for with the frame *text*, None when nothing."""
    match json.loads(text):
        case [2, str(), str() as action, dict() as payload]:
            words = _ASKED.get(action)
            return action if words is None else f"{action}: {words(payload)}"
    return None


def refused(text: str) -> str | None:
    """Return how the station refuses something with the frame *text*, None when it does not."""
    match json.loads(text):
        case [3, str(), {"status": str() as status}] if status not in ("Accepted", "Unlocked"):
            return f"the station answers {status}"
        case [4, str(), str() as code, str() as description, *_]:
            return f"the station answers {code} {description}".rstrip()
    return None


def told(action: str, payload: Payload, now: datetime) -> str | None:
    """Return what the station tells with a CALL; None for what is not worth a sentence.

    What happened more than LATE_S before *now* says so.
    """
    words = _TOLD.get(action)
    if words is None:
        return None
    late_s = _age_s(payload, now)
    late = f", {late_s:.1f} s late" if late_s > LATE_S else ""
    return f"{action}: {words(payload)}{late}"


def drawing(evse: EvseShown, meter: MeterShown | None) -> str | None:
    """Return what the car draws and what holds it there, None while it draws nothing."""
    if not evse.charging or meter is None or meter.currents_a is None:
        return None
    used = [current_a for current_a in meter.currents_a if current_a > 0.05]
    if not used:
        return None
    phases = "1 phase" if len(used) == 1 else f"{len(used)} phases"
    power_kw = (meter.power_w or 0.0) / 1000
    return f"car draws {max(used):.1f} A on {phases}, {power_kw:.1f} kW; {evse.binding} binds"


def _boot(payload: Payload) -> str:
    station = payload.get("chargingStation", {})
    vendor = payload.get("chargePointVendor", station.get("vendorName"))
    model = payload.get("chargePointModel", station.get("model"))
    return f"here is {vendor} {model}"


def _status(payload: Payload) -> str:
    status = payload.get("status", payload.get("connectorStatus"))
    where = f"connector {payload.get('connectorId')}"
    where = f"EVSE {payload['evseId']} {where}" if "evseId" in payload else where
    return f"{'station' if payload.get('connectorId') == 0 else where} is {status}"


def _event(payload: Payload) -> str:
    what = f"{payload.get('seqNo')} {payload.get('eventType')} ({payload.get('triggerReason')})"
    return what + _at(_energy_wh(payload.get("meterValue")))


def _energy_wh(meter_values: object) -> float | None:
    """Return the newest import register among *meter_values*, which are in Wh here."""
    found = [
        float(sampled["value"])
        for value in (meter_values if isinstance(meter_values, list) else ())
        for sampled in value.get("sampledValue", ())
        if sampled.get("measurand", ENERGY) == ENERGY and "phase" not in sampled
    ]
    return found[-1] if found else None


def _at(energy_wh: float | None) -> str:
    return "" if energy_wh is None else f" at {energy_wh:.1f} Wh"


def _profile(payload: Payload) -> str:
    profile: Payload = payload.get("csChargingProfiles") or payload["chargingProfile"]
    schedule: Any = profile.get("chargingSchedule", {})
    schedule = schedule[0] if isinstance(schedule, list) else schedule
    period = schedule.get("chargingSchedulePeriod", [{}])[0]
    return f"{period.get('limit')} {schedule.get('chargingRateUnit')}, {_purpose(profile)}"


def _purpose(profile: Payload) -> str:
    return f"{profile.get('chargingProfilePurpose')} level {profile.get('stackLevel')}"


def _age_s(payload: Payload, now: datetime) -> float:
    values = payload.get("meterValue")
    first = values[0] if isinstance(values, list) and values else {}
    at = payload.get("timestamp", first.get("timestamp"))
    return (now - datetime.fromisoformat(at)).total_seconds() if at else 0.0


_ASKED: dict[str, Sentence] = {
    "ClearChargingProfile": lambda p: f"profile {p.get('id', p.get('chargingProfileId'))}",
    "RemoteStartTransaction": lambda p: f"EVSE {p.get('connectorId')}",
    "RemoteStopTransaction": lambda p: f"transaction {p.get('transactionId')}",
    "RequestStartTransaction": lambda p: f"EVSE {p.get('evseId')}",
    "RequestStopTransaction": lambda p: f"transaction {str(p.get('transactionId'))[:8]}",
    "SetChargingProfile": _profile,
}

_TOLD: dict[str, Sentence] = {
    "BootNotification": _boot,
    "MeterValues": lambda p: _at(_energy_wh(p.get("meterValue"))).removeprefix(" at "),
    "SecurityEventNotification": lambda p: str(p.get("type")),
    "StartTransaction": lambda p: f"connector {p.get('connectorId')} at {p.get('meterStart')} Wh",
    "StatusNotification": _status,
    "StopTransaction": lambda p: f"{p.get('reason', 'Local')} at {p.get('meterStop')} Wh",
    "TransactionEvent": _event,
}
