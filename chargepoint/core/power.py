"""From a limit to the contactor: offer, close, release. One power path.

The order of IEC 61851-1: offer on the pilot, wait for the car to ask (state C), close;
to stop, withdraw the offer, give the car six seconds to let go, open. Phases change
only with the contactor open, so a new number of phases is a pause first: offer 0, wait
for the car, open, settle (the guard sees to that), close.
"""

from __future__ import annotations

from math import floor

from chargepoint.core.values import dataclass
from hardware.api import Actuation, Pilot, Sensed
from profiles.limits import Limit

RELEASE_S = 6.0
PAUSE_S = RELEASE_S + 4.0  # after this much, a change of phases is a suspension like any other
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

    *offered_since_s* is None while nothing is offered, *closed_since_s* while the contactor
    is open. *releasing_since_s* is None unless the offer is gone and the contactor still
    closed, *changing_since_s* unless it is gone for another number of phases. *phases* are
    what the contactors carry, or what the next closing switches on. *closings* and
    *changes* count how often the contactor closed, and how often with other phases than
    before for the same car.
    """

    min_a: float
    phases: int = 3
    offer_a: float = 0.0
    offered_since_s: float | None = None
    releasing_since_s: float | None = None
    changing_since_s: float | None = None
    closed_since_s: float | None = None
    closings: int = 0
    changes: int = 0
    _carried: int | None = None

    def step(
        self, limit: Limit, phases: int, may_close: bool, lock: bool, sensed: Sensed, now_s: float
    ) -> Actuation:
        """Return what the board shall do now.

        *limit* 0 A withdraws the offer. *phases* is 1 or 3, wanted. *may_close* False
        keeps an open contactor open (the session is not on disk yet), a closed one
        closed.
        """
        self._look(phases, sensed, now_s)
        allowed_a = offer_of(limit.limit_a, self.min_a)
        pausing = sensed.main_closed and self.phases != phases
        self._remember_pause(pausing, allowed_a, sensed, now_s)
        self.offer_a = 0.0 if pausing else allowed_a
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

    def changes_phases(self, now_s: float) -> bool:
        """Return whether the offer is gone for a moment only, for another number of phases."""
        return self.changing_since_s is not None and now_s - self.changing_since_s < PAUSE_S

    def held_a(self, now_s: float) -> float:
        """Return what the car has, or comes back to after a change of phases."""
        return self.min_a if self.changes_phases(now_s) else self.offer_a

    def forget_car(self) -> None:
        """The car is gone: with the next one nothing changes, it begins."""
        self._carried = self.changing_since_s = None

    def _look(self, phases: int, sensed: Sensed, now_s: float) -> None:
        """See what the contactors carry; only while they are open it may be chosen."""
        if not sensed.main_closed:
            self.phases = phases
            self.closed_since_s = None
            return
        if sensed.second_closed:
            self.phases = 3
        if self.closed_since_s is None:
            self.closed_since_s = now_s
            self.closings += 1
            self.changes += self._carried not in (None, self.phases)
            self._carried = self.phases

    def _remember_pause(
        self, pausing: bool, allowed_a: float, sensed: Sensed, now_s: float
    ) -> None:
        if allowed_a <= 0.0 or (sensed.main_closed and not pausing):
            self.changing_since_s = None
        elif pausing and self.changing_since_s is None:
            self.changing_since_s = now_s

    def _released_lately(self, sensed: Sensed, now_s: float) -> bool:
        """Return whether the car still has time to let go before the contactor opens."""
        if not sensed.main_closed:
            self.releasing_since_s = None
            return False
        if self.releasing_since_s is None:
            self.releasing_since_s = now_s
        return now_s - self.releasing_since_s < RELEASE_S
