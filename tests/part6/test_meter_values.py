"""TC_J: what is measured, when, and with which words around it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest
from part6.case import Case, Payload, contexts

pytestmark = pytest.mark.sim

REGISTER = "Energy.Active.Import.Register"
LISTED = f"{REGISTER},Current.Import,Power.Active.Import,Voltage"
MEASURANDS = set(LISTED.split(","))


def at(value: Payload) -> float:
    """Return the second of the day at which it was taken."""
    told = datetime.fromisoformat(value["timestamp"])
    return told.hour * 3600 + told.minute * 60 + told.second + told.microsecond / 1e6


def measurands(value: Payload) -> set[str]:
    return {sampled["measurand"] for sampled in value["sampledValue"]}


def steps_s(values: list[Payload]) -> set[int]:
    """Return how many seconds, to the nearest, lie between one and the next."""
    return {round(after - before) for before, after in pairwise(map(at, values))}


@pytest.mark.requirement(
    *("TC_J_01_CS", "J01.FR.01", "J01.FR.02", "J01.FR.03", "J01.FR.05", "J01.FR.06"),
    *("J01.FR.07", "J01.FR.08", "J01.FR.09", "J01.FR.10", "J01.FR.11", "J01.FR.14"),
    *("J01.FR.17",),
)
async def test_without_a_transaction_every_place_is_told_on_the_grid(case: Case) -> None:
    await case.set(AlignedDataCtrlr_Measurands=LISTED, AlignedDataCtrlr_Interval="30")
    await asyncio.sleep(100)
    told = case.received("MeterValues")
    for evse_id in (0, 1, 2):
        values = [v for each in told if each["evseId"] == evse_id for v in each["meterValue"]]
        assert len(values) == 3
        assert {at(value) % 30 for value in values} == {0.0}
        assert steps_s(values) == {30}
        for value in values:
            listed = MEASURANDS if evse_id else MEASURANDS - {"Voltage"} | measurands(value)
            assert measurands(value) == listed
            assert {each["context"] for each in value["sampledValue"]} == {"Sample.Clock"}
            where = {each["location"] for each in value["sampledValue"]}
            assert where == {"Outlet" if evse_id else "Inlet"}
            phases = [
                each["phase"]
                for each in value["sampledValue"]
                if each["measurand"] == "Current.Import"
            ]
            assert phases == ["L1", "L2", "L3"]


@pytest.mark.requirement("TC_J_02_CS", "J01.FR.22", "J02.FR.22", "J01.FR.04")
async def test_in_a_transaction_the_values_of_its_evse_are_its_own(case: Case) -> None:
    await case.set(AlignedDataCtrlr_Measurands=LISTED, AlignedDataCtrlr_Interval="30")
    await case.charge()
    mark = case.mark()
    await asyncio.sleep(100)
    told = case.received("MeterValues", mark)
    assert {each["evseId"] for each in told} == {0, 2}
    clock = [
        event for event in await case.events(mark) if event["triggerReason"] == "MeterValueClock"
    ]
    assert len(clock) == 3
    for event in clock:
        (value,) = event["meterValue"]
        assert contexts(event) == ["Sample.Clock"]
        assert measurands(value) == MEASURANDS
    assert steps_s([event["meterValue"][0] for event in clock]) == {30}
    register = registers(clock)
    assert register == sorted(register)
    assert register[-1] <= case.rig.evse().energy_wh


@pytest.mark.requirement("TC_J_06_CS", "J01.FR.19", "J01.FR.20")
async def test_values_of_the_idle_station_pause_for_a_transaction(case: Case) -> None:
    await case.set(AlignedDataCtrlr_Interval="30", AlignedDataCtrlr_SendDuringIdle="true")
    await asyncio.sleep(40)
    assert case.received("MeterValues")
    await case.charge()
    mark = case.mark()
    await asyncio.sleep(70)
    triggers = [event["triggerReason"] for event in await case.events(mark)]
    assert "MeterValueClock" not in triggers
    assert case.received("MeterValues", mark) == []
    await case.stop_by("card")
    await case.disconnect()
    mark = case.mark()
    await asyncio.sleep(40)
    assert {each["evseId"] for each in case.received("MeterValues", mark)} == {0, 1, 2}


@pytest.mark.requirement(
    *("TC_J_09_CS", "J02.FR.01", "J02.FR.02", "J02.FR.03", "J02.FR.04", "J02.FR.05"),
    *("J02.FR.06", "J02.FR.07", "J02.FR.10", "J02.FR.11", "J02.FR.16", "J02.FR.17"),
    *("J02.FR.18",),
)
async def test_sampled_values_come_at_their_interval(case: Case) -> None:
    await case.set(
        SampledDataCtrlr_TxUpdatedMeasurands=LISTED, SampledDataCtrlr_TxUpdatedInterval="15"
    )
    case.rig.sim.set_evse(1, {"energy_wh": 5000.0})  # what was charged before is not taken off
    await case.charge()
    mark = case.mark()
    await asyncio.sleep(65)
    sampled = [
        event for event in await case.events(mark) if event["triggerReason"] == "MeterValuePeriodic"
    ]
    assert len(sampled) == 4
    for event in sampled:
        (value,) = event["meterValue"]
        assert contexts(event) == ["Sample.Periodic"]
        assert value["timestamp"] == event["timestamp"]
        assert measurands(value) == MEASURANDS
    assert steps_s([event["meterValue"][0] for event in sampled]) == {15}
    register = registers(sampled)
    assert register == sorted(register)
    assert register[0] > 5000.0


def registers(events: list[Payload]) -> list[float]:
    return [
        sampled["value"]
        for event in events
        for value in event["meterValue"]
        for sampled in value["sampledValue"]
        if sampled["measurand"] == REGISTER
    ]


ENDED: dict[str, tuple[dict[str, str], str, list[str]]] = {
    "sampled": (
        {"SampledDataCtrlr_TxEndedMeasurands": LISTED, "SampledDataCtrlr_TxEndedInterval": "20"},
        "Sample.Periodic",
        ["Transaction.Begin", "Transaction.End"],
    ),
    "aligned": (
        {
            "SampledDataCtrlr_TxEndedMeasurands": "",
            "AlignedDataCtrlr_TxEndedMeasurands": LISTED,
            "AlignedDataCtrlr_TxEndedInterval": "20",
        },
        "Sample.Clock",
        [],
    ),
}


@pytest.mark.requirement("TC_J_03_CS", "TC_J_10_CS", "E06.FR.11", "E07.FR.08")
@pytest.mark.parametrize("stream", ENDED)
async def test_the_end_carries_all_that_was_asked_for(case: Case, stream: str) -> None:
    variables, context, frame = ENDED[stream]
    await case.set(**variables)
    await case.charge()
    mark = case.mark()
    await asyncio.sleep(90)
    await case.stop_by("card")
    (last,) = [event for event in await case.events(mark) if event["eventType"] == "Ended"]
    told = contexts(last)
    between = [value for value in last["meterValue"] if _context(value) == context]
    assert [each for each in told if each != context] == frame
    assert len(between) >= 4
    assert steps_s(between) == {20}
    assert all(measurands(value) == MEASURANDS for value in last["meterValue"])


def _context(value: Payload) -> Any:
    return value["sampledValue"][0]["context"]


@pytest.mark.requirement("TC_J_07_CS", "J02.FR.10")
async def test_each_purpose_has_a_list_of_its_own(case: Case) -> None:
    await case.set(
        SampledDataCtrlr_TxStartedMeasurands="Voltage",
        SampledDataCtrlr_TxUpdatedMeasurands="Current.Import",
        SampledDataCtrlr_TxUpdatedInterval="10",
        SampledDataCtrlr_TxEndedMeasurands=REGISTER,
    )
    await case.charge()
    await asyncio.sleep(15)
    await case.stop_by("card")
    events = await case.events()
    told = {
        (event["eventType"], name)
        for event in events
        for value in event.get("meterValue", ())
        for name in measurands(value)
    }
    assert told == {("Started", "Voltage"), ("Updated", "Current.Import"), ("Ended", REGISTER)}


@pytest.mark.requirement("SampledDataCtrlr.SignReadings")
async def test_no_value_is_signed_and_nobody_is_told_otherwise(case: Case) -> None:
    await case.charge()
    assert await case.get("SampledDataCtrlr_SignReadings") is None
    assert await case.get("AlignedDataCtrlr_SignReadings") is None
    values = [value for event in await case.events() for value in event.get("meterValue", ())]
    assert not any("signedMeterValue" in each for v in values for each in v["sampledValue"])
