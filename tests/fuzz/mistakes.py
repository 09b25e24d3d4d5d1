"""Every single mistake that can be made in a payload, and what the standard calls it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from fuzz.payloads import Json, Schema
from fuzz.vocabulary import NO_INSTANTS

# What one mistake is called, as 1.6 spells it: OCPP-J table 7, 1.6 errata 3.24 and 3.38.
CODES = {
    "missing": "OccurenceConstraintViolation",
    "few": "OccurenceConstraintViolation",
    "many": "OccurenceConstraintViolation",
    "extra": "FormationViolation",
    "shape": "FormationViolation",
    "type": "TypeConstraintViolation",
    "word": "PropertyConstraintViolation",
    "long": "PropertyConstraintViolation",
    "range": "PropertyConstraintViolation",
    "time": "PropertyConstraintViolation",
    "unheard of": "NotImplemented",
}
SPELLED_201 = {
    "OccurenceConstraintViolation": "OccurrenceConstraintViolation",
    "FormationViolation": "FormatViolation",
}
Step = str | int
Spot = tuple[str, tuple[Step, ...], Json]
"""A mistake, where it is made, and what is said there; a missing field is named instead."""

WRONG_TYPES: dict[str, tuple[Json, ...]] = {
    "object": ([], "text", None),
    "array": ({}, "text", None),
    "string": (7, True, [], None),
    "integer": ("7", 1.5, True, 2**63, None),
    "number": ("7", True, {}, None),
    "boolean": (1, "true", None),
}
FREE_WORDS = {
    ("TriggerMessage", "requestedMessage"),
    ("ExtendedTriggerMessage", "requestedMessage"),
}


def spots(part: Schema, value: Json, path: tuple[Step, ...] = ()) -> Iterator[Spot]:
    """Yield every single mistake that can be made in *value*."""
    if path:
        for wrong in WRONG_TYPES.get(part.get("type", ""), ()):
            yield "type", path, wrong
    if "enum" in part:
        yield "word", path, "NoSuchWord"
    elif part.get("format") == "date-time":
        yield from (("time", path, wrong) for wrong in NO_INSTANTS)
    elif "maxLength" in part:
        yield "long", path, "x" * (part["maxLength"] + 1)
    if "minimum" in part:
        yield "range", path, part["minimum"] - 1
    if "maximum" in part:
        yield "range", path, part["maximum"] + 1
    if isinstance(value, dict) and part.get("properties") is not None:
        yield from _object_spots(part, value, path)
    if isinstance(value, list) and "items" in part:
        yield from _list_spots(part, value, path)


def _object_spots(part: Schema, value: Json, path: tuple[Step, ...]) -> Iterator[Spot]:
    for name in part.get("required", []):
        yield "missing", path, name
    if part.get("additionalProperties") is False:
        yield "extra", (*path, "noSuchField"), 1
    for name, inner in value.items():
        if name in part["properties"]:
            yield from spots(part["properties"][name], inner, (*path, name))


def _list_spots(part: Schema, value: list[Json], path: tuple[Step, ...]) -> Iterator[Spot]:
    if part.get("minItems"):
        yield "few", path, []
    if value and "maxItems" in part:
        yield "many", path, [value[0]] * (part["maxItems"] + 1)
    for number, inner in enumerate(value):
        yield from spots(part["items"], inner, (*path, number))


def mistaken(payload: Json, spot: Spot) -> Json:
    """Return *payload* with one mistake in it."""
    mistake, path, what = spot
    wrong = deepcopy(payload)
    place = wrong
    for step in path if mistake == "missing" else path[:-1]:
        place = place[step]
    if mistake == "missing":
        del place[what]
    else:
        place[path[-1]] = what
    return wrong


def code(version: str, mistake: str) -> str:
    """Return the CALLERROR code that *mistake* wants in *version*."""
    spelled = CODES[mistake]
    return SPELLED_201.get(spelled, spelled) if version == "2.0.1" else spelled
