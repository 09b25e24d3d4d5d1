"""Certificates, payloads in and out."""

from __future__ import annotations

import pytest

from chargepoint.core import messages as m
from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Outcome, Reply
from chargepoint.core.words import CertificateHash, CertificateUse

NAME = CertificateHash("SHA384", "aa", "bb", "1f")
HASH = {"hashAlgorithm": "SHA384", "issuerNameHash": "aa", "issuerKeyHash": "bb"} | {
    "serialNumber": "1f"
}
ASKED = [
    *(
        (
            "InstallCertificate",
            {"certificateType": use.value, "certificate": "PEM"},
            m.InstallCertificate(use, "PEM"),
        )
        for use in CertificateUse
    ),
    ("DeleteCertificate", {"certificateHashData": HASH}, m.DeleteCertificate(NAME)),
    ("GetInstalledCertificateIds", {}, m.GetCertificates(tuple(CertificateUse))),
    (
        "GetInstalledCertificateIds",
        {"certificateType": ["CSMSRootCertificate", "V2GCertificateChain"]},
        m.GetCertificates((CertificateUse.CSMS_ROOT,)),
    ),
    ("CertificateSigned", {"certificateChain": "PEM"}, m.CertificateSigned("PEM")),
    (
        "CertificateSigned",
        {"certificateChain": "PEM", "certificateType": "ChargingStationCertificate"},
        m.CertificateSigned("PEM"),
    ),
]
ANSWERED = [
    ("InstallCertificate", Reply(Outcome.ACCEPTED), "Accepted"),
    ("InstallCertificate", Reply(Outcome.REJECTED, "OutOfStorage"), "Rejected"),
    ("DeleteCertificate", Reply(Outcome.ACCEPTED), "Accepted"),
    ("DeleteCertificate", Reply(Outcome.UNKNOWN), "NotFound"),
    ("DeleteCertificate", Reply(Outcome.REJECTED), "Failed"),
    ("CertificateSigned", Reply(Outcome.ACCEPTED), "Accepted"),
    ("CertificateSigned", Reply(Outcome.REJECTED), "Rejected"),
    ("GetInstalledCertificateIds", m.CertificatesReply(Outcome.UNKNOWN), "NotFound"),
]
PLAIN = {action: payload for action, payload, _ in ASKED}


@pytest.mark.requirement("M03.FR.01", "M04.FR.01", "M05.FR.01")
@pytest.mark.parametrize(("action", "payload", "command"), ASKED)
def test_a_call_becomes_a_command(adapter, station, conforms, action, payload, command):
    conforms(f"{action}Request", payload)
    fake = station(Reply(Outcome.REJECTED))
    adapter.answer(action, payload, fake.handle)
    assert fake.commands == [command]


@pytest.mark.requirement("M04.FR.02", "M04.FR.03", "M04.FR.04", "M05.FR.02", "M05.FR.07")
@pytest.mark.parametrize(("action", "reply", "status"), ANSWERED)
def test_a_reply_becomes_an_answer(adapter, station, conforms, action, reply, status):
    answer = adapter.answer(action, PLAIN[action], station(reply).handle)
    assert answer["status"] == status
    conforms(f"{action}Response", answer)


@pytest.mark.requirement("M03.FR.04")
def test_the_installed_certificates_are_named_by_their_hashes(adapter, station, conforms):
    found = ((CertificateUse.MO_ROOT, NAME),)
    reply = m.CertificatesReply(Outcome.ACCEPTED, found=found)
    answer = adapter.answer("GetInstalledCertificateIds", {}, station(reply).handle)
    assert answer == {
        "status": "Accepted",
        "certificateHashDataChain": [
            {"certificateType": "MORootCertificate", "certificateHashData": HASH}
        ],
    }
    conforms("GetInstalledCertificateIdsResponse", answer)


@pytest.mark.requirement("M03.FR.02")
def test_there_is_no_chain_of_ours_for_iso_15118(adapter, station):
    fake = station(Reply(Outcome.ACCEPTED))
    asked = {"certificateType": ["V2GCertificateChain"]}
    assert adapter.answer("GetInstalledCertificateIds", asked, fake.handle)["status"] == "NotFound"

    signed = {"certificateChain": "PEM", "certificateType": "V2GCertificate"}
    assert adapter.answer("CertificateSigned", signed, fake.handle)["status"] == "Rejected"
    assert fake.commands == []


@pytest.mark.requirement("A02.FR.03", "A02.FR.13")
def test_a_signing_request_is_told_and_its_answer_heard(adapter, conforms):
    event = m.SignRequest("CSR")
    call = adapter.call(event, StationIdentity(), None)

    assert call.action == "SignCertificate"
    assert call.payload == {"csr": "CSR", "certificateType": "ChargingStationCertificate"}
    conforms("SignCertificateRequest", call.payload)
    assert adapter.heard(event, {"status": "Accepted"}, 0) == m.SignAnswered(True)
    assert adapter.heard(event, {"status": "Rejected"}, 0) == m.SignAnswered(False)
    assert adapter.unheard(event) == m.SignAnswered(None)
