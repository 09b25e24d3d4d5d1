"""Which certificates may vouch for firmware: L01, A00.FR.501 to .512."""

from __future__ import annotations

import pytest
from authority import Authority
from core.driver import NOON
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from chargepoint.core.x509 import flaw_of_signer


def usage(signs: bool) -> x509.KeyUsage:
    """Return what a key may be used for: to sign, or to encrypt."""
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


GARBAGE = x509.UnrecognizedExtension(x509.KeyUsage.oid, b"garbage")


@pytest.mark.requirement("L01.FR.12", "A00.FR.501", "A00.FR.512")
@pytest.mark.parametrize(
    ("given", "flaw"),
    [
        ({}, ""),
        ({"key": rsa.generate_private_key(65537, 2048)}, ""),
        ({"key": ed25519.Ed25519PrivateKey.generate()}, "not for RSA-PSS or ECDSA"),
        ({"key": ec.generate_private_key(ec.SECP192R1())}, "its key is too short"),
        ({"extras": (usage(signs=True),)}, ""),
        ({"extras": (usage(signs=False),)}, "not for signatures"),
        ({"extras": (GARBAGE,)}, "its extensions cannot be read"),
    ],
)
def test_who_may_vouch(maker, given, flaw):
    signer = Authority("Firmware", above=maker, ca=None, **given)
    assert flaw_of_signer(signer.pem, [maker.pem], NOON) == flaw


def test_the_maker_may_sign_himself(maker):
    assert flaw_of_signer(maker.pem, [maker.pem], NOON) == ""


@pytest.mark.requirement("L01.FR.12")
def test_there_is_nobody_between_the_maker_and_who_vouches(maker):
    between = Authority("Between", above=maker)
    signer = Authority("Firmware", above=between, ca=None)
    assert flaw_of_signer(signer.pem, [maker.pem], NOON)
    assert flaw_of_signer(signer.pem + between.pem, [maker.pem], NOON)
