"""Whether a file is what its maker signed.

Source: L01.FR.04 of 2.0.1 and of the 1.6 security extension (over the whole file, SHA-256),
A00.FR.505 (RSA-PSS or ECDSA).
"""

from __future__ import annotations

from base64 import b64decode

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_pem_x509_certificate


def is_genuine(sha256: bytes, certificate_pem: str, signature: str) -> bool:
    """Return whether the Base64 *signature* of the file with this *sha256* was made with the
    key of the certificate; False for whatever cannot be read."""
    hashed = Prehashed(SHA256())
    try:
        signed = b64decode("".join(signature.split()), validate=True)
        key = load_pem_x509_certificate(certificate_pem.encode()).public_key()
        if isinstance(key, RSAPublicKey):
            key.verify(signed, sha256, PSS(MGF1(SHA256()), PSS.AUTO), hashed)
            return True
        if isinstance(key, EllipticCurvePublicKey):
            key.verify(signed, sha256, ECDSA(hashed))
            return True
    except (InvalidSignature, ValueError):
        return False
    return False
