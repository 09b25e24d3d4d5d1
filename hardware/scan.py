"""Who is on a line, and what he may be. It only ever reads.

No meter tells its model in a way that all makers share, so a row of the table fits when
the device has all of its registers and they tell a house: a voltage, a power that goes
with voltage and current, counters that are not below zero. Kinds with the same registers
fit together; the best come first.
"""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass

from hardware.api import BusError, MeterReading
from hardware.bus.answers import NoAnswer, Refused
from hardware.bus.bus import Bus, Device, Priority
from hardware.bus.counts import Trouble
from hardware.bus.frames import Function
from hardware.bus.line import LineSettings
from hardware.drivers.rows import Row, numbers, rows, sample
from hardware.drivers.sensorbox import COUNT, told
from hardware.wiring import implausible

HOUSE_V = (80.0, 300.0)
MOST_WH = 1e9
SLACK_W = 50.0  # a meter's idea of power and volts times amperes differ by so much, and a tenth
NODE_REGISTERS = 8  # of a SmartEVSE: state, error, current, mode, timer, access, changed, maximum
SCAN_TIMEOUT_S = 0.2
ABSENT = (Trouble.SILENT, Trouble.LOST)


@dataclass(frozen=True, slots=True)
class Fit:
    """A kind that a device may be. *settings* are what a meter's table needs beside its bus."""

    title: str
    settings: dict[str, str]
    reading: MeterReading | None = None
    score: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answers; *fits* is empty when it is no kind that we know."""

    device_id: int
    fits: tuple[Fit, ...]


def scanned(settings: LineSettings) -> Bus:
    """Return the line for scanning: nobody who is silent is left alone."""
    return Bus(settings, scans=True)


async def present(
    bus: Bus, ids: Iterable[int], asked: Callable[[int], None] = lambda device_id: None
) -> AsyncIterator[int]:
    """Yield the addresses that answer anything at all, refusals and broken frames included.

    *asked* is told every address before it is asked. Raises BusError when the line itself
    is not there.
    """
    for device_id in ids:
        asked(device_id)
        if await _answers(bus.device(device_id, Priority.PROBE)):
            yield device_id


async def identified(bus: Bus, device_id: int, monotonic: Callable[[], float]) -> Found:
    """Return what the device may be, the best fit first."""
    device = bus.device(device_id, Priority.PROBE)
    fits = [await _special(device, monotonic)]
    fits += [await _fit(device, row, monotonic) for row in rows().values()]
    known = sorted((fit for fit in fits if fit is not None), key=lambda fit: -fit.score)
    best = known[0].score if known else 0
    return Found(device_id, tuple(fit for fit in known if fit.score == best))


async def _answers(device: Device) -> bool:
    for function in (Function.READ_INPUT, Function.READ_HOLDING):
        try:
            await device.read(function, 0, 2)
        except Refused:
            return True
        except NoAnswer as error:
            if error.trouble not in ABSENT:
                return True
        else:
            return True
    return False


async def _special(device: Device, monotonic: Callable[[], float]) -> Fit | None:
    """Return what is no meter of the table: a Sensorbox, a SmartEVSE."""
    try:
        words = await device.read(Function.READ_INPUT, 0, NODE_REGISTERS)
    except NoAnswer:
        return None
    if words[0] & 0xFC == 0x14 and words[0] >> 8 < 10 and _is_voltage(words[2:4]):
        settings = {"driver": "sensorbox"}
        return Fit("SmartEVSE Sensorbox", settings, await _box(device, monotonic()), score=9)
    state, _, _, mode, _, access, _, most_a = words
    if state <= 14 and mode <= 2 and access <= 2 and 6 <= most_a <= 80:
        return Fit("SmartEVSE as a node (no meter)", {}, score=9)
    return None


async def _box(device: Device, at_s: float) -> MeterReading | None:
    try:
        return told(await device.read(Function.READ_INPUT, 0, COUNT), at_s)
    except BusError:
        return None


def _is_voltage(words: tuple[int, ...]) -> bool:
    """Without a smart meter the box tells 0 V."""
    volts: float = struct.unpack(">f", struct.pack(">2H", *words))[0]
    return volts == 0.0 or HOUSE_V[0] <= volts <= HOUSE_V[1]


async def _fit(device: Device, row: Row, monotonic: Callable[[], float]) -> Fit | None:
    """Return whether the device may be of this kind, and how well that fits."""
    registers: dict[int, int] = {}
    for block in row.blocks(everything=True):
        try:
            words = await device.read(Function(row.function), block.address, block.count)
        except Refused:
            if block.optional:
                continue
            return None
        except NoAnswer:
            return None
        registers.update(enumerate(words, block.address))
    try:
        if "currents" not in row.cells:
            return Fit(row.title, {}, score=1) if _counts(row, registers) else None
        reading = sample(row, registers, monotonic())
    except BusError:
        return None
    score = _score(row, reading)
    settings = {"driver": "modbus", "model": row.model}
    return Fit(row.title, settings, reading, score) if score else None


def _counts(row: Row, registers: dict[int, int]) -> bool:
    """Return whether a meter of totals has counted something that a house can use."""
    (import_wh,) = numbers(row, "import_wh", registers)
    return import_wh is not None and 1.0 <= import_wh <= MOST_WH


def _score(row: Row, reading: MeterReading) -> int:
    """Return how much of *reading* a house could be, 0 when it can be none."""
    volts = (reading.voltages_v or (0.0, 0.0, 0.0))[: row.phases]
    in_house = [HOUSE_V[0] <= each <= HOUSE_V[1] for each in volts]
    if implausible(reading) is not None or not in_house[0]:
        return 0
    most_w = sum(u * abs(i) for u, i in zip(volts, reading.currents_a, strict=False))
    likely_power = abs(reading.power_w or 0.0) <= 1.1 * most_w + SLACK_W
    counts = bool(reading.energy_wh)
    return 2 + sum(in_house) - in_house.count(False) + 2 * likely_power + counts
