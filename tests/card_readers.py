"""Simulated card readers over the real transport: a pty, or a FIFO for an input device.

The PN532 answers as its user manual says and misbehaves as it is told: ``chip.spoil = crc``.
"""

from __future__ import annotations

import asyncio
import os
import pty
import struct
from collections.abc import Callable
from pathlib import Path

from hardware.drivers.pn532_frames import ACK, FROM_CHIP, TO_CHIP

Spoil = Callable[[bytes], bytes]
LETTERS = {"1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11}
LETTERS |= {"A": 30, "B": 48, "C": 46, "D": 32, "E": 18, "F": 33, "\n": 28, "?": 53}


class SerialPort:
    """The far end of a serial port, which can be unplugged and plugged in again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fds: tuple[int, int] = (-1, -1)
        self.plug()

    @property
    def port(self) -> str:
        return str(self.path)

    def plug(self) -> None:
        """The device node appears."""
        self._fds = pty.openpty()
        self.path.symlink_to(os.ttyname(self._fds[1]))
        os.set_blocking(self._fds[0], False)
        asyncio.get_running_loop().add_reader(self._fds[0], self._ready)

    def unplug(self) -> None:
        """The device node vanishes, whoever has it open."""
        self.path.unlink()
        asyncio.get_running_loop().remove_reader(self._fds[0])
        for each in self._fds:
            os.close(each)

    def send(self, data: bytes) -> None:
        assert os.write(self._fds[0], data) == len(data), "more than a port holds"

    def heard(self, data: bytes) -> None:
        """What the station writes; a reader that only talks does not care."""

    def _ready(self) -> None:
        self.heard(os.read(self._fds[0], 4096))

    def close(self) -> None:
        if self.path.is_symlink():
            self.unplug()


def bad_checksum(frame: bytes) -> bytes:
    return frame[:-2] + bytes([frame[-2] ^ 0x01]) + frame[-1:]


def bad_length(frame: bytes) -> bytes:
    return frame[:4] + bytes([frame[4] ^ 0x01]) + frame[5:]


def partial(frame: bytes) -> bytes:
    return frame[: len(frame) // 2]


def silence(frame: bytes) -> bytes:
    return b""


def noise_before(frame: bytes) -> bytes:
    return b"\x55\x00\xff\x12\x00\x00\xff" + frame


def not_understood(frame: bytes) -> bytes:
    return bytes.fromhex("0000ff01ff7f8100")


class Chip(SerialPort):
    """A PN532 with a card on it or none. *spoils*: so many of its next answers are spoilt."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.card: bytes | None = None
        self.has_seen: bytes | None = None  # it does not answer again while the field is on
        self.awake = False
        self.spoil: Spoil = bytes
        self.spoils = 0
        self.asked: list[int] = []
        self.looked = asyncio.Event()
        self._heard = b""

    def heard(self, data: bytes) -> None:
        self.awake = self.awake or b"\x55\x55" in data
        self._heard += data.replace(ACK, b"")
        while (start := self._heard.find(b"\x00\xff")) >= 0:
            frame = self._heard[start + 2 :]
            if len(frame) < 2 or len(frame) < frame[0] + 3:
                return
            self._heard = frame[frame[0] + 3 :]
            self._command(frame[2 : 2 + frame[0]], frame[1], frame[2 + frame[0]])

    def _command(self, content: bytes, lcs: int, dcs: int) -> None:
        assert (len(content) + lcs) & 0xFF == 0
        assert (sum(content) + dcs) & 0xFF == 0
        assert content[0] == TO_CHIP
        if not self.awake:
            return
        self.asked.append(content[1])
        self.send(ACK)
        answer = self._answer(content[1])
        body = bytes([FROM_CHIP, content[1] + 1]) + answer
        frame = b"\x00\x00\xff" + bytes([len(body), -len(body) & 0xFF]) + body
        frame += bytes([-sum(body) & 0xFF, 0])
        if self.spoils:
            self.spoils -= 1
            frame = self.spoil(frame)
        self.send(frame)

    def _answer(self, command: int) -> bytes:
        if command != 0x4A:
            self.has_seen = None
            return b""
        self.looked.set()
        if self.card is None or self.has_seen == self.card:
            return b"\x00"
        self.has_seen = self.card
        return b"\x01\x01\x00\x04\x08" + bytes([len(self.card)]) + self.card


class Keys:
    """An input device that is a FIFO: the events are real, the grab and its rights are not."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = -1
        self.plug()

    @property
    def port(self) -> str:
        return str(self.path)

    def plug(self) -> None:
        os.mkfifo(self.path)
        self._fd = os.open(self.path, os.O_RDWR | os.O_NONBLOCK)

    def unplug(self) -> None:
        self.path.unlink()
        os.close(self._fd)
        self._fd = -1

    def close(self) -> None:
        if self._fd >= 0:
            self.unplug()

    def send(self, events: bytes) -> None:
        os.write(self._fd, events)

    def types(self, text: str) -> None:
        self.send(b"".join(press(LETTERS[each]) for each in text))


def event(kind: int, code: int, value: int) -> bytes:
    """Return one struct input_event."""
    return struct.pack("@llHHi", 1_700_000_000, 123_456, kind, code, value)


def press(code: int) -> bytes:
    """Return what a keyboard says when a key goes down and up: MSC_SCAN, EV_KEY, SYN_REPORT."""
    return b"".join(
        event(4, 4, 0x70000 + code) + event(1, code, value) + event(0, 0, 0) for value in (1, 0)
    )


async def begun_and_forgotten(begun: Callable[[], bool]) -> None:
    """Return when what *begun* tells of has come and gone."""
    async with asyncio.timeout(5.0):
        for wanted in (True, False):
            while begun() is not wanted:  # noqa: ASYNC110  # it is a driver's own state
                await asyncio.sleep(0.001)
