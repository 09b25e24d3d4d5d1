"""SmartEVSE's numbered examples that are not one reading of a meter: shares, and the sun.

A row that *differs* says what SmartEVSE does, and why we do not.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from profiles.drawn import Drawn
from profiles.limits import Limit
from profiles.pools import Over, Pool
from profiles.share import split
from profiles.solar import SolarSettings, SolarState, step
from profiles.turns import Want

ROOT = Path(__file__).parents[2]
ROWS = json.loads(Path(__file__).with_name("limiter_examples.json").read_text())


@dataclass(frozen=True)
class Read:
    at_s: float
    currents_a: tuple[float, float, float]


def rows(of: str) -> list[Any]:
    return [pytest.param(row, id=row["id"]) for row in ROWS if row["of"] == of]


@pytest.mark.parametrize("row", rows("share"))
def test_cars_share_as_in_the_example(row: dict[str, Any]) -> None:
    pools = [Pool(Limit(limit_a, over), Over(over)) for over, limit_a in row["pools"]]
    wants = [
        Want(**{**want, "phases": frozenset(want.get("phases", (1, 2, 3)))})
        for want in row["wants"]
    ]

    limits = split(pools, wants).limits

    assert [
        min([want.max_a, *(limit.limit_a for limit in limits[want.evse_id])]) if want.able else 0.0
        for want in wants
    ] == row["expected"]


@pytest.mark.parametrize("row", rows("solar"))
def test_the_sun_is_followed_as_in_the_example(row: dict[str, Any]) -> None:
    phases, sum_a = row["phases"], row["set_a"] * row["phases"]
    settings = SolarSettings(**row.get("settings", {}))
    l1_a, l2_a, l3_a = (row["set_a"] if phase <= phases else 0.0 for phase in (1, 2, 3))
    on = (l1_a, l2_a, l3_a)
    car = Drawn(on, on, on, frozenset(range(1, phases + 1)), 6.0)
    state = SolarState(sum_a, sum_a, read_at_s=99.0)

    verdict = step(settings, state, Read(100.0, (row["net_a"], 0.0, 0.0)), [car], 100.0)

    assert verdict.pools[0].limit.limit_a / phases == pytest.approx(row["limit_a"])
    assert (verdict.state.importing_since_s is not None) is row["stops"]


def test_every_numbered_example_is_here_or_says_where_it_is() -> None:
    named = [re.match(r"SmartEVSE (\d+)", row["id"]) for row in ROWS]

    assert {int(match[1]) for match in named if match} == set(range(1, 19))
    assert all((ROOT / row["where"]).exists() for row in ROWS if row["of"] == "elsewhere")
