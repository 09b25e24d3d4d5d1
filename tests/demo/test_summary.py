from __future__ import annotations

from dataclasses import replace

import pytest

from chargepoint.demo.answers import Desk
from chargepoint.demo.behaviour import Script
from chargepoint.demo.peer import Peer
from chargepoint.demo.record import Received
from chargepoint.demo.summary import TOLERANCE_WH, Summary, summary

FINE = Summary(
    booked_wh=42.0,
    metered_wh=43.0,
    transactions=1,
    running=0,
    messages=19,
    about_transactions=11,
    lost=0,
    duplicates=0,
    in_order=True,
    errors=(),
)


def test_a_summary_names_energy_messages_and_what_is_missing() -> None:
    assert list(FINE.lines()) == [
        "energy      0.042 kWh booked, 0.043 kWh metered",
        "messages    19 sent, 11 about transactions",
        "booked      1 transaction(s)",
        "lost 0, duplicates 0, in order",
    ]
    assert FINE.flawless


@pytest.mark.parametrize(
    "flaw",
    [
        {"lost": 1},
        {"duplicates": 1},
        {"in_order": False},
        {"errors": ("a field is null",)},
        {"metered_wh": 42.1 + TOLERANCE_WH},
    ],
)
def test_every_flaw_counts(flaw: dict[str, object]) -> None:
    assert not replace(FINE, **flaw).flawless


def test_energy_is_compared_when_all_transactions_have_ended() -> None:
    assert replace(FINE, running=1, metered_wh=80.0).flawless


def test_the_books_are_summed_up() -> None:
    peer = Peer("CP001", Desk(), Script(), 30.0)
    start = {"connectorId": 1, "idTag": "T", "meterStart": 2, "timestamp": "2026-06-01T12:00:00Z"}
    peer.calls.append(Received(0.0, "Heartbeat", {}, "1", 1))
    peer.calls.append(Received(0.0, "StartTransaction", start, "2", 1))
    peer.ledger.book("StartTransaction", start, {"transactionId": 5})

    found = summary(peer, 2.0)

    assert (found.messages, found.about_transactions) == (2, 1)
    assert (found.transactions, found.running, found.lost) == (1, 1, 0)
