"""The security extension's certificates and its trigger, payloads in and out."""

from __future__ import annotations

import pytest

from chargepoint.core import messages as m
from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Outcome, Reply
from chargepoint.core.words import CertificateHash, CertificateUse
from chargepoint.errors import WireError

CSMS, MAKER = CertificateUse.CSMS_ROOT, CertificateUse.MANUFACTURER_ROOT
NAME = CertificateHash("SHA256", "aa", "bb", "1f")
HASH = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb"} | {
    "serialNumber": "1f"
}
ASKED = [
    (
        "InstallCertificate",
        {"certificateType": "CentralSystemRootCertificate", "certificate": "PEM"},
        m.InstallCertificate(CSMS, "PEM"),
    ),
    (
        "InstallCertificate",
        {"certificateType": "ManufacturerRootCertificate", "certificate": "PEM"},
        m.InstallCertificate(MAKER, "PEM"),
    ),
    ("DeleteCertificate", {"certificateHashData": HASH}, m.DeleteCertificate(NAME)),
    (
        "GetInstalledCertificateIds",
        {"certificateType": "CentralSystemRootCertificate"},
        m.GetCertificates((CSMS,)),
    ),
    ("CertificateSigned", {"certificateChain": "PEM"}, m.CertificateSigned("PEM")),
    (
        "ExtendedTriggerMessage",
        {"requestedMessage": "SignChargePointCertificate"},
        m.TriggerMessage("SignChargingStationCertificate", extended=True),
    ),
    (
        "ExtendedTriggerMessage",
        {"requestedMessage": "FirmwareStatusNotification"},
        m.TriggerMessage("SignedFirmwareStatusNotification", extended=True),
    ),
    (
        "ExtendedTriggerMessage",
        {"requestedMessage": "MeterValues", "connectorId": 1},
        m.TriggerMessage("MeterValues", 1, 1, True),
    ),
]
ANSWERED = [
    ("InstallCertificate", Reply(Outcome.ACCEPTED), "Accepted"),
    ("InstallCertificate", Reply(Outcome.REJECTED), "Rejected"),
    ("DeleteCertificate", Reply(Outcome.ACCEPTED), "Accepted"),
    ("DeleteCertificate", Reply(Outcome.UNKNOWN), "NotFound"),
    ("DeleteCertificate", Reply(Outcome.REJECTED), "Failed"),
    ("CertificateSigned", Reply(Outcome.ACCEPTED), "Accepted"),
    ("CertificateSigned", Reply(Outcome.REJECTED), "Rejected"),
    ("GetInstalledCertificateIds", m.CertificatesReply(Outcome.UNKNOWN), "NotFound"),
    ("ExtendedTriggerMessage", Reply(Outcome.ACCEPTED), "Accepted"),
    ("ExtendedTriggerMessage", Reply(Outcome.UNSUPPORTED), "NotImplemented"),
]
PLAIN = {action: payload for action, payload, _ in reversed(ASKED)}


@pytest.mark.requirement("1.6 security M03", "1.6 security M04", "1.6 security M05")
@pytest.mark.parametrize(("action", "payload", "command"), ASKED)
def test_a_call_becomes_a_command(adapter, station, conforms, action, payload, command):
    conforms(action, payload)
    fake = station(Reply(Outcome.REJECTED))
    adapter.answer(action, payload, fake.handle)
    assert fake.commands == [command]


@pytest.mark.requirement("1.6 security A02", "1.6 security M04")
@pytest.mark.parametrize(("action", "reply", "status"), ANSWERED)
def test_a_reply_becomes_an_answer(adapter, station, conforms, action, reply, status):
    answer = adapter.answer(action, PLAIN[action], station(reply).handle)
    assert answer == {"status": status}
    conforms(f"{action}Response", answer)


@pytest.mark.requirement("1.6 security M03")
def test_the_installed_certificates_are_named_by_their_hashes(adapter, station, conforms):
    reply = m.CertificatesReply(Outcome.ACCEPTED, found=((CSMS, NAME),))
    answer = adapter.answer(
        "GetInstalledCertificateIds", PLAIN["GetInstalledCertificateIds"], station(reply).handle
    )
    assert answer == {"status": "Accepted", "certificateHashData": [HASH]}
    conforms("GetInstalledCertificateIdsResponse", answer)


def test_a_use_of_201_is_none_of_16(adapter, station):
    payload = {"certificateType": "V2GRootCertificate", "certificate": "PEM"}
    with pytest.raises(WireError):
        adapter.answer("InstallCertificate", payload, station(Reply(Outcome.ACCEPTED)).handle)


@pytest.mark.requirement("1.6 security A02")
def test_a_signing_request_is_told_and_its_answer_heard(adapter, conforms):
    event = m.SignRequest("CSR")
    call = adapter.call(event, StationIdentity(), None)

    assert (call.action, call.payload) == ("SignCertificate", {"csr": "CSR"})
    conforms("SignCertificate", call.payload)
    assert adapter.heard(event, {"status": "Accepted"}, 0) == m.SignAnswered(True)
    assert adapter.heard(event, {"status": "Rejected"}, 0) == m.SignAnswered(False)
    assert adapter.unheard(event) == m.SignAnswered(None)
