"""From the installer's words to the core's."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from math import inf

from chargepoint.core.config import (
    EvseConfig,
    FirmwareConfig,
    LimitsConfig,
    OfflineConfig,
    StationConfig,
    StationIdentity,
)
from chargepoint.settings.equipment import SIMULATED, Evse, Meter
from chargepoint.settings.model import Settings
from chargepoint.settings.values import zone
from profiles.capacity import DayPart

READ_FROZEN_S = 60.0
MADE_UP = (SIMULATED, "pushed")


def station_config(settings: Settings, firmware_version: str = "") -> StationConfig:
    """Return the part of *settings* that the core works with.

    *firmware_version* is what the installed firmware says of itself, "" when it says nothing.
    """
    own = {f"evse/{evse.id}": settings.meter_of(evse) for evse in settings.evse}
    meters = {**settings.station_meters, **{k: m for k, m in own.items() if m is not None}}
    return StationConfig(
        identity=identity(settings, firmware_version),
        evses=tuple(evse_config(settings, evse) for evse in settings.evse),
        limits=limits_config(settings),
        offline=OfflineConfig(**dict(settings.offline)),
        firmware=FirmwareConfig(
            can_install=settings.simulated_firmware or bool(settings.firmware.command),
            can_cancel=settings.simulated_firmware,
            must_change=bool(settings.firmware.version_file),
            unsigned=settings.firmware.unsigned,
        ),
        supply_voltage_v=settings.hardware.supply_voltage_v,
        phases=settings.hardware.phases,
        max_current_a=settings.hardware.max_current_a,
        meter_roles=frozenset(settings.station_meters),
        metered_evses=frozenset(evse.id for evse in settings.evse if settings.meter_of(evse)),
        stale_after_s=_said(meters, "stale_after_s"),
        fallback_a=_said(meters, "fallback_a"),
        suspend_after_s=_said(meters, "suspend_after_s"),
        frozen_after_s=_frozen_after_s(settings),
        transfer_protocols=tuple(sorted(settings.transfers.protocols)),
        security_events=settings.logs.security_events,
        has_central=bool(settings.csms.url),
        central_url=settings.csms.url,
        security_profile=settings.csms.security_profile,
    )


def limits_config(settings: Settings) -> LimitsConfig:
    """Return [limits] in amperes and times of the place."""
    limits = settings.limits
    voltage_v = settings.hardware.supply_voltage_v
    parts = tuple(
        DayPart(one.begins, min(_or_inf(one.limit_a), _or_inf(one.limit_w) / voltage_v))
        for one in limits.capacity_intervals
    )
    plain = dict(limits) | {"time_zone": zone(limits.time_zone), "capacity_intervals": parts}
    if limits.frozen_after_s is None:
        del plain["frozen_after_s"]
    return LimitsConfig(**plain)


def _frozen_after_s(settings: Settings) -> dict[str, float]:
    """Return the patience with meters that we read ourselves: an honest one moves within a
    minute. What people push may stand still for longer."""
    if settings.limits.frozen_after_s is not None:
        return {}
    meters = settings.station_meters.items()
    return {role: READ_FROZEN_S for role, meter in meters if meter.driver not in MADE_UP}


def _or_inf(limit: float | None) -> float:
    return inf if limit is None else limit


def _said(meters: Mapping[str, Meter], key: str) -> dict[str, float]:
    """Return what the meters say of *key* themselves, by role."""
    said = {role: getattr(meter, key) for role, meter in meters.items()}
    return {role: value for role, value in said.items() if value is not None}


def identity(settings: Settings, firmware_version: str = "") -> StationIdentity:
    """Return what BootNotification says; the firmware is this program where nothing is said."""
    station = dict(settings.station)
    said = firmware_version or station["firmware_version"]
    station["firmware_version"] = said or program_version()
    return StationIdentity(**station)


def program_version() -> str:
    """Return the version of this program, "0" when it runs without being installed."""
    try:
        return version("chargepoint-agent")
    except PackageNotFoundError:
        return "0"


def evse_config(settings: Settings, evse: Evse) -> EvseConfig:
    """Return *evse* with what it takes over from [hardware]."""
    hardware = settings.hardware
    return EvseConfig(
        id=evse.id,
        connectors=evse.connectors,
        connector_lock=evse.connector_lock,
        max_current_a=evse.max_current_a or hardware.max_current_a,
        phases=min(evse.phases or hardware.phases, hardware.phases),
        phase_map=evse.phase_map,
        second_contactor=evse.second_contactor,
        priority=evse.priority,
        bay_sensor=evse.bay_sensor,
    )
