"""How far a meter is believed as its last reading ages, and what is allowed meanwhile.

The ladder: fresh, then held (nothing rises), then a fallback current, then nothing. No
rung counts an unknown load as 0 A.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

HELD_FROM = 0.3  # of stale_after_s


class Trust(StrEnum):
    """What a meter's last word is worth."""

    FRESH = "fresh"
    HELD = "held"  # nothing rises until it speaks again
    FALLBACK = "fallback"  # a current that is safe without it
    SILENT = "silent"  # nothing is believed, and nothing allowed on its behalf
    FROZEN = "frozen"  # it repeats one value while loads change


BELIEVED = frozenset({Trust.FRESH, Trust.HELD})


@dataclass(frozen=True, slots=True)
class Ladder:
    """A reading older than *stale_after_s* counts no more; then *fallback_a* holds, per
    phase, and after *suspend_after_s* nothing.

    *suspend_after_s* None: the fallback stays. *fallback_a* None: this meter limits nothing,
    its loss is only told.
    """

    stale_after_s: float = 10.0
    fallback_a: float | None = 0.0
    suspend_after_s: float | None = None

    def trust(self, age_s: float) -> Trust:
        """Return what a reading of this age is worth."""
        if age_s <= self.stale_after_s * HELD_FROM:
            return Trust.FRESH
        if age_s <= self.stale_after_s:
            return Trust.HELD
        suspends = self.suspend_after_s is not None and age_s > self.suspend_after_s
        return Trust.FALLBACK if self.fallback_a and not suspends else Trust.SILENT

    def limit_a(self, trust: Trust) -> float:
        """Return what may flow per phase with that trust; ``inf`` where it limits nothing.

        A meter that repeats itself is worth no more than a silent one.
        """
        if trust in BELIEVED or self.fallback_a is None:
            return math.inf
        return self.fallback_a if trust is Trust.FALLBACK else 0.0
