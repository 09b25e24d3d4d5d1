"""Max-min fair filling: raise everybody's level together until something stops them.

Nobody can then get more without another, who has no more than that, getting less.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

NOISE = 1e-9

Draws = Sequence[tuple[int, int]]
"""The pools that somebody draws on, each with how often one of his amperes counts there."""


class Water:
    """What everybody has, as *levels*, and what is *left* in each pool beside that.

    *draws* tell what each draws on. A pool with less than nothing in it is empty.

    >>> water = Water([20.0, 8.0], [[(0, 1)], [(0, 1), (1, 1)], [(1, 1)]], [0.0, 0.0, 0.0])
    >>> water.rise([32.0, 32.0, 2.0])
    >>> water.levels, water.left
    ([14.0, 6.0, 2.0], [0.0, 0.0])
    """

    def __init__(
        self, left: Sequence[float], draws: Sequence[Draws], levels: Sequence[float]
    ) -> None:
        self.left = list(left)
        self.levels = list(levels)
        self._draws = draws
        self._loads = [0] * len(left)

    def rise(self, caps: Sequence[float]) -> None:
        """Raise everybody to his cap, as far as there is water.

        It rises once, from the lowest level on: whom it reaches rises with it, and stays
        behind at his cap or when a pool that he draws on is empty. Nobody falls.
        """
        levels = self.levels
        waiting = [i for i, cap in enumerate(caps) if levels[i] < cap]
        waiting.sort(key=levels.__getitem__, reverse=True)
        rising: list[int] = []  # the lowest cap last
        level = 0.0
        while rising or waiting:
            if not rising:
                level = levels[waiting[-1]]
            if waiting and levels[waiting[-1]] <= level + NOISE:
                rising += self._reached(waiting, level)
                rising.sort(key=caps.__getitem__, reverse=True)
                continue
            stop = caps[rising[-1]]
            if waiting and levels[waiting[-1]] < stop:
                stop = levels[waiting[-1]]
            more = self._drained(stop - level)
            runs_dry = more < stop - level
            level += more
            while rising and caps[rising[-1]] <= level + NOISE:
                i = rising.pop()
                self._stays(i, caps[i])
            if runs_dry:
                for i in [i for i in rising if not self._has_room(i)]:
                    rising.remove(i)
                    self._stays(i, level)

    def _reached(self, waiting: list[int], level: float) -> list[int]:
        """Take from *waiting*, the lowest last, whom the water reaches; return those who rise."""
        reached = []
        while waiting and self.levels[waiting[-1]] <= level + NOISE:
            i = waiting.pop()
            if self._has_room(i):
                reached.append(i)
                for k, weight in self._draws[i]:
                    self._loads[k] += weight
        return reached

    def _has_room(self, i: int) -> bool:
        """Return whether nothing that *i* draws on is empty."""
        left = self.left
        return not [k for k, _ in self._draws[i] if left[k] <= NOISE]

    def _stays(self, i: int, level: float) -> None:
        """Leave *i* behind at *level*."""
        self.levels[i] = max(self.levels[i], level)
        for k, weight in self._draws[i]:
            self._loads[k] -= weight

    def _drained(self, most: float) -> float:
        """Let everybody rise until a pool is empty, at most by *most*; return by how much."""
        left, more = self.left, most
        loads = [(k, load) for k, load in enumerate(self._loads) if load and left[k] < inf]
        for k, load in loads:
            if left[k] < load * more:
                more = left[k] / load
        for k, load in loads:
            left[k] -= load * more
        return more
