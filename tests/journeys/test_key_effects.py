"""What each configuration key of 1.6 does, at once: section 9, a test a key."""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from journeys.rig import Rig

from chargepoint.demo.behaviour import SILENCE, CallError
from chargepoint.demo.ledger import Ledger

pytestmark = pytest.mark.sim

SOON_S = 0.3


@pytest.fixture
def version() -> str:
    return "1.6"


async def put(rig: Rig, **keys: str) -> None:
    for key, value in keys.items():
        await rig.order(("ChangeConfiguration", {"key": key, "value": value}))


async def charge(rig: Rig, token: str = "CARD-1") -> None:
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card(token)
    await rig.charging()
    await rig.queue_empty()


def payloads(rig: Rig, action: str, since: int = 0) -> list[dict[str, Any]]:
    return [call.payload for call in rig.central.received(action, since)]


def times_s(rig: Rig, action: str, since: int = 0) -> list[float]:
    return [call.at_s for call in rig.central.received(action, since)]


def steps_s(times: list[float]) -> list[float]:
    return [round(later - earlier, 0) for earlier, later in pairwise(times)]


def measured(payload: dict[str, Any], of: str = "meterValue") -> list[set[str]]:
    """Return which measurands each MeterValue of a message holds."""
    return [
        {
            sample.get("measurand", "Energy.Active.Import.Register")
            for sample in value["sampledValue"]
        }
        for value in payload.get(of, [])
    ]


@pytest.mark.requirement("1.6 9.1.10", "1.6 4.6")
async def test_heartbeats_come_at_their_interval(rig: Rig) -> None:
    await put(rig, HeartbeatInterval="20")
    mark = rig.central.mark()
    await asyncio.sleep(90)

    steps = steps_s(times_s(rig, "Heartbeat", mark))
    assert len(steps) == 3
    assert set(steps) <= {20.0, 21.0}  # an idle station looks once a second


@pytest.mark.requirement("1.6 9.1.5", "1.6 9.1.15")
async def test_aligned_values_come_on_the_clock_with_their_measurands(rig: Rig) -> None:
    await put(rig, MeterValuesAlignedData="Voltage,Current.Import", ClockAlignedDataInterval="60")
    await asyncio.sleep(130)

    values = [each for each in payloads(rig, "MeterValues") if each["connectorId"] == 1]
    stamps = [datetime.fromisoformat(each["meterValue"][0]["timestamp"]) for each in values]
    assert [(each.second, each.microsecond) for each in stamps] == [(0, 0)] * len(stamps)
    assert len(stamps) >= 2
    assert all(measured(each) == [{"Voltage", "Current.Import"}] for each in values)
    assert all("transactionId" not in each for each in values)
    contexts = {s["context"] for each in values for s in each["meterValue"][0]["sampledValue"]}
    assert contexts == {"Sample.Clock"}


@pytest.mark.requirement("1.6 9.1.19", "1.6 9.1.17", "1.6 3.16.4")
async def test_sampled_values_follow_the_keys_in_a_running_transaction(rig: Rig) -> None:
    await charge(rig)
    await put(
        rig, MeterValuesSampledData="Power.Active.Import,Voltage.L1", MeterValueSampleInterval="7"
    )
    mark = rig.central.mark()
    await asyncio.sleep(40)
    await put(rig, MeterValueSampleInterval="0")
    await asyncio.sleep(30)

    values = payloads(rig, "MeterValues", mark)
    assert steps_s(times_s(rig, "MeterValues", mark)) == [7.0] * (len(values) - 1)
    assert len(values) == 5
    assert all(measured(each) == [{"Power.Active.Import", "Voltage"}] for each in values)
    phases = {
        sample.get("phase")
        for each in values
        for sample in each["meterValue"][0]["sampledValue"]
        if sample["measurand"] == "Voltage"
    }
    assert phases == {"L1-N"}


@pytest.mark.requirement("1.6 9.1.27", "1.6 9.1.25", "1.6 4.8")
async def test_the_end_of_a_transaction_brings_what_the_keys_ask_for(rig: Rig) -> None:
    await put(rig, StopTxnSampledData="Current.Import", MeterValueSampleInterval="10")
    await put(rig, StopTxnAlignedData="Voltage", ClockAlignedDataInterval="30")
    await charge(rig)
    await asyncio.sleep(65)
    rig.card()
    await rig.over()

    (stop,) = payloads(rig, "StopTransaction")
    context = [
        (sample["context"], sample["measurand"])
        for value in stop["transactionData"]
        for sample in value["sampledValue"]
    ]
    assert ("Transaction.Begin", "Current.Import") in context
    assert ("Transaction.End", "Current.Import") in context
    assert ("Sample.Clock", "Voltage") in context
    assert sum(each == ("Sample.Periodic", "Current.Import") for each in context) >= 5 * 3
    stamps = [datetime.fromisoformat(value["timestamp"]) for value in stop["transactionData"]]
    assert stamps == sorted(stamps)


@pytest.mark.requirement("1.6 9.1.6", "1.6 5.11")
async def test_nobody_waits_longer_for_a_car_than_the_key_says(rig: Rig) -> None:
    await put(rig, ConnectionTimeOut="10")
    await rig.order(rig.words.remote_start())
    await rig.until(lambda: rig.status() == "Preparing", "Preparing", 2)
    await asyncio.sleep(9)
    assert rig.status() == "Preparing"
    await rig.until(lambda: rig.status() == "Available", "Available", 2)

    rig.plug_in()
    await asyncio.sleep(5)

    assert not rig.contactor()
    assert payloads(rig, "StartTransaction") == []


@pytest.mark.requirement("1.6 9.1.3", "1.6 5.11")
@pytest.mark.parametrize(("value", "asked"), [("true", 1), ("false", 0)])
async def test_a_remote_start_is_authorized_where_the_key_wants_it(
    rig: Rig, value: str, asked: int
) -> None:
    await put(rig, AuthorizeRemoteTxRequests=value)
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    await rig.order(rig.words.remote_start("FRESH"))
    await rig.charging()

    assert len(payloads(rig, "Authorize")) == asked


@pytest.mark.requirement("1.6 9.1.31", "1.6 9.1.32", "1.6 3.7.1")
async def test_a_transaction_message_is_tried_as_often_and_as_late_as_the_keys_say(
    rig: Rig,
) -> None:
    await put(rig, TransactionMessageAttempts="4", TransactionMessageRetryInterval="20")
    rig.script.always("StartTransaction", CallError("InternalError"))
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()
    await rig.charging()
    await asyncio.sleep(150)

    assert steps_s(times_s(rig, "StartTransaction")) == [20.0, 40.0, 60.0]
    rig.card()
    await rig.until(lambda: payloads(rig, "StopTransaction") != [], "StopTransaction")
    assert payloads(rig, "StopTransaction")[0]["transactionId"] == -1  # errata 3.18
    rig.central.ledger = Ledger()  # which never had a beginning of this


@pytest.mark.requirement("1.6 E3.83")
async def test_an_answer_is_waited_for_as_long_as_the_key_says(rig: Rig) -> None:
    await put(rig, MessageTimeout="5", TransactionMessageRetryInterval="1")
    rig.script.once("StartTransaction", SILENCE)
    rig.central._patience_s = 5.0
    await charge(rig)

    assert steps_s(times_s(rig, "StartTransaction")) == [6.0]


@pytest.mark.requirement("1.6 9.1.20")
async def test_a_short_status_is_not_told(rig: Rig) -> None:
    await put(rig, MinimumStatusDuration="10")
    mark = rig.central.mark()
    rig.plug_in()
    await asyncio.sleep(4)
    rig.unplug()
    await asyncio.sleep(30)
    assert payloads(rig, "StatusNotification", mark) == []

    rig.plug_in()
    await asyncio.sleep(9)
    assert payloads(rig, "StatusNotification", mark) == []
    await asyncio.sleep(3)
    assert rig.status() == "Preparing"


@pytest.mark.requirement("1.6 9.1.23", "1.6 9.1.33", "1.6 4.10")
@pytest.mark.parametrize("unlocks", ["true", "false"])
async def test_a_car_that_leaves_ends_its_transaction_or_does_not(rig: Rig, unlocks: str) -> None:
    await put(rig, UnlockConnectorOnEVSideDisconnect=unlocks)
    await charge(rig)
    rig.unplug(end="ev")
    await rig.over()
    (stop,) = payloads(rig, "StopTransaction")
    assert stop["reason"] == "EVDisconnected"
    assert rig.sim.now().outlets["evse/1"].locked is (unlocks == "false")
    if unlocks == "false":
        rig.card()  # the owner is there
    await asyncio.sleep(1)
    assert not rig.sim.now().outlets["evse/1"].locked
    rig.unplug(end="station")
    await asyncio.sleep(1)

    await put(rig, StopTransactionOnEVSideDisconnect="false")
    await charge(rig, "CARD-2")
    mark = rig.central.mark()
    rig.unplug(end="ev")
    await asyncio.sleep(SOON_S)
    assert not rig.contactor()
    await asyncio.sleep(60)
    told = payloads(rig, "StatusNotification", mark)[-1]
    assert (told["status"], told["errorCode"]) == ("SuspendedEV", "NoError")
    assert told["info"] == "EV side disconnected"
    assert payloads(rig, "StopTransaction", mark) == []
    assert rig.sim.now().outlets["evse/1"].locked
    rig.card("CARD-2")
    await rig.over()


@pytest.mark.requirement("1.6 9.1.24", "1.6 9.1.14", "E3.17")
@pytest.mark.parametrize("energy_wh", [0, 50])
async def test_a_token_refused_afterwards_ends_it_or_loses_its_energy(
    rig: Rig, energy_wh: int
) -> None:
    await put(rig, StopTransactionOnInvalidId="false", MaxEnergyOnInvalidId=str(energy_wh))
    rig.script.once("StartTransaction", {"transactionId": 5, "idTagInfo": {"status": "Blocked"}})
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()
    await rig.until(lambda: rig.status() == "SuspendedEVSE", "SuspendedEVSE", 120)
    await asyncio.sleep(10)
    assert rig.evse().energy_wh == pytest.approx(energy_wh, abs=8)
    assert payloads(rig, "StopTransaction") == []
    rig.card()
    await rig.over()

    rig.unplug()
    await put(rig, StopTransactionOnInvalidId="true")
    rig.script.once("StartTransaction", {"transactionId": 6, "idTagInfo": {"status": "Invalid"}})
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card("CARD-2")
    await rig.until(lambda: len(payloads(rig, "StopTransaction")) == 2, "StopTransaction")
    assert payloads(rig, "StopTransaction")[-1]["reason"] == "DeAuthorized"


@pytest.mark.requirement("1.6 9.1.1", "1.6 9.1.2", "1.6 9.1.12", "1.6 9.1.13")
async def test_who_may_charge_without_asking_follows_the_keys(rig: Rig) -> None:
    async def gets_energy(token: str) -> bool:
        rig.plug_in()
        await rig.until(lambda: rig.evse().plugged_in, "car")
        rig.card(token)
        await asyncio.sleep(6)
        charges = rig.evse().charging
        rig.unplug()
        await rig.until(lambda: not rig.evse().plugged_in, "nobody")
        await asyncio.sleep(70)
        return charges

    assert await gets_energy("KNOWN")  # now the cache knows it
    mark = rig.central.mark()
    await put(rig, LocalPreAuthorize="true")
    assert await gets_energy("KNOWN")
    assert payloads(rig, "Authorize", mark) == []
    await put(rig, AuthorizationCacheEnabled="false")
    assert await gets_energy("KNOWN")
    assert len(payloads(rig, "Authorize", mark)) == 1
    await put(rig, AuthorizationCacheEnabled="true")
    assert await gets_energy("KNOWN")

    async def offline(token: str, **keys: str) -> bool:
        await put(rig, **keys)
        await rig.queue_empty()
        await rig.go_dark()
        await asyncio.sleep(2)
        charges = await gets_energy(token)
        await rig.find_line()
        return charges

    assert await offline("KNOWN")
    assert not await offline("STRANGER")
    assert await offline("STRANGER", AllowOfflineTxForUnknownId="true")
    assert not await offline("KNOWN", LocalAuthorizeOffline="false")


@pytest.mark.requirement("1.6 9.4.1", "1.6 9.4.3", "1.6 9.4.5", "1.6 9.1.21", "1.6 5.16")
async def test_the_limits_of_smart_charging_are_what_the_keys_say(rig: Rig) -> None:
    answer = await rig.ask(("GetConfiguration", {}))
    keys = {each["key"]: each["value"] for each in answer["configurationKey"]}
    highest, longest, most = (
        int(keys[key])
        for key in (
            "ChargeProfileMaxStackLevel",
            "ChargingScheduleMaxPeriods",
            "MaxChargingProfilesInstalled",
        )
    )

    async def taken(id: int, level: int = 0, periods: int = 1, connector: int = 1) -> bool:
        action, payload = rig.words.profile(10.0, id=id, level=level, evse_id=connector)
        schedule = payload["csChargingProfiles"]["chargingSchedule"]
        schedule["chargingSchedulePeriod"] = [
            {"startPeriod": 60 * number, "limit": 10.0} for number in range(periods)
        ]
        return bool((await rig.ask((action, payload)))["status"] == "Accepted")

    assert await taken(1, level=highest)
    assert not await taken(2, level=highest + 1)
    assert await taken(1, level=highest, periods=longest)
    assert not await taken(2, periods=longest + 1)
    places = [(level, place) for place in (0, 1, 2) for level in range(highest + 1)]
    done = [await taken(100 + n, level, 1, place) for n, (level, place) in enumerate(places)]
    assert sum(done) == most
    assert int(keys["NumberOfConnectors"]) == 2
