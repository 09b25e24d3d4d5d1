"""The standards' JSON schemas: is this payload what its action asks for?

The schema files are those of the ``ocpp`` package. Three things are ours: which CALLERROR
a violation is, what is forgiven to others, and descriptions that never repeat a value.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Payload

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


class Kind(StrEnum):
    """Which half of an exchange a payload is."""

    REQUEST = "request"
    RESPONSE = "response"


# Folder and file name endings of a version's schemas in the ``ocpp`` package.
FILES = {
    "1.6": ("v16", {Kind.REQUEST: "", Kind.RESPONSE: "Response"}),
    "2.0.1": ("v201", {Kind.REQUEST: "Request", Kind.RESPONSE: "Response"}),
}

# What a violated keyword means, the most telling first when there are several.
# OCPP-J 1.6 table 7 (1.6 errata 3.24, 3.38: an unknown word is a property constraint),
# 2.0.1 part 4 table 8. An unknown field is not "incomplete", so not ProtocolError.
CODES = {
    "type": ErrorCode.TYPE_CONSTRAINT,
    "required": ErrorCode.OCCURRENCE_CONSTRAINT,
    "minItems": ErrorCode.OCCURRENCE_CONSTRAINT,
    "maxItems": ErrorCode.OCCURRENCE_CONSTRAINT,
    "enum": ErrorCode.PROPERTY_CONSTRAINT,
    "format": ErrorCode.PROPERTY_CONSTRAINT,
    "maxLength": ErrorCode.PROPERTY_CONSTRAINT,
    "minimum": ErrorCode.PROPERTY_CONSTRAINT,
    "maximum": ErrorCode.PROPERTY_CONSTRAINT,
    "multipleOf": ErrorCode.PROPERTY_CONSTRAINT,
    "additionalProperties": ErrorCode.FORMAT_VIOLATION,
}
_RANK = {keyword: rank for rank, keyword in enumerate(CODES)}

# What others may do although the schema says no. A limit of 11.04 A is floored later, not
# refused; an answer is ours to use as far as it makes sense.
FORGIVEN = {
    Kind.REQUEST: frozenset({"multipleOf"}),
    Kind.RESPONSE: frozenset({"multipleOf", "additionalProperties", "maxLength", "maxItems"}),
}

# A message that cannot be triggered is a status in the answer (1.6 section 5.17, L01 of the
# security extension), also one the schema has never heard of.
FORGIVEN_WORDS = {
    ("1.6", "TriggerMessage", "requestedMessage"),
    ("1.6", "ExtendedTriggerMessage", "requestedMessage"),
}


def validate(version: str, action: str, payload: Payload, kind: Kind = Kind.REQUEST) -> None:
    """Raise WireError when *payload* of *action* breaks its schema beyond what is forgiven.

    Of several violations the first of CODES is told, with the field, without its value.
    """
    violations = [
        error
        for error in _errors(version, action, payload, kind)
        if not _is_forgiven(version, action, kind, error)
    ]
    if violations:
        worst = min(violations, key=lambda error: (_RANK[error.validator], len(error.path)))
        raise WireError(CODES[worst.validator], _sentence(worst))


def problems(version: str, action: str, payload: Payload, kind: Kind | str) -> list[str]:
    """Return every violation of the schema, nothing forgiven: the measure for what we send."""
    return [_sentence(error) for error in _errors(version, action, payload, Kind(kind))]


def warm(version: str, actions: Iterable[str], kind: Kind = Kind.REQUEST) -> None:
    """Read the schemas of *actions* now, so that the first message does not wait for it."""
    for action in actions:
        _validator(version, action, kind)


def _errors(version: str, action: str, payload: Payload, kind: Kind) -> Iterator[ValidationError]:
    errors: Iterator[ValidationError] = _validator(version, action, kind).iter_errors(payload)
    return errors


def _is_forgiven(version: str, action: str, kind: Kind, error: ValidationError) -> bool:
    if error.validator in FORGIVEN[kind]:
        return True
    word = (version, action, ".".join(map(str, error.path)))
    return error.validator == "enum" and kind is Kind.REQUEST and word in FORGIVEN_WORDS


def _sentence(error: ValidationError) -> str:
    field = ".".join(str(step) for step in error.absolute_path) or "payload"
    match error.validator:
        case "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            return f"{field}: {', '.join(missing)} missing"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = sorted(name[:30] for name in error.instance if name not in known)
            return f"{field}: unknown field {', '.join(extra)}"[:200]
        case "enum":
            return f"{field}: not one of the words allowed here"
        case "format":
            return f"{field}: not a {error.validator_value}"
        case _:
            return f"{field}: breaks {error.validator} {error.validator_value}"


@cache
def _validator(version: str, action: str, kind: Kind) -> Any:
    from chargepoint.protocol import drafts  # with the first message, not at the start

    folder, endings = FILES[version]
    return drafts.validator(folder, f"{action}{endings[kind]}.json")
