"""A limit is a number of amperes with the name of whoever asked for it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

NO_OPINION = math.inf


class Origin(StrEnum):
    """Who is behind a limit; but for STATION in the words of ChargingLimitSourceEnumType.

    STATION is the installation itself: hardware, cable, settings. CENTRAL are charging
    profiles. The others come from outside: they are told to the central system (2.0.1 K11).
    """

    STATION = "station"
    CENTRAL = "CSO"
    EMS = "EMS"  # the house: its meters, its sun
    GRID = "SO"  # the grid operator
    PEOPLE = "Other"  # whoever is there, or their home automation


OUTSIDE = (Origin.EMS, Origin.GRID, Origin.PEOPLE)


@dataclass(frozen=True, slots=True)
class Limit:
    """A ceiling: at most *limit_a* amperes on each of at most *phases* phases.

    ``inf`` means "no opinion". NaN and negative amperes are refused with
    ValueError: a limit that cannot be compared would fail open. *source* is read
    by people and names the one who asks: ``"mains L2 24.6/25 A"``. *until_at* is when it
    changes by itself, None where nobody knows.
    """

    limit_a: float
    source: str
    phases: int = 3
    until_at: datetime | None = None
    origin: Origin = field(default=Origin.STATION, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not self.limit_a >= 0.0:
            raise ValueError(f"{self.source}: a limit is at least 0 A, not {self.limit_a}")
        if self.phases not in (1, 2, 3):
            raise ValueError(f"{self.source}: a limit has 1 to 3 phases, not {self.phases}")


def tightness(limit: Limit) -> tuple[float, str]:
    """Return the key that sorts limits, the one that binds first."""
    return limit.limit_a, limit.source


def combine(limits: Iterable[Limit]) -> Limit:
    """Return the tightest of *limits*; it keeps the source that won.

    Order does not matter and adding a limit never raises the result. The phases
    are the fewest that anybody allows. With no limits at all the answer is 0 A:
    silence is not permission.

    >>> combine([Limit(32, "cable"), Limit(16, "TxProfile 7")])
    Limit(limit_a=16, source='TxProfile 7', phases=3, until_at=None)
    """
    limits = tuple(limits)
    if not limits:
        return Limit(0.0, "no limit known")
    tightest = min(limits, key=tightness)
    phases = min(limit.phases for limit in limits)
    return tightest if tightest.phases == phases else replace(tightest, phases=phases)
