"""One network connection profile, and what it must be to be of use. Pure.

2.0.1 part 2, NetworkConnectionProfileType.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import SplitResult, urlsplit

from chargepoint.core.values import dataclass

NONE, PASSWORD, TLS, CERTIFICATE = 0, 1, 2, 3
"""The security profiles: on a test bench, then those of part 2 section A 1.3."""

LONGEST_TIMEOUT_S = 3600


@dataclass(frozen=True, slots=True)
class NetworkProfile:
    """Where a central system is, and how it is spoken to.

    *url* is without the station's identity. *message_timeout_s* None: as the station is
    set otherwise. Which network interface leads there is the operating system's choice.
    """

    url: str
    security_profile: int
    message_timeout_s: int | None = None

    def flaws(self) -> Iterator[str]:
        """Yield, in sentences, why nobody could be reached with it."""
        if wrong := url_flaw(self.url):
            yield wrong
        if not NONE <= self.security_profile <= CERTIFICATE:
            yield f"there is no security profile {self.security_profile}"
        elif self.security_profile >= TLS and not self.url.startswith("wss:"):
            yield f"security profile {self.security_profile} needs wss://"
        timeout_s = self.message_timeout_s
        if timeout_s is not None and not 0 < timeout_s <= LONGEST_TIMEOUT_S:
            yield f"a message timeout is 1 to {LONGEST_TIMEOUT_S} s"


def url_flaw(url: str) -> str:
    """Return why *url* is not where a central system can be, "" when it can.

    >>> url_flaw("wss://csms.example.com/ocpp"), url_flaw("http://csms.example.com")
    ('', 'not the address of a central system')
    """
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError beyond 65535
    except ValueError as error:
        return str(error)
    return next((why for holds, why in _URL_FLAWS if holds(parts)), "")


def _no_place(parts: SplitResult) -> bool:
    return parts.scheme not in ("ws", "wss") or not parts.hostname


_URL_FLAWS = (
    (
        lambda parts: parts.username is not None or parts.password is not None,
        "no user and password here, they are station.id and basic_auth_password",
    ),
    (_no_place, "not the address of a central system"),
    (
        lambda parts: bool(parts.query or parts.fragment),
        "station.id is appended to the path, so nothing may follow it",
    ),
)
