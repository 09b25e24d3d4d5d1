"""How often a car may start again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from profiles.restarts import BURST, EVERY_S, TWENTY, Restarts

PAUSE_S = 30.0


def starts_s(gaps_s: list[float]) -> list[float]:
    """Starve a car again and again, and return when it could start: as early as it may."""
    state, now_s, starts = Restarts(), 0.0, []
    for gap_s in gaps_s:
        now_s += gap_s
        state = state.after(starved=True, offered=True, now_s=now_s)
        now_s = max(now_s + PAUSE_S, state.waits_until_s(now_s) or 0.0)
        assert state.waits_until_s(now_s) is None
        state = state.after(starved=False, offered=True, now_s=now_s)
        starts.append(now_s)
    return starts


@given(st.lists(st.floats(0.0, 2000.0), max_size=120))
def test_whatever_the_loads_do_no_more_than_twenty_start_in_any_hour(gaps_s: list[float]) -> None:
    starts = starts_s(gaps_s)

    for first_s in starts:
        assert sum(first_s <= start_s < first_s + 3600.0 for start_s in starts) <= TWENTY


def test_the_first_ones_cost_no_more_than_the_pause_and_then_they_are_spaced() -> None:
    starts = starts_s([0.0] * 14)

    gaps_s = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps_s[: BURST - 1] == [PAUSE_S] * (BURST - 1)
    assert gaps_s[-1] == EVERY_S


@given(st.lists(st.floats(400.0, 5000.0), max_size=40))
def test_now_and_then_an_overload_is_never_made_longer(gaps_s: list[float]) -> None:
    now_s = 0.0
    for gap_s, start_s in zip(gaps_s, starts_s(gaps_s), strict=True):
        now_s += gap_s + PAUSE_S
        assert start_s == now_s


def test_only_a_starved_car_waits_and_only_its_start_counts() -> None:
    state = Restarts(full_at_s=10_000.0)

    assert state.waits_until_s(100.0) is None
    assert state.after(starved=False, offered=True, now_s=100.0) is state
    starved = state.after(starved=True, offered=True, now_s=100.0)
    assert starved.after(starved=True, offered=True, now_s=101.0) is starved
    assert starved.after(starved=False, offered=False, now_s=101.0) is starved
    assert starved.waits_until_s(101.0) == 10_000.0 - (BURST - 1) * EVERY_S
