"""What the central system answers: CALLRESULT -> command, and what when it makes no sense."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core.messages import (
    AskToken,
    AuthorizeAnswered,
    Boot,
    BootAnswered,
    EventDelivered,
    Heartbeat,
    HeartbeatAnswered,
    IdleNotice,
    MeterValues,
    ReportPart,
    ReportTold,
    SecurityEvent,
    StatusChanged,
    StatusTold,
    TransactionEvent,
    TxPhase,
)
from chargepoint.core.words import (
    BootReason,
    MeterSample,
    Registration,
    Status,
    Token,
    TokenInfo,
    TokenStatus,
    Trigger,
)
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.v201 import Adapter201

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
CARD = Token("04A1B2C3")
BOOT, STATUS = Boot(BootReason.POWER_UP), StatusChanged(1, 1, Status.AVAILABLE, NOON)
ENDED = TransactionEvent(TxPhase.ENDED, "our-id", 9, NOON, Trigger.REMOTE_STOP, 1, 1, 0.0)
SECURITY = SecurityEvent("StartupOfTheDevice", NOON)
VALUES = MeterValues(1, MeterSample(NOON, ()))
IDLE, REPORT = IdleNotice("FirmwareStatusNotification"), ReportPart(1, 0, False, NOON, ())
EVENTS = (BOOT, STATUS, ENDED, SECURITY, VALUES, IDLE, REPORT, Heartbeat(), AskToken(CARD))

BOOT_ACCEPTED = {"status": "Accepted", "currentTime": "2026-03-01T12:00:00Z", "interval": 300}
INFO = {
    "status": "NotAtThisTime",
    "cacheExpiryDateTime": "2026-03-01T13:00:00+01:00",
    "groupIdToken": {"idToken": "FAMILY", "type": "Central"},
    "evseId": [1, 2],
    "chargingPriority": -3,
    "personalMessage": {"format": "UTF8", "content": "Grüezi", "language": "de"},
}
KNOWN = TokenInfo(
    TokenStatus.NOT_AT_THIS_TIME, Token("FAMILY", "Central"), NOON, (1, 2), -3, "Grüezi"
)

HEARD = [
    (BOOT, "BootNotification", BOOT_ACCEPTED, BootAnswered(Registration.ACCEPTED, 300, NOON)),
    (
        BOOT,
        "BootNotification",
        BOOT_ACCEPTED | {"status": "Pending", "interval": -1, "statusInfo": {"reasonCode": "x"}},
        BootAnswered(Registration.PENDING, 0, NOON),
    ),
    (
        BOOT,
        "BootNotification",
        BOOT_ACCEPTED | {"status": "Rejected"},
        BootAnswered(Registration.REJECTED, 300, NOON),
    ),
    (
        Heartbeat(),
        "Heartbeat",
        {"currentTime": "2026-03-01T12:00:00.000Z"},
        HeartbeatAnswered(NOON),
    ),
    (AskToken(CARD), "Authorize", {"idTokenInfo": INFO}, AuthorizeAnswered(CARD, KNOWN)),
    (
        AskToken(CARD),
        "Authorize",
        {
            "idTokenInfo": {
                "status": "Accepted",
                "groupIdToken": {"idToken": "", "type": "NoAuthorization"},
            },
            "certificateStatus": "Accepted",
        },
        AuthorizeAnswered(CARD, TokenInfo(TokenStatus.ACCEPTED)),
    ),
    (STATUS, "StatusNotification", {}, StatusTold(STATUS)),
    (ENDED, "TransactionEvent", {}, EventDelivered(7, ENDED)),
    (
        ENDED,
        "TransactionEvent",
        {"totalCost": 1.5, "chargingPriority": 2, "idTokenInfo": INFO},
        EventDelivered(7, ENDED, info=KNOWN, charging_priority=2),
    ),
    (SECURITY, "SecurityEventNotification", {}, EventDelivered(7, SECURITY)),
    (VALUES, "MeterValues", {}, None),
    (IDLE, "FirmwareStatusNotification", {}, None),
    (REPORT, "NotifyReport", {}, ReportTold()),
]


@pytest.mark.requirement("B01.FR.04", "B02.FR.07", "C01.FR.21", "E05.FR.01", "G02.FR.01")
@pytest.mark.parametrize(("event", "action", "payload", "command"), HEARD)
def test_an_answer_becomes_a_command(adapter, conforms, event, action, payload, command):
    conforms(f"{action}Response", payload)

    assert adapter.heard(event, payload, 7) == command


@pytest.mark.parametrize("status", TokenStatus)
def test_every_token_status_is_understood(adapter, conforms, status):
    payload = {"idTokenInfo": {"status": status.value}}

    conforms("AuthorizeResponse", payload)
    assert adapter.heard(AskToken(CARD), payload, 0).info.status is status


@pytest.mark.parametrize(
    ("event", "payload", "code"),
    [
        (BOOT, {}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"status": "Perhaps"}, ErrorCode.PROPERTY_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"interval": "300"}, ErrorCode.TYPE_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"interval": True}, ErrorCode.TYPE_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"currentTime": "noon"}, ErrorCode.PROPERTY_CONSTRAINT),
        (Heartbeat(), {"currentTime": None}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (AskToken(CARD), {}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (AskToken(CARD), {"idTokenInfo": "Accepted"}, ErrorCode.TYPE_CONSTRAINT),
        (AskToken(CARD), {"idTokenInfo": INFO | {"status": "Nice"}}, ErrorCode.PROPERTY_CONSTRAINT),
        (AskToken(CARD), {"idTokenInfo": INFO | {"evseId": ["1"]}}, ErrorCode.TYPE_CONSTRAINT),
        (AskToken(CARD), {"idTokenInfo": INFO | {"evseId": [True]}}, ErrorCode.TYPE_CONSTRAINT),
        (ENDED, {"idTokenInfo": {}}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (
            ENDED,
            {"idTokenInfo": INFO | {"groupIdToken": {"idToken": "x"}}},
            ErrorCode.OCCURRENCE_CONSTRAINT,
        ),
        (
            ENDED,
            {"idTokenInfo": INFO | {"personalMessage": {"format": "UTF8"}}},
            ErrorCode.OCCURRENCE_CONSTRAINT,
        ),
    ],
)
@pytest.mark.requirement("E13.FR.01")
def test_an_answer_that_makes_no_sense_is_a_failure_of_the_central_system(
    adapter, event, payload, code
):
    with pytest.raises(WireError) as error:
        adapter.heard(event, payload, 7)

    assert error.value.code is code


def test_those_who_wait_hear_that_nobody_answered(adapter):
    assert adapter.unheard(BOOT) == BootAnswered(None)
    assert adapter.unheard(AskToken(CARD)) == AuthorizeAnswered(CARD, None)
    assert adapter.unheard(REPORT) == ReportTold()
    others = [event for event in EVENTS[1:-1] if event is not REPORT]
    assert [adapter.unheard(event) for event in others] == [None] * 6


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = SCALARS | st.lists(SCALARS, max_size=2)
FIELDS = st.sampled_from(["status", "currentTime", "interval", "idTokenInfo", *INFO])


@settings(deadline=None)
@given(st.sampled_from(EVENTS), st.dictionaries(FIELDS, JSON | st.dictionaries(FIELDS, JSON)))
def test_no_answer_does_more_than_fail(event, payload):
    with suppress(WireError):
        Adapter201().heard(event, payload, 7)
