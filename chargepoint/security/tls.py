"""TLS contexts for the connection to the central system: security profiles 2 and 3.

Wherever a certificate or key is asked for, it is PEM text or the path of a PEM file.

Source: 1.6 security extension A00.FR.301-323, OCPP 2.0.1 A00.FR.306-323 and .401-426.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from chargepoint.core.values import dataclass
from chargepoint.errors import SettingsError

BEGIN = "-----BEGIN"

# A00.FR.318/.319 ask for the ECDHE-ECDSA or the RSA pair. Both are offered, and
# ECDHE-RSA beside them, the best first; TLS 1.3 brings its own three, all of that kind.
CIPHER_SUITES = (
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES256-GCM-SHA384",
    "AES128-GCM-SHA256",
    "AES256-GCM-SHA384",
)


@dataclass(frozen=True, slots=True)
class ClientCertificate:
    """What we show of ourselves in profile 3; *password* opens an encrypted key."""

    certificate: str
    key: str
    password: str = ""

    def __repr__(self) -> str:
        return "ClientCertificate(...)"


def client_context(
    roots: Sequence[str],
    *,
    verify_hostname: bool = True,
    certificate: ClientCertificate | None = None,
    system_roots: bool = False,
) -> ssl.SSLContext:
    """Return the context to dial with: TLS 1.2 or better, path and host name verified.

    The roots of the operating system are trusted where there are no *roots*, or beside them
    with *system_roots*. Raises SettingsError that
    names the file that cannot be read, is not PEM, or does not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(":".join(CIPHER_SUITES))
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    # A root that is trusted may itself be signed by the one that it replaces (M05.FR.10).
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = verify_hostname
    for root in roots:
        _trust(context, root)
    if system_roots or not roots:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    if certificate:
        _show(context, certificate)
    return context


def _trust(context: ssl.SSLContext, root: str) -> None:
    try:
        context.load_verify_locations(cadata=pem_text(root))
    except ssl.SSLError as error:
        raise SettingsError(f"{_shown(root)} holds no certificate to trust") from error


def _show(context: ssl.SSLContext, ours: ClientCertificate) -> None:
    """Load our certificate with its key. OpenSSL reads both from files only."""
    pem_text(ours.certificate)
    pem_text(ours.key)
    try:
        with _as_path(ours.certificate) as certificate, _as_path(ours.key) as key:
            context.load_cert_chain(certificate, key, lambda: ours.password)
    except (ssl.SSLError, ValueError) as error:
        pair = f"{_shown(ours.certificate)} and {_shown(ours.key)}"
        raise SettingsError(f"{pair}: not a certificate with its key and password") from error


def pem_text(value: str) -> str:
    """Return the PEM text that *value* is or names; raise SettingsError for what is none."""
    if _is_text(value):
        return value
    try:
        text = Path(value).read_text("ascii")
    except OSError as error:
        raise SettingsError(f"{value} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{value} is not a PEM file") from error
    if BEGIN not in text:
        raise SettingsError(f"{value} is not a PEM file")
    return text


@contextmanager
def _as_path(value: str) -> Iterator[str]:
    """Lend a path to *value*. Text stays in memory: a private key is never put on a disk."""
    if not _is_text(value):
        yield value
        return
    with os.fdopen(os.memfd_create("pem"), "w") as file:
        file.write(value)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}"


def _is_text(value: str) -> bool:
    return value.lstrip().startswith(BEGIN)


def _shown(value: str) -> str:
    return "the PEM text" if _is_text(value) else value
