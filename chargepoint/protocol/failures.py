"""Why a connection could not be made: one sentence, and what it means for security."""

from __future__ import annotations

import errno
import http
import os
import socket
import ssl
from collections.abc import Iterator

from websockets.exceptions import (
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    NegotiationError,
)

from chargepoint.core.values import dataclass
from chargepoint.errors import ChargePointError
from chargepoint.protocol.concerns import Concern

LONGEST_RETRY_AFTER_S = 3600.0


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that failed. *retry_after_s* is what the server asked for, if it did."""

    why: str
    concern: Concern | None = None
    retry_after_s: float = 0.0


STATUSES = {
    401: "the central system refuses our credentials",
    403: "the central system forbids us to connect",
    404: "the central system does not know this station or this path",
    429: "the central system has had too many requests",
}

# OpenSSL's X509_V_ERR_* numbers.
CERTIFICATES = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed and not trusted",
    19: "comes from a root that is not trusted",
    20: "is not signed by a root that we trust",
    21: "is not signed by a root that we trust",
    62: "is for another host name",
    64: "is for another address",
}

TLS_VERSIONS = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"})
TLS_CIPHERS = frozenset(
    {
        "SSLV3_ALERT_HANDSHAKE_FAILURE",
        "TLSV1_ALERT_INSUFFICIENT_SECURITY",
        "NO_SHARED_CIPHER",
        "WRONG_CIPHER_RETURNED",
        "UNKNOWN_CIPHER_RETURNED",
        "DH_KEY_TOO_SMALL",
        "EE_KEY_TOO_SMALL",
        "CA_MD_TOO_WEAK",
    }
)
NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"})

FAILURES = (OSError, TimeoutError, EOFError, InvalidHandshake, InvalidURI, ChargePointError)
"""What an attempt may raise: the network's, the server's and the installer's mistakes."""

NOBODY_THERE = (
    errno.ECONNREFUSED,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.ECONNRESET,
    errno.EPIPE,
)


def explain(error: BaseException, host: str) -> Failure:
    """Return what *error*, one of FAILURES, means to somebody who looks at *host*.

    The cause counts where a library wrapped it: a TLS alert after the handshake arrives
    as "no valid HTTP response".
    """
    if isinstance(error, ChargePointError):
        return Failure(str(error))
    explained = (_explained(cause, host) for cause in _causes(error))
    return next((failure for failure in explained if failure), Failure(f"{host}: {error}"[:200]))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield the innermost cause first."""
    causes = [error]
    while causes[-1].__cause__ is not None:
        causes.append(causes[-1].__cause__)
    yield from reversed(causes)


def _explained(error: BaseException, host: str) -> Failure | None:
    match error:
        case ssl.SSLCertVerificationError():
            what = CERTIFICATES.get(error.verify_code, f"is not trusted: {error.verify_message}")
            return Failure(f"the certificate of {host} {what}", Concern.CSMS_CERTIFICATE)
        case ssl.SSLError():
            return _explained_tls(error, host)
        case InvalidStatus():
            return _explained_status(error)
        case socket.gaierror():
            return Failure(f"the host name {host} cannot be found ({error.strerror})")
        case TimeoutError():
            return Failure(f"{host} does not answer in time")
        case NegotiationError():
            return Failure("the central system picked a subprotocol that we did not offer")
        case InvalidURI():
            return Failure("the url is not one of a WebSocket")
        case InvalidHandshake():
            return Failure(f"{host} does not speak WebSocket: {error}"[:200])
        case OSError():
            return _explained_network(error, host)
        case _:
            return None


def _explained_tls(error: ssl.SSLError, host: str) -> Failure:
    reason = error.reason or "no reason given"
    if reason in TLS_VERSIONS:
        return Failure(f"{host} only speaks TLS older than 1.2", Concern.TLS_VERSION)
    if reason in TLS_CIPHERS:
        return Failure(f"{host} has no cipher suite that is strong enough", Concern.TLS_CIPHER)
    if reason in NOT_TLS:
        return Failure(f"{host} does not speak TLS on this port")
    if "CERTIFICATE" in reason:
        return Failure(f"{host} does not take our certificate ({reason})")
    return Failure(f"TLS with {host} failed ({reason})")


def _explained_status(error: InvalidStatus) -> Failure:
    code = error.response.status_code
    try:
        phrase = http.HTTPStatus(code).phrase
    except ValueError:
        phrase = "no standard status"
    why = f"{STATUSES.get(code, 'the central system answers')} (HTTP {code} {phrase})"
    concern = Concern.AUTHENTICATION if code in (401, 403) else None
    return Failure(why, concern, _retry_after_s(error.response.headers.get("Retry-After")))


def _retry_after_s(text: str | None) -> float:
    """Return the seconds that a Retry-After header asks for; its date form is not worth it."""
    if text is None or not text.isascii() or not text.isdigit():
        return 0.0
    return min(float(text), LONGEST_RETRY_AFTER_S)


def _explained_network(error: OSError, host: str) -> Failure:
    """With several addresses asyncio joins the texts of the errors and has no number left."""
    if error.errno in NOBODY_THERE:
        return Failure(f"{host}: {os.strerror(error.errno).lower()}")
    if isinstance(error, ConnectionError) and error.errno is None:
        return Failure(f"{host} breaks off the connection")
    if error.errno is None and str(errno.ECONNREFUSED) in str(error):
        return Failure(f"{host}: connection refused")
    return Failure(f"{host} cannot be reached: {error}"[:200])
