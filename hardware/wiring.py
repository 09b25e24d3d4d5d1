"""How a meter is wired in, and whether what it says can be true. Pure but for one shell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hardware.api import BusError, Meter, MeterReading

PLAUSIBLE_A = 1000.0
STRAIGHT = (1, 2, 3)
Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Wiring:
    """*inverted*: fed from below, import reads as export.

    *phase_map* says on which mains phase each of the meter's channels is clamped:
    ``(2, 3, 1)`` is channel 1 on L2. It names each phase once, else ValueError.
    """

    inverted: bool = False
    phase_map: tuple[int, int, int] = STRAIGHT

    def __post_init__(self) -> None:
        if sorted(self.phase_map) != [1, 2, 3]:
            raise ValueError(f"a phase map names 1, 2 and 3 once each, not {self.phase_map}")


def wired(reading: MeterReading, wiring: Wiring) -> MeterReading:
    """Return *reading* as the mains phases and the signs really are.

    Inverting turns currents and power around and swaps the registers; voltages have no
    direction.
    """
    if not wiring.inverted and wiring.phase_map == STRAIGHT:
        return reading
    sign = -1.0 if wiring.inverted else 1.0
    l1, l2, l3 = to_mains(reading.currents_a, wiring.phase_map)
    volts = reading.voltages_v
    import_wh, export_wh = reading.energy_wh, reading.export_wh
    return replace(
        reading,
        currents_a=(sign * l1, sign * l2, sign * l3),
        voltages_v=None if volts is None else to_mains(volts, wiring.phase_map),
        power_w=None if reading.power_w is None else sign * reading.power_w,
        energy_wh=export_wh if wiring.inverted else import_wh,
        export_wh=import_wh if wiring.inverted else export_wh,
    )


def to_mains(channels: Three, phase_map: tuple[int, int, int]) -> Three:
    """Return the three *channels* in the order of the mains phases they are on."""
    if phase_map == STRAIGHT:
        return channels
    index = phase_map.index
    return channels[index(1)], channels[index(2)], channels[index(3)]


def implausible(reading: MeterReading) -> str | None:
    """Return what in *reading* cannot be true, as a sentence; None when all of it can.

    Numbers are finite, currents within 1000 A, registers not below zero.
    """
    return next((f"{what} cannot be true" for what in _wrong(reading)), None)


def _wrong(reading: MeterReading) -> Iterator[str]:
    for number, current_a in enumerate(reading.currents_a, 1):
        if not abs(current_a) <= PLAUSIBLE_A:
            yield f"currents_a: {current_a} A on phase {number}"
    for number, voltage_v in enumerate(reading.voltages_v or (), 1):
        if not math.isfinite(voltage_v):
            yield f"voltages_v: {voltage_v} V on phase {number}"
    if reading.power_w is not None and not math.isfinite(reading.power_w):
        yield f"power_w: {reading.power_w} W"
    for name, energy_wh in (("energy_wh", reading.energy_wh), ("export_wh", reading.export_wh)):
        if energy_wh is not None and not 0.0 <= energy_wh < math.inf:
            yield f"{name}: {energy_wh} Wh"


def risen(reading: MeterReading, last: MeterReading | None) -> MeterReading:
    """Return *reading* with registers that never fall: not below those of the *last* one.

    A meter that begins anew at zero, or was exchanged, is believed again after a restart.
    """
    if last is None:
        return reading
    energy_wh = _greater(reading.energy_wh, last.energy_wh)
    export_wh = _greater(reading.export_wh, last.export_wh)
    if (energy_wh, export_wh) == (reading.energy_wh, reading.export_wh):
        return reading
    return replace(reading, energy_wh=energy_wh, export_wh=export_wh)


def _greater(now_wh: float | None, before_wh: float | None) -> float | None:
    return now_wh if now_wh is None or before_wh is None else max(now_wh, before_wh)


class WiredMeter:
    """A meter as it is wired in; *driver* is the meter beneath."""

    def __init__(self, driver: Meter, wiring: Wiring) -> None:
        self.driver = driver
        self._wiring = wiring
        self._last: MeterReading | None = None

    async def read(self) -> MeterReading:
        """Return one sample; raise BusError for none, and for one that cannot be true."""
        reading = await self.driver.read()
        flaw = implausible(reading)
        if flaw is not None:
            raise BusError(flaw)
        self._last = risen(wired(reading, self._wiring), self._last)
        return self._last

    async def close(self) -> None:
        """Let go of the meter."""
        await self.driver.close()
