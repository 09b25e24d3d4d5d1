"""Vendors' own messages through a whole process, with the extension of the examples."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from process.conftest import Start

from chargepoint.demo.central import Central

EXAMPLES = Path(__file__).parents[2] / "examples"
VENDORS = 'data_transfer={"org.example": "answer_vendor_messages"}'


@pytest.mark.requirement("1.6 4.3", "1.6 5.6", "P01.FR.05", "P01.FR.06", "TC_P_01_CS")
@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_an_extension_answers_and_people_ask(
    start: Start, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    paths = (str(EXAMPLES), os.environ.get("PYTHONPATH", ""))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, paths)))
    async with Central(versions=(version,)) as central:
        agent = await start(f"csms.url={central.url}", VENDORS)
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")

        async def ask(vendor_id: str, message_id: str, data: str) -> str:
            call = {"vendorId": vendor_id, "messageId": message_id, "data": data}
            answer = await station.call("DataTransfer", call)
            return f"{answer['status']} {answer.get('data', '')}".strip()

        assert (
            await ask("org.example", "Price", '{"per_kwh": 0.3}') == "Accepted 0.30 EUR/kWh it is"
        )
        assert await ask("org.example", "Price", '{"per_kwh": -1}') == "Rejected"
        assert await ask("org.example", "Wait", "0.1") == "Accepted"
        assert await ask("org.example", "Dance", "") == "UnknownMessageId"
        assert await ask("org.other", "Price", "") == "UnknownVendorId"

        central.script.once("DataTransfer", {"status": "Accepted", "data": "hello"})
        body = {"vendor_id": "org.example", "message_id": "Hello", "data": "there"}
        await agent.post("data-transfer", body)
        told = await station.wait_for("DataTransfer")
        assert told.payload == {"vendorId": "org.example", "messageId": "Hello", "data": "there"}
        await agent.says("org.example Hello: Accepted, hello")

        await agent.post("ocpp/disconnect")
        await agent.until(lambda now: not now["ocpp"]["connected"])
        await agent.post("data-transfer", body, status=409)
        assert await agent.stop() == 0


async def test_an_extension_that_is_not_there_is_named_at_the_start(start: Start) -> None:
    agent = await start('data_transfer={"org.example": "no_such_module"}', wait=False)

    assert await agent.left() == 78
    assert "data_transfer.org.example" in agent.text
