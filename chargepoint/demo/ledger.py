"""The central system's books: which transactions it knows, and what is missing in them.

A message is booked when its CALLRESULT leaves. One that was answered with an error, or
not at all, was never heard; the station has to say it again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chargepoint.demo.behaviour import Payload

ENERGY = "Energy.Active.Import.Register"


@dataclass(frozen=True, slots=True)
class Reading:
    """The import register as the station told it, at the station's time."""

    at: str
    energy_wh: float


@dataclass(slots=True)
class Transaction:
    """One transaction in the books; *id* is 1.6's integer as text, or 2.0.1's own.

    *seq_nos* are empty in 1.6. *times* are the timestamps of its messages in the order
    in which they came.
    """

    id: str
    evse_id: int | None = None
    token: str = ""
    started: bool = False
    ended: bool = False
    reason: str | None = None
    start_wh: float | None = None
    stop_wh: float | None = None
    readings: list[Reading] = field(default_factory=list)
    seq_nos: list[int] = field(default_factory=list)
    times: list[str] = field(default_factory=list)

    @property
    def energy_wh(self) -> float:
        """Return what was charged, as far as the books know."""
        if self.start_wh is None:
            return 0.0
        last = self.readings[-1].energy_wh if self.readings else self.start_wh
        return (last if self.stop_wh is None else self.stop_wh) - self.start_wh

    @property
    def lost(self) -> int:
        """Return how many messages must be missing: the start, and gaps in seqNo."""
        if not self.seq_nos:
            return int(not self.started)
        gaps = max(self.seq_nos) - min(self.seq_nos) + 1 - len(set(self.seq_nos))
        return gaps + int(not self.started)

    @property
    def in_order(self) -> bool:
        """Return whether its messages came in the order in which they happened."""
        times = [datetime.fromisoformat(time) for time in self.times]
        return self.seq_nos == sorted(self.seq_nos) and times == sorted(times)


class Ledger:
    """The books of one station, over all its connections and both versions."""

    def __init__(self) -> None:
        self.transactions: dict[str, Transaction] = {}
        self.duplicates = 0
        self._seen: set[str] = set()

    @property
    def lost(self) -> int:
        """Return how many transaction messages must be missing."""
        return sum(transaction.lost for transaction in self.transactions.values())

    @property
    def energy_wh(self) -> float:
        """Return what all transactions together charged."""
        return sum(transaction.energy_wh for transaction in self.transactions.values())

    def book(self, action: str, payload: Payload, answer: Payload) -> None:
        """Enter one CALL that was answered with *answer*; others than transactions' pass by."""
        enter = _ENTRIES.get(action)
        if enter is None or (action == "MeterValues" and "transactionId" not in payload):
            return
        key = _identity(action, payload)
        if key in self._seen:
            self.duplicates += 1
            return
        self._seen.add(key)
        enter(self, payload, answer)

    def transaction(self, id: object) -> Transaction:
        """Return the transaction *id*, a new page where the books have none."""
        return self.transactions.setdefault(str(id), Transaction(str(id)))


def _identity(action: str, payload: Payload) -> str:
    if action == "TransactionEvent":
        return f"{_info(payload).get('transactionId')} {payload.get('seqNo')}"
    return f"{action} {json.dumps(payload, sort_keys=True)}"


def _start(ledger: Ledger, payload: Payload, answer: Payload) -> None:
    page = ledger.transaction(answer.get("transactionId"))
    page.started, page.evse_id = True, payload.get("connectorId")
    page.token, page.start_wh = str(payload.get("idTag")), float(payload.get("meterStart", 0))
    page.times.append(str(payload.get("timestamp")))


def _meter_values(ledger: Ledger, payload: Payload, _: Payload) -> None:
    page = ledger.transaction(payload["transactionId"])
    page.readings += _readings(payload.get("meterValue"))
    page.times += [str(value.get("timestamp")) for value in _dicts(payload.get("meterValue"))]


def _stop(ledger: Ledger, payload: Payload, _: Payload) -> None:
    page = ledger.transaction(payload.get("transactionId"))
    page.ended, page.reason = True, payload.get("reason", "Local")
    page.stop_wh = float(payload.get("meterStop", 0))
    page.times.append(str(payload.get("timestamp")))


def _transaction_event(ledger: Ledger, payload: Payload, _: Payload) -> None:
    info, event = _info(payload), payload.get("eventType")
    page = ledger.transaction(info.get("transactionId"))
    page.seq_nos.append(int(payload.get("seqNo", 0)))
    page.times.append(str(payload.get("timestamp")))
    page.started = page.started or event == "Started"
    if isinstance(payload.get("evse"), dict):
        page.evse_id = payload["evse"].get("id")
    if event != "Ended" and isinstance(payload.get("idToken"), dict):
        page.token = str(payload["idToken"].get("idToken"))
    readings = _readings(payload.get("meterValue"))
    if event == "Ended":
        page.ended, page.reason = True, info.get("stoppedReason", "Local")
        page.stop_wh = readings[-1].energy_wh if readings else None
    else:
        page.readings += readings
    if page.start_wh is None and readings:
        page.start_wh = readings[0].energy_wh


_ENTRIES: dict[str, Callable[[Ledger, Payload, Payload], None]] = {
    "MeterValues": _meter_values,
    "StartTransaction": _start,
    "StopTransaction": _stop,
    "TransactionEvent": _transaction_event,
}


TRANSACTION_MESSAGES = frozenset(_ENTRIES)


def _info(payload: Payload) -> Payload:
    info = payload.get("transactionInfo")
    return info if isinstance(info, dict) else {}


def _dicts(items: object) -> Iterator[dict[str, Any]]:
    if isinstance(items, list):
        yield from (item for item in items if isinstance(item, dict))


def _readings(meter_values: object) -> list[Reading]:
    """Return the import register in *meter_values*, in Wh; both versions' shapes."""
    return list(_registers(_dicts(meter_values)))


def _registers(meter_values: Iterable[dict[str, Any]]) -> Iterator[Reading]:
    for meter_value in meter_values:
        for sampled in _dicts(meter_value.get("sampledValue")):
            if sampled.get("measurand", ENERGY) == ENERGY and "phase" not in sampled:
                yield Reading(str(meter_value.get("timestamp")), _watt_hours(sampled))


def _watt_hours(sampled: dict[str, Any]) -> float:
    measure = sampled.get("unitOfMeasure", {})
    kilo = sampled.get("unit", measure.get("unit", "Wh")) == "kWh"
    factor = math.pow(10.0, measure.get("multiplier", 0)) * (1000.0 if kilo else 1.0)
    return float(sampled["value"]) * factor
