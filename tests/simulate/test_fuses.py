"""What counts as too long above a fuse."""

from __future__ import annotations

import pytest

from chargepoint.simulate.fuses import REACTION_S, Fuse

LIMIT_A = 25.0
HOLD_S = 6.0


def late_s(*seconds: tuple[float, float], least: bool = False) -> float:
    """Return for how long it was too long, of *seconds* of (house, ours)."""
    fuse = Fuse("mains L1", LIMIT_A, HOLD_S)
    for at_s, (house_a, ours_a) in enumerate(seconds):
        fuse.see(at_s, house_a + ours_a, ours_a, least)
    return fuse.late_s


def test_below_the_limit_nothing_is_late():
    assert late_s(*[(9.0, 16.0)] * 60) == 0.0


def test_reading_and_reacting_may_take_their_time_and_not_more():
    within = [(12.0, 16.0)] * (int(REACTION_S) + 1)

    assert late_s(*within) == 0.0
    assert late_s(*within, *[(12.0, 16.0)] * 3) == 3.0


def test_cars_at_their_minimum_may_hold_on_but_not_above_1_2_times_the_limit():
    mild, severe = [(22.0, 6.0)] * 13, [(25.0, 6.0)] * 13

    assert late_s(*mild, least=True) == 0.0
    assert late_s(*mild, *mild[:5], least=True) == 5.0
    assert late_s(*mild) == late_s(*severe, least=True) == HOLD_S


def test_a_house_that_is_above_alone_is_not_too_long():
    assert late_s(*[(40.0, 0.0)] * 60) == 0.0


def test_what_the_house_switches_on_meanwhile_gives_the_time_anew():
    assert late_s(*[(9.0, 16.0)] * 9, *[(12.0, 13.0)] * 5, *[(20.0, 13.0)] * 7) == 0.0
    assert late_s(*[(9.0, 16.0)] * 9, *[(12.0, 16.0)] * 5, *[(20.0, 16.0)] * 7) == 5.0


def test_cars_that_follow_a_house_that_takes_ever_more_are_not_late():
    followed = [(5.0 + n, 16.0 if n < 6 else 22.0 - n) for n in range(16)]

    assert late_s(*followed) == 0.0
    assert late_s(*[(5.0 + n, 16.0) for n in range(16)]) > 0.0


def test_what_was_above_and_by_how_much_is_written_down():
    fuse = Fuse("mains L1", LIMIT_A, HOLD_S)
    for at_s in range(100, 110):
        fuse.see(at_s, 28.0, 16.0, False)
    fuse.see(110, 26.0, 0.0, True)

    assert (fuse.above_s, fuse.ours_s, fuse.highest_a) == (11.0, 10.0, 28.0)
    assert fuse.first_late_s == pytest.approx(100 + REACTION_S + 1)
