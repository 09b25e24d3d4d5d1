"""A smart meter at its P1 port: a cable with a USB plug, or a gateway that passes it on.

    [hardware.meters.mains]
    driver = "dsmr"
    port = "/dev/ttyUSB1"        # or "tcp://p1.home:2000"

The meter talks by itself, DSMR 5 once a second, older ones every ten. ``baudrate = 9600``
is a meter before DSMR 4: its characters have seven bits and even parity.
"""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import Field

from hardware.api import BusError, MeterReading
from hardware.bus.line import Line, LineSettings, open_line
from hardware.drivers.telegram import cut, reading
from hardware.registry import Context
from hardware.settings import Settings

OLD_BAUD = 9600
SILENT_AFTER_S = 12.0  # meters before DSMR 5 talk every 10 s


class Config(Settings):
    """*phases* 1: a connection of one phase; old meters tell nothing about more."""

    port: str = Field(pattern=r"^(/.+|tcp://[^/]+:\d+)$")
    baudrate: Literal[9600, 115200] = 115200
    phases: Literal[1, 3] = 3

    def line(self) -> LineSettings:
        """Return the line as such meters want it."""
        if self.baudrate == OLD_BAUD:
            return LineSettings(port=self.port, baudrate=OLD_BAUD, parity="E", bytesize=7)
        return LineSettings(port=self.port, baudrate=self.baudrate)


class DsmrMeter:
    """Listens; whoever reads waits for the next telegram, or gets the one that just came."""

    def __init__(self, config: Config, context: Context) -> None:
        self._config = config
        self._monotonic = context.monotonic
        self._line: Line | None = None
        self._heard = b""

    async def read(self) -> MeterReading:
        """Return the newest telegram that nobody has read; raise BusError for a damaged one,
        for none in 12 s, and when the port is lost."""
        try:
            async with asyncio.timeout(SILENT_AFTER_S):
                telegram = await self._telegram()
        except TimeoutError:
            what = "only a part of a telegram" if self._heard else "no telegram"
            raise BusError(f"{self._config.port}: {what} in {SILENT_AFTER_S:g} s") from None
        return reading(telegram, self._monotonic(), self._config.phases)

    async def close(self) -> None:
        """Let go of the port."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _telegram(self) -> bytes:
        if self._line is None or self._line.is_lost:
            self._heard = b""
            self._line = await open_line(self._config.line())
        while True:
            self._heard += await self._line.heard()
            found = cut(self._heard)
            self._heard = found.rest
            if found.telegram is not None:
                return found.telegram


def open_meter(config: Config, context: Context) -> DsmrMeter:
    """Return the meter; its port is opened when it is first read."""
    return DsmrMeter(config, context)
