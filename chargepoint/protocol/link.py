"""The one connection to the central system: dial, keep alive, dial again, for ever.

Source: OCPP-J 1.6 sections 3 and 5, OCPP 2.0.1 part 4 sections 3 and 5, A00 of both.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import random
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import field
from typing import Any, Protocol, TypeVar
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.typing import Subprotocol

from chargepoint.core.values import dataclass
from chargepoint.errors import LinkError
from chargepoint.protocol.backoff import BackOff
from chargepoint.protocol.concerns import Concern, OnConcern
from chargepoint.protocol.failures import FAILURES, Failure, explain
from chargepoint.protocol.redact import redact_text

OPEN_TIMEOUT_S = 20.0
CLOSE_TIMEOUT_S = 2.0
PONG_TIMEOUT_S = 20.0
LOOK_AGAIN_S = 5.0
SECOND_ADDRESS_AFTER_S = 0.25  # RFC 8305: IPv4 is tried beside an IPv6 that is slow
LARGEST_MESSAGE_BYTES = 2**20

log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to dial, as whom, and what to offer.

    *url* is the endpoint without the station. *subprotocols* are in order of preference.
    *password* are the bytes behind the user name in HTTP Basic authentication, None for
    none. *tls* makes the context for a wss url; it is asked at every attempt.
    """

    url: str
    identity: str
    subprotocols: tuple[str, ...]
    password: bytes | None = field(default=None, repr=False)
    tls: Callable[[], ssl.SSLContext] | None = None


@dataclass(frozen=True, slots=True)
class LinkState:
    """What is known of the connection; *why* says why there is none."""

    connected: bool
    url: str | None = None
    subprotocol: str | None = None
    why: str | None = None


class Conversation(Protocol):
    """What is done with an open connection: a Session."""

    async def run(self) -> str:
        """Serve until the connection drops; return why."""
        ...

    async def close(self, why: str) -> None:
        """End it in good order; run() returns *why*."""
        ...


def connection_url(endpoint: str, identity: str) -> str:
    """Return *endpoint* with "/" and the percent-encoded *identity*, never twice.

    >>> connection_url("wss://csms.example.com/ocpp/", "RDAM 123")
    'wss://csms.example.com/ocpp/RDAM%20123'

    Source: OCPP-J 1.6 section 3.1.1, OCPP 2.0.1 part 4 section 3.1.1.
    """
    scheme, host, path, query, _ = urlsplit(endpoint)
    path = path.rstrip("/")
    if unquote(path.rpartition("/")[2]) != identity:
        path = f"{path}/{quote(identity, safe='')}"
    return urlunsplit((scheme, host, path, query, ""))


def authorization(identity: str, password: bytes) -> str:
    """Return the HTTP Basic header: the password is bytes, not always text (A00.FR.205)."""
    return "Basic " + base64.b64encode(identity.encode() + b":" + password).decode()


async def dial(target: Target) -> ClientConnection:
    """Return an open connection on one of the target's subprotocols; raise one of FAILURES."""
    url = connection_url(target.url, target.identity)
    headers = {}
    if target.password is not None:
        headers["Authorization"] = authorization(target.identity, target.password)
    tls: dict[str, Any] = {"ssl": target.tls()} if target.tls and url.startswith("wss:") else {}
    websocket = await connect(
        url,
        subprotocols=[Subprotocol(name) for name in target.subprotocols],
        additional_headers=headers,
        user_agent_header="chargepoint-agent",
        compression=None,
        proxy=None,
        ping_interval=None,
        open_timeout=OPEN_TIMEOUT_S,
        close_timeout=CLOSE_TIMEOUT_S,
        max_size=LARGEST_MESSAGE_BYTES,
        happy_eyeballs_delay=SECOND_ADDRESS_AFTER_S,
        **tls,
    )
    if websocket.subprotocol is None:
        await websocket.close(CloseCode.PROTOCOL_ERROR, "no common subprotocol")
        raise LinkError(f"the central system agreed to none of {', '.join(target.subprotocols)}")
    return websocket


async def keep_alive(websocket: ClientConnection, interval_s: Callable[[], float]) -> str | None:
    """Ping every *interval_s* seconds, 0 for not at all; return why it is time to close.

    None is returned when the connection has ended by itself. A changed interval is noticed
    within LOOK_AGAIN_S.

    Source: WebSocketPingInterval of both versions.
    """
    loop = asyncio.get_running_loop()
    last_s = loop.time()
    while True:
        wait_s = interval_s()
        left_s = last_s + wait_s - loop.time() if wait_s > 0 else float("inf")
        if left_s > 0:
            await asyncio.sleep(min(left_s, LOOK_AGAIN_S))
            continue
        try:
            async with asyncio.timeout(PONG_TIMEOUT_S):
                await (await websocket.ping())
        except TimeoutError:
            return f"no pong within {PONG_TIMEOUT_S:g} s"
        except ConnectionClosed:
            return None
        last_s = loop.time()


NOT_DIALLED = LinkState(False, why="not dialled yet")


class Link:
    """Keeps a connection to whatever *target* says, until run() is cancelled.

    *target*, *back_off* and *ping_interval_s* are asked whenever they matter, so changes
    hold from the next attempt or ping. *open_session* gets each connection and returns who
    serves it. *on_change* hears every new state, *on_failed* each attempt that led to nothing,
    *on_concern* what belongs into the security log: each kind once until a connection
    succeeds (A00.FR.316).
    """

    def __init__(
        self,
        target: Callable[[], Target],
        open_session: Callable[[ClientConnection], Conversation],
        *,
        back_off: Callable[[], BackOff],
        ping_interval_s: Callable[[], float],
        on_change: Callable[[LinkState], None],
        on_failed: Callable[[], None],
        on_concern: OnConcern,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._target, self._open_session, self._back_off = target, open_session, back_off
        self._ping_interval_s, self._random = ping_interval_s, random
        self._on_change, self._on_concern, self._on_failed = on_change, on_concern, on_failed
        self._raised: set[Concern] = set()
        self._offline = False
        self._wish = ""
        self._nudge = asyncio.Event()
        self.state = NOT_DIALLED

    # --- wishes: from anywhere in the loop's thread, at any time ------------------------------

    def connect(self) -> None:
        """Go online again after disconnect(), at once."""
        if self._offline:
            self._offline = False
            self._nudge.set()

    def disconnect(self, why: str = "disconnected by hand") -> None:
        """Close the connection in good order and stay offline until connect()."""
        if not self._offline:
            self._offline = True
            self._interrupt(why)

    def redial(self, why: str) -> None:
        """Close the connection in good order and dial again at once: the target changed."""
        if not self._offline:
            self._interrupt(why)

    def _interrupt(self, why: str) -> None:
        self._wish = why
        self._nudge.set()

    # --- the loop ----------------------------------------------------------------------------

    async def run(self) -> None:
        """Dial, serve and dial again until cancelled."""
        failures = 0
        while True:
            if self._nudge.is_set():
                self._nudge.clear()
                failures = 0
            if self._offline:
                self._tell(LinkState(False, why=self._wish))
                await self._nudge.wait()
                continue
            match await self._unless_nudged(self._attempt()):
                case None:
                    continue
                case Failure(retry_after_s=asked_s):
                    wait_s = max(asked_s, self._back_off().wait_s(failures, self._random))
                    failures += 1
                case websocket:
                    await self._serve(websocket)
                    failures, wait_s = 0, self._back_off().wait_s(0, self._random)
            if not self._nudge.is_set():
                log.info("dialling again in %.1f s", wait_s)
                await self._unless_nudged(asyncio.sleep(wait_s))

    async def _attempt(self) -> ClientConnection | Failure:
        target = self._target()
        try:
            websocket = await dial(target)
        except FAILURES as error:
            failure = explain(error, urlsplit(target.url).netloc.rpartition("@")[2])
            self._failed(target, failure)
            return failure
        self._raised.clear()
        log.info("connected to %s with %s", _shown(target), websocket.subprotocol)
        self._tell(LinkState(True, _shown(target), websocket.subprotocol))
        return websocket

    def _failed(self, target: Target, failure: Failure) -> None:
        log.warning("no connection: %s", failure.why)
        self._tell(LinkState(False, _shown(target), why=failure.why))
        if failure.concern and failure.concern not in self._raised:
            self._raised.add(failure.concern)
            self._on_concern(failure.concern, failure.why)
        self._on_failed()

    async def _serve(self, websocket: ClientConnection) -> None:
        """Serve until the connection is over, by itself or by our wish."""
        session = self._open_session(websocket)
        running = asyncio.create_task(session.run())
        pinging = asyncio.create_task(keep_alive(websocket, self._ping_interval_s))
        nudged = asyncio.create_task(self._nudge.wait())
        try:
            await asyncio.wait({running, pinging, nudged}, return_when=asyncio.FIRST_COMPLETED)
            wished = nudged.done()
            why_not = self._wish if wished else pinging.done() and pinging.result()
            if why_not:
                await session.close(why_not)
            why = await running
        finally:
            await _cancel(running, pinging, nudged)
            await websocket.close()
        log.log(logging.INFO if wished else logging.WARNING, "connection ended: %s", why)
        self._tell(LinkState(False, self.state.url, why=why))

    async def _unless_nudged(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Return what *work* returns, or None when a wish came first: then it is cancelled."""
        working = asyncio.create_task(work)
        nudged = asyncio.create_task(self._nudge.wait())
        try:
            await asyncio.wait({working, nudged}, return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            await _cancel(working, nudged)

    def _tell(self, state: LinkState) -> None:
        if state != self.state:
            self.state = state
            self._on_change(state)


def _shown(target: Target) -> str:
    return redact_text(connection_url(target.url, target.identity))


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
