"""What the central system asks: CALL -> command, reply -> CALLRESULT."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from chargepoint.core.messages import (
    ACCEPTED,
    ChangeAvailability,
    ClearCache,
    ClearProfiles,
    CompositeReply,
    GetBaseReport,
    GetComposite,
    GetReport,
    GetTransactionStatus,
    Later,
    Outcome,
    RemoteStart,
    RemoteStop,
    Reply,
    Reset,
    StartReply,
    TransactionStatusReply,
    TriggerMessage,
    Unlock,
    Wanted,
)
from chargepoint.core.words import Token
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Deferred
from profiles.schedule import Purpose, Unit

EIGHT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
CARD = {"idToken": "04A1B2C3", "type": "ISO14443"}


def refused(status: str, reason: str, info: str = "") -> dict[str, Any]:
    why = {"reasonCode": reason} | ({"additionalInfo": info} if info else {})
    return {"status": status, "statusInfo": why}


ASKED = [
    (
        "GetBaseReport",
        {"requestId": 5, "reportBase": "FullInventory"},
        GetBaseReport(5, "FullInventory"),
    ),
    ("GetReport", {"requestId": 5}, GetReport(5)),
    (
        "GetReport",
        {
            "requestId": 5,
            "componentCriteria": ["Enabled", "Problem"],
            "componentVariable": [
                {"component": {"name": "ClockCtrlr", "instance": "a"}},
                {
                    "component": {"name": "Connector", "evse": {"id": 1, "connectorId": 2}},
                    "variable": {"name": "AvailabilityState", "instance": "b"},
                },
            ],
        },
        GetReport(
            5,
            ("Enabled", "Problem"),
            (
                Wanted("ClockCtrlr", "a"),
                Wanted("Connector", None, 1, 2, "AvailabilityState", "b"),
            ),
        ),
    ),
    ("Reset", {"type": "OnIdle"}, Reset(soft=True)),
    ("Reset", {"type": "Immediate"}, Reset(soft=False)),
    ("Reset", {"type": "Immediate", "evseId": 2}, Reset(soft=False, evse_id=2)),
    ("ClearCache", {}, ClearCache()),
    ("ChangeAvailability", {"operationalStatus": "Operative"}, ChangeAvailability(0, None, True)),
    (
        "ChangeAvailability",
        {"operationalStatus": "Inoperative", "evse": {"id": 1}},
        ChangeAvailability(1, None, False),
    ),
    (
        "ChangeAvailability",
        {"operationalStatus": "Inoperative", "evse": {"id": 1, "connectorId": 2}},
        ChangeAvailability(1, 2, False),
    ),
    ("UnlockConnector", {"evseId": 1, "connectorId": 2}, Unlock(1, 2)),
    ("TriggerMessage", {"requestedMessage": "Heartbeat"}, TriggerMessage("Heartbeat")),
    (
        "TriggerMessage",
        {"requestedMessage": "StatusNotification", "evse": {"id": 1, "connectorId": 1}},
        TriggerMessage("StatusNotification", 1, 1),
    ),
    (
        "RequestStartTransaction",
        {"idToken": CARD, "remoteStartId": 7},
        RemoteStart(Token("04A1B2C3"), remote_start_id=7),
    ),
    (
        "RequestStartTransaction",
        {
            "idToken": {"idToken": "app-1", "type": "Central"},
            "remoteStartId": 8,
            "evseId": 2,
            "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
            "customData": {"vendorId": "some.one", "x": [1]},
        },
        RemoteStart(Token("app-1", "Central"), 2, 8, Token("FAMILY", "Central")),
    ),
    ("RequestStopTransaction", {"transactionId": "our-id"}, RemoteStop("our-id")),
    (
        "GetCompositeSchedule",
        {"duration": 3600, "evseId": 0},
        GetComposite(0, 3600),
    ),
    (
        "GetCompositeSchedule",
        {"duration": 300, "evseId": 1, "chargingRateUnit": "W"},
        GetComposite(1, 300, Unit.W),
    ),
    ("ClearChargingProfile", {}, ClearProfiles()),
    (
        "ClearChargingProfile",
        {"chargingProfileId": 0, "chargingProfileCriteria": {"stackLevel": 3}},
        ClearProfiles(id=0),
    ),
    (
        "ClearChargingProfile",
        {
            "chargingProfileCriteria": {
                "evseId": 0,
                "stackLevel": 0,
                "chargingProfilePurpose": "TxDefaultProfile",
            }
        },
        ClearProfiles(evse_id=0, stack_level=0, purpose=Purpose.TX_DEFAULT),
    ),
    (
        "ClearChargingProfile",
        {"chargingProfileCriteria": {"chargingProfilePurpose": "ChargingStationMaxProfile"}},
        ClearProfiles(purpose=Purpose.STATION_MAX),
    ),
]


@pytest.mark.requirement("F01.FR.06", "G03.FR.01", "G04.FR.01", "B11.FR.08", "K10.FR.03")
@pytest.mark.parametrize(("action", "payload", "command"), ASKED)
def test_a_call_becomes_a_command(adapter, station, conforms, action, payload, command):
    conforms(f"{action}Request", payload)
    fake = station(Reply(Outcome.REJECTED))

    answer = adapter.answer(action, payload, fake.handle)

    assert fake.commands == [command]
    conforms(f"{action}Response", answer)
    assert answer["status"] != "Accepted"
    assert answer["statusInfo"]["reasonCode"]


EVSE_UNKNOWN = Reply(Outcome.UNKNOWN_EVSE, info="no such EVSE")
PLAIN = {
    "RequestStartTransaction": {"idToken": CARD, "remoteStartId": 7},
    "RequestStopTransaction": {"transactionId": "our-id"},
    "UnlockConnector": {"evseId": 1, "connectorId": 1},
    "ChangeAvailability": {"operationalStatus": "Operative"},
    "TriggerMessage": {"requestedMessage": "Heartbeat"},
    "Reset": {"type": "OnIdle"},
    "GetBaseReport": {"requestId": 5, "reportBase": "SummaryInventory"},
    "ClearCache": {},
    "ClearChargingProfile": {"chargingProfileId": 1},
    "GetCompositeSchedule": {"duration": 1, "evseId": 1},
}
ANSWERED = [
    ("RequestStartTransaction", StartReply(Outcome.ACCEPTED), {"status": "Accepted"}),
    (
        "RequestStartTransaction",
        StartReply(Outcome.ACCEPTED, transaction_id="our-id"),
        {"status": "Accepted", "transactionId": "our-id"},
    ),
    (
        "RequestStartTransaction",
        Reply(Outcome.REJECTED, "InvalidProfile", "stack level 99"),
        refused("Rejected", "InvalidProfile", "stack level 99"),
    ),
    (
        "RequestStartTransaction",
        EVSE_UNKNOWN,
        refused("Rejected", "UnknownEvse", "no such EVSE"),
    ),
    ("RequestStopTransaction", ACCEPTED, {"status": "Accepted"}),
    ("RequestStopTransaction", Reply(Outcome.UNKNOWN), refused("Rejected", "UnknownTxId")),
    ("UnlockConnector", Reply(Outcome.UNLOCKED), {"status": "Unlocked"}),
    ("UnlockConnector", ACCEPTED, {"status": "Unlocked"}),
    ("UnlockConnector", Reply(Outcome.UNLOCK_FAILED), refused("UnlockFailed", "Unspecified")),
    ("UnlockConnector", Reply(Outcome.UNSUPPORTED), refused("UnlockFailed", "FixedCable")),
    (
        "UnlockConnector",
        Reply(Outcome.TX_ONGOING),
        refused("OngoingAuthorizedTransaction", "TxInProgress"),
    ),
    (
        "UnlockConnector",
        Reply(Outcome.UNKNOWN_EVSE),
        refused("UnknownConnector", "UnknownConnectorId"),
    ),
    ("ChangeAvailability", ACCEPTED, {"status": "Accepted"}),
    ("ChangeAvailability", Reply(Outcome.SCHEDULED), {"status": "Scheduled"}),
    ("ChangeAvailability", EVSE_UNKNOWN, refused("Rejected", "UnknownEvse", "no such EVSE")),
    ("TriggerMessage", ACCEPTED, {"status": "Accepted"}),
    (
        "TriggerMessage",
        Reply(Outcome.UNSUPPORTED),
        refused("NotImplemented", "UnsupportedRequest"),
    ),
    ("TriggerMessage", Reply(Outcome.REJECTED, "NotFound"), refused("Rejected", "NotFound")),
    ("Reset", ACCEPTED, {"status": "Accepted"}),
    ("Reset", Reply(Outcome.SCHEDULED), {"status": "Scheduled"}),
    ("Reset", Reply(Outcome.REJECTED), refused("Rejected", "Unspecified")),
    ("GetBaseReport", ACCEPTED, {"status": "Accepted"}),
    ("GetBaseReport", Reply(Outcome.UNSUPPORTED), refused("NotSupported", "UnsupportedRequest")),
    ("GetBaseReport", Reply(Outcome.UNKNOWN), refused("EmptyResultSet", "NotFound")),
    ("ClearCache", ACCEPTED, {"status": "Accepted"}),
    ("ClearCache", Reply(Outcome.REJECTED, "NotEnabled"), refused("Rejected", "NotEnabled")),
    ("ClearChargingProfile", ACCEPTED, {"status": "Accepted"}),
    ("ClearChargingProfile", Reply(Outcome.UNKNOWN), refused("Unknown", "NotFound")),
    ("GetCompositeSchedule", EVSE_UNKNOWN, refused("Rejected", "UnknownEvse", "no such EVSE")),
    (
        "GetCompositeSchedule",
        Reply(Outcome.REJECTED, "UnsupportedRateUnit"),
        refused("Rejected", "UnsupportedRateUnit"),
    ),
]


@pytest.mark.requirement(
    *("F01.FR.13", "F01.FR.26", "F03.FR.08", "F05.FR.02", "F05.FR.03", "F05.FR.04", "F05.FR.05"),
    *("G03.FR.05", "F06.FR.08", "B12.FR.01", "B07.FR.02", "C11.FR.04", "K10.FR.01", "K08.FR.05"),
)
@pytest.mark.parametrize(("action", "reply", "expected"), ANSWERED)
def test_a_reply_becomes_an_answer(adapter, station, conforms, action, reply, expected):
    answer = adapter.answer(action, PLAIN[action], station(reply).handle)

    assert answer == expected
    conforms(f"{action}Response", answer)


@pytest.mark.requirement("K08.FR.02", "K08.FR.03")
def test_a_composite_schedule_is_told_from_its_start(adapter, station, conforms):
    reply = CompositeReply(
        Outcome.ACCEPTED,
        evse_id=0,
        start_at=EIGHT,
        duration_s=3600,
        unit=Unit.W,
        periods=((0, 11000.04, 3), (600, 0.0, 1)),
    )

    answer = adapter.answer(
        "GetCompositeSchedule", {"duration": 3600, "evseId": 0}, station(reply).handle
    )

    assert answer == {
        "status": "Accepted",
        "schedule": {
            "evseId": 0,
            "duration": 3600,
            "scheduleStart": "2026-03-01T08:00:00Z",
            "chargingRateUnit": "W",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 11000.0, "numberPhases": 3},
                {"startPeriod": 600, "limit": 0.0, "numberPhases": 1},
            ],
        },
    }
    conforms("GetCompositeScheduleResponse", answer)


@pytest.mark.requirement("F05.FR.01")
def test_an_unlock_is_answered_when_the_lock_has_told(adapter, station):
    answer = adapter.answer("UnlockConnector", PLAIN["UnlockConnector"], station(Later(9)).handle)

    assert isinstance(answer, Deferred)
    assert answer.ticket == 9
    assert answer.render(Reply(Outcome.UNLOCKED)) == {"status": "Unlocked"}


def test_a_long_explanation_still_fits(adapter, station, conforms):
    reply = Reply(Outcome.REJECTED, "r" * 40, "i" * 1000)

    answer = adapter.answer("Reset", {"type": "OnIdle"}, station(reply).handle)

    conforms("ResetResponse", answer)


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("Reset", {"type": "Soft"}),
        ("ChangeAvailability", {"operationalStatus": "Broken"}),
        ("GetCompositeSchedule", {"duration": 1, "evseId": 1, "chargingRateUnit": "kW"}),
        (
            "ClearChargingProfile",
            {"chargingProfileCriteria": {"chargingProfilePurpose": "ChargePointMaxProfile"}},
        ),
    ],
)
def test_a_word_of_another_version_is_no_request(adapter, station, action, payload):
    fake = station(ACCEPTED)

    with pytest.raises(WireError) as error:
        adapter.answer(action, payload, fake.handle)

    assert error.value.code is ErrorCode.PROPERTY_CONSTRAINT
    assert fake.commands == []


@pytest.mark.requirement("E14.FR.06", "E14.FR.02")
@pytest.mark.parametrize(
    ("payload", "reply", "answer"),
    [
        ({}, TransactionStatusReply(Outcome.ACCEPTED, queued=True), {"messagesInQueue": True}),
        (
            {"transactionId": "our-id"},
            TransactionStatusReply(Outcome.ACCEPTED, ongoing=False),
            {"messagesInQueue": False, "ongoingIndicator": False},
        ),
    ],
)
def test_the_status_of_a_transaction_is_told(adapter, station, conforms, payload, reply, answer):
    fake = station(reply)
    assert adapter.answer("GetTransactionStatus", payload, fake.handle) == answer
    assert fake.commands == [GetTransactionStatus(payload.get("transactionId"))]
    conforms("GetTransactionStatusRequest", payload)
    conforms("GetTransactionStatusResponse", answer)
