"""Drivers by name. A row here, or an entry point of a stranger's package, is a driver.

A driver is a module with a pydantic ``Config`` (the base is ``hardware.settings.Settings``)
and ``open_board``, ``open_meter`` or ``open_reader``, each of ``(config, context)``. It is
imported when somebody names it, so that nobody needs the libraries of hardware he does not have.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from hardware.api import EvseBoard, Simulator, TokenReader, UnknownDriver, WrongSettings
from hardware.settings import checked
from hardware.wiring import WiredMeter, Wiring

if TYPE_CHECKING:
    from hardware.bus.bus import Bus


class Kind(Enum):
    """What a driver drives; the value is the group of its entry points."""

    BOARD = "chargepoint.boards"
    METER = "chargepoint.meters"
    READER = "chargepoint.readers"


OURS: dict[Kind, dict[str, str]] = {
    Kind.BOARD: {
        "openevse": "hardware.drivers.openevse",
        "sim": "hardware.sim.board",
    },
    Kind.METER: {
        "dsmr": "hardware.drivers.dsmr",
        "homewizard": "hardware.drivers.homewizard",
        "modbus": "hardware.drivers.modbus",
        "openevse": "hardware.drivers.openevse_meter",
        "pushed": "hardware.drivers.pushed",
        "sensorbox": "hardware.drivers.sensorbox",
        "sim": "hardware.sim.meters",
    },
    Kind.READER: {
        "keyboard": "hardware.drivers.keyboard",
        "pn532": "hardware.drivers.pn532",
        "serial": "hardware.drivers.serial_reader",
    },
}

Registers = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Context:
    """What the program gives a driver beside its settings.

    *place* is what the device is for: ``mains``, ``circuit``, ``battery``, ``evse/1``,
    ``reader 1``.
    *monotonic* is the clock of every ``at_s`` and ``valid_until_s``. *simulator* is there
    when anything is simulated. *buses* are the lines that devices share, by their names.
    """

    place: str
    monotonic: Callable[[], float]
    simulator: Simulator | None = None
    buses: Mapping[str, Bus] = field(default_factory=dict)

    def bus(self, name: str) -> Bus:
        """Return the line called *name*; raise WrongSettings when there is none."""
        if name not in self.buses:
            have = ", ".join(self.buses) or "no bus at all"
            raise WrongSettings(f"{self.place}.bus: no bus is called {name!r}; there is {have}")
        return self.buses[name]


def names(kind: Kind) -> tuple[str, ...]:
    """Return the names of all drivers of *kind*, ours and strangers'."""
    return tuple(sorted({*OURS[kind], *_strangers(kind)}))


def settings(kind: Kind, name: str, given: Mapping[str, object], where: str = "") -> BaseModel:
    """Return *given* as the settings of driver *name*, without touching any hardware.

    Raises UnknownDriver, or WrongSettings with every wrong key, *where* before it.
    """
    return checked(_config(_driver(kind, name)), given, where)


def open_board(name: str, given: Mapping[str, object], context: Context) -> EvseBoard:
    """Return the board; raise UnknownDriver, WrongSettings or BoardError."""
    driver = _driver(Kind.BOARD, name)
    board: EvseBoard = driver.open_board(checked(_config(driver), given, context.place), context)
    return board


def open_meter(
    name: str, given: Mapping[str, object], context: Context, wiring: Wiring | None = None
) -> WiredMeter:
    """Return the meter as it is wired in; raise UnknownDriver or WrongSettings."""
    driver = _driver(Kind.METER, name)
    meter = driver.open_meter(checked(_config(driver), given, context.place), context)
    return WiredMeter(meter, wiring or Wiring())


def open_reader(name: str, given: Mapping[str, object], context: Context) -> TokenReader:
    """Return the reader, not opened yet; raise UnknownDriver or WrongSettings."""
    driver = _driver(Kind.READER, name)
    reader: TokenReader = driver.open_reader(
        checked(_config(driver), given, context.place), context
    )
    return reader


def open_simulator(
    given: Mapping[str, object],
    monotonic: Callable[[], float],
    saved: Registers,
    save: Callable[[Registers], Awaitable[None]],
) -> Simulator:
    """Return the simulated world: one for the life of the process, also over an OCPP reset.

    *saved* is what *save* was last given, empty at first. *save* returns when it is on
    disk; it raises OSError when it is not, and the registers stand still meanwhile.
    """
    simulator: Simulator = import_module("hardware.sim.simulator").open_simulator(
        given, monotonic, saved, save
    )
    return simulator


def open_bus(name: str, given: Mapping[str, object]) -> Bus:
    """Return the line called *name*, which opens when it is first used; raise WrongSettings."""
    line = import_module("hardware.bus.line")
    settings = checked(line.LineSettings, given, f"hardware.buses.{name}")
    bus: Bus = import_module("hardware.bus.bus").Bus(settings)
    return bus


def _strangers(kind: Kind) -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=kind.value)}


def _driver(kind: Kind, name: str) -> Any:
    """Return the module of driver *name*; ours come before strangers'."""
    ours = OURS[kind].get(name)
    if ours is not None:
        return import_module(ours)
    stranger = _strangers(kind).get(name)
    if stranger is None:
        raise UnknownDriver(f"no driver is called {name!r}; known are {', '.join(names(kind))}")
    try:
        return stranger.load()
    except (ImportError, AttributeError) as error:
        raise UnknownDriver(
            f"driver {name!r} ({stranger.value}) cannot be loaded: {error}"
        ) from error


def _config(driver: Any) -> type[BaseModel]:
    config: type[BaseModel] = driver.Config
    return config
