"""A PN532 on a serial port: cards of ISO/IEC 14443 type A with 4, 7 or 10 bytes.

    [[reader]]
    driver = "pn532"
    port = "/dev/ttyS1"          # its high speed UART: 115200 8N1

It is asked five times a second what lies there. What it says and how stands in
``pn532_frames``.
"""

from __future__ import annotations

import asyncio

from pydantic import Field

from hardware.api import BusError
from hardware.bus.line import Line, LineSettings, open_line
from hardware.drivers import pn532_frames as frames
from hardware.registry import Context
from hardware.settings import Settings

BAUD = 115_200
ASK_EVERY_S = 0.2
ANSWER_S = 0.5  # it looks for a card three times, some 10 ms each
ATTEMPTS = 3


class Config(Settings):
    """*port* may be ``tcp://host:port`` of a gateway that passes bytes as they are."""

    port: str = Field(pattern=r"^(/.+|tcp://[^/]+:\d+)$")


class Pn532:
    """Asks for cards, one question at a time."""

    def __init__(self, config: Config) -> None:
        self._port = config.port
        self._line: Line | None = None
        self._pause_s = 0.0

    async def open(self) -> None:
        """Wake the chip up and tell it how to look; raise BusError when it does not answer."""
        self._line = await open_line(LineSettings(port=self._port, baudrate=BAUD))
        await self._ask(frames.SAM_CONFIGURATION, frames.NORMAL_MODE, frames.WAKE_UP)
        await self._ask(frames.RF_CONFIGURATION, frames.MAX_RETRIES)
        self._pause_s = 0.0

    async def next_card(self) -> bytes:
        """Return the UID of a card as soon as one lies there, again at each look."""
        while True:
            await asyncio.sleep(self._pause_s)
            self._pause_s = ASK_EVERY_S
            found = await self._ask(frames.IN_LIST_PASSIVE_TARGET, frames.ONE_TYPE_A)
            await self._ask(frames.RF_CONFIGURATION, frames.FIELD_OFF)
            if (number := frames.uid(found)) is not None:
                return number

    async def close(self) -> None:
        """Let go of the port."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _ask(self, command: int, parameters: bytes, before: bytes = b"") -> bytes:
        """Return what the chip answers; raise BusError after three attempts in vain."""
        why = ""
        for _ in range(ATTEMPTS):
            try:
                return await self._attempt(command, before + frames.frame(command, parameters))
            except _Unheard as unheard:
                why = str(unheard)
                self._write(frames.ACK)
        raise BusError(f"{self._port}: {why}")

    async def _attempt(self, command: int, said: bytes) -> bytes:
        """Ask once; raise _Unheard when no sound answer comes in time."""
        line = self._open_line()
        line.flush()
        self._write(said)
        heard, damaged = b"", False
        try:
            async with asyncio.timeout(ANSWER_S):
                while True:
                    found = frames.cut(heard)
                    damaged, heard = damaged or found.damaged, found.rest
                    if found.content is None:
                        heard += await line.heard()
                    elif found.content[:1] == bytes([frames.FAILED]):
                        raise _Unheard("the PN532 did not understand")
                    elif (answer := frames.answer_to(command, found.content)) is not None:
                        return answer
        except TimeoutError:
            what = "answers are damaged" if damaged else "no PN532 answers"
            raise _Unheard(what) from None
        except BusError as error:
            raise BusError(f"{self._port}: {error}") from None

    def _write(self, data: bytes) -> None:
        try:
            self._open_line().write(data)
        except BusError as error:
            raise BusError(f"{self._port}: {error}") from None

    def _open_line(self) -> Line:
        if self._line is None:
            raise BusError("not open")
        return self._line


class _Unheard(Exception):
    """A question that is worth asking again."""


def open_reader(config: Config, context: Context) -> Pn532:
    """Return the reader."""
    return Pn532(config)
