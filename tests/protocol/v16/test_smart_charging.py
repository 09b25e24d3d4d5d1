"""Charging profiles: from the wire into our words, whatever central systems make of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chargepoint.core.messages import (
    ACCEPTED,
    Outcome,
    RemoteStart,
    Reply,
    SetProfile,
)
from chargepoint.core.words import Token
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.v16 import Adapter16
from chargepoint.protocol.v16.smart_charging import profile
from profiles.schedule import DAILY_S, Kind, Period, Profile, Purpose, Schedule, Unit
from profiles.validation import RULES, Clash, Context, reasons

# Section 3.13.7, a day with less power between 08:00 and 20:00.
FROM_THE_STANDARD: dict[str, Any] = {
    "chargingProfileId": 100,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Recurring",
    "recurrencyKind": "Daily",
    "chargingSchedule": {
        "duration": 86400,
        "startSchedule": "2013-01-01T00:00Z",
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [
            {"startPeriod": 0, "limit": 11000, "numberPhases": 3},
            {"startPeriod": 28800, "limit": 6000, "numberPhases": 3},
            {"startPeriod": 72000, "limit": 11000, "numberPhases": 3},
        ],
    },
}
# evcc: one default in the highest place, from a minute ago, sent again for every change.
FROM_EVCC: dict[str, Any] = {
    "chargingProfileId": 32,
    "stackLevel": 10,
    "chargingProfilePurpose": "TxDefaultProfile",
    "chargingProfileKind": "Absolute",
    "chargingSchedule": {
        "startSchedule": "2026-11-22T07:59:00Z",
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 0.0, "numberPhases": 1}],
    },
}
# Home Assistant: a relative maximum for the whole station, and a session limit.
FROM_HOME_ASSISTANT: dict[str, Any] = {
    "chargingProfileId": 8,
    "stackLevel": 10,
    "chargingProfilePurpose": "ChargePointMaxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}],
    },
}
SESSION_LIMIT: dict[str, Any] = FROM_HOME_ASSISTANT | {
    "chargingProfileId": 9,
    "chargingProfilePurpose": "TxProfile",
    "transactionId": 42,
}

GOLDEN = [
    (
        FROM_THE_STANDARD,
        1,
        Profile(
            id=100,
            evse_id=1,
            purpose=Purpose.TX_DEFAULT,
            stack_level=0,
            kind=Kind.RECURRING,
            recurs_s=DAILY_S,
            schedules=(
                Schedule(
                    Unit.W,
                    (Period(0, 11000.0, 3), Period(28800, 6000.0, 3), Period(72000, 11000.0, 3)),
                    start_at=datetime(2013, 1, 1, tzinfo=UTC),
                    duration_s=86400,
                ),
            ),
        ),
        None,
    ),
    (
        FROM_EVCC,
        0,
        Profile(
            id=32,
            evse_id=0,
            purpose=Purpose.TX_DEFAULT,
            stack_level=10,
            kind=Kind.ABSOLUTE,
            schedules=(
                Schedule(Unit.A, (Period(0, 0.0, 1),), datetime(2026, 11, 22, 7, 59, tzinfo=UTC)),
            ),
        ),
        None,
    ),
    (
        FROM_HOME_ASSISTANT,
        0,
        Profile(
            id=8,
            evse_id=0,
            purpose=Purpose.STATION_MAX,
            stack_level=10,
            kind=Kind.ABSOLUTE,
            schedules=(Schedule(Unit.A, (Period(0, 16.0),)),),
        ),
        None,
    ),
    (
        SESSION_LIMIT,
        1,
        Profile(
            id=9,
            evse_id=1,
            purpose=Purpose.TX,
            stack_level=10,
            kind=Kind.RELATIVE,
            schedules=(Schedule(Unit.A, (Period(0, 16.0),)),),
        ),
        42,
    ),
]


@pytest.mark.requirement("1.6 5.16", "1.6 7.8", "1.6 7.13", "1.6 7.14")
@pytest.mark.parametrize(("sent", "connector_id", "installed", "central_id"), GOLDEN)
def test_a_profile_arrives_as_it_was_meant(
    adapter, station, conforms, sent, connector_id, installed, central_id
):
    fake = station(ACCEPTED)
    call = {"connectorId": connector_id, "csChargingProfiles": sent}
    conforms("SetChargingProfile", call)

    result = adapter.answer("SetChargingProfile", call, fake.handle)

    assert fake.commands == [SetProfile(installed, central_id)]
    assert result == {"status": "Accepted"}
    conforms("SetChargingProfileResponse", result)


def set_profile(sent, reply, station):
    call = {"connectorId": 1, "csChargingProfiles": sent}
    return Adapter16().answer("SetChargingProfile", call, station(reply).handle)


@pytest.mark.requirement("1.6 E3.39")
@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (Outcome.UNKNOWN_EVSE, ErrorCode.PROPERTY_CONSTRAINT),
        (Outcome.UNSUPPORTED, ErrorCode.NOT_SUPPORTED),
    ],
)
def test_an_unknown_connector_or_no_smart_charging_is_a_call_error(station, outcome, code):
    with pytest.raises(WireError) as refused:
        set_profile(FROM_EVCC, Reply(outcome), station)

    assert refused.value.code is code


@pytest.mark.parametrize("outcome", [Outcome.REJECTED, Outcome.UNKNOWN])
def test_any_other_refusal_of_a_profile_is_a_status(station, outcome):
    assert set_profile(FROM_EVCC, Reply(outcome), station) == {"status": "Rejected"}


@pytest.mark.requirement("1.6 E3.38")
@pytest.mark.parametrize(
    "broken",
    [
        {"chargingProfileKind": "Sometimes"},
        {"chargingProfilePurpose": "ChargingStationExternalConstraints"},
        {"recurrencyKind": "Monthly"},
        {"validFrom": "tomorrow"},
        {"chargingSchedule": FROM_THE_STANDARD["chargingSchedule"] | {"chargingRateUnit": "VA"}},
        {"chargingSchedule": FROM_THE_STANDARD["chargingSchedule"] | {"startSchedule": "soon"}},
    ],
)
def test_a_value_that_is_none_of_the_words_is_a_call_error(station, broken):
    with pytest.raises(WireError) as refused:
        set_profile(FROM_THE_STANDARD | broken, ACCEPTED, station)

    assert refused.value.code is ErrorCode.PROPERTY_CONSTRAINT


@pytest.mark.requirement("1.6 E3.56")
def test_a_recurrence_means_nothing_to_an_absolute_profile():
    assert profile(FROM_EVCC | {"recurrencyKind": "Weekly"}, 0).recurs_s is None


@pytest.mark.requirement("1.6 7.13")
def test_a_relative_schedule_has_no_start_whatever_it_says():
    assert profile(FROM_EVCC | {"chargingProfileKind": "Relative"}, 0).schedule.start_at is None


def test_an_absolute_schedule_without_a_start_is_left_to_begin_with_the_charging():
    schedule = {k: v for k, v in FROM_EVCC["chargingSchedule"].items() if k != "startSchedule"}

    installed = profile(FROM_EVCC | {"chargingSchedule": schedule}, 1)

    assert (installed.kind, installed.schedule.start_at) == (Kind.ABSOLUTE, None)


def test_a_transaction_id_counts_only_in_a_tx_profile(station):
    fake = station(ACCEPTED)
    call = {"connectorId": 1, "csChargingProfiles": FROM_EVCC | {"transactionId": 42}}

    Adapter16().answer("SetChargingProfile", call, fake.handle)

    assert fake.commands[0].central_transaction_id is None


@pytest.mark.requirement("1.6 5.16.2", "1.6 E3.41")
def test_a_remote_start_takes_its_profile_along(adapter, station, conforms):
    fake = station(ACCEPTED)
    sent = {name: value for name, value in SESSION_LIMIT.items() if name != "transactionId"}
    call = {"idTag": "04A1B2C3", "connectorId": 1, "chargingProfile": sent}
    conforms("RemoteStartTransaction", call)

    adapter.answer("RemoteStartTransaction", call, fake.handle)

    assert fake.commands == [RemoteStart(Token("04A1B2C3"), 1, profile=profile(sent, 1))]


def test_a_profile_for_any_connector_is_bound_to_none_yet(adapter, station):
    fake = station(ACCEPTED)
    sent = {name: value for name, value in SESSION_LIMIT.items() if name != "transactionId"}

    adapter.answer("RemoteStartTransaction", {"idTag": "A", "chargingProfile": sent}, fake.handle)

    assert fake.commands[0].evse_id is None
    assert fake.commands[0].profile.evse_id == 0


@pytest.mark.requirement("1.6 E3.41")
def test_a_remote_start_whose_profile_names_a_transaction_is_rejected_unasked(adapter, station):
    fake = station(ACCEPTED)
    call = {"idTag": "04A1B2C3", "connectorId": 1, "chargingProfile": SESSION_LIMIT}

    assert adapter.answer("RemoteStartTransaction", call, fake.handle) == {"status": "Rejected"}
    assert fake.commands == []


@pytest.mark.parametrize(
    ("sent", "connector_id"), [(FROM_THE_STANDARD, 1), (FROM_EVCC, 1), (FROM_HOME_ASSISTANT, 0)]
)
def test_what_is_sent_in_the_field_may_be_installed(sent, connector_id):
    able = Context(frozenset({1}), RULES[Clash.REPLACES], {}, max_stack_level=10)

    assert reasons(profile(sent, connector_id), (), able) == ()
