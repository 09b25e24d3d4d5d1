"""The sun comes and goes over a station with a second contactor: its guard, its board, its car."""

from __future__ import annotations

from itertools import groupby, pairwise

import pytest

from chargepoint.simulate.day import Car, Day, Event, Row, Three
from chargepoint.simulate.play import Second, play
from chargepoint.simulate.rig import load_simulated

MAINS_A = 25.0
HOUR_S = 3600.0


def played(day: Day, *overrides: str) -> list[Second]:
    """Return every second of *day* at a station whose second contactor is automatic."""
    below = {"evse": [{"id": 1, "second_contactor": "auto"}]}
    settings = load_simulated(None, [f"limits.mains_a={MAINS_A}", *overrides], below)
    return list(play(settings, day))


def carried(second: Second) -> int:
    """Return on how many phases the contactors let current through."""
    sensed = second.evses[0].sensed
    return (3 if sensed.second_closed else 1) if sensed.main_closed else 0


def phases_of(seconds: list[Second]) -> list[int]:
    """Return the phases in the order in which energy flowed on them."""
    flowing = (carried(second) for second in seconds if second.evses[0].power_w > 100.0)
    return [phases for phases, _ in groupby(flowing)]


def never_under_load(seconds: list[Second]) -> bool:
    steps = [carried(second) for second in seconds]
    return not any({1, 3} == {one, next_} for one, next_ in pairwise(steps))


def sunny(*watts: float, house_a: Three = (1.0, 1.0, 1.0)) -> tuple[Row, ...]:
    """Return a sun that glides from one number to the next within half an hour each."""
    return tuple(Row(n * HOUR_S / 2, house_a, solar_w=w) for n, w in enumerate(watts))


def test_the_sun_rises_over_one_phase_to_three_and_sets_over_one() -> None:
    """1, 3 and 1 phases, with energy on each, and no conductor ever above its fuse."""
    day = Day(sunny(0, 9000, 0), (Event(60.0, 1, Car(3, 16.0)),))
    seconds = played(day, "limits.mode=solar")

    assert phases_of(seconds) == [1, 3, 1]
    assert never_under_load(seconds)
    assert max(max(second.mains.currents_a) for second in seconds) <= MAINS_A
    assert seconds[-1].evses[0].got_wh > 3000.0


def test_a_day_of_clouds_wears_no_contactor() -> None:
    day = Day(sunny(*[9000, 1000] * 3), (Event(60.0, 1, Car(3, 16.0)),))
    seconds = played(day, "limits.mode=solar")

    changes = len(phases_of(seconds)) - 1
    assert 1 <= changes <= 6
    assert never_under_load(seconds)


def test_a_full_conductor_leaves_one_phase_where_three_would_stop() -> None:
    quiet, busy = (1.0, 1.0, 1.0), (1.0, 22.0, 1.0)
    rows = (Row(0.0, quiet), Row(600.0, busy), Row(1800.0, quiet), Row(3600.0, quiet))
    seconds = played(Day(rows, (Event(60.0, 1, Car(3, 16.0)),)), "limits.mode=smart")

    assert phases_of(seconds) == [3, 1, 3]
    assert never_under_load(seconds)
    idle_s = sum(second.evses[0].power_w < 100.0 for second in seconds[605:3600])
    assert idle_s < 120


@pytest.mark.parametrize("car", [Car(1, 16.0), Car(3, 16.0)])
def test_six_amperes_of_sun_are_enough_to_begin(car: Car) -> None:
    day = Day(sunny(2300, 2300), (Event(60.0, 1, car),))
    seconds = played(day, "limits.mode=solar")

    assert phases_of(seconds) == [1]
    assert seconds[-1].evses[0].got_wh > 500.0


def test_a_car_of_one_phase_tries_and_is_remembered_while_it_stays() -> None:
    """At the first start nobody knows: it tries with START of sun (4 A) for one phase."""
    sun = (Row(0.0, solar_w=0.0), Row(600.0, solar_w=6000.0), Row(2400.0, solar_w=6000.0))
    dark = (Row(2401.0, solar_w=0.0), Row(4200.0, solar_w=0.0), Row(4201.0, solar_w=1700.0))
    day = Day((*sun, *dark, Row(6000.0, solar_w=1700.0)), (Event(60.0, 1, Car(1, 16.0)),))
    below = {"evse": [{"id": 1, "second_contactor": "always_on"}]}
    settings = load_simulated(None, ["limits.mode=solar"], below)
    flows = [second.evses[0].power_w > 100.0 for second in play(settings, day)]

    assert not any(flows[:90])
    assert any(flows[:360])
    assert flows[2400]
    assert not flows[4100]
    assert flows[6000]


def test_two_stations_share_the_sun_and_change_one_at_a_time() -> None:
    day = Day(
        sunny(0, 14000, 3000, 14000),
        (Event(60.0, 1, Car(3, 16.0)), Event(90.0, 2, Car(3, 16.0))),
    )
    below = {"evse": [{"id": n, "second_contactor": "auto"} for n in (1, 2)]}
    seconds = list(play(load_simulated(None, ["limits.mode=solar"], below), day))

    for n in (0, 1):
        closed = [second.evses[n].sensed for second in seconds]
        steps = [s.second_closed for s in closed if s.main_closed]
        assert 1 <= sum(one != after for one, after in pairwise(steps)) <= 12
        assert seconds[-1].evses[n].got_wh > 2000.0
    assert max(max(second.mains.currents_a) for second in seconds) <= 25.0
