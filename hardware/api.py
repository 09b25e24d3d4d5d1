"""The words between the station and the metal. Pure.

A board says what it senses and does what it is told; a meter gives readings; a
reader gives tokens. Nothing here knows OCPP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol, runtime_checkable


class HardwareError(Exception):
    """Whatever goes wrong between us and a device."""


class BusError(HardwareError):
    """No answer, or a broken one. Retrying helps."""


class BoardError(HardwareError):
    """The board refuses. Somebody has to look at it."""


class UnknownDriver(HardwareError):
    """The installer named a driver that does not exist; the message lists those that do."""


class WrongSettings(HardwareError):
    """Somebody gave settings that a device does not take; the message names the key."""


class NotNow(HardwareError):
    """Asked of the simulator, and impossible in its present state."""


class Pilot(StrEnum):
    """Control pilot states of IEC 61851-1 Annex A."""

    A = "A"  # +12 V: no vehicle
    B = "B"  # +9 V: vehicle connected, not asking
    C = "C"  # +6 V: asking for energy
    D = "D"  # +3 V: asking for energy, needs ventilation
    E = "E"  # 0 V: pilot shorted, or supply lost
    F = "F"  # -12 V: station not available


class FaultCode(StrEnum):
    """What can be wrong with a board, named as OCPP 1.6 section 7.6 names it."""

    CONNECTOR_LOCK_FAILURE = "ConnectorLockFailure"
    EV_COMMUNICATION_ERROR = "EVCommunicationError"
    GROUND_FAILURE = "GroundFailure"
    HIGH_TEMPERATURE = "HighTemperature"
    INTERNAL_ERROR = "InternalError"
    LOCAL_LIST_CONFLICT = "LocalListConflict"
    OTHER_ERROR = "OtherError"
    OVER_CURRENT_FAILURE = "OverCurrentFailure"
    OVER_VOLTAGE = "OverVoltage"
    POWER_METER_FAILURE = "PowerMeterFailure"
    POWER_SWITCH_FAILURE = "PowerSwitchFailure"
    READER_FAILURE = "ReaderFailure"
    RESET_FAILURE = "ResetFailure"
    UNDER_VOLTAGE = "UnderVoltage"
    WEAK_SIGNAL = "WeakSignal"


WARNINGS = frozenset(
    {
        FaultCode.LOCAL_LIST_CONFLICT,
        FaultCode.POWER_METER_FAILURE,
        FaultCode.READER_FAILURE,
        FaultCode.RESET_FAILURE,
        FaultCode.WEAK_SIGNAL,
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing that is wrong; *info* is a sentence for people."""

    code: FaultCode
    vendor_code: str = ""
    info: str = ""

    @property
    def opens(self) -> bool:
        """Return whether charging is impossible with it; the rest are warnings."""
        return self.code not in WARNINGS


@dataclass(frozen=True, slots=True)
class Sensed:
    """What a board sensed at *at_s* (seconds of the monotonic clock).

    *cable_a* is the rating of the cable in our socket by its proximity resistor, 0
    when none is in; a fixed cable has its rating always. *locked* is None where there
    is no lock. *connector_id* is the connector in use on a path with several.
    *bay_taken*: a vehicle stands in the parking bay; None where nobody looks.
    """

    at_s: float
    pilot: Pilot
    main_closed: bool = False
    second_closed: bool = False
    cable_a: float = 0.0
    locked: bool | None = None
    temperature_c: float | None = None
    faults: frozenset[Fault] = frozenset()
    connector_id: int = 1
    bay_taken: bool | None = None

    @property
    def connected(self) -> bool:
        """Return whether a vehicle answers on the pilot."""
        return self.pilot in (Pilot.B, Pilot.C, Pilot.D)


@dataclass(frozen=True, slots=True)
class Actuation:
    """What a board shall do until *valid_until_s*; then it goes to SAFE by itself.

    *offer_a* amperes per phase: 0 means steady +12 V, "no energy now".
    """

    offer_a: float
    close_main: bool
    close_second: bool
    lock: bool
    valid_until_s: float

    SAFE: ClassVar[Actuation]


Actuation.SAFE = Actuation(0.0, False, False, False, float("inf"))


@dataclass(frozen=True, slots=True)
class MeterReading:
    """One sample of a meter at *at_s*; import is positive, export negative.

    *energy_wh* is the import register, *export_wh* the export register; both only
    ever rise. None is "this meter cannot say".
    """

    at_s: float
    currents_a: tuple[float, float, float]
    voltages_v: tuple[float, float, float] | None = None
    power_w: float | None = None
    energy_wh: float | None = None
    export_wh: float | None = None


class EvseBoard(Protocol):
    """One power path: pilot, contactors, lock."""

    async def sense(self) -> Sensed:
        """Return what is now; raise BusError when the board does not answer."""
        ...

    async def apply(self, actuation: Actuation) -> None:
        """Do it until its lease ends; raise BusError or BoardError."""
        ...

    def make_safe(self) -> None:
        """Open everything now. Called from the watchdog's thread: must not wait."""
        ...

    async def close(self) -> None:
        """Leave the board safe and let go of it."""
        ...


@runtime_checkable
class Resettable(Protocol):
    """A board that can be started anew alone."""

    async def reset(self) -> None:
        """Open everything and start anew; raise BusError or BoardError. It may be silent for
        a moment; contactors and pilot stay safe until it is told something else."""
        ...


class Meter(Protocol):
    """One meter in one role."""

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError when the meter does not answer."""
        ...

    async def close(self) -> None:
        """Let go of it."""
        ...


@runtime_checkable
class Pushable(Protocol):
    """A meter whose readings are brought to it from outside."""

    def push(self, reading: MeterReading) -> None:
        """Take *reading*; raise ValueError, and keep the last one, when it is not plausible."""
        ...


@dataclass(frozen=True, slots=True)
class SimulatedEvse:
    """A simulated car, plug and board as they are, in the words of the request that sets them."""

    car_plugged: bool
    requested_current_a: float
    ready: bool
    cable_plugged_station_side: bool
    lock_failure: bool
    welded: bool
    diode_fault: bool
    temperature_c: float
    fault: Fault | None
    pilot: Pilot | None
    silent: bool
    parked: bool


@dataclass(frozen=True, slots=True)
class SimulatedAppliance:
    """Something in the simulated house, and what it draws while it is on."""

    on: bool
    currents_a: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class SimulatedWorld:
    """The simulated house as it is, in the words of the request that sets it."""

    house_a: tuple[float, float, float]
    circuit_a: tuple[float, float, float]
    solar_w: float
    battery_w: float
    appliances: Mapping[str, SimulatedAppliance]
    mains_meter: str


class Simulator(Protocol):
    """The simulated house, cars and boards, for people and tests to play with.

    *asked* is the body of the request of that name in the local API, section sim. A wrong
    field raises WrongSettings, which names it; what cannot be done in the present state
    raises NotNow.
    """

    def simulates(self, evse_id: int) -> bool:
        """Return whether this EVSE has a simulated board."""
        ...

    def evse(self, evse_id: int) -> SimulatedEvse:
        """Return what ``set_evse`` and the plugs have made of it; NotNow where none is."""
        ...

    def world(self) -> SimulatedWorld:
        """Return what ``set_world`` has made of it."""
        ...

    def plug_in(self, evse_id: int, asked: Mapping[str, object]) -> None:
        """Connect a car."""
        ...

    def unplug(self, evse_id: int, asked: Mapping[str, object]) -> None:
        """Take the cable out of the car, out of the socket, or both."""
        ...

    def set_evse(self, evse_id: int, asked: Mapping[str, object]) -> None:
        """Change something about the car, the plug or the board."""
        ...

    def set_world(self, asked: Mapping[str, object]) -> None:
        """Change something about the house around them."""
        ...


CardSeen = bytes | str  # a card's own number, or what the reader wrote instead of it


class TokenReader(Protocol):
    """A reader of cards. It is opened, used until it is lost, closed, and opened again."""

    async def open(self) -> None:
        """Find the reader and listen from now on; raise BusError when it does not answer."""
        ...

    async def next_card(self) -> CardSeen:
        """Return the next card that is seen, again and again while it lies there where the
        reader tells so; raise BusError when the reader is lost."""
        ...

    async def close(self) -> None:
        """Let go of it; of one that is not open, too."""
        ...
