"""From a limit to the contactor: offer, close, release. One power path.

The order of IEC 61851-1: offer on the pilot, wait for the car to ask (state C), close;
to stop, withdraw the offer, give the car six seconds to let go, open. Phases change
only with the contactor open, so a new number of phases is a pause first.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

from hardware.api import Actuation, Pilot, Sensed
from profiles.limits import Limit

RELEASE_S = 6.0
LEASE_S = 1.0
ASKING = frozenset({Pilot.C, Pilot.D})


def offer_of(limit_a: float, min_a: float) -> float:
    """Return the offer for a limit: floored to 0.1 A, never above it, and 0 below the minimum.

    What arithmetic left a hair below a tenth stays what it is.
    """
    offered_a = min(floor(limit_a * 10 + 1e-6) / 10, limit_a)
    return offered_a if offered_a >= min_a else 0.0


@dataclass(slots=True)
class PowerPath:
    """What one power path offers and since when.

    *offered_since_s* is None while nothing is offered, *releasing_since_s* None unless
    the offer is gone and the contactor still closed. *phases* is what the next closing
    switches on.
    """

    min_a: float
    phases: int = 3
    offer_a: float = 0.0
    offered_since_s: float | None = None
    releasing_since_s: float | None = None

    def step(
        self, limit: Limit, phases: int, may_close: bool, lock: bool, sensed: Sensed, now_s: float
    ) -> Actuation:
        """Return what the board shall do now.

        *limit* 0 A withdraws the offer. *phases* is 1 or 3, wanted. *may_close* False
        keeps an open contactor open (the session is not on disk yet), a closed one
        closed.
        """
        if not sensed.main_closed:
            self.phases = phases
        pausing = sensed.main_closed and self.phases != phases
        self.offer_a = 0.0 if pausing else offer_of(limit.limit_a, self.min_a)
        asks = sensed.pilot in ASKING
        if self.offer_a > 0.0:
            if self.offered_since_s is None:
                self.offered_since_s = now_s
            self.releasing_since_s = None
            close = asks and (may_close or sensed.main_closed)
        else:
            self.offered_since_s = None
            close = asks and self._released_lately(sensed, now_s)
        return Actuation(
            offer_a=self.offer_a,
            close_main=close,
            close_second=close and self.phases > 1,
            lock=lock,
            valid_until_s=now_s + LEASE_S,
        )

    def _released_lately(self, sensed: Sensed, now_s: float) -> bool:
        """Return whether the car still has time to let go before the contactor opens."""
        if not sensed.main_closed:
            self.releasing_since_s = None
            return False
        if self.releasing_since_s is None:
            self.releasing_since_s = now_s
        return now_s - self.releasing_since_s < RELEASE_S
