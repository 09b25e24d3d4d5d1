"""What the rows of this adapter's tables are made of. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import Command, Later, Outcome, Reply
from chargepoint.core.values import dataclass
from chargepoint.protocol.adapter import Call, Deferred, Handle, Payload

Answer = Callable[[Payload, Handle], Payload | Deferred]
"""One action of the central system: its payload in, the answer's out, WireError to refuse."""

GOOD = frozenset(
    {
        Outcome.ACCEPTED,
        Outcome.ACCEPTED_CANCELED,
        Outcome.REBOOT_REQUIRED,
        Outcome.SCHEDULED,
        Outcome.UNLOCKED,
    }
)

# Part 2 appendix 5. What a refusal gives as its reason where the station names none.
REASONS: Mapping[Outcome, str] = {
    Outcome.UNKNOWN: "NotFound",
    Outcome.UNKNOWN_COMPONENT: "NotFound",
    Outcome.UNKNOWN_EVSE: "UnknownEvse",
    Outcome.UNSUPPORTED: "UnsupportedRequest",
    Outcome.TX_ONGOING: "TxInProgress",
}
REASON_LENGTH = 20
INFO_LENGTH = 512


def one(ask: Callable[[Payload], Command | Reply], say: Callable[[Reply], Payload]) -> Answer:
    """Return the answer of an action that is one command.

    *ask* reads the CALL: the command, or at once the reply where the station need not
    be asked. *say* renders the reply, also one that comes later.
    """

    def answer(payload: Payload, handle: Handle) -> Payload | Deferred:
        asked = ask(payload)
        reply = asked if isinstance(asked, Reply) else handle(asked)
        return Deferred(reply.ticket, say) if isinstance(reply, Later) else say(reply)

    return answer


def status(
    words: Mapping[Outcome, str],
    otherwise: str = "Rejected",
    reasons: Mapping[Outcome, str] = REASONS,
) -> Callable[[Reply], Payload]:
    """Return how a message says its status: the outcome's word, or *otherwise*.

    *reasons* stand in where a refusal has no reason code of its own.
    """
    return lambda reply: (
        {"status": words.get(reply.outcome, otherwise)} | status_info(reply, reasons=reasons)
    )


def status_info(
    reply: Reply, name: str = "statusInfo", reasons: Mapping[Outcome, str] = REASONS
) -> Payload:
    """Return the StatusInfoType of a refusal under *name*; nothing for what went well."""
    if reply.outcome in GOOD:
        return {}
    reason = reply.reason or reasons.get(reply.outcome, "Unspecified")
    info: Payload = {"reasonCode": reason[:REASON_LENGTH]}
    return {name: info | ({"additionalInfo": reply.info[:INFO_LENGTH]} if reply.info else {})}


def nobody_waits(event: Any) -> None:
    """No answer came, and nobody in the station asked for one."""


def nothing_said(event: Any, payload: Payload, outbox_id: int) -> None:
    """The answer came, and there is nothing in it."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One kind of event of ours.

    *call* is the CALL that tells it, None where 2.0.1 has nothing to tell; *heard* makes
    a command of the CALLRESULT and raises WireError for one that lacks what the command
    needs; *unheard* is the command when none came.
    """

    call: Callable[[Any, StationIdentity], Call | None]
    heard: Callable[[Any, Payload, int], Command | None] = nothing_said
    unheard: Callable[[Any], Command | None] = nobody_waits
