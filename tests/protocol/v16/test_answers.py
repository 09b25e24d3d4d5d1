"""What the central system answers: CALLRESULT -> command, and what when it makes no sense."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
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
from chargepoint.protocol.v16 import Adapter16

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CARD = Token("04A1B2C3")
BOOT, STATUS = Boot(BootReason.POWER_UP), StatusChanged(1, 1, Status.AVAILABLE, NOON)
BOOT_ACCEPTED = {"status": "Accepted", "currentTime": "2026-11-22T12:00:00Z", "interval": 300}


def transaction(phase: TxPhase) -> TransactionEvent:
    return TransactionEvent(phase, "our-id", 0, NOON, Trigger.AUTHORIZED, 1, 1, 0.0, token=CARD)


STARTED, UPDATED, ENDED = map(transaction, TxPhase)
SECURITY = SecurityEvent("StartupOfTheDevice", NOON)
VALUES = MeterValues(1, MeterSample(NOON, ()))
EVENTS = (
    *(BOOT, STATUS, STARTED, UPDATED, ENDED, SECURITY, VALUES, Heartbeat(), AskToken(CARD)),
    *(IdleNotice("FirmwareStatusNotification"), ReportPart(1, 0, False, NOON, ())),
)
INFO = {"status": "Expired", "expiryDate": "2026-11-22T13:00:00+01:00", "parentIdTag": "FAMILY"}
INFO_MEANT = TokenInfo(TokenStatus.EXPIRED, Token("FAMILY"), NOON)
ACCEPTED = TokenInfo(TokenStatus.ACCEPTED)

# event, action, CALLRESULT, command
GOLDEN: list[Any] = [
    (BOOT, "BootNotification", BOOT_ACCEPTED, BootAnswered(Registration.ACCEPTED, 300, NOON)),
    (
        BOOT,
        "BootNotification",
        BOOT_ACCEPTED | {"status": "Pending", "interval": -1},
        BootAnswered(Registration.PENDING, 0, NOON),
    ),
    (Heartbeat(), "Heartbeat", {"currentTime": "2026-11-22T12:00:00"}, HeartbeatAnswered(NOON)),
    (AskToken(CARD), "Authorize", {"idTagInfo": INFO}, AuthorizeAnswered(CARD, INFO_MEANT)),
    (
        AskToken(CARD),
        "Authorize",
        {"idTagInfo": {"status": "Accepted", "parentIdTag": ""}},
        AuthorizeAnswered(CARD, ACCEPTED),
    ),
    (
        STARTED,
        "StartTransaction",
        {"transactionId": 0, "idTagInfo": {"status": "Accepted"}},
        EventDelivered(7, STARTED, 0, ACCEPTED),
    ),
    (
        STARTED,
        "StartTransaction",
        {"transactionId": -5, "idTagInfo": INFO},
        EventDelivered(7, STARTED, -5, INFO_MEANT),
    ),
    (UPDATED, "MeterValues", {}, EventDelivered(7, UPDATED)),
    (ENDED, "StopTransaction", {}, EventDelivered(7, ENDED)),
    (ENDED, "StopTransaction", {"idTagInfo": INFO}, EventDelivered(7, ENDED, info=INFO_MEANT)),
    (SECURITY, "SecurityEventNotification", {}, EventDelivered(7, SECURITY)),
    (STATUS, "StatusNotification", {}, StatusTold(STATUS)),
    (VALUES, "MeterValues", {}, None),
    (IdleNotice("FirmwareStatusNotification"), "FirmwareStatusNotification", {}, None),
]


@pytest.mark.requirement("1.6 6.2", "1.6 6.4", "1.6 6.30", "1.6 6.46", "1.6 6.50", "1.6 7.27")
@pytest.mark.requirement("1.6 E3.54")
@pytest.mark.parametrize(("event", "action", "result", "command"), GOLDEN)
def test_an_answer_becomes_a_command(adapter, conforms, event, action, result, command):
    conforms(f"{action}Response", result)

    assert adapter.heard(event, result, 7) == command


@pytest.mark.parametrize("word", ["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"])
@pytest.mark.requirement("1.6 7.2")
def test_every_authorization_status_is_understood(adapter, word):
    answered = adapter.heard(AskToken(CARD), {"idTagInfo": {"status": word}}, 0)

    assert answered.info.status == TokenStatus(word)


def test_null_is_as_good_as_absent_in_an_answer(adapter):
    info = {"status": "Accepted", "parentIdTag": None, "expiryDate": None}

    assert adapter.heard(AskToken(CARD), {"idTagInfo": info}, 0).info == ACCEPTED
    assert adapter.heard(ENDED, {"idTagInfo": None}, 7).info is None


@pytest.mark.requirement("1.6 3.7.1")
@pytest.mark.parametrize(
    ("event", "result", "code"),
    [
        (BOOT, {}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"status": "None"}, ErrorCode.PROPERTY_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"interval": "300"}, ErrorCode.TYPE_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"interval": True}, ErrorCode.TYPE_CONSTRAINT),
        (BOOT, BOOT_ACCEPTED | {"currentTime": "now"}, ErrorCode.PROPERTY_CONSTRAINT),
        (Heartbeat(), {"currentTime": 0}, ErrorCode.TYPE_CONSTRAINT),
        (AskToken(CARD), {"idTagInfo": "Accepted"}, ErrorCode.TYPE_CONSTRAINT),
        (AskToken(CARD), {"idTagInfo": {}}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (AskToken(CARD), {"idTagInfo": {"status": "Maybe"}}, ErrorCode.PROPERTY_CONSTRAINT),
        (STARTED, {"transactionId": 1}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (STARTED, {"idTagInfo": {"status": "Accepted"}}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (ENDED, {"idTagInfo": [1]}, ErrorCode.TYPE_CONSTRAINT),
    ],
)
def test_an_answer_that_lacks_what_we_need_is_a_failure_to_process(adapter, event, result, code):
    with pytest.raises(WireError) as failed:
        adapter.heard(event, result, 7)

    assert failed.value.code is code


FIELDS = ("status", "currentTime", "interval", "idTagInfo", "transactionId", "parentIdTag")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["Accepted"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from((*FIELDS, "expiryDate")), inner, max_size=7)
    ),
    max_leaves=12,
)


@given(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_no_answer_whatever_breaks_the_adapter(event, result):
    with suppress(WireError):
        Adapter16().heard(event, result, 7)


@pytest.mark.parametrize(
    ("event", "command"),
    [
        (BOOT, BootAnswered(None)),
        (AskToken(CARD), AuthorizeAnswered(CARD, None)),
        (Heartbeat(), None),
        (STATUS, None),
        (VALUES, None),
    ],
)
def test_silence_is_told_to_those_who_wait(adapter, event, command):
    assert adapter.unheard(event) == command
