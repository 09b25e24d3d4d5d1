"""Where a file is: the URL that the central system names, taken apart. Pure.

``ftp://user:password@host:port/path``, of which user, password and port may be left out
(1.6 section 8). What a URL writes as ``%40`` is ``@`` in a name or password.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote, unquote, urlsplit

from chargepoint.core.values import dataclass
from chargepoint.core.words import TransferFault
from chargepoint.transfer.failures import TransferError


@dataclass(frozen=True, slots=True)
class Scheme:
    """What a URL may begin with: the protocol as OCPP calls it, and its usual port."""

    protocol: str
    port: int


# ``ftps`` is TLS from the first byte (port 990), but on port 21, where nobody speaks that, it
# is the ``AUTH TLS`` of ``ftpes``.
SCHEMES: Mapping[str, Scheme] = {
    "http": Scheme("HTTP", 80),
    "https": Scheme("HTTPS", 443),
    "ftp": Scheme("FTP", 21),
    "ftps": Scheme("FTPS", 990),
    "ftpes": Scheme("FTPS", 21),
    "sftp": Scheme("SFTP", 22),
}
LEGAL = "/%:@!$&'()*+,;=?~-._"
"""What stays as it is written in a path or query; what else there is, is percent-encoded."""
PROTOCOLS = ("FTP", "FTPS", "HTTP", "HTTPS", "SFTP")
"""FileTransferProtocolEnumType of 2.0.1; the first four are also 1.6's (errata 3.90)."""


@dataclass(frozen=True, slots=True)
class Location:
    """A URL that can be used. *user* and *password* are decoded, *path* and *url* are not;
    *url* is without them."""

    scheme: str
    host: str
    port: int
    path: str
    url: str
    user: str = ""
    password: str = ""

    @property
    def protocol(self) -> str:
        return SCHEMES[self.scheme].protocol

    @property
    def names(self) -> tuple[str, ...]:
        """Return the parts of the path, decoded, without empty ones."""
        return tuple(unquote(part) for part in self.path.split("/") if part)

    @property
    def is_folder(self) -> bool:
        """Return whether the path itself says that it is a folder."""
        return self.path in ("", "/") or self.path.endswith("/")

    @property
    def digest(self) -> str:
        """Return a name for it that tells nobody where it is."""
        return sha256(f"{self.user} {self.url}".encode()).hexdigest()

    def __str__(self) -> str:
        """Return it for a log: no password, and no query, where tokens stand."""
        return self.url.partition("?")[0]

    def __repr__(self) -> str:
        return f"Location({self})"


def parse(text: str) -> Location:
    """Return the location that *text* names; raise TransferError for what names none."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise _bad("it is no URL") from error
    if parts.scheme not in SCHEMES:
        what = f"{parts.scheme}:// is" if parts.scheme else "without a scheme it is"
        raise TransferError(TransferFault.UNSUPPORTED, f"{what} no location for a file")
    decoded = unquote(parts.username or ""), unquote(parts.password or "")
    host = parts.hostname
    if not host or not all(each.isalnum() or each in "-._:%" for each in host):
        raise _bad("it names no host")
    if any(_controls(each) for each in (text.strip(), unquote(parts.path), *decoded)):
        raise _bad("it holds control characters")
    parts = parts._replace(
        netloc=parts.netloc.rpartition("@")[2],
        path=quote(parts.path, safe=LEGAL),
        query=quote(parts.query, safe=LEGAL),
        fragment="",
    )
    return Location(
        scheme=parts.scheme,
        host=host,
        port=port or SCHEMES[parts.scheme].port,
        path=parts.path,
        url=parts.geturl(),
        user=decoded[0],
        password=decoded[1],
    )


def is_local(address: str) -> bool:
    """Return whether *address* is of this machine or of a network that is not the internet.

    A server outside must not send us to the neighbours: loopback, link-local, private and
    whatever else is not global. An IPv4 address in IPv6 clothes is judged as what it is.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found.sixtofour or found
    return not found.is_global or found.is_multicast


def _controls(text: str) -> bool:
    return any(ord(character) < 32 or ord(character) == 127 for character in text)


def _bad(why: str) -> TransferError:
    return TransferError(TransferFault.BAD_LOCATION, f"the location is no good: {why}")
