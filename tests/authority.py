"""Authorities that sign what they are given, good or bad, in the year that tests live in."""

from __future__ import annotations

from datetime import datetime, timedelta
from ipaddress import ip_address

from core.driver import NOON
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

BROKEN = "broken"


def name(common_name: str, organization: str = "Operator") -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        ]
    )


class Authority:
    """Signs what it is given, good or bad. *above* signs it itself, with *extras* in it."""

    def __init__(
        self,
        common_name: str,
        above: Authority | None = None,
        key: object = None,
        ca: bool | None = True,
        since: datetime = NOON - timedelta(days=365),
        until: datetime = NOON + timedelta(days=3650),
        extras: tuple[x509.ExtensionType, ...] = (),
    ) -> None:
        self.name = name(common_name)
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        signer = above or self
        builder = _builder(self.name, signer.name, self.key.public_key(), since, until)
        if ca is BROKEN:
            garbage = x509.UnrecognizedExtension(x509.BasicConstraints.oid, b"garbage")
            builder = builder.add_extension(garbage, critical=True)
        elif ca is not None:
            builder = builder.add_extension(x509.BasicConstraints(ca, None), critical=True)
        for extra in extras:
            builder = builder.add_extension(extra, critical=False)
        self.certificate = builder.sign(signer.key, hashes.SHA256())

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(Encoding.PEM).decode()

    def sign(
        self,
        request_pem: str,
        subject: x509.Name | None = None,
        since: datetime = NOON - timedelta(hours=1),
        until: datetime = NOON + timedelta(days=365),
        host: str = "",
    ) -> str:
        """Return the certificate for a signing request; *host* is the address it is for."""
        request = x509.load_pem_x509_csr(request_pem.encode())
        builder = _builder(
            subject or request.subject, self.name, request.public_key(), since, until
        )
        if host:
            names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
            builder = builder.add_extension(names, critical=False)
        signed = builder.sign(self.key, hashes.SHA256())
        return signed.public_bytes(Encoding.PEM).decode()


def _builder(subject, issuer, key, since, until) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
