"""The sections about hardware: buses, meters, EVSEs.

Tables that belong to a driver take keys that only the driver knows; they wait in
``options`` for the driver's own check.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field

from chargepoint.core.config import SecondContactor
from chargepoint.settings.sections import Section
from chargepoint.settings.values import (
    Amperes,
    Counted,
    DeviceId,
    Id,
    Line,
    Lowered,
    PhaseCount,
    PhaseMap,
    Places,
    Says,
    Secret,
    Span,
    Text,
    TokenType,
    Word,
)
from hardware.cards import Writing
from hardware.registry import OURS, Kind

NO_METER = "none"
SIMULATED = "sim"


def _quoted(names: Iterable[str]) -> str:
    return "a driver: " + ", ".join(f'"{name}"' for name in names)


DriverName = Annotated[Id, Lowered, Says(_quoted(OURS[Kind.BOARD]))]
MeterDriver = Annotated[Id, Lowered, Says(_quoted([*OURS[Kind.METER], NO_METER]))]
ReaderDriver = Annotated[Id, Lowered, Says(_quoted(OURS[Kind.READER]))]


class DriverTable(Section):
    """A table that also takes what only the named driver knows."""

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="allow", frozen=True)

    @property
    def options(self) -> dict[str, Any]:
        """Return the keys that are not ours: the driver's own."""
        return dict(self.model_extra or {})


class Bus(Section):
    """One Modbus line, shared by all devices that name it."""

    port: Line = Field(
        description="The serial device, a TCP address that speaks Modbus TCP (tcp://), "
        "or a gateway that passes serial frames as they are (rtu+tcp://)"
    )
    baudrate: Annotated[int, Field(ge=300, le=1_000_000), Counted] = Field(
        default=9600, description="Serial speed in bit/s"
    )
    parity: Literal["N", "E", "O"] = Field(default="N", description="None, even or odd")
    stopbits: Annotated[int, Field(ge=1, le=2), Counted] = Field(default=1, description="Stop bits")
    timeout_s: Annotated[float, Field(gt=0, le=60), Counted] = Field(
        default=0.5, description="How long a device may think before it answers"
    )


class Meter(DriverTable):
    """One meter. Keys beyond these are the driver's own."""

    driver: MeterDriver = Field(description='Who reads it; "none": there is no meter')
    model: Annotated[Text, Lowered] = Field(
        default="", description='A row of the driver\'s table, as in "eastron_sdm630"'
    )
    bus: Text = Field(default="", description="A name of [hardware.buses]")
    device_id: DeviceId | None = Field(default=None, description="Its address on the bus")
    url: Text = Field(
        default="", description="Where it is asked, for drivers that ask over the network"
    )
    token: Secret = Field(
        default=None, description="What it wants to hear before it answers (homewizard)"
    )
    inverted: bool = Field(
        default=False, description="Wired the other way round: import reads as export"
    )
    phase_map: PhaseMap = Field(
        default=(1, 2, 3), description="Which phase of the grid its terminals L1, L2 and L3 are on"
    )
    stale_after_s: Span | None = Field(default=None, description="Left out: limits.stale_after_s")
    fallback_a: Amperes | None = Field(
        default=None,
        description="Left out: limits.fallback_a; the meter of an EVSE then limits nothing",
    )
    suspend_after_s: Span | None = Field(
        default=None, description="Left out: limits.suspend_after_s"
    )


class Meters(Section):
    """The station's meters by what they measure."""

    mains: Meter | None = Field(
        default=None,
        description="The grid connection; simulated when left out with simulated hardware",
    )
    circuit: Meter | None = Field(default=None, description="The circuit that the EVSEs are on")
    battery: Meter | None = Field(
        default=None, description="The home battery: charging is positive"
    )


class Hardware(Section):
    """What the station is made of."""

    driver: DriverName = Field(
        default=SIMULATED, description="The board of every EVSE that names no other"
    )
    supply_voltage_v: Annotated[float, Field(ge=100, le=300), Counted] = Field(
        default=230.0, description="Between a phase and neutral"
    )
    phases: PhaseCount = Field(default=3, description="How many the supply has")
    max_current_a: Annotated[float, Field(ge=6, le=80), Counted] = Field(
        default=32.0, description="What the wiring is made for, per phase"
    )
    buses: dict[Id, Bus] = Field(default={}, description="Lines by their names")
    meters: Meters = Field(default=Meters(), description="The station's meters")


class Evse(DriverTable):
    """One power path. Keys beyond these are the board driver's own."""

    id: Annotated[int, Field(ge=1, le=100), Counted] = Field(
        default=1, description="1, 2, 3 without gaps"
    )
    connectors: Annotated[int, Field(ge=1, le=10), Counted] = Field(
        default=1, description="Plugs of which one at a time is in use"
    )
    connector_lock: bool = Field(
        default=True, description="A socket that locks the plug; false: a fixed cable (CONFIG)"
    )
    bay_sensor: bool = Field(
        default=False, description="Its board tells whether a car stands in the parking bay"
    )
    driver: DriverName | None = Field(default=None, description="Left out: hardware.driver")
    bus: Text = Field(default="", description="A name of [hardware.buses]")
    device_id: DeviceId | None = Field(default=None, description="Its address on the bus")
    max_current_a: Annotated[float, Field(ge=6, le=80), Counted] | None = Field(
        default=None, description="Left out: hardware.max_current_a"
    )
    phases: PhaseCount | None = Field(default=None, description="Left out: hardware.phases")
    phase_map: PhaseMap = Field(
        default=(1, 2, 3), description="Which phase of the grid its L1, L2 and L3 are on"
    )
    second_contactor: SecondContactor = Field(
        default=SecondContactor.ALWAYS_ON,
        description="What switches L2 and L3 of a three-phase EVSE (CONTACT 2): nothing of their "
        "own, or a contactor that is off, off in solar, on, or on while three phases have room",
    )
    priority: Annotated[int, Field(ge=0, le=100), Counted] = Field(
        default=0, description="The higher is served first when there is not enough for all"
    )
    meter: Meter | None = Field(
        default=None, description="Its own meter; simulated when left out with a simulated board"
    )


class Reader(DriverTable):
    """One reader of cards, or a keypad. Keys beyond these are the driver's own."""

    driver: ReaderDriver = Field(description="Who listens to it")
    port: Word = Field(description="The device, or for some drivers a TCP address (tcp://)")
    evse_ids: Places = Field(
        default=[], description="Which EVSEs it serves; none named: all, the one with a car first"
    )
    writing: Writing = Field(
        default=Writing.HEX,
        description="How it writes the number of a card: as bytes, as one number (both become the "
        "same token), or something else that is taken as it is",
    )
    reverse_bytes: bool = Field(default=False, description="It begins with the last byte")
    upper_case: bool = Field(default=True, description="Tokens have A to F, not a to f")
    key_code_digits: Annotated[int, Field(ge=0, le=20), Counted] = Field(
        default=0, description="So many digits or fewer are a code that was typed; 0: never"
    )
    type: TokenType | None = Field(
        default=None, description="What OCPP 2.0.1 calls its cards; left out: by their length"
    )
    gone_after_s: Annotated[float, Field(gt=0, le=60), Counted] = Field(
        default=2.0, description="A card that was not seen for so long was taken away"
    )
