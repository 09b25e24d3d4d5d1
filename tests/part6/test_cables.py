"""TC_E disconnect cases: the cable is pulled at the car's end (E09, E10)."""

from __future__ import annotations

import asyncio

import pytest
from part6.case import Case

pytestmark = pytest.mark.sim

LOST = "Updated EVCommunicationLost Idle"
BACK = ["Updated CablePluggedIn EVConnected", "Updated ChargingStateChanged Charging"]


async def unplugged_at_the_car(case: Case, stops: bool, unlocks: bool | None = None) -> int:
    """Reach EnergyTransferSuspended, pull the cable out of the car, and return the mark."""
    rules = {"TxCtrlr_StopTxOnEVSideDisconnect": stops}
    if unlocks is not None:
        rules["OCPPCommCtrlr_UnlockOnEVSideDisconnect"] = unlocks
    await case.set(TxCtrlr_TxStopPoint="Authorized")
    await case.set(**{name: str(rule).lower() for name, rule in rules.items()})
    await case.charge()
    await case.suspend()
    mark = case.mark()
    await case.disconnect(end="ev")
    return mark


@pytest.mark.requirement(
    *("TC_E_17_CS", "TC_E_24_CS", "TC_E_25_CS", "TC_C_40_CS"),
    *("E09.FR.01", "E09.FR.02", "E09.FR.03"),
)
@pytest.mark.parametrize("unlocks", [True, False])
async def test_the_transaction_ends_and_the_cable_goes_by_the_rule(
    case: Case, unlocks: bool
) -> None:
    mark = await unplugged_at_the_car(case, stops=True, unlocks=unlocks)
    assert await case.story(mark) == ["Ended EVCommunicationLost Idle (EVDisconnected)"]
    assert case.locked() is not unlocks
    if not unlocks:
        await case.present()
    assert not case.locked()
    case.rig.unplug(1, end="station")
    await asyncio.sleep(2)
    assert case.statuses(since=mark)[-1] == "Available"


@pytest.mark.requirement("TC_E_26_CS", "E10.FR.01", "E10.FR.03", "E02.FR.16")
async def test_the_transaction_waits_and_goes_on(case: Case) -> None:
    mark = await unplugged_at_the_car(case, stops=False, unlocks=False)
    assert case.locked()
    assert await case.story(mark) == [LOST]
    assert case.statuses(since=mark) == []  # the cable is still in our socket
    await case.connect()
    await case.rig.charging()
    assert await case.story(mark) == [LOST, *BACK]


class TestFixedCable:
    @pytest.fixture
    def settings(self) -> tuple[str, ...]:
        return ('evse=[{"id": 1, "connector_lock": false}]',)

    @pytest.mark.requirement("TC_E_26_CS", "G01.FR.07")
    async def test_the_connector_is_available_until_the_car_is_back(self, case: Case) -> None:
        mark = await unplugged_at_the_car(case, stops=False)
        assert case.statuses(since=mark) == ["Available"]
        await case.connect()
        await case.rig.charging()
        assert case.statuses(since=mark) == ["Available", "Occupied"]
        assert await case.story(mark) == [LOST, *BACK]

    @pytest.mark.requirement("TC_E_27_CS", "E10.FR.02")
    async def test_it_is_waited_for_a_while_only(self, case: Case) -> None:
        await case.set(TxCtrlr_EVConnectionTimeOut="20")
        mark = await unplugged_at_the_car(case, stops=False)
        await asyncio.sleep(20)
        assert await case.story(mark) == [LOST, "Ended EVConnectTimeout (Timeout)"]
