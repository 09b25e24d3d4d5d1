"""Effects: chores for the shell; and everything that one turn leaves to it."""

from __future__ import annotations

from dataclasses import field
from datetime import datetime
from typing import Any

from chargepoint.core.messages.events import DurableEvent, LiveEvent
from chargepoint.core.messages.firmware import FirmwareEffect
from chargepoint.core.messages.logs import LogChore
from chargepoint.core.messages.replies import Reply
from chargepoint.core.values import dataclass
from chargepoint.core.words import BootReason


@dataclass(frozen=True, slots=True)
class SetClock:
    """The central system's time, received just now."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Restart:
    """Stop, and start again or leave, as ``reset_action`` says. Everything is settled."""

    reason: BootReason


@dataclass(frozen=True, slots=True)
class ResetBoard:
    """Make the board of an EVSE safe and, where it can, start it anew. Nobody uses it."""

    evse_id: int


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Drop the link after what was said so far, and dial again: credentials changed."""


@dataclass(frozen=True, slots=True)
class MakeKey:
    """Make a new key of ours and a request to have it signed; report KeyMade."""

    common_name: str
    organization: str


@dataclass(frozen=True, slots=True)
class AskVendor:
    """Let a vendor's extension answer; report VendorAnswered with this *ticket*."""

    ticket: int
    vendor_id: str
    message_id: str
    data: Any


Effect = (
    SetClock | Restart | ResetBoard | Reconnect | MakeKey | AskVendor | FirmwareEffect | LogChore
)


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence for people about one change; the log and the page show it."""

    at: datetime
    text: str
    evse_id: int = 0
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Batch:
    """What one turn of the Station leaves to the shell, in this order.

    1. Put *changes* (None deletes) and *durable* events, and remove *delivered* outbox
       entries (and set *given_up* ones aside) in **one** disk transaction; then tell
       ``Station.committed(number)``.
    2. Answer the command. 3. Send *live* events. 4. Do *effects*.
    """

    number: int
    changes: dict[tuple[str, str], Any] = field(default_factory=dict)
    durable: tuple[DurableEvent, ...] = ()
    delivered: tuple[int, ...] = ()
    given_up: tuple[tuple[int, str], ...] = ()
    live: tuple[LiveEvent, ...] = ()
    answers: tuple[tuple[int, Reply], ...] = ()
    effects: tuple[Effect, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def touches_disk(self) -> bool:
        """Return whether step 1 has anything to do."""
        return bool(self.changes or self.durable or self.delivered or self.given_up)
