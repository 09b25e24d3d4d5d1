"""A simulated OpenEVSE controller at the far end of a serial port, with a car before it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from functools import reduce
from operator import xor
from pathlib import Path

from modbus_devices import Devices, SerialEnd

A, B, C, D, SLEEPING, DISABLED = 1, 2, 3, 4, 0xFE, 0xFF
CLOSED, CONNECTED, BOOT_LOCK = 0x40, 0x100, 0x4000
LEAST_A, HARDWARE_A = 6, 80


def line(text: str) -> bytes:
    """Return *text* as a sound line."""
    return f"{text}^{reduce(xor, text.encode()):02X}\r".encode()


class OpenEvseDevice(SerialEnd):
    """Answers as firmware 7 does, and misbehaves as it is told: *spoil* turns an answer into
    what is sent, *before* is said between question and answer, *says* are answers by heart."""

    def __init__(self, path: Path) -> None:
        self.plugged, self.wants, self.lazy = False, True, False
        self.fault = 0
        self.configured_a, self.hot = 32, False
        self.current_ma, self.session_ws, self.total_wh = 0, 0, 0
        self.celsius: list[int] = [312, -2560, -2560]
        self.supervision, self.missed = (0, 0), False
        self.asked: list[str] = []
        self.was_asked = asyncio.Event()
        self.offered: list[int] = []
        self.eeprom_writes = 0
        self.flags = 0
        self.says: dict[str, str] = {}
        self.before = b""
        self.spoil: Callable[[bytes], bytes] = bytes
        self.start()
        super().__init__(path, Devices())

    # --- the board ----------------------------------------------------------------------------

    def start(self) -> None:
        """What it is when it gets power: it offers what it was configured to, to anybody."""
        self.mode, self.amps, self.relay = 0, self.configured_a, False
        self.update()

    def reboot(self) -> None:
        """Start anew, and say so."""
        self.start()
        self.send(line("$AB 00 7.1.3"))

    @property
    def pilot(self) -> int:
        """What its pilot shows."""
        asks = self.wants and (self.lazy or not self.mode)
        return (C if asks else B) if self.plugged else A

    @property
    def code(self) -> int:
        return self.fault or self.mode or self.pilot

    def update(self) -> None:
        """A turn of its main loop: the relay follows the pilot. A *lazy* car keeps drawing when
        it should stop, and the relay waits for it."""
        if self.code == C:
            self.relay = True
        elif not (self.mode == SLEEPING and self.relay and self.lazy) or self.fault:
            self.relay = False
        if self.relay:
            self.offered.append(self.amps)

    def miss(self) -> None:
        """No sign of life in time."""
        self.missed, self.amps = True, max(LEAST_A, self.supervision[1])
        self.update()

    # --- the line -----------------------------------------------------------------------------

    def _ready(self) -> None:
        self._heard += os.read(self._fds[0], 4096)
        *lines, self._heard = self._heard.split(b"\r")
        for each in lines:
            text, _, checksum = each.decode().rpartition("^")
            assert reduce(xor, text.encode()) == int(checksum, 16), each
            command, _, number = text[1:].partition(" :")
            self.asked.append(command)
            self.was_asked.set()
            self.update()
            said = self.answer(*command.split())
            self.update()
            said += f" :{number}" if number else ""
            self.send(self.before + self.spoil(line(said)))

    def answer(self, name: str, *words: str) -> str:
        """Return what it says to *name*."""
        if name in self.says:
            return self.says[name]
        done = getattr(self, f"_{name.lower()}")(*words)
        return done if done.startswith("$") else f"$OK {done}".strip()

    def _gs(self) -> str:
        flags = self.flags | CLOSED * self.relay | CONNECTED * self.plugged
        return f"{self.code:02x} 12 {self.pilot:02x} {flags:04x}"

    def _gc(self) -> str:
        return f"{LEAST_A} {HARDWARE_A} {self.amps} {self.configured_a}"

    def _gp(self) -> str:
        return " ".join(map(str, self.celsius))

    def _gg(self) -> str:
        return f"{self.current_ma} 230000"

    def _gu(self) -> str:
        return f"{self.session_ws} {self.total_wh}"

    def _gv(self) -> str:
        return "7.1.3 5.1.0"

    def _gf(self) -> str:
        return "1 0 0"

    def _fs(self) -> str:
        self.mode = SLEEPING
        return ""

    def _fd(self) -> str:
        self.mode, self.relay = DISABLED, False
        return ""

    def _fe(self) -> str:
        self.mode = 0
        return ""

    def _sb(self) -> str:
        self.flags &= ~BOOT_LOCK
        return "0"

    def _sc(self, amps: str, volatile: str = "") -> str:
        self.eeprom_writes += volatile != "V"
        most_a = LEAST_A if self.hot else self.configured_a
        self.amps = max(LEAST_A, min(int(amps), most_a))
        return f"{'$OK' if self.amps == int(amps) else '$NK'} {self.amps}"

    def _sy(self, *words: str) -> str:
        if words:
            armed = int(words[0]), int(words[1])
            self.eeprom_writes += armed != self.supervision
            self.supervision, self.missed = armed, False
        told = f"{self.supervision[0]} {self.supervision[1]} {2 * self.missed}"
        return f"{'$NK' if self.missed else '$OK'} {told}"
