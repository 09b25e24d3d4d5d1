"""How often a car may start again after there was too little for it: contactors wear out.

The first BURST restarts cost nothing more than the limiters' pause; after that they are
EVERY_S apart. So never more than TWENTY begin within an hour, whatever the loads do.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

BURST = 10
EVERY_S = 360.0
TWENTY = BURST + int(3600.0 / EVERY_S)


@dataclass(frozen=True, slots=True)
class Restarts:
    """A bucket of BURST restarts, full again at *full_at_s*. *starved*: too little now."""

    full_at_s: float = -math.inf
    starved: bool = False

    def after(self, starved: bool, offered: bool, now_s: float) -> Restarts:
        """Return the state when there is too little at *now_s*, or something is offered."""
        if starved:
            return self if self.starved else Restarts(self.full_at_s, True)
        if self.starved and offered:
            return Restarts(max(self.full_at_s, now_s) + EVERY_S)
        return self

    def waits_until_s(self, now_s: float) -> float | None:
        """Return when a starved car may start again, None when it may now."""
        until_s = self.full_at_s - (BURST - 1) * EVERY_S
        return until_s if self.starved and now_s < until_s else None
