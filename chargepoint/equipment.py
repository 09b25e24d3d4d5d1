"""The boards and meters that the installer named, opened; the simulator where one is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from chargepoint.readers import Reader
from chargepoint.settings.drivers import board_given, meter_given, reader_given, simulator_given
from chargepoint.settings.equipment import SIMULATED, Meter
from chargepoint.settings.model import Settings
from hardware import registry
from hardware.api import EvseBoard, HardwareError, Simulator
from hardware.registry import Context, Registers
from hardware.wiring import WiredMeter, Wiring

if TYPE_CHECKING:
    from hardware.bus.bus import Bus

Monotonic = Callable[[], float]
FIRST_READING_S = 1.0


def open_simulator(
    settings: Settings,
    monotonic: Monotonic,
    saved: Registers,
    save: Callable[[Registers], Awaitable[None]],
) -> Simulator | None:
    """Return the simulated world, None where every board and meter is real."""
    boards, has_world = simulated(settings)
    if not boards and not has_world:
        return None
    return registry.open_simulator(simulator_given(settings), monotonic, saved, save)


def open_buses(settings: Settings) -> dict[str, Bus]:
    """Return every line by its name; each opens when somebody first asks on it."""
    return {
        name: registry.open_bus(name, bus.model_dump())
        for name, bus in settings.hardware.buses.items()
    }


def open_boards(
    settings: Settings,
    monotonic: Monotonic,
    simulator: Simulator | None,
    buses: Mapping[str, Bus] | None = None,
) -> dict[int, EvseBoard]:
    """Return the board of every EVSE; raise UnknownDriver, WrongSettings or BoardError."""
    return {
        evse.id: registry.open_board(
            settings.driver_of(evse),
            board_given(settings, evse),
            Context(f"evse/{evse.id}", monotonic, simulator, buses or {}),
        )
        for evse in settings.evse
    }


def open_meters(
    settings: Settings,
    monotonic: Monotonic,
    simulator: Simulator | None,
    buses: Mapping[str, Bus] | None = None,
) -> dict[str, WiredMeter]:
    """Return every meter by its role: ``mains``, ``circuit``, ``battery``, ``evse/1``."""
    return {
        role: registry.open_meter(
            meter.driver,
            meter_given(meter),
            Context(role, monotonic, simulator, buses or {}),
            Wiring(meter.inverted, meter.phase_map),
        )
        for role, meter in _meters(settings).items()
    }


def open_readers(settings: Settings, monotonic: Monotonic) -> tuple[Reader, ...]:
    """Return every card reader, each opened when it is run; raise UnknownDriver or
    WrongSettings."""
    return tuple(
        Reader(
            number,
            table,
            registry.open_reader(
                table.driver, reader_given(table), Context(f"reader {number}", monotonic)
            ),
            monotonic,
        )
        for number, table in enumerate(settings.reader, 1)
    )


async def close(
    boards: Mapping[int, EvseBoard], meters: Mapping[str, WiredMeter], buses: Mapping[str, Bus]
) -> None:
    """Leave every board safe and let go of everything; the lines last."""
    for board in boards.values():
        await board.close()
    for meter in meters.values():
        await meter.close()
    for bus in buses.values():
        await bus.close()


async def registers_wh(
    meters: Mapping[str, WiredMeter], evse_ids: Iterable[int]
) -> dict[int, float]:
    """Return what the meters of *evse_ids* have counted; one that is silent is left out."""
    counted = {}
    for evse_id in evse_ids:
        meter = meters.get(f"evse/{evse_id}")
        with suppress(HardwareError, TimeoutError):
            async with asyncio.timeout(FIRST_READING_S):
                reading = await meter.read() if meter is not None else None
            if reading is not None and reading.energy_wh is not None:
                counted[evse_id] = reading.energy_wh
    return counted


def simulated(settings: Settings) -> tuple[tuple[int, ...], bool]:
    """Return which EVSEs have a simulated board, and whether any meter is simulated."""
    boards = tuple(evse.id for evse in settings.evse if settings.driver_of(evse) == SIMULATED)
    return boards, any(meter.driver == SIMULATED for meter in _meters(settings).values())


def _meters(settings: Settings) -> dict[str, Meter]:
    """Return the tables of all meters that exist, by role."""
    meters = dict(settings.station_meters)
    for evse in settings.evse:
        meter = settings.meter_of(evse)
        if meter is not None:
            meters[f"evse/{evse.id}"] = meter
    return meters
