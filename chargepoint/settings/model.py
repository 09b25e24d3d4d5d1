"""The whole configuration as one value."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import BeforeValidator, Field

from chargepoint.settings.equipment import (
    NO_METER,
    SIMULATED,
    Evse,
    Hardware,
    Meter,
    Meters,
    Reader,
)
from chargepoint.settings.limits import Limits
from chargepoint.settings.sections import (
    Agent,
    Api,
    Csms,
    Mqtt,
    Ocpp201,
    Offline,
    PowerShare,
    Reconnect,
    Section,
    Simulator,
    Station,
    Tls,
)
from chargepoint.settings.upkeep import Firmware, Logs, Transfers
from chargepoint.settings.values import Id, Module, OcppText, VendorId, from_text


class Settings(Section):
    """Everything the installer decided. ``Settings()`` is a simulated station without a
    central system.

    Where nothing is said of a meter, what is simulated has a simulated one: the mains with
    ``hardware.driver = "sim"``, an EVSE with a simulated board. ``driver = "none"`` says
    that there is no meter. Real hardware has the meters that are named and no others.
    """

    agent: Agent = Agent()
    api: Api = Api()
    station: Station = Station()
    csms: Csms = Csms()
    reconnect: Reconnect = Reconnect()
    tls: Tls = Tls()
    transfers: Transfers = Transfers()
    firmware: Firmware = Firmware()
    logs: Logs = Logs()
    offline: Offline = Offline()
    limits: Limits = Limits()
    hardware: Hardware = Hardware()
    power_share: PowerShare = PowerShare()
    simulator: Simulator = Simulator()
    evse: Annotated[list[Evse], BeforeValidator(from_text), Field(min_length=1, max_length=100)] = (
        Field([Evse()], description="The power paths, one table each")
    )
    reader: Annotated[list[Reader], BeforeValidator(from_text), Field(max_length=100)] = Field(
        default=[], description="Card readers and keypads, one table each: docs/readers.md"
    )
    mqtt: Mqtt = Mqtt()
    data_transfer: Annotated[dict[VendorId, Module], BeforeValidator(from_text)] = Field(
        default={}, description="Extensions that answer DataTransfer: docs/data-transfer.md"
    )
    ocpp16: Annotated[dict[Id, OcppText], BeforeValidator(from_text)] = Field(
        default={}, description="OCPP 1.6 configuration keys that a new data_dir begins with"
    )
    ocpp201: Ocpp201 = Ocpp201()

    def driver_of(self, evse: Evse) -> str:
        """Return the name of the driver of *evse*'s board."""
        return evse.driver or self.hardware.driver

    @property
    def simulated_firmware(self) -> bool:
        """Return whether firmware is simulated, as every board is."""
        simulated = all(self.driver_of(evse) == SIMULATED for evse in self.evse)
        return simulated and not self.firmware.command

    def meter_tables(self) -> Iterator[tuple[tuple[str | int, ...], Meter]]:
        """Return every meter that is written, with the key of its table."""
        for role in Meters.model_fields:
            meter: Meter | None = getattr(self.hardware.meters, role)
            if meter is not None:
                yield ("hardware", "meters", role), meter
        for position, evse in enumerate(self.evse):
            if evse.meter is not None:
                yield ("evse", position, "meter"), evse.meter

    def bus_devices(self) -> Iterator[tuple[tuple[str | int, ...], Meter | Evse]]:
        """Return every table that may name a bus, with its key."""
        yield from self.meter_tables()
        for position, evse in enumerate(self.evse):
            yield ("evse", position), evse

    def meter_of(self, evse: Evse) -> Meter | None:
        """Return the meter of *evse*, None when it has none."""
        return _existing(evse.meter, simulated=self.driver_of(evse) == SIMULATED)

    @property
    def station_meters(self) -> dict[str, Meter]:
        """Return the station's meters that exist, by role: mains, circuit, battery."""
        simulated = self.hardware.driver == SIMULATED
        meters = self.hardware.meters
        found = {
            "mains": _existing(meters.mains, simulated=simulated),
            "circuit": _existing(meters.circuit, simulated=False),
            "battery": _existing(meters.battery, simulated=False),
        }
        return {role: meter for role, meter in found.items() if meter is not None}


def _existing(meter: Meter | None, *, simulated: bool) -> Meter | None:
    if meter is None:
        return Meter(driver=SIMULATED) if simulated else None
    return None if meter.driver == NO_METER else meter
