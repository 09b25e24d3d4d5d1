"""The security extension: certificates and the extended trigger. Pure.

Source: security white paper edition 3, sections 4 and 5: A02, A03, M03 to M05.
"""

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
from chargepoint.protocol.fields import meaning, required
from chargepoint.protocol.hashes import certificate_hash, hash_payload
from chargepoint.protocol.v16.remote_trigger import TRIGGER_STATUS, trigger
from chargepoint.protocol.v16.route import Route, Telling, status

USES: Mapping[str, CertificateUse] = {
    "CentralSystemRootCertificate": CertificateUse.CSMS_ROOT,
    "ManufacturerRootCertificate": CertificateUse.MANUFACTURER_ROOT,
}


# Section 6.12: what it asks for under another name than the plain TriggerMessage.
TRIGGERS: Mapping[str, str] = {
    "FirmwareStatusNotification": "SignedFirmwareStatusNotification",
    "LogStatusNotification": "LogStatusNotification",
    "SignChargePointCertificate": "SignChargingStationCertificate",
}


def _trigger(payload: Payload) -> Command:
    """ExtendedTriggerMessage.req, section 4.3: as TriggerMessage, with more to ask for."""
    word = payload["requestedMessage"]
    return trigger(TRIGGERS.get(word, word), payload, extended=True)


def _install(payload: Payload) -> Command:
    """InstallCertificate.req, M05."""
    use = meaning(USES, payload["certificateType"], "certificateType")
    return InstallCertificate(use, payload["certificate"])


def _delete(payload: Payload) -> Command:
    """DeleteCertificate.req, M04."""
    return DeleteCertificate(certificate_hash(payload["certificateHashData"]))


def _listed(payload: Payload) -> Command:
    """GetInstalledCertificateIds.req, M03."""
    return GetCertificates((meaning(USES, payload["certificateType"], "certificateType"),))


_LISTED_STATUS = status({Outcome.ACCEPTED: "Accepted"}, otherwise="NotFound")


def _list(reply: Reply) -> Payload:
    """GetInstalledCertificateIds.conf, M03.FR.02 to .04."""
    found = reply.found if isinstance(reply, CertificatesReply) else ()
    names = [hash_payload(name) for _, name in found]
    return _LISTED_STATUS(reply) | ({"certificateHashData": names} if names else {})


def _signed(payload: Payload) -> Command:
    """CertificateSigned.req, A02."""
    return CertificateSigned(payload["certificateChain"])


def _sign(event: SignRequest, _: StationIdentity, __: int | None) -> Call:
    """SignCertificate.req, A02.FR.03."""
    return Call("SignCertificate", {"csr": event.request_pem})


def _sign_answered(event: SignRequest, payload: Payload, _: int) -> SignAnswered:
    return SignAnswered(required(payload, "status", str) == "Accepted")


_ACCEPTED = {Outcome.ACCEPTED: "Accepted"}

ROUTES: Mapping[str, Route] = {
    "CertificateSigned": Route(_signed, status(_ACCEPTED, otherwise="Rejected")),
    "ExtendedTriggerMessage": Route(_trigger, TRIGGER_STATUS),
    "DeleteCertificate": Route(
        _delete, status({**_ACCEPTED, Outcome.UNKNOWN: "NotFound"}, otherwise="Failed")
    ),
    "GetInstalledCertificateIds": Route(_listed, _list),
    "InstallCertificate": Route(
        _install, status({**_ACCEPTED, Outcome.FAILED: "Failed"}, otherwise="Rejected")
    ),
}
TELLINGS: Mapping[type, Telling] = {
    SignRequest: Telling(_sign, _sign_answered, lambda _: SignAnswered(None)),
}
