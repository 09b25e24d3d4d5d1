"""From the installer's words to the core's."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from chargepoint.core.config import (
    EvseConfig,
    LimitsConfig,
    OfflineConfig,
    StationConfig,
    StationIdentity,
)
from chargepoint.settings.equipment import Evse
from chargepoint.settings.model import Settings


def station_config(settings: Settings) -> StationConfig:
    """Return the part of *settings* that the core works with."""
    meters = {evse.id: settings.meter_of(evse) for evse in settings.evse}
    return StationConfig(
        identity=identity(settings),
        evses=tuple(evse_config(settings, evse) for evse in settings.evse),
        limits=LimitsConfig(**dict(settings.limits)),
        offline=OfflineConfig(**dict(settings.offline)),
        supply_voltage_v=settings.hardware.supply_voltage_v,
        phases=settings.hardware.phases,
        max_current_a=settings.hardware.max_current_a,
        meter_roles=frozenset(settings.station_meters),
        metered_evses=frozenset(evse_id for evse_id, meter in meters.items() if meter),
        stale_after_s={
            role: meter.stale_after_s
            for role, meter in settings.station_meters.items()
            if meter.stale_after_s is not None
        },
        fallback_a={
            role: meter.fallback_a
            for role, meter in settings.station_meters.items()
            if meter.fallback_a is not None
        },
        has_central=bool(settings.csms.url),
        security_profile=settings.csms.security_profile,
    )


def identity(settings: Settings) -> StationIdentity:
    """Return what BootNotification says; the firmware is this program where nothing is said."""
    station = dict(settings.station)
    station["firmware_version"] = station["firmware_version"] or program_version()
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
    )
