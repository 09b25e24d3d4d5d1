"""A pool is what several EVSEs may take together: amperes of one conductor, or of several.

Mains and circuit are one pool for each phase, CAPACITY and the sun are pools of all phases
together, the station's maximum profile counts every EVSE as if all used the same phase.
Who shares a pool, and how, is ``share``'s business.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

from profiles.limits import Limit


class Over(StrEnum):
    """What the amperes of a pool are counted over."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    SUM = "sum"  # of all phases
    EACH = "each"  # per phase, as if all EVSEs used the same ones (K08.FR.03)

    __hash__ = str.__hash__  # an Enum's own is ten times slower, and asked for in every tick

    def weight(self, phases: Collection[int]) -> int:
        """Return how often an ampere counts that is offered on *phases* of the grid, 1 to 3.

        >>> Over.L2.weight({2, 3}), Over.SUM.weight({2, 3}), Over.L1.weight({2, 3})
        (1, 2, 0)
        """
        if self is Over.EACH:
            return 1
        if self is Over.SUM:
            return len(phases)
        return int(CONDUCTORS.index(self) + 1 in phases)


CONDUCTORS = (Over.L1, Over.L2, Over.L3)


class Pool(NamedTuple):
    """At most *limit* amperes *over* something, for all EVSEs together.

    Not *admits*: those that charge may go on, nobody new may begin. *until_s* is the
    monotonic time at which it changes by itself, None where nobody knows. *settles_a* is
    what it comes to if nothing else changes, None where nobody knows. Above a *wish* nothing
    breaks: a car may try whether it fits.
    """

    limit: Limit
    over: Over = Over.EACH
    admits: bool = True
    until_s: float | None = None
    settles_a: float | None = None
    wish: bool = False
