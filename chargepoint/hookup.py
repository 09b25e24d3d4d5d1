"""The station's connection to its central system: settings and variables into a Link."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Callable
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from chargepoint.core.messages import CertificateTried, DialFailed
from chargepoint.core.station import Station
from chargepoint.core.variables import Variables
from chargepoint.core.words import CertificateUse
from chargepoint.life import Life
from chargepoint.protocol.adapter import Adapter
from chargepoint.protocol.adapters import ADAPTERS, BY_VERSION
from chargepoint.protocol.backoff import BackOff
from chargepoint.protocol.concerns import Concern
from chargepoint.protocol.link import Link, LinkState, Target
from chargepoint.protocol.session import Session
from chargepoint.security.tls import ClientCertificate, client_context
from chargepoint.settings.model import Settings
from chargepoint.transfer.rules import Rules
from chargepoint.transfer.transfers import Transfers

# The security events of 2.0.1 part 2 appendix 2; the 1.6 adapter has its own words for some.
EVENTS = {
    Concern.CSMS_CERTIFICATE: "InvalidCsmsCertificate",
    Concern.TLS_VERSION: "InvalidTLSVersion",
    Concern.TLS_CIPHER: "InvalidTLSCipherSuite",
    Concern.AUTHENTICATION: "FailedToAuthenticateAtCsms",
    Concern.INVALID_MESSAGES: "InvalidMessages",
}

COMM = "OCPPCommCtrlr"

log = logging.getLogger(__name__)
MEGABYTE = 1_000_000
SECURED, SHOWS = 2, 3  # the security profiles from which on there is TLS, and our certificate


class Talk:
    """One connection at work: the RPC session, and the life that uses it."""

    def __init__(self, websocket: ClientConnection, life: Life) -> None:
        self._life = life
        self._raised: set[Concern] = set()
        self._adapter: Adapter = ADAPTERS[str(websocket.subprotocol)]
        self._session = Session(
            websocket,
            self._adapter,
            lambda incoming: life.serve(self._adapter, incoming),
            timeout_s=lambda: life.station.variables.number(COMM, "MessageTimeout", "Default"),
            on_concern=self._concern,
        )

    async def run(self) -> str:
        """Serve and deliver until the connection drops; return why."""
        async with asyncio.TaskGroup() as tasks:
            using = tasks.create_task(self._life.talk(self._session, self._adapter))
            await asyncio.sleep(0)  # the station hears of the line before what comes over it
            why = await self._session.run()
            using.cancel()
        return why

    async def close(self, why: str) -> None:
        """End it in good order."""
        await self._session.close(why)

    def _concern(self, concern: Concern, info: str) -> None:
        """Put each kind into the security log once in a connection, and say it each time.

        A central system that says nothing right would have us store and tell it without
        end, and answer the telling wrongly too.
        """
        if concern in self._raised:
            log.warning("%s", info)
            return
        self._raised.add(concern)
        self._life.concern(EVENTS[concern], info)


def make_link(settings: Settings, life: Life, changed: Callable[[LinkState], None]) -> Link:
    """Return the link of *life* to its central system."""
    variables: Variables = life.station.variables
    shown = Shown(life.station)

    def talk(websocket: ClientConnection) -> Talk:
        if shown.newest is not None:
            life.turns.submit(CertificateTried(shown.newest))
        return Talk(websocket, life)

    def failed() -> None:
        life.turns.submit(DialFailed())

    return Link(
        lambda: target(settings, life.station, shown),
        talk,
        back_off=lambda: back_off(settings, variables, life),
        ping_interval_s=lambda: variables.number(COMM, "WebSocketPingInterval"),
        on_change=changed,
        on_failed=failed,
        on_concern=lambda concern, info: life.concern(EVENTS[concern], info),
    )


class Shown:
    """Which certificate of ours is shown: the newest to every central system that is tried,
    then each in turn (A02.FR.28, A03.FR.24).

    *newest* says of the last attempt whether that was it; None: none was shown.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self.newest: bool | None = None

    def next(self) -> ClientCertificate | None:
        """Return what to show in the next attempt, None when we have none."""
        pairs = self._station.renewal.pairs()
        if not pairs:
            self.newest = None
            return None
        number = self._station.network.round % len(pairs)
        self.newest = number == 0
        return ClientCertificate(pairs[number].chain_pem, pairs[number].key_pem)


def target(settings: Settings, station: Station, shown: Shown) -> Target:
    """Return where to dial now, with the password that the station has now."""
    profile = station.network.level
    versions = settings.csms.ocpp_versions
    return Target(
        url=secured(station.network.way.profile.url, profile),
        identity=settings.station.id,
        subprotocols=tuple(BY_VERSION[each].subprotocol for each in versions),
        password=station.variables.password() if profile < SHOWS else None,
        tls=lambda: tls_context(settings, station, shown),
    )


def secured(url: str, profile: int) -> str:
    """Return *url* as the security profile wants it: TLS from profile 2 on.

    A url was for the security profile of its time; the central system may have asked
    for a higher one since (1.6 security extension A05).
    """
    return url.replace("ws://", "wss://", 1) if profile >= SECURED else url


def tls_context(settings: Settings, station: Station, shown: Shown) -> ssl.SSLContext:
    """Return the TLS context for the security profile: our certificate only for profile 3."""
    csms = settings.csms
    return client_context(
        station.trust.pems(CertificateUse.CSMS_ROOT),
        verify_hostname=csms.verify_hostname,
        certificate=shown.next() if station.network.level == SHOWS else None,
    )


def make_transfers(settings: Settings, station: Station) -> Transfers:
    """Return how files come and go, with what the station trusts at the time."""
    return Transfers(lambda: transfer_rules(settings, station))


def transfer_rules(settings: Settings, station: Station) -> Rules:
    """Return [transfers] for now. Servers of files are trusted by the roots for the central
    system and the manufacturer, and by the machine's own (N01.FR.15, .16)."""
    own = settings.transfers

    def tls() -> ssl.SSLContext:
        uses = (CertificateUse.CSMS_ROOT, CertificateUse.MANUFACTURER_ROOT)
        roots = [pem for use in uses for pem in station.trust.pems(use)]
        return client_context(roots, system_roots=own.system_roots)

    return Rules(
        tls=tls,
        host_keys=Path(own.host_keys or Path(settings.agent.data_dir) / "ssh_host_keys"),
        trust_first=not own.host_keys,
        protocols=frozenset(own.protocols),
        local_locations=own.local_locations,
        local_redirects=own.local_redirects,
        most_bytes=own.largest_mb * MEGABYTE,
        spare_bytes=own.keep_free_mb * MEGABYTE,
        silence_s=own.silence_s,
        longest_s=own.longest_s,
    )


def back_off(settings: Settings, variables: Variables, life: Life) -> BackOff:
    """Return how long to wait between attempts: 2.0.1 has variables for it, 1.6 has not."""
    if life.station.dialect.has_back_off:
        return BackOff(
            variables.number(COMM, "RetryBackOffWaitMinimum"),
            variables.number(COMM, "RetryBackOffRandomRange"),
            variables.integer(COMM, "RetryBackOffRepeatTimes"),
        )
    again = settings.reconnect
    return BackOff(again.wait_min_s, again.random_range_s, again.repeat_times)
