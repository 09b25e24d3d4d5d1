"""The validators of JSON schemas, with our numbers and times in them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import Draft4Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend, validator_for

from chargepoint.errors import WireError
from chargepoint.protocol.timestamps import parse_timestamp


def validator(folder: str, name: str) -> Any:
    """Return the validator of the schema file *name* in a version's *folder* of ``ocpp``."""
    path = files("ocpp").joinpath(folder, "schemas", name)
    schema = json.loads(path.read_text("utf-8-sig"))
    schema = _inlined(schema, schema.pop("definitions", {}))
    return _dialect(validator_for(schema, Draft4Validator))(schema, format_checker=_FORMATS)


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:
    """Return a schema with what it refers to in place of each reference.

    Following them anew for every item makes a list of 1000 tokens half a second of work, in
    which no contactor is looked after. No definition of OCPP contains itself.
    """
    if isinstance(part, list):
        return [_inlined(each, definitions) for each in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        name = part["$ref"].removeprefix("#/definitions/")
        return _inlined(definitions[name], definitions)
    return {word: _inlined(each, definitions) for word, each in part.items()}


@cache
def _dialect(base: Any) -> Any:
    """Return the validator class of a schema draft, with our numbers in it."""
    types = base.TYPE_CHECKER.redefine("integer", _is_integer).redefine("number", _is_number)
    return extend(base, {"multipleOf": _multiple_of}, type_checker=types)


def _is_integer(_: Any, value: object) -> bool:
    """A whole number that fits 64 bits; the standards ask for 32, some systems send more."""
    return isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63


def _is_number(checker: Any, value: object) -> bool:
    return _is_integer(checker, value) or (isinstance(value, float) and math.isfinite(value))


def _multiple_of(_: Any, step: float, value: object, __: Any) -> Iterator[ValidationError]:
    """As in the draft, but 21.4 is a multiple of 0.1 whatever its binary digits are."""
    if not isinstance(value, int | float):
        return
    steps = value / step
    if not math.isfinite(steps) or abs(steps - round(steps)) > 1e-6:
        yield ValidationError(f"not a multiple of {step}")


_FORMATS = FormatChecker(formats=())


@_FORMATS.checks("date-time", raises=WireError)  # type: ignore[untyped-decorator]
def _is_time(value: object) -> bool:
    """Not a text is for ``type`` to say."""
    return not isinstance(value, str) or bool(parse_timestamp(value))
