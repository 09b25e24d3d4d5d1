"""Simulated Modbus devices over the real transport: a pty for RTU, a socket for TCP.

They answer with pymodbus's server side, which knows nothing of our framing, and misbehave
as they are told: ``devices.spoil[11] = crc_error``.
"""

from __future__ import annotations

import asyncio
import os
import pty
import struct
from collections.abc import Callable
from pathlib import Path

from pymodbus.framer import FramerRTU, FramerSocket
from pymodbus.framer.base import FramerBase
from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersResponse,
    ReadInputRegistersResponse,
    WriteMultipleRegistersResponse,
    WriteSingleRegisterResponse,
)

READS = {3: ReadHoldingRegistersResponse, 4: ReadInputRegistersResponse}
Spoil = Callable[[bytes], bytes]
FORMATS = {
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
}


def words(value: float, kind: str = "float32", order: str = "abcd") -> list[int]:
    """Return the registers that hold *value*."""
    number = value if kind == "float32" else round(value)
    data = struct.pack(f">{FORMATS[kind]}", number)
    pairs = [data[start : start + 2] for start in range(0, len(data), 2)]
    if order in ("badc", "dcba"):
        pairs = [pair[::-1] for pair in pairs]
    if order in ("cdab", "dcba"):
        pairs.reverse()
    return [int.from_bytes(pair, "big") for pair in pairs]


# --- ways to misbehave, each turns the right frame into what is sent ------------------------


def silence(frame: bytes) -> bytes:
    return b""


def crc_error(frame: bytes) -> bytes:
    return frame[:-1] + bytes([frame[-1] ^ 0xFF])


def partial(frame: bytes) -> bytes:
    return frame[: len(frame) // 2]


def noise_before(frame: bytes) -> bytes:
    return b"\x00\xff\x0b" + frame


def rtu(unit: int, message: bytes) -> bytes:
    """Return *message* as a sound frame of *unit*."""
    return FramerRTU(DecodePDU(False)).encode(message, unit, 0)


def wrong_unit(frame: bytes) -> bytes:
    return rtu(frame[0] + 1, frame[1:-2])


def too_short(frame: bytes) -> bytes:
    """A sound answer with a register less than was asked for."""
    return rtu(frame[0], bytes([frame[1], frame[2] - 2]) + frame[3:-4])


def another_function(frame: bytes) -> bytes:
    return rtu(frame[0], bytes([7 - frame[1]]) + frame[2:-2])


class Devices:
    """Devices by address, each a map of registers; both read functions see the same."""

    def __init__(self) -> None:
        self.registers: dict[int, dict[int, int]] = {}
        self.spoil: dict[int, Spoil] = {}
        self.refuse: dict[int, int] = {}
        self.asked: list[tuple[int, int, int, int]] = []
        self.was_asked = asyncio.Event()

    def hold(self, device_id: int, address: int, values: list[int]) -> None:
        """Put *values* into the registers of a device."""
        self.registers.setdefault(device_id, {}).update(enumerate(values, address))

    def answer(self, framer: FramerBase, pdu: ModbusPDU) -> bytes:
        """Return what the device sends."""
        self.asked.append((pdu.dev_id, pdu.function_code, pdu.address, pdu.count))
        self.was_asked.set()
        if pdu.dev_id not in self.registers:
            return b""
        said = self._said(pdu)
        said.dev_id, said.transaction_id = pdu.dev_id, pdu.transaction_id
        return self.spoil.get(pdu.dev_id, bytes)(framer.buildFrame(said))

    def _said(self, pdu: ModbusPDU) -> ModbusPDU:
        held = self.registers[pdu.dev_id]
        if pdu.dev_id in self.refuse:
            return ExceptionResponse(pdu.function_code, self.refuse[pdu.dev_id])
        if pdu.function_code in READS:
            wanted = range(pdu.address, pdu.address + pdu.count)
            if not all(each in held for each in wanted):
                return ExceptionResponse(pdu.function_code, 2)
            return READS[pdu.function_code](registers=[held[each] for each in wanted])
        self.hold(pdu.dev_id, pdu.address, list(pdu.registers))
        if pdu.function_code == 6:
            return WriteSingleRegisterResponse(address=pdu.address, registers=pdu.registers)
        return WriteMultipleRegistersResponse(address=pdu.address, count=len(pdu.registers))


class SerialEnd:
    """The far end of a serial port, which can be unplugged and plugged in again."""

    def __init__(self, path: Path, devices: Devices) -> None:
        self.path = path
        self.devices = devices
        self._framer = FramerRTU(DecodePDU(True))
        self._fds: tuple[int, int] = (-1, -1)
        self._heard = b""
        self.plug()

    @property
    def port(self) -> str:
        return str(self.path)

    def plug(self) -> None:
        """The device node appears."""
        ours, theirs = pty.openpty()
        self._heard = b""
        self._fds = ours, theirs
        self.path.symlink_to(os.ttyname(theirs))
        os.set_blocking(ours, False)
        asyncio.get_running_loop().add_reader(ours, self._ready)

    def unplug(self) -> None:
        """The device node vanishes, whoever has it open."""
        self.path.unlink()
        asyncio.get_running_loop().remove_reader(self._fds[0])
        for each in self._fds:
            os.close(each)

    def send(self, data: bytes) -> None:
        """Say something unasked."""
        os.write(self._fds[0], data)

    def _ready(self) -> None:
        self._heard += os.read(self._fds[0], 4096)
        used, pdu = self._framer.handleFrame(self._heard, 0, 0)
        self._heard = self._heard[used:]
        if pdu is not None:
            self.send(self.devices.answer(self._framer, pdu))

    async def close(self) -> None:
        if self.path.is_symlink():
            self.unplug()


class TcpEnd:
    """A gateway: Modbus TCP, or serial frames as they are."""

    def __init__(self, devices: Devices, framer: type[FramerBase] = FramerSocket) -> None:
        self.devices = devices
        self._framer = framer(DecodePDU(True))
        self._scheme = "tcp" if framer is FramerSocket else "rtu+tcp"
        self._server: asyncio.Server | None = None
        self._number = 0
        self.writers: list[asyncio.StreamWriter] = []
        self.connected = asyncio.Event()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._number)
        self._number = self._server.sockets[0].getsockname()[1]

    @property
    def port(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._number}"

    def send(self, data: bytes) -> None:
        self.writers[-1].write(data)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        self.connected.set()
        heard = b""
        while data := await reader.read(4096):
            heard += data
            used, pdu = self._framer.handleFrame(heard, 0, 0)
            heard = heard[used:]
            if pdu is not None:
                writer.write(self.devices.answer(self._framer, pdu))

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in self.writers:
                writer.close()
            await self._server.wait_closed()
