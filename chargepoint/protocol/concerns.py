"""What on a connection belongs into the security log, in words of no version.

Each version's adapter or its caller names the security event; see the lists in 2.0.1
part 2 appendix "Security events" and in section 8 of the 1.6 security extension.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class Concern(StrEnum):
    """Something an attacker could have done."""

    CSMS_CERTIFICATE = "csms certificate"  # InvalidCsmsCertificate, InvalidCentralSystem...
    TLS_VERSION = "tls version"  # InvalidTLSVersion
    TLS_CIPHER = "tls cipher"  # InvalidTLSCipherSuite
    AUTHENTICATION = "authentication"  # FailedToAuthenticateAtCsms, ...AtCentralSystem
    INVALID_MESSAGES = "invalid messages"  # InvalidMessages


OnConcern = Callable[[Concern, str], None]
"""Called with the concern and a sentence that is safe to store and to send."""
