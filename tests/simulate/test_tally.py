"""Sums over a played day: switching, energy by its source, reasons, stays."""

from __future__ import annotations

import pytest

from chargepoint.simulate.day import Car, Day, Event, Row
from chargepoint.simulate.play import play
from chargepoint.simulate.rig import load_simulated
from chargepoint.simulate.summary import summary
from chargepoint.simulate.tally import CAR_FULL, THE_CAR, Tally, short


def tallied(day: Day, *overrides: str) -> Tally:
    tally = Tally([1])
    for second in play(load_simulated(None, overrides, {}), day):
        tally.see(second)
    tally.end()
    return tally


def test_energy_is_the_sun_s_as_far_as_the_house_leaves_any():
    three_kw = 3 * 230.0 * 3.0
    rows = (Row(0.0, solar_w=three_kw), Row(1200.0, solar_w=three_kw))
    tally = tallied(Day(rows, (Event(0.0, 1, Car(3, 6.0)),)))

    evse = tally.evses[1]
    assert evse.sun_wh == pytest.approx(evse.grid_wh, rel=0.02)
    assert evse.sun_wh + evse.grid_wh == pytest.approx(3 * 230 * 6.0 / 3, rel=0.02)


def test_a_car_that_takes_less_or_is_full_is_its_own_reason():
    events = (Event(0.0, 1, Car(3, 8.0, 500.0)), Event(900.0, 1, None))
    tally = tallied(Day((Row(0.0), Row(1000.0)), events))

    evse = tally.evses[1]
    assert set(evse.reasons) >= {THE_CAR, CAR_FULL}
    assert sum(evse.reasons.values()) == 900
    assert (evse.starts, evse.closings, evse.phase_switches) == (1, 1, 0)
    (visit,) = tally.visits
    assert (visit.came_s, visit.left_s, visit.missing_wh) == (0.0, 900.0, 0.0)
    assert visit.got_wh == pytest.approx(500.0, abs=5.0)


def test_a_car_that_is_still_there_at_the_end_is_booked_with_what_it_misses():
    tally = tallied(Day((Row(0.0), Row(600.0)), (Event(60.0, 1, Car(1, 16.0, 9000.0)),)))

    (visit,) = tally.visits
    assert visit.left_s is None
    assert visit.missing_wh == pytest.approx(9000.0 - 230 * 16 * 540 / 3600, rel=0.05)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("mains L2 24.6/25 A, shared by 2", "mains L2"),
        ("MAX 16 A", "MAX"),
        ("solar export 3.2 A", "solar export"),
        ("rests after many stops, until room lasts 60 s", "rests after many stops"),
        ("no car", "no car"),
        ("16 A", "16 A"),
    ],
)
def test_a_reason_is_said_without_its_numbers(source, said):
    assert short(source) == said


def test_the_summary_tells_what_went_wrong():
    from chargepoint.core.config import LimitsConfig, StationConfig
    from chargepoint.simulate.fuses import Fuses

    limits = LimitsConfig(sum_mains_a=40.0)
    fuses = Fuses(StationConfig(limits=limits, meter_roles=frozenset({"mains"})))
    (*_, fuse) = fuses
    for at_s in range(3590, 3600):
        fuse.see(at_s, 50.0, 16.0, False)

    said = list(summary(fuses, Tally([1])))

    assert said[-1] == "TOO LONG above the limit: mains sum for 3 s, first at 00:59"
    assert any("no car came" in line for line in said)
