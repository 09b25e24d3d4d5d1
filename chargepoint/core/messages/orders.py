"""Commands: what the central system asks, and the replies that say more than an outcome."""

from __future__ import annotations

from datetime import datetime

from chargepoint.core.messages.replies import Reply
from chargepoint.core.network_profile import NetworkProfile
from chargepoint.core.values import dataclass
from chargepoint.core.words import Token, VariableRef
from profiles.reporting import Criteria
from profiles.schedule import Profile, Purpose, Unit


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
class Weigh:
    """May a *request* of so many items and bytes come? ACCEPTED, or REJECTED with the reason
    TooManyElements or TooLargeElement."""

    request: str
    items: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class GetBaseReport:
    """*base* is the 2.0.1 ReportBaseEnumType. UNSUPPORTED for one we do not make."""

    request_id: int
    base: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Variables that a report is limited to: what is None may be any (B08.FR.20 to .25)."""

    component: str
    component_instance: str | None = None
    evse_id: int | None = None
    connector_id: int | None = None
    variable: str | None = None
    instance: str | None = None


@dataclass(frozen=True, slots=True)
class GetReport:
    """Report *wanted* (empty: everything) of the components that meet one of *criteria*
    (empty: of all). ACCEPTED, UNKNOWN (nothing is left to report), REJECTED (too many)."""

    request_id: int
    criteria: tuple[str, ...] = ()
    wanted: tuple[Wanted, ...] = ()


@dataclass(frozen=True, slots=True)
class GetTransactionStatus:
    """Is it over, and is all of it told? *transaction_id* None: of any (E14)."""

    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class TransactionStatusReply(Reply):
    """*ongoing* is None where no transaction was named."""

    ongoing: bool | None = None
    queued: bool = False


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
class GetProfiles:
    """ACCEPTED when the reports follow, UNKNOWN when no profile matches (K09), UNSUPPORTED."""

    request_id: int
    criteria: Criteria


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

    The events it asks for follow the reply. *extended*: asked for by the security extension
    of 1.6, which is no part of the feature profile RemoteTrigger.
    """

    message: str
    evse_id: int | None = None
    connector_id: int | None = None
    extended: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """*soft*: 1.6 Soft and 2.0.1 OnIdle; otherwise 1.6 Hard and 2.0.1 Immediate."""

    soft: bool
    evse_id: int | None = None


@dataclass(frozen=True, slots=True)
class SetNetworkProfile:
    """Fill *slot* with *profile*. ACCEPTED, REJECTED (with reason), FAILED.

    *version* is of OCPP, "" for one that nobody speaks here; *transport* is the wire's
    word; *needs* names what would have to be set up first, "" for nothing.
    """

    slot: int
    profile: NetworkProfile
    version: str = "2.0.1"
    transport: str = "JSON"
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Unlock:
    """UNLOCKED, UNLOCK_FAILED, UNSUPPORTED (no lock), UNKNOWN_EVSE, TX_ONGOING. May be Later."""

    evse_id: int
    connector_id: int = 1


Order = (
    RemoteStart
    | RemoteStop
    | ChangeAvailability
    | ChangeKey
    | GetKeys
    | SetVariable
    | GetVariable
    | Weigh
    | GetBaseReport
    | GetReport
    | GetTransactionStatus
    | SetProfile
    | ClearProfiles
    | GetProfiles
    | GetComposite
    | TriggerMessage
    | Reset
    | SetNetworkProfile
    | Unlock
)
