"""Which texts a variable takes: one check a data type. Pure.

2.0.1 part 2 section 2.1.3 (primitive datatypes) and B05.FR.07, .08; 1.6 section 9. A
check answers with a 2.0.1 reason code (part 2 appendix 5), "" for a value that fits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from datetime import datetime

from chargepoint.core.values import dataclass

LARGEST_INTEGER = 2**31 - 1
LARGEST_VALUE_SIZE = 1000  # SetVariableDataType.attributeValue; 1.6 keys end at 500

_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,9}", re.ASCII)
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?", re.ASCII)
_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
_PASSWORD = re.compile(r"[A-Za-z0-9*\-_=:+|@.]*", re.ASCII)
_HEX = re.compile(r"([0-9A-Fa-f]{2})*", re.ASCII)

LISTS = frozenset({"MemberList", "SequenceList", "RotationList"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a value must fit in: numbers are bounded themselves, texts in their length."""

    data_type: str
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()


def items_of(text: str) -> tuple[str, ...]:
    """Return the items of a comma separated list, without the blanks around them.

    >>> items_of("A, W"), items_of("")
    (('A', 'W'), ())
    """
    return tuple(item.strip() for item in text.split(",")) if text else ()


def normal(data_type: str, text: str) -> str:
    """Return *text* as it is stored: lists without blanks, the rest as it came."""
    return ",".join(items_of(text)) if data_type in LISTS else text


def refusal(bounds: Bounds, text: str, also: Collection[str] = ()) -> str:
    """Return why *text* does not fit *bounds*, as a reason code; "" when it fits.

    *also* are values that are taken beside those of *bounds*.
    """
    if len(text) > LARGEST_VALUE_SIZE:
        return "TooLargeElement"
    return _CHECKS[bounds.data_type](bounds, text, also)


def key_refusal(text: str, largest: int = 20) -> str:
    """Return why *text* is not the hex of 16 to *largest* bytes, "" when it is.

    20 is the limit for 1.6's AuthorizationKey (security extension A00.FR.205).
    """
    return "" if _HEX.fullmatch(text) and 32 <= len(text) <= 2 * largest else "InvalidValue"


def _integer(bounds: Bounds, text: str, also: Collection[str]) -> str:
    if not _INTEGER.fullmatch(text):
        return "InvalidValue"
    if abs(int(text)) > LARGEST_INTEGER:
        return "ValueOutOfRange"
    return _outside(bounds, int(text))


def _decimal(bounds: Bounds, text: str, also: Collection[str]) -> str:
    return _outside(bounds, float(text)) if _DECIMAL.fullmatch(text) else "InvalidValue"


def _boolean(bounds: Bounds, text: str, also: Collection[str]) -> str:
    return "" if text in ("true", "false") else "InvalidValue"


def _date_time(bounds: Bounds, text: str, also: Collection[str]) -> str:
    """RFC 3339, with at most three decimals (part 4 section 4.2.1)."""
    if not _DATE_TIME.fullmatch(text):
        return "InvalidValue"
    try:
        datetime.fromisoformat(text)
    except ValueError:  # the 30th of February
        return "InvalidValue"
    return ""


def _string(bounds: Bounds, text: str, also: Collection[str]) -> str:
    return "ValueOutOfRange" if _outside(bounds, len(text)) else ""


def _password(bounds: Bounds, text: str, also: Collection[str]) -> str:
    return _string(bounds, text, also) if _PASSWORD.fullmatch(text) else "InvalidValue"


def _option(bounds: Bounds, text: str, also: Collection[str]) -> str:
    return "" if text in bounds.values else "InvalidValue"


def _list(bounds: Bounds, text: str, also: Collection[str]) -> str:
    items = items_of(text)
    if len(items) != len(set(items)):
        return "InvalidValue"
    if not all(item in bounds.values or item in also for item in items):
        return "InvalidValue"
    return _string(bounds, text, also)


def _rotations(bounds: Bounds, text: str, also: Collection[str]) -> str:
    connectors = [item.partition(".")[0] for item in items_of(text)]
    twice = len(connectors) != len(set(connectors))
    return "InvalidValue" if twice else _list(bounds, text, also)


def _outside(bounds: Bounds, number: float) -> str:
    if bounds.minimum is not None and number < bounds.minimum:
        return "ValueTooLow"
    if bounds.maximum is not None and number > bounds.maximum:
        return "ValueTooHigh"
    return ""


_CHECKS: dict[str, Callable[[Bounds, str, Collection[str]], str]] = {
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "dateTime": _date_time,
    "string": _string,
    "password": _password,
    "OptionList": _option,
    "MemberList": _list,
    "SequenceList": _list,
    "RotationList": _rotations,
}
