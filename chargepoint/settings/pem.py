"""Certificates and keys that the configuration names: files, or the text itself."""

from __future__ import annotations

import ssl
from pathlib import Path

from pydantic import SecretStr

BEGIN = "-----BEGIN"


def read_pem(value: str) -> str:
    """Return the PEM text that *value* is, or that is in the file it names.

    Raises ValueError with a sentence when there is none.
    """
    if value.lstrip().startswith(BEGIN):
        return value
    try:
        text = Path(value).read_text(encoding="ascii")
    except OSError as error:
        raise ValueError(f"{value} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{value} is not a PEM file") from error
    if BEGIN not in text:
        raise ValueError(f"{value} is not a PEM file")
    return text


def check_authorities(value: str) -> None:
    """Raise ValueError with a sentence unless *value* gives certificates to trust."""
    text = read_pem(value)
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=text)
    except ssl.SSLError as error:
        raise ValueError(f"{_shown(value)} holds no certificate that can be read") from error


def check_key_pair(certificate: str, key: str, password: SecretStr | None) -> None:
    """Raise ValueError with a sentence unless *key* opens and belongs to *certificate*."""
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from cryptography.x509 import load_pem_x509_certificates

    certificates = load_pem_x509_certificates(read_pem(certificate).encode())
    secret = password.get_secret_value().encode() if password else None
    try:
        private = load_pem_private_key(read_pem(key).encode(), secret)
    except TypeError as error:
        raise ValueError("the key and client_key_password do not go together") from error
    if private.public_key() != certificates[0].public_key():
        raise ValueError("the key is not that of client_cert")


def _shown(value: str) -> str:
    return "the text" if value.lstrip().startswith(BEGIN) else value
