"""The few lines that tell an installer what the configuration comes to."""

from __future__ import annotations

from collections.abc import Iterator

from chargepoint.settings.equipment import Evse, Reader
from chargepoint.settings.mistakes import dotted
from chargepoint.settings.model import Settings


def summary(settings: Settings) -> Iterator[tuple[str, str]]:
    """Tell name and value of what matters most."""
    csms, limits = settings.csms, settings.limits
    versions = ", ".join(csms.ocpp_versions)
    meters = (f"{role} ({meter.driver})" for role, meter in settings.station_meters.items())
    yield "station", f"{settings.station.id}, {settings.station.vendor} {settings.station.model}"
    yield "central system", csms.url or "none"
    if csms.url:
        yield "ocpp", f"{versions}, security profile {csms.security_profile}"
    for evse in settings.evse:
        yield f"evse {evse.id}", _evse(settings, evse)
    for name, bus in settings.hardware.buses.items():
        yield f"bus {name}", ", ".join([bus.port, *_devices(settings, name)])
    for reader in settings.reader:
        yield "reader", f"{reader.driver} at {reader.port}, {_served(reader)}"
    yield "meters", ", ".join(meters) or "none"
    yield (
        "limits",
        f"mains {limits.mains_a:g} A, {limits.min_a:g} to {limits.max_a:g} A, {limits.mode}",
    )
    yield "page", f"http://{settings.api.bind}/"
    yield "data", settings.agent.data_dir


def _devices(settings: Settings, bus: str) -> Iterator[str]:
    """Tell the devices on a line by their addresses."""
    for place, device in settings.bus_devices():
        if device.bus == bus and device.device_id is not None:
            yield f"{device.device_id} {dotted(place)}"


def _served(reader: Reader) -> str:
    return f"EVSE {', '.join(map(str, reader.evse_ids))}" if reader.evse_ids else "every EVSE"


def _evse(settings: Settings, evse: Evse) -> str:
    meter = settings.meter_of(evse)
    plugs = "socket" if evse.connector_lock else "fixed cable"
    count = f"{evse.connectors} x {plugs}" if evse.connectors > 1 else plugs
    return f"{count}, driver {settings.driver_of(evse)}, meter {meter.driver if meter else 'none'}"
