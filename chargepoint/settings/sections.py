"""The sections of the configuration that are not about hardware.

One class per TOML table, one field per key. The description is what the example file and
the guide say of it; the unit is in the name; SmartEVSE's name for it stands in brackets.
"""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chargepoint.core.config import (
    LimitsConfig,
    OfflineConfig,
    OfflinePolicy,
    StationIdentity,
)
from chargepoint.settings.values import (
    Amperes,
    Bind,
    Broker,
    CentralUrl,
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
    address,
    from_text,
)

_LIMITS = LimitsConfig()
_OFFLINE = OfflineConfig()
_STATION = StationIdentity()


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
