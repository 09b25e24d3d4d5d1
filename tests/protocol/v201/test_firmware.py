"""Block L of 2.0.1, payloads in and out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargepoint.core import messages as m
from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Outcome, Reply
from chargepoint.core.words import FirmwareStatus

NOON = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
PLAIN = {"location": "https://files/new.bin", "retrieveDateTime": "2030-06-01T12:00:00Z"}
PROVEN = {"signingCertificate": "PEM", "signature": "c2ln"}
ASKED = [
    (
        {"requestId": 7, "firmware": PLAIN},
        m.UpdateFirmware("https://files/new.bin", NOON, request_id=7),
    ),
    (
        {
            "requestId": 7,
            "retries": 1,
            "retryInterval": 5,
            "firmware": PLAIN | PROVEN | {"installDateTime": "2030-06-01T12:00:00Z"},
        },
        m.UpdateFirmware("https://files/new.bin", NOON, NOON, 1, 5, 7, "PEM", "c2ln"),
    ),
    (
        {"requestId": 7, "firmware": PLAIN | {"signature": "c2ln"}},
        m.UpdateFirmware("https://files/new.bin", NOON, request_id=7, signature="c2ln"),
    ),
]


@pytest.mark.parametrize(("payload", "command"), ASKED)
def test_orders(adapter, station, conforms, payload, command):
    conforms("UpdateFirmwareRequest", payload)
    asked = station(Reply(Outcome.ACCEPTED))
    assert adapter.answer("UpdateFirmware", payload, asked.handle) == {"status": "Accepted"}
    assert asked.commands == [command]


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        (Reply(Outcome.ACCEPTED_CANCELED), {"status": "AcceptedCanceled"}),
        (
            Reply(Outcome.INVALID_CERTIFICATE, "InvalidCertificate", "expired"),
            {
                "status": "InvalidCertificate",
                "statusInfo": {"reasonCode": "InvalidCertificate", "additionalInfo": "expired"},
            },
        ),
        (
            Reply(Outcome.UNSUPPORTED),
            {"status": "Rejected", "statusInfo": {"reasonCode": "UnsupportedRequest"}},
        ),
        (
            Reply(Outcome.REJECTED, "FwUpdateInProgress"),
            {"status": "Rejected", "statusInfo": {"reasonCode": "FwUpdateInProgress"}},
        ),
    ],
)
@pytest.mark.requirement("L01.FR.22", "L01.FR.24", "L01.FR.27")
def test_answers(adapter, station, conforms, reply, answer):
    told = adapter.answer("UpdateFirmware", ASKED[0][0], station(reply).handle)
    assert told == answer
    conforms("UpdateFirmwareResponse", told)


@pytest.mark.parametrize("status", FirmwareStatus)
@pytest.mark.requirement("L01.FR.01", "L01.FR.10", "L01.FR.20", "L02.FR.06", "L02.FR.14")
def test_every_status_is_told_with_the_id_of_its_request(adapter, conforms, status):
    for event in (
        m.FirmwareProgress(status, 0, False),
        m.FirmwareAsked("FirmwareStatusNotification", status, 0),
    ):
        call = adapter.call(event, StationIdentity(), None)
        assert call.action == "FirmwareStatusNotification"
        assert call.payload == {"status": status.value, "requestId": 0}
        conforms("FirmwareStatusNotificationRequest", call.payload)
