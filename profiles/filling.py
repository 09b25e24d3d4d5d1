"""Max-min fair filling: raise everybody's level together until something stops them.

Nobody can then get more without another, who has no more than that, getting less.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

NOISE = 1e-9


def filled(
    rooms: Sequence[float],
    weights: Sequence[Sequence[int]],
    floors: Sequence[float],
    caps: Sequence[float],
) -> list[float]:
    """Return the level of each: at least its floor, at most its cap.

    *rooms* are what is in the pools; ``weights[i][k]`` is how often an ampere of *i* counts
    in pool *k*. The lowest levels rise first, all at the same speed; one stops at its cap
    or when a pool it draws on is empty. Floors are given even where they do not fit.

    >>> filled([20.0, 8.0], [(1, 0), (1, 1), (1, 1)], [0.0, 0.0, 0.0], [32.0, 32.0, 2.0])
    [12.0, 6.0, 2.0]
    """
    levels = list(floors)
    rising = [i for i, level in enumerate(levels) if level < caps[i]]
    if not rising:
        return levels
    left = _left(rooms, weights, levels)
    while rising := [i for i in rising if _may_rise(weights[i], left)]:
        lowest = min(levels[i] for i in rising)
        moving = [i for i in rising if levels[i] <= lowest + NOISE]
        waiting = [levels[i] for i in rising if levels[i] > lowest + NOISE]
        loads = [sum(weights[i][k] for i in moving) for k in range(len(left))]
        more = min(
            min(waiting, default=math.inf) - lowest,
            min(caps[i] - levels[i] for i in moving),
            min(
                (room / load for room, load in zip(left, loads, strict=True) if load),
                default=math.inf,
            ),
        )
        for i in moving:
            levels[i] += more
        left = [
            room - load * more if load else room for room, load in zip(left, loads, strict=True)
        ]
        rising = [i for i in rising if levels[i] < caps[i] - NOISE]
    return levels


def _left(
    rooms: Sequence[float], weights: Sequence[Sequence[int]], levels: Sequence[float]
) -> list[float]:
    return [
        room - sum(w[k] * level for w, level in zip(weights, levels, strict=True) if w[k])
        for k, room in enumerate(rooms)
    ]


def _may_rise(weight: Sequence[int], left: Sequence[float]) -> bool:
    return all(room > NOISE for room, load in zip(left, weight, strict=True) if load)
