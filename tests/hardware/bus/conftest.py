"""A line of each kind with simulated devices at its far end."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from modbus_devices import Devices, SerialEnd, TcpEnd
from pymodbus.framer import FramerRTU, FramerSocket

from hardware.bus.bus import Bus
from hardware.bus.line import LineSettings

KINDS = ("rtu", "tcp", "rtu+tcp")


@pytest.fixture
async def devices() -> Devices:
    """Return devices; 11 has 32 registers that hold their own addresses."""
    devices = Devices()
    devices.hold(11, 0, list(range(32)))
    return devices


@pytest.fixture
async def serial_end(devices: Devices, tmp_path: Path) -> AsyncIterator[SerialEnd]:
    """Yield the far end of a serial port."""
    end = SerialEnd(tmp_path / "ttyUSB0", devices)
    yield end
    await end.close()


@pytest.fixture(params=KINDS)
async def end(request, devices: Devices, tmp_path: Path) -> AsyncIterator[SerialEnd | TcpEnd]:
    """Yield the far end of a line of each kind."""
    if request.param == "rtu":
        far: SerialEnd | TcpEnd = SerialEnd(tmp_path / "ttyUSB0", devices)
    else:
        far = TcpEnd(devices, FramerSocket if request.param == "tcp" else FramerRTU)
        await far.start()
    yield far
    await far.close()


@pytest.fixture
async def open_bus() -> AsyncIterator[Callable[..., Bus]]:
    """Return a way to open a bus that is closed afterwards."""
    opened: list[Bus] = []

    def open_(port: str, **settings: object) -> Bus:
        bus = Bus(LineSettings.model_validate({"port": port, "baudrate": 115200, **settings}))
        opened.append(bus)
        return bus

    yield open_
    for bus in opened:
        await bus.close()
