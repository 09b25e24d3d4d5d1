"""Which violation is which CALLERROR, and what is forgiven."""

from __future__ import annotations

from importlib.resources import files
from json import loads
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapters import BY_VERSION
from chargepoint.protocol.schemas import CODES, FILES, Kind, problems, validate, warm


def profile_16(limit: float) -> dict[str, Any]:
    return {
        "connectorId": 1,
        "csChargingProfiles": {
            "chargingProfileId": 7,
            "stackLevel": 0,
            "chargingProfilePurpose": "TxDefaultProfile",
            "chargingProfileKind": "Absolute",
            "chargingSchedule": {
                "chargingRateUnit": "A",
                "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}],
            },
        },
    }


def set_variable(**changes: Any) -> dict[str, Any]:
    item = {
        "component": {"name": "OCPPCommCtrlr"},
        "variable": {"name": "HeartbeatInterval"},
        "attributeValue": "300",
    }
    return {"setVariableData": [item | changes]}


@pytest.mark.requirement("J 1.6 4.2.3", "J 2.0.1 4.3", "E3.24", "E3.38", "FR.03")
@pytest.mark.parametrize(
    ("version", "action", "payload", "code"),
    [
        ("1.6", "Reset", {}, ErrorCode.OCCURRENCE_CONSTRAINT),
        ("1.6", "Reset", {"type": 1}, ErrorCode.TYPE_CONSTRAINT),
        ("1.6", "Reset", {"type": "Softly"}, ErrorCode.PROPERTY_CONSTRAINT),
        ("1.6", "Reset", {"type": "Soft", "x": 1}, ErrorCode.FORMAT_VIOLATION),
        ("1.6", "Reset", {"typ": "Soft"}, ErrorCode.OCCURRENCE_CONSTRAINT),
        (
            "1.6",
            "RemoteStartTransaction",
            {"idTag": "x" * 21},
            ErrorCode.PROPERTY_CONSTRAINT,
        ),
        (
            "1.6",
            "ChangeConfiguration",
            {"key": "k", "value": True},
            ErrorCode.TYPE_CONSTRAINT,
        ),
        (
            "1.6",
            "ChangeAvailability",
            {"connectorId": 2**63, "type": "Operative"},
            ErrorCode.TYPE_CONSTRAINT,
        ),
        (
            "1.6",
            "ChangeAvailability",
            {"connectorId": True, "type": "Operative"},
            ErrorCode.TYPE_CONSTRAINT,
        ),
        (
            "1.6",
            "GetDiagnostics",
            {"location": "ftp://x/", "startTime": "tomorrow"},
            ErrorCode.PROPERTY_CONSTRAINT,
        ),
        ("2.0.1", "SetVariables", {"setVariableData": []}, ErrorCode.OCCURRENCE_CONSTRAINT),
        ("2.0.1", "SetVariables", set_variable(extra=1), ErrorCode.FORMAT_VIOLATION),
        (
            "2.0.1",
            "SetVariables",
            set_variable(attributeType="Wish"),
            ErrorCode.PROPERTY_CONSTRAINT,
        ),
        (
            "2.0.1",
            "SetVariables",
            set_variable(attributeValue="x" * 1001),
            ErrorCode.PROPERTY_CONSTRAINT,
        ),
        ("2.0.1", "TriggerMessage", {"requestedMessage": "X"}, ErrorCode.PROPERTY_CONSTRAINT),
    ],
)
def test_each_violation_has_its_code(version: str, action: str, payload: Any, code: ErrorCode):
    with pytest.raises(WireError) as refused:
        validate(version, action, payload)

    assert refused.value.code is code


@pytest.mark.parametrize("limit", [21.4, 0.3, 11.04, 16, 0, 1e308])
def test_a_limit_of_any_precision_is_taken(limit: float):
    validate("1.6", "SetChargingProfile", profile_16(limit))


@pytest.mark.parametrize(("limit", "count"), [(21.4, 0), (0.3, 0), (16, 0), (11.04, 1)])
def test_a_limit_that_we_send_has_one_decimal(limit: float, count: int):
    assert len(problems("1.6", "SetChargingProfile", profile_16(limit), "request")) == count


@given(st.integers(0, 10**6))
def test_every_tenth_is_a_multiple_of_a_tenth(tenths: int):
    assert problems("1.6", "SetChargingProfile", profile_16(tenths / 10), "request") == []


@pytest.mark.requirement("1.6 5.17")
@pytest.mark.parametrize("action", ["TriggerMessage", "ExtendedTriggerMessage"])
def test_an_unknown_message_to_trigger_is_for_the_answer_to_say(action: str):
    validate("1.6", action, {"requestedMessage": "Poem"})

    with pytest.raises(WireError):
        validate("1.6", action, {"requestedMessage": 5})


@pytest.mark.requirement("J 2.0.1 9")
def test_custom_data_is_welcome_everywhere():
    custom = {"customData": {"vendorId": "com.example", "whatever": [1, {"a": None}]}}
    payload = set_variable(**custom) | custom
    payload["setVariableData"][0]["component"] |= custom

    validate("2.0.1", "SetVariables", payload)


def test_an_answer_may_say_more_than_the_schema():
    validate(
        "1.6",
        "BootNotification",
        {
            "status": "Accepted",
            "currentTime": "2026-03-01T07:00:00.000Z",
            "interval": 300,
            "server": "x",
        },
        Kind.RESPONSE,
    )


def test_an_answer_without_what_counts_is_none():
    with pytest.raises(WireError):
        validate("1.6", "BootNotification", {"status": "Accepted"}, Kind.RESPONSE)


def test_a_description_names_the_field_and_never_the_value():
    payload = profile_16(16)
    payload["csChargingProfiles"]["chargingSchedule"]["chargingRateUnit"] = "hunter2"

    with pytest.raises(WireError) as refused:
        validate("1.6", "SetChargingProfile", payload)

    assert refused.value.description == (
        "csChargingProfiles.chargingSchedule.chargingRateUnit: not one of the words allowed here"
    )


def test_problems_lists_them_all():
    found = problems("2.0.1", "SetVariables", {"setVariableData": [], "x": 1}, "request")

    assert found == ["payload: unknown field x", "setVariableData: breaks minItems 1"]


def test_every_keyword_of_every_schema_has_a_code():
    judged = set(CODES) | {"$ref", "properties", "items", "definitions"}
    silent = {"$schema", "$id", "id", "title", "description", "comment", "javaType", "default"}
    silent |= {"additionalItems"}  # only beside one schema for all items, where it means nothing

    def keywords(schema: Any) -> set[str]:
        if not schema or not isinstance(schema, dict):
            return set()
        inner = [schema.get("items"), *schema.get("properties", {}).values()]
        inner += schema.get("definitions", {}).values()
        return set(schema).union(*map(keywords, inner))

    for folder, _ in FILES.values():
        for path in files("ocpp").joinpath(folder, "schemas").iterdir():
            if path.name.endswith(".json"):
                assert keywords(loads(path.read_text("utf-8-sig"))) <= judged | silent, path.name


@pytest.mark.parametrize("version", BY_VERSION)
def test_every_action_of_a_version_has_its_schemas(version: str):
    for kind in Kind:
        warm(version, BY_VERSION[version].known, kind)
