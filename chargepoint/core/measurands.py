"""Which items a list of measurands may hold: all that ``sampling`` can measure. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from chargepoint.core.sampling import MEASURANDS, Source, sampled_values
from hardware.api import MeterReading

_ONES = (1.0, 1.0, 1.0)
_TALKATIVE = Source(MeterReading(0.0, _ONES, _ONES, 1.0, 1.0, 1.0), 1.0, 230.0, 6.0, 3, 20.0)

NAMES_16 = ("Temperature",)
"""Measurands that 2.0.1 has no word for (MeasurandEnumType; 1.6 section 7.31)."""

NAMES = tuple(name for name in MEASURANDS if name not in NAMES_16)

WITH_PHASE = tuple(
    f"{value.measurand}.{value.phase.split('-')[0]}"
    for value in sampled_values(NAMES, _TALKATIVE, "Other", "Outlet")
    if value.phase is not None
)
"""Items like ``Voltage.L1``, which only OCPP 1.6 has: section 9.1.17."""

ITEMS_16 = (*NAMES_16, *WITH_PHASE)


def names(items: Iterable[str]) -> tuple[str, ...]:
    """Return the measurands that 1.6's *items* ask for, in 2.0.1's words, each once.

    >>> names(["Voltage.L1", "Temperature", "Voltage.L2", "Power.Offered"])
    ('Voltage', 'Power.Offered')
    """
    whole = (item.rpartition(".")[0] if item in WITH_PHASE else item for item in items)
    return tuple(dict.fromkeys(name for name in whole if name in NAMES))
