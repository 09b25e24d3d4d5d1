"""When a car may start again after there was too little for it: contactors wear out.

Who is stopped again and again shares a fuse with loads that come and go. From the third stop
within an hour on there must have been room for a while before the car starts again, twice as
long each time; who waited for AT_LAST_S takes what there is. So never more than MOST_STARTS
begin within an hour, whatever the loads do, only a few while somebody cooks, and never none.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

WITHIN_S = 3600.0
FREE_STOPS = 2  # these cost no more than the limiters' pause
FIRST_S = 60.0
LONGEST_S = 480.0
AT_LAST_S = 900.0
MOST_STARTS = 12


@dataclass(frozen=True, slots=True)
class Restarts:
    """What is remembered of one car.

    *stops_s* are the moments of the last hour at which there was too little, oldest first.
    *starved*: the car waits since the last of them. *roomy_since_s*: so long there has been
    room for it again.
    """

    stops_s: tuple[float, ...] = ()
    starved: bool = False
    roomy_since_s: float | None = None

    def after(self, starves: bool, offered: bool, roomy: bool, now_s: float) -> Restarts:
        """Return the state at *now_s*. *starves*: what is offered has to go; *offered*: there
        is an offer; *roomy*: there would be enough for one."""
        if starves and not self.starved:
            lately_s = (stop_s for stop_s in self.stops_s if stop_s > now_s - WITHIN_S)
            return Restarts((*lately_s, now_s), starved=True)
        if starves or not self.starved:
            return self
        if offered:
            return Restarts(self.stops_s)
        if roomy == (self.roomy_since_s is not None):
            return self
        return replace(self, roomy_since_s=now_s if roomy else None)

    @property
    def needs_s(self) -> float:
        """Return how long there must have been room before the car starts."""
        doublings = len(self.stops_s) - FREE_STOPS - 1
        return min(math.ldexp(FIRST_S, doublings), LONGEST_S) if doublings >= 0 else 0.0

    def rests_until_s(self, now_s: float) -> float | None:
        """Return until when a starved car rests if there is no less room, None when it may
        start now."""
        if not self.starved or self.needs_s == 0.0:
            return None
        until_s = self.stops_s[-1] + AT_LAST_S
        if self.roomy_since_s is not None:
            until_s = min(until_s, self.roomy_since_s + self.needs_s)
        return until_s if now_s < until_s else None
