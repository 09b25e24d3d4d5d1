"""Events: durable ones wait in the outbox until the central system has them, live ones are
worth telling now or never."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from chargepoint.core.messages.firmware import FirmwareAsked, FirmwareProgress
from chargepoint.core.messages.logs import LogStatus
from chargepoint.core.values import dataclass
from chargepoint.core.words import (
    BootReason,
    ChargingState,
    MeterSample,
    Status,
    StopReason,
    Token,
    Trigger,
    VariableRef,
)
from hardware.api import Fault
from profiles.limits import Origin
from profiles.schedule import Profile, Schedule


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


@dataclass(frozen=True, slots=True)
class ReservationEnded:
    """A reservation that nobody used: *why* is a 2.0.1 ReservationUpdateStatusEnumType."""

    reservation_id: int
    why: str
    at: datetime


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
class ProblemChanged:
    """NotifyEvent: the Problem of a component, *ref*, came (*holds*) or went; *fault* is
    what is behind it, *id* the event's number since the start."""

    id: int
    at: datetime
    ref: VariableRef
    fault: Fault
    holds: bool = True


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
class ProfilesReported:
    """ReportChargingProfiles: what one *origin* set for one EVSE; *more* is tbc."""

    request_id: int
    evse_id: int
    origin: Origin
    profiles: tuple[Profile, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class LimitImposed:
    """NotifyChargingLimit: somebody outside limits one EVSE, or with 0 the station.

    *schedule* says how far; None says only that there is a limit.
    """

    evse_id: int
    origin: Origin
    schedule: Schedule | None = None


@dataclass(frozen=True, slots=True)
class LimitReleased:
    """ClearedChargingLimit."""

    evse_id: int
    origin: Origin


@dataclass(frozen=True, slots=True)
class IdleNotice:
    """A status message with status Idle, asked for by a trigger; *message* names which."""

    message: str


@dataclass(frozen=True, slots=True)
class SignRequest:
    """SignCertificate: our certificate shall be renewed; *request_pem* is the PKCS#10."""

    request_pem: str


@dataclass(frozen=True, slots=True)
class VendorData:
    """DataTransfer: a message in a vendor's own words; *data* is anything that JSON can say."""

    vendor_id: str
    message_id: str = ""
    data: Any = None


DurableEvent = TransactionEvent | SecurityEvent | ReservationEnded | FirmwareProgress

LiveEvent = (
    Boot
    | Heartbeat
    | AskToken
    | StatusChanged
    | ProblemChanged
    | MeterValues
    | ReportPart
    | ProfilesReported
    | LimitImposed
    | LimitReleased
    | IdleNotice
    | FirmwareAsked
    | LogStatus
    | SignRequest
    | VendorData
)

Event = DurableEvent | LiveEvent
