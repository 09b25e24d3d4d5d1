"""The fuzzed frames once more, to a process and over a real socket."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fuzz.calls import Tale, tales
from fuzz.volley import Volley
from hypothesis import HealthCheck, Phase, given, settings
from process.conftest import Start

from chargepoint.demo.central import Central

SHOTS = 120


def tale(version: str) -> Tale:
    """Return some frames, always the same."""
    told: list[Tale] = []

    @settings(max_examples=2, phases=(Phase.generate,), suppress_health_check=list(HealthCheck))
    @given(tales(version, SHOTS))
    def tell(shots: Tale) -> None:
        told.append(shots)

    tell()
    return told[-1]


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_process_answers_every_call(start: Start, version: str) -> None:
    async with Central(versions=(version,)) as central:
        agent = await start(f"csms.url={central.url}")
        station = await central.station()

        async def line() -> None:
            if not station.connected:
                await station.wait_until(lambda: station.connected, 20.0, "line")
                await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")

        volley = Volley(version, station, lambda: "none", line)
        await volley.play(replace(shot, pause_s=0.0) for shot in tale(version))
        volley.check()
        assert await agent.stop() == 0
