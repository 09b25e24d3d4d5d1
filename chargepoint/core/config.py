"""What the installer decided: the part of the settings that the core works with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, tzinfo
from enum import StrEnum

from chargepoint.core.values import dataclass
from profiles.battery import BatteryUse
from profiles.capacity import DayPart
from profiles.peak import LEAST_PEAK_W


class Mode(StrEnum):
    """SmartEVSE's MODE: how the local limiter steers. Every limit holds in every mode."""

    NORMAL = "normal"
    SMART = "smart"
    SOLAR = "solar"


class OfflinePolicy(StrEnum):
    """Who may charge while no central system answers."""

    KNOWN = "known"  # local list and cache, by the standard's own variables
    ANY = "any"  # everybody
    NONE = "none"  # nobody


class SecondContactor(StrEnum):
    """SmartEVSE's CONTACT 2: who decides about L2 and L3 of a three-phase EVSE, and how."""

    ABSENT = "absent"  # Not present: they close and open with L1
    ALWAYS_OFF = "always_off"
    SOLAR_OFF = "solar_off"
    ALWAYS_ON = "always_on"
    AUTO = "auto"  # by what there is room for, in smart and solar


@dataclass(frozen=True, slots=True)
class StationIdentity:
    """What BootNotification says of us."""

    id: str = "CP001"
    vendor: str = "ChargePointAgent"
    model: str = "Agent"
    serial_number: str = ""
    firmware_version: str = ""


@dataclass(frozen=True, slots=True)
class EvseConfig:
    """One power path. *connector_lock* False is a fixed cable. A higher *priority* is served
    first when there is not enough for all.

    *phases*, 1 or 3, are wired; *phase_map* says which phase of the grid each of them is.
    With the second contactor open it charges on the first of them. *bay_sensor*: its board
    tells whether the parking bay is taken.
    """

    id: int
    connectors: int = 1
    connector_lock: bool = True
    max_current_a: float = 32.0
    phases: int = 3
    phase_map: tuple[int, int, int] = (1, 2, 3)
    second_contactor: SecondContactor = SecondContactor.ALWAYS_ON
    priority: int = 0
    bay_sensor: bool = False

    @property
    def most_phases(self) -> int:
        """Return on how many phases a car may ever charge here."""
        return 1 if self.second_contactor is SecondContactor.ALWAYS_OFF else self.phases

    @property
    def fewest_phases(self) -> int:
        """Return the least number of phases that the contactors can hold a car to."""
        return self.phases if self.second_contactor is SecondContactor.ABSENT else 1

    @property
    def switches_phases(self) -> bool:
        """Return whether the number of phases can change during a transaction."""
        return self.fewest_phases < self.most_phases

    @property
    def connector_type(self) -> str:
        """Return what its connectors are, a ConnectorEnumType of 2.0.1."""
        return "sType2" if self.connector_lock else "cType2"


@dataclass(frozen=True, slots=True)
class LimitsConfig:
    """[limits]: SmartEVSE's MODE, MAINS, CIRCUIT, CAPACITY, MIN, MAX, START, STOP, IMPORT.

    The parts of the day, and the months of the peak, are those of *time_zone*.
    """

    mode: Mode = Mode.NORMAL
    mains_a: float = 25.0
    circuit_a: float = 16.0
    sum_mains_a: float | None = None
    min_a: float = 6.0
    max_a: float = 32.0
    start_a: float = 4.0
    stop_s: float = 600.0
    import_a: float = 0.0
    stale_after_s: float = 10.0
    fallback_a: float = 0.0
    shortage_hold_s: float = 6.0
    retry_after_s: float = 30.0
    suspend_after_s: float | None = None
    frozen_after_s: float = 900.0
    battery: BatteryUse = BatteryUse.EV_FIRST
    grid_relay_w: float = 4200.0
    time_zone: tzinfo = UTC
    capacity_stop_s: float = 0.0
    capacity_peak: bool = False
    capacity_peak_w: float = LEAST_PEAK_W
    capacity_intervals: tuple[DayPart, ...] = ()
    rotate_after_s: float = 900.0


@dataclass(frozen=True, slots=True)
class OfflineConfig:
    """[offline]: what the station does when nobody answers.

    After *after_s* seconds offline each EVSE gets at most *limit_a* (None: as before).
    *free_vend_token* starts a session for every car that plugs in.
    """

    after_s: float = 0.0
    limit_a: float | None = None
    authorization: OfflinePolicy = OfflinePolicy.KNOWN
    free_vend_token: str = ""


class Unsigned(StrEnum):
    """When firmware is installed although nobody has signed it."""

    ALWAYS = "always"
    WITHOUT_ROOT = "without_root"  # while no manufacturer's root certificate is installed
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class FirmwareConfig:
    """[firmware]: whether new firmware can be installed here, and whose.

    *can_cancel*: an installation that has begun can be stopped. *must_change*: the version
    that the station tells after it must be another one than before.
    """

    can_install: bool = False
    can_cancel: bool = False
    must_change: bool = False
    unsigned: Unsigned = Unsigned.WITHOUT_ROOT


@dataclass(frozen=True, slots=True)
class StationConfig:
    """Everything the core needs to know before it starts.

    *meter_roles* are the station's meters that exist: "mains", "circuit", "battery";
    *metered_evses* the EVSEs with a meter of their own. *stale_after_s*, *fallback_a*,
    *suspend_after_s* and *frozen_after_s* hold the meters' own settings by role ("mains",
    "evse/1"), where they differ from [limits].
    """

    identity: StationIdentity = field(default_factory=StationIdentity)
    evses: tuple[EvseConfig, ...] = (EvseConfig(1),)
    limits: LimitsConfig = field(default_factory=LimitsConfig)
    offline: OfflineConfig = field(default_factory=OfflineConfig)
    firmware: FirmwareConfig = field(default_factory=FirmwareConfig)
    supply_voltage_v: float = 230.0
    phases: int = 3
    max_current_a: float = 32.0
    meter_roles: frozenset[str] = frozenset()
    metered_evses: frozenset[int] = frozenset({1})
    stale_after_s: Mapping[str, float] = field(default_factory=dict)
    fallback_a: Mapping[str, float] = field(default_factory=dict)
    suspend_after_s: Mapping[str, float] = field(default_factory=dict)
    frozen_after_s: Mapping[str, float] = field(default_factory=dict)
    has_central: bool = False
    central_url: str = ""
    transfer_protocols: tuple[str, ...] = ("FTP", "FTPS", "HTTP", "HTTPS", "SFTP")
    security_events: int = 1000
    security_profile: int = 0
