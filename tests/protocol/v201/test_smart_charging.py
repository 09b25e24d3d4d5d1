"""Charging profiles: from the wire into our words."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    ACCEPTED,
    GetProfiles,
    LimitImposed,
    LimitReleased,
    Outcome,
    ProfilesReported,
    RemoteStart,
    Reply,
    SetProfile,
)
from chargepoint.core.words import Token
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.fields import tenths
from chargepoint.protocol.timestamps import format_timestamp
from chargepoint.protocol.v201 import Adapter201
from chargepoint.protocol.v201.charging_profiles import (
    KINDS,
    PURPOSES,
    RECURRENCES_S,
    UNITS,
    profile,
)
from profiles.limits import OUTSIDE, Origin
from profiles.reporting import Criteria
from profiles.schedule import DAILY_S, Kind, Period, Profile, Purpose, Schedule, Unit

EIGHT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

# Part 2, K 3.6: a day with less power between 08:00 and 20:00.
FROM_THE_STANDARD: dict[str, Any] = {
    "id": 100,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "chargingSchedule": [
        {
            "id": 1,
            "duration": 86400,
            "startSchedule": "2013-01-01T00:00:00Z",
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 11000, "numberPhases": 3},
                {"startPeriod": 28800, "limit": 6000, "numberPhases": 3},
                {"startPeriod": 72000, "limit": 11000, "numberPhases": 3},
            ],
        }
    ],
}
OF_A_TRANSACTION: dict[str, Any] = {
    "id": -7,
    "stackLevel": 2,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "recurrencyKind": "Weekly",
    "validFrom": "2026-03-01T09:00:00.999+01:00",
    "validTo": "2026-03-01T10:00:00Z",
    "transactionId": "our-id",
    "chargingSchedule": [
        {
            "id": 1,
            "chargingRateUnit": "A",
            "minChargingRate": 6.09,
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 10.25, "numberPhases": 1, "phaseToUse": 2}
            ],
        },
        {
            "id": 2,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 0}],
        },
    ],
}


@pytest.mark.requirement("K01.FR.10", "K01.FR.13")
def test_the_standards_example_is_read():
    assert profile(FROM_THE_STANDARD, 0) == Profile(
        id=100,
        evse_id=0,
        purpose=Purpose.TX_DEFAULT,
        stack_level=0,
        kind=Kind.RECURRING,
        recurs_s=DAILY_S,
        schedules=(
            Schedule(
                Unit.W,
                (Period(0, 11000.0, 3), Period(28800, 6000.0, 3), Period(72000, 11000.0, 3)),
                datetime(2013, 1, 1, tzinfo=UTC),
                86400,
            ),
        ),
        as_received=json.dumps(FROM_THE_STANDARD, separators=(",", ":")),
    )


@pytest.mark.requirement("K01.FR.03", "K01.FR.04", "K01.FR.28")
def test_a_profile_is_given_to_the_station_as_it_was_said(adapter, station, conforms):
    request = {"evseId": 1, "chargingProfile": OF_A_TRANSACTION}
    fake = station(ACCEPTED)

    answer = adapter.answer("SetChargingProfile", request, fake.handle)

    conforms("SetChargingProfileRequest", request)
    conforms("SetChargingProfileResponse", answer)
    assert answer == {"status": "Accepted"}
    (command,) = fake.commands
    assert isinstance(command, SetProfile)
    installed = command.profile
    assert (installed.id, installed.evse_id, installed.transaction_id) == (-7, 1, "our-id")
    assert installed.purpose is Purpose.TX
    assert installed.recurs_s is None
    assert installed.valid_from == datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
    assert installed.valid_to == datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
    assert installed.schedules == (
        Schedule(Unit.A, (Period(0, 10.2, 1, 2),), min_rate=6.0),
        Schedule(Unit.A, (Period(0, 0.0),)),
    )


def test_only_a_profile_of_a_transaction_names_one():
    assert profile(FROM_THE_STANDARD | {"transactionId": "x"}, 0).transaction_id is None


@pytest.mark.requirement("K01.FR.41")
def test_a_start_that_a_relative_schedule_must_not_have_is_left_for_validation():
    relative = FROM_THE_STANDARD | {"chargingProfileKind": "Relative"}

    assert profile(relative, 0).schedule.start_at == datetime(2013, 1, 1, tzinfo=UTC)


@pytest.mark.requirement("K05.FR.02", "F01.FR.08")
@pytest.mark.parametrize(("where", "evse_id"), [({"evseId": 2}, 2), ({}, 0)])
def test_a_remote_start_brings_its_profile(adapter, station, conforms, where, evse_id):
    request = where | {
        "idToken": {"idToken": "app-1", "type": "Central"},
        "remoteStartId": 1,
        "chargingProfile": OF_A_TRANSACTION,
    }
    conforms("RequestStartTransactionRequest", request)
    fake = station(ACCEPTED)

    adapter.answer("RequestStartTransaction", request, fake.handle)

    assert fake.commands == [
        RemoteStart(
            Token("app-1", "Central"),
            where.get("evseId"),
            1,
            None,
            profile(OF_A_TRANSACTION, evse_id),
        )
    ]


SET = {"evseId": 0, "chargingProfile": FROM_THE_STANDARD}


@pytest.mark.requirement("K01.FR.26", "K01.FR.52")
def test_a_refusal_says_why(adapter, station, conforms):
    reply = Reply(Outcome.REJECTED, "DuplicateProfile", "level 0 is taken by profile 4")

    answer = adapter.answer("SetChargingProfile", SET, station(reply).handle)

    conforms("SetChargingProfileResponse", answer)
    assert answer == {
        "status": "Rejected",
        "statusInfo": {
            "reasonCode": "DuplicateProfile",
            "additionalInfo": "level 0 is taken by profile 4",
        },
    }


@pytest.mark.requirement("K01.FR.28")
def test_an_unknown_evse_is_a_refusal(adapter, station):
    answer = adapter.answer("SetChargingProfile", SET, station(Reply(Outcome.UNKNOWN_EVSE)).handle)

    assert answer == {"status": "Rejected", "statusInfo": {"reasonCode": "UnknownEvse"}}


@pytest.mark.requirement("K01.FR.29")
def test_no_smart_charging_is_a_callerror(adapter, station):
    with pytest.raises(WireError) as error:
        adapter.answer("SetChargingProfile", SET, station(Reply(Outcome.UNSUPPORTED)).handle)

    assert error.value.code is ErrorCode.NOT_SUPPORTED


@pytest.mark.parametrize("limit", [math.nan, math.inf, Decimal("NaN"), 10**400])
def test_a_limit_that_is_no_number_is_refused(limit):
    with pytest.raises(WireError):
        tenths(limit)


@settings(deadline=None)
@given(st.floats(-1e6, 1e6))
def test_cutting_a_limit_never_raises_it_and_cuts_only_once(limit):
    cut = tenths(limit)

    assert limit - 0.1 - 1e-7 <= cut <= limit + 1e-7
    assert tenths(cut) == cut


INSTANTS = st.integers(0, 2**32).map(lambda second: datetime.fromtimestamp(second, UTC))
PERIODS = st.builds(
    Period,
    start_s=st.integers(-1, 10**6),
    limit=st.integers(0, 500_000).map(lambda tenth: tenth / 10),
    phases=st.none() | st.integers(0, 3),
    phase_to_use=st.none() | st.integers(1, 3),
)
SCHEDULES = st.builds(
    Schedule,
    unit=st.sampled_from(Unit),
    periods=st.lists(PERIODS, min_size=1, max_size=4).map(tuple),
    start_at=st.none() | INSTANTS,
    duration_s=st.none() | st.integers(0, 10**6),
    min_rate=st.none() | st.integers(0, 500).map(lambda tenth: tenth / 10),
)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    kind = draw(st.sampled_from(Kind))
    purpose = draw(st.sampled_from(Purpose))
    return Profile(
        id=draw(st.integers(-(2**31), 2**31)),
        evse_id=draw(st.integers(0, 9)),
        purpose=purpose,
        stack_level=draw(st.integers(-1, 99)),
        kind=kind,
        schedules=tuple(draw(st.lists(SCHEDULES, min_size=1, max_size=3))),
        recurs_s=draw(st.sampled_from([None, *RECURRENCES_S.values()]))
        if kind is Kind.RECURRING
        else None,
        valid_from=draw(st.none() | INSTANTS),
        valid_to=draw(st.none() | INSTANTS),
        transaction_id=draw(st.none() | st.uuids().map(str)) if purpose is Purpose.TX else None,
    )


def some(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def word(words: Any, value: object) -> str | None:
    return next((text for text, each in words.items() if each == value), None)


def time(at: datetime | None) -> str | None:
    return None if at is None else format_timestamp(at)


def on_the_wire(said: Profile) -> dict[str, Any]:
    return some(
        id=said.id,
        stackLevel=said.stack_level,
        chargingProfilePurpose=word(PURPOSES, said.purpose),
        chargingProfileKind=word(KINDS, said.kind),
        recurrencyKind=word(RECURRENCES_S, said.recurs_s),
        validFrom=time(said.valid_from),
        validTo=time(said.valid_to),
        transactionId=said.transaction_id,
        chargingSchedule=[
            some(
                id=number,
                startSchedule=time(schedule.start_at),
                duration=schedule.duration_s,
                chargingRateUnit=word(UNITS, schedule.unit),
                minChargingRate=schedule.min_rate,
                chargingSchedulePeriod=[
                    some(
                        startPeriod=period.start_s,
                        limit=period.limit,
                        numberPhases=period.phases,
                        phaseToUse=period.phase_to_use,
                    )
                    for period in schedule.periods
                ],
            )
            for number, schedule in enumerate(said.schedules)
        ],
    )


@settings(deadline=None)
@given(profiles())
def test_every_profile_arrives_as_it_was_said(conforms, said):
    payload = on_the_wire(said)
    conforms("SetChargingProfileRequest", {"evseId": said.evse_id, "chargingProfile": payload})

    heard = profile(payload, said.evse_id)

    assert json.loads(heard.as_received) == payload
    for name in Profile.__slots__:
        if name != "as_received":
            assert getattr(heard, name) == getattr(said, name)
    exact = json.loads(json.dumps(payload), parse_float=Decimal)
    assert profile(exact, said.evse_id).schedules == said.schedules


# --- K09, K11 to K13: reports and limits from outside --------------------------------------------


@pytest.mark.requirement("K09.FR.01", "K09.FR.03")
def test_profiles_are_asked_for_by_criteria(adapter: Adapter201, station: Any, conforms: Any):
    fake = station(ACCEPTED)
    criteria = {
        "chargingProfileId": [3, 4],
        "chargingProfilePurpose": "TxProfile",
        "stackLevel": 2,
        "chargingLimitSource": ["CSO", "Other"],
    }
    asked = {"requestId": 9, "evseId": 0, "chargingProfile": criteria}

    answer = adapter.answer("GetChargingProfiles", asked, fake.handle)

    conforms("GetChargingProfilesRequest", asked)
    conforms("GetChargingProfilesResponse", answer)
    assert answer == {"status": "Accepted"}
    origins = (Origin.CENTRAL, Origin.PEOPLE)
    wanted = Criteria(0, (3, 4), Purpose.TX, 2, origins)
    assert fake.commands == [GetProfiles(9, wanted)]


@pytest.mark.parametrize("payload", [FROM_THE_STANDARD, OF_A_TRANSACTION])
@pytest.mark.parametrize("as_received", [True, False])
def test_a_profile_is_reported_as_it_came_or_in_the_same_words(
    adapter: Adapter201, conforms: Any, payload: dict[str, Any], as_received: bool
):
    installed = profile(payload, 1)
    if not as_received:
        installed = replace(installed, as_received="")
    event = ProfilesReported(9, 1, Origin.CENTRAL, (installed,), more=True)

    call = adapter.call(event, StationIdentity(), None)

    assert call is not None
    conforms("ReportChargingProfilesRequest", call.payload)
    assert call.payload["tbc"] is True
    (told,) = call.payload["chargingProfile"]
    assert told == payload or not as_received
    assert replace(profile(told, 1), as_received="") == replace(installed, as_received="")


@pytest.mark.requirement("K11.FR.02", "K11.FR.05", "K12.FR.02", "K12.FR.04", "K13.FR.02")
@pytest.mark.parametrize("evse_id", [0, 2])
@pytest.mark.parametrize("origin", OUTSIDE)
def test_a_limit_from_outside_names_its_source(
    adapter: Adapter201, conforms: Any, evse_id: int, origin: Origin
):
    place = {"evseId": evse_id} if evse_id else {}
    schedule = Schedule(Unit.A, (Period(0, 9.5),), EIGHT)

    def told(event: LimitImposed | LimitReleased) -> dict[str, Any]:
        call = adapter.call(event, StationIdentity(), None)
        assert call is not None
        conforms(f"{call.action}Request", call.payload)
        return call.payload

    bare = told(LimitImposed(evse_id, origin))
    imposed = told(LimitImposed(evse_id, origin, schedule))
    released = told(LimitReleased(evse_id, origin))

    critical = {"isGridCritical": True} if origin is Origin.GRID else {}
    assert bare == {"chargingLimit": {"chargingLimitSource": origin} | critical} | place
    assert imposed["chargingSchedule"] == [
        {
            "id": 1,
            "startSchedule": "2026-03-01T08:00:00Z",
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 9.5}],
        }
    ]
    assert released == {"chargingLimitSource": origin} | place
