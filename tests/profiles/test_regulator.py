"""One conductor: when a shortage ends, and what a silence leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from profiles.drawn import Ours
from profiles.regulator import Flow, Regulated, after_grace, after_reading, after_silence


@dataclass(frozen=True)
class Law:
    min_a: float = 6.0
    shortage_hold_s: float = 6.0
    retry_after_s: float = 30.0


def test_a_shortage_ends_when_the_grace_is_over() -> None:
    short = Regulated(set_a=6.0, target_a=2.0, hope_a=2.0, short_since_s=100.0)

    assert after_grace(Law(), short, 105.9) is short
    ended = after_grace(Law(), short, 106.0)
    assert (ended.set_a, ended.short_since_s, ended.retry_at_s) == (0.0, None, 136.0)


def test_what_fits_goes_on_after_the_grace() -> None:
    short = Regulated(set_a=12.0, target_a=6.0, hope_a=6.0, short_since_s=100.0)

    assert after_grace(Law(), short, 106.0).set_a == 6.0


def test_cars_that_may_yet_be_on_their_way_down_are_waited_for() -> None:
    hoped = Regulated(set_a=6.0, target_a=2.0, hope_a=6.0, short_since_s=100.0)

    assert after_grace(Law(), hoped, 1000.0) is hoped


def test_without_a_shortage_there_is_nothing_to_end() -> None:
    calm = Regulated(set_a=16.0, target_a=2.0, hope_a=2.0)

    assert after_grace(Law(), calm, 1000.0) is calm


@pytest.mark.parametrize(
    ("set_a", "fallback_a", "charging", "retry_at_s"),
    [
        (16.0, 0.0, True, 130.0),
        (16.0, 0.0, False, 50.0),
        (5.9, 0.0, True, 50.0),
        (16.0, 6.0, True, 50.0),
        (6.0, 5.9, True, 130.0),
    ],
)
def test_a_silence_is_followed_by_a_pause_only_where_it_stops_somebody(
    set_a: float, fallback_a: float, charging: bool, retry_at_s: float
) -> None:
    before = Regulated(set_a=set_a, retry_at_s=50.0)

    silent = after_silence(Law(), before, fallback_a, charging, 100.0)

    assert (silent.set_a, silent.retry_at_s) == (fallback_a, retry_at_s)


def read(state: Regulated, current_a: float, taken_a: float, now_s: float = 100.0) -> Regulated:
    """Return the state after a meter showed *current_a* of 25 A."""
    flow = Flow(25.0, current_a, Ours(taken_a, taken_a, taken_a, (6.0,)), "L1")
    return after_reading(Law(), state, flow, 1.0, now_s)


@pytest.mark.parametrize("set_a", [0.0, 16.0])
@pytest.mark.parametrize(("current_a", "room_a"), [(20.0, 15.0), (34.5, 0.5), (40.0, 0.0)])
def test_what_it_comes_to_is_the_room_beside_the_house(
    set_a: float, current_a: float, room_a: float
) -> None:
    assert read(Regulated(set_a=set_a), current_a, 10.0).room_a == room_a


def test_the_least_room_of_the_last_fifteen_seconds_is_remembered() -> None:
    state = Regulated(set_a=6.0)
    for at_s, house_a in ((100.0, 15.0), (101.0, 13.0), (115.5, 11.0)):
        state = read(state, house_a, 0.0, at_s)

    assert list(state.lows) == [(101.0, 12.0), (115.5, 14.0)]
    assert list(read(state, 20.0, 0.0, 116.5).lows) == [(116.5, 5.0)]


def test_of_the_rooms_only_those_that_may_yet_be_the_least_are_kept() -> None:
    state = Regulated(set_a=6.0)
    for at_s, house_a in ((100.0, 15.0), (101.0, 11.0), (102.0, 13.0)):
        state = read(state, house_a, 0.0, at_s)

    assert list(state.lows) == [(100.0, 10.0), (102.0, 12.0)]


def test_after_a_shortage_the_way_back_goes_by_the_least_room_of_the_last_seconds() -> None:
    state = Regulated(set_a=0.0)
    for at_s, house_a, set_a in ((100.0, 5.0, 6.0), (101.0, 22.0, 3.0), (102.0, 5.0, 3.0)):
        state = read(state._replace(set_a=0.0), house_a, 0.0, at_s)
        assert state.set_a == set_a
