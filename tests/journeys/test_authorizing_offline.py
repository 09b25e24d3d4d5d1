"""Who may charge while nobody answers, and what is said of it later: part 6 TC_C_*_CS."""

from __future__ import annotations

import asyncio

import pytest
from journeys.office import Office
from journeys.rig import Rig

pytestmark = pytest.mark.sim

REFUSALS = ["Invalid", "Blocked", "Expired"]


@pytest.fixture
def office(rig: Rig) -> Office:
    return Office(rig)


@pytest.mark.requirement("C13.FR.02", "C13.FR.03", "1.6 3.5", "TC_C_21_CS")
@pytest.mark.parametrize("where", ["list", "cache"])
async def test_offline_a_known_card_charges(office: Office, where: str) -> None:
    await office.knows(where, "ANNA", "Accepted")
    await office.rig.go_dark()
    await office.arrives()
    assert await office.charges("ANNA")


@pytest.mark.requirement(
    *("C13.FR.02", "C13.FR.06", "1.6 3.5.4"), *("TC_C_22_CS", "TC_C_23_CS", "TC_C_24_CS")
)
@pytest.mark.parametrize("status", REFUSALS)
async def test_offline_a_listed_refusal_stands(office: Office, status: str) -> None:
    await office.set("unknown", "true")
    await office.send(1, ANNA=status)
    await office.rig.go_dark()
    await office.arrives()
    assert not await office.charges("ANNA")
    assert await office.charges("STRANGER")


@pytest.mark.requirement("C13.FR.01", "1.6 3.5.3", "TC_C_25_CS")
async def test_offline_the_list_comes_before_the_cache(office: Office) -> None:
    await office.knows("cache", "ANNA", "Accepted")
    await office.send(1, ANNA="Blocked")
    await office.rig.go_dark()
    await office.arrives()
    assert not await office.charges("ANNA")


async def charged_in_the_dark(office: Office, stops: str, energy_wh: int) -> int:
    """Charge offline, come back, hear that the card is refused; return where that begins."""
    rig = office.rig
    await office.set("unknown", "true")
    await office.set("stops", stops)
    await office.set("energy", str(energy_wh))
    await rig.go_dark()
    await office.arrives()
    assert await office.charges("ANNA")
    office.says("ANNA", "Invalid")
    mark = rig.central.mark()
    await rig.find_line()
    await rig.queue_empty()
    return mark


@pytest.mark.requirement("C15.FR.02", "C15.FR.04", "1.6 3.5.4", "TC_C_16_CS", "TC_C_18_CS")
@pytest.mark.parametrize("energy_wh", [0, 500])
async def test_a_card_refused_later_ends_its_transaction(office: Office, energy_wh: int) -> None:
    mark = await charged_in_the_dark(office, "true", energy_wh)
    await office.rig.over()
    ended = office.rig.told(mark)[-1]
    assert (ended.what, ended.reason) == ("ended", "DeAuthorized")


@pytest.mark.requirement("C15.FR.02", "C15.FR.06", "C15.FR.08", "TC_C_17_CS", "TC_C_26_CS")
async def test_a_card_refused_later_may_only_lose_its_energy(office: Office) -> None:
    rig = office.rig
    await charged_in_the_dark(office, "false", 0)
    await rig.until(lambda: not rig.contactor(), "open contactor", 15)
    assert rig.evse().transaction_id is not None
    if not office.is_16:
        states = [c.payload["transactionInfo"].get("chargingState") for c in office.events()]
        assert "SuspendedEVSE" in states
        assert all(call.payload.get("offline") for call in office.events()[:2])
    rig.card("ANNA")
    await rig.over()


@pytest.mark.requirement("C15.FR.07", "1.6 9.1.17", "TC_C_15_CS")
async def test_a_card_refused_later_may_have_some_energy_left(office: Office) -> None:
    rig = office.rig
    await charged_in_the_dark(office, "false", 500)
    energy_wh = rig.evse().energy_wh
    await asyncio.sleep(10)
    assert rig.contactor()
    await rig.until(lambda: not rig.contactor(), "open contactor", 600)
    assert 500 <= rig.evse().energy_wh - energy_wh < 560
