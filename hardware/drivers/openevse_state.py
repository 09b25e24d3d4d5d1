"""What an OpenEVSE controller says about itself, in our words. Pure.

Source: the answers to ``$GS``, ``$GC`` and ``$GP`` as ``rapi_proc.h`` describes them, the
numbers of states and flags in ``J1772EvseController.h``; firmware 5 and later, OpenEVSE,
github.com/OpenEVSE/open_evse. Facts only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hardware.api import Fault, FaultCode, Pilot
from hardware.pilot import MIN_OFFER_A

VENT, STUCK, SLEEPING, DISABLED = 0x04, 0x08, 0xFE, 0xFF
RUNNING = (0x00, 0x01, 0x02, 0x03)  # not known yet, A, B, C: the relay closes by itself in C
CLOSED, CONNECTED, BOOT_LOCKED = 0x0040, 0x0100, 0x4000
PILOTS = {0x01: Pilot.A, 0x02: Pilot.B, 0x03: Pilot.C, 0x04: Pilot.D}
NO_SENSOR = -2560
FAULTS = {
    VENT: (FaultCode.OTHER_ERROR, "VentRequired", "the car asks for ventilation"),
    0x05: (FaultCode.EV_COMMUNICATION_ERROR, "DiodeCheckFailed", "the car's pilot has no diode"),
    0x06: (FaultCode.GROUND_FAILURE, "GroundFaultTripped", "current leaks to earth"),
    0x07: (FaultCode.GROUND_FAILURE, "NoGround", "there is no protective earth"),
    STUCK: (FaultCode.POWER_SWITCH_FAILURE, "StuckRelay", "the relay does not open"),
    0x09: (
        FaultCode.INTERNAL_ERROR,
        "GroundFaultTestFailed",
        "the test of the ground fault detection failed",
    ),
    0x0A: (FaultCode.HIGH_TEMPERATURE, "OverTemperature", "the board is too hot"),
    0x0B: (FaultCode.OVER_CURRENT_FAILURE, "OverCurrent", "the car took more than it was offered"),
    0x0E: (FaultCode.POWER_SWITCH_FAILURE, "RelayDoesNotClose", "the relay does not close"),
    0x0F: (FaultCode.OTHER_ERROR, "ProximityShorted", "the proximity contact is shorted"),
    0x10: (FaultCode.OTHER_ERROR, "ProximityMissing", "the proximity resistor is missing"),
    0x11: (FaultCode.INTERNAL_ERROR, "MemoryFailed", "the board cannot keep its settings"),
}


@dataclass(frozen=True, slots=True)
class State:
    """An answer to ``$GS``: *code* is the controller's state, *seen* what its pilot shows."""

    code: int
    seen: int
    flags: int

    @classmethod
    def of(cls, words: Sequence[str]) -> State:
        """Return the answer as a state; raise ValueError when it is none, or of an old firmware."""
        code, _, seen, flags = words[:4]
        return cls(int(code, 16), int(seen, 16), int(flags, 16))

    @property
    def closed(self) -> bool:
        """Return whether the car's contacts are live."""
        return bool(self.flags & CLOSED) or self.code == STUCK

    @property
    def offers(self) -> bool:
        """Return whether the controller offers current, or may do so without being told."""
        return self.code in RUNNING

    @property
    def rests(self) -> bool:
        """Return whether it waits to be enabled."""
        return self.code in (SLEEPING, DISABLED)

    @property
    def boot_locked(self) -> bool:
        """Return whether it waits since it started for somebody to tell it that all is well."""
        return bool(self.flags & BOOT_LOCKED)

    @property
    def pilot(self) -> Pilot:
        """Return the pilot's state; while the controller still measures, A or B by what it
        knows of a car."""
        if self.code == DISABLED:
            return Pilot.F
        return PILOTS.get(self.seen, Pilot.B if self.flags & CONNECTED else Pilot.A)

    @property
    def faults(self) -> frozenset[Fault]:
        """Return what is wrong; a state that nobody has told us of is a fault."""
        if self.offers or self.rests:
            return frozenset()
        unknown = FaultCode.OTHER_ERROR, f"State{self.code:02X}", "the board is in a strange state"
        return frozenset({Fault(*FAULTS.get(self.code, unknown))})


@dataclass(frozen=True, slots=True)
class Capacity:
    """What the controller can offer, and what it offers when it does; whole amperes."""

    least_a: int
    most_a: int
    now_a: int

    @classmethod
    def of(cls, words: Sequence[str]) -> Capacity:
        """Return an answer to ``$GC``; raise ValueError when it is none."""
        least_a, hardware_a, now_a, configured_a = map(int, words[:4])
        return cls(least_a, min(hardware_a, configured_a), now_a)

    def within(self, offer_a: float) -> int:
        """Return *offer_a* as the controller can say it, never more; 0 is no offer."""
        if not offer_a >= max(MIN_OFFER_A, self.least_a) <= self.most_a:
            return 0
        return int(min(offer_a, self.most_a))


def temperature_c(words: Sequence[str]) -> float | None:
    """Return the highest temperature of an answer to ``$GP``, None where there is no sensor;
    raise ValueError when it is none."""
    tenths = [int(word) for word in words]
    return max((each / 10 for each in tenths if each != NO_SENSOR), default=None)
