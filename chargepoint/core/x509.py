"""What a certificate says, and whether it is any good. Pure: PEM in, facts and flaws out.

A flaw is a sentence for people, "" when there is none; the caller knows the answer for it.

Source: 1.6 security extension and 2.0.1 part 2: A00.FR.501-514 (certificate properties),
CertificateHashDataType, RFC 6960 section 4.1.1 (the hashes), RFC 5280.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    ExtensionNotFound,
    KeyUsage,
    load_pem_x509_certificates,
)
from cryptography.x509.oid import NameOID

from chargepoint.core.words import CertificateHash

BROKEN = (ValueError, UnsupportedAlgorithm)
LEAST_BITS_CURVE = 224  # A00.FR.503
LEAST_BITS = 2048  # A00.FR.502

ALGORITHMS: dict[str, type[hashes.HashAlgorithm]] = {
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}


def certificates(pem: str) -> tuple[Certificate, ...]:
    """Return the certificates in *pem*, in its order; () when it is no PEM or holds none."""
    try:
        return tuple(load_pem_x509_certificates(pem.encode()))
    except BROKEN:
        return ()


def pem_of(certificate: Certificate) -> str:
    """Return the certificate as PEM text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def named(certificate: Certificate) -> str:
    """Return what people call it: its subject."""
    return certificate.subject.rfc4514_string()


def hash_of(
    certificate: Certificate, issuer: Certificate | None = None, algorithm: str = "SHA256"
) -> CertificateHash:
    """Return what names *certificate*; without *issuer* it counts as its own."""
    return CertificateHash(
        algorithm,
        _digest(algorithm, certificate.issuer.public_bytes()),
        _digest(algorithm, _key_bits(issuer or certificate)),
        f"{certificate.serial_number:x}",
    )


def fingerprint(certificate: Certificate) -> str:
    """Return the SHA-256 of the certificate, in hex."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_issued_by(certificate: Certificate, issuer: Certificate) -> bool:
    """Return whether *issuer* has signed *certificate*, by name and by signature."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, TypeError, *BROKEN):
        return False
    return True


def issuer_of(certificate: Certificate, known: Iterable[Certificate]) -> Certificate | None:
    """Return the one of *known* that has signed *certificate*, None when none has."""
    return next((each for each in known if is_issued_by(certificate, each)), None)


def reaches(chain: Sequence[Certificate], roots: Sequence[Certificate]) -> bool:
    """Return whether *chain*, leaf first, each signed by the next, ends under one of *roots*."""
    if not all(is_issued_by(lower, upper) for lower, upper in pairwise(chain)):
        return False
    return chain[-1] in roots or issuer_of(chain[-1], roots) is not None


def flaw(certificate: Certificate, at: datetime) -> str:
    """Return what is wrong with any certificate: its time, and the strength of its key."""
    if at > certificate.not_valid_after_utc:
        return f"expired on {certificate.not_valid_after_utc:%Y-%m-%d}"
    if at < certificate.not_valid_before_utc:
        return f"not valid before {certificate.not_valid_before_utc:%Y-%m-%d %H:%M} UTC"
    return _weakness(certificate)


def flaw_of_root(certificate: Certificate, at: datetime) -> str:
    """Return what is wrong with a certificate that others shall be judged by."""
    try:
        constraints = certificate.extensions.get_extension_for_class(BasicConstraints).value
    except ExtensionNotFound:
        return "not of an authority: it has no basic constraints"
    except BROKEN:
        return "its extensions cannot be read"
    return flaw(certificate, at) if constraints.ca else "not of an authority"


def flaw_of_ours(certificate: Certificate, key_pem: str, names: tuple[str, str]) -> str:
    """Return what is wrong with a certificate for us: key, serial number (CN), operator (O).

    Source: A00.FR.509, .511.
    """
    if not fits(certificate, key_pem):
        return "not for the key that was sent to be signed"
    for oid, word, wanted in zip(
        (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME), ("CN", "O"), names, strict=True
    ):
        found = [str(each.value) for each in certificate.subject.get_attributes_for_oid(oid)]
        if wanted not in found:
            return f"its {word} is {', '.join(found) or 'missing'}, not {wanted}"
    return ""


def flaw_of_signer(pem: str, root_pems: Iterable[str], at: datetime) -> str:
    """Return what is wrong with a certificate that vouches for firmware: it is one alone,
    signed by one of the manufacturer's roots, and may sign.

    Source: L01 (no intermediate certificates), L01.FR.12, A00.FR.512.
    """
    found = certificates(pem)
    if len(found) != 1:
        return "not one certificate in PEM"
    (certificate,) = found
    known = [root for each in root_pems for root in certificates(each) if not flaw(root, at)]
    if not reaches(found, known):
        return "not signed by a manufacturer that is trusted"
    if not isinstance(certificate.public_key(), rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        return "not for RSA-PSS or ECDSA"
    try:
        usage = certificate.extensions.get_extension_for_class(KeyUsage).value
    except ExtensionNotFound:
        return flaw(certificate, at)
    except BROKEN:
        return "its extensions cannot be read"
    return flaw(certificate, at) if usage.digital_signature else "not for signatures"


def fits(certificate: Certificate, key_pem: str) -> bool:
    """Return whether *key_pem* is the private key of *certificate*."""
    ours = load_pem_private_key(key_pem.encode(), None).public_key()
    return ours.public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    ) == certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _weakness(certificate: Certificate) -> str:
    key = certificate.public_key()
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey):
        weak = key.key_size < LEAST_BITS
    else:
        weak = isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < LEAST_BITS_CURVE
    return "its key is too short" if weak else ""


def _digest(algorithm: str, content: bytes) -> str:
    digest = hashes.Hash(ALGORITHMS[algorithm]())
    digest.update(content)
    return digest.finalize().hex()


def _key_bits(certificate: Certificate) -> bytes:
    """Return the public key as RFC 6960 hashes it: the bits alone, without their algorithm."""
    described = certificate.public_key().public_bytes(
        Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    )
    inner, _ = _opened(described)
    _, bit_string = _opened(inner)
    bits, _ = _opened(bit_string)
    return bits[1:]  # the first byte counts unused bits: none


def _opened(der: bytes) -> tuple[bytes, bytes]:
    """Return what the first element of *der* holds, and what follows it."""
    length, start = der[1], 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(der[2:start])
    return der[start : start + length], der[start + length :]
