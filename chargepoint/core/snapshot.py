"""What a screen shows. Field names are the local API's (docs/interface), so JSON is asdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from chargepoint.core.values import dataclass
from hardware.bus.counts import BusState


@dataclass(frozen=True, slots=True)
class LimitShown:
    """*until* is when the limit changes by itself, RFC 3339; None where nobody knows."""

    source: str
    limit_a: float
    phases: int
    until: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectorShown:
    id: int
    status: str


@dataclass(frozen=True, slots=True)
class SwitchesShown:
    """Since the start: how often the contactor closed, and how often the phases changed."""

    contactor: int
    phases: int


@dataclass(frozen=True, slots=True)
class EvseShown:
    """*binding* is the source of the limit that holds; *fault* a sentence or None.

    *phases* are switched on, or will be; *phases_because* says why, None where nothing but
    the wiring decides. *phases_used* are those that the car loads, None until it was seen.
    """

    id: int
    connectors: tuple[ConnectorShown, ...]
    plugged_in: bool
    charging: bool
    offer_a: float
    limits: tuple[LimitShown, ...]
    binding: str | None
    energy_wh: float
    transaction_id: str | None
    central_id: int | None
    id_token: str | None
    session: str
    phases: int
    power_w: float | None
    fault: str | None
    phases_used: int | None = None
    phases_because: str | None = None
    switches: SwitchesShown = SwitchesShown(0, 0)


@dataclass(frozen=True, slots=True)
class ReservationShown:
    """*evse_id* None: any EVSE will do. *until* is RFC 3339."""

    id: int
    evse_id: int | None
    connector_type: str | None
    id_token: str
    until: str


@dataclass(frozen=True, slots=True)
class MeterShown:
    """*trust* says what its last word is worth: fresh, held, fallback, silent, frozen."""

    currents_a: tuple[float, float, float] | None
    voltages_v: tuple[float, float, float] | None
    power_w: float | None
    import_wh: float | None
    export_wh: float | None
    age_s: float | None
    stale: bool
    trust: str = "fresh"


@dataclass(frozen=True, slots=True)
class NetworkShown:
    """Which network profile is in use or tried: its *slot*, the *security_profile* it is
    dialled with, and which *attempt* is the next, of *attempts* before another slot is tried.
    *order* are the slots as the next start will try them."""

    slot: int
    security_profile: int
    attempt: int
    attempts: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OcppShown:
    """*version* "1.6" or "2.0.1" of the last connection; *queued* counts transaction
    messages not yet acknowledged; *why* says why there is no connection. *url* and *network*
    are None without a central system."""

    version: str | None
    connected: bool
    registration: str
    queued: int
    url: str | None
    why: str | None
    network: NetworkShown | None = None


@dataclass(frozen=True, slots=True)
class MetersShown:
    mains: MeterShown | None
    circuit: MeterShown | None
    battery: MeterShown | None
    evse: dict[str, MeterShown]


@dataclass(frozen=True, slots=True)
class CapacityShown:
    """What all phases together may carry now, why and until when (RFC 3339, or None).

    *used_wh* of this quarter of an hour and the *peak_w* it may reach are None unless the
    peak is watched.
    """

    sum_a: float
    source: str
    until: str | None = None
    used_wh: float | None = None
    peak_w: float | None = None


@dataclass(frozen=True, slots=True)
class FirmwareShown:
    """The last firmware update. *status* is a FirmwareStatusEnumType, *text* a sentence for it,
    *why* what is more to say, *source* where it came from without passwords. *since* and
    *until*, which it waits for, are RFC 3339."""

    status: str
    running: bool
    text: str
    why: str | None
    source: str
    signed: bool
    request_id: int | None
    since: str
    until: str | None


@dataclass(frozen=True, slots=True)
class ReaderShown:
    """A card reader. *why* it is not open, "" while it is; *cards* were shown since the start.
    *evse_ids* empty: all."""

    driver: str
    port: str
    evse_ids: tuple[int, ...]
    open: bool
    why: str
    opened: int
    cards: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """*grid_limit_w* is what the grid operator dims to, None while it does not."""

    ready: bool
    station_id: str
    vendor: str
    model: str
    mode: str
    availability: str
    ocpp: OcppShown
    evses: tuple[EvseShown, ...]
    meters: MetersShown
    warnings: tuple[str, ...]
    events: tuple[tuple[str, str, int], ...]  # (RFC 3339 time, sentence, EVSE or 0), newest last
    firmware_version: str = ""
    buses: Mapping[str, BusState] = field(default_factory=dict)
    reservations: tuple[ReservationShown, ...] = ()
    capacity: CapacityShown | None = None
    grid_limit_w: float | None = None
    firmware: FirmwareShown | None = None
    readers: tuple[ReaderShown, ...] = ()
