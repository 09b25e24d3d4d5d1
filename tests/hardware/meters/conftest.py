"""A Modbus line with simulated meters on it, and a context that names it ``rs485``."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from modbus_devices import Devices, SerialEnd, TcpEnd

from hardware import registry
from hardware.registry import Context
from hardware.wiring import WiredMeter, Wiring


class Meters:
    """Simulated devices and a way to open meters on them."""

    def __init__(self, end: SerialEnd | TcpEnd, clock) -> None:
        self.devices = end.devices
        self.end = end
        self.clock = clock
        given = {"port": end.port, "baudrate": 115200, "timeout_s": 0.05}
        self.buses = {"rs485": registry.open_bus("rs485", given)}

    def open(self, place: str = "mains", wiring: Wiring | None = None, **given) -> WiredMeter:
        """Open a meter, of driver modbus on rs485 unless something else is said."""
        driver = given.pop("driver", "modbus")
        context = Context(place, self.clock, None, self.buses)
        return registry.open_meter(driver, {"bus": "rs485", **given}, context, wiring)


@pytest.fixture(params=["rtu", "tcp"])
async def meters(request, clock, tmp_path: Path) -> AsyncIterator[Meters]:
    """Yield meters on a serial port and on Modbus TCP."""
    devices = Devices()
    end: SerialEnd | TcpEnd
    if request.param == "rtu":
        end = SerialEnd(tmp_path / "ttyUSB0", devices)
    else:
        end = TcpEnd(devices)
        await end.start()
    meters = Meters(end, clock)
    yield meters
    await meters.buses["rs485"].close()
    await end.close()


@pytest.fixture
def unused_port() -> int:
    """Return a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        number: int = server.getsockname()[1]
    return number
