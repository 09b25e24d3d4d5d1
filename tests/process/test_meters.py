"""A station whose mains is measured by a meter on a serial line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from modbus_devices import Devices, SerialEnd
from modbus_meters import as_told
from process.conftest import Agent, Start

from hardware.bus.bus import Bus
from hardware.bus.frames import Function
from hardware.bus.line import LineSettings
from hardware.drivers.rows import rows

ROW = rows()["eastron_sdm630"]


@pytest.fixture
async def line(tmp_path: Path) -> AsyncIterator[SerialEnd]:
    """Yield a serial port with an SDM630 at 11, through which 5 A flow."""
    end = SerialEnd(tmp_path / "ttyUSB0", Devices())
    flows(end, 5.0)
    yield end
    await end.close()


@pytest.fixture
async def agent(start: Start, line: SerialEnd) -> Agent:
    """Return a station with that meter and a simulated board."""
    return await start(
        f"hardware.buses.rs485.port={line.port}",
        "hardware.meters.mains.driver=modbus",
        "hardware.meters.mains.model=eastron_sdm630",
        "hardware.meters.mains.bus=rs485",
        "hardware.meters.mains.device_id=11",
        "limits.mains_a=25",
        "limits.stale_after_s=2",
        "offline.authorization=any",
    )


def flows(line: SerialEnd, current_a: float) -> None:
    line.devices.registers[11] = as_told(ROW, [current_a] * 3)


async def test_what_the_meter_says_holds_at_once(agent: Agent, line: SerialEnd) -> None:
    await agent.charging()
    status = await agent.until(lambda now: now["evses"][0]["offer_a"] >= 16.0)
    assert status["meters"]["mains"]["currents_a"] == [5.0, 5.0, 5.0]
    assert status["meters"]["mains"]["voltages_v"] == [230.0, 230.0, 230.0]
    assert status["buses"]["rs485"]["open"]
    assert status["buses"]["rs485"]["devices"]["11"]["answered"] > 0

    flows(line, 40.0)
    status = await agent.until(lambda now: now["evses"][0]["offer_a"] < 6.0)
    assert "mains" in status["evses"][0]["binding"]


async def test_a_port_that_is_pulled_out_stops_and_put_in_again_goes_on(
    agent: Agent, line: SerialEnd
) -> None:
    await agent.charging()
    warnings = (await agent.status())["warnings"]
    line.unplug()
    status = await agent.until(lambda now: now["evses"][0]["offer_a"] == 0.0)
    assert status["meters"]["mains"]["stale"]
    assert "mains meter silent" in status["evses"][0]["binding"]
    why = f"{line.port}: there is no such device; is it plugged in?"
    assert status["buses"]["rs485"]["why"] == why
    assert f"bus rs485: {why}" in status["warnings"]
    line.plug()
    status = await agent.until(lambda now: not now["meters"]["mains"]["stale"])

    assert status["buses"]["rs485"]["opened"] == 2
    await agent.until(lambda now: now["warnings"] == warnings)
    assert [line for line in agent.log if "meter mains: " in line]


async def test_whoever_leaves_lets_go_of_the_line(agent: Agent, line: SerialEnd) -> None:
    await agent.until(lambda now: now["meters"]["mains"]["age_s"] is not None)
    assert await agent.stop() == 0
    bus = Bus(LineSettings(port=line.port))

    assert len(await bus.device(11).read(Function.READ_INPUT, 6, 12)) == 12
    await bus.close()
