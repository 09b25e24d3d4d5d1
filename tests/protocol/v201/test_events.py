"""What the station tells: event -> CALL."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    AskToken,
    Boot,
    Heartbeat,
    IdleNotice,
    LogStatus,
    MeterValues,
    SecurityEvent,
    StatusChanged,
    TransactionEvent,
    TxPhase,
    UploadStatus,
)
from chargepoint.core.words import (
    NO_AUTHORIZATION,
    BootReason,
    ChargingState,
    MeterSample,
    SampledValue,
    Status,
    StopReason,
    Token,
    Trigger,
)
from chargepoint.protocol.v201 import Adapter201
from chargepoint.protocol.v201.transactions import STOP_REASONS

EIGHT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
AT = "2026-03-01T08:00:00Z"
ME = StationIdentity("CP001", "Maker", "Box", "S-1", "1.2.3")
ENERGY = SampledValue(1234.5, "Energy.Active.Import.Register", "Wh", "Transaction.Begin")
VOLTAGE = SampledValue(230.1, "Voltage", "V", "Sample.Clock", "L1-N", "Inlet")
HEAT = SampledValue(41.0, "Temperature", "Celsius", location="Body")
UNKNOWN_POWER = SampledValue(float("nan"), "Power.Active.Import", "W")
SAMPLE = MeterSample(EIGHT, (ENERGY, HEAT, VOLTAGE, UNKNOWN_POWER))
SAMPLE_201 = {
    "timestamp": AT,
    "sampledValue": [
        {
            "value": 1234.5,
            "context": "Transaction.Begin",
            "measurand": "Energy.Active.Import.Register",
            "location": "Outlet",
            "unitOfMeasure": {"unit": "Wh"},
        },
        {
            "value": 230.1,
            "context": "Sample.Clock",
            "measurand": "Voltage",
            "phase": "L1-N",
            "location": "Inlet",
            "unitOfMeasure": {"unit": "V"},
        },
    ],
}
CARD, CARD_201 = Token("04A1B2C3"), {"idToken": "04A1B2C3", "type": "ISO14443"}
APP, APP_201 = Token("app-1", "Central"), {"idToken": "app-1", "type": "Central"}

UPDATED = TransactionEvent(
    TxPhase.UPDATED, "our-id", 3, EIGHT, Trigger.METER_VALUE_PERIODIC, 1, 2, 1234.5, token=CARD
)
UPDATED_201 = {
    "eventType": "Updated",
    "timestamp": AT,
    "triggerReason": "MeterValuePeriodic",
    "seqNo": 3,
    "transactionInfo": {"transactionId": "our-id"},
}

TOLD = [
    (
        Boot(BootReason.REMOTE_RESET),
        "BootNotification",
        {
            "reason": "RemoteReset",
            "chargingStation": {
                "model": "Box",
                "vendorName": "Maker",
                "serialNumber": "S-1",
                "firmwareVersion": "1.2.3",
            },
        },
    ),
    (Heartbeat(), "Heartbeat", {}),
    (AskToken(CARD), "Authorize", {"idToken": CARD_201}),
    (
        StatusChanged(1, 2, Status.SUSPENDED_EV, EIGHT, "HighTemperature", "hot", "42"),
        "StatusNotification",
        {"timestamp": AT, "connectorStatus": "Occupied", "evseId": 1, "connectorId": 2},
    ),
    (MeterValues(0, SAMPLE), "MeterValues", {"evseId": 0, "meterValue": [SAMPLE_201]}),
    (
        SecurityEvent("StartupOfTheDevice", EIGHT, "x" * 300),
        "SecurityEventNotification",
        {"type": "StartupOfTheDevice", "timestamp": AT, "techInfo": "x" * 255},
    ),
    (
        SecurityEvent("SettingSystemTime", EIGHT),
        "SecurityEventNotification",
        {"type": "SettingSystemTime", "timestamp": AT},
    ),
    (LogStatus(UploadStatus.IDLE), "LogStatusNotification", {"status": "Idle"}),
    *[
        (LogStatus(each, 7), "LogStatusNotification", {"status": each.value, "requestId": 7})
        for each in UploadStatus
    ],
    (IdleNotice("FirmwareStatusNotification"), "FirmwareStatusNotification", {"status": "Idle"}),
    (UPDATED, "TransactionEvent", UPDATED_201),
    (
        TransactionEvent(
            TxPhase.STARTED,
            "our-id",
            0,
            EIGHT,
            Trigger.REMOTE_START,
            1,
            2,
            1234.5,
            offline=True,
            token=APP,
            tells_token=True,
            tells_evse=True,
            charging_state=ChargingState.EV_CONNECTED,
            samples=(SAMPLE,),
            remote_start_id=0,
            reservation_id=5,
            phases_used=3,
            cable_a=32.9,
        ),
        "TransactionEvent",
        {
            "eventType": "Started",
            "timestamp": AT,
            "triggerReason": "RemoteStart",
            "seqNo": 0,
            "transactionInfo": {
                "transactionId": "our-id",
                "chargingState": "EVConnected",
                "remoteStartId": 0,
            },
            "offline": True,
            "evse": {"id": 1, "connectorId": 2},
            "idToken": APP_201,
            "meterValue": [SAMPLE_201],
            "numberOfPhasesUsed": 3,
            "cableMaxCurrent": 32,
            "reservationId": 5,
        },
    ),
    (
        replace(
            UPDATED,
            phase=TxPhase.ENDED,
            trigger=Trigger.STOP_AUTHORIZED,
            stop_token=APP,
            stop_reason=StopReason.LOCAL,
            charging_state=ChargingState.IDLE,
        ),
        "TransactionEvent",
        {
            "eventType": "Ended",
            "timestamp": AT,
            "triggerReason": "StopAuthorized",
            "seqNo": 3,
            "transactionInfo": {
                "transactionId": "our-id",
                "chargingState": "Idle",
                "stoppedReason": "Local",
            },
            "idToken": APP_201,
        },
    ),
    (
        replace(UPDATED, token=NO_AUTHORIZATION, tells_token=True),
        "TransactionEvent",
        UPDATED_201 | {"idToken": {"idToken": "", "type": "NoAuthorization"}},
    ),
    (
        replace(UPDATED, tells_evse=True, connector_id=0),
        "TransactionEvent",
        UPDATED_201 | {"evse": {"id": 1}},
    ),
]


@pytest.mark.requirement(
    *("B01.FR.09", "C01.FR.02", "E01.FR.16", "E03.FR.01", "E03.FR.03", "E04.FR.01", "E06.FR.08"),
    *("E07.FR.02", "F01.FR.25", "F06.FR.15", "F06.FR.16", "G01.FR.03", "J01.FR.02", "C02.FR.01"),
)
@pytest.mark.parametrize(("event", "action", "payload"), TOLD)
def test_an_event_becomes_a_call(adapter, conforms, event, action, payload):
    call = adapter.call(event, ME, None)

    assert (call.action, call.payload) == (action, payload)
    conforms(f"{action}Request", call.payload)


@pytest.mark.requirement("B01.FR.05", "A04.FR.01")
@pytest.mark.parametrize(
    "event",
    [
        StatusChanged(0, 0, Status.AVAILABLE, EIGHT),
        StatusChanged(1, 0, Status.AVAILABLE, EIGHT),
        SecurityEvent("InvalidMessages", EIGHT, critical=False),
        MeterValues(1, MeterSample(EIGHT, (HEAT, UNKNOWN_POWER))),
        LogStatus(UploadStatus.UPLOADING, diagnostics=True),
    ],
)
def test_what_2_0_1_has_no_words_for_is_not_told(adapter, event):
    assert adapter.call(event, ME, None) is None


def test_a_station_that_does_not_name_itself_leaves_fields_out(adapter, conforms):
    call = adapter.call(Boot(BootReason.POWER_UP), StationIdentity(vendor="v" * 99), None)

    assert set(call.payload["chargingStation"]) == {"model", "vendorName"}
    conforms("BootNotificationRequest", call.payload)


@pytest.mark.requirement("G01.FR.03", "G01.FR.05")
@pytest.mark.parametrize("status", Status)
def test_every_status_has_its_word(adapter, conforms, status):
    call = adapter.call(StatusChanged(1, 1, status, EIGHT), ME, None)

    conforms("StatusNotificationRequest", call.payload)
    assert call.payload["connectorStatus"] == adapter.dialect.status_words[status]


@pytest.mark.requirement("E06.FR.08", "E06.FR.09")
@pytest.mark.parametrize("reason", StopReason)
def test_every_stop_reason_has_its_word_and_only_at_the_end(adapter, conforms, reason):
    ended = adapter.call(replace(UPDATED, phase=TxPhase.ENDED, stop_reason=reason), ME, None)
    updated = adapter.call(replace(UPDATED, stop_reason=reason), ME, None)

    conforms("TransactionEventRequest", ended.payload)
    assert ended.payload["transactionInfo"]["stoppedReason"] == STOP_REASONS[reason]
    assert "stoppedReason" not in updated.payload["transactionInfo"]


VALUES = st.builds(
    SampledValue,
    value=st.floats(),
    measurand=st.sampled_from(["Voltage", "Current.Import", "Power.Offered", "Temperature"]),
    unit=st.sampled_from(["V", "A", "W"]),
    phase=st.sampled_from([None, "L1", "L2-N"]),
)
EVENTS = st.builds(
    TransactionEvent,
    phase=st.sampled_from(TxPhase),
    transaction_id=st.uuids().map(str),
    seq_no=st.integers(0),
    at=st.datetimes(timezones=st.just(UTC)),
    trigger=st.sampled_from(Trigger),
    evse_id=st.integers(1, 9),
    connector_id=st.integers(0, 9),
    meter_wh=st.floats(0, 1e9),
    offline=st.booleans(),
    token=st.none() | st.builds(Token, st.text(max_size=60)),
    tells_token=st.booleans(),
    tells_evse=st.booleans(),
    stop_token=st.none() | st.builds(Token, st.text(max_size=60)),
    charging_state=st.none() | st.sampled_from(ChargingState),
    stop_reason=st.none() | st.sampled_from(StopReason),
    samples=st.lists(
        st.builds(MeterSample, st.just(EIGHT), st.lists(VALUES, max_size=3).map(tuple)), max_size=3
    ).map(tuple),
    phases_used=st.none() | st.integers(0, 3),
    cable_a=st.none() | st.floats(0, 100),
)


@settings(deadline=None)
@given(EVENTS)
def test_every_transaction_event_conforms(conforms, event):
    call = Adapter201().call(event, ME, None)

    conforms("TransactionEventRequest", call.payload)
    assert ("idToken" in call.payload) == (
        event.stop_token is not None or (event.tells_token and event.token is not None)
    )
    assert ("evse" in call.payload) == event.tells_evse
