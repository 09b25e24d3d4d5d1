"""Meter values on the wire: 1.6 sections 7.31 to 7.35, 7.43 and 7.45. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable

from chargepoint.core.words import MeterSample, SampledValue
from chargepoint.protocol import samples
from chargepoint.protocol.adapter import Payload

MEASURANDS = samples.MEASURANDS | {"RPM", "Temperature"}
# Hertz is no unit of 1.6 (errata 3.86): what is not here goes without one.
UNITS = frozenset(
    {"A", "Celsius", "Fahrenheit", "K", "Percent", "V", "VA", "W", "Wh"}
    | {"kVA", "kW", "kWh", "kvar", "kvarh", "var", "varh"}
)


def decimal_text(value: float) -> str:
    """Return *value* to three decimals, with a point and never an exponent.

    >>> decimal_text(16.0), decimal_text(230.1254), decimal_text(1e21), decimal_text(-0.0)
    ('16', '230.125', '1000000000000000000000', '0')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def whole_wh(meter_wh: float) -> int:
    """Return a register in full watt-hours, never more than has flowed: sections 6.45, 6.49."""
    return math.floor(round(meter_wh, 3))


def meter_values(taken: Iterable[MeterSample]) -> list[Payload]:
    """Return the MeterValue elements of what was *taken*."""
    return samples.meter_values(taken, MEASURANDS, _sampled_value)


def _sampled_value(sampled: SampledValue) -> Payload:
    """Return a SampledValue, section 7.43, with its defaults spelled out for careless readers."""
    fields = {
        "value": decimal_text(sampled.value),
        "context": sampled.context,
        "measurand": sampled.measurand,
        "phase": sampled.phase,
        "location": sampled.location or "Outlet",
        "unit": sampled.unit if sampled.unit in UNITS else None,
    }
    return {name: word for name, word in fields.items() if word is not None}
