"""Who may come in. Pure: facts of a request and the time in, a refusal or None out.

Three doors, in this order:

- *Host*. Without a password the network place of the browser is all that protects us, so
  a page of a stranger's domain that was re-pointed at us (DNS rebinding) must not count
  as ours: only addresses and ``localhost`` are taken as our names.
- *Password*, where one is set: Basic with any user name, or Bearer. Compared in constant
  time; too many wrong ones from one address close it for a while.
- *Origin*, for what changes state: a browser says which page asks, and it must be ours.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import ipaddress
from collections.abc import Mapping
from dataclasses import field
from urllib.parse import urlsplit

from chargepoint.core.values import dataclass

CHALLENGE = 'Basic realm="charge point", charset="UTF-8"'
WRONG_PASSWORDS = 10
WRONG_PASSWORDS_PER_S = 60.0
REMEMBERED_ADDRESSES = 256
FOREIGN_SITES = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """An HTTP status with a sentence for people and the headers that go with it."""

    status: int
    problem: str
    headers: Mapping[str, str] = field(default_factory=dict)


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach *host*: an address, or localhost."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_own_name(host_header: str) -> bool:
    """Return whether a Host header names us by address or as localhost, with any port."""
    try:
        host = urlsplit(f"//{host_header}").hostname or ""
        if host == "localhost" or host.endswith(".localhost"):
            return True
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def is_foreign(headers: Mapping[str, str]) -> bool:
    """Return whether a browser says that another site's page sends this."""
    origin = headers.get("Origin")
    if origin is None:
        return headers.get("Sec-Fetch-Site", "none") in FOREIGN_SITES
    try:
        return urlsplit(origin).netloc.lower() != headers.get("Host", "").lower()
    except ValueError:
        return True


def password_of(authorization: str) -> str | None:
    """Return the password that an Authorization header carries, None when it carries none."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    _, colon, password = decoded.partition(":")
    return password if colon else None


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()


@dataclass(slots=True)
class WrongPasswords:
    """Counts wrong passwords by address in windows of WRONG_PASSWORDS_PER_S seconds.

    Remembers the last REMEMBERED_ADDRESSES addresses, so a stranger cannot fill the memory.
    """

    _since: dict[str, tuple[float, int]] = field(default_factory=dict)

    def add(self, address: str, now_s: float) -> None:
        """Note one more wrong password."""
        since_s, count = self._since.pop(address, (now_s, 0))
        if now_s - since_s >= WRONG_PASSWORDS_PER_S:
            since_s, count = now_s, 0
        self._since[address] = (since_s, count + 1)
        while len(self._since) > REMEMBERED_ADDRESSES:
            del self._since[next(iter(self._since))]

    def wait_s(self, address: str, now_s: float) -> float:
        """Return how long *address* must wait before its next try, 0 when it need not."""
        since_s, count = self._since.get(address, (now_s, 0))
        if count < WRONG_PASSWORDS:
            return 0.0
        return max(0.0, since_s + WRONG_PASSWORDS_PER_S - now_s)


class Access:
    """Decides about one request after the other."""

    def __init__(self, password: str | None) -> None:
        self._wanted = None if password is None else _digest(password)
        self._wrong = WrongPasswords()

    def refusal(
        self, headers: Mapping[str, str], *, changes: bool, address: str, now_s: float
    ) -> Refusal | None:
        """Return why this request is turned away, None when it may come in."""
        refusal = self._host(headers) or self._password(headers, address, now_s)
        if refusal is None and changes and is_foreign(headers):
            return Refusal(403, "a page of another site may not change anything here")
        return refusal

    def _host(self, headers: Mapping[str, str]) -> Refusal | None:
        host = headers.get("Host")
        if self._wanted is not None or host is None or is_own_name(host):
            return None
        return Refusal(421, "without a password, call this station by its address or localhost")

    def _password(self, headers: Mapping[str, str], address: str, now_s: float) -> Refusal | None:
        if self._wanted is None:
            return None
        wait_s = self._wrong.wait_s(address, now_s)
        if wait_s > 0:
            after = {"Retry-After": str(int(wait_s) + 1)}
            return Refusal(429, "too many wrong passwords, try again later", after)
        given = password_of(headers.get("Authorization", ""))
        if given is not None and hmac.compare_digest(_digest(given), self._wanted):
            return None
        if given is not None:
            self._wrong.add(address, now_s)
        return Refusal(401, "this station asks for its password", {"WWW-Authenticate": CHALLENGE})
