"""Payloads that fit the schemas of everything a central system may ask."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from fuzz.vocabulary import BROKEN, INSTANTS, WHOLE, components, texts
from hypothesis import strategies as st

Json = Any
Schema = dict[str, Any]

# Every CALL of the central system: 1.6 section 6 and the security extension; 2.0.1 part 2.
ACTIONS: dict[str, tuple[str, ...]] = {
    "1.6": (
        "CancelReservation", "CertificateSigned", "ChangeAvailability", "ChangeConfiguration",
        "ClearCache", "ClearChargingProfile", "DataTransfer", "DeleteCertificate",
        "ExtendedTriggerMessage", "GetCompositeSchedule", "GetConfiguration", "GetDiagnostics",
        "GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "InstallCertificate",
        "RemoteStartTransaction", "RemoteStopTransaction", "ReserveNow", "Reset",
        "SendLocalList", "SetChargingProfile", "SignedUpdateFirmware", "TriggerMessage",
        "UnlockConnector", "UpdateFirmware",
    ),
    "2.0.1": (
        "CancelReservation", "CertificateSigned", "ChangeAvailability", "ClearCache",
        "ClearChargingProfile", "ClearDisplayMessage", "ClearVariableMonitoring", "CostUpdated",
        "CustomerInformation", "DataTransfer", "DeleteCertificate", "GetBaseReport",
        "GetChargingProfiles", "GetCompositeSchedule", "GetDisplayMessages",
        "GetInstalledCertificateIds", "GetLocalListVersion", "GetLog", "GetMonitoringReport",
        "GetReport", "GetTransactionStatus", "GetVariables", "InstallCertificate",
        "PublishFirmware", "RequestStartTransaction", "RequestStopTransaction", "ReserveNow",
        "Reset", "SendLocalList", "SetChargingProfile", "SetDisplayMessage", "SetMonitoringBase",
        "SetMonitoringLevel", "SetNetworkProfile", "SetVariableMonitoring", "SetVariables",
        "TriggerMessage", "UnlockConnector", "UnpublishFirmware", "UpdateFirmware",
    ),
}  # fmt: skip
FILES = {"1.6": "v16/schemas/{}.json", "2.0.1": "v201/schemas/{}Request.json"}


@cache
def schema(version: str, action: str) -> Schema:
    """Return the schema of a CALL with everything it refers to in its place."""
    text = files("ocpp").joinpath(FILES[version].format(action)).read_text("utf-8-sig")
    whole = json.loads(text)
    inlined: Schema = _inlined(whole, whole.pop("definitions", {}))
    return inlined


def _inlined(part: Any, definitions: Schema) -> Any:
    if isinstance(part, list):
        return [_inlined(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(definitions[part["$ref"].rpartition("/")[2]], definitions)
    return {word: _inlined(each, definitions) for word, each in part.items()}


@cache
def payloads(version: str, action: str) -> st.SearchStrategy[Json]:
    """Return a strategy for payloads that fit the schema of *action*."""
    return _values(schema(version, action), "", 0)


def _values(part: Schema, name: str, depth: int) -> st.SearchStrategy[Json]:
    if "enum" in part:
        return st.sampled_from(part["enum"])
    match part.get("type"):
        case "object":
            return _objects(part, depth)
        case "array":
            inner = _values(part["items"], name, depth + 1)
            least = part.get("minItems", 0)
            most = max(least, min(part.get("maxItems", 3), 3))
            return st.lists(inner, min_size=least, max_size=most)
        case "string" if part.get("format") == "date-time":
            return st.sampled_from(INSTANTS)
        case "string":
            return st.sampled_from(texts(name, part.get("maxLength")))
        case "boolean":
            return st.booleans()
        case "integer":
            return st.sampled_from([each for each in WHOLE if _fits(part, each)])
        case "number":
            return st.sampled_from([each for each in BROKEN if _fits(part, each)])
        case _:
            return st.sampled_from([None, "text", 7, [], {"any": [1, {"thing": None}]}])


def _objects(part: Schema, depth: int) -> st.SearchStrategy[Json]:
    fields = {
        name: _values(each, name, depth + 1)
        for name, each in part.get("properties", {}).items()
        if name != "customData" or depth == 0
    }
    needed = part.get("required", [])
    objects = st.fixed_dictionaries(
        {name: fields[name] for name in needed},
        optional={name: each for name, each in fields.items() if name not in needed},
    )
    if {"component", "variable"} <= fields.keys():
        return st.builds(_named, objects, st.sampled_from(components()), st.booleans())
    return objects


def _named(item: Json, names: tuple[str, str], is_known: bool) -> Json:
    """Let a variable be one that exists, more often than not."""
    if is_known and "variable" in item:
        item["component"] = {"name": names[0]}
        item["variable"] = {"name": names[1]}
    return item


def _fits(part: Schema, number: float) -> bool:
    return part.get("minimum", number) <= number <= part.get("maximum", number)
