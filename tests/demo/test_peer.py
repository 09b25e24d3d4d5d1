"""What the small central system holds against a station."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from chargepoint.demo.behaviour import CallError, Late
from chargepoint.demo.central import Central

Dial = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not JSON"),
        ("{}", "not an OCPP-J frame"),
        ('[2,"a","Heartbeat"]', "not an OCPP-J frame"),
        ('[2,7,"Heartbeat",{}]', "not an OCPP-J frame"),
        ('[9,"a","Heartbeat",{}]', "not an OCPP-J frame"),
        ('[3,"nobody",{}]', "answer to nothing"),
        ('[4,"nobody","GenericError","",{}]', "answer to nothing"),
        ('[2,"","Heartbeat",{}]', "used again, or too long"),
        ('[2,"a","Heartbeat",{"customData":{"x":[null]}}]', "a field is null"),
        ('[2,"a","FlyToTheMoon",{}]', "no action of 1.6"),
        ('[2,"a","TransactionEvent",{}]', "no action of 1.6"),
        ('[2,"a","StopTransaction",{"transactionId":1,"meterStop":"x"}]', "cannot be booked"),
    ],
)
async def test_protocol_errors_are_noted(
    central: Central, dial: Dial, text: str, complaint: str
) -> None:
    async with dial(central, "1.6") as client:
        await client.line.send(text)
        station = await central.station("CP001")
        await station.wait_until(lambda: bool(station.errors))
        assert complaint in station.errors[0]
        assert station.frames[0].inbound


async def test_a_message_id_is_good_for_one_call_on_one_connection(
    central: Central, dial: Dial
) -> None:
    for _ in range(2):
        async with dial(central, "1.6") as client:
            await client.tell("Heartbeat", {}, "same")
            await client.hear()
            station = await central.station("CP001")
            assert station.errors == []
    async with dial(central, "1.6") as client:
        for _ in range(2):
            await client.tell("Heartbeat", {}, "same")
            await client.hear()
        assert "used again" in station.errors[0]


async def test_a_second_pending_call_is_noted(central: Central, dial: Dial) -> None:
    central.script.once("Heartbeat", Late(0.02))
    async with dial(central, "1.6") as client:
        await client.tell("Heartbeat", {})
        await client.tell("Heartbeat", {})
        await client.hear()
        await client.hear()
        station = await central.station("CP001")
        assert station.errors == ["Heartbeat: sent while another CALL was pending"]


async def test_after_an_error_answer_the_next_call_is_welcome(central: Central, dial: Dial) -> None:
    central.script.once("Heartbeat", CallError())
    async with dial(central, "1.6") as client:
        await client.tell("Heartbeat", {})
        assert (await client.hear())[0] == 4
        await client.ask("Heartbeat", {})
        assert (await central.station("CP001")).errors == []


async def test_a_late_answer_to_a_patient_station_is_no_second_pending_call(dial: Dial) -> None:
    async with Central(patience_s=0.0) as central, dial(central, "1.6") as client:
        central.script.once("Heartbeat", Late(0.01))
        await client.tell("Heartbeat", {})
        await client.tell("Heartbeat", {})
        await client.hear()
        assert (await central.station("CP001")).errors == []
