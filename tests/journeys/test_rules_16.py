"""OCPP 1.6, rule by rule, against a central system that does what it should not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from journeys.conftest import MakeRig
from journeys.rig import Rig

from chargepoint.demo.behaviour import (
    DROP,
    SILENCE,
    TWICE,
    Amend,
    CallError,
    Late,
    Malformed,
)

pytestmark = pytest.mark.sim
Payload = dict[str, Any]
RAMP_WH = 8.0  # what a car draws while it obeys the end


@pytest.fixture
def version() -> str:
    return "1.6"


def payloads(rig: Rig, action: str, since: int = 0) -> list[Payload]:
    return [call.payload for call in rig.central.received(action, since)]


def statuses(rig: Rig, since: int = 0) -> list[tuple[int, str]]:
    """Return connector and status of every StatusNotification."""
    return [
        (each["connectorId"], each["status"]) for each in payloads(rig, "StatusNotification", since)
    ]


async def charge(rig: Rig, token: str = "CARD-1", evse_id: int = 1) -> None:
    if not rig.evse(evse_id).plugged_in:
        rig.plug_in(evse_id)
        await rig.until(lambda: rig.evse(evse_id).plugged_in, "car")
    rig.card(token, evse_id)
    await rig.charging(evse_id)


async def shows(rig: Rig, status: str, timeout_s: float = 15.0, evse_id: int = 1) -> None:
    await rig.until(lambda: rig.status(evse_id) == status, status, timeout_s)


# --- whatever a central system answers -------------------------------------------------------

BEHAVIOURS = {
    "an error": CallError("InternalError"),
    "nothing": SILENCE,
    "late": Late(20.0),
    "too late": Late(45.0),
    "twice": TWICE,
    "no JSON": Malformed("nonsense"),
    "no answer to this": Malformed('[3,"$id",{"idTagInfo":7,"currentTime":7}]'),
    "half a frame": Malformed('[3,"$id"'),
    "the end of the line": DROP,
}
ACTIONS = (
    "Authorize",
    "Heartbeat",
    "MeterValues",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
)


async def dial_again(rig: Rig) -> None:
    """Do what the link does."""
    while True:
        await asyncio.sleep(5)
        if not rig.central.connected:
            rig._connect()


@pytest.mark.requirement("1.6 3.7.1", "1.6-J E3.3", "1.6 E3.18")
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
async def test_a_wrong_answer_costs_no_session(rig: Rig, behaviour: str) -> None:
    """Whatever comes back the first time, to every message: it charges, it ends, and the books
    are right."""
    await rig.order(rig.words.set_interval(10))
    await rig.order(("ChangeConfiguration", {"key": "HeartbeatInterval", "value": "5"}))
    for action in ACTIONS:
        rig.script.once(action, BEHAVIOURS[behaviour])
    dialling = asyncio.create_task(dial_again(rig))

    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    for _ in range(3):  # as often as nobody says that this card may charge
        if not rig.evse().charging:
            rig.card()
            await asyncio.sleep(70)
    await rig.charging()
    await asyncio.sleep(30)
    rig.card()
    await rig.until(lambda: rig.evse().transaction_id is None, "end", 12)
    await rig.until(lambda: rig.disk.store.count_pending() == 0, "empty queue", 400)

    (page,) = rig.pages
    assert (page.started, page.ended, page.token) == (True, True, "CARD-1")
    assert page.energy_wh == pytest.approx(rig.evse().energy_wh, abs=RAMP_WH)
    await rig.until(lambda: rig.status() == "Finishing", "Finishing", 60)
    dialling.cancel()
    expected = ("answer to nothing", "while another CALL was pending")
    assert [e for e in rig.central.errors if not any(word in e for word in expected)] == []
    rig.central.errors.clear()


# --- registration: section 4.2 ---------------------------------------------------------------


async def meet(rig: Rig) -> None:
    await rig.switch_on()
    rig._reachable = True
    rig._connect()


@pytest.mark.requirement("1.6 4.2", "1.6 E3.11")
@pytest.mark.parametrize("behaviour", ["an error", "nothing", "no answer to this"])
async def test_a_boot_that_nobody_answers_is_repeated(make_rig: MakeRig, behaviour: str) -> None:
    rig = make_rig()
    rig.script.once("BootNotification", BEHAVIOURS[behaviour], BEHAVIOURS[behaviour])
    await meet(rig)
    await rig.until(lambda: rig.life.station.online, "acceptance", 600)

    assert [call.action for call in rig.central.calls[:3]] == ["BootNotification"] * 3
    assert statuses(rig)[:3] == [(0, "Available"), (1, "Available"), (2, "Available")]
    await rig.switch_off()


@pytest.mark.requirement("1.6 4.2", "1.6 4.2.1", "1.6 5.17", "1.6 E3.22")
async def test_a_pending_station_answers_and_says_only_what_it_is_asked_for(
    make_rig: MakeRig,
) -> None:
    rig = make_rig()
    rig.script.once("BootNotification", Amend({"status": "Pending", "interval": 100}))
    await meet(rig)
    await rig.until(lambda: rig.life.station.registration == "Pending", "Pending", 30)
    rig.plug_in()
    await asyncio.sleep(20)

    assert (await rig.ask(rig.words.remote_start()))["status"] == "Rejected"
    stop = ("RemoteStopTransaction", {"transactionId": 1})
    assert (await rig.ask(stop))["status"] == "Rejected"
    await rig.order(rig.words.set_interval(33))
    assert rig.words.interval_s(await rig.ask(rig.words.get_interval())) == 33
    trigger = {"requestedMessage": "StatusNotification", "connectorId": 1}
    await rig.order(("TriggerMessage", trigger))
    await asyncio.sleep(1)
    assert [call.action for call in rig.central.calls] == ["BootNotification", "StatusNotification"]

    await rig.order(("TriggerMessage", {"requestedMessage": "BootNotification"}))
    await rig.until(lambda: rig.life.station.online, "acceptance", 2)
    again = await rig.ask(("TriggerMessage", {"requestedMessage": "BootNotification"}))
    assert again["status"] == "Rejected"  # errata 3.35
    await rig.switch_off()
    rig.check()


@pytest.mark.requirement("1.6 4.2", "1.6 4.2.1")
async def test_a_rejected_station_is_silent_until_its_time_is_over(make_rig: MakeRig) -> None:
    rig = make_rig()
    rig.script.once("BootNotification", Amend({"status": "Rejected", "interval": 100}))
    await meet(rig)
    await rig.until(lambda: rig.life.station.registration == "Rejected", "Rejected", 30)
    with pytest.raises(TimeoutError):
        await rig.ask(rig.words.get_interval())
    await asyncio.sleep(80)
    assert len(rig.central.calls) == 1

    await rig.until(lambda: rig.life.station.online, "acceptance", 60)
    first, second = rig.central.received("BootNotification")
    assert 100 <= second.at_s - first.at_s < 120
    await rig.switch_off()


# --- status: sections 4.9 and 7.7 ------------------------------------------------------------


@pytest.mark.requirement("1.6 4.9", "1.6 7.7", "1.6 E3.20")
async def test_a_session_is_told_status_by_status_and_none_twice(rig: Rig) -> None:
    mark = rig.central.mark()
    rig.plug_in()
    await shows(rig, "Preparing")
    rig.sim.set_evse(1, {"ready": False})
    rig.card()
    await shows(rig, "SuspendedEV")
    rig.sim.set_evse(1, {"ready": True})
    await shows(rig, "Charging")
    await rig.order(rig.words.profile(0.0))
    await shows(rig, "SuspendedEVSE")
    await rig.order(rig.words.clear_profile())
    await shows(rig, "Charging", 90)
    rig.card()
    await shows(rig, "Finishing")
    rig.unplug()
    await shows(rig, "Available")
    await asyncio.sleep(10)

    told = statuses(rig, mark)
    assert {connector for connector, _ in told} == {1}
    assert [status for _, status in told] == [
        "Preparing",
        "SuspendedEV",
        "Charging",
        "SuspendedEVSE",
        "Charging",
        "Finishing",
        "Available",
    ]


@pytest.mark.requirement("1.6 4.9", "1.6 7.6", "1.6-J 5.4")
async def test_after_a_reconnect_only_what_has_changed_is_told(rig: Rig) -> None:
    await rig.go_dark()
    rig.plug_in(1)
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.plug_in(2)
    await asyncio.sleep(5)
    rig.unplug(2)
    rig.sim.set_evse(2, {"fault": {"code": "GroundFailure", "vendor_code": "F1"}})
    await asyncio.sleep(30)
    mark = rig.central.mark()
    await rig.find_line()
    await asyncio.sleep(10)

    assert statuses(rig, mark) == [(1, "Preparing"), (2, "Faulted")]
    assert payloads(rig, "BootNotification", mark) == []
    rig.sim.set_evse(2, {"fault": None})
    await shows(rig, "Available", evse_id=2)
    cleared = payloads(rig, "StatusNotification")[-1]
    assert cleared["errorCode"] == "NoError"


@pytest.mark.requirement("1.6 5.17", "1.6 7.32")
async def test_a_trigger_without_a_connector_means_all_of_them(rig: Rig) -> None:
    for message, action, connectors in (
        ("StatusNotification", "StatusNotification", [0, 1, 2]),
        ("MeterValues", "MeterValues", [0, 1, 2]),
    ):
        mark = rig.central.mark()
        await rig.order(("TriggerMessage", {"requestedMessage": message}))
        await asyncio.sleep(1)
        told = payloads(rig, action, mark)
        assert sorted(each["connectorId"] for each in told) == connectors
    contexts = {
        sample["context"]
        for each in told
        for value in each["meterValue"]
        for sample in value["sampledValue"]
    }
    assert contexts == {"Trigger"}
    unknown = {"requestedMessage": "StatusNotification", "connectorId": 9}
    assert (await rig.ask(("TriggerMessage", unknown)))["status"] == "Rejected"
    odd = await rig.ask(("TriggerMessage", {"requestedMessage": "Nonsense"}))
    assert odd["status"] == "NotImplemented"


# --- transactions: sections 3.7, 4.8, 4.10 ---------------------------------------------------


@pytest.mark.requirement("1.6 4.8", "1.6 4.10", "1.6 3.7.1", "1.6 E3.18")
async def test_sessions_offline_are_told_in_order_and_with_the_right_numbers(rig: Rig) -> None:
    await charge(rig)
    rig.card()
    await rig.over()
    rig.unplug()
    await rig.go_dark()
    for _ in range(3):
        await asyncio.sleep(300)
        await charge(rig)
        await asyncio.sleep(30)
        rig.card()
        await rig.until(lambda: rig.evse().transaction_id is None, "end", 12)
        rig.unplug()
        await rig.until(lambda: not rig.evse().plugged_in, "nobody")
    rig.script.once("StartTransaction", Late(10.0), CallError("InternalError"))
    mark = rig.central.mark()
    await rig.find_line()
    await rig.until(lambda: rig.disk.store.count_pending() == 0, "empty queue", 400)

    told = rig.told(mark)
    ages = [rig.age_s(each) for each in told]
    assert ages == sorted(ages)
    assert ages[0] > 300
    starts = [each.what for each in told].count("started")
    assert starts == 4  # one of them twice
    assert len(rig.pages) == 4
    assert all(page.started and page.ended and page.in_order for page in rig.pages)
    booked_wh = sum(page.energy_wh for page in rig.pages)
    assert booked_wh == pytest.approx(rig.evse().energy_wh, abs=4 * RAMP_WH)


@pytest.mark.requirement("1.6 4.10", "1.6 7.36")
@pytest.mark.parametrize("is_online", [True, False])
async def test_a_power_cut_ends_the_transaction_with_power_loss(rig: Rig, is_online: bool) -> None:
    await charge(rig)
    await asyncio.sleep(70)
    if not is_online:
        await rig.go_dark()
        await asyncio.sleep(30)
    drawn_wh = rig.evse().energy_wh
    cut_s = rig.now().s
    await rig.cut()
    await asyncio.sleep(3600)  # nothing runs
    mark = rig.central.mark()
    await rig.switch_on()
    await rig.find_line()
    await rig.queue_empty()

    assert rig.central.calls[mark].action == "BootNotification"
    (stop,) = payloads(rig, "StopTransaction", mark)
    assert (stop["reason"], "idTag" in stop) == ("PowerLoss", False)
    assert stop["meterStop"] == pytest.approx(drawn_wh, abs=400)  # what the disk had
    (ended,) = [each for each in rig.told(mark) if each.what == "ended"]
    assert rig.age_s(ended) <= cut_s + 1
    assert rig.pages[0].in_order


@pytest.mark.requirement("1.6 4.6", "1.6 3.15")
@pytest.mark.parametrize("hours", [-5, 5])
async def test_a_clock_that_is_set_changes_no_order_and_no_energy(rig: Rig, hours: int) -> None:
    await rig.order(rig.words.set_interval(10))
    await charge(rig)
    await asyncio.sleep(30)
    true_time = rig.desk.now
    rig.desk.now = lambda: true_time() + timedelta(hours=hours)
    await rig.order(("TriggerMessage", {"requestedMessage": "Heartbeat"}))
    mark = rig.central.mark()
    await asyncio.sleep(45)
    rig.card()
    await rig.over()

    (page,) = rig.pages
    assert page.ended
    assert page.energy_wh == pytest.approx(rig.evse().energy_wh, abs=RAMP_WH)
    assert len(payloads(rig, "MeterValues", mark)) in (4, 5, 6)
    registers = [
        float(sample["value"])
        for each in payloads(rig, "MeterValues")
        for value in each["meterValue"]
        for sample in value["sampledValue"]
    ]
    assert registers == sorted(registers)


# --- orders: sections 5.2, 5.14, 5.18 --------------------------------------------------------


@pytest.mark.requirement("1.6 5.14", "1.6 7.36", "1.6 E3.36")
@pytest.mark.parametrize(("type", "reason"), [("Soft", "SoftReset"), ("Hard", "HardReset")])
async def test_a_reset_ends_every_transaction_with_its_reason(
    rig: Rig, type: str, reason: str
) -> None:
    await charge(rig, "CARD-1", 1)
    await charge(rig, "CARD-2", 2)
    mark = rig.central.mark()

    await rig.order(("Reset", {"type": type}))
    await rig.until(lambda: rig.lives == 2 and rig.life.station.online, "second life", 60)
    await rig.queue_empty()

    assert [each["reason"] for each in payloads(rig, "StopTransaction", mark)] == [reason] * 2
    assert not rig.contactor(1)
    assert not rig.contactor(2)
    calls = rig.central.calls
    boot = next(n for n in range(mark, len(calls)) if calls[n].action == "BootNotification")
    assert [each for each, _ in statuses(rig, boot)][:3] == [0, 1, 2]


@pytest.mark.requirement("1.6 5.2", "1.6 4.9")
async def test_availability_waits_for_the_session_and_survives_a_power_cut(rig: Rig) -> None:
    whole = {"connectorId": 0, "type": "Inoperative"}
    await charge(rig)
    assert (await rig.ask(("ChangeAvailability", whole)))["status"] == "Scheduled"
    await shows(rig, "Unavailable", evse_id=2)
    await asyncio.sleep(30)
    assert rig.evse().charging
    mark = rig.central.mark()
    rig.card()
    await rig.over()
    rig.unplug()
    await shows(rig, "Unavailable")
    await shows(rig, "Unavailable", evse_id=0)
    assert (1, "Available") not in statuses(rig, mark)
    assert (await rig.ask(("ChangeAvailability", whole)))["status"] == "Accepted"
    assert (await rig.ask(rig.words.availability(9, operative=True)))["status"] == "Rejected"

    await rig.cut()
    await rig.switch_on()
    mark = rig.central.mark()
    await rig.find_line()
    await asyncio.sleep(2)
    assert statuses(rig, mark) == [(0, "Unavailable"), (1, "Unavailable"), (2, "Unavailable")]
    await rig.order(("ChangeAvailability", {"connectorId": 0, "type": "Operative"}))
    for evse_id in (0, 1, 2):
        await shows(rig, "Available", evse_id=evse_id)


@pytest.mark.requirement("1.6 5.18", "1.6 7.36", "1.6 E3.87")
async def test_an_unlock_ends_the_transaction_first(rig: Rig) -> None:
    await charge(rig)

    answer = await rig.ask(("UnlockConnector", {"connectorId": 1}))

    assert answer["status"] == "Unlocked"
    assert not rig.contactor()
    await rig.over()
    (stop,) = payloads(rig, "StopTransaction")
    assert stop["reason"] == "UnlockCommand"
    assert (await rig.ask(("UnlockConnector", {"connectorId": 9})))["status"] == "NotSupported"


@pytest.mark.requirement("1.6 5.11", "1.6 6.33")
@pytest.mark.parametrize(
    "prepare",
    [
        lambda rig: rig.sim.set_evse(1, {"fault": {"code": "GroundFailure", "vendor_code": ""}}),
        lambda rig: None,
    ],
    ids=["faulted", "connector 0"],
)
async def test_a_remote_start_that_cannot_be_is_rejected(
    rig: Rig, prepare: Callable[[Rig], None]
) -> None:
    prepare(rig)
    await asyncio.sleep(1)
    connector = 1 if rig.evse().fault else 0

    answer = await rig.ask(rig.words.remote_start("CARD-1", connector))

    assert answer["status"] == "Rejected"
