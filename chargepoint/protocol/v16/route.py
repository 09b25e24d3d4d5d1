"""What the rows of this adapter's tables are made of. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Command, Later, Outcome, Reply
from chargepoint.core.values import dataclass
from chargepoint.protocol.adapter import Call, Deferred, Handle, Payload


@dataclass(frozen=True, slots=True)
class Route:
    """One action of the central system.

    *ask* reads the CALL: the command to give to the station, or at once the reply where
    the station need not be asked. *say* renders a reply as the CALLRESULT. Both raise
    WireError where the answer is a CALLERROR.
    """

    ask: Callable[[Payload], Command | Reply]
    say: Callable[[Reply], Payload]

    def answer(self, payload: Payload, handle: Handle) -> Payload | Deferred:
        """Return the CALLRESULT payload, or what makes it of the reply that comes later."""
        asked = self.ask(payload)
        reply = asked if isinstance(asked, Reply) else handle(asked)
        return Deferred(reply.ticket, self.say) if isinstance(reply, Later) else self.say(reply)


def status(words: Mapping[Outcome, str], otherwise: str) -> Callable[[Reply], Payload]:
    """Return how a message says its status: the outcome's word, or *otherwise*."""
    return lambda reply: {"status": words.get(reply.outcome, otherwise)}


def nobody_waits(event: Any) -> None:
    """No answer came, and nobody in the station asked for one."""


def nothing_said(event: Any, payload: Payload, outbox_id: int) -> None:
    """The answer came, and nobody in the station needs it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One kind of event of ours.

    *call* is the CALL that tells it, None where 1.6 has nothing to tell; *heard* makes a
    command of the CALLRESULT; *unheard* is the command when none came. *heard* raises
    WireError for a CALLRESULT that lacks what the command needs.
    """

    call: Callable[[Any, StationIdentity, int | None], Call | None]
    heard: Callable[[Any, Payload, int], Command | None] = nothing_said
    unheard: Callable[[Any], Command | None] = nobody_waits
