"""Which profiles a report shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from profiles.limits import Origin
from profiles.reporting import Criteria, by_place
from profiles.schedule import Profile, Purpose

Make = Callable[..., Profile]


@pytest.mark.requirement("K09.FR.03", "K09.FR.04", "K09.FR.05", "K09.FR.06")
@pytest.mark.parametrize(
    ("criteria", "ids"),
    [
        ({}, [[3, 5], [-1], [2], [4]]),
        ({"evse_id": 0}, [[3, 5], [-1]]),
        ({"evse_id": 1}, [[2]]),
        ({"evse_id": 7}, []),
        ({"ids": (4, 2, 9)}, [[2], [4]]),
        ({"purpose": Purpose.TX_DEFAULT}, [[3], [2]]),
        ({"purpose": Purpose.TX_DEFAULT, "stack_level": 2}, [[3]]),
        ({"origins": (Origin.EMS, Origin.GRID)}, [[-1]]),
        ({"origins": (Origin.CENTRAL,), "evse_id": 2}, [[4]]),
    ],
)
def test_all_criteria_must_match(criteria: dict[str, Any], ids: list[Any], profile: Make) -> None:
    installed = [
        profile(id=4, evse=2, purpose="tx", transaction="t"),
        profile(id=2),
        profile(id=5, evse=0, purpose="station max"),
        profile(id=3, evse=0, level=2),
        profile(id=-1, evse=0, purpose="external", origin=Origin.EMS),
    ]

    found = by_place(installed, Criteria(**criteria))

    assert [[each.id for each in together] for together in found] == ids
