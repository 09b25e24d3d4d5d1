"""TC_G: what is in service, and what is told of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from part6.case import ANNA, Case

pytestmark = pytest.mark.sim

# What a ChangeAvailability names, and the connectors that it concerns.
PLACES: dict[str, tuple[dict[str, Any], set[tuple[int, int]]]] = {
    "station": ({}, {(1, 1), (2, 1), (2, 2)}),
    "EVSE": ({"evse": {"id": 2}}, {(2, 1), (2, 2)}),
    "connector": ({"evse": {"id": 2, "connectorId": 1}}, {(2, 1)}),
}
WORDS = {"Operative": "Available", "Inoperative": "Unavailable"}


@pytest.fixture
def settings() -> tuple[str, ...]:
    return ('evse=[{"id": 1}, {"id": 2, "connectors": 2}]',)


def told(case: Case, since: int) -> dict[tuple[int, int], str]:
    """Return the last status told of each connector."""
    return {
        (each["evseId"], each["connectorId"]): each["connectorStatus"]
        for each in case.received("StatusNotification", since)
    }


async def change(case: Case, status: str, place: dict[str, Any]) -> str:
    answer = await case.says("ChangeAvailability", operationalStatus=status, **place)
    await asyncio.sleep(2)
    return answer


@pytest.mark.requirement(
    *(f"TC_G_{number:02}_CS" for number in (3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 16)),
    *("G01.FR.07", "G03.FR.01", "G03.FR.02", "G03.FR.03", "G03.FR.04", "G03.FR.06"),
    *("G03.FR.07", "G04.FR.02", "G04.FR.03", "G04.FR.04", "G04.FR.05", "G04.FR.07"),
    *("G04.FR.08", "B01.FR.05"),
)
@pytest.mark.parametrize("place", PLACES)
async def test_what_is_taken_out_of_service_comes_back(case: Case, place: str) -> None:
    named, concerned = PLACES[place]
    mark = case.mark()
    assert await change(case, "Operative", named) == "Accepted"
    assert told(case, mark) == {}
    for status in ("Inoperative", "Operative"):
        mark = case.mark()
        assert await change(case, status, named) == "Accepted"
        assert told(case, mark) == dict.fromkeys(concerned, WORDS[status])
        mark = case.mark()
        assert await change(case, status, named) == "Accepted"
        assert told(case, mark) == {}  # nothing is new


@pytest.mark.requirement("G03.FR.07", "G04.FR.08")
async def test_what_was_out_of_service_by_itself_stays_so(case: Case) -> None:
    connector = {"evse": {"id": 2, "connectorId": 1}}
    await change(case, "Inoperative", connector)
    for place in ({"evse": {"id": 2}}, {}):
        await change(case, "Inoperative", place)
        mark = case.mark()
        await change(case, "Operative", place)
        assert told(case, mark).get((2, 2)) == "Available"
        assert (2, 1) not in told(case, mark)


@pytest.mark.requirement(
    *("TC_G_11_CS", "TC_G_14_CS", "TC_G_17_CS", "G03.FR.05", "G04.FR.06", "G01.FR.05"),
)
@pytest.mark.parametrize("place", PLACES)
async def test_a_transaction_is_waited_for(case: Case, place: str) -> None:
    named, concerned = PLACES[place]
    await case.charge(2)
    mark = case.mark()
    assert await change(case, "Inoperative", named) == "Scheduled"
    # Of a station the EVSEs without a transaction go at once (TC_G_14 step 3).
    assert told(case, mark) == ({(1, 1): "Unavailable"} if place == "station" else {})
    assert case.rig.evse(2).charging
    await case.stop(2)
    await asyncio.sleep(8)
    await case.disconnect(2)
    assert told(case, mark) == dict.fromkeys(concerned, "Unavailable")
    assert "Available" not in case.statuses(2, mark)


@pytest.mark.requirement(
    *("TC_G_18_CS", "TC_G_19_CS", "TC_G_21_CS"),
    *("G01.FR.02", "G03.FR.08", "G04.FR.09", "B01.FR.07"),
)
@pytest.mark.parametrize("how", ["reset", "power cut"])
@pytest.mark.parametrize("place", PLACES)
async def test_it_outlives_a_restart(case: Case, place: str, how: str) -> None:
    named, concerned = PLACES[place]
    await change(case, "Inoperative", named)
    rig, mark = case.rig, case.mark()
    if how == "reset":
        assert await case.says("Reset", type="Immediate") == "Accepted"
        await rig.until(lambda: rig.lives == 2 and rig.life.station.online, "second life")
    else:
        await rig.cut()
        await rig.switch_on()
        await rig.find_line()
    await asyncio.sleep(2)
    everywhere = PLACES["station"][1]
    words = {each: "Unavailable" if each in concerned else "Available" for each in everywhere}
    assert told(case, mark) == words


@pytest.mark.requirement("G01.FR.06", "G01.FR.09", "H01.FR.04")
async def test_a_reserved_connector_is_occupied_only_by_its_driver(case: Case) -> None:
    until = {"expiryDateTime": "2026-03-01T14:00:00Z"}
    await case.says("ReserveNow", id=7, idToken=ANNA, evseId=1, **until)
    await asyncio.sleep(2)
    mark = case.mark()
    await case.connect()
    await case.present(token="BERT")
    assert case.statuses(1, mark) == []
    await case.present()
    assert case.statuses(1, mark) == ["Occupied"]


@pytest.mark.requirement("TC_G_20_CS", "G05.FR.01", "G05.FR.02")
async def test_a_lock_that_fails_is_told_and_nothing_charges(case: Case) -> None:
    case.rig.sim.set_evse(1, {"lock_failure": True})
    await case.connect()
    await case.present()
    await asyncio.sleep(10)
    assert not case.rig.evse().charging
    assert not case.rig.contactor()
    (event,) = (told["eventData"][0] for told in case.received("NotifyEvent"))
    lock = {"name": "ConnectorPlugRetentionLock", "evse": {"id": 1, "connectorId": 1}}
    assert event["component"] == lock
    assert (event["variable"], event["actualValue"]) == ({"name": "Problem"}, "true")
    place = {"id": 1, "connectorId": 1}
    assert await case.get("ConnectorPlugRetentionLock_Problem", **place) == "true"
    case.rig.sim.set_evse(1, {"lock_failure": False})
    await case.rig.charging()
    await asyncio.sleep(2)
    last = case.received("NotifyEvent")[-1]["eventData"][0]
    assert (last["component"], last["actualValue"]) == (lock, "false")
