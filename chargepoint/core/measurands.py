"""Which items a list of measurands may hold: all that ``sampling`` can measure. Pure."""

from __future__ import annotations

from chargepoint.core.sampling import MEASURANDS, Source, sampled_values
from hardware.api import MeterReading

_ONES = (1.0, 1.0, 1.0)
_TALKATIVE = Source(MeterReading(0.0, _ONES, _ONES, 1.0, 1.0, 1.0), 1.0, 230.0, 6.0, 3, 20.0)

NAMES = tuple(MEASURANDS)

WITH_PHASE = tuple(
    f"{value.measurand}.{value.phase.split('-')[0]}"
    for value in sampled_values(NAMES, _TALKATIVE, "Other", "Outlet")
    if value.phase is not None
)
"""Items like ``Voltage.L1``, which only OCPP 1.6 has: section 9.1.17."""


def without_phase(item: str) -> str:
    """Return the measurand that a list *item* names.

    >>> without_phase("Voltage.L1"), without_phase("Power.Offered")
    ('Voltage', 'Power.Offered')
    """
    return item.rpartition(".")[0] if item in WITH_PHASE else item
