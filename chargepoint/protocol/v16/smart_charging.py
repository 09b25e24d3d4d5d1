"""The SmartCharging profile, both ways: 1.6 sections 3.13, 5.5, 5.7, 5.16, 7.8 to 7.14. Pure."""

from __future__ import annotations

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
from chargepoint.protocol.fields import meaning, optional_meaning, tenths
from chargepoint.protocol.timestamps import format_timestamp, parse_timestamp
from chargepoint.protocol.v16.connectors import connector_of, evse_of
from chargepoint.protocol.v16.route import Route, status
from profiles.schedule import DAILY_S, WEEKLY_S, Kind, Period, Profile, Purpose, Schedule, Unit

PURPOSES: Mapping[str, Purpose] = {
    "ChargePointMaxProfile": Purpose.STATION_MAX,
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

REFUSALS: Mapping[Outcome, ErrorCode] = {
    Outcome.UNKNOWN_EVSE: ErrorCode.PROPERTY_CONSTRAINT,
    Outcome.UNSUPPORTED: ErrorCode.NOT_SUPPORTED,
}


def profile(payload: Payload, evse_id: int) -> Profile:
    """Return the ChargingProfile *payload* (section 7.8) as it is installed on *evse_id*.

    recurrencyKind means nothing but to Recurring (errata 3.56), and is dropped elsewhere.
    A relative maximum of the station, which 1.6 allows and 2.0.1 does not, is an absolute
    one that names no start: the same by section 7.13.
    """
    kind = meaning(KINDS, payload["chargingProfileKind"], "chargingProfileKind")
    purpose = meaning(PURPOSES, payload["chargingProfilePurpose"], "chargingProfilePurpose")
    recurrence = payload.get("recurrencyKind") if kind is Kind.RECURRING else None
    no_start = kind is Kind.RELATIVE
    return Profile(
        id=payload["chargingProfileId"],
        evse_id=evse_id,
        purpose=purpose,
        stack_level=payload["stackLevel"],
        kind=Kind.ABSOLUTE if no_start and purpose is Purpose.STATION_MAX else kind,
        schedules=(_schedule(payload["chargingSchedule"], no_start),),
        recurs_s=optional_meaning(RECURRENCES_S, recurrence, "recurrencyKind"),
        valid_from=_second(payload.get("validFrom")),
        valid_to=_second(payload.get("validTo")),
    )


def _schedule(payload: Payload, no_start: bool) -> Schedule:
    """Return a ChargingSchedule (section 7.13); a relative one has no start, whatever it says."""
    min_rate = payload.get("minChargingRate")
    return Schedule(
        unit=meaning(UNITS, payload["chargingRateUnit"], "chargingRateUnit"),
        periods=tuple(
            Period(each["startPeriod"], tenths(each["limit"]), each.get("numberPhases"))
            for each in payload["chargingSchedulePeriod"]
        ),
        start_at=None if no_start else _second(payload.get("startSchedule")),
        duration_s=payload.get("duration"),
        min_rate=None if min_rate is None else tenths(min_rate),
    )


def _second(text: str | None) -> datetime | None:
    """Return the instant cut to whole seconds, the grain of schedules."""
    return None if text is None else parse_timestamp(text).replace(microsecond=0)


def _set_profile(payload: Payload) -> Command:
    """SetChargingProfile.req, section 5.16. transactionId counts only in a TxProfile (7.8)."""
    charging_profile = payload["csChargingProfiles"]
    installed = profile(charging_profile, evse_of(payload["connectorId"]))
    for_transaction = installed.purpose is Purpose.TX
    return SetProfile(installed, charging_profile.get("transactionId") if for_transaction else None)


def _profile_status(reply: Reply) -> Payload:
    """SetChargingProfile.conf; CALLERROR for an unknown connector or no smart charging.

    Source: section 6.44, errata 3.39.
    """
    if reply.outcome in REFUSALS:
        raise WireError(REFUSALS[reply.outcome], reply.info)
    return {"status": "Accepted" if reply.outcome is Outcome.ACCEPTED else "Rejected"}


def _clear_profiles(payload: Payload) -> Command:
    """ClearChargingProfile.req, section 5.5, errata 3.25 and 3.26: an id makes the rest void."""
    if "id" in payload:
        return ClearProfiles(id=payload["id"])
    connector_id = payload.get("connectorId")
    purpose = payload.get("chargingProfilePurpose")
    return ClearProfiles(
        evse_id=None if connector_id is None else evse_of(connector_id),
        purpose=optional_meaning(PURPOSES, purpose, "chargingProfilePurpose"),
        stack_level=payload.get("stackLevel"),
    )


def _get_composite(payload: Payload) -> Command:
    """GetCompositeSchedule.req, section 5.7."""
    return GetComposite(
        evse_id=evse_of(payload["connectorId"]),
        duration_s=payload["duration"],
        unit=optional_meaning(UNITS, payload.get("chargingRateUnit"), "chargingRateUnit"),
    )


def _composite(reply: Reply) -> Payload:
    """GetCompositeSchedule.conf, section 6.22: no startSchedule beside scheduleStart (3.57)."""
    if not isinstance(reply, CompositeReply) or reply.outcome is not Outcome.ACCEPTED:
        return {"status": "Rejected"}
    answer: Payload = {
        "status": "Accepted",
        "connectorId": connector_of(reply.evse_id),
        "chargingSchedule": {
            "duration": reply.duration_s,
            "chargingRateUnit": reply.unit.value,
            "chargingSchedulePeriod": [
                {"startPeriod": start_s, "limit": tenths(limit), "numberPhases": phases}
                for start_s, limit, phases in reply.periods
            ],
        },
    }
    start = reply.start_at
    return answer | ({} if start is None else {"scheduleStart": format_timestamp(start)})


ROUTES: Mapping[str, Route] = {
    "ClearChargingProfile": Route(
        _clear_profiles, status({Outcome.ACCEPTED: "Accepted"}, otherwise="Unknown")
    ),
    "GetCompositeSchedule": Route(_get_composite, _composite),
    "SetChargingProfile": Route(_set_profile, _profile_status),
}
