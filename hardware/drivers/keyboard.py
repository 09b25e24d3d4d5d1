"""A reader that types like a keyboard: digits and letters, then Enter.

    [[reader]]
    driver = "keyboard"
    port = "/dev/input/by-id/usb-...-event-kbd"
    writing = "decimal"

The device is grabbed, so that cards do not type into somebody's console. A keypad is such a
reader, too. Keys have the place that they have on a keyboard of the United States.

Source: Linux, Documentation/input/input.rst (struct input_event) and event-codes.rst;
include/uapi/linux/input.h (EVIOCGRAB) and input-event-codes.h (key codes).
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import struct
from collections.abc import Iterator
from io import FileIO

from pydantic import Field

from hardware.api import BusError
from hardware.bus.line import DeviceLine, Line, reason
from hardware.registry import Context
from hardware.settings import Settings

EVENT = struct.Struct("@LLHHi")  # seconds, microseconds, type, code, value
EV_SYN, EV_KEY = 0, 1
SYN_DROPPED = 3  # the kernel's queue ran over: some keys are missing
PRESSED = 1  # 0 is released, 2 repeats
EVIOCGRAB = 0x40044590  # _IOW('E', 0x90, int)
ENTERS = {28, 96}  # KEY_ENTER, KEY_KPENTER
SILENT = {42, 54, 58, 69}  # both shifts, Caps Lock, Num Lock: letters are as good without
ROWS = {2: "1234567890-", 16: "qwertyuiop", 30: "asdfghjkl", 44: "zxcvbnm"}
KEYPAD = {71: "789", 75: "456", 79: "123", 82: "0"}
KEYS = {
    first + place: key
    for first, keys in {**ROWS, **KEYPAD}.items()
    for place, key in enumerate(keys)
}
ABANDONED_S = 10.0  # whoever types a code and walks away leaves nothing to the next
LONGEST = 64


class Config(Settings):
    """*grab* false leaves the keys to others as well."""

    port: str = Field(pattern=r"^/.+$")
    grab: bool = True


class Typing:
    """Keys into lines."""

    def __init__(self) -> None:
        self._bytes = b""
        self._typed = ""
        self._spoilt = False

    @property
    def begun(self) -> bool:
        """Return whether a line has begun and not ended."""
        return bool(self._typed or self._spoilt)

    def forget(self) -> None:
        """Drop the line that has begun."""
        self._typed, self._spoilt = "", False

    def feed(self, data: bytes) -> Iterator[str]:
        """Take events as the kernel writes them; yield every line that Enter ended, but for
        those with keys that are missing or too many."""
        self._bytes += data
        whole = len(self._bytes) // EVENT.size * EVENT.size
        events, self._bytes = self._bytes[:whole], self._bytes[whole:]
        for _, _, kind, code, value in EVENT.iter_unpack(events):
            if (kind, code) == (EV_SYN, SYN_DROPPED):
                self._spoilt = True
            elif (kind, value) == (EV_KEY, PRESSED) and code not in SILENT:
                yield from self._pressed(code)

    def _pressed(self, code: int) -> Iterator[str]:
        if code in ENTERS:
            line = "" if self._spoilt else self._typed
            self.forget()
            if line:
                yield line
        else:
            self._typed += KEYS.get(code, "?")
            self._spoilt = self._spoilt or len(self._typed) > LONGEST


class Keyboard:
    """Listens to one input device."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._line: Line | None = None
        self._typing = Typing()
        self._typed: list[str] = []

    async def open(self) -> None:
        """Open and grab the device; raise BusError when that cannot be done."""
        self._typing, self._typed = Typing(), []
        try:
            device = FileIO(os.open(self._config.port, os.O_RDONLY | os.O_NONBLOCK))
            try:
                if self._config.grab:
                    fcntl.ioctl(device, EVIOCGRAB, 1)
                self._line = DeviceLine(device)
            except OSError:
                device.close()
                raise
        except OSError as error:
            raise BusError(f"{self._config.port}: {reason(error)}") from error

    async def next_card(self) -> str:
        """Return the next line that is typed; raise BusError when the device is lost."""
        while not self._typed:
            await self._listen()
        return self._typed.pop(0)

    async def close(self) -> None:
        """Let go of the device, and of the grab with it."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _listen(self) -> None:
        if self._line is None:
            raise BusError(f"{self._config.port}: not open")
        try:
            async with asyncio.timeout(ABANDONED_S if self._typing.begun else None):
                self._typed += self._typing.feed(await self._line.heard())
        except TimeoutError:
            self._typing.forget()
        except BusError as error:
            raise BusError(f"{self._config.port}: {error}") from None


def open_reader(config: Config, context: Context) -> Keyboard:
    """Return the reader."""
    return Keyboard(config)
