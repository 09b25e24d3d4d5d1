"""What evcc and Home Assistant ask of a station that they control, in their order. OCPP 1.6."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from journeys.rig import Rig

from hardware.pilot import duty_from_amps

pytestmark = pytest.mark.sim
Payload = dict[str, Any]

MEASURANDS = (
    "Power.Active.Import",
    "Energy.Active.Import.Register",
    "Current.Import",
    "Voltage",
    "Current.Offered",
    "Power.Offered",
)
UNITS = {"A": "Current", "W": "Power"}


@pytest.fixture
def version() -> str:
    return "1.6"


async def status(rig: Rig, action: str, payload: Payload) -> str:
    return str((await rig.ask((action, payload)))["status"])


async def test_evcc_sets_up_starts_limits_and_pauses(rig: Rig) -> None:
    assert await status(rig, "ChangeAvailability", {"connectorId": 0, "type": "Operative"}) == (
        "Accepted"
    )
    answer = await rig.ask(("GetConfiguration", {}))
    keys = {each["key"]: each.get("value") for each in answer["configurationKey"]}
    for measurand in MEASURANDS:
        one = {"key": "MeterValuesSampledData", "value": measurand}
        assert await status(rig, "ChangeConfiguration", one) == "Accepted"
    for key, value in (
        ("MeterValuesSampledData", ",".join(MEASURANDS)),
        ("MeterValueSampleInterval", "10"),
        ("WebSocketPingInterval", "30"),
    ):
        assert await status(rig, "ChangeConfiguration", {"key": key, "value": value}) == "Accepted"
    trigger = {"requestedMessage": "MeterValues", "connectorId": 0}
    assert await status(rig, "TriggerMessage", trigger) == "Accepted"
    boot = {"requestedMessage": "BootNotification"}
    assert await status(rig, "TriggerMessage", boot) == "Rejected"  # it has come

    async def limit(limit: float, unit: str = "A") -> None:
        assert UNITS[unit] in str(keys["ChargingScheduleAllowedChargingRateUnit"])
        profile = {
            "chargingProfileId": int(str(keys["MaxChargingProfilesInstalled"])),
            "stackLevel": int(str(keys["ChargeProfileMaxStackLevel"])),
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "chargingRateUnit": unit,
                "startSchedule": "2026-03-01T11:59:00Z",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            },
        }
        asked = {"connectorId": 1, "csChargingProfiles": profile}
        assert await status(rig, "SetChargingProfile", asked) == "Accepted"
        await asyncio.sleep(1)

    await limit(0.0)  # before there is any transaction
    rig.plug_in()
    await rig.until(lambda: rig.status() == "Preparing", "Preparing")
    await rig.order(rig.words.remote_start("evcc"))
    await rig.until(lambda: rig.status() == "SuspendedEVSE", "SuspendedEVSE")
    await limit(10.0)
    await rig.charging()
    await rig.until(lambda: rig.duty() == duty_from_amps(10.0), "10 A", 75)
    assert await offered_a(rig) == 10.0
    composite = await rig.ask(rig.words.composite(1, 60))
    assert rig.words.composite_a(composite) == 10.0
    await limit(6 * 3 * 230, "W")
    assert rig.duty() == duty_from_amps(6.0)
    await limit(0.0)
    await rig.until(lambda: rig.status() == "SuspendedEVSE", "SuspendedEVSE")
    assert await offered_a(rig) == 0.0


async def offered_a(rig: Rig) -> float:
    """Return the Current.Offered that a trigger brings."""
    mark = rig.central.mark()
    trigger = {"requestedMessage": "MeterValues", "connectorId": 1}
    assert await status(rig, "TriggerMessage", trigger) == "Accepted"
    told = await rig.central.wait_for("MeterValues", since=mark)
    return max(
        float(sample["value"])
        for sample in told.payload["meterValue"][0]["sampledValue"]
        if sample["measurand"] == "Current.Offered"
    )


async def test_home_assistant_limits_the_station_with_a_relative_profile(rig: Rig) -> None:
    answer = await rig.ask(("GetConfiguration", {"key": ["ChargeProfileMaxStackLevel"]}))
    level = int(answer["configurationKey"][0]["value"])

    async def limit(limit_a: float) -> str:
        profile = {
            "chargingProfileId": 8,
            "stackLevel": level,
            "chargingProfilePurpose": "ChargePointMaxProfile",
            "chargingProfileKind": "Relative",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit_a}],
            },
        }
        asked = {"connectorId": 0, "csChargingProfiles": profile}
        return await status(rig, "SetChargingProfile", asked)

    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    await rig.order(rig.words.remote_start("HA"))
    await rig.charging()
    assert await limit(8.0) == "Accepted"
    await rig.until(lambda: rig.duty() == duty_from_amps(8.0), "8 A", 2)
    assert await limit(0.0) == "Accepted"
    await rig.until(lambda: rig.status() == "SuspendedEVSE", "SuspendedEVSE", 10)
    assert await status(rig, "ClearChargingProfile", {}) == "Accepted"
    await rig.charging()
