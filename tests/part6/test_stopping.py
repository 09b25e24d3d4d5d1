"""TC_E stop options: where a transaction ends, by whichever point and way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from part6.case import ANNA, Case, contexts

pytestmark = pytest.mark.sim

LOST = "Ended EVCommunicationLost Idle (EVDisconnected)"
OVER = "Updated ChargingStateChanged EVConnected"
SUSPENDED = "Updated ChargingStateChanged SuspendedEV"
STOPPED_BY_EV = "Ended ChargingStateChanged EVConnected (StoppedByEV)"
# Stop point: what is told after each way to stop.
STOPS: Mapping[str, Mapping[str, list[str]]] = {
    "EVConnected": {
        "card": ["Updated StopAuthorized idToken", OVER, "Ended EVCommunicationLost Idle (Local)"],
        "remote": ["Updated RemoteStop", OVER, "Ended EVCommunicationLost Idle (Remote)"],
        "car": [SUSPENDED, LOST],
    },
    "Authorized": {
        "card": ["Ended StopAuthorized EVConnected idToken (Local)"],
        "remote": ["Ended RemoteStop EVConnected (Remote)"],
        "car": [SUSPENDED, "Updated EVCommunicationLost Idle"],
    },
    "PowerPathClosed": {
        "card": ["Ended StopAuthorized EVConnected idToken (Local)"],
        "remote": ["Ended RemoteStop EVConnected (Remote)"],
        "car": [SUSPENDED, LOST],
    },
    "EnergyTransfer": {
        "card": [
            "Updated StopAuthorized idToken",
            "Ended ChargingStateChanged EVConnected (Local)",
        ],
        "remote": ["Updated RemoteStop", "Ended ChargingStateChanged EVConnected (Remote)"],
        "car": [STOPPED_BY_EV],
    },
}
CASES = [(point, how) for point, ways in STOPS.items() for how in ways]


@pytest.mark.requirement(
    *("TC_E_06_CS", "TC_E_07_CS", "TC_E_08_CS", "TC_E_14_CS", "TC_E_15_CS", "TC_E_20_CS"),
    *("TC_E_21_CS", "TC_E_22_CS", "TC_E_35_CS", "TC_E_37_CS", "TC_F_08_CS", "TC_G_02_CS"),
    *("E06.FR.02", "E06.FR.03", "E06.FR.06", "E06.FR.07", "E06.FR.10", "E06.FR.15"),
    *("E07.FR.02", "E07.FR.05", "E07.FR.06", "E07.FR.08", "E07.FR.11", "E09.FR.04"),
    *("E10.FR.03", "F03.FR.04", "F03.FR.09", "F04.FR.02", "E02.FR.16", "F01.FR.18"),
)
@pytest.mark.parametrize(("point", "how"), CASES)
async def test_each_stop_point_has_its_last_event(case: Case, point: str, how: str) -> None:
    await case.set(TxCtrlr_TxStopPoint=point, TxCtrlr_StopTxOnEVSideDisconnect="false")
    await case.charge()
    mark = case.mark()
    if how == "car":
        await case.suspend()
        await case.disconnect(end="ev")
    else:
        await case.stop_by(how)
        assert not case.locked()
        await case.disconnect()
    assert await case.story(mark) == STOPS[point][how]
    last = (await case.events(mark))[-1]
    if last["eventType"] == "Ended":
        assert contexts(last) == ["Transaction.Begin", "Transaction.End"]
    if how != "car":
        assert case.statuses()[-1] == "Available"


@pytest.mark.requirement("E06.FR.15", "E09.FR.05", "E10.FR.04", "F04.FR.04")
@pytest.mark.parametrize("point", STOPS)
async def test_a_car_that_just_leaves_ends_it_with_its_last_values(case: Case, point: str) -> None:
    await case.set(TxCtrlr_TxStopPoint=point)
    await case.charge()
    mark = case.mark()
    await case.disconnect()
    assert await case.story(mark) == [LOST]
    (last,) = await case.events(mark)
    assert contexts(last) == ["Transaction.Begin", "Transaction.End"]


@pytest.mark.requirement("TC_E_16_CS", "E06.FR.04", "E05.FR.04", "E05.FR.05", "E05.FR.10")
@pytest.mark.parametrize("point", ["Authorized", "PowerPathClosed"])
async def test_a_token_accepted_offline_and_refused_online_ends_it(case: Case, point: str) -> None:
    rig = case.rig
    await case.set(TxCtrlr_TxStopPoint=point, AuthCtrlr_OfflineTxForUnknownIdEnabled="true")
    rig.script.always("TransactionEvent", _judged)
    await rig.go_dark()
    await case.charge()
    await rig.find_line()
    await asyncio.sleep(10)
    events = await case.events()
    assert all(event["offline"] for event in events[:-1])
    assert contexts(events[0]) == ["Transaction.Begin"]
    assert (await case.story())[-1] == "Ended Deauthorized EVConnected (DeAuthorized)"
    assert "offline" not in events[-1]


def _judged(event: dict[str, object]) -> dict[str, object]:
    return {"idTokenInfo": {"status": "Invalid"}} if event.get("idToken") == ANNA else {}


@pytest.mark.requirement("E02.FR.15", "E06.FR.15")
async def test_a_fault_is_abnormal_and_an_emergency_of_its_own(case: Case) -> None:
    await case.charge()
    mark = case.mark()
    case.rig.sim.set_evse(1, {"fault": {"code": "GroundFailure"}})
    await asyncio.sleep(5)
    assert await case.story(mark) == ["Updated AbnormalCondition SuspendedEVSE"]
    assert case.statuses()[-1] == "Faulted"
