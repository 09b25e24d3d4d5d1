"""Commands: what the shell reports back."""

from __future__ import annotations

from datetime import datetime

from chargepoint.core.dialect import Dialect
from chargepoint.core.messages.events import DurableEvent, StatusChanged
from chargepoint.core.values import dataclass
from chargepoint.core.words import Registration, Token, TokenInfo


@dataclass(frozen=True, slots=True)
class LinkUp:
    """Connected, with this version agreed. Nothing has been said yet."""

    dialect: Dialect


@dataclass(frozen=True, slots=True)
class LinkDown:
    """Not connected any more; *why* is a sentence. *wished*: we wanted it so."""

    why: str = ""
    wished: bool = False


@dataclass(frozen=True, slots=True)
class DialFailed:
    """An attempt to connect led to nothing."""


@dataclass(frozen=True, slots=True)
class ReportTold:
    """One part of a report is no longer on its way."""


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

    *central_id* is StartTransaction's transactionId; *info* what it says of the token,
    *charging_priority* what it says of the transaction.
    """

    outbox_id: int
    event: DurableEvent
    central_id: int | None = None
    info: TokenInfo | None = None
    charging_priority: int | None = None


@dataclass(frozen=True, slots=True)
class EventGivenUp:
    """All attempts for *outbox_id* are used up; *why* is the last error. It is set aside."""

    outbox_id: int
    event: DurableEvent
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


News = (
    LinkUp
    | LinkDown
    | DialFailed
    | ReportTold
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
