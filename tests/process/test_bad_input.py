"""What a central system must not send, and what becomes of it."""

from __future__ import annotations

import json

import pytest
from process.conftest import Start

from chargepoint.demo.central import Central

MALFORMED = (
    "",
    "no json",
    "[]",
    "{}",
    "null",
    '"text"',
    "[2]",
    '[2,"1"]',
    '[2,"1","Reset"]',
    '[2,"2","Reset",[]]',
    '[2,3,"Reset",{}]',
    '[2,"4","NoSuchThing",{}]',
    '[2,"5","Reset",{"type":7}]',
    '[2,"6","Reset",{}]',
    '[3,"nobody asked",{}]',
    '[4,"nobody asked","InternalError","",{}]',
    '[9,"7",{}]',
    "[" * 5000,
    '[2,"8","Reset",{"type":"' + "x" * 100_000 + '"}]',
    '[2,"\u0000","Reset",{"type":NaN}]',
)


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_no_frame_stops_the_station(start: Start, version: str) -> None:
    async with Central(versions=(version,)) as central:
        agent = await start(f"csms.url={central.url}")
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        for text in MALFORMED:
            await station.send_text(text)
            await agent.says("not JSON")
            if text == MALFORMED[0]:
                assert agent.text.count("not JSON") == 1
        answer = await station.call("TriggerMessage", {"requestedMessage": "Heartbeat"})
        assert answer["status"] == "Accepted"
        assert station.connections == 1

        await station.send_text(json.dumps([2, "big", "Reset", {"type": "x" * 2**21}]))
        await station.wait_until(lambda: station.connections == 2, what="new connection")
        await agent.until(lambda now: now["ocpp"]["connected"])
        await station.call("TriggerMessage", {"requestedMessage": "Heartbeat"})
        assert await agent.stop() == 0


PROFILES = {
    "1.6": {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 1,
            "stackLevel": 99,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 1.0}],
            },
        },
    },
    "2.0.1": {
        "evseId": 1,
        "chargingProfile": {
            "id": 1,
            "stackLevel": 99,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": [
                {
                    "id": 1,
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 1.0}],
                }
            ],
        },
    },
}


@pytest.mark.parametrize("version", ["1.6", "2.0.1"])
async def test_a_refused_profile_limits_nothing(start: Start, version: str) -> None:
    async with Central(versions=(version,)) as central:
        agent = await start(f"csms.url={central.url}")
        station = await central.station()
        await agent.until(lambda now: now["ocpp"]["registration"] == "Accepted")
        await agent.charging()

        answer = await station.call("SetChargingProfile", PROFILES[version])

        assert answer["status"] == "Rejected"
        assert (await agent.evse())["offer_a"] > 6.0
