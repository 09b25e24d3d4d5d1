"""Amperes per phase and watts over all phases, and how both are rounded: down."""

from __future__ import annotations

import math
from dataclasses import dataclass

ASSUMED_PHASES = 3  # where a schedule does not say: OCPP 2.0.1 K01.FR.49
_NOISE = 1e-6  # of a tenth: 14.499999999 was meant to be 14.5


@dataclass(frozen=True, slots=True)
class Supply:
    """What feeds the EVSEs: the nominal voltage of a phase, and how many phases there are.

    The configured voltage counts, never a measured one (K01.FR.50).
    """

    voltage_v: float
    phases: int

    def __post_init__(self) -> None:
        if not 0.0 < self.voltage_v < math.inf:
            raise ValueError(f"a supply has a voltage, not {self.voltage_v} V")
        if self.phases not in (1, 2, 3):
            raise ValueError(f"a supply has 1 to 3 phases, not {self.phases}")


def amperes(power_w: float, voltage_v: float, phases: int) -> float:
    """Return the current per phase of *power_w* spread over *phases*.

    Source: OCPP 2.0.1 K01.FR.50, OCPP 1.6 errata 3.69.
    """
    return power_w / (voltage_v * phases)


def watts(limit_a: float, voltage_v: float, phases: int) -> float:
    """Return the power of *limit_a* amperes on each of *phases* phases."""
    return limit_a * voltage_v * phases


def floor_tenth(value: float) -> float:
    """Return *value* rounded down to one decimal; ``inf`` stays, NaN and negatives become 0.

    Limits carry one decimal. Rounding up would promise what nobody allowed.

    >>> floor_tenth(6.99), floor_tenth(14.499999999), floor_tenth(float("nan"))
    (6.9, 14.5, 0.0)
    """
    if value == math.inf:
        return value
    return math.floor(value * 10.0 + _NOISE) / 10.0 if value > 0.0 else 0.0
