"""A charging profile in 2.0.1's words, both ways: part 2, sections 2.10 to 2.12. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime

from chargepoint.protocol.adapter import Payload
from chargepoint.protocol.fields import meaning, tenths
from chargepoint.protocol.timestamps import format_timestamp, parse_timestamp
from chargepoint.protocol.v201.fields import some
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


# --- and back: what we report ----------------------------------------------------------------

PURPOSE_WORDS = {purpose: word for word, purpose in PURPOSES.items()}
KIND_WORDS = {kind: word for word, kind in KINDS.items()}
RECURRENCE_WORDS = {seconds: word for word, seconds in RECURRENCES_S.items()}


def written(installed: Profile) -> Payload:
    """Return the ChargingProfileType that reports *installed*: as it came, where it did.

    Those of the station itself, and those that came in 1.6, are put into words here; their
    schedules count from 1.
    """
    if installed.as_received:
        return dict(json.loads(installed.as_received))
    return {
        "id": installed.id,
        "stackLevel": installed.stack_level,
        "chargingProfilePurpose": PURPOSE_WORDS[installed.purpose],
        "chargingProfileKind": KIND_WORDS[installed.kind],
        "chargingSchedule": [
            written_schedule(each, id) for id, each in enumerate(installed.schedules, 1)
        ],
    } | some(
        recurrencyKind=RECURRENCE_WORDS.get(installed.recurs_s or 0),
        validFrom=_time(installed.valid_from),
        validTo=_time(installed.valid_to),
        transactionId=installed.transaction_id,
    )


def written_schedule(schedule: Schedule, id: int) -> Payload:
    """Return *schedule* as a ChargingScheduleType."""
    return {
        "id": id,
        "chargingRateUnit": schedule.unit.value,
        "chargingSchedulePeriod": [
            {"startPeriod": each.start_s, "limit": each.limit}
            | some(numberPhases=each.phases, phaseToUse=each.phase_to_use)
            for each in schedule.periods
        ],
    } | some(
        startSchedule=_time(schedule.start_at),
        duration=schedule.duration_s,
        minChargingRate=schedule.min_rate,
    )


def _time(at: datetime | None) -> str | None:
    return None if at is None else format_timestamp(at)
