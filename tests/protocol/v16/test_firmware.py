"""Firmware updates of 1.6, plain and signed, payloads in and out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargepoint.core import messages as m
from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Outcome, Reply
from chargepoint.core.words import FirmwareStatus
from chargepoint.errors import ErrorCode, WireError

PLAIN, SIGNED = "FirmwareStatusNotification", "SignedFirmwareStatusNotification"
NOON = datetime(2030, 6, 1, 12, 0, tzinfo=UTC)
FIRMWARE = {
    "location": "https://files/new.bin",
    "retrieveDateTime": "2030-06-01T12:00:00Z",
    "signingCertificate": "PEM",
    "signature": "c2ln",
}
ORDER = m.UpdateFirmware(
    "https://files/new.bin", NOON, request_id=7, certificate_pem="PEM", signature="c2ln"
)
ASKED = [
    (
        "UpdateFirmware",
        {"location": "ftp://files/new.bin", "retrieveDate": "2030-06-01T12:00:00Z"},
        m.UpdateFirmware("ftp://files/new.bin", NOON),
    ),
    (
        "UpdateFirmware",
        {
            "location": "ftp://files/new.bin",
            "retrieveDate": "2030-06-01T14:00:00+02:00",
            "retries": 2,
            "retryInterval": 30,
        },
        m.UpdateFirmware("ftp://files/new.bin", NOON, retries=2, retry_interval_s=30),
    ),
    ("SignedUpdateFirmware", {"requestId": 7, "firmware": FIRMWARE}, ORDER),
    (
        "SignedUpdateFirmware",
        {
            "requestId": 7,
            "retries": 1,
            "retryInterval": 5,
            "firmware": FIRMWARE | {"installDateTime": "2030-06-01T12:00:00Z"},
        },
        m.UpdateFirmware(
            "https://files/new.bin", NOON, NOON, 1, 5, 7, certificate_pem="PEM", signature="c2ln"
        ),
    ),
]


@pytest.mark.parametrize(("action", "payload", "command"), ASKED)
@pytest.mark.requirement("1.6 6.55", "1.6 security L01.FR.20")
def test_orders(adapter, station, conforms, action, payload, command):
    conforms(action, payload)
    asked = station(Reply(Outcome.ACCEPTED))
    answer = adapter.answer(action, payload, asked.handle)

    assert asked.commands == [command]
    assert answer == ({} if action == "UpdateFirmware" else {"status": "Accepted"})
    conforms(f"{action}Response", answer)


def test_an_order_with_empty_proofs_is_still_a_signed_one(adapter, station):
    asked = station(Reply(Outcome.INVALID_CERTIFICATE))
    firmware = FIRMWARE | {"signingCertificate": "", "signature": ""}
    adapter.answer("SignedUpdateFirmware", {"requestId": 1, "firmware": firmware}, asked.handle)
    assert asked.commands[0].signed


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        (Outcome.ACCEPTED, "Accepted"),
        (Outcome.ACCEPTED_CANCELED, "AcceptedCanceled"),
        (Outcome.INVALID_CERTIFICATE, "InvalidCertificate"),
        (Outcome.REJECTED, "Rejected"),
        (Outcome.UNSUPPORTED, "Rejected"),
    ],
)
@pytest.mark.requirement(
    "1.6 security L01.FR.24", "1.6 security L01.FR.26", "1.6 security L01.FR.27"
)
def test_a_signed_order_is_answered_by_its_status(adapter, station, conforms, outcome, status):
    payload = {"requestId": 7, "firmware": FIRMWARE}
    answer = adapter.answer("SignedUpdateFirmware", payload, station(Reply(outcome)).handle)
    assert answer == {"status": status}
    conforms("SignedUpdateFirmwareResponse", answer)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [(Outcome.UNSUPPORTED, ErrorCode.NOT_SUPPORTED), (Outcome.REJECTED, ErrorCode.GENERIC_ERROR)],
)
@pytest.mark.requirement("1.6 security L01.FR.20")
def test_a_plain_order_is_refused_by_an_error(adapter, station, outcome, code):
    payload = ASKED[0][1]
    with pytest.raises(WireError) as refused:
        adapter.answer("UpdateFirmware", payload, station(Reply(outcome)).handle)
    assert refused.value.code is code


@pytest.mark.parametrize("status", FirmwareStatus)
@pytest.mark.requirement(
    "1.6 4.5",
    "1.6 7.25",
    "1.6 security L01.FR.01",
    "1.6 security L01.FR.10",
    "1.6 security L01.FR.21",
)
def test_each_kind_of_update_is_told_in_its_own_words(adapter, conforms, status):
    signed = adapter.call(m.FirmwareProgress(status, 7, True), StationIdentity(), None)
    assert (signed.action, signed.payload) == (SIGNED, {"status": status.value, "requestId": 7})
    conforms(SIGNED, signed.payload)

    plain = adapter.call(m.FirmwareProgress(status, None, False), StationIdentity(), None)
    if plain is None:
        assert status.value not in PLAIN_WORDS
    else:
        assert plain.action == PLAIN
        conforms(PLAIN, plain.payload)


PLAIN_WORDS = {
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "InstallationFailed",
    "Installing",
    "Installed",
}


@pytest.mark.parametrize("status", FirmwareStatus)
@pytest.mark.requirement("1.6 5.17", "1.6 security L01.FR.29")
def test_who_asks_is_told_something_whatever_the_status(adapter, conforms, status):
    for message, request_id in ((PLAIN, None), (SIGNED, 7), (SIGNED, None)):
        asked = m.FirmwareAsked(message, status, request_id)
        call = adapter.call(asked, StationIdentity(), None)
        assert call.action == message
        conforms(message, call.payload)
