"""Who goes first when not all can have the least they need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from profiles.pools import Pool

ASKS_WITHIN_S = 60.0  # a car that was offered something asks by then, or others go first
ALL_PHASES = frozenset({1, 2, 3})


class Want(NamedTuple):
    """What one EVSE could use: nothing, or from *min_a* to *max_a*, its own limits included.

    *phases* are those of the grid that it loads, *hoped* what it tries with where that is
    only a wish. *held_a* is what it is offered now: who
    has current keeps it before others get any; *still_a* is what its car may be taking
    because it has not heard of less. A higher *priority* goes first. *rate_a* is the least
    it should get where there is room (minChargingRate), *uses_a* the most it seems to use,
    0 while its car does not ask: above it, others come first.
    """

    evse_id: int
    max_a: float
    min_a: float = 6.0
    held_a: float = 0.0
    still_a: float = 0.0
    phases: frozenset[int] = ALL_PHASES
    priority: int = 0
    rate_a: float = 0.0
    uses_a: float = math.inf
    hoped: frozenset[int] | None = None

    @property
    def able(self) -> bool:
        """Return whether it can use the least it needs at all."""
        return self.min_a <= self.max_a

    @property
    def charging(self) -> bool:
        return self.held_a > 0.0

    def weight(self, pool: Pool) -> int:
        """Return how often an ampere that it is offered counts in *pool*."""
        return pool.over.weight(self.phases_in(pool.wish))

    def phases_in(self, wish: bool) -> frozenset[int]:
        """Return the phases by which it counts in a pool that is a *wish*, or is not."""
        return self.hoped if wish and self.hoped else self.phases


class Turn(NamedTuple):
    """Whether an EVSE is served, and since when it is, or waits."""

    served: bool
    since_s: float

    def after(self, served: bool, now_s: float) -> Turn:
        return self if served is self.served else Turn(served, now_s)


Turns = Mapping[int, Turn]


def rank(want: Want, turn: Turn, now_s: float, rotate_after_s: float) -> tuple[float, ...]:
    """Return what the order of serving goes by: the smaller the earlier.

    Priority first. Then who is served, unless it had *rotate_after_s* and another waited
    that long: those who are served longest give way to those who wait longest. Last come
    cars that were offered something and do not ask.
    """
    lasted_s = now_s - turn.since_s
    had_long = lasted_s >= rotate_after_s
    if not turn.served:
        return -want.priority, 1 if had_long else 3, turn.since_s, want.evse_id
    if want.uses_a == 0.0 and lasted_s >= ASKS_WITHIN_S:
        return -want.priority, 4, -turn.since_s, want.evse_id
    return -want.priority, 2 if had_long else 0, -turn.since_s, want.evse_id


def due_s(turns: Turns, now_s: float, rotate_after_s: float) -> float:
    """Return when time alone changes a rank next, ``inf`` while nobody waits."""
    if all(turn.served for turn in turns.values()):
        return math.inf
    ends_s = (
        turn.since_s + span_s
        for turn in turns.values()
        for span_s in (ASKS_WITHIN_S, rotate_after_s)
    )
    return min((end_s for end_s in ends_s if end_s > now_s), default=math.inf)
