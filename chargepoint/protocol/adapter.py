"""What an OCPP version must offer. The rest of the program knows versions only by this.

An adapter is two pure conversions: the central system's CALLs into commands and replies
back into payloads; our events into CALLs and their answers back into commands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from chargepoint.core.config import StationIdentity
from chargepoint.core.dialect import Dialect
from chargepoint.core.messages import Command, Event, Later, Reply
from chargepoint.core.values import dataclass
from chargepoint.errors import ErrorCode

Payload = dict[str, Any]
Handle = Callable[[Command], Reply | Later]


@dataclass(frozen=True, slots=True)
class Call:
    """One CALL to make: the wire's action name and payload."""

    action: str
    payload: Payload


@dataclass(frozen=True, slots=True)
class Deferred:
    """The answer needs the Reply that comes with *ticket*; *render* makes the payload of it."""

    ticket: int
    render: Callable[[Reply], Payload]


class Adapter(Protocol):
    """One OCPP version on one connection. Stateless but for what the version itself needs.

    *incoming* are the actions it handles, *known* all of the version (their difference is
    NotSupported, anything else NotImplemented). *error_words* spells the CALLERROR codes; one
    that the version does not have is missing, and what is not even a frame then gets no answer.
    """

    subprotocol: str
    version: str
    dialect: Dialect
    incoming: frozenset[str]
    known: frozenset[str]
    error_words: Mapping[ErrorCode, str]

    def answer(self, action: str, payload: Payload, handle: Handle) -> Payload | Deferred:
        """Return the CALLRESULT payload for a schema-valid CALL; raise WireError to refuse it.

        *handle* gives one command to the station; an action may need several.
        """
        ...

    def call(self, event: Event, identity: StationIdentity, central_id: int | None) -> Call | None:
        """Return the CALL that tells *event*, or None when this version does not tell it.

        *central_id* is 1.6's transactionId of the event's transaction, None while unknown.
        """
        ...

    def heard(self, event: Event, payload: Payload, outbox_id: int) -> Command | None:
        """Return the command that carries the CALLRESULT *payload* for *event* back."""
        ...

    def unheard(self, event: Event) -> Command | None:
        """Return the command that says a live *event* got no answer, if anyone waits for it."""
        ...
