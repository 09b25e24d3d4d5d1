"""Block K, smart charging, both ways: part 2 K, sections 2.10 to 2.12 and 2.18. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from chargepoint.core.messages import (
    ClearProfiles,
    Command,
    CompositeReply,
    GetComposite,
    Outcome,
    Reply,
    SetProfile,
)
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning, tenths
from chargepoint.protocol.timestamps import format_timestamp, parse_timestamp
from chargepoint.protocol.v201.route import Answer, one, status, status_info
from profiles.schedule import DAILY_S, WEEKLY_S, Kind, Period, Profile, Purpose, Schedule, Unit

PURPOSES: Mapping[str, Purpose] = {
    "ChargingStationExternalConstraints": Purpose.EXTERNAL,
    "ChargingStationMaxProfile": Purpose.STATION_MAX,
    "TxDefaultProfile": Purpose.TX_DEFAULT,
    "TxProfile": Purpose.TX,
}
KINDS: Mapping[str, Kind] = {
    "Absolute": Kind.ABSOLUTE,
    "Recurring": Kind.RECURRING,
    "Relative": Kind.RELATIVE,
}
RECURRENCES_S: Mapping[str, int] = {"Daily": DAILY_S, "Weekly": WEEKLY_S}
UNITS: Mapping[str, Unit] = {"A": Unit.A, "W": Unit.W}


def profile(payload: Payload, evse_id: int) -> Profile:
    """Return the ChargingProfileType *payload* as it is installed on *evse_id*.

    recurrencyKind means nothing but to Recurring, transactionId nothing but to TxProfile;
    they are dropped elsewhere. The payload is kept for reports (K09).
    """
    kind = meaning(KINDS, payload["chargingProfileKind"], "chargingProfileKind")
    purpose = meaning(PURPOSES, payload["chargingProfilePurpose"], "chargingProfilePurpose")
    recurrence = payload.get("recurrencyKind") if kind is Kind.RECURRING else None
    return Profile(
        id=payload["id"],
        evse_id=evse_id,
        purpose=purpose,
        stack_level=payload["stackLevel"],
        kind=kind,
        schedules=tuple(_schedule(each) for each in payload["chargingSchedule"]),
        recurs_s=meaning(RECURRENCES_S, recurrence, "recurrencyKind") if recurrence else None,
        valid_from=_second(payload.get("validFrom")),
        valid_to=_second(payload.get("validTo")),
        transaction_id=payload.get("transactionId") if purpose is Purpose.TX else None,
        as_received=json.dumps(payload, default=float, separators=(",", ":")),
    )


def _schedule(payload: Payload) -> Schedule:
    """Return a ChargingScheduleType; a salesTariff is for ISO 15118 alone."""
    min_rate = payload.get("minChargingRate")
    return Schedule(
        unit=meaning(UNITS, payload["chargingRateUnit"], "chargingRateUnit"),
        periods=tuple(
            Period(
                each["startPeriod"],
                tenths(each["limit"]),
                each.get("numberPhases"),
                each.get("phaseToUse"),
            )
            for each in payload["chargingSchedulePeriod"]
        ),
        start_at=_second(payload.get("startSchedule")),
        duration_s=payload.get("duration"),
        min_rate=None if min_rate is None else tenths(min_rate),
    )


def _second(text: str | None) -> datetime | None:
    """Return the instant cut to whole seconds, the grain of schedules."""
    return None if text is None else parse_timestamp(text).replace(microsecond=0)


def _set_profile(payload: Payload) -> Command:
    """SetChargingProfileRequest, K01."""
    return SetProfile(profile(payload["chargingProfile"], payload["evseId"]))


_PROFILE_STATUS = status({Outcome.ACCEPTED: "Accepted"})


def _profile_answer(reply: Reply) -> Payload:
    """SetChargingProfileResponse; CALLERROR where smart charging is off (K01.FR.29)."""
    if reply.outcome is Outcome.UNSUPPORTED:
        raise WireError(ErrorCode.NOT_SUPPORTED, reply.info)
    return _PROFILE_STATUS(reply)


def _clear_profiles(payload: Payload) -> Command:
    """ClearChargingProfileRequest, K10: an id makes the rest void (K10.FR.03)."""
    if "chargingProfileId" in payload:
        return ClearProfiles(id=payload["chargingProfileId"])
    criteria = payload.get("chargingProfileCriteria", {})
    purpose = criteria.get("chargingProfilePurpose")
    return ClearProfiles(
        evse_id=criteria.get("evseId"),
        purpose=meaning(PURPOSES, purpose, "chargingProfilePurpose") if purpose else None,
        stack_level=criteria.get("stackLevel"),
    )


def _get_composite(payload: Payload) -> Command:
    """GetCompositeScheduleRequest, K08."""
    unit = payload.get("chargingRateUnit")
    return GetComposite(
        evse_id=payload["evseId"],
        duration_s=payload["duration"],
        unit=meaning(UNITS, unit, "chargingRateUnit") if unit else None,
    )


def _composite(reply: Reply) -> Payload:
    """GetCompositeScheduleResponse: the schedule only when it is Accepted (K08.FR.05, .07)."""
    if not isinstance(reply, CompositeReply) or reply.start_at is None:
        return {"status": "Rejected"} | status_info(reply)
    return {
        "status": "Accepted",
        "schedule": {
            "evseId": reply.evse_id,
            "duration": reply.duration_s,
            "scheduleStart": format_timestamp(reply.start_at),
            "chargingRateUnit": reply.unit.value,
            "chargingSchedulePeriod": [
                {"startPeriod": start_s, "limit": tenths(limit), "numberPhases": phases}
                for start_s, limit, phases in reply.periods
            ],
        },
    }


ROUTES: Mapping[str, Answer] = {
    "ClearChargingProfile": one(
        _clear_profiles, status({Outcome.ACCEPTED: "Accepted"}, otherwise="Unknown")
    ),
    "GetCompositeSchedule": one(_get_composite, _composite),
    "SetChargingProfile": one(_set_profile, _profile_answer),
}
