"""Installing, clearing and reporting charging profiles over the wire: part 6, TC_K_*_CS."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from journeys.charging201 import Csms, Payload
from journeys.conftest import MakeRig
from journeys.rig import Rig

pytestmark = pytest.mark.sim


@pytest.fixture
def version() -> str:
    return "2.0.1"


@pytest.fixture(params=["A", "W"])
def csms(rig: Rig, request: pytest.FixtureRequest) -> Csms:
    return Csms(rig, request.param)


async def refused(csms: Csms, profile: Payload, evse_id: int = 1) -> str:
    answer = await csms.set(profile, evse_id)
    assert answer["status"] == "Rejected"
    return str(answer["statusInfo"]["reasonCode"])


# --- K01: set ----------------------------------------------------------------------------------


@pytest.mark.requirement("K01.FR.07", "K01.FR.14", "K01.FR.15", "K09.FR.01")
@pytest.mark.parametrize(
    ("evse_id", "purpose"),
    [
        pytest.param(1, "TxDefaultProfile", id="TC_K_01_CS"),
        pytest.param(0, "ChargingStationMaxProfile", id="TC_K_03_CS"),
        pytest.param(0, "TxDefaultProfile", id="TC_K_10_CS"),
    ],
)
async def test_a_profile_is_reported_as_it_was_sent(csms: Csms, evse_id: int, purpose: str) -> None:
    sent = await csms.install(csms.profile(chargingProfilePurpose=purpose, duration=300), evse_id)

    assert await csms.reported(chargingProfileId=[1]) == [
        {
            "requestId": 42,
            "evseId": evse_id,
            "chargingLimitSource": "CSO",
            "chargingProfile": [sent],
        }
    ]


@pytest.mark.requirement("K01.FR.05", "TC_K_04_CS")
async def test_a_known_id_replaces_the_profile(csms: Csms) -> None:
    await csms.install(csms.profile(6.0))
    again = await csms.install(csms.profile(10.0))

    assert await csms.profiles() == [again]


@pytest.mark.requirement("K01.FR.04", "K01.FR.07", "TC_K_60_CS")
async def test_a_transaction_takes_its_own_profile(csms: Csms) -> None:
    transaction = await csms.charging()
    kind = {"chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative"}
    sent = await csms.install(csms.profile(transactionId=transaction, **kind))
    await asyncio.sleep(1)

    assert await csms.profiles(chargingProfileId=[1]) == [sent]
    assert csms.rig.evse().offer_a == 6.0
    assert csms.rig.evse().binding == "TxProfile 1"


@pytest.mark.requirement("K01.FR.03", "K01.FR.09", "K01.FR.16", "K01.FR.28", "K01.FR.33")
@pytest.mark.parametrize(
    ("evse_id", "facts", "reason"),
    [
        pytest.param(1, {"transactionId": "UNKNOWN"}, "TxNotFound", id="TC_K_02_CS"),
        pytest.param(0, {}, "InvalidValue", id="TC_K_11_CS"),
        pytest.param(3, {"transactionId": "UNKNOWN"}, "UnknownEvse", id="TC_K_14_CS"),
        pytest.param(2, {"transactionId": "UNKNOWN"}, "TxNotFound", id="TC_K_16_CS"),
        pytest.param(2, {}, "MissingParam", id="K01.FR.03"),
    ],
)
async def test_a_profile_of_no_transaction_is_refused(
    csms: Csms, evse_id: int, facts: dict[str, Any], reason: str
) -> None:
    await csms.charging(2)

    profile = csms.profile(chargingProfilePurpose="TxProfile", **facts)

    assert await refused(csms, profile, evse_id) == reason
    assert await csms.profiles() == []


@pytest.mark.requirement("K01.FR.26", "K08.FR.07", "TC_K_12_CS", "TC_K_42_CS")
async def test_a_unit_that_is_not_offered_is_refused(make_rig: MakeRig) -> None:
    rate_unit = '{"component": "SmartChargingCtrlr", "variable": "RateUnit", "value": "A"}'
    rig = make_rig(f"ocpp201.variables=[{rate_unit}]")
    await rig.switch_on()
    await rig.find_line()
    csms = Csms(rig, "W")

    assert await refused(csms, csms.profile()) == "UnsupportedRateUnit"
    answer = await rig.ask(
        ("GetCompositeSchedule", {"evseId": 0, "duration": 300, "chargingRateUnit": "W"})
    )
    assert answer["status"] == "Rejected"
    assert "schedule" not in answer
    await rig.switch_off()
    rig.check()


@pytest.mark.requirement("K01.FR.27", "TC_K_13_CS")
async def test_profiles_survive_a_reset_and_a_power_cut(csms: Csms) -> None:
    rig = csms.rig
    sent = await csms.install(csms.profile(), 2)
    await rig.order(rig.words.reset())
    await rig.until(lambda: rig.lives == 2 and rig.life.station.online, "second life")
    assert await csms.profiles() == [sent]

    await rig.cut()
    await rig.switch_on()
    await rig.find_line()

    assert await csms.profiles(2) == [sent]


@pytest.mark.requirement("K01.FR.29", "TC_K_15_CS")
async def test_without_smart_charging_the_messages_are_errors(rig: Rig) -> None:
    csms = Csms(rig)
    rig.life.station.variables.put("SmartChargingCtrlr", "Enabled", "false")

    for ask in (
        ("SetChargingProfile", {"evseId": 1, "chargingProfile": csms.profile()}),
        ("GetChargingProfiles", {"requestId": 1, "chargingProfile": {"stackLevel": 0}}),
    ):
        with pytest.raises(Exception, match="NotSupported"):
            await rig.ask(ask)


@pytest.mark.requirement("K01.FR.32", "TC_K_28_CS")
async def test_a_new_default_counts_for_a_running_transaction(csms: Csms) -> None:
    transaction = await csms.charging()
    await csms.install(csms.profile(start=-10, duration=400, validFrom=-10, validTo=411))
    await asyncio.sleep(1)

    assert await csms.composite() == [(0, 6.0)]
    assert csms.rig.evse().offer_a == 6.0
    assert csms.rig.evse().transaction_id == transaction


# --- K10: clear ----------------------------------------------------------------------------------


@pytest.mark.requirement("K10.FR.03", "TC_K_05_CS")
async def test_a_profile_is_cleared_by_its_id(csms: Csms) -> None:
    await csms.install(csms.profile())

    assert await csms.clear(chargingProfileId=1) == "Accepted"
    assert await csms.profiles(chargingProfileId=[1]) == []


@pytest.mark.requirement("K10.FR.04")
@pytest.mark.parametrize("evse_ids", [[1], [1, 2]], ids=["TC_K_06_CS", "TC_K_24_CS"])
async def test_profiles_are_cleared_by_level_and_purpose(csms: Csms, evse_ids: list[int]) -> None:
    await csms.charging()
    for evse_id in evse_ids:
        await csms.install(csms.profile(id=evse_id, stackLevel=2), evse_id)
    kept = await csms.install(csms.profile(id=9, stackLevel=1))

    asked = {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 2}
    assert await csms.clear(**asked) == "Accepted"

    assert await csms.profiles(**asked) == []
    assert await csms.profiles() == [kept]


@pytest.mark.requirement("K10.FR.01", "TC_K_07_CS", "TC_K_08_CS")
async def test_what_is_not_there_cannot_be_cleared(csms: Csms) -> None:
    assert await csms.clear(chargingProfileId=1) == "Unknown"
    await csms.install(csms.profile(stackLevel=1))

    asked = {"chargingProfilePurpose": "ChargingStationMaxProfile", "stackLevel": 0}
    assert await csms.clear(**asked) == "Unknown"


@pytest.mark.requirement("K10.FR.05", "K10.FR.07", "TC_K_09_CS")
async def test_a_cleared_default_leaves_the_transaction_without_one(csms: Csms) -> None:
    transaction = await csms.charging()
    await csms.install(csms.profile(start=0, duration=410))
    assert await csms.composite() == [(0, 6.0)]

    assert await csms.clear(chargingProfilePurpose="TxDefaultProfile") == "Accepted"

    assert min(limit for _, limit in await csms.composite()) > 6.0
    await csms.rig.until(lambda: csms.rig.evse().offer_a > 20.0, "more current")
    assert csms.rig.evse().transaction_id == transaction


# --- K09: get ------------------------------------------------------------------------------------

MAXIMUM = {"id": 1, "chargingProfilePurpose": "ChargingStationMaxProfile", "stackLevel": 1}
DEFAULT = {"id": 2, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 2}


@pytest.mark.requirement("K09.FR.01", "K09.FR.02", "K09.FR.04", "K09.FR.05", "K09.FR.06")
@pytest.mark.parametrize(
    ("evse_id", "criteria", "ids"),
    [
        pytest.param(0, {}, [1], id="TC_K_29_CS"),
        pytest.param(1, {}, [2], id="TC_K_30_CS"),
        pytest.param(None, {}, [1, 2], id="TC_K_31_CS"),
        pytest.param(None, {"chargingProfileId": [1]}, [1], id="TC_K_32_CS"),
        pytest.param(1, {"stackLevel": 2}, [2], id="TC_K_33_CS"),
        pytest.param(1, {"stackLevel": 1}, [], id="TC_K_33_CS-other-level"),
        pytest.param(1, {"chargingLimitSource": ["CSO"]}, [2], id="TC_K_34_CS"),
        pytest.param(1, {"chargingLimitSource": ["SO"]}, [], id="TC_K_34_CS-step-6"),
        pytest.param(1, {"chargingProfilePurpose": "TxDefaultProfile"}, [2], id="TC_K_35_CS"),
        pytest.param(
            1,
            {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 2},
            [2],
            id="TC_K_36_CS",
        ),
        pytest.param(2, {}, [], id="K09-not-what-merely-counts-there"),
    ],
)
async def test_the_profiles_asked_for_are_reported(
    rig: Rig, evse_id: int | None, criteria: Payload, ids: list[int]
) -> None:
    csms = Csms(rig)
    await csms.install(csms.profile(**MAXIMUM), 0)
    await csms.install(csms.profile(**DEFAULT), 1)

    found = await csms.profiles(evse_id, **criteria)

    assert [profile["id"] for profile in found] == ids


@pytest.mark.requirement("K12.FR.05", "K11.FR.05", "TC_K_52_CS")
async def test_the_limit_of_the_house_is_reported_as_an_external_constraint(rig: Rig) -> None:
    csms = Csms(rig)
    rig.sim.set_world({"house_a": [15.0, 15.0, 15.0]})
    await asyncio.sleep(40)

    (report,) = await csms.reported(chargingProfilePurpose="ChargingStationExternalConstraints")

    assert report["evseId"] == 0
    assert report["chargingLimitSource"] == "EMS"
    (profile,) = report["chargingProfile"]
    assert profile["id"] < 0
    (period,) = profile["chargingSchedule"][0]["chargingSchedulePeriod"]
    assert 9.0 < period["limit"] <= 10.0
    (told, *_) = [
        each.payload for each in rig.central.calls if each.action == "NotifyChargingLimit"
    ]
    assert told == {"chargingLimit": {"chargingLimitSource": "EMS"}}


# --- K05: with a remote start -----------------------------------------------------------------


async def started_with(csms: Csms, profile: Payload) -> Payload:
    rig = csms.rig
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    action, payload = rig.words.remote_start()
    return await rig.ask((action, payload | {"chargingProfile": profile}))


OWN = {"chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative"}


@pytest.mark.requirement("K05.FR.03", "K02.FR.05", "TC_K_37_CS")
async def test_a_remote_start_brings_the_profile_of_its_transaction(csms: Csms) -> None:
    sent = csms.profile(**OWN)
    assert (await started_with(csms, sent))["status"] == "Accepted"
    await csms.rig.charging()

    assert await csms.profiles(chargingProfileId=[1]) == [sent]
    assert csms.rig.evse().offer_a == 6.0

    csms.rig.card()
    await csms.rig.over()
    assert await csms.profiles() == []


@pytest.mark.requirement("K05.FR.04", "F01.FR.12", "TC_K_38_CS")
async def test_without_smart_charging_the_profile_of_a_start_is_ignored(csms: Csms) -> None:
    csms.rig.life.station.variables.put("SmartChargingCtrlr", "Enabled", "false")

    assert (await started_with(csms, csms.profile(**OWN)))["status"] == "Accepted"
    await csms.rig.charging()

    assert csms.rig.evse().offer_a > 6.0


@pytest.mark.requirement("K05.FR.02", "K05.FR.05")
@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"chargingProfilePurpose": "TxDefaultProfile"}, "InvalidProfile"),
        ({**OWN, "transactionId": "x"}, "InvalidProfile"),
        ({**OWN, "periods": ((5, 6.0),)}, "InvalidSchedule"),
    ],
)
async def test_a_start_with_a_bad_profile_is_refused(
    csms: Csms, facts: dict[str, Any], reason: str
) -> None:
    answer = await started_with(csms, csms.profile(**facts))

    assert answer["status"] == "Rejected"
    assert answer["statusInfo"]["reasonCode"] == reason
    await asyncio.sleep(5)
    assert csms.rig.evse().transaction_id is None
