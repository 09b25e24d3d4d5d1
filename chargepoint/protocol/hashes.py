"""CertificateHashDataType, the same in both versions. Pure."""

from __future__ import annotations

from chargepoint.core.words import CertificateHash
from chargepoint.protocol.adapter import Payload


def certificate_hash(payload: Payload) -> CertificateHash:
    """Return the certificate's name that *payload* is."""
    return CertificateHash(
        payload["hashAlgorithm"],
        payload["issuerNameHash"],
        payload["issuerKeyHash"],
        payload["serialNumber"],
    )


def hash_payload(name: CertificateHash) -> Payload:
    """Return *name* in the wire's words."""
    return {
        "hashAlgorithm": name.algorithm,
        "issuerNameHash": name.issuer_name,
        "issuerKeyHash": name.issuer_key,
        "serialNumber": name.serial,
    }
