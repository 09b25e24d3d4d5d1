"""Variables and reports on the wire: B05, B06, B07."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chargepoint.core.config import EvseConfig, StationConfig, StationIdentity
from chargepoint.core.messages import (
    ACCEPTED,
    GetVariable,
    Later,
    Outcome,
    Reply,
    ReportedVariable,
    ReportPart,
    ReportTold,
    SetVariable,
    ValueReply,
    Weigh,
)
from chargepoint.core.reports import BASES, inventory, parts
from chargepoint.core.variables import Variables
from chargepoint.core.words import VariableRef
from chargepoint.errors import ErrorCode, WireError

EIGHT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)

HEARTBEAT = {
    "component": {"name": "OCPPCommCtrlr"},
    "variable": {"name": "HeartbeatInterval"},
}
POWER = {
    "component": {"name": "EVSE", "instance": "left", "evse": {"id": 1, "connectorId": 2}},
    "variable": {"name": "Power", "instance": "L1"},
}


@pytest.mark.requirement("B05.FR.01", "B05.FR.02", "B05.FR.03", "B05.FR.12")
def test_each_variable_is_set_by_itself_and_answered_in_its_own_words(adapter, station, conforms):
    request = {
        "setVariableData": [
            HEARTBEAT | {"attributeValue": "60"},
            POWER | {"attributeValue": "1", "attributeType": "MaxSet"},
            *(HEARTBEAT | {"attributeValue": str(number)} for number in range(4)),
        ]
    }
    fake = station(
        ACCEPTED,
        Reply(Outcome.UNSUPPORTED, "UnsupportedParam"),
        Reply(Outcome.REJECTED, "ValueTooLow", "at least 1"),
        Reply(Outcome.UNKNOWN_COMPONENT),
        Reply(Outcome.UNKNOWN),
        Reply(Outcome.REBOOT_REQUIRED),
    )

    answer = adapter.answer("SetVariables", request, fake.handle)

    conforms("SetVariablesRequest", request)
    conforms("SetVariablesResponse", answer)
    assert fake.commands[:2] == [
        SetVariable(VariableRef("OCPPCommCtrlr", "HeartbeatInterval"), "60"),
        SetVariable(VariableRef("EVSE", "Power", "left", "L1", 1, 2), "1", "MaxSet"),
    ]
    accepted = {"attributeType": "Actual", "attributeStatus": "Accepted"}
    results = answer["setVariableResult"]
    assert results[0] == HEARTBEAT | accepted
    assert results[1] == POWER | {
        "attributeType": "MaxSet",
        "attributeStatus": "NotSupportedAttributeType",
        "attributeStatusInfo": {"reasonCode": "UnsupportedParam"},
    }
    assert results[2]["attributeStatusInfo"] == {
        "reasonCode": "ValueTooLow",
        "additionalInfo": "at least 1",
    }
    assert [result["attributeStatus"] for result in results[2:]] == [
        "Rejected",
        "UnknownComponent",
        "UnknownVariable",
        "RebootRequired",
    ]


@pytest.mark.requirement("B06.FR.01", "B06.FR.03", "B06.FR.06", "B06.FR.10", "B06.FR.11")
@pytest.mark.requirement("B06.FR.13")
def test_each_variable_is_got_by_itself_and_only_good_answers_have_a_value(
    adapter, station, conforms
):
    request = {
        "getVariableData": [HEARTBEAT, POWER | {"attributeType": "Target"}, HEARTBEAT, HEARTBEAT]
    }
    fake = station(
        ValueReply(Outcome.ACCEPTED, value="300"),
        ValueReply(Outcome.ACCEPTED),
        ValueReply(Outcome.UNKNOWN_COMPONENT),
        ValueReply(Outcome.REJECTED, "WriteOnly", value="secret"),
    )

    answer = adapter.answer("GetVariables", request, fake.handle)

    conforms("GetVariablesRequest", request)
    conforms("GetVariablesResponse", answer)
    assert fake.commands[:2] == [
        GetVariable(VariableRef("OCPPCommCtrlr", "HeartbeatInterval")),
        GetVariable(VariableRef("EVSE", "Power", "left", "L1", 1, 2), "Target"),
    ]
    results = answer["getVariableResult"]
    assert results[0] == HEARTBEAT | {
        "attributeType": "Actual",
        "attributeStatus": "Accepted",
        "attributeValue": "300",
    }
    assert results[1]["attributeType"] == "Target"
    assert [result.get("attributeValue") for result in results] == ["300", "", None, None]
    assert [result["attributeStatus"] for result in results[2:]] == ["UnknownComponent", "Rejected"]


@pytest.mark.requirement("B06.FR.16", "B06.FR.17", "B08.FR.17", "B08.FR.18")
@pytest.mark.parametrize(
    ("action", "request_"),
    [
        ("GetVariables", {"getVariableData": [HEARTBEAT] * 3}),
        ("SetVariables", {"setVariableData": [HEARTBEAT | {"attributeValue": "60"}] * 3}),
        ("GetReport", {"requestId": 1, "componentVariable": [HEARTBEAT] * 3}),
    ],
)
@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("TooManyElements", ErrorCode.OCCURRENCE_CONSTRAINT),
        ("TooLargeElement", ErrorCode.FORMAT_VIOLATION),
    ],
)
def test_too_much_at_once_is_an_error_and_nothing_is_done(
    adapter, station, action, request_, reason, code
):
    fake = station(ACCEPTED)
    fake.weight = Reply(Outcome.REJECTED, reason, "too much")

    with pytest.raises(WireError) as refused:
        adapter.answer(action, request_, fake.handle)

    assert refused.value.code is code
    assert fake.commands == []
    (weighed,) = fake.weighed
    size_bytes = len(json.dumps(request_, separators=(",", ":")))
    assert weighed == Weigh(action, 3, size_bytes)


def test_variables_never_answer_later(adapter, station):
    with pytest.raises(WireError):
        adapter.answer("GetVariables", {"getVariableData": [HEARTBEAT]}, station(Later(1)).handle)


@pytest.mark.requirement("B07.FR.04", "B07.FR.10", "TC_B_53_CS")
@pytest.mark.parametrize("base", BASES)
def test_every_report_of_a_real_station_conforms(adapter, conforms, base):
    config = StationConfig(evses=(EvseConfig(1), EvseConfig(2, connectors=2)))
    reported = inventory(Variables(config, {}, lambda ref: None), base)
    assert reported is not None

    for part in parts(7, reported, EIGHT):
        call = adapter.call(part, StationIdentity(), None)
        assert call.action == "NotifyReport"
        assert call.payload.get("tbc", False) is part.more
        conforms("NotifyReportRequest", call.payload)
        assert adapter.heard(part, {}, 0) == ReportTold()
        assert adapter.unheard(part) == ReportTold()


def test_a_reported_variable_says_all_that_is_known_of_it(adapter, conforms):
    reported = ReportedVariable(
        VariableRef("EVSE", "Power", "left", "L1", 1, 2),
        (("Actual", "", "ReadOnly"), ("Target", None, "WriteOnly")),
        "decimal",
        unit="W",
        min_limit=0.5,
        max_limit=22080.0,
        values_list="a,b",
        constant=True,
        persistent=False,
    )

    call = adapter.call(ReportPart(7, 1, True, EIGHT, (reported,)), StationIdentity(), None)

    conforms("NotifyReportRequest", call.payload)
    attribute = {"persistent": False, "constant": True}
    assert call.payload == {
        "requestId": 7,
        "seqNo": 1,
        "tbc": True,
        "generatedAt": "2026-03-01T08:00:00Z",
        "reportData": [
            POWER
            | {
                "variableAttribute": [
                    {"type": "Actual", "mutability": "ReadOnly", "value": ""} | attribute,
                    {"type": "Target", "mutability": "WriteOnly"} | attribute,
                ],
                "variableCharacteristics": {
                    "dataType": "decimal",
                    "supportsMonitoring": False,
                    "unit": "W",
                    "minLimit": 0.5,
                    "maxLimit": 22080,
                    "valuesList": "a,b",
                },
            }
        ],
    }


def test_an_empty_report_has_no_list(adapter, conforms):
    call = adapter.call(ReportPart(7, 0, False, EIGHT, ()), StationIdentity(), None)

    assert call.payload == {"requestId": 7, "seqNo": 0, "generatedAt": "2026-03-01T08:00:00Z"}
    conforms("NotifyReportRequest", call.payload)
