"""What one turn of the station leaves behind, collected until the shell takes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import field
from typing import Any

from chargepoint.core.messages import (
    Batch,
    DurableEvent,
    Effect,
    Event,
    LiveEvent,
    Note,
    Reply,
    SecurityEvent,
    TransactionEvent,
)
from chargepoint.core.values import dataclass
from chargepoint.core.words import Moment


@dataclass(slots=True)
class Turn:
    """The blocks write into it; ``Station.take`` empties it into a Batch.

    *number* is the batch that what is written now will be part of. *now* is the moment
    of the turn. Without a central system (*has_central*) nothing waits for one: an outbox
    that nobody ever empties would fill the disk. *queued* counts the events of each
    transaction that the central system does not have yet. Durable events become
    undeletable only when their batch is on disk. *security_log* sees every security event.
    """

    now: Moment
    number: int = 1
    online: bool = False
    has_central: bool = True
    last_said_s: float = float("-inf")
    tickets: int = 0
    security_log: Callable[[SecurityEvent], None] = lambda _: None
    queued: Counter[str] = field(default_factory=Counter)
    _changes: dict[tuple[str, str], Any] = field(default_factory=dict)
    _durable: list[DurableEvent] = field(default_factory=list)
    _delivered: list[int] = field(default_factory=list)
    _given_up: list[tuple[int, str]] = field(default_factory=list)
    _live: list[LiveEvent] = field(default_factory=list)
    _answers: list[tuple[int, Reply]] = field(default_factory=list)
    _effects: list[Effect] = field(default_factory=list)
    _notes: list[Note] = field(default_factory=list)

    def keep(self, kind: str, key: str, value: Any) -> None:
        """Put *value* on disk under *kind* and *key* with this turn."""
        self._changes[kind, key] = value

    def forget(self, kind: str, key: str) -> None:
        """Delete what was kept under *kind* and *key*."""
        self._changes[kind, key] = None

    def tell(self, event: Event) -> None:
        """Send *event*: durable ones go to the outbox, live ones only while online."""
        if isinstance(event, SecurityEvent):
            self.security_log(event)
            if not event.critical:
                return
        if isinstance(event, DurableEvent):
            if not self.has_central:
                return
            self._durable.append(event)
            if isinstance(event, TransactionEvent):
                self.queued[event.transaction_id] += 1
        elif self.online:
            self._live.append(event)
            self.last_said_s = self.now.s

    def tell_anyway(self, event: LiveEvent) -> None:
        """Send a live event although the central system has not accepted us (yet)."""
        self._live.append(event)
        self.last_said_s = self.now.s

    def delivered(self, outbox_id: int) -> None:
        """Remove an outbox entry that the central system has."""
        self._delivered.append(outbox_id)
        self.last_said_s = self.now.s

    def given_up(self, outbox_id: int, why: str) -> None:
        """Set an outbox entry aside that the central system does not take."""
        self._given_up.append((outbox_id, why))

    def ticket(self) -> int:
        """Return a new ticket for a command that is answered Later."""
        self.tickets += 1
        return self.tickets

    def answer(self, ticket: int, reply: Reply) -> None:
        """Answer a command that was told Later."""
        self._answers.append((ticket, reply))

    def do(self, effect: Effect) -> None:
        """Leave a chore to the shell."""
        self._effects.append(effect)

    def note(self, text: str, evse_id: int = 0, level: str = "info") -> None:
        """Say one sentence to the people who watch."""
        self._notes.append(Note(self.now.utc, text, evse_id, level))

    def take(self) -> Batch:
        """Return everything collected and begin the next batch."""
        batch = Batch(
            number=self.number,
            changes=dict(self._changes),
            durable=tuple(self._durable),
            delivered=tuple(self._delivered),
            given_up=tuple(self._given_up),
            live=tuple(self._live),
            answers=tuple(self._answers),
            effects=tuple(self._effects),
            notes=tuple(self._notes),
        )
        for collected in (
            self._changes,
            self._durable,
            self._delivered,
            self._given_up,
            self._live,
            self._answers,
            self._effects,
            self._notes,
        ):
            collected.clear()
        self.number += 1
        return batch
