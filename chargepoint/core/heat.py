"""Too hot to charge: a fault made of a board's temperature, with some cooling before it goes.

SmartEVSE's MAX TEMP and its 10 degrees of hysteresis.
"""

from __future__ import annotations

from dataclasses import replace

from hardware.api import Fault, FaultCode, Sensed

HOT_C = 65.0
COOL_C = 55.0

TOO_HOT = Fault(FaultCode.HIGH_TEMPERATURE, "TooHot", f"the board is above {HOT_C:.0f} degrees")


class Heat:
    """Remembers which boards have to cool down first."""

    def __init__(self) -> None:
        self._hot: set[int] = set()

    def judged(self, evse_id: int, sensed: Sensed) -> Sensed:
        """Return *sensed* with a fault while the board of *evse_id* is too hot.

        A board that does not tell its temperature (any more) stays what it was.
        """
        temperature_c = sensed.temperature_c
        if temperature_c is not None and temperature_c > HOT_C:
            self._hot.add(evse_id)
        elif temperature_c is not None and temperature_c < COOL_C:
            self._hot.discard(evse_id)
        if evse_id not in self._hot:
            return sensed
        return replace(sensed, faults=sensed.faults | {TOO_HOT})
