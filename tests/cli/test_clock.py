"""Two clocks: one may be set, the other only runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargepoint.clock import JITTER_S, Clock

EIGHT = datetime(2026, 5, 1, 8, tzinfo=UTC)


class _Machine:
    """The clocks of a computer, moved by hand."""

    def __init__(self) -> None:
        self.utc = EIGHT
        self.s = 100.0
        self.clock = Clock(lambda: self.utc, lambda: self.s)

    def passes(self, seconds: float) -> None:
        self.utc += timedelta(seconds=seconds)
        self.s += seconds


def test_a_clock_that_was_never_set_is_the_systems():
    machine = _Machine()
    machine.passes(5)

    now = machine.clock.now()

    assert (now.utc, now.s) == (EIGHT + timedelta(seconds=5), 105.0)


def test_setting_moves_the_date_and_never_the_duration():
    machine = _Machine()

    assert machine.clock.set(EIGHT + timedelta(hours=1), 100.0) == 3600.0

    assert machine.clock.now().utc == EIGHT + timedelta(hours=1)
    assert machine.clock.now().s == 100.0


def test_the_time_an_answer_lay_around_is_counted():
    machine = _Machine()
    machine.passes(10)

    assert machine.clock.set(EIGHT + timedelta(seconds=60), received_s=100.0) == 60.0

    assert machine.clock.now().utc == EIGHT + timedelta(seconds=70)


@given(st.floats(-JITTER_S, JITTER_S))
def test_jitter_is_no_step(seconds):
    machine = _Machine()

    assert machine.clock.set(EIGHT + timedelta(seconds=seconds), 100.0) == 0.0

    assert machine.clock.now().utc == EIGHT


@given(st.lists(st.integers(-(10**8), 10**8), min_size=1, max_size=5))
def test_the_last_time_told_holds(offsets):
    machine = _Machine()
    for offset in offsets:
        machine.clock.set(EIGHT + timedelta(seconds=offset), 100.0)

    error = machine.clock.now().utc - (EIGHT + timedelta(seconds=offsets[-1]))

    assert abs(error.total_seconds()) <= JITTER_S


def test_a_jump_back_is_told_as_such():
    assert _Machine().clock.set(EIGHT - timedelta(minutes=1), 100.0) == -60.0


def test_other_time_zones_are_the_same_instant():
    machine = _Machine()
    in_india = datetime.fromisoformat("2026-05-01T13:30:10+05:30")

    assert machine.clock.set(in_india, 100.0) == 10.0


def test_a_time_without_a_zone_is_a_bug():
    with pytest.raises(ValueError, match="needs a time zone"):
        _Machine().clock.set(datetime(2026, 5, 1), 0.0)  # noqa: DTZ001


def test_the_real_clocks_are_aware_and_run():
    clock = Clock()
    first, second = clock.now(), clock.now()

    assert first.utc.utcoffset() == timedelta(0)
    assert second.s >= first.s
