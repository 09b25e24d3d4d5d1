"""One phase or three: what is told, what there is room for, and how rarely it changes."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.phases import PhaseSettings, PhaseState, Room, Situation, step

MIN_A, STOP_S, SPIKE_S = 6.0, 600.0, 3.0
SETTINGS = PhaseSettings(MIN_A, STOP_S, SPIKE_S)
RUNS = Situation(told=None, begun=True, charging=True)


class Day:
    """The choice, second by second."""

    def __init__(self, phases: int = 3, settings: PhaseSettings = SETTINGS) -> None:
        self.settings = settings
        self.state = PhaseState(phases, told=None)
        self.now_s = 1000.0

    def run(self, seconds: int, sum_a: float = math.inf, **facts: Any) -> int:
        """Let *seconds* go by in one situation; return the phases at their end."""
        room = facts.pop("room", Room(sum_a))
        for _ in range(seconds):
            self.now_s += 1.0
            situation = replace(RUNS, room=room, **facts)
            self.state = step(self.settings, self.state, situation, self.now_s)
        return self.state.phases


# --- at the start -------------------------------------------------------------------------


@pytest.mark.parametrize(("sum_a", "phases"), [(0.0, 1), (6.0, 1), (20.9, 1), (21.0, 3), (48.0, 3)])
def test_a_car_that_waits_for_the_sun_gets_three_with_an_ampere_to_spare_on_each(
    sum_a: float, phases: int
) -> None:
    room = Room(sum_a, sunny=True)
    assert Day().run(1, room=room, begun=False, charging=False) == phases


def test_without_sun_one_phase_is_what_a_suspended_car_waits_on() -> None:
    assert Day().run(1, room=Room(2.0, sunny=True), charging=False) == 1


@pytest.mark.parametrize(("sum_a", "phases"), [(5.9, 3), (6.0, 1)])
def test_without_room_for_anything_a_car_waits_on_what_it_has(sum_a: float, phases: int) -> None:
    assert Day().run(1, sum_a, begun=False, charging=False) == phases


def test_a_full_conductor_leaves_one_phase_to_begin_with() -> None:
    room = Room(math.inf, (20.0, 3.0, 20.0))
    day = Day()

    assert day.run(1, room=room, begun=False, charging=False) == 1
    assert day.state.why == "L2 has 3.0/7 A for 3 phases"
    assert day.run(1, begun=False, charging=False) == 3


# --- SmartEVSE's rows -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sum_a", "stop_s", "waits_s"),
    [
        (18.0 - 4.5, 600.0, 570),  # row 9: a small lack is bridged
        (18.0 - 9.0, 600.0, 30),
        (18.0 - 4.5, 0.0, 30),
        (18.0 - 9.0, 20.0, 19),  # STOP comes sooner
    ],
)
def test_three_phases_go_after_a_while_without_room(
    sum_a: float, stop_s: float, waits_s: int
) -> None:
    day = Day(settings=replace(SETTINGS, stop_s=stop_s))

    assert day.run(waits_s, sum_a) == 3
    assert day.run(1, sum_a) == 1
    assert day.state.why == f"{sum_a:.1f}/21 A for 3 phases"


def test_three_phases_come_after_a_minute_with_room() -> None:
    day = Day(1)

    assert day.run(60, 21.5) == 1
    assert day.run(1, 21.5) == 3
    assert day.state.why == "21.5/18 A for 3 phases"


def test_a_moment_changes_nothing() -> None:
    day = Day()
    for _ in range(20):
        assert day.run(29, 8.0) == 3
        assert day.run(1, 18.0) == 3


def test_where_one_phase_does_not_fit_either_nothing_changes() -> None:
    assert Day().run(2000, 5.9) == 3
    assert Day(1).run(2000, 5.9) == 1


def test_a_full_conductor_is_left_sooner_than_the_sun() -> None:
    full = Room(math.inf, (20.0, 20.0, 3.0), ("L3", "L1", "L2"))
    day = Day()

    assert day.run(int(SPIKE_S), room=full) == 3
    assert day.run(1, room=full) == 1
    assert day.state.why == "L2 has 3.0/7 A for 3 phases"


def test_without_current_nothing_is_waited_for() -> None:
    assert Day().run(1, 8.0, charging=False) == 1


# --- the car's own phases -------------------------------------------------------------------


def test_a_car_of_one_phase_never_gets_more_of_them_and_keeps_what_it_has() -> None:
    assert Day(1).run(2000, 48.0, used=1) == 1
    day = Day()
    assert day.run(2000, 6.0, used=1) == 3
    assert day.state.why == "the car takes one phase"


def test_a_car_of_two_phases_needs_room_for_two() -> None:
    assert Day(1).run(100, 14.0, used=2) == 3
    assert Day().run(2000, 12.0, used=2) == 3


# --- who forbids three ----------------------------------------------------------------------


def test_a_limit_for_one_phase_acts_at_once_and_the_way_back_waits() -> None:
    day = Day()
    assert day.run(1, told=3, ceiling=1, because="TxProfile 7") == 1
    assert day.state.why == "TxProfile 7"
    assert day.run(599, told=3) == 1
    assert day.state.why == "the contactors rest after a change"
    assert day.run(1, told=3) == 3
    assert day.state.why == ""


def test_another_mode_does_not_wait() -> None:
    day = Day()
    day.run(31, 8.0)
    assert day.state.phases == 1
    assert day.run(1, told=3) == 3
    assert day.run(1, told=1, because="second contactor off in solar") == 1
    assert day.run(1, told=3) == 3


def test_silent_meters_change_nothing() -> None:
    day = Day()
    day.run(29, 8.0)

    assert day.run(1, room=None) == 3
    assert day.state.why == "no meter tells"
    assert day.run(30, 8.0) == 3  # counted anew
    assert day.run(1, 8.0) == 1


# --- whatever comes -------------------------------------------------------------------------

AMPERES = st.floats(-50.0, 120.0)
ROOM = st.builds(Room, AMPERES | st.just(math.inf), st.tuples(AMPERES, AMPERES, AMPERES))
WEATHER = st.lists(
    st.tuples(
        st.integers(1, 300),
        ROOM,
        st.booleans(),
        st.sampled_from([1, 2, 3]),
        st.sampled_from([1, 3]),
    ),
    min_size=1,
    max_size=60,
)


def changes(weather: list[Any], forbids: bool) -> list[tuple[float, int, Situation]]:
    """Return each change with its time, the new number and the situation."""
    day, found = Day(), []
    for seconds, room, charging, used, ceiling in weather:
        situation = replace(
            RUNS,
            room=room,
            charging=charging,
            used=used,
            ceiling=ceiling if forbids else 3,
            because="TxProfile 7",
        )
        for _ in range(0, seconds, 5):
            day.now_s += 5.0
            before = day.state.phases
            day.state = step(SETTINGS, day.state, situation, day.now_s)
            assert situation.ceiling == 3 or day.state.phases == 1
            if day.state.phases != before:
                found.append((day.now_s, day.state.phases, situation))
    return found


@given(WEATHER)
def test_the_contactors_move_at_most_six_times_an_hour_under_any_sun(weather: list[Any]) -> None:
    times = [at_s for at_s, _, _ in changes(weather, forbids=False)]

    assert all(later - earlier >= 600.0 for earlier, later in pairwise(times))


@given(WEATHER)
def test_who_forbids_three_is_obeyed_and_cannot_wear_the_contactors(weather: list[Any]) -> None:
    found = changes(weather, forbids=True)

    for (earlier, _, _), (later, phases, _) in pairwise(found):
        assert phases == 1 or later - earlier >= 600.0


@given(WEATHER, st.booleans())
def test_three_phases_are_chosen_only_where_they_fit(weather: list[Any], forbids: bool) -> None:
    for _, phases, situation in changes(weather, forbids):
        if phases == 3:
            room = situation.room
            assert room is not None
            assert room.sum_a >= situation.used * (MIN_A + 1.0)
            assert min(room.each_a[: situation.used]) >= MIN_A


@given(ROOM, st.sampled_from([1, 2, 3]), st.booleans())
def test_a_first_choice_of_three_fits(room: Room, used: int, charging: bool) -> None:
    situation = replace(RUNS, room=room, begun=False, charging=charging, used=used)
    state = step(SETTINGS, PhaseState(1, told=None), situation, 0.0)

    if state.phases == 3:
        assert room.sum_a / used >= MIN_A
        assert min(room.each_a[:used]) >= MIN_A
