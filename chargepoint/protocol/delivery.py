"""From events to the central system: live ones now, durable ones in order until they are there.

One CALL at a time. Live events overtake the outbox; the outbox keeps its order whatever
happens. A failure is a CALLERROR or a silence while the link stands, never being offline
(1.6 section 3.7.1 with OCPP-J errata 3.3; 2.0.1 E13).
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Protocol

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Command,
    DurableEvent,
    EventDelivered,
    EventGivenUp,
    LiveEvent,
    TransactionEvent,
)
from chargepoint.core.values import dataclass
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Adapter, Payload
from chargepoint.protocol.calls import CallFailed, CallRefused

log = logging.getLogger(__name__)

UNWANTED = frozenset({ErrorCode.NOT_IMPLEMENTED, ErrorCode.NOT_SUPPORTED})


class Entry(Protocol):
    """One durable event as the store keeps it."""

    @property
    def id(self) -> int: ...
    @property
    def event(self) -> DurableEvent: ...
    @property
    def attempts(self) -> int: ...


class Outbox(Protocol):
    """What the store offers of its outbox."""

    async def first_pending(self) -> Entry | None: ...
    async def last_id(self) -> int: ...
    async def note_attempt(self, outbox_id: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Rules:
    """How often a transaction message is tried: MessageAttempts, MessageAttemptInterval."""

    attempts: int
    interval_s: float


class Caller(Protocol):
    """What of an RPC session is used here."""

    async def call(self, action: str, payload: Payload) -> Payload: ...


class Delivery:
    """Delivers over whatever connection there is. *submit* gives a command to the station
    and returns when it is settled on disk."""

    def __init__(
        self,
        outbox: Outbox,
        submit: Callable[[Command], Awaitable[None]],
        identity: StationIdentity,
        rules: Callable[[], Rules],
        central_id: Callable[[str], int | None],
        monotonic: Callable[[], float],
    ) -> None:
        self._outbox = outbox
        self._submit = submit
        self._identity = identity
        self._rules = rules
        self._central_id = central_id
        self._monotonic = monotonic
        self._live: deque[LiveEvent] = deque()
        self._news = asyncio.Event()
        self._accepted = False
        self._retry_at_s = 0.0

    def tell(self, event: LiveEvent) -> None:
        """Queue a live event for this connection."""
        self._live.append(event)
        self._news.set()

    def wake(self) -> None:
        """Look at the outbox: something was put in, or the central system accepted us."""
        self._news.set()

    def accepted(self, accepted: bool) -> None:
        """Open or close the outbox: nothing of it leaves before the boot is accepted."""
        if accepted != self._accepted:
            self._accepted = accepted
            self._retry_at_s = 0.0
            self._news.set()

    def begin(self) -> None:
        """Begin with a new connection: what was said for the last one is of no use here."""
        self._live.clear()

    async def run(self, session: Caller, adapter: Adapter) -> None:
        """Deliver over *session* until it breaks (LinkError)."""
        older_than = await self._outbox.last_id()
        while True:
            self._news.clear()
            if self._live:
                await self._say(self._live[0], session, adapter)
                self._live.popleft()
                continue
            if self._accepted and self._monotonic() >= self._retry_at_s:
                entry = await self._outbox.first_pending()
                if entry is not None:
                    await self._deliver(entry, session, adapter, entry.id <= older_than)
                    continue
            await self._wait()

    async def broken(self, adapter: Adapter) -> None:
        """The link is gone: what waited for an answer gets none, live events are dropped."""
        dropped, self._live = list(self._live), deque()
        for event in dropped:
            command = adapter.unheard(event)
            if command is not None:
                await self._submit(command)

    async def _wait(self) -> None:
        """Sleep until there is news, or a retry is due."""
        pause_s = self._retry_at_s - self._monotonic()
        try:
            async with asyncio.timeout(pause_s if pause_s > 0 else None):
                await self._news.wait()
        except TimeoutError:
            return

    async def _say(self, event: LiveEvent, session: Caller, adapter: Adapter) -> None:
        """Send one live event; what nobody answers is told to whoever waits for it."""
        call = adapter.call(event, self._identity, self._transaction_number(event))
        if call is None:
            return
        try:
            payload = await session.call(call.action, call.payload)
            command = adapter.heard(event, payload, 0)
        except (CallFailed, WireError) as error:
            log.warning("%s: %s", call.action, error)
            command = adapter.unheard(event)
        if command is not None:
            await self._submit(command)

    async def _deliver(
        self, entry: Entry, session: Caller, adapter: Adapter, was_queued: bool
    ) -> None:
        """Send the oldest durable event; settle it, or wait by the rule (E13.FR.02 to .04)."""
        event = entry.event
        told = event
        if was_queued and isinstance(event, TransactionEvent):
            told = replace(event, offline=True)  # E11.FR.07
        call = adapter.call(told, self._identity, self._transaction_number(event))
        if call is None:
            await self._submit(EventDelivered(entry.id, event))
            return
        try:
            payload = await session.call(call.action, call.payload)
            command = adapter.heard(event, payload, entry.id)
        except (CallFailed, WireError) as error:
            await self._failed(entry, call.action, error)
            return
        self._retry_at_s = 0.0
        await self._submit(command or EventDelivered(entry.id, event))

    async def _failed(self, entry: Entry, action: str, error: CallFailed | WireError) -> None:
        rules, attempts = self._rules(), entry.attempts + 1
        log.warning("%s failed, attempt %d of %d: %s", action, attempts, rules.attempts, error)
        if not isinstance(entry.event, TransactionEvent) and _is_unwanted(error):
            await self._submit(EventDelivered(entry.id, entry.event))  # our log has it
            return
        if attempts >= rules.attempts:
            self._retry_at_s = 0.0
            await self._submit(EventGivenUp(entry.id, entry.event, f"{action}: {error}"))
            return
        await self._outbox.note_attempt(entry.id)
        self._retry_at_s = self._monotonic() + rules.interval_s * attempts

    def _transaction_number(self, event: object) -> int | None:
        transaction_id = getattr(event, "transaction_id", None)
        return self._central_id(transaction_id) if transaction_id else None


def _is_unwanted(error: CallFailed | WireError) -> bool:
    """Return whether the central system does not know the message at all."""
    return isinstance(error, CallRefused) and error.code in UNWANTED
