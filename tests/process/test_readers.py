"""A station with a card reader on a serial port."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from card_readers import SerialPort
from process.conftest import Start

from chargepoint.demo.central import Central
from chargepoint.demo.record import Received

GONE_S = 0.4


def tells_of_reader(call: Received) -> bool:
    """Return whether the central system is told that the reader is lost."""
    if call.action == "StatusNotification":
        return call.payload.get("errorCode") == "ReaderFailure"
    told = call.payload.get("eventData", []) if call.action == "NotifyEvent" else []
    return any(each["component"]["name"] == "TokenReader" for each in told)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_card_starts_and_stops_a_transaction_and_a_lost_reader_harms_none(
    start: Start, tmp_path: Path, version: str
) -> None:
    end = SerialPort(tmp_path / "ttyUSB2")
    async with Central(versions=(version,)) as central:
        agent = await start(
            f"csms.url={central.url}",
            f'reader=[{{"driver": "serial", "port": "{end.port}", "gone_after_s": {GONE_S},'
            ' "writing": "text", "type": "ISO14443"}]',
        )
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        await agent.until(lambda now: now["readers"][0]["open"])
        await agent.post("sim/evse/1/plug-in")
        await asyncio.sleep(GONE_S)
        end.send(b"CARD-1\r\nCARD-1\r\n")
        await agent.until(lambda now: now["evses"][0]["charging"])

        end.unplug()
        status = await agent.until(lambda now: not now["readers"][0]["open"])
        why = f"{end.port}: there is no such device; is it plugged in?"
        await agent.until(lambda now: f"reader 1: {why}" in now["warnings"])
        assert status["evses"][0]["charging"]
        await agent.until(lambda now: any(map(tells_of_reader, central.peer("CP001").calls)))
        end.plug()
        await agent.until(lambda now: now["readers"][0]["open"])
        await asyncio.sleep(GONE_S)
        end.send(b"CARD-1\r\n")
        await agent.until(lambda now: now["evses"][0]["transaction_id"] is None)

        peer = central.peer("CP001")
        (booked,) = peer.ledger.transactions.values()
        status = await agent.until(lambda now: booked.ended)
        assert (status["readers"][0]["cards"], status["readers"][0]["opened"]) == (2, 2)
        assert (booked.token, booked.reason) == ("CARD-1", "Local")
        assert peer.errors == []
        assert await agent.stop() == 0
    end.close()
