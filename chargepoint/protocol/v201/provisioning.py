"""Block B, provisioning: boot, variables, reports, reset. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chargepoint.core.config import StationIdentity
from chargepoint.core.messages import (
    Boot,
    BootAnswered,
    Command,
    GetBaseReport,
    GetReport,
    GetVariable,
    Later,
    Outcome,
    Reply,
    ReportedVariable,
    ReportPart,
    ReportTold,
    Reset,
    SetVariable,
    ValueReply,
    Wanted,
    Weigh,
)
from chargepoint.core.words import Registration, VariableRef
from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Call, Deferred, Handle, Payload
from chargepoint.protocol.fields import meaning, required
from chargepoint.protocol.frames import payload_text
from chargepoint.protocol.timestamps import format_timestamp, parse_timestamp
from chargepoint.protocol.v201.fields import some
from chargepoint.protocol.v201.route import Answer, Telling, one, status, status_info

REGISTRATIONS: Mapping[str, Registration] = {
    "Accepted": Registration.ACCEPTED,
    "Pending": Registration.PENDING,
    "Rejected": Registration.REJECTED,
}
RESET_TYPES: Mapping[str, bool] = {"OnIdle": True, "Immediate": False}  # does it wait?

ATTRIBUTE_STATUSES: Mapping[Outcome, str] = {
    Outcome.ACCEPTED: "Accepted",
    Outcome.REBOOT_REQUIRED: "RebootRequired",
    Outcome.UNKNOWN_COMPONENT: "UnknownComponent",
    Outcome.UNKNOWN: "UnknownVariable",
    Outcome.UNSUPPORTED: "NotSupportedAttributeType",
}


# --- BootNotification: B01, B02, B03 ---------------------------------------------------------


def _boot(event: Boot, identity: StationIdentity) -> Call:
    """BootNotificationRequest with its reason (B01.FR.09)."""
    station: Payload = {"model": identity.model[:20], "vendorName": identity.vendor[:50]}
    station |= some(
        serialNumber=identity.serial_number[:25], firmwareVersion=identity.firmware_version[:50]
    )
    return Call("BootNotification", {"reason": event.reason.value, "chargingStation": station})


def _boot_answered(event: Boot, payload: Payload, _: int) -> BootAnswered:
    """BootNotificationResponse. A negative interval says as little as 0 does."""
    return BootAnswered(
        registration=meaning(REGISTRATIONS, required(payload, "status", str), "status"),
        interval_s=max(0, required(payload, "interval", int)),
        at=parse_timestamp(required(payload, "currentTime", str)),
    )


# --- how much at once: B06.FR.16, .17, B08.FR.17, .18 ------------------------------------------


TOO_MUCH: Mapping[str, ErrorCode] = {
    "TooManyElements": ErrorCode.OCCURRENCE_CONSTRAINT,
    "TooLargeElement": ErrorCode.FORMAT_VIOLATION,
}


def _weighed(request: str, items: str, answer: Answer) -> Answer:
    """Return *answer* for requests that are not more than the station takes, counted in *items*
    and in bytes; WireError for the others."""

    def weigh(payload: Payload, handle: Handle) -> Payload | Deferred:
        size_bytes = len(payload_text(payload).encode())
        reply = handle(Weigh(request, len(payload.get(items, ())), size_bytes))
        if isinstance(reply, Reply) and reply.outcome is Outcome.REJECTED:
            raise WireError(TOO_MUCH[reply.reason], reply.info)
        return answer(payload, handle)

    return weigh


# --- SetVariables, GetVariables: B05, B06 ----------------------------------------------------


def _ref(item: Payload) -> VariableRef:
    """Return the variable that the ComponentType and VariableType of *item* name."""
    component, variable = item["component"], item["variable"]
    evse = component.get("evse", {})
    return VariableRef(
        component=component["name"],
        variable=variable["name"],
        component_instance=component.get("instance"),
        instance=variable.get("instance"),
        evse_id=evse.get("id"),
        connector_id=evse.get("connectorId"),
    )


def _per_item(request: str, result: str, command: Callable[[Payload], Command]) -> Answer:
    """Return the answer that is one result for each item of the list *request*.

    Items do not depend on each other, and each result repeats which component, variable
    and attribute type it is about (B05.FR.01 to .03, .12; B06.FR.01 to .03, .11).
    """

    def answer(payload: Payload, handle: Handle) -> Payload:
        return {result: [_result(item, handle(command(item))) for item in payload[request]]}

    return answer


def _result(item: Payload, reply: Reply | Later) -> Payload:
    if isinstance(reply, Later):
        raise WireError(ErrorCode.INTERNAL_ERROR, "a variable does not answer at once")
    answer: Payload = {
        "component": item["component"],
        "variable": item["variable"],
        "attributeType": _attribute(item),
        "attributeStatus": ATTRIBUTE_STATUSES.get(reply.outcome, "Rejected"),
    }
    if isinstance(reply, ValueReply) and reply.outcome is Outcome.ACCEPTED:
        answer["attributeValue"] = reply.value or ""  # B06.FR.13
    return answer | status_info(reply, "attributeStatusInfo")


def _attribute(item: Payload) -> str:
    """Return which attribute is meant: Actual when nothing is said."""
    attribute: str = item.get("attributeType", "Actual")
    return attribute


# --- GetBaseReport, NotifyReport: B07 --------------------------------------------------------


def _base_report(payload: Payload) -> Command:
    """GetBaseReportRequest."""
    return GetBaseReport(payload["requestId"], payload["reportBase"])


def _selected(payload: Payload) -> Command:
    """GetReportRequest, B08."""
    return GetReport(
        payload["requestId"],
        tuple(payload.get("componentCriteria", ())),
        tuple(_wanted(item) for item in payload.get("componentVariable", ())),
    )


def _wanted(item: Payload) -> Wanted:
    component, variable = item["component"], item.get("variable", {})
    evse = component.get("evse", {})
    return Wanted(
        component["name"],
        component.get("instance"),
        evse.get("id"),
        evse.get("connectorId"),
        variable.get("name"),
        variable.get("instance"),
    )


_REPORT_STATUS = status(
    {
        Outcome.ACCEPTED: "Accepted",
        Outcome.UNSUPPORTED: "NotSupported",
        Outcome.UNKNOWN: "EmptyResultSet",
    }
)


def _report(event: ReportPart, _: StationIdentity) -> Call:
    """NotifyReportRequest; tbc is said only when more comes."""
    payload: Payload = {
        "requestId": event.request_id,
        "generatedAt": format_timestamp(event.at),
        "seqNo": event.seq_no,
    }
    if event.more:
        payload["tbc"] = True
    if event.variables:
        payload["reportData"] = [_report_data(variable) for variable in event.variables]
    return Call("NotifyReport", payload)


def _report_data(reported: ReportedVariable) -> Payload:
    ref = reported.ref
    component: Payload = {"name": ref.component} | some(instance=ref.component_instance)
    if ref.evse_id is not None:
        component["evse"] = {"id": ref.evse_id} | some(connectorId=ref.connector_id)
    characteristics: Payload = {
        "dataType": reported.data_type,
        "supportsMonitoring": reported.supports_monitoring,
    }
    return {
        "component": component,
        "variable": {"name": ref.variable} | some(instance=ref.instance),
        "variableAttribute": [
            {
                "type": kind,
                "mutability": mutability,
                "persistent": reported.persistent,
                "constant": reported.constant,
            }
            | ({} if value is None else {"value": value})
            for kind, value, mutability in reported.attributes
        ],
        "variableCharacteristics": characteristics
        | _limits(minLimit=reported.min_limit, maxLimit=reported.max_limit)
        | some(unit=reported.unit, valuesList=reported.values_list),
    }


def _limits(**limits: float | None) -> Payload:
    """Return the limits that there are, whole numbers without a fraction."""
    return {
        name: int(limit) if limit.is_integer() else limit
        for name, limit in limits.items()
        if limit is not None
    }


# --- Reset: B11, B12 -------------------------------------------------------------------------


def _reset(payload: Payload) -> Command:
    """ResetRequest, of the station or of one EVSE."""
    return Reset(meaning(RESET_TYPES, payload["type"], "type"), payload.get("evseId"))


ROUTES: Mapping[str, Answer] = {
    "GetBaseReport": one(_base_report, _REPORT_STATUS),
    "GetReport": _weighed("GetReport", "componentVariable", one(_selected, _REPORT_STATUS)),
    "GetVariables": _weighed(
        "GetVariables",
        "getVariableData",
        _per_item(
            "getVariableData",
            "getVariableResult",
            lambda item: GetVariable(_ref(item), _attribute(item)),
        ),
    ),
    "Reset": one(_reset, status({Outcome.ACCEPTED: "Accepted", Outcome.SCHEDULED: "Scheduled"})),
    "SetVariables": _weighed(
        "SetVariables",
        "setVariableData",
        _per_item(
            "setVariableData",
            "setVariableResult",
            lambda item: SetVariable(_ref(item), item["attributeValue"], _attribute(item)),
        ),
    ),
}
TELLINGS: Mapping[type, Telling] = {
    Boot: Telling(_boot, _boot_answered, lambda _: BootAnswered(None)),
    ReportPart: Telling(_report, lambda event, payload, _: ReportTold(), lambda _: ReportTold()),
}
