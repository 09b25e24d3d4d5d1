"""No secret and no driver in a log."""

from __future__ import annotations

import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.protocol.redact import Redacted, RedactingFilter, redact_frame, redact_text

SECRET = "hunter2-hunter2-hunter2"
KEY = f"-----BEGIN EC PRIVATE KEY-----\n{SECRET}\n-----END EC PRIVATE KEY-----"
FRAMES = {
    "idTag": [2, "1", "Authorize", {"idTag": SECRET}],
    "parentIdTag": [3, "1", {"idTagInfo": {"status": "Accepted", "parentIdTag": SECRET}}],
    "local list": [
        2,
        "1",
        "SendLocalList",
        {"listVersion": 1, "localAuthorizationList": [{"idTag": SECRET}]},
    ],
    "idToken": [2, "1", "Authorize", {"idToken": {"idToken": SECRET, "type": "ISO14443"}}],
    "groupIdToken": [3, "1", {"idTokenInfo": {"groupIdToken": {"idToken": SECRET}}}],
    "key": [2, "1", "ChangeConfiguration", {"key": "authorizationKEY", "value": SECRET}],
    "value before key": [
        2,
        "1",
        "ChangeConfiguration",
        {"value": SECRET, "key": "AuthorizationKey"},
    ],
    "key read": [3, "1", {"configurationKey": [{"key": "AuthorizationKey", "value": SECRET}]}],
    "variable": [
        2,
        "1",
        "SetVariables",
        {
            "setVariableData": [
                {
                    "attributeValue": SECRET,
                    "component": {"name": "SecurityCtrlr"},
                    "variable": {"name": "BasicAuthPassword"},
                }
            ]
        },
    ],
    "network profile": [
        2,
        "1",
        "SetNetworkProfile",
        {
            "connectionData": {
                "apn": {"apnPassword": SECRET},
                "vpn": {"server": "v", "key": SECRET, "password": SECRET},
            }
        },
    ],
    "upload": [2, "1", "GetDiagnostics", {"location": f"ftp://station:{SECRET}@files.example/x"}],
    "private key": [2, "1", "DataTransfer", {"vendorId": "v", "data": KEY}],
}


@pytest.mark.requirement("A01.FR.12")
@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_shows_its_shape_and_no_secret(name: str):
    shown = redact_frame(json.dumps(FRAMES[name]))

    assert "hunter2" not in shown
    assert "***" in shown
    assert shown.startswith(json.dumps(FRAMES[name][:2], separators=(",", ":"))[:-1])


@pytest.mark.parametrize("name", FRAMES)
def test_half_a_frame_shows_none_either(name: str):
    broken = json.dumps(FRAMES[name])[:-1]

    assert "hunter2" not in redact_frame(broken)


def test_the_rest_stays_readable():
    frame = '[2,"1","ChangeConfiguration",{"key":"HeartbeatInterval","value":"300"}]'

    assert redact_frame(frame) == frame


def test_a_long_frame_is_cut_and_says_how_long_it_was():
    shown = redact_frame(json.dumps([2, "1", "DataTransfer", {"n": list(range(10_000))}]))

    assert len(shown) < 2100
    assert shown.endswith(" characters)")


@pytest.mark.parametrize("frame", ["", "not JSON", "[" * 100_000, b"\x00\x01"])
def test_anything_can_be_shown(frame: str | bytes):
    assert len(str(Redacted(frame))) < 2100


@given(st.text())
def test_any_text_can_be_shown(text: str):
    redact_frame(text)
    redact_text(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("dialling wss://cp:hunter2@h/x", "dialling wss://cp:***@h/x"),
        ("> Authorization: Basic aHVudGVyMg==", "> Authorization: Basic ***"),
        ("dialling wss://h:9000/a:b@c", "dialling wss://h:9000/a:b@c"),
    ],
)
def test_a_sentence_shows_no_password(text: str, shown: str):
    assert redact_text(text) == shown


def test_a_handler_with_the_filter_masks_what_any_library_logs():
    record = logging.LogRecord(
        "websockets", logging.DEBUG, __file__, 1, "> TEXT '%s'", ('{"idTag":"hunter2"}',), None
    )

    assert RedactingFilter().filter(record)
    assert record.getMessage() == """> TEXT '{"idTag":"***"}'"""


def test_a_frame_is_only_read_when_a_log_wants_it():
    assert str(Redacted('[2,"1","Authorize",{"idTag":"hunter2"}]')) == (
        '[2,"1","Authorize",{"idTag":"***"}]'
    )
