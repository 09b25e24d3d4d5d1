"""Max-min fair filling, against the slow textbook."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.filling import Water

DROP = 0.01


def filled(
    rooms: list[float], weights: list[list[int]], floors: list[float], caps: list[float]
) -> list[float]:
    """Let the water rise from *floors* on, and see that none of it is lost."""
    draws = [[(k, weight) for k, weight in enumerate(each) if weight] for each in weights]
    left = [room - taken for room, taken in zip(rooms, taken_of(rooms, draws, floors), strict=True)]
    water = Water(left, draws, floors)
    water.rise(caps)
    taken = taken_of(rooms, draws, water.levels)
    assert [a + b for a, b in zip(water.left, taken, strict=True)] == pytest.approx(rooms)
    return water.levels


def taken_of(rooms: list[float], draws: list[Any], levels: list[float]) -> list[float]:
    taken = [0.0] * len(rooms)
    for draw, level in zip(draws, levels, strict=True):
        for k, weight in draw:
            taken[k] += weight * level
    return taken


def poured(
    rooms: list[float], weights: list[list[int]], floors: list[float], caps: list[float]
) -> list[float]:
    """Give the lowest who may still have more one drop, until nobody may."""
    levels, open_ = list(floors), set(range(len(floors)))
    while open_:
        lowest = min(open_, key=lambda i: levels[i])
        more = [level + DROP * (i == lowest) for i, level in enumerate(levels)]
        fits = all(
            sum(weights[i][k] * more[i] for i in range(len(more))) <= room + 1e-6
            for k, room in enumerate(rooms)
            if weights[lowest][k]
        )
        if fits and more[lowest] <= caps[lowest] + 1e-6:
            levels = more
        else:
            open_.remove(lowest)
    return levels


WEIGHTS = st.lists(st.lists(st.sampled_from([0, 1, 1, 3]), min_size=3, max_size=3), max_size=5)


@given(st.lists(st.integers(5, 40), min_size=3, max_size=3), WEIGHTS, st.data())
def test_it_is_what_pouring_drop_by_drop_gives(rooms: Any, weights: Any, data: Any) -> None:
    some = st.integers(0, 6)
    floors = [float(data.draw(st.sampled_from([0, 1]))) for _ in weights]
    caps = [floor + data.draw(some) for floor in floors]

    rooms = [float(room) for room in rooms]
    fits = all(
        sum(w[k] * floor for w, floor in zip(weights, floors, strict=True)) <= room
        for k, room in enumerate(rooms)
    )
    slow, fast = poured(rooms, weights, floors, caps), filled(rooms, weights, floors, caps)
    assert not fits or fast == pytest.approx(slow, abs=0.1)


def test_floors_stay_where_they_do_not_fit() -> None:
    assert filled([5.0], [[1], [1]], [6.0, 6.0], [32.0, 32.0]) == [6.0, 6.0]
