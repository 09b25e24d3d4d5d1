"""Every request of the central system: CALL -> command, reply -> CALLRESULT."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chargepoint.core.messages import (
    ACCEPTED,
    ChangeAvailability,
    ChangeKey,
    ClearCache,
    ClearProfiles,
    CompositeReply,
    GetComposite,
    GetKeys,
    KeysReply,
    Later,
    Outcome,
    RemoteStart,
    RemoteStop,
    Reply,
    Reset,
    StartReply,
    TriggerMessage,
    Unlock,
)
from chargepoint.core.words import Token
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Deferred
from profiles.schedule import Purpose, Unit

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
COMPOSITE = CompositeReply(
    Outcome.ACCEPTED,
    evse_id=1,
    start_at=NOON,
    duration_s=600,
    unit=Unit.A,
    periods=((0, 16.0, 3), (300, 9.99, 1)),
)

# action, CALL, command, reply, CALLRESULT
GOLDEN: list[Any] = [
    (
        "ChangeAvailability",
        {"connectorId": 1, "type": "Inoperative"},
        ChangeAvailability(1, None, operative=False),
        Reply(Outcome.SCHEDULED),
        {"status": "Scheduled"},
    ),
    (
        "ChangeAvailability",
        {"connectorId": 0, "type": "Operative"},
        ChangeAvailability(0, None, operative=True),
        ACCEPTED,
        {"status": "Accepted"},
    ),
    (
        "ChangeConfiguration",
        {"key": "MeterValueSampleInterval", "value": "10"},
        ChangeKey("MeterValueSampleInterval", "10"),
        Reply(Outcome.REBOOT_REQUIRED),
        {"status": "RebootRequired"},
    ),
    (
        "GetConfiguration",
        {"key": ["heartbeatinterval", "CpoName", "Nonsense"]},
        GetKeys(("heartbeatinterval", "CpoName", "Nonsense")),
        KeysReply(
            Outcome.ACCEPTED,
            known=(("HeartbeatInterval", False, "300"), ("CpoName", False, None)),
            unknown=("Nonsense",),
        ),
        {
            "configurationKey": [
                {"key": "HeartbeatInterval", "readonly": False, "value": "300"},
                {"key": "CpoName", "readonly": False},
            ],
            "unknownKey": ["Nonsense"],
        },
    ),
    (
        "GetConfiguration",
        {},
        GetKeys(),
        KeysReply(Outcome.ACCEPTED, known=(("NumberOfConnectors", True, "1"),)),
        {"configurationKey": [{"key": "NumberOfConnectors", "readonly": True, "value": "1"}]},
    ),
    (
        "GetConfiguration",
        {"key": []},
        GetKeys(),
        KeysReply(Outcome.ACCEPTED, known=(("Long", True, "x" * 501),)),
        {"configurationKey": [{"key": "Long", "readonly": True, "value": "x" * 500}]},
    ),
    ("ClearCache", {}, ClearCache(), ACCEPTED, {"status": "Accepted"}),
    (
        "RemoteStartTransaction",
        {"idTag": "04A1B2C3", "connectorId": 2},
        RemoteStart(Token("04A1B2C3"), evse_id=2),
        StartReply(Outcome.ACCEPTED),
        {"status": "Accepted"},
    ),
    (
        "RemoteStartTransaction",
        {"idTag": "04A1B2C3"},
        RemoteStart(Token("04A1B2C3")),
        StartReply(Outcome.REJECTED),
        {"status": "Rejected"},
    ),
    (
        "RemoteStopTransaction",
        {"transactionId": -7},
        RemoteStop(central_id=-7),
        Reply(Outcome.UNKNOWN),
        {"status": "Rejected"},
    ),
    ("Reset", {"type": "Soft"}, Reset(soft=True), ACCEPTED, {"status": "Accepted"}),
    (
        "Reset",
        {"type": "Hard"},
        Reset(soft=False),
        Reply(Outcome.SCHEDULED),
        {"status": "Accepted"},
    ),
    (
        "UnlockConnector",
        {"connectorId": 1},
        Unlock(1),
        Reply(Outcome.UNLOCKED),
        {"status": "Unlocked"},
    ),
    (
        "ClearChargingProfile",
        {},
        ClearProfiles(),
        Reply(Outcome.UNKNOWN),
        {"status": "Unknown"},
    ),
    (
        "ClearChargingProfile",
        {
            "id": 7,
            "connectorId": 1,
            "chargingProfilePurpose": "TxProfile",
            "stackLevel": 3,
        },
        ClearProfiles(id=7),
        ACCEPTED,
        {"status": "Accepted"},
    ),
    (
        "ClearChargingProfile",
        {"connectorId": 0, "chargingProfilePurpose": "ChargePointMaxProfile", "stackLevel": 0},
        ClearProfiles(evse_id=0, purpose=Purpose.STATION_MAX, stack_level=0),
        ACCEPTED,
        {"status": "Accepted"},
    ),
    (
        "GetCompositeSchedule",
        {"connectorId": 1, "duration": 600},
        GetComposite(1, 600),
        COMPOSITE,
        {
            "status": "Accepted",
            "connectorId": 1,
            "scheduleStart": "2026-11-22T12:00:00Z",
            "chargingSchedule": {
                "duration": 600,
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [
                    {"startPeriod": 0, "limit": 16.0, "numberPhases": 3},
                    {"startPeriod": 300, "limit": 9.9, "numberPhases": 1},
                ],
            },
        },
    ),
    (
        "GetCompositeSchedule",
        {"connectorId": 9, "duration": 600, "chargingRateUnit": "W"},
        GetComposite(9, 600, Unit.W),
        Reply(Outcome.UNKNOWN_EVSE),
        {"status": "Rejected"},
    ),
    (
        "TriggerMessage",
        {"requestedMessage": "StatusNotification"},
        TriggerMessage("StatusNotification"),
        ACCEPTED,
        {"status": "Accepted"},
    ),
    (
        "TriggerMessage",
        {"requestedMessage": "StatusNotification", "connectorId": 0},
        TriggerMessage("StatusNotification", 0),
        ACCEPTED,
        {"status": "Accepted"},
    ),
    (
        "TriggerMessage",
        {"requestedMessage": "MeterValues", "connectorId": 2},
        TriggerMessage("MeterValues", 2, 1),
        Reply(Outcome.REJECTED),
        {"status": "Rejected"},
    ),
]


@pytest.mark.requirement("1.6 5.2", "1.6 5.3", "1.6 5.5", "1.6 5.7", "1.6 5.8", "1.6 5.11")
@pytest.mark.requirement("1.6 5.12", "1.6 5.14", "1.6 5.17", "1.6 5.18", "1.6 E3.26", "1.6 E3.57")
@pytest.mark.parametrize(("action", "call", "command", "reply", "result"), GOLDEN)
def test_a_request_becomes_a_command_and_its_reply_a_result(
    adapter, station, conforms, action, call, command, reply, result
):
    fake = station(reply)
    conforms(action, call)

    assert adapter.answer(action, call, fake.handle) == result
    assert fake.commands == [command]
    conforms(f"{action}Response", result)


CALLS = {action: call for action, call, *_ in GOLDEN}

# action, and the word for each outcome; all others get the last one
WORDS = [
    ("ChangeAvailability", {"ACCEPTED": "Accepted", "SCHEDULED": "Scheduled"}, "Rejected"),
    (
        "ChangeConfiguration",
        {
            "ACCEPTED": "Accepted",
            "REBOOT_REQUIRED": "RebootRequired",
            "UNKNOWN": "NotSupported",
            "UNSUPPORTED": "NotSupported",
        },
        "Rejected",
    ),
    ("ClearCache", {"ACCEPTED": "Accepted"}, "Rejected"),
    ("ClearChargingProfile", {"ACCEPTED": "Accepted"}, "Unknown"),
    ("RemoteStartTransaction", {"ACCEPTED": "Accepted"}, "Rejected"),
    ("RemoteStopTransaction", {"ACCEPTED": "Accepted"}, "Rejected"),
    ("Reset", {"ACCEPTED": "Accepted", "SCHEDULED": "Accepted"}, "Rejected"),
    ("TriggerMessage", {"ACCEPTED": "Accepted", "UNSUPPORTED": "NotImplemented"}, "Rejected"),
    (
        "UnlockConnector",
        {
            "UNLOCKED": "Unlocked",
            "UNSUPPORTED": "NotSupported",
            "UNKNOWN_EVSE": "NotSupported",
        },
        "UnlockFailed",
    ),
]


@pytest.mark.requirement("1.6 5.3", "1.6 E3.23", "1.6 E3.25", "1.6 E3.87")
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize(("action", "words", "otherwise"), WORDS)
def test_every_outcome_has_a_word_in_every_answer(
    adapter, station, conforms, action, words, otherwise, outcome
):
    result = adapter.answer(action, CALLS[action], station(Reply(outcome)).handle)

    assert result == {"status": words.get(outcome.name, otherwise)}
    conforms(f"{action}Response", result)


@pytest.mark.requirement("1.6 5.8", "1.6 9.1.9")
def test_more_keys_than_the_maximum_are_a_call_error(adapter, station):
    refusal = KeysReply(Outcome.REJECTED, info="at most 50 keys")

    with pytest.raises(WireError) as refused:
        adapter.answer("GetConfiguration", {"key": ["A"] * 51}, station(refusal).handle)

    assert refused.value.code is ErrorCode.OCCURRENCE_CONSTRAINT
    assert refused.value.description == "at most 50 keys"


@pytest.mark.requirement("1.6 6.33")
def test_a_remote_start_on_connector_zero_is_rejected_unasked(adapter, station):
    fake = station(ACCEPTED)

    result = adapter.answer("RemoteStartTransaction", {"idTag": "A", "connectorId": 0}, fake.handle)

    assert result == {"status": "Rejected"}
    assert fake.commands == []


@pytest.mark.requirement("1.6 5.17")
@pytest.mark.parametrize("word", ["StartTransaction", "LogStatusNotification", "heartbeat", ""])
def test_a_trigger_for_an_unknown_message_is_not_implemented_and_no_error(adapter, station, word):
    fake = station(Reply(Outcome.ACCEPTED))

    result = adapter.answer("TriggerMessage", {"requestedMessage": word}, fake.handle)

    assert fake.commands == []
    assert result == {"status": "NotImplemented"}


@pytest.mark.requirement("1.6 5.18")
def test_an_unlock_that_takes_time_is_answered_by_its_ticket(adapter, station, conforms):
    answer = adapter.answer("UnlockConnector", {"connectorId": 1}, station(Later(4711)).handle)

    assert isinstance(answer, Deferred)
    assert answer.ticket == 4711
    assert answer.render(Reply(Outcome.UNLOCKED)) == {"status": "Unlocked"}
    conforms("UnlockConnectorResponse", answer.render(Reply(Outcome.UNLOCK_FAILED)))


@pytest.mark.parametrize(
    ("action", "call"),
    [
        ("ChangeAvailability", {"connectorId": 1, "type": "Sometimes"}),
        ("Reset", {"type": "Gentle"}),
        ("GetCompositeSchedule", {"connectorId": 1, "duration": 60, "chargingRateUnit": "VA"}),
        ("ClearChargingProfile", {"chargingProfilePurpose": "Whatever"}),
    ],
)
@pytest.mark.requirement("1.6 E3.24")
def test_an_unknown_word_is_an_illegal_value_even_where_no_schema_looked(
    adapter, station, action, call
):
    with pytest.raises(WireError) as refused:
        adapter.answer(action, call, station(ACCEPTED).handle)

    assert refused.value.code is ErrorCode.PROPERTY_CONSTRAINT
