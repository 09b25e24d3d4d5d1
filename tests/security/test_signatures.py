"""Whether a file is what its maker signed."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

import pytest
from authority import Authority
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from chargepoint.security.signatures import is_genuine

FILE = b"new firmware"
DIGEST = sha256(FILE).digest()
RSA, EC = rsa.generate_private_key(65537, 2048), ec.generate_private_key(ec.SECP256R1())
PEMS = {key: Authority("Firmware", key=key, ca=None).pem for key in (RSA, EC)}


def pss(salt: int) -> padding.PSS:
    return padding.PSS(padding.MGF1(SHA256()), salt)


def text(signature: bytes) -> str:
    return b64encode(signature).decode()


GOOD = {
    "RSA-PSS, salt as long as the digest": (RSA, text(RSA.sign(FILE, pss(32), SHA256()))),
    "RSA-PSS, longest salt": (RSA, text(RSA.sign(FILE, pss(padding.PSS.MAX_LENGTH), SHA256()))),
    "ECDSA": (EC, text(EC.sign(FILE, ec.ECDSA(SHA256())))),
}
BAD = {
    "another file": (EC, text(EC.sign(b"other", ec.ECDSA(SHA256())))),
    "another key": (RSA, GOOD["ECDSA"][1]),
    "another hash": (EC, text(EC.sign(FILE, ec.ECDSA(SHA384())))),
    "PKCS 1.5": (RSA, text(RSA.sign(FILE, padding.PKCS1v15(), SHA256()))),
    "nothing": (EC, ""),
    "no Base64": (EC, "€%"),
}


@pytest.mark.requirement("L01.FR.04", "1.6 security L01.FR.04")
@pytest.mark.parametrize(("key", "signature"), GOOD.values(), ids=GOOD)
def test_a_good_signature(key, signature):
    assert is_genuine(DIGEST, PEMS[key], signature)
    folded = "\n".join(signature[start : start + 64] for start in range(0, len(signature), 64))
    assert is_genuine(DIGEST, PEMS[key], folded)


@pytest.mark.requirement("L01.FR.04", "1.6 security L01.FR.04")
@pytest.mark.parametrize(("key", "signature"), BAD.values(), ids=BAD)
def test_a_bad_one(key, signature):
    assert not is_genuine(DIGEST, PEMS[key], signature)


def test_what_is_no_certificate_vouches_for_nothing():
    key = ed25519.Ed25519PrivateKey.generate()
    pem = Authority("Firmware", key=key, above=Authority("Maker"), ca=None).pem
    assert not is_genuine(DIGEST, pem, text(key.sign(FILE)))
    assert not is_genuine(DIGEST, "garbage", GOOD["ECDSA"][1])
