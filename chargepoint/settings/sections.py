"""The sections of the configuration that are not about hardware.

One class per TOML table, one field per key. The description is what the example file and
the guide say of it; the unit is in the name; SmartEVSE's name for it stands in brackets.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chargepoint.core.config import (
    FirmwareConfig,
    LimitsConfig,
    Mode,
    OfflineConfig,
    OfflinePolicy,
    StationConfig,
    StationIdentity,
    Unsigned,
)
from chargepoint.settings.values import (
    Amperes,
    Bind,
    Broker,
    CentralUrl,
    ClockTime,
    Counted,
    Id,
    Lowered,
    OcppText,
    Pem,
    PemList,
    PerPhase,
    Seconds,
    Secret,
    Span,
    Text,
    Watts,
    Word,
    ZoneName,
    address,
    from_text,
)
from profiles.battery import BatteryUse

_LIMITS = LimitsConfig()
_OFFLINE = OfflineConfig()
_FIRMWARE = FirmwareConfig()
_STATION = StationIdentity()
_STATION_DEFAULTS = StationConfig()


class Section(BaseModel):
    """A table of the configuration: what is not named here is a mistake."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class Agent(Section):
    """The program itself."""

    data_dir: Annotated[str, Field(min_length=1)] = Field(
        default="data",
        description="Where everything is kept that must survive a power cut; "
        "from the folder of this file when it does not begin with a slash",
    )
    log_level: Annotated[Literal["debug", "info", "warning", "error"], Lowered] = Field(
        default="info", description="The least that is logged"
    )
    log_format: Literal["text", "json"] = Field(
        default="text", description="One line for people or JSON"
    )
    reset_action: Literal["restart", "exit"] = Field(
        default="restart",
        description="What OCPP's Reset does: restart inside the process, or leave it with code 0",
    )


class Api(Section):
    """The page and the local HTTP API."""

    bind: Bind = Field(default="127.0.0.1:8080", description="Where they listen")
    password: Secret = Field(
        default=None, description="Asked of everybody; needed wherever others can reach the address"
    )

    @property
    def address(self) -> tuple[str, int]:
        """Return host and port to listen on."""
        return address(self.bind)


class Station(Section):
    """What BootNotification says of this station."""

    id: Annotated[Id, Field(max_length=48)] = Field(
        default=_STATION.id,
        description="Its identity at the central system, and the name it signs in with",
    )
    vendor: Id = Field(default=_STATION.vendor, description="At most 20 characters for OCPP 1.6")
    model: Annotated[Id, Field(max_length=20)] = Field(
        default=_STATION.model, description="Its model"
    )
    serial_number: Annotated[Text, Field(max_length=25)] = Field(
        default=_STATION.serial_number, description="Left out of the message when empty"
    )
    firmware_version: Annotated[Text, Field(max_length=50)] = Field(
        default=_STATION.firmware_version, description="The program's own version when empty"
    )


class Csms(Section):
    """The central system."""

    url: CentralUrl = Field(default="", description='"/" and station.id are appended')
    ocpp_versions: Annotated[
        list[Literal["2.0.1", "1.6"]], BeforeValidator(from_text), Field(min_length=1)
    ] = Field(
        default=["2.0.1", "1.6"],
        description="Offered in this order; one alone insists on that version",
    )
    security_profile: Annotated[int, Field(ge=0, le=3), Counted] = Field(
        default=0,
        description="0 none (test benches), 1 password, 2 password and TLS, 3 TLS with certificate",
    )
    basic_auth_password: Secret = Field(
        default=None, description="For the security profiles 1 and 2"
    )
    verify_hostname: bool = Field(
        default=True, description="Whether the certificate must be for the host of the url"
    )


class Reconnect(Section):
    """How long to wait before dialling again. OCPP 2.0.1 has variables of its own for it."""

    wait_min_s: Span = Field(
        default=5.0, description="After the first failure; doubled after each further one"
    )
    random_range_s: Seconds = Field(default=5.0, description="A random part on top, up to this")
    repeat_times: Annotated[int, Field(ge=0, le=20), Counted] = Field(
        default=5, description="How often it is doubled at most"
    )


class Tls(Section):
    """Certificates that a new data_dir begins with; the central system may replace them."""

    csms_root_ca: PemList = Field(
        default=[], description="Who may sign the central system's certificate"
    )
    manufacturer_root_ca: PemList = Field(default=[], description="Who may sign firmware")
    v2g_root_ca: PemList = Field(default=[], description="ISO 15118 root certificates")
    mo_root_ca: PemList = Field(default=[], description="Mobility operators' root certificates")
    client_cert: Pem = Field(default="", description="Our certificate for security profile 3")
    client_key: Pem = Field(default="", description="The private key of client_cert")
    client_key_password: Secret = Field(default=None, description="Where client_key is encrypted")


class Transfers(Section):
    """Files that the central system has us fetch (firmware) or send (logs)."""

    protocols: Annotated[
        list[Literal["FTP", "FTPS", "HTTP", "HTTPS", "SFTP"]], BeforeValidator(from_text)
    ] = Field(
        default=["FTP", "FTPS", "HTTP", "HTTPS", "SFTP"], description="What may be used for them"
    )
    local_locations: bool = Field(
        default=True,
        description="Whether the central system may name a location in a local network",
    )
    local_redirects: bool = Field(
        default=False, description="Whether a server may redirect to an address in a local network"
    )
    system_roots: bool = Field(
        default=True,
        description="Whether the authorities that this machine trusts count, beside tls.*",
    )
    host_keys: Text = Field(
        default="",
        description="The known_hosts file with the keys of SFTP servers; when empty, the first key "
        "that a server shows is trusted and kept in data_dir",
    )
    largest_mb: Annotated[int, Field(ge=1, le=100_000), Counted] = Field(
        default=1000, description="Longer files are refused"
    )
    keep_free_mb: Annotated[int, Field(ge=0, le=100_000), Counted] = Field(
        default=50, description="What a download must leave free on the disk"
    )
    silence_s: Span = Field(default=60.0, description="How long nothing may come or go")
    longest_s: Span = Field(default=3600.0, description="How long one attempt may take")


class Firmware(Section):
    """New firmware that the central system orders. Without a command only the simulator has any."""

    command: Annotated[list[Word], BeforeValidator(from_text)] = Field(
        default=[],
        description="Program and arguments that install a file, without a shell; {file} is the "
        "file, as a last argument where it is not named. Exit code 0: it is installed",
    )
    timeout_s: Span = Field(default=900.0, description="How long the command may take")
    activation: Literal["exit", "restart"] = Field(
        default="exit",
        description="What follows the command: the process leaves with code 0, so that whoever "
        "watches it starts the new program, or the station restarts inside it",
    )
    version_file: Text = Field(
        default="",
        description="Its first line is the version told to the central system, read at each start. "
        "An update after which it is still the same has failed",
    )
    unsigned: Unsigned = Field(
        default=_FIRMWARE.unsigned,
        description="When firmware may come without a signature: always, never, or (without_root) "
        "as long as no manufacturer's root certificate is installed",
    )


class Logs(Section):
    """What is kept for those who ask from afar (GetDiagnostics, GetLog)."""

    keep_mb: Annotated[float, Field(ge=0, le=10_000), Counted] = Field(
        default=5.0, description="The newest of the log, in data_dir; 0 keeps none"
    )
    security_events: Annotated[int, Field(ge=10, le=100_000), Counted] = Field(
        default=_STATION_DEFAULTS.security_events,
        description="How many security events are kept; the oldest goes for the newest",
    )


class Offline(Section):
    """What happens while no central system answers."""

    after_s: Seconds = Field(
        default=_OFFLINE.after_s, description="How long offline before limit_a begins to hold"
    )
    limit_a: Amperes | None = Field(
        default=_OFFLINE.limit_a, description="The most per EVSE then; left out: as before"
    )
    authorization: OfflinePolicy = Field(
        default=_OFFLINE.authorization,
        description="Who may start: those in local list and cache, anybody, or nobody",
    )
    free_vend_token: Annotated[Text, Field(max_length=36)] = Field(
        default=_OFFLINE.free_vend_token, description="Starts a session for every car that plugs in"
    )


class CapacityInterval(Section):
    """From a time of the day on; the last one that has begun holds."""

    begins: ClockTime = Field(alias="from", description="By the clock of limits.time_zone")
    limit_a: Amperes | None = Field(default=None, description="All phases together")
    limit_w: Watts | None = Field(
        default=None, description="All phases together; of both the smaller one holds"
    )


class Limits(Section):
    """How much may be drawn. Every limit holds in every mode; the smallest one wins."""

    mode: Mode = Field(default=_LIMITS.mode, description="How the current is steered (MODE)")
    mains_a: Amperes = Field(
        default=_LIMITS.mains_a, description="Fuse of the grid connection, per phase (MAINS)"
    )
    circuit_a: Amperes = Field(
        default=_LIMITS.circuit_a, description="Fuse of the EVSE's own circuit, per phase (CIRCUIT)"
    )
    sum_mains_a: Annotated[float, Field(ge=10, le=3000), Counted] | None = Field(
        default=_LIMITS.sum_mains_a,
        description="All phases of the grid connection together (CAPACITY); left out: no limit",
    )
    min_a: Annotated[float, Field(ge=6, le=16), Counted] = Field(
        default=_LIMITS.min_a, description="Below this charging is suspended, per phase (MIN)"
    )
    max_a: Annotated[float, Field(ge=6, le=80), Counted] = Field(
        default=_LIMITS.max_a, description="The most that is ever offered, per phase (MAX)"
    )
    start_a: Amperes = Field(
        default=_LIMITS.start_a,
        description="Solar: begin at this export, all phases together (START)",
    )
    stop_s: Seconds = Field(
        default=_LIMITS.stop_s, description="Solar: how long too little sun is bridged (STOP)"
    )
    import_a: Amperes = Field(
        default=_LIMITS.import_a,
        description="Solar: this much import is no reason to stop (IMPORT)",
    )
    stale_after_s: Span = Field(
        default=_LIMITS.stale_after_s, description="A meter silent for so long is not believed"
    )
    fallback_a: Amperes = Field(
        default=_LIMITS.fallback_a, description="What is allowed while a meter is silent, per phase"
    )
    shortage_hold_s: Seconds = Field(
        default=_LIMITS.shortage_hold_s,
        description="How long min_a may stay when it no longer fits; 0: suspend at once",
    )
    retry_after_s: Seconds = Field(
        default=_LIMITS.retry_after_s,
        description="After a shortage nothing is offered for so long",
    )
    rotate_after_s: Span = Field(
        default=_LIMITS.rotate_after_s,
        description="A car that waits for another gets its turn after so long",
    )
    suspend_after_s: Span | None = Field(
        default=_LIMITS.suspend_after_s,
        description="After so long without a meter not even fallback_a is allowed; "
        "left out: fallback_a stays",
    )
    frozen_after_s: Seconds | None = Field(
        default=None,
        description="A mains or circuit meter counts as silent when it repeats one value for so "
        "long although our own load changed; 0: never. Left out: 60 s, but 900 s for a meter "
        "that is pushed or simulated",
    )
    battery: BatteryUse = Field(
        default=_LIMITS.battery,
        description="Solar with a battery meter: ev_first gives the car what charges the battery, "
        "battery_first what it leaves; both keep the car from draining it. ignore: one more load",
    )
    grid_relay_w: Watts = Field(
        default=_LIMITS.grid_relay_w,
        description="What all EVSEs together may draw while the grid operator dims (grid relay, "
        "EnWG 14a) and names no other power",
    )
    time_zone: ZoneName = Field(
        default="UTC", description="Whose clock and calendar the capacity goes by"
    )
    capacity_stop_s: Seconds = Field(
        default=_LIMITS.capacity_stop_s,
        description="While nothing but the capacity is short, min_a may stay so long (CAP STOP)",
    )
    capacity_peak: bool = Field(
        default=_LIMITS.capacity_peak,
        description="Whether a new quarter-hour peak of the month is to be avoided, as Flanders "
        "bills it (CAP MODE 3)",
    )
    capacity_peak_w: Watts = Field(
        default=_LIMITS.capacity_peak_w,
        description="A peak that costs nothing more: contracted, or reached this month already; "
        "2500 W at least",
    )
    capacity_intervals: Annotated[
        list[CapacityInterval], BeforeValidator(from_text), Field(max_length=96)
    ] = Field(
        default=[],
        description="Parts of the day with a capacity of their own (CAP MODE 2): from that time "
        "on, until the next one begins",
    )


class PowerShare(Section):
    """One circuit shared with other stations over RS485 (PWR SHARE)."""

    role: Literal["off", "master", "node"] = Field(default="off", description="Who this station is")
    bus: Text = Field(default="", description="A name of [hardware.buses]")
    device_id: Annotated[int, Field(ge=1, le=7), Counted] = Field(
        default=1, description="Of a node"
    )


class Simulator(Section):
    """The simulated house, sun and car."""

    ev_draw_delay_s: Seconds = Field(
        default=1.0, description="How long the car thinks before it asks for energy"
    )
    current_ramp_a_per_s: Annotated[float, Field(gt=0, le=1000), Counted] = Field(
        default=2.0, description="How fast the car follows what it is offered"
    )
    install_time_s: Seconds = Field(default=1.0, description="How long simulated firmware takes")
    house_a: PerPhase = Field(
        default=(0.0, 0.0, 0.0), description="What the house draws, per phase"
    )
    circuit_a: PerPhase = Field(
        default=(0.0, 0.0, 0.0), description="What else the EVSEs' circuit feeds, per phase"
    )
    solar_w: Annotated[float, Field(ge=0, le=1_000_000), Counted] = Field(
        default=0.0, description="What the roof gives, all phases together"
    )
    battery_w: Annotated[float, Field(ge=-1_000_000, le=1_000_000), Counted] = Field(
        default=0.0, description="What the home battery takes; below zero it gives"
    )


class Mqtt(Section):
    """The broker that is told everything, and may ask."""

    url: Broker = Field(default="", description="The broker")
    username: Text = Field(default="", description="Its user name for us")
    password: Secret = Field(default=None, description="Its password for us")
    prefix: Annotated[Id, Field(pattern=r"^[^+#]+$")] = Field(
        default="chargepoint", description="What every topic begins with"
    )
    home_assistant: bool = Field(default=True, description="Announce everything to Home Assistant")


class VariableSeed(Section):
    """One variable of the OCPP 2.0.1 device model that a new data_dir begins with."""

    component: Id
    component_instance: Id | None = None
    variable: Id
    instance: Id | None = None
    evse: Annotated[int, Field(ge=1), Counted] | None = None
    connector: Annotated[int, Field(ge=1), Counted] | None = None
    attribute: Literal["Actual", "Target", "MinSet", "MaxSet"] = "Actual"
    value: OcppText


class Ocpp201(Section):
    """OCPP 2.0.1 variables that a new data_dir begins with."""

    variables: Annotated[list[VariableSeed], BeforeValidator(from_text)] = Field(
        default=[], description="One table per variable"
    )
