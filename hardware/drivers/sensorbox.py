"""SmartEVSE's Sensorbox (1.5 and 2): clamps around the mains, or the smart meter's P1 port.

    [hardware.meters.mains]
    driver = "sensorbox"
    bus = "rs485"

It passes on what the smart meter tells, where one of DSMR 5 is plugged in, else what its
clamps measure. ``clamps_a = 200`` are the large ones, of which half is measured.
``wires = 3`` is a supply without neutral (GRID 3-wire): the box is told so.

The first Sensorbox, which talks by itself at 1200 baud, is not Modbus and not supported.

Source: SmartEVSE documentation, Sensorbox 2 register map.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from hardware.api import BusError, MeterReading
from hardware.bus.bus import Device
from hardware.bus.frames import Function
from hardware.registry import Context
from hardware.settings import Settings

COUNT = 20
WIRING_REGISTER, THREE_WIRES, FOUR_WIRES = 0x0800, 2, 0
WIRING_BIT = 0x02  # of the low byte of register 0
NEW_P1, OLD_P1, NEW_CLAMPS = 0x80, 0x40, 0x03  # data flags, low byte of register 1
VOLTAGES, P1_CURRENTS, CLAMP_CURRENTS = 0x02, 0x08, 0x0E
SMALL_CLAMPS_A = 100


class Config(Settings):
    """Its address is 10 unless somebody changed the box."""

    bus: str = Field(min_length=1)
    device_id: int = Field(default=10, ge=1, le=247)
    clamps_a: Literal[100, 200] = 100
    wires: Literal[3, 4] = 4


class Sensorbox:
    """One box. It says whether something is new since it was last asked."""

    def __init__(self, device: Device, config: Config, context: Context) -> None:
        self._device = device
        self._config = config
        self._monotonic = context.monotonic
        self._last: MeterReading | None = None

    async def read(self) -> MeterReading:
        """Return the newest sample, with its own time while there is no newer one.

        Raises BusError when the box does not answer, has nothing yet, or has only a smart
        meter before DSMR 5 and no clamps: that one tells no currents in time.
        """
        words = await self._device.read(Function.READ_INPUT, 0, COUNT)
        flags = words[1] & 0xFF
        if flags & NEW_CLAMPS and not flags & NEW_P1:
            await self._tell_wires(words[0])
        self._last = told(words, self._monotonic(), self._config.clamps_a) or self._last
        if self._last is None:
            raise BusError("the box has nothing measured yet")
        return self._last

    async def close(self) -> None:
        """The line is not ours to close."""

    async def _tell_wires(self, told: int) -> None:
        """Write how the mains is wired, when the box thinks something else."""
        three = self._config.wires == 3
        if bool(told & WIRING_BIT) != three:
            await self._device.write(WIRING_REGISTER, [THREE_WIRES if three else FOUR_WIRES])


def told(words: Sequence[int], at_s: float, clamps_a: int = SMALL_CLAMPS_A) -> MeterReading | None:
    """Return what the box tells anew, None for nothing; raise BusError for an old smart meter."""
    flags = words[1] & 0xFF
    if flags & NEW_P1:
        return MeterReading(at_s, _three(words, P1_CURRENTS), _three(words, VOLTAGES))
    if flags & NEW_CLAMPS:
        l1, l2, l3 = (clamps_a / SMALL_CLAMPS_A * each for each in _three(words, CLAMP_CURRENTS))
        return MeterReading(at_s, (l1, l2, l3))
    if flags & OLD_P1:
        raise BusError("the smart meter is older than DSMR 5 and there are no clamps")
    return None


def _three(words: Sequence[int], start: int) -> tuple[float, float, float]:
    """Return three floats, the high word first."""
    data = struct.pack(">6H", *words[start : start + 6])
    l1, l2, l3 = struct.unpack(">3f", data)
    return l1, l2, l3


def open_meter(config: Config, context: Context) -> Sensorbox:
    """Return the box on the line that *config* names."""
    return Sensorbox(context.bus(config.bus).device(config.device_id), config, context)
