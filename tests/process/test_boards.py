"""A station with an OpenEVSE controller on a serial line, not a simulated board."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from openevse_device import SLEEPING, OpenEvseDevice
from process.conftest import Start

CARD = {"id_token": "CARD-1"}


@pytest.fixture
async def device(tmp_path: Path) -> AsyncIterator[OpenEvseDevice]:
    device = OpenEvseDevice(tmp_path / "ttyUSB0")
    yield device
    await device.close()


async def test_an_openevse_charges_is_lost_comes_back_and_stops(
    start: Start, device: OpenEvseDevice
) -> None:
    inside = {"driver": "openevse", "port": device.port}
    evse = {**inside, "connector_lock": False, "phases": 1, "meter": inside}
    device.current_ma, device.total_wh = 16_000, 5_000
    agent = await start(
        f"evse={json.dumps([evse])}",
        "limits.mains_a=16",
        "offline.authorization=any",
        "hardware.meters.mains.driver=none",
    )
    device.plugged = True
    await agent.until(lambda now: now["evses"][0]["plugged_in"])
    assert device.mode == SLEEPING
    await agent.post("authorize", CARD)
    status = await agent.until(lambda now: now["evses"][0]["charging"])
    assert device.relay
    assert status["evses"][0]["offer_a"] == device.amps
    assert status["meters"]["evse"]["1"]["currents_a"] == [16.0, 0.0, 0.0]
    device.session_ws = 3_600_000
    await agent.until(lambda now: now["evses"][0]["energy_wh"] == 6_000.0)

    device.unplug()
    await agent.until(lambda now: now["evses"][0]["fault"] is not None)
    assert (await agent.evse())["offer_a"] == 0.0
    device.plug()
    await agent.until(lambda now: now["evses"][0]["fault"] is None)
    await agent.until(lambda now: now["evses"][0]["charging"])

    await agent.post("authorize", CARD)
    await agent.until(lambda now: not now["evses"][0]["charging"])
    assert await agent.stop() == 0

    assert (device.mode, device.relay, device.eeprom_writes) == (SLEEPING, False, 1)
