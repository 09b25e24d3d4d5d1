"""What drivers are given, and what they say to it. Nothing here touches hardware.

Drivers read plain values: what was not set is left out, so that their own defaults hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import SecretStr

from chargepoint.core.values import dataclass
from chargepoint.settings.convert import evse_config
from chargepoint.settings.equipment import NO_METER, DriverTable, Evse, Meter, Reader
from chargepoint.settings.mistakes import Mistake, Place
from chargepoint.settings.model import Settings
from hardware import registry
from hardware.api import UnknownDriver, WrongSettings
from hardware.registry import Kind

OURS = {
    "driver",
    "meter",
    "inverted",
    "phase_map",
    "stale_after_s",
    "fallback_a",
    "suspend_after_s",
}
BOARD = ("connectors", "connector_lock", "max_current_a", "phases", "phase_map")
ALIKE = 0.85  # closer than this, a driver's key is one of ours misspelled


def board_given(settings: Settings, evse: Evse) -> dict[str, Any]:
    """Return what the driver of *evse*'s board is opened with."""
    config = evse_config(settings, evse)
    bus = {name: getattr(evse, name) for name in ("bus", "device_id") if getattr(evse, name)}
    return {**{name: getattr(config, name) for name in BOARD}, **bus, **evse.options}


def meter_given(meter: Meter) -> dict[str, Any]:
    """Return what the driver of *meter* is opened with; wiring and age are not its business."""
    names = meter.model_fields_set & set(Meter.model_fields) - OURS
    given = {name: getattr(meter, name) for name in names}
    return {**{name: _plain(value) for name, value in given.items()}, **meter.options}


def reader_given(reader: Reader) -> dict[str, Any]:
    """Return what the driver of *reader* is opened with; what its words mean is our business."""
    return {"port": reader.port, **reader.options}


def simulator_given(settings: Settings) -> dict[str, Any]:
    """Return what the simulated world begins with."""
    world = settings.simulator.model_dump(exclude={"install_time_s"})
    hardware = settings.hardware
    return {"supply_voltage_v": hardware.supply_voltage_v, "phases": hardware.phases, **world}


def driver_mistakes(settings: Settings) -> Iterator[Mistake]:
    """Find drivers that do not exist, and what the others would not be opened with."""
    for position, evse in enumerate(settings.evse):
        place: Place = ("evse", position)
        named: Place = (*place, "driver") if evse.driver else ("hardware", "driver")
        asked = _Asked(Kind.BOARD, settings.driver_of(evse), board_given(settings, evse), named)
        yield from _answers(asked, place, evse)
    for place, meter in settings.meter_tables():
        if meter.driver != NO_METER:
            asked = _Asked(Kind.METER, meter.driver, meter_given(meter), (*place, "driver"))
            yield from _answers(asked, place, meter)
    for position, reader in enumerate(settings.reader):
        place = ("reader", position)
        asked = _Asked(Kind.READER, reader.driver, reader_given(reader), (*place, "driver"))
        yield from _answers(asked, place, reader)


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: Kind
    driver: str
    given: dict[str, Any]
    named: Place  # where the driver is named


def _answers(asked: _Asked, place: Place, table: DriverTable) -> Iterator[Mistake]:
    """Ask the driver about what it is given, but for keys that are ours misspelled."""
    misspelled = {key: meant for key in table.options if (meant := _meant(table, key))}
    for key, meant in misspelled.items():
        yield Mistake((*place, key), f"unknown key; did you mean {meant}?")
    given = {key: value for key, value in asked.given.items() if key not in misspelled}
    try:
        registry.settings(asked.kind, asked.driver, given)
    except UnknownDriver as error:
        yield Mistake(asked.named, str(error))
    except WrongSettings as error:
        yield Mistake(place, f"driver {asked.driver!r}: {error}")


def _meant(table: DriverTable, key: str) -> str | None:
    close = get_close_matches(key.lower(), type(table).model_fields, n=1, cutoff=ALIKE)
    return close[0] if close else None


def _plain(value: object) -> object:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
