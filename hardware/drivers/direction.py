"""A current's direction, for devices that tell it by the power only. Pure."""

from __future__ import annotations

import math


def directed(current_a: float, power_w: float | None, voltage_v: float | None) -> float:
    """Return the current with the sign of its phase's power; import is positive.

    Where the device tells whole amperes only, its power and voltage know better: the larger
    of the two counts. Without a power the current stays as it is.

    >>> directed(3.0, -805.0, 230.0)
    -3.5
    """
    if power_w is None:
        return current_a
    drawn_a = abs(power_w) / voltage_v if voltage_v else 0.0
    return math.copysign(max(abs(current_a), drawn_a), power_w or 1.0)
