"""A small central system in the process, for the demo and for the tests.

It speaks OCPP-J 1.6 and 2.0.1 from its own reading of the standards, keeps books of
what it is told, and misbehaves on request::

    async with Central(versions=("2.0.1", "1.6")) as central:
        station = await central.station("CP001")
        central.script.once("StartTransaction", CallError("InternalError"), SILENCE)
        await station.call("TriggerMessage", {"requestedMessage": "Heartbeat"})
        await station.wait_for("Heartbeat")
        assert station.ledger.lost == 0 and station.errors == []
"""

from __future__ import annotations

import asyncio
import hmac
import ssl
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from chargepoint.demo.answers import Desk, utc_now
from chargepoint.demo.behaviour import Script
from chargepoint.demo.peer import LINE_ENDS, Peer

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One opening handshake; *status* is what it was answered with, 101 for a connection."""

    at_s: float
    station_id: str
    offered: tuple[str, ...]
    status: int


class Central:
    """A central system on loopback.

    *versions* are accepted in the station's order of preference. *passwords*, by
    station id, ask for basic auth; *tls* makes it wss. Port 0 takes a free one; after
    ``stop()``, ``start()`` takes the same again. *now* is the time it tells stations.
    """

    def __init__(
        self,
        port: int = 0,
        versions: Sequence[str] = ("2.0.1", "1.6"),
        *,
        passwords: Mapping[str, str | bytes] | None = None,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], datetime] = utc_now,
        interval_s: int = 300,
        patience_s: float = 30.0,
    ) -> None:
        self.port = port
        self.script = Script()
        self.desk = Desk(now, interval_s)
        self.peers: dict[str, Peer] = {}
        self.attempts: list[Attempt] = []
        self._versions = tuple(versions)
        self._passwords, self._tls, self._patience_s = passwords, tls, patience_s
        self._refuses = False
        self._server: Server | None = None

    @property
    def url(self) -> str:
        """Return the address a station is configured with; it adds its own id."""
        return f"{'wss' if self._tls else 'ws'}://{HOST}:{self.port}/ocpp"

    async def start(self) -> None:
        """Listen. Until then, and after ``stop()``, connections are refused by the kernel."""
        self._server = await serve(
            self._attend,
            HOST,
            self.port,
            ssl=self._tls,
            process_request=self._judge,
            select_subprotocol=self._choose,
            ping_interval=None,
            close_timeout=1,
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close every line and stop listening."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def peer(self, station_id: str) -> Peer:
        """Return what is known of a station, connected or not."""
        if station_id not in self.peers:
            self.peers[station_id] = Peer(station_id, self.desk, self.script, self._patience_s)
        return self.peers[station_id]

    async def station(self, station_id: str = "CP001", timeout_s: float = 10.0) -> Peer:
        """Return the station once it is connected; TimeoutError when it does not come."""
        peer = self.peer(station_id)
        await peer.wait_until(lambda: peer.connected, timeout_s, "connection")
        return peer

    async def drop(self) -> None:
        """Close every line; stations may come back at once."""
        for peer in self.peers.values():
            await peer.drop()

    def refuse(self, refuses: bool = True) -> None:
        """Answer opening handshakes with 503 from now on, or accept them again."""
        self._refuses = refuses

    # --- the opening handshake ----------------------------------------------------------------

    def _judge(self, connection: ServerConnection, request: Request) -> Response | None:
        status = self._verdict(request)
        offered = request.headers.get("Sec-WebSocket-Protocol", "").split(",")
        now_s = asyncio.get_running_loop().time()
        names = tuple(name.strip() for name in offered if name.strip())
        self.attempts.append(Attempt(now_s, _station_id(request.path), names, int(status)))
        if status is HTTPStatus.SWITCHING_PROTOCOLS:
            return None
        response = connection.respond(status, f"{status.phrase}\n")
        if status is HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="ocpp"'
        return response

    def _verdict(self, request: Request) -> HTTPStatus:
        if self._refuses:
            return HTTPStatus.SERVICE_UNAVAILABLE
        if not request.path.startswith("/ocpp/") or "/" in request.path.removeprefix("/ocpp/"):
            return HTTPStatus.NOT_FOUND
        if self._passwords is not None and not self._authorized(request):
            return HTTPStatus.UNAUTHORIZED
        return HTTPStatus.SWITCHING_PROTOCOLS

    def _authorized(self, request: Request) -> bool:
        """Basic auth with the station's id as user: OCPP-J 1.6 section 6.2, 2.0.1 A00.FR.204."""
        station_id = _station_id(request.path)
        password = (self._passwords or {}).get(station_id)
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        if password is None or kind.lower() != "basic":
            return False
        expected = password.encode() if isinstance(password, str) else password
        with suppress(NotBase64):
            given = b64decode(value, validate=True)
            return hmac.compare_digest(given, station_id.encode() + b":" + expected)
        return False

    def _choose(
        self, connection: ServerConnection, offered: Sequence[Subprotocol]
    ) -> Subprotocol | None:
        """Return the first offered that we speak; None: OCPP-J 1.6 and part 4, section 3.2."""
        ours = {f"ocpp{version}" for version in self._versions}
        return next((name for name in offered if name in ours), None)

    async def _attend(self, connection: ServerConnection) -> None:
        if connection.subprotocol is None or connection.request is None:
            return
        version = connection.subprotocol.removeprefix("ocpp")
        with suppress(*LINE_ENDS):
            await self.peer(_station_id(connection.request.path)).attend(connection, version)


def _station_id(path: str) -> str:
    """Return the last segment of *path*, percent-decoded: OCPP-J 1.6 section 3.1.1."""
    return unquote(path.partition("?")[0].rsplit("/", 1)[-1])
