"""TC_E start options: where a transaction begins, by whichever point, order and way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest
from part6.case import ANNA, Case, contexts

pytestmark = pytest.mark.sim

CHARGING = "Updated ChargingStateChanged Charging"
BEGUN = "Started {} EVConnected idToken evse"
# Start point: what is told with the cable first, and with the authorization first.
STARTS: Mapping[str, tuple[list[str], list[str]]] = {
    "EVConnected": (
        ["Started CablePluggedIn EVConnected evse", "Updated {} idToken", CHARGING],
        ["Started {plug} EVConnected idToken evse", CHARGING],
    ),
    "Authorized": (
        [BEGUN, CHARGING],
        ["Started {} Idle idToken", "Updated CablePluggedIn EVConnected evse", CHARGING],
    ),
    "PowerPathClosed": (
        [BEGUN, CHARGING],
        ["Started {plug} EVConnected idToken evse", CHARGING],
    ),
    "EnergyTransfer": (
        ["Started {energy} Charging idToken evse"],
        ["Started {energy} Charging idToken evse"],
    ),
}
# What a card and a remote start make of the places above.
WORDS = {
    "card": {"": "Authorized", "plug": "CablePluggedIn", "energy": "ChargingStateChanged"},
    "remote": dict.fromkeys(("", "plug", "energy"), "RemoteStart"),
}


def told(lines: list[str], by: str) -> list[str]:
    words = WORDS[by]
    return [line.format(words[""], **{k: v for k, v in words.items() if k}) for line in lines]


@pytest.mark.requirement(
    *("TC_E_01_CS", "TC_E_02_CS", "TC_E_03_CS", "TC_E_04_CS", "TC_E_09_CS", "TC_E_10_CS"),
    *("TC_E_13_CS", "TC_F_01_CS", "TC_F_03_CS", "TC_G_01_CS", "TC_J_07_CS"),
    *("E01.FR.02", "E01.FR.03", "E01.FR.05", "E01.FR.06", "E01.FR.10", "E01.FR.15"),
    *("E01.FR.18", "E02.FR.01", "E02.FR.05", "E02.FR.06", "E02.FR.15", "E02.FR.20"),
    *("E03.FR.07", "E03.FR.13", "F01.FR.03", "F01.FR.04", "F01.FR.05", "F01.FR.14"),
    *("F01.FR.17", "F02.FR.02", "F02.FR.05", "F02.FR.11", "F02.FR.12", "F02.FR.13"),
)
@pytest.mark.parametrize("by", WORDS)
@pytest.mark.parametrize("cable_first", [True, False])
@pytest.mark.parametrize("point", STARTS)
async def test_each_start_point_has_its_first_event(
    case: Case, point: str, cable_first: bool, by: str
) -> None:
    await case.set(TxCtrlr_TxStartPoint=point)
    if cable_first:
        await case.connect()
        assert case.statuses()[-1] == "Occupied"
        await case.authorize(by)
    else:
        await case.authorize(by)
        await case.connect()
    await case.rig.charging()
    expected = told(STARTS[point][0 if cable_first else 1], by)
    if by == "remote":
        expected = _named_once(expected)
    assert await case.story() == expected

    events = await case.events()
    (named,) = [event["idToken"] for event in events if "idToken" in event]
    assert named == ANNA
    (placed,) = [event["evse"] for event in events if "evse" in event]
    assert placed == {"id": 1, "connectorId": 1}
    assert [event.get("numberOfPhasesUsed") for event in events][-1] == 3
    if "evse" in events[0]:
        begun = [contexts(event) for event in events]
        assert begun == [["Transaction.Begin"], *[[]] * (len(events) - 1)]


def _named_once(story: list[str]) -> list[str]:
    """Return the story of a remote start: its first event about it names the request."""
    at = next(place for place, line in enumerate(story) if "RemoteStart" in line)
    return [*story[:at], story[at] + " remote=5", *story[at + 1 :]]


@pytest.mark.requirement("TC_J_08_CS", "E01.FR.17", "E03.FR.11", "E04.FR.11", "E05.FR.08")
async def test_begin_values_come_with_the_car_and_again_when_it_charges(case: Case) -> None:
    """Part 6 wants them with the first event that names the EVSE, part 2 with the one that
    says that it charges: both have them."""
    await case.set(TxCtrlr_TxStartPoint="Authorized")
    await case.present()
    await case.connect()
    await case.rig.charging()
    begun = [contexts(event) for event in await case.events()]
    assert begun == [[], ["Transaction.Begin"], ["Transaction.Begin"]]


@pytest.mark.requirement("TC_E_38_CS", "E01.FR.19")
async def test_a_car_that_is_not_ready_is_told_as_suspending(case: Case) -> None:
    await case.set(TxCtrlr_TxStartPoint="Authorized")
    await case.present()
    await case.connect(auto_draw=False)
    await asyncio.sleep(10)
    assert (await case.story())[-1] == "Updated ChargingStateChanged SuspendedEV"


@pytest.mark.requirement("TC_E_05_CS", "TC_E_39_CS", "TC_F_04_CS", "E03.FR.05", "E07.FR.06")
@pytest.mark.parametrize("by", WORDS)
async def test_nobody_plugs_in_and_the_next_one_may(case: Case, by: str) -> None:
    await case.set(TxCtrlr_TxStartPoint="Authorized", TxCtrlr_EVConnectionTimeOut="20")
    await case.authorize(by)
    await asyncio.sleep(20)
    first = await case.story()
    assert first[1:] == ["Ended EVConnectTimeout (Timeout)"]
    mark = case.mark()
    await case.connect()
    await asyncio.sleep(5)
    assert not case.rig.evse().charging
    await case.authorize(by)
    await case.rig.charging()
    assert (await case.story(mark))[0].startswith("Started")


@pytest.mark.requirement("E01.FR.14", "F02.FR.26")
async def test_a_busy_evse_starts_no_second_transaction(case: Case) -> None:
    await case.charge()
    bert = {"idToken": "BERT", "type": "ISO14443"}
    assert await case.start(1, idToken=bert) == "Rejected"
    await case.present(token="BERT")
    events = await case.events()
    assert len({event["transactionInfo"]["transactionId"] for event in events}) == 1


@pytest.mark.requirement("E01.FR.13", "E02.FR.03")
async def test_a_transaction_that_ends_a_reservation_names_it_once(case: Case) -> None:
    until = {"expiryDateTime": "2026-03-01T14:00:00Z"}
    assert await case.says("ReserveNow", id=7, idToken=ANNA, evseId=1, **until) == "Accepted"
    await case.set(TxCtrlr_TxStartPoint="EVConnected")
    await case.charge()
    named = [event.get("reservationId") for event in await case.events()]
    assert [each for each in named if each] == [7]


@pytest.mark.requirement("E01.FR.08", "E02.FR.08", "E02.FR.07", "E03.FR.06", "E04.FR.04")
@pytest.mark.parametrize("how", ["reset", "power cut"])
async def test_ids_and_numbers_are_never_used_twice(case: Case, how: str) -> None:
    """A transaction that a restart cuts off ends with the next number; a new one has a new id."""
    rig = case.rig
    await case.charge()
    before = await case.events()
    if how == "reset":
        assert await case.says("Reset", type="Immediate") == "Accepted"
        await rig.until(lambda: rig.lives == 2 and rig.life.station.online, "second life")
        await case.disconnect()
    else:
        await rig.cut()
        await rig.switch_on()
        await rig.find_line()
    assert (await case.story())[-1].startswith("Ended")
    assert len(await case.events()) == len(before) + 1
    await case.charge()
    ids = {event["transactionInfo"]["transactionId"] for event in await case.events()}
    assert len(ids) == 2


class TestBay:
    """Where a sensor looks at the parking bay."""

    @pytest.fixture
    def settings(self) -> tuple[str, ...]:
        return ('evse=[{"id": 1, "bay_sensor": true}, {"id": 2}]',)

    @pytest.mark.requirement("TC_E_12_CS", "TC_E_19_CS", "E01.FR.01", "E06.FR.01")
    @pytest.mark.parametrize("by", WORDS)
    async def test_the_bay_begins_and_ends_a_transaction(self, case: Case, by: str) -> None:
        bay = "ParkingBayOccupancy"
        await case.set(TxCtrlr_TxStartPoint=bay, TxCtrlr_TxStopPoint=bay)
        case.rig.sim.set_evse(1, {"parked": True})
        await asyncio.sleep(1)
        assert await case.story() == ["Started EVDetected Idle"]
        await case.charge()
        await case.stop_by(by)
        await case.disconnect()
        case.rig.sim.set_evse(1, {"parked": False})
        await asyncio.sleep(1)
        reason = {"card": "Local", "remote": "Remote"}[by]
        assert (await case.story())[-2:] == [
            "Updated EVCommunicationLost Idle",
            f"Ended EVDeparted ({reason})",
        ]
