"""Block K, smart charging, both ways: part 2 K, sections 2.10 to 2.12 and 2.18. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    ClearProfiles,
    Command,
    CompositeReply,
    GetComposite,
    GetProfiles,
    LimitImposed,
    LimitReleased,
    Outcome,
    ProfilesReported,
    Reply,
    SetProfile,
)
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import meaning, optional_meaning, tenths
from chargepoint.protocol.timestamps import format_timestamp
from chargepoint.protocol.v201.charging_profiles import (
    PURPOSES,
    UNITS,
    profile,
    written,
    written_schedule,
)
from chargepoint.protocol.v201.fields import some
from chargepoint.protocol.v201.route import Answer, Telling, one, status, status_info
from profiles.limits import OUTSIDE, Origin
from profiles.reporting import Criteria
from profiles.schedule import Purpose

SOURCES: Mapping[str, Origin] = {origin.value: origin for origin in (Origin.CENTRAL, *OUTSIDE)}


def _set_profile(payload: Payload) -> Command:
    """SetChargingProfileRequest, K01."""
    return SetProfile(profile(payload["chargingProfile"], payload["evseId"]))


def _if_supported(say: Callable[[Reply], Payload]) -> Callable[[Reply], Payload]:
    """Return *say*, but with a CALLERROR where smart charging is off (K01.FR.29)."""

    def answer(reply: Reply) -> Payload:
        if reply.outcome is Outcome.UNSUPPORTED:
            raise WireError(ErrorCode.NOT_SUPPORTED, reply.info)
        return say(reply)

    return answer


def _clear_profiles(payload: Payload) -> Command:
    """ClearChargingProfileRequest, K10: an id makes the rest void (K10.FR.03)."""
    if "chargingProfileId" in payload:
        return ClearProfiles(id=payload["chargingProfileId"])
    criteria = payload.get("chargingProfileCriteria", {})
    return ClearProfiles(
        evse_id=criteria.get("evseId"),
        purpose=_purpose(criteria),
        stack_level=criteria.get("stackLevel"),
    )


def _get_profiles(payload: Payload) -> Command:
    """GetChargingProfilesRequest, K09."""
    criteria = payload["chargingProfile"]
    sources = criteria.get("chargingLimitSource", ())
    return GetProfiles(
        payload["requestId"],
        Criteria(
            evse_id=payload.get("evseId"),
            ids=tuple(criteria.get("chargingProfileId", ())),
            purpose=_purpose(criteria),
            stack_level=criteria.get("stackLevel"),
            origins=tuple(meaning(SOURCES, each, "chargingLimitSource") for each in sources),
        ),
    )


def _purpose(criteria: Payload) -> Purpose | None:
    word = criteria.get("chargingProfilePurpose")
    return optional_meaning(PURPOSES, word, "chargingProfilePurpose")


def _get_composite(payload: Payload) -> Command:
    """GetCompositeScheduleRequest, K08."""
    return GetComposite(
        evse_id=payload["evseId"],
        duration_s=payload["duration"],
        unit=optional_meaning(UNITS, payload.get("chargingRateUnit"), "chargingRateUnit"),
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


# --- what we tell -----------------------------------------------------------------------------


def _report(event: ProfilesReported, _: StationIdentity) -> Call:
    """ReportChargingProfilesRequest, K09; tbc is said only when more comes."""
    payload: Payload = {
        "requestId": event.request_id,
        "evseId": event.evse_id,
        "chargingLimitSource": event.origin.value,
        "chargingProfile": [written(each) for each in event.profiles],
    }
    return Call("ReportChargingProfiles", payload | ({"tbc": True} if event.more else {}))


def _imposed(event: LimitImposed, _: StationIdentity) -> Call:
    """NotifyChargingLimitRequest, K11 and K12; an evseId is above 0 or not there."""
    limit: Payload = {"chargingLimitSource": event.origin.value}
    if event.origin is Origin.GRID:
        limit["isGridCritical"] = True
    payload: Payload = {"chargingLimit": limit} | some(evseId=event.evse_id or None)
    if event.schedule is not None:
        payload["chargingSchedule"] = [written_schedule(event.schedule, 1)]
    return Call("NotifyChargingLimit", payload)


def _released(event: LimitReleased, _: StationIdentity) -> Call:
    """ClearedChargingLimitRequest, K13."""
    source: Payload = {"chargingLimitSource": event.origin.value}
    return Call("ClearedChargingLimit", source | some(evseId=event.evse_id or None))


TELLINGS: Mapping[type, Telling] = {
    LimitImposed: Telling(_imposed),
    LimitReleased: Telling(_released),
    ProfilesReported: Telling(_report),
}
ROUTES: Mapping[str, Answer] = {
    "ClearChargingProfile": one(
        _clear_profiles, status({Outcome.ACCEPTED: "Accepted"}, otherwise="Unknown")
    ),
    "GetChargingProfiles": one(
        _get_profiles,
        _if_supported(status({Outcome.ACCEPTED: "Accepted"}, otherwise="NoProfiles")),
    ),
    "GetCompositeSchedule": one(_get_composite, _composite),
    "SetChargingProfile": one(_set_profile, _if_supported(status({Outcome.ACCEPTED: "Accepted"}))),
}
