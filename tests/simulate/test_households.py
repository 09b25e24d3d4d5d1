"""The built-in households: their days are real ones, and the station keeps every fuse in them."""

from __future__ import annotations

from itertools import pairwise

import pytest

from chargepoint.simulate.day import DAY_S, check_events
from chargepoint.simulate.households import HOUSEHOLDS
from chargepoint.simulate.rig import load_simulated

MODES = ("normal", "smart", "solar")


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_a_household_is_a_whole_day_the_same_every_time(name):
    household, again = HOUSEHOLDS[name](), HOUSEHOLDS[name]()
    day = household.day()

    assert household.name == name
    assert day == again.day()
    assert (day.rows[0].at_s, day.rows[-1].at_s) == (0.0, DAY_S)
    assert all(one.at_s < other.at_s for one, other in pairwise(day.rows))
    assert all(min(row.house_a) >= 0.0 and row.solar_w >= 0.0 for row in day.rows)
    settings = load_simulated(None, (), household.settings)
    check_events(day.events, [evse.id for evse in settings.evse])


def test_houses_have_their_loads_their_sun_and_their_battery():
    flat, family, electric = (HOUSEHOLDS[name]().day() for name in ("flat", "family", "electric"))

    assert max(row.house_a[0] for row in flat.rows) > 15.0
    assert {row.house_a[1:] for row in flat.rows} == {(0.0, 0.0)}
    assert 3500.0 < max(row.solar_w for row in family.rows) < 5000.0
    assert min(row.battery_w for row in electric.rows) < -1000.0
    assert max(row.battery_w for row in electric.rows) > 1000.0


def test_who_cooks_in_the_flat_slows_the_car_down_and_no_fuse_is_above_for_too_long(live):
    evening = live("flat", hours=(17.5, 19.75))

    assert evening.fuses.late_s == 0.0
    assert max(fuse.highest_a for fuse in evening.fuses) > 25.0
    assert evening.tally.evses[1].reasons["mains L1"] > 60
    assert evening.visits[0].got_wh > 3000.0


def test_eight_cars_share_a_circuit_without_a_fuse_above_for_too_long(live):
    morning = live("company", hours=(7.3, 7.8))

    assert morning.fuses.late_s == 0.0
    assert all(morning.tally.evses[evse_id].grid_wh > 500.0 for evse_id in (1, 2))


@pytest.mark.soak
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_no_household_has_a_fuse_above_for_too_long_in_any_mode(live, name, mode):
    day = live(name, f"limits.mode={mode}")

    assert day.seconds == DAY_S + 1
    assert {fuse.name: fuse.late_s for fuse in day.fuses if fuse.late_s} == {}
    assert mode == "solar" or sum(visit.got_wh for visit in day.visits) > 5000.0
