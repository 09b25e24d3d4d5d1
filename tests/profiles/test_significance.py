"""When a changed limit is worth a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.significance import NONE, UNKNOWN, Told, is_due

VALUES = st.one_of(st.floats(0, 100), st.just(0.0), st.just(NONE))


@pytest.mark.requirement("SC.03", "K11.FR.02")
@pytest.mark.parametrize(
    ("told", "value", "now_s", "due"),
    [
        (None, 16.0, 0.0, True),
        (16.0, 15.0, 99.0, False),  # 6.3 %
        (16.0, 14.0, 99.0, True),  # 12.5 %
        (14.0, 13.0, 99.0, False),  # 7.1 % of what was told
        (16.0, 17.7, 99.0, True),
        (16.0, 14.0, 19.0, False),
        (16.0, 0.0, 1.0, True),
        (0.0, 6.0, 1.0, True),
        (0.0, 0.0, 99.0, False),
        (16.0, NONE, 99.0, True),
        (16.0, NONE, 1.0, False),
        (NONE, 16.0, 99.0, True),
        (NONE, NONE, 99.0, False),
        (UNKNOWN, 16.0, 99.0, True),
        (UNKNOWN, NONE, 99.0, True),
    ],
)
def test_a_change_is_told_when_it_matters(
    told: float | None, value: float, now_s: float, due: bool
) -> None:
    known = None if told is None else Told(told, 0.0)

    assert is_due(known, value, 10.0, 20.0, now_s) is due


@given(VALUES, VALUES, st.floats(0, 100), st.floats(0, 60))
def test_the_same_value_is_never_told_twice_and_a_pause_is_always_told(
    told: float, value: float, percent: float, now_s: float
) -> None:
    assert not is_due(Told(value, 0.0), value, percent, 20.0, now_s)
    if (told == 0.0) != (value == 0.0):
        assert is_due(Told(told, 0.0), value, percent, 20.0, now_s)
