"""One simulated car: what it wants, and how its current moves. Pure."""

from __future__ import annotations

import math
from typing import Any, NamedTuple, TypeVar

from hardware.pilot import MIN_OFFER_A

FALL_A_PER_S = 40.0  # a car lets go faster than it takes: 5 s are allowed (IEC 61851-1)
_SNAP_A = 0.001  # so near to its aim, a current has arrived


Thing = TypeVar("Thing", bound=tuple[Any, ...])


def changed(thing: Thing, **fields: Any) -> Thing:
    """Return the named tuple *thing* with *fields*; itself when it has them already.

    The world is looked at many times a second, and nearly always nothing happens.
    """
    for name, value in fields.items():
        if getattr(thing, name) != value:
            new: Thing = thing._replace(**fields)  # type: ignore[attr-defined]
            return new
    return thing


class Habits(NamedTuple):
    """What all simulated cars have in common.

    A car asks for energy *draw_delay_s* after it was offered, and then takes
    *ramp_a_per_s* more each second.
    """

    draw_delay_s: float = 1.0
    ramp_a_per_s: float = 2.0


class Car(NamedTuple):
    """A car on the cable. *requested_a* is what its owner wants, *asks* is state C.

    A car that is not *ready* suspends: it stays in state B whatever it is offered.
    """

    max_current_a: float = 32.0
    phases: int = 3
    requested_a: float = 32.0
    ready: bool = True
    asks: bool = False
    asks_at_s: float = math.inf
    current_a: float = 0.0

    def settled(self, offer_a: float, powered: bool, habits: Habits, now_s: float) -> Car:
        """Return this car after what it decides at *now_s*.

        Without an offer it first lets its current fall, then leaves state C.
        """
        aim_a = self.aim_a(offer_a, powered)
        arrived = abs(aim_a - self.current_a) < _SNAP_A or not powered
        current_a = aim_a if arrived else self.current_a
        if self._willing(offer_a):
            asks_at_s = min(self.asks_at_s, now_s + habits.draw_delay_s)
            asks = self.asks or now_s >= asks_at_s
        else:
            asks_at_s = math.inf
            asks = self.asks and current_a > 0.0
        return changed(self, asks=asks, asks_at_s=asks_at_s, current_a=current_a)

    def flowed(self, offer_a: float, powered: bool, habits: Habits, duration_s: float) -> Car:
        """Return this car with its current moved on for *duration_s*, straight to its aim."""
        aim_a = self.aim_a(offer_a, powered)
        step_a = duration_s * self._rate(aim_a, habits)
        down_a, up_a = self.current_a - step_a, self.current_a + step_a
        return changed(self, current_a=min(max(aim_a, down_a), up_a))

    def next_event_s(self, offer_a: float, powered: bool, habits: Habits, now_s: float) -> float:
        """Return when this car next does anything but go on as it does; inf for never."""
        aim_a = self.aim_a(offer_a, powered)
        asks_at_s = math.inf if self.asks else self.asks_at_s
        if aim_a == self.current_a:
            return asks_at_s
        arrives_s = now_s + abs(aim_a - self.current_a) / self._rate(aim_a, habits)
        return min(asks_at_s, arrives_s)

    def aim_a(self, offer_a: float, powered: bool) -> float:
        """Return the current that this car is on its way to."""
        if not (powered and self.asks and self._willing(offer_a)):
            return 0.0
        return min(offer_a, self.max_current_a, self.requested_a)

    def _willing(self, offer_a: float) -> bool:
        return self.ready and self.requested_a > 0.0 and offer_a >= MIN_OFFER_A

    def _rate(self, aim_a: float, habits: Habits) -> float:
        return habits.ramp_a_per_s if aim_a > self.current_a else FALL_A_PER_S
