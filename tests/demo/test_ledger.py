"""The central system's books."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.demo.behaviour import DROP, SILENCE, TWICE, CallError
from chargepoint.demo.central import Central
from chargepoint.demo.ledger import Ledger

Dial = Callable[..., AbstractAsyncContextManager[Any]]

T0, T1, T2 = "2026-03-01T08:00:00Z", "2026-03-01T08:00:00.500Z", "2026-03-01T08:10:00Z"
START = {"connectorId": 1, "idTag": "A", "meterStart": 100, "timestamp": T0}


def meter_values(transaction_id: int, at: str, value: str, **words: str) -> dict[str, Any]:
    sampled = [{"value": value, **words}]
    meter_value = [{"timestamp": at, "sampledValue": sampled}]
    return {"connectorId": 1, "transactionId": transaction_id, "meterValue": meter_value}


def stop(transaction_id: int, meter_wh: int) -> dict[str, Any]:
    return {"transactionId": transaction_id, "meterStop": meter_wh, "timestamp": T2}


def event(kind: str, seq_no: int, energy_wh: float | None = None, **more: Any) -> dict[str, Any]:
    payload: dict[str, Any] = {
        "eventType": kind,
        "seqNo": seq_no,
        "timestamp": T0,
        "transactionInfo": {"transactionId": "T1"},
        **more,
    }
    if energy_wh is not None:
        sampled = [{"value": energy_wh, "unitOfMeasure": {"unit": "Wh"}}]
        payload["meterValue"] = [{"timestamp": T0, "sampledValue": sampled}]
    return payload


async def test_a_transaction_of_1_6_is_booked_from_start_to_stop(
    central: Central, dial: Dial
) -> None:
    async with dial(central, "1.6") as client:
        id = (await client.ask("StartTransaction", START))["transactionId"]
        await client.ask("MeterValues", meter_values(id, T1, "0.4", unit="kWh"))
        await client.ask("MeterValues", meter_values(id, T2, "16", measurand="Current.Import"))
        books = (await central.station("CP001")).ledger
        assert books.energy_wh == pytest.approx(300)
        await client.ask("StopTransaction", stop(id, 600))
    page = books.transactions[str(id)]
    assert (page.evse_id, page.token, page.reason, page.energy_wh) == (1, "A", "Local", 500)
    assert (page.started, page.ended, page.in_order) == (True, True, True)
    assert (books.lost, books.duplicates) == (0, 0)


async def test_a_start_told_again_keeps_its_id_and_counts_as_a_duplicate(
    central: Central, dial: Dial
) -> None:
    async with dial(central, "1.6") as client:
        first = await client.ask("StartTransaction", START)
        again = await client.ask("StartTransaction", START)
        other = await client.ask("StartTransaction", START | {"timestamp": T2})
    assert first == again
    assert other["transactionId"] == first["transactionId"] + 1
    assert central.peers["CP001"].ledger.duplicates == 1


@pytest.mark.parametrize("unheard", [CallError(), SILENCE, DROP])
async def test_what_was_not_answered_was_never_heard(
    central: Central, dial: Dial, unheard: Any
) -> None:
    central.script.once("StartTransaction", unheard)
    async with dial(central, "1.6") as client:
        await client.tell("StartTransaction", START)
        await (await central.station("CP001")).wait_for("StartTransaction")
    assert central.peers["CP001"].ledger.transactions == {}


async def test_an_answer_given_twice_is_booked_once(central: Central, dial: Dial) -> None:
    central.script.once("StartTransaction", TWICE)
    async with dial(central, "1.6") as client:
        await client.ask("StartTransaction", START)
        await client.hear()
    assert central.peers["CP001"].ledger.duplicates == 0


def test_a_stop_without_a_start_is_a_lost_message() -> None:
    books = Ledger()
    books.book("StopTransaction", stop(7, 600), {})
    assert books.lost == 1


def test_meter_values_outside_transactions_are_not_the_books_business() -> None:
    books = Ledger()
    books.book("MeterValues", {"connectorId": 0, "meterValue": []}, {})
    books.book("Heartbeat", {}, {})
    assert books.transactions == {}


def test_a_transaction_of_2_0_1_is_booked_from_its_events() -> None:
    books = Ledger()
    token = {"idToken": {"idToken": "A", "type": "Central"}}
    books.book("TransactionEvent", event("Started", 0, 100.0), {})
    books.book("TransactionEvent", event("Updated", 1, 250.0, evse={"id": 2}, **token), {})
    ended = event("Ended", 2, 400.0, idToken={"idToken": "B", "type": "Central"})
    ended["transactionInfo"]["stoppedReason"] = "Remote"
    books.book("TransactionEvent", ended, {})
    page = books.transactions["T1"]
    assert (page.evse_id, page.token, page.reason, page.energy_wh) == (2, "A", "Remote", 300.0)
    assert [reading.energy_wh for reading in page.readings] == [100.0, 250.0]
    assert (books.lost, books.duplicates, page.in_order) == (0, 0, True)


def test_an_order_that_is_not_the_one_of_events_is_seen() -> None:
    books = Ledger()
    for seq_no in (0, 2, 1):
        books.book("TransactionEvent", event("Updated" if seq_no else "Started", seq_no), {})
    assert books.lost == 0
    assert not books.transactions["T1"].in_order


@given(st.integers(1, 30), st.sets(st.integers(0, 28)), st.integers(0, 5))
def test_gaps_and_repetitions_in_seq_no_are_counted(
    length: int, missing: set[int], repeats: int
) -> None:
    kept = [n for n in range(length) if n not in missing or n == length - 1]
    books = Ledger()
    for seq_no in kept + kept[:repeats]:
        books.book("TransactionEvent", event("Updated" if seq_no else "Started", seq_no), {})
    assert books.lost == length - len(kept) - min(kept) + (0 if 0 in kept else 1)
    assert books.duplicates == len(kept[:repeats])


def test_a_register_in_other_units_is_read_in_watt_hours() -> None:
    books = Ledger()
    started = event("Started", 0)
    started["meterValue"] = [
        {
            "timestamp": T0,
            "sampledValue": [
                {"value": 1.5, "unitOfMeasure": {"unit": "kWh"}},
                {"value": 20, "unitOfMeasure": {"multiplier": 2}},
                {"value": 9, "phase": "L1"},
                {"value": 9, "measurand": "Voltage"},
            ],
        }
    ]
    books.book("TransactionEvent", started, {})
    readings = books.transactions["T1"].readings
    assert [reading.energy_wh for reading in readings] == [1500.0, 2000.0]


def test_energy_is_counted_from_a_known_start_only() -> None:
    books = Ledger()
    books.book("MeterValues", meter_values(7, T1, "400"), {})
    assert books.energy_wh == 0
