"""The worked examples, as rows: composite_examples.json."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from profiles.composite import composite
from profiles.limit_now import Running, limits_at
from profiles.limits import Limit, combine
from profiles.schedule import Profile, Unit
from profiles.units import Supply

Make = Callable[..., Profile]
AT = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
SUPPLY = Supply(230.0, 3)
EXAMPLES = json.loads(Path(__file__).with_name("composite_examples.json").read_text())
ROWS = [
    pytest.param(
        example,
        ask,
        id=f"{example['id']}-{index}",
        marks=pytest.mark.requirement(*example["rules"]),
    )
    for example in EXAMPLES
    for index, ask in enumerate(example["asks"])
]


def world(example: dict[str, Any], make: Make) -> tuple[list[Profile], datetime, Any, Any]:
    at = datetime.fromisoformat(example["at"]) if "at" in example else AT
    profiles = [make(id, at, **row) for id, row in enumerate(example["profiles"], 1)]
    running = {
        int(evse): Running(
            row.get("transaction"),
            at + timedelta(seconds=row["energy_offered"]) if "energy_offered" in row else None,
        )
        for evse, row in example.get("running", {}).items()
    }
    local_a = example.get("local_a", {"1": 32, "2": 32}).items()
    local = {int(evse): [Limit(a, "local")] for evse, a in local_a}
    return profiles, at, running, local


@pytest.mark.parametrize(("example", "ask"), ROWS)
def test_the_composite_schedule_is_the_worked_example(
    example: dict[str, Any], ask: dict[str, Any], profile: Make
) -> None:
    profiles, at, running, local = world(example, profile)

    periods = composite(
        profiles,
        ask["evse"],
        running,
        at,
        ask["duration_s"],
        Unit(ask.get("unit", "A")),
        SUPPLY,
        local,
    )

    assert [list(period) for period in periods] == ask["expect"]


@pytest.mark.parametrize(("example", "ask"), ROWS)
def test_the_limit_now_is_the_first_of_the_composite_schedule(
    example: dict[str, Any], ask: dict[str, Any], profile: Make
) -> None:
    profiles, at, running, local = world(example, profile)
    evse_id = ask["evse"] or 1

    now = limits_at(profiles, evse_id, running.get(evse_id, Running()), at, SUPPLY)

    expected = composite(profiles, evse_id, running, at, 1, Unit.A, SUPPLY, local)
    ours = [limit for place in (0, evse_id) for limit in local.get(place, [])]
    tightest = combine([*ours, *now.limits])
    assert ((0, tightest.limit_a, tightest.phases),) == expected
