"""A reader that writes each card as a line of text on a serial port.

    [[reader]]
    driver = "serial"
    port = "/dev/ttyUSB2"        # or "tcp://reader.home:4000"
    baudrate = 9600

``frame`` is how a card ends: ``line`` with CR or LF, ``stx`` stands between STX and ETX, after
``silence`` nothing more comes. ``prefix`` is text before the number; what does not begin
with it is no card. ``checksum = "xor"``: the last byte, in hexadecimal, is the exclusive or
of those before it, as readers for 125 kHz cards write (manual of the ID-12 by ID Innovations,
section "Output data structure: ASCII").
"""

from __future__ import annotations

import asyncio
from functools import reduce
from operator import xor
from typing import Literal

from pydantic import Field

from hardware.api import BusError
from hardware.bus.line import Line, LineSettings, open_line
from hardware.registry import Context
from hardware.settings import Settings

STX, ETX = b"\x02", b"\x03"
SILENCE_S = 0.05  # the time of 50 characters at 9600 baud
ABANDONED_S = 1.0  # no reader rests for so long in the middle of a card
LONGEST_BYTES = 256


class Config(Settings):
    """The line, and how a card is written on it."""

    port: str = Field(pattern=r"^(/.+|tcp://[^/]+:\d+)$")
    baudrate: int = Field(default=9600, ge=300, le=1_000_000)
    parity: Literal["N", "E", "O"] = "N"
    stopbits: int = Field(default=1, ge=1, le=2)
    bytesize: int = Field(default=8, ge=7, le=8)
    frame: Literal["line", "stx", "silence"] = "line"
    prefix: str = Field(default="", max_length=50)
    checksum: Literal["none", "xor"] = "none"

    def line(self) -> LineSettings:
        """Return the line as the reader talks on it."""
        own = self.model_dump(exclude={"frame", "prefix", "checksum"})
        return LineSettings.model_validate(own)


class SerialReader:
    """Listens; noise, and what breaks off, are no card."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._line: Line | None = None
        self._heard = b""
        self._whole: list[str] = []

    async def open(self) -> None:
        """Open the port; what the reader said before was said to nobody."""
        self._heard, self._whole = b"", []
        self._line = await open_line(self._config.line())
        self._line.flush()

    async def next_card(self) -> str:
        """Return the next card as it is written; raise BusError when the port is lost."""
        while not self._whole:
            await self._listen()
        return self._whole.pop(0)

    async def close(self) -> None:
        """Let go of the port."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _listen(self) -> None:
        """Hear more. Silence ends a card, or what was to become one."""
        if self._line is None:
            raise BusError(f"{self._config.port}: not open")
        by_silence = self._config.frame == "silence"
        patience_s = SILENCE_S if by_silence else ABANDONED_S
        try:
            async with asyncio.timeout(patience_s if self._heard else None):
                self._heard += await self._line.heard()
        except TimeoutError:
            parts, self._heard = [self._heard] if by_silence else [], b""
        except BusError as error:
            raise BusError(f"{self._config.port}: {error}") from None
        else:
            parts = [] if by_silence else self._cut()
            self._heard = self._heard[-LONGEST_BYTES:]
        self._whole += [card for part in parts if (card := self._written(part))]

    def _cut(self) -> list[bytes]:
        """Take the whole cards out of what was heard."""
        if self._config.frame == "line":
            *parts, self._heard = self._heard.replace(b"\r", b"\n").split(b"\n")
            return parts
        *parts, self._heard = self._heard.split(ETX)
        return [part.rpartition(STX)[2] for part in parts if STX in part]

    def _written(self, part: bytes) -> str:
        """Return the number that *part* writes, "" when it writes none."""
        text = part.decode("ascii", "replace").strip("\x00\r\n\t \x02\x03")
        if not text.startswith(self._config.prefix):
            return ""
        text = text.removeprefix(self._config.prefix).strip()
        return checked_number(text) if self._config.checksum == "xor" else text


def checked_number(text: str) -> str:
    """Return *text* without its checksum, "" when that is wrong.

    >>> checked_number("0415148F0E84")
    '0415148F0E'
    >>> checked_number("0415148F0F84")
    ''
    """
    try:
        *number, said = bytes.fromhex(text)
    except ValueError:
        return ""
    return text[:-2] if number and reduce(xor, number) == said else ""


def open_reader(config: Config, context: Context) -> SerialReader:
    """Return the reader."""
    return SerialReader(config)
