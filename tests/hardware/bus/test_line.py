"""Ports that do not open, and ports that stop working."""

import errno
import os

import pytest
from modbus_devices import SerialEnd, TcpEnd

from hardware.api import BusError
from hardware.bus.line import LineSettings, open_line, reason


@pytest.mark.parametrize(
    ("port", "why"),
    [
        ("/dev/nowhere", "there is no such device; is it plugged in?"),
        ("/dev/null", "Inappropriate ioctl"),
        ("tcp://127.0.0.1:1", "127.0.0.1:1"),
    ],
)
async def test_a_port_that_does_not_open_says_why(port: str, why: str) -> None:
    with pytest.raises(BusError, match=why):
        await open_line(LineSettings(port=port))


async def test_a_host_that_does_not_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.bus.line.CONNECT_S", -1.0)

    with pytest.raises(BusError, match="nobody answers there"):
        await open_line(LineSettings(port="tcp://127.0.0.1:1"))


@pytest.mark.parametrize("number", [errno.EACCES, errno.EBUSY, errno.EAGAIN])
def test_what_an_installer_can_mend_is_told_in_his_words(number: int) -> None:
    assert reason(OSError(number, "x")).startswith(("no permission", "busy"))


def test_everything_else_is_told_in_the_systems_words() -> None:
    assert reason(OSError(errno.EIO, "x")) == os.strerror(errno.EIO)
    assert reason(ValueError("of no use")) == "of no use"


async def test_a_lost_line_stays_lost(end: SerialEnd | TcpEnd) -> None:
    line = await open_line(LineSettings(port=end.port))
    line.close()
    line.close()

    assert line.is_lost
    with pytest.raises(BusError, match="closed"):
        line.write(b"x")
    with pytest.raises(BusError, match="closed"):
        await line.heard()


async def test_what_was_heard_before_the_end_is_still_there(serial_end: SerialEnd) -> None:
    line = await open_line(LineSettings(port=serial_end.port))
    line.feed(b"abc")
    line.feed(b"")

    assert await line.heard() == b"abc"
    with pytest.raises(BusError, match="the other end has gone"):
        await line.heard()


async def test_what_nobody_listens_to_is_forgotten(serial_end: SerialEnd) -> None:
    line = await open_line(LineSettings(port=serial_end.port))
    for _ in range(100):
        line.feed(b"x" * 4096)
    line.feed(b"news")

    assert len(line.flush()) == 65_536
    line.close()


@pytest.mark.parametrize("works", [errno.EIO, 3])
async def test_a_port_that_takes_nothing_more_is_lost(
    serial_end: SerialEnd, monkeypatch: pytest.MonkeyPatch, works: int
) -> None:
    line = await open_line(LineSettings(port=serial_end.port))

    def write(fd: int, data: bytes) -> int:
        if works == errno.EIO:
            raise OSError(errno.EIO, "gone")
        return works

    with monkeypatch.context() as patched:
        patched.setattr("hardware.bus.line.os.write", write)
        with pytest.raises(BusError):
            line.write(b"12345678")
    assert line.is_lost
