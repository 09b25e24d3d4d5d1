"""How often a car may start again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.restarts import AT_LAST_S, LONGEST_S, MOST_STARTS, Restarts

TICK_S = 10.0


def stopped(times: int, every_s: float = 0.0) -> Restarts:
    """Return the state of a car that was stopped so often, just now for the last time."""
    state = Restarts()
    for number in range(times):
        state = state.after(False, offered=True, roomy=True, now_s=number * every_s)
        state = state.after(True, offered=True, roomy=False, now_s=number * every_s)
    return state


def starts_s(loads: list[tuple[int, int]]) -> list[float]:
    """Let there be room and no room by turns, for so many ticks; return when the car starts."""
    state, now_s, offered, starts = Restarts(), 0.0, False, []
    for ticks, roomy in [
        (t, roomy) for pair in loads for t, roomy in zip(pair, (1, 0), strict=True)
    ]:
        for _ in range(ticks):
            now_s += TICK_S
            state = state.after(offered and not roomy, offered, bool(roomy), now_s)
            rests = state.rests_until_s(now_s) is not None
            starts += [now_s] if roomy and not offered and not rests else []
            offered = bool(roomy) and (offered or not rests)
    return starts


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(1, 3)), max_size=200))
def test_whatever_the_loads_do_no_more_than_twelve_start_in_any_hour(
    loads: list[tuple[int, int]],
) -> None:
    starts = starts_s(loads)

    for first_s in starts:
        assert sum(first_s <= start_s < first_s + 3600.0 for start_s in starts) <= MOST_STARTS


def test_the_worst_load_is_one_that_leaves_just_the_room_that_is_asked_for() -> None:
    worst = starts_s([(1 + int(stopped(n).needs_s / TICK_S), 1) for n in range(16)])

    assert sum(start_s < worst[0] + 3600.0 for start_s in worst) == MOST_STARTS


@pytest.mark.parametrize(
    ("stops", "needs_s"),
    [(0, 0), (1, 0), (2, 0), (3, 60), (4, 120), (5, 240), (6, 480), (7, 480), (70, 480)],
)
def test_after_the_first_stops_room_must_last_twice_as_long_each_time(
    stops: int, needs_s: float
) -> None:
    assert stopped(stops).needs_s == needs_s


def test_a_stop_is_forgotten_after_an_hour() -> None:
    assert stopped(9, every_s=1800.0).needs_s == 0.0
    assert stopped(9, every_s=1799.0).needs_s == 60.0


def test_it_rests_until_there_was_room_for_all_of_the_time() -> None:
    state = stopped(6)
    assert state.rests_until_s(9.0) == AT_LAST_S

    state = state.after(False, offered=False, roomy=True, now_s=10.0)
    assert state.rests_until_s(11.0) == 10.0 + LONGEST_S
    assert state.after(False, offered=False, roomy=True, now_s=12.0) is state
    state = state.after(False, offered=False, roomy=False, now_s=20.0)
    assert state.rests_until_s(21.0) == AT_LAST_S
    state = state.after(False, offered=False, roomy=True, now_s=30.0)
    assert state.rests_until_s(30.0 + LONGEST_S) is None


def test_who_waited_for_a_quarter_of_an_hour_takes_what_there_is() -> None:
    state = stopped(6).after(False, offered=False, roomy=True, now_s=890.0)

    assert state.rests_until_s(899.0) == 900.0
    assert state.rests_until_s(900.0) is None


def test_only_a_starved_car_rests_and_its_start_ends_that() -> None:
    state = stopped(6)
    assert state.after(True, offered=True, roomy=False, now_s=1.0) is state

    begun = state.after(False, offered=True, roomy=True, now_s=5000.0)
    assert begun.rests_until_s(5000.0) is None
    assert begun.after(False, offered=True, roomy=True, now_s=5001.0) is begun
    assert stopped(2).rests_until_s(0.0) is None
