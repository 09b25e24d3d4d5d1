"""TC_F: remote control. What plain starts and stops bring is in test_starting, _stopping."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from part6.case import ANNA, Case, contexts, short

from chargepoint.demo.peer import CallFailed

pytestmark = pytest.mark.sim

BERT = {"idToken": "BERT", "type": "ISO14443"}
UNTIL = {"expiryDateTime": "2026-03-01T14:00:00Z"}
PROFILE = {
    "id": 9,
    "stackLevel": 0,
    "chargingProfilePurpose": "TxProfile",
    "chargingProfileKind": "Relative",
    "chargingSchedule": [
        {
            "id": 1,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 9.0}],
        }
    ],
}


# --- start --------------------------------------------------------------------------------------


@pytest.mark.requirement("TC_F_02_CS", "F01.FR.01", "F02.FR.01", "F02.FR.09")
@pytest.mark.parametrize("asks", [True, False])
async def test_a_remote_start_is_authorized_where_that_is_wanted(case: Case, asks: bool) -> None:
    await case.set(AuthCtrlr_AuthorizeRemoteStart=str(asks).lower())
    await case.authorize("remote")
    await case.connect()
    await case.rig.charging()
    assert [told["idToken"] for told in case.received("Authorize")] == ([ANNA] if asks else [])
    assert (await case.story())[0] == "Started RemoteStart EVConnected idToken evse remote=5"


@pytest.mark.requirement("F02.FR.18", "F02.FR.16", "F01.FR.10", "K05.FR.02")
async def test_its_profile_is_its_transactions_own(case: Case) -> None:
    assert await case.start(1, chargingProfile=PROFILE) == "Accepted"
    await case.connect()
    await case.rig.charging()
    await asyncio.sleep(5)
    assert case.rig.evse().offer_a == 9.0
    await case.stop_by("remote")
    await case.disconnect()
    await case.charge()
    assert case.rig.evse().offer_a > 9.0


@pytest.mark.requirement("F02.FR.27", "F01.FR.26", "F02.FR.17", "F02.FR.19")
@pytest.mark.parametrize(
    "wrong",
    [
        {"chargingProfilePurpose": "TxDefaultProfile"},
        {"transactionId": "somebody-elses"},
        {
            "chargingSchedule": [
                PROFILE["chargingSchedule"][0]
                | {"chargingSchedulePeriod": [{"startPeriod": 5, "limit": 9.0}]}
            ]
        },
    ],
)
async def test_a_wrong_profile_refuses_the_start(case: Case, wrong: dict[str, Any]) -> None:
    assert await case.start(1, chargingProfile=PROFILE | wrong) == "Rejected"


@pytest.mark.requirement("F02.FR.22", "F01.FR.20")
async def test_without_an_evse_the_one_with_a_car_is_taken(case: Case) -> None:
    await case.connect(2)
    assert await case.start(None) == "Accepted"
    await case.rig.charging(2)
    (told,) = [event["evse"]["id"] for event in await case.events() if "evse" in event]
    assert told == 2


async def _reserved(case: Case) -> None:
    home = {"idToken": "HOME", "type": "Central"}
    call = {"id": 7, "idToken": BERT, "evseId": 1, "groupIdToken": home}
    assert await case.says("ReserveNow", **call, **UNTIL) == "Accepted"


async def _reserved_alone(case: Case) -> None:
    assert await case.says("ReserveNow", id=7, idToken=BERT, evseId=1, **UNTIL) == "Accepted"


async def _out_of_service(case: Case) -> None:
    await case.says("ChangeAvailability", operationalStatus="Inoperative", evse={"id": 1})


async def _faulted(case: Case) -> None:
    case.rig.sim.set_evse(1, {"fault": {"code": "GroundFailure"}})


async def _busy(case: Case) -> None:
    await case.charge()


@pytest.mark.requirement(
    *("F01.FR.21", "F01.FR.22", "F01.FR.23", "F01.FR.24"),
    *("F02.FR.23", "F02.FR.24", "F02.FR.25", "F02.FR.26"),
)
@pytest.mark.parametrize("why", [_reserved, _reserved_alone, _out_of_service, _faulted, _busy])
async def test_a_place_that_is_not_free_refuses_the_start(case: Case, why: Any) -> None:
    await why(case)
    await asyncio.sleep(2)
    other = {"groupIdToken": {"idToken": "WORK", "type": "Central"}}
    carl = {"idToken": "CARL", "type": "ISO14443"}
    for more in ({}, other):
        assert await case.start(1, idToken=carl, **more) == "Rejected"


# --- stop and unlock ------------------------------------------------------------------------------


@pytest.mark.requirement("TC_F_09_CS", "F03.FR.08")
async def test_another_transaction_is_not_stopped(case: Case) -> None:
    await case.charge()
    assert await case.says("RequestStopTransaction", transactionId="another") == "Rejected"
    assert case.rig.evse().charging


@pytest.mark.requirement(
    *("TC_F_05_CS", "TC_F_06_CS", "TC_F_07_CS", "TC_F_10_CS"),
    *("F05.FR.01", "F05.FR.02", "F05.FR.03", "F05.FR.04", "F05.FR.05", "F05.FR.06"),
)
async def test_unlocking_says_how_it_went(case: Case) -> None:
    async def unlock(connector_id: int = 1) -> str:
        return await case.says("UnlockConnector", evseId=1, connectorId=connector_id)

    assert await unlock() == "Unlocked"  # without a cable
    assert await unlock(999) == "UnknownConnector"
    await case.connect()
    assert await unlock() == "Unlocked"
    await case.present()
    await case.rig.charging()
    assert await unlock() == "OngoingAuthorizedTransaction"
    assert case.rig.evse().charging
    case.rig.sim.set_evse(1, {"lock_failure": True})
    await case.stop_by("remote")
    assert await unlock() == "UnlockFailed"


# --- trigger ------------------------------------------------------------------------------------


async def trigger(case: Case, message: str, *place: int) -> str:
    named = dict(zip(("id", "connectorId"), place, strict=False))
    more = {"evse": named} if named else {}
    answer = await case.says("TriggerMessage", requestedMessage=message, **more)
    await asyncio.sleep(2)
    return answer


@pytest.mark.requirement(
    *("TC_F_11_CS", "TC_F_12_CS", "F06.FR.02", "F06.FR.04", "F06.FR.05", "F06.FR.06"),
    *("F06.FR.09", "F06.FR.10", "F06.FR.11"),
)
@pytest.mark.parametrize(("place", "told"), [((1,), {1}), ((2,), {2}), ((), {0, 1, 2})])
async def test_meter_values_of_one_evse_or_all(
    case: Case, place: tuple[int, ...], told: set[int]
) -> None:
    await case.set(AlignedDataCtrlr_Measurands="Current.Import,Energy.Active.Import.Register")
    mark = case.mark()
    assert await trigger(case, "MeterValues", *place) == "Accepted"
    values = case.received("MeterValues", mark)
    assert {each["evseId"] for each in values} == told
    assert len(values) == len(told)
    for each in values:
        (value,) = each["meterValue"]
        assert {sampled["context"] for sampled in value["sampledValue"]} == {"Trigger"}


@pytest.mark.requirement(
    *("TC_F_13_CS", "TC_F_14_CS", "F06.FR.02", "F06.FR.07", "F06.FR.11"),
)
@pytest.mark.parametrize(("place", "told"), [((1,), [1]), ((), [1, 2])])
async def test_a_transaction_event_of_one_evse_or_all(
    case: Case, place: tuple[int, ...], told: list[int]
) -> None:
    for evse_id in (1, 2):
        await case.connect(evse_id)
        await case.present(evse_id, f"CARD-{evse_id}")
        await case.rig.charging(evse_id)
    await case.rig.queue_empty()
    mark = case.mark()
    assert await trigger(case, "TransactionEvent", *place) == "Accepted"
    events = [each for each in await case.events(mark) if each["triggerReason"] == "Trigger"]
    assert [short(event) for event in events] == ["Updated Trigger Charging"] * len(told)
    assert all(contexts(event) == ["Trigger"] for event in events)
    running = {case.rig.evse(evse_id).transaction_id for evse_id in told}
    assert {event["transactionInfo"]["transactionId"] for event in events} == running


@pytest.mark.requirement(
    *("TC_F_15_CS", "TC_F_17_CS", "TC_F_18_CS", "TC_F_20_CS"),
    *("F06.FR.03", "F06.FR.10", "F06.FR.15", "F06.FR.16"),
)
@pytest.mark.parametrize("place", [(), (1,)])
@pytest.mark.parametrize(
    "message", ["LogStatusNotification", "FirmwareStatusNotification", "Heartbeat"]
)
async def test_what_is_the_stations_own_needs_no_place(
    case: Case, message: str, place: tuple[int, ...]
) -> None:
    mark = case.mark()
    assert await trigger(case, message, *place) == "Accepted"
    (told,) = case.received(message, mark)
    assert told == ({} if message == "Heartbeat" else {"status": "Idle"})


@pytest.mark.requirement("TC_F_23_CS", "TC_F_24_CS", "F06.FR.02", "F06.FR.09", "F06.FR.12")
async def test_the_status_of_one_connector(case: Case) -> None:
    for expected in ("Available", "Occupied"):
        await asyncio.sleep(2)
        mark = case.mark()
        assert await trigger(case, "StatusNotification", 1, 1) == "Accepted"
        assert case.statuses(1, mark) == [expected]
        assert case.statuses(2, mark) == []
        if expected == "Available":
            await case.connect()
    assert await trigger(case, "StatusNotification", 1) == "Rejected"
    assert await trigger(case, "StatusNotification") == "Rejected"


@pytest.mark.requirement("TC_F_26_CS", "TC_F_27_CS", "F06.FR.08", "F06.FR.17", "F06.FR.05")
async def test_what_cannot_be_triggered_says_so(case: Case) -> None:
    assert await trigger(case, "BootNotification") == "Rejected"
    assert await trigger(case, "SignCombinedCertificate") == "NotImplemented"
    assert await trigger(case, "TransactionEvent") == "Rejected"
    with pytest.raises(CallFailed):
        await trigger(case, "Nonsense")
