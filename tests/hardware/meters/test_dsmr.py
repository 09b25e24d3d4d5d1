"""The P1 port over a pty and over TCP."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from modbus_devices import Devices, SerialEnd, TcpEnd
from telegrams import DSMR_4, DSMR_5, telegram

from hardware import registry
from hardware.api import BusError, WrongSettings
from hardware.bus.line import Line, LineSettings, open_line
from hardware.registry import Context, Kind
from hardware.wiring import WiredMeter, Wiring


class P1:
    """A smart meter that says what it is told to."""

    def __init__(self, end: SerialEnd | TcpEnd, meter: WiredMeter, listens: asyncio.Event) -> None:
        self.end = end
        self.meter = meter
        self.listens = listens

    async def says(self, data: bytes) -> None:
        """Say *data* as soon as somebody listens."""
        await self.listens.wait()
        if isinstance(self.end, TcpEnd):
            await self.end.connected.wait()
        self.end.send(data)


@pytest.fixture
async def listens(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Return what is set when a port has been opened: what came before is lost."""
    opened = asyncio.Event()

    async def open_(settings: LineSettings) -> Line:
        line = await open_line(settings)
        opened.set()
        return line

    monkeypatch.setattr("hardware.drivers.dsmr.open_line", open_)
    return opened


@pytest.fixture(params=["serial", "tcp"])
async def p1(request, clock, listens, tmp_path: Path) -> AsyncIterator[P1]:
    """Yield a smart meter and the meter that listens to it."""
    end: SerialEnd | TcpEnd
    if request.param == "serial":
        end = SerialEnd(tmp_path / "ttyUSB1", Devices())
    else:
        end = TcpEnd(Devices())
        await end.start()
    context = Context("mains", clock)
    meter = registry.open_meter("dsmr", {"port": end.port}, context, Wiring(phase_map=(2, 1, 3)))
    yield P1(end, meter, listens)
    await meter.close()
    await end.close()


async def test_a_telegram_is_a_reading(p1: P1, clock) -> None:
    reading = asyncio.create_task(p1.meter.read())
    await p1.says(b"...\r\n" + telegram(DSMR_4)[:100])
    await p1.says(telegram(DSMR_4)[100:])

    assert (await reading).currents_a == (-3.0, 4.0, 0.0)
    assert (await reading).at_s == clock()


async def test_what_came_meanwhile_is_read_at_once_and_only_the_newest(p1: P1) -> None:
    first = asyncio.create_task(p1.meter.read())
    await p1.says(telegram(DSMR_4))
    await first
    await p1.says(telegram(DSMR_4) + telegram(DSMR_5))

    assert (await p1.meter.read()).voltages_v is not None


async def test_a_damaged_telegram_is_told_and_the_next_is_read(p1: P1) -> None:
    reading = asyncio.create_task(p1.meter.read())
    await p1.says(telegram(DSMR_4).replace(b"004*A", b"000*A"))
    with pytest.raises(BusError, match="wrong checksum"):
        await reading
    reading = asyncio.create_task(p1.meter.read())
    await p1.says(telegram(DSMR_4))

    assert (await reading).currents_a == (-3.0, 4.0, 0.0)


@pytest.mark.parametrize(("said", "why"), [(b"", "no telegram"), (b"/ISK5", "only a part")])
async def test_silence_is_told(
    p1: P1, monkeypatch: pytest.MonkeyPatch, said: bytes, why: str
) -> None:
    monkeypatch.setattr("hardware.drivers.dsmr.SILENT_AFTER_S", 0.05)
    reading = asyncio.create_task(p1.meter.read())
    if said:
        await p1.says(said)

    with pytest.raises(BusError, match=why):
        await reading


async def test_a_port_that_comes_back_is_read_again(tmp_path: Path, clock, listens) -> None:
    end = SerialEnd(tmp_path / "ttyUSB1", Devices())
    meter = registry.open_meter("dsmr", {"port": end.port}, Context("mains", clock))
    reading = asyncio.create_task(meter.read())
    await listens.wait()
    end.send(telegram(DSMR_4))
    await reading
    end.unplug()
    listens.clear()
    with pytest.raises(BusError):
        await meter.read()
    with pytest.raises(BusError, match="no such device"):
        await meter.read()
    end.plug()
    reading = asyncio.create_task(meter.read())
    await listens.wait()
    end.send(telegram(DSMR_4))

    assert (await reading).currents_a == (4.0, -3.0, 0.0)
    await meter.close()
    await end.close()


def test_a_meter_before_dsmr_4_has_its_own_line() -> None:
    config = registry.settings(Kind.METER, "dsmr", {"port": "/dev/ttyUSB1", "baudrate": 9600})
    line = config.line()

    assert (line.baudrate, line.bytesize, line.parity) == (9600, 7, "E")


@pytest.mark.parametrize("port", ["ttyUSB1", "tcp://host", "http://host:80", ""])
def test_a_port_that_is_none_is_named(port: str) -> None:
    with pytest.raises(WrongSettings, match="port"):
        registry.settings(Kind.METER, "dsmr", {"port": port})
