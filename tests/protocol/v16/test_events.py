"""Every event of ours: event -> CALL, by the standard's own words and lengths."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    AskToken,
    Boot,
    Heartbeat,
    IdleNotice,
    LimitReleased,
    LogStatus,
    MeterValues,
    ReportPart,
    SecurityEvent,
    StatusChanged,
    TransactionEvent,
    TxPhase,
    UploadStatus,
)
from chargepoint.core.words import (
    NO_AUTHORIZATION,
    BootReason,
    MeterSample,
    SampledValue,
    Status,
    StopReason,
    Token,
    Trigger,
)
from chargepoint.protocol.v16 import Adapter16
from chargepoint.protocol.v16.samples import MEASURANDS, UNITS, decimal_text
from profiles.limits import Origin

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
US = StationIdentity("CP001", "Vendor", "Model", "SN-1", "1.2.3")
CARD, OTHER_CARD = Token("04A1B2C3"), Token("04FFFFFF")
ENERGY = SampledValue(1234.5, "Energy.Active.Import.Register", "Wh")
L1 = SampledValue(15.96, "Current.Import", "A", phase="L1", location="Outlet")
SAMPLE = MeterSample(NOON, (ENERGY, L1))
SAMPLE_TOLD = {
    "timestamp": "2026-11-22T12:00:00Z",
    "sampledValue": [
        {
            "value": "1234.5",
            "context": "Sample.Periodic",
            "measurand": "Energy.Active.Import.Register",
            "location": "Outlet",
            "unit": "Wh",
        },
        {
            "value": "15.96",
            "context": "Sample.Periodic",
            "measurand": "Current.Import",
            "phase": "L1",
            "location": "Outlet",
            "unit": "A",
        },
    ],
}
STARTED = TransactionEvent(
    TxPhase.STARTED, "our-id", 0, NOON, Trigger.AUTHORIZED, 1, 1, 1234.9, token=CARD
)
UPDATED = replace(
    STARTED, phase=TxPhase.UPDATED, trigger=Trigger.METER_VALUE_PERIODIC, samples=(SAMPLE,)
)
ENDED = replace(
    STARTED,
    phase=TxPhase.ENDED,
    trigger=Trigger.STOP_AUTHORIZED,
    meter_wh=2500.0,
    stop_reason=StopReason.LOCAL,
    stop_token=OTHER_CARD,
)
STOPPED = {
    "transactionId": 42,
    "meterStop": 2500,
    "timestamp": "2026-11-22T12:00:00Z",
    "reason": "Local",
}

# event, transactionId, action, payload
GOLDEN: list[Any] = [
    (
        Boot(BootReason.POWER_UP),
        None,
        "BootNotification",
        {
            "chargePointVendor": "Vendor",
            "chargePointModel": "Model",
            "chargePointSerialNumber": "SN-1",
            "firmwareVersion": "1.2.3",
        },
    ),
    (Heartbeat(), None, "Heartbeat", {}),
    (AskToken(CARD), None, "Authorize", {"idTag": "04A1B2C3"}),
    (AskToken(Token("x" * 36)), None, "Authorize", {"idTag": "x" * 20}),
    (
        StatusChanged(1, 1, Status.AUTHORIZED, NOON),
        None,
        "StatusNotification",
        {
            "connectorId": 1,
            "errorCode": "NoError",
            "status": "Preparing",
            "timestamp": "2026-11-22T12:00:00Z",
        },
    ),
    (
        StatusChanged(0, 0, Status.FAULTED, NOON, "OtherError", "i" * 60, "welded" * 10),
        None,
        "StatusNotification",
        {
            "connectorId": 0,
            "errorCode": "OtherError",
            "status": "Faulted",
            "timestamp": "2026-11-22T12:00:00Z",
            "info": "i" * 50,
            "vendorErrorCode": ("welded" * 10)[:50],
            "vendorId": "Vendor",
        },
    ),
    (
        STARTED,
        None,
        "StartTransaction",
        {
            "connectorId": 1,
            "idTag": "04A1B2C3",
            "meterStart": 1234,
            "timestamp": "2026-11-22T12:00:00Z",
        },
    ),
    (
        replace(STARTED, token=None, reservation_id=0),
        None,
        "StartTransaction",
        {
            "connectorId": 1,
            "idTag": "",
            "meterStart": 1234,
            "timestamp": "2026-11-22T12:00:00Z",
            "reservationId": 0,
        },
    ),
    (
        UPDATED,
        42,
        "MeterValues",
        {"connectorId": 1, "transactionId": 42, "meterValue": [SAMPLE_TOLD]},
    ),
    (
        UPDATED,
        None,
        "MeterValues",
        {"connectorId": 1, "transactionId": -1, "meterValue": [SAMPLE_TOLD]},
    ),
    (ENDED, 42, "StopTransaction", STOPPED | {"idTag": "04FFFFFF"}),
    (
        replace(ENDED, stop_token=None, stop_reason=StopReason.TIMEOUT, samples=(SAMPLE,)),
        None,
        "StopTransaction",
        STOPPED
        | {"transactionId": -1, "reason": "EVDisconnected", "transactionData": [SAMPLE_TOLD]},
    ),
    (
        replace(ENDED, stop_token=NO_AUTHORIZATION, stop_reason=None),
        0,
        "StopTransaction",
        STOPPED | {"transactionId": 0},
    ),
    (MeterValues(0, SAMPLE), None, "MeterValues", {"connectorId": 0, "meterValue": [SAMPLE_TOLD]}),
    (
        MeterValues(1, SAMPLE, "our-id"),
        42,
        "MeterValues",
        {"connectorId": 1, "transactionId": 42, "meterValue": [SAMPLE_TOLD]},
    ),
    (
        MeterValues(1, SAMPLE, "our-id"),
        None,
        "MeterValues",
        {"connectorId": 1, "meterValue": [SAMPLE_TOLD]},
    ),
    (
        MeterValues(0, SAMPLE, "our-id"),
        42,
        "MeterValues",
        {"connectorId": 0, "meterValue": [SAMPLE_TOLD]},
    ),
    (
        SecurityEvent("StartupOfTheDevice", NOON),
        None,
        "SecurityEventNotification",
        {"type": "StartupOfTheDevice", "timestamp": "2026-11-22T12:00:00Z"},
    ),
    (
        SecurityEvent("InvalidCsmsCertificate", NOON, "t" * 300),
        None,
        "SecurityEventNotification",
        {
            "type": "InvalidCentralSystemCertificate",
            "timestamp": "2026-11-22T12:00:00Z",
            "techInfo": "t" * 255,
        },
    ),
    (
        LogStatus(UploadStatus.IDLE, diagnostics=True),
        None,
        "DiagnosticsStatusNotification",
        {"status": "Idle"},
    ),
    (
        IdleNotice("FirmwareStatusNotification"),
        None,
        "FirmwareStatusNotification",
        {"status": "Idle"},
    ),
    *[
        (
            LogStatus(status, 7),
            None,
            "LogStatusNotification",
            {"status": status.value, "requestId": 7},
        )
        for status in UploadStatus
        if status is not UploadStatus.ACCEPTED_CANCELED
    ],
    *[
        (
            LogStatus(status, diagnostics=True),
            None,
            "DiagnosticsStatusNotification",
            {"status": word},
        )
        for status, word in (
            (UploadStatus.UPLOADING, "Uploading"),
            (UploadStatus.UPLOADED, "Uploaded"),
            (UploadStatus.UPLOAD_FAILURE, "UploadFailed"),
            (UploadStatus.PERMISSION_DENIED, "UploadFailed"),
        )
    ],
]


@pytest.mark.requirement("1.6 4.1", "1.6 4.2", "1.6 4.4", "1.6 4.5", "1.6 4.6", "1.6 4.7")
@pytest.mark.requirement("1.6 4.8", "1.6 4.9", "1.6 4.10", "1.6 E3.16", "1.6 E3.18", "A04.FR.01")
@pytest.mark.parametrize(("event", "central_id", "action", "payload"), GOLDEN)
def test_an_event_is_told_in_the_words_of_the_standard(
    adapter, conforms, event, central_id, action, payload
):
    told = adapter.call(event, US, central_id)

    assert (told.action, told.payload) == (action, payload)
    conforms(action, told.payload)


NOTHING = MeterSample(NOON, ())
FOREIGN = MeterSample(NOON, (SampledValue(1.0, "Energy.Apparent.Net", "VAh"),))


@pytest.mark.parametrize(
    "event",
    [
        replace(UPDATED, samples=()),
        replace(UPDATED, samples=(NOTHING, FOREIGN)),
        MeterValues(1, NOTHING),
        SecurityEvent("InvalidMessages", NOON, critical=False),
        IdleNotice("TransactionEvent"),
        LogStatus(UploadStatus.ACCEPTED_CANCELED, 7),
        LogStatus(UploadStatus.ACCEPTED_CANCELED, diagnostics=True),
        ReportPart(1, 0, False, NOON, ()),
        LimitReleased(0, Origin.EMS),
    ],
)
def test_what_has_no_words_in_sixteen_is_not_told(adapter, event):
    assert adapter.call(event, US, 42) is None


def test_a_station_without_numbers_leaves_them_out_and_cuts_long_names(adapter, conforms):
    told = adapter.call(Boot(BootReason.UNKNOWN), StationIdentity("", "v" * 30, "m" * 30), None)

    assert told.payload == {"chargePointVendor": "v" * 20, "chargePointModel": "m" * 20}
    conforms("BootNotification", told.payload)


@pytest.mark.requirement("1.6 7.36")
@pytest.mark.parametrize("reason", StopReason)
def test_every_stop_reason_has_a_word(adapter, conforms, reason):
    told = adapter.call(replace(ENDED, stop_reason=reason), US, 1)

    conforms("StopTransaction", told.payload)
    own = {"ImmediateReset": "HardReset", "Timeout": "EVDisconnected"}.get(
        reason.value, reason.value
    )
    assert told.payload["reason"] in (own, "Other")


@pytest.mark.parametrize("status", Status)
def test_every_status_has_a_word(adapter, conforms, status):
    told = adapter.call(StatusChanged(1, 1, status, NOON), US, None)

    conforms("StatusNotification", told.payload)


@pytest.mark.requirement("1.6 E3.86")
def test_hertz_goes_without_a_unit_and_temperature_in_celsius(adapter, conforms):
    values = (
        SampledValue(50.02, "Frequency", "Hz"),
        SampledValue(41.25, "Temperature", "Celsius", location="Body"),
        SampledValue(float("nan"), "Voltage", "V"),
    )

    told = adapter.call(MeterValues(1, MeterSample(NOON, values)), US, None)

    frequency, temperature = told.payload["meterValue"][0]["sampledValue"]
    assert "unit" not in frequency
    assert (temperature["value"], temperature["unit"]) == ("41.25", "Celsius")
    conforms("MeterValues", told.payload)


@pytest.mark.requirement("1.6 7.43")
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_told_with_a_point_and_without_an_exponent(value):
    text = decimal_text(value)

    assert set(text) <= set("-0123456789.")
    assert text != "-0"
    assert float(text) == pytest.approx(value, abs=0.0006)


SAMPLED = st.builds(
    SampledValue,
    value=st.floats(),
    measurand=st.sampled_from(sorted(MEASURANDS)) | st.just("Power.Factor.Foreign"),
    unit=st.sampled_from(sorted(UNITS)) | st.sampled_from(["", "Hz", "VAh"]),
    phase=st.none() | st.sampled_from(["L1", "L2-N", "L3-L1", "N"]),
    location=st.none() | st.sampled_from(["Inlet", "EV"]),
)
SAMPLES = st.builds(MeterSample, st.just(NOON), st.lists(SAMPLED, max_size=4).map(tuple))
TOKENS = st.none() | st.builds(Token, st.text(max_size=36))


@given(
    phase=st.sampled_from(TxPhase),
    samples=st.lists(SAMPLES, max_size=3).map(tuple),
    meter_wh=st.floats(0, 1e9),
    tokens=st.tuples(TOKENS, TOKENS),
    central_id=st.none() | st.integers(),
    reason=st.none() | st.sampled_from(StopReason),
)
def test_any_transaction_event_conforms(
    conforms, phase, samples, meter_wh, tokens, central_id, reason
):
    event = replace(
        STARTED,
        phase=phase,
        samples=samples,
        meter_wh=meter_wh,
        token=tokens[0],
        stop_token=tokens[1],
        stop_reason=reason,
    )

    told = Adapter16().call(event, US, central_id)

    if told is not None:
        conforms(told.action, told.payload)
