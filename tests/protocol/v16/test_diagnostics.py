"""Logs: what the central system asks, and the answers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from chargepoint.core.messages import GetLog, LogKind, LogReply, Outcome, Reply
from chargepoint.errors import ErrorCode, WireError

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ONE = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
THERE = "ftp://host/logs"

ASKED = [
    ("GetDiagnostics", {"location": THERE}, GetLog(LogKind.DIAGNOSTICS, THERE)),
    (
        "GetDiagnostics",
        {
            "location": THERE,
            "startTime": "2026-03-01T12:00:00Z",
            "stopTime": "2026-03-01T14:00:00+01:00",
            "retries": 3,
            "retryInterval": 10,
        },
        GetLog(LogKind.DIAGNOSTICS, THERE, None, NOON, ONE, 3, 10),
    ),
    (
        "GetLog",
        {"logType": "SecurityLog", "requestId": 7, "log": {"remoteLocation": THERE}},
        GetLog(LogKind.SECURITY, THERE, 7),
    ),
    (
        "GetLog",
        {
            "logType": "DiagnosticsLog",
            "requestId": 7,
            "retries": 3,
            "retryInterval": 10,
            "log": {
                "remoteLocation": THERE,
                "oldestTimestamp": "2026-03-01T12:00:00Z",
                "latestTimestamp": "2026-03-01T13:00:00Z",
            },
        },
        GetLog(LogKind.DIAGNOSTICS, THERE, 7, NOON, ONE, 3, 10),
    ),
]
ANSWERED = [
    ("GetDiagnostics", LogReply(Outcome.ACCEPTED, filename="d.gz"), {"fileName": "d.gz"}),
    ("GetDiagnostics", LogReply(Outcome.ACCEPTED_CANCELED, filename="d.gz"), {"fileName": "d.gz"}),
    ("GetDiagnostics", LogReply(Outcome.REJECTED), {}),
    ("GetLog", LogReply(Outcome.REJECTED, "NotFound", "none"), {"status": "Rejected"}),
    (
        "GetLog",
        LogReply(Outcome.ACCEPTED, filename="d.gz"),
        {"status": "Accepted", "filename": "d.gz"},
    ),
    (
        "GetLog",
        LogReply(Outcome.ACCEPTED_CANCELED, filename="d" * 300),
        {"status": "AcceptedCanceled", "filename": "d" * 255},
    ),
]
PLAIN = {action: payload for action, payload, _ in ASKED}


@pytest.mark.requirement("1.6 5.9", "1.6 security N01")
@pytest.mark.parametrize(("action", "payload", "command"), ASKED)
def test_a_call_becomes_a_command(adapter, station, conforms, action, payload, command):
    conforms(action, payload)
    asked = station(LogReply(Outcome.ACCEPTED, filename="x"))
    adapter.answer(action, payload, asked.handle)
    assert asked.commands == [command]


@pytest.mark.requirement("1.6 5.9", "1.6 security N01")
@pytest.mark.parametrize(("action", "reply", "result"), ANSWERED)
def test_a_reply_becomes_a_result(adapter, station, conforms, action, reply, result):
    answer = adapter.answer(action, PLAIN[action], station(reply).handle)
    assert answer == result
    conforms(f"{action}Response", answer)


def test_without_firmware_management_there_are_no_diagnostics(adapter, station):
    refused = station(Reply(Outcome.UNSUPPORTED, info="off"))
    with pytest.raises(WireError) as caught:
        adapter.answer("GetDiagnostics", PLAIN["GetDiagnostics"], refused.handle)
    assert caught.value.code is ErrorCode.NOT_SUPPORTED


def test_a_log_of_another_kind_is_refused_even_where_no_schema_looked(adapter, station):
    strange = PLAIN["GetLog"] | {"logType": "CourtLog"}
    with pytest.raises(WireError):
        adapter.answer("GetLog", strange, station(LogReply(Outcome.ACCEPTED)).handle)
