"""The wire: a serial port or a TCP connection as bytes in and bytes out."""

from __future__ import annotations

import asyncio
import errno
import os
from contextlib import suppress
from typing import Literal, Protocol
from urllib.parse import urlsplit

import serial
from pydantic import Field

from hardware.api import BusError
from hardware.settings import Settings

CONNECT_S = 3.0
CHUNK_BYTES = 4096
MOST_BYTES = 65_536
WHY = {
    errno.EACCES: "no permission; is this user in the group of serial ports, often dialout?",
    errno.EAGAIN: "busy: another program has it open, perhaps this station's own daemon",
    errno.EBUSY: "busy: another program has it open, perhaps this station's own daemon",
    errno.ENOENT: "there is no such device; is it plugged in?",
}


class LineSettings(Settings):
    """Where the line is and how fast.

    *port* is a serial device, ``tcp://host:port`` for Modbus TCP, or
    ``rtu+tcp://host:port`` for a gateway that passes serial frames as they are.
    """

    port: str = Field(min_length=1)
    baudrate: int = Field(default=9600, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "N"
    stopbits: int = Field(default=1, ge=1, le=2)
    bytesize: int = Field(default=8, ge=7, le=8)
    timeout_s: float = Field(default=0.5, gt=0.0, le=60.0)

    @property
    def is_serial(self) -> bool:
        """Return whether the port is a device of this machine."""
        return "://" not in self.port

    @property
    def char_s(self) -> float:
        """Return how long one character takes on a serial line."""
        return (1 + self.bytesize + (self.parity != "N") + self.stopbits) / self.baudrate


class Line:
    """An open line. Bytes gather until somebody takes them; once lost it stays lost.

    Made by ``open_line``. ``heard`` and ``write`` raise BusError when the line is lost.
    """

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._news = asyncio.Event()
        self._lost = ""

    async def heard(self) -> bytes:
        """Wait for bytes and return all there are."""
        while not self._bytes:
            if self._lost:
                raise BusError(self._lost)
            self._news.clear()
            await self._news.wait()
        return self.flush()

    def flush(self) -> bytes:
        """Return what was heard and not taken, without waiting."""
        taken = bytes(self._bytes)
        self._bytes.clear()
        return taken

    @property
    def is_lost(self) -> bool:
        """Return whether nothing more will come."""
        return bool(self._lost)

    def write(self, data: bytes) -> None:
        """Send *data*."""
        if self._lost:
            raise BusError(self._lost)
        self._send(data)

    def close(self) -> None:
        """Let go of it."""
        self.lose("the line is closed")

    def feed(self, data: bytes) -> None:
        """Take what arrived; nothing at all is the end."""
        if not data:
            self.lose("the other end has gone")
        self._bytes += data
        del self._bytes[:-MOST_BYTES]  # nobody listens: the oldest are of no use any more
        self._news.set()

    def lose(self, why: str) -> None:
        """Give the line up; whoever waits is told *why*."""
        self._lost = self._lost or why
        self._news.set()

    def _send(self, data: bytes) -> None:
        raise NotImplementedError


class Port(Protocol):
    """A device of this machine that somebody opened without waiting."""

    def fileno(self) -> int: ...
    def close(self) -> None: ...


class DeviceLine(Line):
    """An open device of this machine: reading is the event loop's."""

    def __init__(self, port: Port) -> None:
        super().__init__()
        self._port = port
        self._fd: int = port.fileno()
        asyncio.get_running_loop().add_reader(self._fd, self._ready)

    def _ready(self) -> None:
        try:
            self.feed(os.read(self._fd, CHUNK_BYTES))
        except BlockingIOError:
            return
        except OSError as error:
            self.lose(reason(error))

    def _send(self, data: bytes) -> None:
        try:
            sent = os.write(self._fd, data)
        except OSError as error:
            self.lose(reason(error))
            raise BusError(reason(error)) from error
        if sent < len(data):
            self.lose("the port takes nothing more")
            raise BusError("the port takes nothing more")

    def lose(self, why: str) -> None:
        super().lose(why)
        if self._fd >= 0:
            asyncio.get_running_loop().remove_reader(self._fd)
            self._fd = -1
            with suppress(OSError):
                self._port.close()


class _Wire(asyncio.Protocol):
    def __init__(self, line: Line) -> None:
        self._line = line

    def data_received(self, data: bytes) -> None:
        self._line.feed(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._line.lose(str(exc) if exc else "the other end has gone")


class _TcpLine(Line):
    """A connection to a gateway, or to a meter with a socket of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.transport: asyncio.Transport | None = None

    def _send(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)

    def lose(self, why: str) -> None:
        super().lose(why)
        if self.transport is not None:
            self.transport.abort()


async def open_line(settings: LineSettings) -> Line:
    """Return the line that *settings* name; raise BusError, with why in words."""
    try:
        return await (_open_serial if settings.is_serial else _open_tcp)(settings)
    except TimeoutError:
        raise BusError(f"{settings.port}: nobody answers there") from None
    except (OSError, ValueError) as error:
        raise BusError(f"{settings.port}: {reason(error)}") from error


async def _open_serial(settings: LineSettings) -> Line:
    """A port with a modem's lines can take its time to open: that is done in a thread."""
    port = await asyncio.to_thread(
        serial.Serial,
        settings.port,
        baudrate=settings.baudrate,
        parity=settings.parity,
        stopbits=settings.stopbits,
        bytesize=settings.bytesize,
        timeout=0,
        exclusive=True,
    )
    with suppress(ValueError, OSError, NotImplementedError):
        port.set_low_latency_mode(True)  # else some adapters hold answers back for 16 ms
    return DeviceLine(port)


async def _open_tcp(settings: LineSettings) -> Line:
    parts = urlsplit(settings.port)
    line = _TcpLine()
    async with asyncio.timeout(CONNECT_S):
        line.transport, _ = await asyncio.get_running_loop().create_connection(
            lambda: _Wire(line), parts.hostname or "", parts.port or 0
        )
    return line


def reason(error: Exception) -> str:
    """Return in words why a port does not open or work."""
    number: int = getattr(error, "errno", None) or 0
    return WHY.get(number) or (os.strerror(number) if number > 0 else str(error))
