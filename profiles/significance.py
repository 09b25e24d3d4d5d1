"""Which changes of a limit the central system hears of, and when.

Source: OCPP 2.0.1 part 2, SC.03 and LimitChangeSignificance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

UNKNOWN = math.nan  # something was told, but nobody remembers what
NONE = math.inf  # no limit any more


@dataclass(frozen=True, slots=True)
class Told:
    """The last value that was sent, and when; not the last that was computed, or a slow
    drift would never be told."""

    value: float
    at_s: float


def is_due(told: Told | None, value: float, percent: float, every_s: float, now_s: float) -> bool:
    """Return whether *value* is to be sent now.

    A change to nothing or from nothing at once; other changes of more than *percent* of
    what was told last, but no sooner than *every_s* after that.

    >>> told = Told(16.0, at_s=0.0)
    >>> [is_due(told, value, 10.0, 20.0, now_s=60.0) for value in (15.0, 14.0, 0.0)]
    [False, True, True]
    >>> [is_due(told, value, 10.0, 20.0, now_s=5.0) for value in (14.0, 0.0)]
    [False, True]
    """
    if told is None or (told.value == 0.0) != (value == 0.0):
        return True
    band = told.value * percent / 100.0
    same = value == told.value or abs(value - told.value) <= band < math.inf
    return not same and now_s - told.at_s >= every_s
