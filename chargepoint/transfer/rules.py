"""What the installer allows transfers, and the socket that keeps to it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from pathlib import Path

from chargepoint.core.values import dataclass
from chargepoint.transfer.failures import denied, failed
from chargepoint.transfer.location import PROTOCOLS, Location, is_local

Progress = Callable[[int, int | None], None]
"""Told how many bytes are there, and of how many if that is known."""

Address = tuple[socket.AddressFamily, str]

CHUNK = 64 * 1024  # bytes read at a time: few enough to stop at once, enough to be quick
PIECE = 16 * 1024  # bytes sent at a time: over the slowest mobile link some go in silence_s


@dataclass(frozen=True, slots=True)
class Rules:
    """[transfers], and what goes with it.

    *tls* makes the context to verify servers with. *host_keys* is the file with the keys of
    SFTP servers, to which a new server is added if *trust_first*. *most_bytes* is the
    longest file that is taken, *spare_bytes* what the disk must keep free. *silence_s* may
    pass without a byte, *longest_s* in a whole attempt.
    """

    tls: Callable[[], ssl.SSLContext]
    host_keys: Path
    trust_first: bool = True
    protocols: frozenset[str] = frozenset(PROTOCOLS)
    local_locations: bool = True
    local_redirects: bool = False
    most_bytes: int = 1 << 30
    spare_bytes: int = 50_000_000
    silence_s: float = 60.0
    longest_s: float = 3600.0


def addresses(host: str, port: int, *, local: bool) -> list[Address]:
    """Return where *host* is, the preferred address first; blocks. Raises TransferError where
    it is nowhere, or where no *local* address is allowed and one is."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise failed(f"{host} is not known here") from error
    known: list[tuple[socket.AddressFamily, str]] = [
        (family, str(where[0])) for family, _, _, _, where in found
    ]
    if not local and any(is_local(address) for _, address in known):
        raise denied(f"{host} is on a local network, and that is not allowed here")
    return known


async def dial(location: Location, rules: Rules) -> socket.socket:
    """Return a socket that is connected, and does not block. Raises TransferError."""
    loop, why = asyncio.get_running_loop(), OSError("no address")
    local = rules.local_locations
    for family, address in await asyncio.to_thread(
        addresses, location.host, location.port, local=local
    ):
        made = socket.socket(family, socket.SOCK_STREAM)
        try:
            made.setblocking(False)
            await loop.sock_connect(made, (address, location.port))
        except BaseException as error:
            made.close()
            if not isinstance(error, OSError):
                raise
            why = error
        else:
            return made
    raise failed(f"{location.host} does not answer: {why}") from why
