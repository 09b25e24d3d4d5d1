"""TC_B boot, variables, reports and resets (B01 to B08, B11, B12).

The cases of B09 and B10 are in process/test_migration, on real connections.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from part6.case import Case, Payload

from chargepoint.demo.behaviour import SILENCE, Amend
from chargepoint.demo.peer import CallFailed

pytestmark = pytest.mark.sim

OFFLINE = "OCPPCommCtrlr_OfflineThreshold"
ACCEPTED = Amend({"status": "Accepted", "interval": 300})


# --- boot: B01 to B03 -----------------------------------------------------------------------------


async def boots(case: Case, *answers: Payload, how: str = "Immediate") -> int:
    """Restart the station, whose boots are answered so; return the mark before it."""
    mark = case.mark()
    for answer in answers:
        case.rig.script.once("BootNotification", Amend(answer))
    lives = case.rig.lives
    assert await case.says("Reset", type=how) == "Accepted"
    await case.rig.until(lambda: case.rig.lives > lives, "new life")
    await case.rig.until(lambda: bool(case.received("BootNotification", mark)), "boot")
    return mark


@pytest.mark.requirement(
    *("TC_B_01_CS", "TC_B_20_CS", "B01.FR.01", "B01.FR.03", "B01.FR.05", "B01.FR.09"),
    *("B11.FR.01", "B11.FR.03", "B11.FR.04"),
)
@pytest.mark.parametrize("how", ["OnIdle", "Immediate"])
async def test_a_reset_ends_in_a_cold_boot(case: Case, how: str) -> None:
    mark = await boots(case, how=how)
    await asyncio.sleep(2)

    (boot,) = case.received("BootNotification", mark)
    assert boot["reason"] == "RemoteReset"
    assert [case.statuses(each, mark) for each in (1, 2)] == [["Available"], ["Available"]]


@pytest.mark.requirement(
    *("TC_B_02_CS", "B02.FR.02", "B02.FR.04", "B02.FR.05", "B02.FR.06", "B02.FR.08"),
    "B02.FR.01",
)
async def test_while_pending_only_what_is_asked_is_said(case: Case) -> None:
    mark = await boots(case, {"status": "Pending", "interval": 60})
    connections = case.rig.central.connections
    assert await case.put(OFFLINE, "300") == "Accepted"
    assert await case.get(OFFLINE) == "300"
    assert await case.says("GetBaseReport", requestId=1, reportBase="FullInventory") == "Accepted"
    await reported(case, 1, mark)
    assert await case.start() == "Rejected"
    assert await case.says("RequestStopTransaction", transactionId="x") == "Rejected"
    await asyncio.sleep(20)
    assert {call.action for call in case.rig.central.calls[mark:]} == {
        "BootNotification",
        "NotifyReport",
    }
    assert len(case.received("BootNotification", mark)) == 1

    asked = "BootNotification"
    assert await case.says("TriggerMessage", requestedMessage=asked) == "Accepted"
    await case.rig.until(lambda: case.rig.life.station.online, "acceptance")
    await asyncio.sleep(1)
    assert [each["reason"] for each in case.received(asked, mark)] == ["RemoteReset", "Triggered"]
    assert case.statuses(1, mark) == ["Available"]
    assert case.rig.central.connections == connections


@pytest.mark.requirement("B02.FR.07", "B02.FR.08", "B03.FR.05", "B03.FR.06")
@pytest.mark.parametrize("status", ["Pending", "Rejected"])
@pytest.mark.parametrize(("interval", "waits_s"), [(25, 25.0), (0, 60.0)])
async def test_the_next_boot_waits_for_the_interval_or_a_while(
    case: Case, status: str, interval: int, waits_s: float
) -> None:
    mark = await boots(case, {"status": status, "interval": interval})
    first = case.rig.central.received("BootNotification", mark)[0]
    await case.rig.until(lambda: case.rig.life.station.online, "acceptance", 90)

    second = case.rig.central.received("BootNotification", mark)[1]
    assert second.at_s - first.at_s == pytest.approx(waits_s, abs=1.0)


@pytest.mark.requirement(
    *("TC_B_03_CS", "TC_B_30_CS", "B03.FR.02", "B03.FR.04", "B03.FR.08"),
)
async def test_who_was_rejected_says_nothing_and_serves_nothing(case: Case) -> None:
    mark = await boots(case, {"status": "Rejected", "interval": 30})
    for action, payload in (
        ("GetBaseReport", {"requestId": 1, "reportBase": "FullInventory"}),
        ("TriggerMessage", {"requestedMessage": "Heartbeat"}),
    ):
        with pytest.raises(CallFailed) as refused:
            await case.ask(action, **payload)
        assert refused.value.code == "SecurityError"
    await asyncio.sleep(25)
    assert [call.action for call in case.rig.central.calls[mark:]] == ["BootNotification"]
    await case.rig.until(lambda: case.rig.life.station.online, "acceptance")
    await asyncio.sleep(1)
    assert case.statuses(1, mark) == ["Available"]


@pytest.mark.requirement("B02.FR.03", "B03.FR.01")
@pytest.mark.parametrize("status", ["Pending", "Rejected"])
@pytest.mark.parametrize("allowed", ["true", "false"])
async def test_before_it_is_accepted_it_charges_where_it_is_set_so(
    case: Case, status: str, allowed: str
) -> None:
    await case.set(TxCtrlr_TxBeforeAcceptedEnabled=allowed)
    await case.set(AuthCtrlr_OfflineTxForUnknownIdEnabled="true")
    mark = await boots(case, {"status": status, "interval": 40})
    await case.connect()
    await case.present()
    await asyncio.sleep(10)
    assert case.rig.evse().charging == (allowed == "true")
    assert not case.received("TransactionEvent", mark)
    await case.rig.until(lambda: case.rig.life.station.online, "acceptance")
    events = await case.events(mark)
    assert bool(events) == (allowed == "true")


# --- variables: B05, B06 --------------------------------------------------------------------------


def item(component: str, variable: str, **more: Any) -> Payload:
    return {"component": {"name": component}, "variable": {"name": variable}, **more}


@pytest.mark.requirement(
    *("TC_B_06_CS", "TC_B_07_CS", "TC_B_09_CS", "TC_B_10_CS", "TC_B_11_CS", "TC_B_32_CS"),
    *("TC_B_33_CS", "TC_B_34_CS", "TC_B_35_CS", "TC_B_36_CS", "TC_B_37_CS", "TC_B_39_CS"),
    *("B05.FR.01", "B05.FR.02", "B05.FR.04", "B05.FR.05", "B05.FR.06", "B05.FR.07", "B05.FR.09"),
    *("B05.FR.10", "B05.FR.12", "B06.FR.01", "B06.FR.02", "B06.FR.04", "B06.FR.06", "B06.FR.10"),
)
async def test_variables_are_set_and_got_each_by_itself(case: Case) -> None:
    offline = item("OCPPCommCtrlr", "OfflineThreshold")
    local = item("AuthCtrlr", "LocalAuthorizeOffline")
    timeout = item("OCPPCommCtrlr", "MessageTimeout")
    timeout["variable"]["instance"] = "Default"
    tries = [
        (offline, {"attributeValue": "300", "attributeType": "Actual"}, "Accepted"),
        (local, {"attributeValue": "true"}, "Accepted"),
        (item("Nobody", "OfflineThreshold"), {"attributeValue": "1"}, "UnknownComponent"),
        (item("OCPPCommCtrlr", "Nothing"), {"attributeValue": "1"}, "UnknownVariable"),
        (
            offline,
            {"attributeValue": "1", "attributeType": "Target"},
            "NotSupportedAttributeType",
        ),
        (timeout, {"attributeValue": "5"}, "Rejected"),
    ]
    asked = [{**what, **how} for what, how, _ in tries]
    answer = await case.ask("SetVariables", setVariableData=asked)
    results = answer["setVariableResult"]
    assert [each["attributeStatus"] for each in results] == [status for _, _, status in tries]
    for result, (what, how, status) in zip(results, tries, strict=True):
        assert {name: result[name] for name in what} == what
        assert result["attributeType"] == how.get("attributeType", "Actual")
        assert ("attributeStatusInfo" in result) == (status != "Accepted")

    got = await case.ask(
        "GetVariables",
        getVariableData=[offline, local, item("SecurityCtrlr", "BasicAuthPassword"), tries[2][0]],
    )
    assert [
        (each["attributeStatus"], each.get("attributeValue")) for each in got["getVariableResult"]
    ] == [("Accepted", "300"), ("Accepted", "true"), ("Rejected", None), ("UnknownComponent", None)]

    for name, good in (
        (OFFLINE, {"300"}),
        ("SmartChargingCtrlr_LimitChangeSignificance", {"30", "30.1"}),
        ("AuthCtrlr_AuthorizeRemoteStart", {"true"}),
    ):
        for value in ("300", "300.1", "30", "30.1", "true", "2026-03-01T12:00:00Z", "abc"):
            fits = value in good or (name == OFFLINE and value == "30")
            assert await case.put(name, value) == ("Accepted" if fits else "Rejected"), name


# --- reports: B07, B08 ----------------------------------------------------------------------------


async def reported(case: Case, request_id: int, since: int = 0) -> list[Payload]:
    """Return what a report has told when its last part is there; its parts are numbered."""

    def parts() -> list[Payload]:
        told = case.received("NotifyReport", since)
        return [part for part in told if part["requestId"] == request_id]

    await case.rig.until(lambda: any(not part.get("tbc", False) for part in parts()), "last part")
    assert [part["seqNo"] for part in parts()] == list(range(len(parts())))
    assert [part.get("tbc", False) for part in parts()] == [True] * (len(parts()) - 1) + [False]
    return [data for part in parts() for data in part["reportData"]]


@pytest.mark.requirement(
    *("TC_B_12_CS", "TC_B_13_CS", "TC_B_14_CS", "TC_B_53_CS", "B07.FR.01", "B07.FR.03"),
    *("B07.FR.04", "B07.FR.07", "B07.FR.08", "B07.FR.09", "B07.FR.10", "B07.FR.11", "B07.FR.12"),
    *("B08.FR.12",),
)
async def test_base_reports_tell_what_they_are_for(case: Case) -> None:
    reports = {}
    bases = ("ConfigurationInventory", "FullInventory", "SummaryInventory")
    for number, base in enumerate(bases):
        answer = await case.says("GetBaseReport", requestId=number, reportBase=base)
        assert answer == "Accepted"
        reports[base] = await reported(case, number)
    for data in (each for report in reports.values() for each in report):
        traits, (attribute,) = data["variableCharacteristics"], data["variableAttribute"]
        if traits["dataType"] in ("OptionList", "SequenceList", "MemberList"):
            allowed = traits["valuesList"].split(",")
            assert set(filter(None, attribute["value"].split(","))) <= set(allowed)
        power = (data["component"]["name"], data["variable"]["name"]) == ("EVSE", "Power")
        secret = attribute["mutability"] == "WriteOnly"
        assert ("value" in attribute) != secret or power
        assert not power or traits["maxLimit"] > 0

    settable = {"ReadWrite", "WriteOnly"}
    for data in reports["ConfigurationInventory"]:
        assert data["variableAttribute"][0]["mutability"] in settable
    assert {data["variable"]["name"] for data in reports["SummaryInventory"]} == {
        "AvailabilityState"
    }
    assert len(reports["FullInventory"]) > len(reports["ConfigurationInventory"])


@pytest.mark.requirement(
    *("TC_B_16_CS", "TC_B_17_CS", "TC_B_18_CS", "TC_B_54_CS", "TC_B_55_CS", "TC_B_56_CS"),
    *("B08.FR.01", "B08.FR.03", "B08.FR.05", "B08.FR.09", "B08.FR.11", "B08.FR.13", "B08.FR.15"),
)
async def test_reports_with_criteria_tell_no_more_than_asked(case: Case) -> None:
    state = item("EVSE", "AvailabilityState")
    first = {**state, "component": {"name": "EVSE", "evse": {"id": 1}}}
    items = item("DeviceDataCtrlr", "ItemsPerMessage")
    one = {**items, "variable": {"name": "ItemsPerMessage", "instance": "GetReport"}}
    tries: list[tuple[list[str], list[Payload], int]] = [
        ([], [first], 1),
        (["Available"], [first], 1),
        (["Problem"], [first], 0),
        ([], [items], 3),
        ([], [one], 1),
        ([], [state], 2),
    ]
    for number, (criteria, wanted, count) in enumerate(tries):
        asked: Payload = {"requestId": number, "componentVariable": wanted}
        asked |= {"componentCriteria": criteria} if criteria else {}
        said = await case.says("GetReport", **asked)
        assert said == ("Accepted" if count else "EmptyResultSet")
        if count:
            assert len(await reported(case, number)) == count

    answer = await case.says("GetReport", requestId=9, componentCriteria=["Enabled"])
    assert answer == "Accepted"
    enabled = await reported(case, 9)
    switches = [data for data in enabled if data["variable"]["name"] == "Enabled"]
    assert switches
    assert all(data["variableAttribute"][0]["value"] == "true" for data in switches)


@pytest.mark.requirement("B06.FR.16", "B06.FR.17", "B08.FR.17")
async def test_more_than_fits_is_an_error_of_its_kind(case: Case) -> None:
    offline = item("OCPPCommCtrlr", "OfflineThreshold")
    long = item("OCPPCommCtrlr", "x" * 50)
    long["component"]["instance"] = "y" * 50
    for action, name, what, code in (
        ("GetVariables", "getVariableData", [offline] * 101, "OccurrenceConstraintViolation"),
        (
            "SetVariables",
            "setVariableData",
            [{**long, "attributeValue": "z" * 1000}] * 100,
            "FormatViolation",
        ),
    ):
        with pytest.raises(CallFailed) as refused:
            await case.ask(action, **{name: what})
        assert refused.value.code == code


# --- resets: B11, B12 -----------------------------------------------------------------------------


@pytest.mark.requirement(
    *("TC_B_22_CS", "B12.FR.02", "B12.FR.04", "B12.FR.05", "B01.FR.08", "E07.FR.03"),
)
@pytest.mark.parametrize("heard", [True, False])
async def test_immediate_ends_the_transaction_first_and_loses_none(case: Case, heard: bool) -> None:
    await case.charge()
    await case.rig.queue_empty()
    mark = case.mark()
    if not heard:
        case.rig.script.once("TransactionEvent", SILENCE)
    await boots(case)
    await asyncio.sleep(2)
    await case.rig.queue_empty()
    actions = [call.action for call in case.rig.central.calls[mark:]]
    before = actions.index("BootNotification")
    assert ("TransactionEvent" in actions[before:]) != heard
    ended = case.received("TransactionEvent", mark)[-1]
    assert (ended["eventType"], ended["triggerReason"]) == ("Ended", "ResetCommand")
    assert ended["transactionInfo"]["stoppedReason"] == "ImmediateReset"
    assert ended["transactionInfo"]["chargingState"] == "EVConnected"
    assert "idToken" not in ended
    (boot,) = case.received("BootNotification", mark)
    assert boot["reason"] == "RemoteReset"
    assert case.statuses(1, mark)[-1] == "Occupied"
    assert case.statuses(2, mark)[-1] == "Available"


@pytest.mark.requirement("TC_B_21_CS", "TC_B_41_CS", "B12.FR.01", "B12.FR.03", "B11.FR.07")
async def test_on_idle_waits_for_every_transaction(case: Case) -> None:
    await case.charge(1)
    await case.charge(2)
    mark, lives = case.mark(), case.rig.lives
    assert await case.says("Reset", type="OnIdle") == "Scheduled"
    for evse_id in (1, 2):
        assert case.rig.lives == lives
        assert await case.stop(evse_id) == "Accepted"
        await asyncio.sleep(8)
    await case.rig.until(lambda: case.rig.life.station.online, "acceptance")
    await asyncio.sleep(2)
    assert case.rig.lives == lives + 1
    (boot,) = case.received("BootNotification", mark)
    assert boot["reason"] == "ScheduledReset"
    assert [case.statuses(each, mark)[-1] for each in (1, 2)] == ["Occupied", "Occupied"]


@pytest.mark.requirement("TC_B_23_CS", "TC_B_24_CS", "B11.FR.02", "B11.FR.05", "B12.FR.06")
async def test_what_was_unavailable_or_reserved_is_so_after_a_reset(case: Case) -> None:
    place = {"id": 1}
    answer = await case.says("ChangeAvailability", operationalStatus="Inoperative", evse=place)
    assert answer == "Accepted"
    until = "2026-03-01T20:00:00Z"
    token = {"idToken": "ANNA", "type": "ISO14443"}
    answer = await case.says("ReserveNow", id=7, expiryDateTime=until, idToken=token, evseId=2)
    assert answer == "Accepted"
    await asyncio.sleep(2)
    mark = await boots(case, how="Immediate")
    await asyncio.sleep(2)
    assert [case.statuses(each, mark) for each in (1, 2)] == [["Unavailable"], ["Reserved"]]


@pytest.mark.requirement(
    *("TC_B_25_CS", "TC_B_26_CS", "TC_B_27_CS", "B11.FR.08", "B11.FR.10", "B12.FR.07"),
    "B12.FR.08",
)
@pytest.mark.parametrize(
    ("kind", "charges", "said"),
    [
        ("OnIdle", False, "Accepted"),
        ("OnIdle", True, "Scheduled"),
        ("Immediate", True, "Accepted"),
    ],
)
async def test_one_evse_is_reset_and_nothing_else(
    case: Case, kind: str, charges: bool, said: str
) -> None:
    assert await case.get("EVSE_AllowReset", id=1) == "true"
    await case.charge(2)
    if charges:
        await case.charge(1)
    mark, lives = case.mark(), case.rig.lives
    assert await case.says("Reset", type=kind, evseId=1) == said
    if said == "Scheduled":
        await asyncio.sleep(5)
        assert case.rig.evse().charging
        assert await case.stop() == "Accepted"
    await asyncio.sleep(15)
    assert case.rig.lives == lives
    assert case.rig.evse(2).charging
    assert not case.rig.contactor(1)
    ended = [event for event in await case.events(mark) if event["eventType"] == "Ended"]
    assert len(ended) == charges
    if kind == "Immediate":
        info = ended[0]["transactionInfo"]
        assert (ended[0]["triggerReason"], info["stoppedReason"]) == (
            "ResetCommand",
            "ImmediateReset",
        )
    if charges:
        await case.disconnect()
    await case.charge(1)
    assert case.rig.evse().charging


# --- away and back: B04 ---------------------------------------------------------------------------


@pytest.mark.requirement("TC_B_51_CS", "TC_B_52_CS", "B04.FR.01", "B04.FR.02")
@pytest.mark.parametrize(("away_s", "others"), [(20.0, []), (70.0, ["Available"])])
async def test_after_a_long_absence_every_status_is_told_else_what_changed(
    case: Case, away_s: float, others: list[str]
) -> None:
    await case.set(OCPPCommCtrlr_OfflineThreshold="40")
    await case.rig.go_dark()
    mark = case.mark()
    case.rig.plug_in(1)
    await asyncio.sleep(away_s)
    await case.rig.find_line()
    await asyncio.sleep(2)
    assert not case.received("BootNotification", mark)
    assert case.statuses(1, mark) == ["Occupied"]
    assert case.statuses(2, mark) == others
