"""Who is served before whom."""

from __future__ import annotations

from typing import Any

import pytest

from profiles.limits import Limit
from profiles.pools import Over, Pool
from profiles.share import split
from profiles.turns import Turn, Want, rank

NOW_S, ROTATE_S = 1000.0, 500.0
SERVED, SERVED_LONG = Turn(True, 700.0), Turn(True, 300.0)
WAITS, WAITS_LONG = Turn(False, 800.0), Turn(False, 400.0)
IDLE = {"uses_a": 0.0}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((SERVED, {}), (WAITS_LONG, {})),
        ((WAITS_LONG, {}), (SERVED_LONG, {})),
        ((SERVED_LONG, {}), (WAITS, {})),
        ((WAITS, {}), (SERVED, IDLE)),
        ((Turn(True, 941.0), IDLE), (WAITS_LONG, {})),
        ((SERVED, {}), (Turn(True, 600.0), {})),
        ((Turn(False, 700.0), {}), (WAITS, {})),
        ((SERVED, IDLE), (SERVED_LONG, IDLE)),
        ((WAITS, {"priority": 1}), (SERVED, {})),
        ((WAITS_LONG, {"priority": 1}), (SERVED, {})),
        ((SERVED_LONG, IDLE | {"priority": 1}), (SERVED, {})),
        ((SERVED, {"priority": 1}), (SERVED, {})),
    ],
)
def test_the_first_of_two_is_served_before_the_second(
    first: tuple[Turn, dict[str, Any]], second: tuple[Turn, dict[str, Any]]
) -> None:
    for ids in ((1, 2), (2, 1)):
        ranks = [
            rank(Want(id, 32.0, **facts), turn, NOW_S, ROTATE_S)
            for id, (turn, facts) in zip(ids, (first, second), strict=True)
        ]
        assert ranks[0] < ranks[1]


def test_a_car_that_tries_needs_one_phase_of_a_wish_and_all_of_a_fuse() -> None:
    tries = Want(1, 32.0, phases=frozenset({1, 2, 3}), hoped=frozenset({1}))
    sun, fuse = Limit(9.0, "sun"), Limit(9.0, "fuse")

    limits = split([Pool(sun, Over.SUM, wish=True), Pool(fuse, Over.SUM)], [tries]).limits[1]
    assert [(limit.limit_a, limit.source) for limit in limits] == [
        (9.0, "sun"),
        (0.0, "fuse, EVSE 1 waits"),
    ]
    (known,) = split([Pool(sun, Over.SUM, wish=True)], [tries._replace(hoped=None)]).limits[1]
    assert known.limit_a == 0.0
