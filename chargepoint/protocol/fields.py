"""Reading fields that nobody has checked for us, the same way in every version. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from chargepoint.errors import ErrorCode, WireError
from chargepoint.protocol.adapter import Payload

Kind = TypeVar("Kind")


def required(payload: Payload, name: str, kind: type[Kind]) -> Kind:
    """Return the field *name*; raise WireError when it is missing or no *kind*."""
    value = optional(payload, name, kind)
    if value is None:
        raise WireError(ErrorCode.OCCURRENCE_CONSTRAINT, f"{name} is missing")
    return value


def optional(payload: Payload, name: str, kind: type[Kind]) -> Kind | None:
    """Return the field *name*, None when it is absent or null; WireError when it is no *kind*."""
    value = payload.get(name)
    if value is None:
        return None
    if not isinstance(value, kind) or isinstance(value, bool):
        raise WireError(ErrorCode.TYPE_CONSTRAINT, f"{name} is no {kind.__name__}")
    return value


def meaning(words: Mapping[str, Kind], word: str, name: str) -> Kind:
    """Return what *word* means in the field *name*; WireError for a word that is not in *words*.

    Source: 1.6 errata 3.24 and 3.38, which want PropertyConstraintViolation.
    """
    if word not in words:
        raise WireError(ErrorCode.PROPERTY_CONSTRAINT, f"{name} is none of {', '.join(words)}")
    return words[word]


def optional_meaning(words: Mapping[str, Kind], word: str | None, name: str) -> Kind | None:
    """Return what *word* means, None for an absent field."""
    return None if word is None else meaning(words, word, name)


def tenths(number: float | Decimal) -> float:
    """Return *number* cut down to one decimal, the precision of limits.

    What arithmetic left a hair (5e-8) below a tenth is that tenth, so that 0.3 stays 0.3.
    WireError for what is no finite number. Source: 1.6 section 7.14, 2.0.1 part 2, 2.12.

    >>> tenths(Decimal("11.04")), tenths(0.3), tenths(6), tenths(15.999999999999998)
    (11.0, 0.3, 6.0, 16.0)
    """
    try:
        return math.floor(round(float(number) * 10, 6)) / 10
    except (OverflowError, ValueError) as error:
        raise WireError(ErrorCode.PROPERTY_CONSTRAINT, "a limit is a finite number") from error
