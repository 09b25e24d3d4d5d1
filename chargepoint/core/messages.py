"""Everything that goes into the Station and comes out of it.

Commands go in and are answered by a Reply in the same turn (or Later, with a ticket).
Events come out: durable ones are ours to keep until the central system has them, live
ones are worth sending now or never. Effects are chores for the shell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from chargepoint.core.dialect import Dialect
from chargepoint.core.words import (
    BootReason,
    ChargingState,
    MeterSample,
    Registration,
    Status,
    StopReason,
    Token,
    TokenInfo,
    Trigger,
    VariableRef,
)
from profiles.schedule import Profile, Purpose, Unit


class Outcome(StrEnum):
    """How a command went, in words that both versions' statuses are mapped from."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    SCHEDULED = "scheduled"
    REBOOT_REQUIRED = "reboot required"
    UNKNOWN = "unknown"  # the thing named does not exist: key, profile, message
    UNKNOWN_COMPONENT = "unknown component"
    UNKNOWN_EVSE = "unknown evse"
    UNSUPPORTED = "unsupported"  # the attribute, the message, the feature
    UNLOCKED = "unlocked"
    UNLOCK_FAILED = "unlock failed"
    TX_ONGOING = "transaction ongoing"
    CONFLICT = "conflict"  # impossible in this state, for local commands (HTTP 409)


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a command; *reason* is a 2.0.1 reason code, *info* a sentence."""

    outcome: Outcome
    reason: str = ""
    info: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """The answer comes with this ticket in a later Batch."""

    ticket: int


ACCEPTED = Reply(Outcome.ACCEPTED)


# --- commands: what the central system asks -------------------------------------------


@dataclass(frozen=True, slots=True)
class RemoteStart:
    """RemoteStartTransaction, RequestStartTransaction. Reply: StartReply."""

    token: Token
    evse_id: int | None = None
    remote_start_id: int | None = None
    group: Token | None = None
    profile: Profile | None = None


@dataclass(frozen=True, slots=True)
class StartReply(Reply):
    """*transaction_id* when one runs there already (F01.FR.13)."""

    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class RemoteStop:
    """Stop the transaction with our id, or with the central system's (1.6)."""

    transaction_id: str | None = None
    central_id: int | None = None


@dataclass(frozen=True, slots=True)
class ChangeAvailability:
    """evse_id 0 is the station; connector_id None is all of the EVSE."""

    evse_id: int
    connector_id: int | None
    operative: bool


@dataclass(frozen=True, slots=True)
class ChangeKey:
    """ChangeConfiguration by 1.6 key. ACCEPTED, REJECTED, REBOOT_REQUIRED, UNKNOWN."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class GetKeys:
    """GetConfiguration; no keys is all. Reply: KeysReply."""

    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeysReply(Reply):
    """*known* are (key, readonly, value); value None for what is not set."""

    known: tuple[tuple[str, bool, str | None], ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SetVariable:
    """One item of SetVariables. ACCEPTED, REJECTED (with reason), REBOOT_REQUIRED,
    UNKNOWN_COMPONENT, UNKNOWN (variable), UNSUPPORTED (attribute)."""

    ref: VariableRef
    value: str
    attribute: str = "Actual"


@dataclass(frozen=True, slots=True)
class GetVariable:
    """One item of GetVariables. Outcomes as SetVariable; Reply: ValueReply."""

    ref: VariableRef
    attribute: str = "Actual"


@dataclass(frozen=True, slots=True)
class ValueReply(Reply):
    value: str | None = None


@dataclass(frozen=True, slots=True)
class GetBaseReport:
    """*base* is the 2.0.1 ReportBaseEnumType. UNSUPPORTED for one we do not make."""

    request_id: int
    base: str


@dataclass(frozen=True, slots=True)
class SetProfile:
    """Install a profile. ACCEPTED, REJECTED with reason, UNKNOWN_EVSE, UNSUPPORTED.

    *central_transaction_id* is 1.6's integer; ``profile.transaction_id`` 2.0.1's.
    """

    profile: Profile
    central_transaction_id: int | None = None


@dataclass(frozen=True, slots=True)
class ClearProfiles:
    """ACCEPTED when at least one went, else UNKNOWN. With *id* the rest is ignored."""

    id: int | None = None
    evse_id: int | None = None
    purpose: Purpose | None = None
    stack_level: int | None = None


@dataclass(frozen=True, slots=True)
class GetComposite:
    """ACCEPTED with a CompositeReply, REJECTED, UNKNOWN_EVSE."""

    evse_id: int
    duration_s: int
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class CompositeReply(Reply):
    """*periods* are (start_s, limit, phases), limits in *unit*, the first at 0."""

    evse_id: int = 0
    start_at: datetime | None = None
    duration_s: int = 0
    unit: Unit = Unit.A
    periods: tuple[tuple[int, float, int], ...] = ()


@dataclass(frozen=True, slots=True)
class TriggerMessage:
    """*message* is the wire's word. ACCEPTED, REJECTED, UNSUPPORTED (NotImplemented).

    The events it asks for follow the reply.
    """

    message: str
    evse_id: int | None = None
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class Reset:
    """*soft*: 1.6 Soft and 2.0.1 OnIdle; otherwise 1.6 Hard and 2.0.1 Immediate."""

    soft: bool
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class Unlock:
    """UNLOCKED, UNLOCK_FAILED, UNSUPPORTED (no lock), UNKNOWN_EVSE, TX_ONGOING. May be Later."""

    evse_id: int
    connector_id: int = 1


@dataclass(frozen=True, slots=True)
class ClearCache:
    """ACCEPTED, or REJECTED when the cache is off."""


# --- commands: what people and machines on the spot ask ---------------------------------


@dataclass(frozen=True, slots=True)
class PresentToken:
    """A card at the reader that serves *evse_ids* (empty: all)."""

    token: Token
    evse_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SetMode:
    mode: str


@dataclass(frozen=True, slots=True)
class Override:
    """One more limit for one EVSE or all; None clears it, *for_s* ends it by itself."""

    limit_a: float | None
    evse_id: int | None = None
    for_s: float | None = None


# --- commands: what the shell reports back -----------------------------------------------


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Connected, with this version agreed. Nothing has been said yet."""

    dialect: Dialect


@dataclass(frozen=True, slots=True)
class LinkDown:
    """Not connected any more; *why* is a sentence."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class BootAnswered:
    """None for *registration*: no answer or a CALLERROR; try again later."""

    registration: Registration | None
    interval_s: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HeartbeatAnswered:
    at: datetime


@dataclass(frozen=True, slots=True)
class AuthorizeAnswered:
    """The answer to AskToken; *info* None: nobody answered, or a CALLERROR."""

    token: Token
    info: TokenInfo | None


@dataclass(frozen=True, slots=True)
class StatusTold:
    """The central system confirmed this StatusChanged."""

    event: StatusChanged


@dataclass(frozen=True, slots=True)
class EventDelivered:
    """The central system has the outbox entry *outbox_id*; it can go.

    *central_id* is StartTransaction's transactionId; *info* what it says of the token.
    """

    outbox_id: int
    event: TransactionEvent | SecurityEvent
    central_id: int | None = None
    info: TokenInfo | None = None


@dataclass(frozen=True, slots=True)
class EventGivenUp:
    """All attempts for *outbox_id* are used up; *why* is the last error. It is set aside."""

    outbox_id: int
    event: TransactionEvent | SecurityEvent
    why: str


@dataclass(frozen=True, slots=True)
class NoteSecurity:
    """The shell saw something that belongs into the security log."""

    type: str
    tech_info: str = ""


@dataclass(frozen=True, slots=True)
class StoreFailed:
    """The disk does not take what we promise: refuse new sessions until StoreWorks."""

    why: str


@dataclass(frozen=True, slots=True)
class StoreWorks:
    """The disk takes data again."""


Command = (
    RemoteStart
    | RemoteStop
    | ChangeAvailability
    | ChangeKey
    | GetKeys
    | SetVariable
    | GetVariable
    | GetBaseReport
    | SetProfile
    | ClearProfiles
    | GetComposite
    | TriggerMessage
    | Reset
    | Unlock
    | ClearCache
    | PresentToken
    | SetMode
    | Override
    | LinkUp
    | LinkDown
    | BootAnswered
    | HeartbeatAnswered
    | AuthorizeAnswered
    | StatusTold
    | EventDelivered
    | EventGivenUp
    | NoteSecurity
    | StoreFailed
    | StoreWorks
)


# --- events that must arrive: they wait in the outbox -------------------------------------


class TxPhase(StrEnum):
    """TransactionEventEnumType of 2.0.1."""

    STARTED = "Started"
    UPDATED = "Updated"
    ENDED = "Ended"


@dataclass(frozen=True, slots=True)
class TransactionEvent:
    """What happened to a transaction. Complete in itself, so that either version can tell it.

    *token* is the transaction's; *tells_token*, *tells_evse*: this event is the first to
    say so (2.0.1 says it once: E01.FR.16, E03.FR.01). *stop_token* ended it.
    *meter_wh* is the import register now. *samples* belong to this event;
    for ENDED they are all that StopTxn / TxEnded lists ask for, begin and end included.
    *charging_state* None: unchanged. *offline* and *seq_no* are fixed at birth.
    """

    phase: TxPhase
    transaction_id: str
    seq_no: int
    at: datetime
    trigger: Trigger
    evse_id: int
    connector_id: int
    meter_wh: float
    offline: bool = False
    token: Token | None = None
    tells_token: bool = False
    tells_evse: bool = False
    stop_token: Token | None = None
    charging_state: ChargingState | None = None
    stop_reason: StopReason | None = None
    samples: tuple[MeterSample, ...] = ()
    remote_start_id: int | None = None
    reservation_id: int | None = None
    phases_used: int | None = None
    cable_a: float | None = None


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """SecurityEventNotification. Only critical ones are sent; all are logged."""

    type: str
    at: datetime
    tech_info: str = ""
    critical: bool = True


DurableEvent = TransactionEvent | SecurityEvent


# --- events worth telling now or never ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Boot:
    """BootNotification. Answer with BootAnswered in every case."""

    reason: BootReason


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """Answer with HeartbeatAnswered."""


@dataclass(frozen=True, slots=True)
class AskToken:
    """Authorize. Answer with AuthorizeAnswered in every case."""

    token: Token


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """StatusNotification; evse_id and connector_id 0 is the station itself.

    *error* is a 1.6 ChargePointErrorCode, "NoError" where nothing is wrong.
    """

    evse_id: int
    connector_id: int
    status: Status
    at: datetime
    error: str = "NoError"
    info: str = ""
    vendor_error: str = ""


@dataclass(frozen=True, slots=True)
class MeterValues:
    """A sample outside a transaction; evse_id 0 is the grid connection."""

    evse_id: int
    sample: MeterSample
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReportedVariable:
    """One variable of a report: attributes are (type, value or None, mutability)."""

    ref: VariableRef
    attributes: tuple[tuple[str, str | None, str], ...]
    data_type: str
    unit: str = ""
    min_limit: float | None = None
    max_limit: float | None = None
    values_list: str = ""
    supports_monitoring: bool = False
    constant: bool = False
    persistent: bool = True


@dataclass(frozen=True, slots=True)
class ReportPart:
    """NotifyReport; *more* is tbc."""

    request_id: int
    seq_no: int
    more: bool
    at: datetime
    variables: tuple[ReportedVariable, ...]


@dataclass(frozen=True, slots=True)
class IdleNotice:
    """A status message with status Idle, asked for by a trigger; *message* names which."""

    message: str


LiveEvent = Boot | Heartbeat | AskToken | StatusChanged | MeterValues | ReportPart | IdleNotice

Event = DurableEvent | LiveEvent


# --- effects: chores for the shell -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SetClock:
    """The central system's time, received just now."""

    at: datetime


@dataclass(frozen=True, slots=True)
class Restart:
    """Stop, and start again or leave, as ``reset_action`` says. Everything is settled."""

    reason: BootReason


@dataclass(frozen=True, slots=True)
class Reconnect:
    """Drop the link after what was said so far, and dial again: credentials changed."""


Effect = SetClock | Restart | Reconnect


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
