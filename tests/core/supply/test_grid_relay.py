"""The grid operator dims."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chargepoint.core.config import EvseConfig
from chargepoint.core.messages import (
    ACCEPTED,
    GridRelay,
    LimitImposed,
    LimitReleased,
    Override,
)
from profiles.limits import Origin

Build = Callable[..., Any]
TWO = (EvseConfig(1), EvseConfig(2))
NO_METER: frozenset[str] = frozenset()


@pytest.mark.requirement("K11.FR.01")
def test_all_evses_together_draw_no_more_than_the_grid_operator_lets(house: Build) -> None:
    bench = house(evses=TWO, meter_roles=NO_METER).bench
    bench.charge(1)
    bench.charge(2)
    assert bench.do(GridRelay(True)) == ACCEPTED
    bench.run(2)

    assert bench.snapshot().grid_limit_w == 4200.0
    assert 3 * sum(bench.evse(each).offer_a for each in (1, 2)) * 230.0 <= 4200.0
    assert max(bench.evse(each).offer_a for each in (1, 2)) == 6.0
    bench.do(GridRelay(True, 9000.0))
    bench.run(8)
    assert sum(bench.evse(each).offer_a for each in (1, 2)) == pytest.approx(13.0, abs=0.2)
    assert bench.evse(1).binding.startswith("grid operator 9 kW")


@pytest.mark.parametrize("limit_w", [None, 3000.0])
def test_dimming_is_said_shown_kept_and_released(house: Build, limit_w: float | None) -> None:
    home = house(meter_roles=NO_METER)
    bench = home.bench
    bench.charge()
    bench.do(Override(32.0))
    for _ in range(2):
        bench.do(GridRelay(True, limit_w))
    bench.run(8)
    kilowatts = 4.2 if limit_w is None else 3
    sentence = f"the grid operator dims to {kilowatts:g} kW"
    assert bench.notes.count(sentence) == 1
    assert home.warnings == (sentence,)
    assert bench.evse().offer_a == pytest.approx(6.0 if limit_w is None else 0.0, abs=0.1)

    again = bench.restarted()
    assert again.snapshot().grid_limit_w == kilowatts * 1000
    for _ in range(2):
        again.do(GridRelay(False))
    assert again.notes.count("the grid operator no longer dims") == 1
    assert again.snapshot().grid_limit_w is None
    assert again.restarted().snapshot().grid_limit_w is None


@pytest.mark.requirement("K12.FR.02", "K12.FR.04", "K13.FR.02")
def test_the_central_system_hears_of_it_in_the_name_of_the_grid_operator(house: Build) -> None:
    home = house(meter_roles=NO_METER)
    home.run(31)
    home.bench.said.clear()
    home.bench.do(GridRelay(True))
    home.run(2)
    (told,) = home.bench.heard(LimitImposed, clear=True)
    assert (told.evse_id, told.origin) == (0, Origin.GRID)

    home.bench.do(GridRelay(False))
    home.run(302)
    (told,) = home.bench.heard(LimitReleased)
    assert told.origin is Origin.GRID
