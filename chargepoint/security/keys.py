"""Our own keys: made here, signed elsewhere, never shown. The private half stays on this disk."""

from __future__ import annotations

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from chargepoint.core.values import dataclass
from chargepoint.errors import SettingsError


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new private key, and the request to have its public half signed; both PEM."""

    key: str
    request: str

    def __repr__(self) -> str:
        return "KeyPair(...)"


def new_key_pair(common_name: str, organization: str) -> KeyPair:
    """Return a new key on P-256 and its signing request (PKCS#10).

    Source: A02.FR.02, .03, A00.FR.503, .509, .511; white paper A02.FR.13.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    names = ((NameOID.COMMON_NAME, common_name), (NameOID.ORGANIZATION_NAME, organization))
    subject = x509.Name([x509.NameAttribute(oid, name) for oid, name in names])
    request = x509.CertificateSigningRequestBuilder().subject_name(subject)
    return KeyPair(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
        request.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM).decode(),
    )


def plain_key(pem: str, password: str) -> str:
    """Return the private key *pem* without its *password*; raise SettingsError if it is wrong."""
    try:
        key = load_pem_private_key(pem.encode(), password.encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError("tls.client_key: not a private key with this password") from error
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
