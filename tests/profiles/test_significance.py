"""When a changed limit is worth a message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.significance import NONE, UNKNOWN, Told, is_due

VALUES = st.one_of(st.floats(0, 100), st.just(0.0), st.just(NONE))


WORDS = {"none": NONE, "unknown": UNKNOWN}
EXAMPLES = json.loads(Path(__file__).with_name("significance_examples.json").read_text())


@pytest.mark.requirement("SC.03", "K11.FR.02")
@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_a_change_is_told_when_it_matters(example: dict[str, Any]) -> None:
    told, value = (WORDS.get(each, each) for each in (example["told"], example["value"]))
    known = None if told is None else Told(told, 0.0)

    assert is_due(known, value, 10.0, 20.0, example["now_s"]) is example["due"]


@given(VALUES, VALUES, st.floats(0, 100), st.floats(0, 60))
def test_the_same_value_is_never_told_twice_and_a_pause_is_always_told(
    told: float, value: float, percent: float, now_s: float
) -> None:
    assert not is_due(Told(value, 0.0), value, percent, 20.0, now_s)
    if (told == 0.0) != (value == 0.0):
        assert is_due(Told(told, 0.0), value, percent, 20.0, now_s)
