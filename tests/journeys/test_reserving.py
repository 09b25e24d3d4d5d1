"""Reservations over the wire, and over power cuts: part 6 TC_H_*_CS, 1.6 the same."""

from __future__ import annotations

import asyncio

import pytest
from journeys.conftest import MakeRig
from journeys.office import Office
from journeys.rig import Rig

from chargepoint.demo.behaviour import CallError

pytestmark = pytest.mark.sim


@pytest.fixture
def office(rig: Rig) -> Office:
    return Office(rig)


@pytest.mark.requirement("H01.FR.15", "H03.FR.01", "H03.FR.09", "H03.FR.10", "TC_H_01_CS")
async def test_the_driver_finds_his_place_kept(office: Office) -> None:
    assert await office.reserve() == "Accepted"
    await office.shows("Reserved")
    office.rig.card("ANNA")
    await office.shows("Preparing" if office.is_16 else "Available")
    await office.arrives()
    await office.rig.charging()
    await office.rig.queue_empty()
    assert office.used() == [7]


@pytest.mark.requirement("H03.FR.01", "G03.FR.09", "F01.FR.22", "1.6 5.13", "TC_H_02_CS")
async def test_a_stranger_does_not_get_it(office: Office) -> None:
    await office.reserve()
    await office.shows("Reserved")
    await office.arrives()
    mark = office.rig.central.mark()
    assert not await office.charges("BERT")
    answer = await office.rig.ask(office.rig.words.remote_start("BERT"))
    assert answer["status"] == "Rejected"
    await asyncio.sleep(5)
    assert not office.rig.contactor()
    assert office.rig.status() == "Reserved"
    assert office.rig.central.received("StatusNotification", mark) == []


@pytest.mark.requirement(
    *("H01.FR.11", "H01.FR.14", "1.6 5.13"), *("TC_H_03_CS", "TC_H_04_CS", "TC_H_06_CS")
)
async def test_what_is_not_free_is_not_reserved(office: Office) -> None:
    await office.reserve()
    assert await office.reserve(8, token="BERT") == "Occupied"
    await office.arrives(2)
    assert await office.charges("CARL", 2)
    assert await office.reserve(8, 2) == "Occupied"
    assert await office.reserve(8, None) == "Occupied"
    await office.cancel()
    await office.rig.order(office.rig.words.availability(1, operative=False))
    assert await office.reserve(8, 1) == "Unavailable"


@pytest.mark.requirement("H04.FR.01", "H04.FR.02", "H04.FR.03", "1.6 5.13", "TC_H_07_CS")
async def test_a_reservation_expires(office: Office) -> None:
    await office.reserve(seconds=60)
    await office.shows("Reserved")
    await asyncio.sleep(61)
    await office.shows("Available")
    await office.rig.queue_empty()
    assert office.ended() == ([] if office.is_16 else [(7, "Expired")])
    await office.arrives()
    assert await office.charges("BERT")


@pytest.mark.requirement(
    *("H01.FR.04", "H01.FR.07", "H01.FR.20", "H03.FR.03", "1.6 5.13"),
    *("TC_H_08_CS", "TC_H_09_CS", "TC_H_14_CS"),
)
async def test_any_place_is_kept_as_the_last_one(office: Office) -> None:
    assert await office.reserve(7, None) == "Accepted"
    await asyncio.sleep(1)
    assert (office.rig.status(1), office.rig.status(2)) == ("Available", "Available")
    assert await office.reserve(8, None, "BERT") == "Accepted"
    await office.shows("Reserved", 1)
    await office.shows("Reserved", 2)
    assert await office.reserve(9, None, "CARL") == "Occupied"
    await office.arrives(2)
    assert await office.charges("ANNA", 2)
    assert office.used() == [7]
    assert office.rig.status(1) == "Reserved"


@pytest.mark.requirement("H01.FR.19", "1.6 9.3.1", "TC_H_13_CS")
async def test_any_place_may_be_unsupported(make_rig: MakeRig) -> None:
    rig = make_rig()
    await rig.switch_on()
    await rig.find_line()
    rig.life.station.variables.put("ReservationCtrlr", "NonEvseSpecific", "false")
    assert await Office(rig).reserve(7, None) == "Rejected"
    await rig.switch_off()


@pytest.mark.requirement("H02.FR.01", "H02.FR.04", "1.6 5.1", "TC_H_17_CS", "TC_H_18_CS")
async def test_a_reservation_is_cancelled_once(office: Office) -> None:
    await office.reserve()
    await office.shows("Reserved")
    assert await office.cancel(1) == "Rejected"
    assert await office.cancel() == "Accepted"
    await office.shows("Available")
    assert await office.cancel() == "Rejected"
    assert office.ended() == []


@pytest.mark.requirement(
    *("H03.FR.04", "H03.FR.06", "H03.FR.08", "1.6 5.13"), *("TC_H_19_CS", "TC_H_24_CS")
)
@pytest.mark.parametrize("evse_id", [1, None])
async def test_one_of_the_group_uses_it(office: Office, evse_id: int | None) -> None:
    await office.reserve(7, evse_id, group="HOME")
    if evse_id is None:
        await office.reserve(8, 2, "CARL")
    await office.shows("Reserved")
    office.says("BERT", group="HOME")
    await office.arrives()
    assert await office.charges("BERT")
    assert office.asked() == ["BERT"]
    await office.rig.queue_empty()
    assert office.used() == [7]


@pytest.mark.requirement("H01.FR.17", "1.6 5.13", "TC_H_21_CS")
async def test_out_of_service_ends_it(office: Office) -> None:
    words = office.rig.words
    await office.reserve()
    await office.shows("Reserved")
    await office.rig.order(words.availability(1, operative=False))
    await office.shows("Unavailable")
    await office.rig.queue_empty()
    assert office.ended() == ([] if office.is_16 else [(7, "Removed")])
    await office.rig.order(words.availability(1, operative=True))
    await office.shows("Available")
    await office.arrives()
    assert await office.charges("BERT")


@pytest.mark.requirement("H01.FR.16", "1.6 5.13")
async def test_a_fault_ends_it(office: Office) -> None:
    await office.reserve()
    await office.shows("Reserved")
    office.rig.sim.set_evse(1, {"fault": {"code": "GroundFailure"}})
    await office.shows("Faulted")
    office.rig.sim.set_evse(1, {"fault": None})
    await office.shows("Available")
    assert await office.cancel() == "Rejected"


@pytest.mark.requirement("H01.FR.02", "1.6 5.13", "TC_H_23_CS")
async def test_the_same_id_replaces(office: Office) -> None:
    await office.reserve(7, 1, "ANNA")
    assert await office.reserve(7, 1, "BERT") == "Accepted"
    await office.arrives()
    assert not await office.charges("ANNA")
    assert await office.charges("BERT")


@pytest.mark.requirement("B01.FR.13", "1.6 5.13")
@pytest.mark.parametrize("how", ["reset", "power cut"])
async def test_a_reservation_outlives_a_restart(office: Office, how: str) -> None:
    rig = office.rig
    await office.reserve()
    await office.shows("Reserved")
    mark = rig.central.mark()
    await office.restart(how)
    await asyncio.sleep(1)
    assert rig.words.status_of(1, rig.central.calls[mark:]) == "Reserved"
    await office.arrives()
    assert not await office.charges("BERT")
    assert await office.charges("ANNA")


@pytest.mark.requirement("H04.FR.01")
async def test_an_end_in_the_dark_is_told_later(office: Office) -> None:
    rig = office.rig
    await office.reserve(seconds=30)
    await office.shows("Reserved")
    await rig.go_dark()
    await asyncio.sleep(60)
    await rig.find_line()
    await rig.queue_empty()
    await office.shows("Available")
    assert office.ended() == ([] if office.is_16 else [(7, "Expired")])


async def test_a_central_system_that_knows_no_such_end_holds_nothing_up(office: Office) -> None:
    office.rig.script.always("ReservationStatusUpdate", CallError("NotImplemented"))
    await office.reserve(seconds=30)
    await asyncio.sleep(31)
    await office.arrives()
    assert await office.charges("BERT")
    await office.rig.queue_empty()


class TestIn201:
    """What only 2.0.1 can ask."""

    @pytest.fixture
    def version(self) -> str:
        return "2.0.1"

    @pytest.mark.requirement("H01.FR.01", "TC_H_22_CS")
    async def test_reservation_can_be_off(self, office: Office) -> None:
        await office.set("reserves", "false")
        assert await office.reserve() == "Rejected"

    @pytest.mark.requirement("H01.FR.06", "H01.FR.09", "H01.FR.24", "TC_H_15_CS", "TC_H_16_CS")
    async def test_a_type_is_kept_until_there_is_none_left(self, office: Office) -> None:
        assert await office.reserve(7, None, connectorType="cType2") == "Rejected"
        assert await office.reserve(7, None, connectorType="sType2") == "Accepted"
        assert await office.reserve(8, None, "BERT", connectorType="sType2") == "Accepted"
        await office.shows("Reserved", 1)
        await office.shows("Reserved", 2)
        assert await office.reserve(9, None, "CARL", connectorType="sType2") == "Occupied"
