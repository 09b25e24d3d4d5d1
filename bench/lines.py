"""Modbus: what our code adds to a request, how full a slow line gets, and the way to the pilot.

The device is a thread at the far end of a pty. It answers at once, or, where a line of
9600 baud is played, as late as its bytes would come over such a wire.
"""

from __future__ import annotations

import asyncio
import os
import pty
import struct
import threading
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from pymodbus.client import AsyncModbusSerialClient
from pymodbus.framer import FramerRTU, FramerType
from pymodbus.pdu import DecodePDU

from bench.measures import Control, ended, judged
from bench.stations import Running, running, watched
from bench.table import middle
from hardware.bus.bus import Bus
from hardware.bus.frames import Function
from hardware.bus.line import LineSettings

REQUEST_BYTES, GAP_CHARS = 8, 3.5
PHASES = (6, 12)  # currents and powers of an SDM630
ID = 11


@dataclass(slots=True)
class Meter:
    """An SDM630 with *current_a* through each phase, behind a wire with *char_s* a character."""

    fd: int
    port: str
    char_s: float = 0.0
    current_a: float = 16.0
    told_s: list[tuple[float, float]] = field(default_factory=list)

    def serve(self) -> None:
        """Answer until the other side closes."""
        framer = FramerRTU(DecodePDU(False))
        heard = b""
        while True:
            try:
                heard += os.read(self.fd, 256)
            except OSError:
                return
            while len(heard) >= REQUEST_BYTES:
                asked, heard = heard[:REQUEST_BYTES], heard[REQUEST_BYTES:]
                device_id, function, first, count = struct.unpack(">BBHH", asked[:6])
                words = self._floats()[2 * first : 2 * (first + count)]
                answer = framer.encode(bytes([function, len(words)]) + words, device_id, 0)
                time.sleep((REQUEST_BYTES + GAP_CHARS + len(answer)) * self.char_s)
                self.told_s.append((time.monotonic(), self.current_a))
                os.write(self.fd, answer)

    def _floats(self) -> bytes:
        values = [230.0] * 3 + [self.current_a] * 3 + [230.0 * self.current_a] * 3
        return struct.pack(">9f", *values) + bytes(4 * 40)


@contextmanager
def meter(char_s: float = 0.0) -> Iterator[Meter]:
    """Yield a meter on a serial port."""
    ours, theirs = pty.openpty()
    tty.setraw(theirs)
    device = Meter(ours, os.ttyname(theirs), char_s)
    thread = threading.Thread(target=device.serve, daemon=True)
    thread.start()
    try:
        yield device
    finally:
        os.close(theirs)
        os.close(ours)


async def round_trip_s(times: int) -> float:
    """Return what one request takes when the device needs no time, without the frame's gap."""
    with meter() as device:
        settings = LineSettings(port=device.port, baudrate=115200)
        bus = Bus(settings)
        for _ in range(times):
            await bus.device(ID).read(Function.READ_INPUT, *PHASES)
            await asyncio.sleep(0.003)
        took_s = []
        for _ in range(times):
            await asyncio.sleep(0.003)  # the gap is over
            began_s = time.perf_counter()
            await bus.device(ID).read(Function.READ_INPUT, *PHASES)
            took_s.append(time.perf_counter() - began_s)
        await bus.close()
        return middle(took_s)


async def round_trip_of_pymodbus_s(times: int) -> float:
    """Return the same of pymodbus's own client."""
    with meter() as device:
        client = AsyncModbusSerialClient(device.port, framer=FramerType.RTU, baudrate=115200)
        await client.connect()
        took_s = []
        for _ in range(times):
            await asyncio.sleep(0.003)
            began_s = time.perf_counter()
            await client.read_input_registers(PHASES[0], count=PHASES[1], device_id=ID)
            took_s.append(time.perf_counter() - began_s)
        client.close()
        return middle(took_s)


async def per_second_at_9600(seconds: float) -> tuple[float, float]:
    """Return how many meters a second are read at 9600 baud, and how many the wire has room for.

    Both gaps of 3.5 characters belong to the wire: one before the answer, one after it.
    """
    settings = LineSettings(port="/dev/null")
    needed_s = (REQUEST_BYTES + 29 + 2 * GAP_CHARS) * settings.char_s
    with meter(settings.char_s) as device:
        bus = Bus(LineSettings(port=device.port))
        reader = bus.device(ID)
        await reader.read(Function.READ_INPUT, *PHASES)
        began_s, number = time.monotonic(), 0
        while time.monotonic() - began_s < seconds:
            await reader.read(Function.READ_INPUT, *PHASES)
            number += 1
        rate = number / (time.monotonic() - began_s)
        await bus.close()
    return rate, 1.0 / needed_s


async def to_offer() -> Control:
    """Overload the mains as a meter on a line tells it; return the way to the pilot."""
    with meter() as device:
        keys = {
            "hardware.buses.bench.port": device.port,
            "hardware.meters.mains.driver": "modbus",
            "hardware.meters.mains.model": "eastron_sdm630",
            "hardware.meters.mains.bus": "bench",
            "hardware.meters.mains.device_id": str(ID),
        }
        async with running(partial(watched, mains=keys)) as station:
            return await _overloaded(station, device)


async def _overloaded(station: Running, device: Meter) -> Control:
    await station.available_s()
    await asyncio.sleep(1.5)
    began_s = time.monotonic()
    await station.post("sim/evse/1/plug-in")
    await asyncio.sleep(1.0)
    await station.central.call("RemoteStartTransaction", {"idTag": "BENCH", "connectorId": 1})
    await asyncio.sleep(4.0)
    device.current_a = 31.0
    await asyncio.sleep(2.5)
    rows = await ended(station)
    told_s = next(at_s for at_s, current_a in device.told_s if current_a > 30.0)
    return judged(rows, began_s, told_s)
