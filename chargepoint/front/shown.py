"""What we send: the shape of the status, for the wire and for the OpenAPI file.

The models read the core's Snapshot by attribute. Numbers that JSON cannot carry become
null, and a limit without an opinion is not shown as one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chargepoint.core.snapshot import Snapshot


class Shown(BaseModel):
    """Read from a dataclass; NaN and infinities are written as null."""

    model_config = ConfigDict(from_attributes=True, ser_json_inf_nan="null", frozen=True)


def _absent(value: object) -> bool:
    return value is None


def _empty(value: object) -> bool:
    return not value


def _opinions(limits: Any) -> Any:
    return [limit for limit in limits if math.isfinite(limit.limit_a)]


def _event(value: Any) -> Any:
    at, text, evse_id = value
    return {"at": at, "text": text, "evse_id": evse_id}


class Limit(Shown):
    source: str
    limit_a: float
    phases: int
    until: str | None = Field(exclude_if=_absent)


class Connector(Shown):
    id: int
    status: str


class Switches(Shown):
    """Since the start: how often the contactor closed, and how often the phases changed."""

    contactor: int
    phases: int


class Evse(Shown):
    """*offer_a* is on the pilot now; *binding* names the limit that holds. *phases* are
    switched on, *phases_used* those that the car loads, null until it was seen."""

    id: int
    connectors: list[Connector]
    plugged_in: bool
    charging: bool
    offer_a: float
    limits: Annotated[list[Limit], BeforeValidator(_opinions)]
    binding: str | None
    energy_wh: float
    transaction_id: str | None
    central_id: int | None
    id_token: str | None
    session: str
    phases: int
    power_w: float | None
    fault: str | None
    phases_used: int | None
    phases_because: str | None
    switches: Switches


class Meter(Shown):
    """Import is positive; *stale* readings no longer steer, the fallback does.

    *trust* is fresh, held (nothing rises), fallback, silent (nothing is allowed) or frozen.
    """

    currents_a: tuple[float, float, float] | None
    voltages_v: tuple[float, float, float] | None
    power_w: float | None
    import_wh: float | None
    export_wh: float | None
    age_s: float | None
    stale: bool
    trust: str


class Meters(Shown):
    mains: Meter | None = Field(default=None, exclude_if=_absent)
    circuit: Meter | None = Field(default=None, exclude_if=_absent)
    battery: Meter | None = Field(default=None, exclude_if=_absent)
    evse: dict[str, Meter]


class BusDevice(Shown):
    """How often a device of a bus answered, and what happened when it did not.

    *strange* frames came from another device or answered another question; *late* counts
    questions whose turn did not come in time; *why* is empty while the last one was answered.
    """

    answered: int
    silent: int
    partial: int
    garbled: int
    refused: int
    late: int
    lost: int
    strange: int
    round_trip_s: float | None
    why: str


class Bus(Shown):
    """One line with the devices that were asked, by their addresses."""

    port: str
    open: bool
    why: str
    opened: int
    stray_bytes: int
    devices: dict[str, BusDevice]


class Reader(Shown):
    """A card reader: *why* it is not open; *cards* were shown since the start."""

    driver: str
    port: str
    evse_ids: list[int]
    open: bool
    why: str
    opened: int
    cards: int


class Network(Shown):
    """The network profile in use or tried: *attempt* of *attempts* before another slot of
    *order* is tried."""

    slot: int
    security_profile: int
    attempt: int
    attempts: int
    order: list[int]


class Ocpp(Shown):
    """*queued* counts transaction messages that are not yet acknowledged; *network* is null
    without a central system."""

    version: str | None
    connected: bool
    registration: str
    queued: int
    url: str | None
    why: str | None
    network: Network | None


class Reservation(Shown):
    """A place kept for a card; *evse_id* null: any of the EVSEs (of the connector type)."""

    id: int
    evse_id: int | None
    connector_type: str | None
    id_token: str
    until: str


class Event(Shown):
    """One sentence about one change; evse_id 0 is the station."""

    at: str
    text: str
    evse_id: int


class SimEvse(Shown):
    """A simulated board with its plug and car; *fault* is an injected one, *pilot* a held one."""

    car_plugged: bool
    requested_current_a: float
    ready: bool
    cable_plugged_station_side: bool
    lock_failure: bool
    welded: bool
    diode_fault: bool
    temperature_c: float | None
    fault: str | None
    pilot: str | None
    silent: bool


class Appliance(Shown):
    """Something in the simulated house, and what it draws while it is on."""

    on: bool
    currents_a: tuple[float, float, float]


class World(Shown):
    """The simulated house; *battery_w* is what the home battery takes, negative gives."""

    house_a: tuple[float, float, float]
    circuit_a: tuple[float, float, float]
    appliances: dict[str, Appliance]
    solar_w: float
    battery_w: float
    mains_meter: str


class Capacity(Shown):
    """What all phases of the mains together may carry now, *source* says why.

    *used_wh* of this quarter of an hour, and the mean of *peak_w* that it may reach, are
    null unless the peak is watched.
    """

    sum_a: float
    source: str
    until: str | None
    used_wh: float | None
    peak_w: float | None


class Firmware(Shown):
    """The last firmware update: *status* in OCPP's word, *text* and *why* for people. *source*
    is without passwords; *until* is what it waits for."""

    status: str
    running: bool
    text: str
    why: str | None
    source: str
    signed: bool
    request_id: int | None
    since: str
    until: str | None


class Sim(Shown):
    """What is simulated; null in the status where nothing is."""

    evses: dict[str, SimEvse]
    world: World | None


class Status(Shown):
    """Everything a screen shows. Events are in order of time, the newest last.

    *capacity* is null where there is none to keep, *grid_limit_w* unless the grid operator dims,
    *firmware* before the first update.
    """

    ready: bool
    station_id: str
    vendor: str
    model: str
    firmware_version: str
    mode: str
    availability: str
    ocpp: Ocpp
    evses: list[Evse]
    meters: Meters
    warnings: list[str]
    events: list[Annotated[Event, BeforeValidator(_event)]]
    reservations: list[Reservation]
    buses: dict[str, Bus] = Field(default={}, exclude_if=_empty)
    readers: list[Reader] = Field(default=[], exclude_if=_empty)
    capacity: Capacity | None
    grid_limit_w: float | None
    firmware: Firmware | None
    sim: Sim | None = None


def status_json(snapshot: Snapshot, sim: Mapping[str, object] | None) -> bytes:
    """Return the status as UTF-8 JSON."""
    status = Status.model_validate(snapshot)
    if sim is not None:
        status = status.model_copy(update={"sim": Sim.model_validate(sim)})
    return status.model_dump_json().encode()
