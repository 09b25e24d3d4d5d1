"""Certificates: A02, A03 (our own) and M03 to M05 (whom we trust). Pure."""

from __future__ import annotations

from collections.abc import Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    CertificateSigned,
    CertificatesReply,
    Command,
    DeleteCertificate,
    GetCertificates,
    InstallCertificate,
    Outcome,
    Reply,
    SignAnswered,
    SignRequest,
)
from chargepoint.core.words import CertificateUse
from chargepoint.protocol.adapter import Call, Payload
from chargepoint.protocol.fields import required
from chargepoint.protocol.hashes import certificate_hash, hash_payload
from chargepoint.protocol.v201.route import Answer, Telling, one, status

OURS = "ChargingStationCertificate"


def _install(payload: Payload) -> Command:
    """InstallCertificateRequest, M05."""
    return InstallCertificate(CertificateUse(payload["certificateType"]), payload["certificate"])


def _delete(payload: Payload) -> Command:
    """DeleteCertificateRequest, M04."""
    return DeleteCertificate(certificate_hash(payload["certificateHashData"]))


def _listed(payload: Payload) -> Command | Reply:
    """GetInstalledCertificateIdsRequest, M03. We hold no V2G certificate of our own."""
    asked = payload.get("certificateType")
    uses = tuple(use for use in CertificateUse if asked is None or use.value in asked)
    return GetCertificates(uses) if uses else Reply(Outcome.UNKNOWN, "NotFound")


_LISTED_STATUS = status({Outcome.ACCEPTED: "Accepted"}, otherwise="NotFound")


def _list(reply: Reply) -> Payload:
    """GetInstalledCertificateIdsResponse, M03.FR.02 to .04."""
    found = reply.found if isinstance(reply, CertificatesReply) else ()
    chains = [
        {"certificateType": use.value, "certificateHashData": hash_payload(name)}
        for use, name in found
    ]
    return _LISTED_STATUS(reply) | ({"certificateHashDataChain": chains} if chains else {})


def _signed(payload: Payload) -> Command | Reply:
    """CertificateSignedRequest, A02; without a type it is for the connection (A02.FR.13)."""
    if payload.get("certificateType", OURS) != OURS:
        return Reply(Outcome.REJECTED, "UnsupportedRequest", "no certificate for ISO 15118")
    return CertificateSigned(payload["certificateChain"])


def _sign(event: SignRequest, _: StationIdentity) -> Call:
    """SignCertificateRequest, A02.FR.03."""
    return Call("SignCertificate", {"csr": event.request_pem, "certificateType": OURS})


def _sign_answered(event: SignRequest, payload: Payload, _: int) -> SignAnswered:
    return SignAnswered(required(payload, "status", str) == "Accepted")


_ACCEPTED = {Outcome.ACCEPTED: "Accepted"}

ROUTES: Mapping[str, Answer] = {
    "CertificateSigned": one(_signed, status(_ACCEPTED)),
    "DeleteCertificate": one(
        _delete, status({**_ACCEPTED, Outcome.UNKNOWN: "NotFound"}, otherwise="Failed")
    ),
    "GetInstalledCertificateIds": one(_listed, _list),
    "InstallCertificate": one(_install, status({**_ACCEPTED, Outcome.FAILED: "Failed"})),
}
TELLINGS: Mapping[type, Telling] = {
    SignRequest: Telling(_sign, _sign_answered, lambda _: SignAnswered(None)),
}
