"""One total, several EVSEs."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.limits import Limit
from profiles.share import Want, split

NOISE_A = 1e-5


def shares(total_a: float, *wants: Want, admits: bool = True) -> dict[int, float]:
    split_up = split(Limit(total_a, "circuit"), wants, admits)
    return {evse_id: limit.limit_a for evse_id, limit in split_up.items()}


@pytest.mark.parametrize(
    ("total_a", "wants", "expected"),
    [
        (40.0, [Want(1, 32), Want(2, 16), Want(3, 8)], {1: 16.0, 2: 16.0, 3: 8.0}),
        (20.0, [Want(1, 16), Want(2, 16)], {1: 10.0, 2: 10.0}),
        (20.0, [Want(1, 32), Want(2, 8)], {1: 12.0, 2: 8.0}),
        (11.0, [Want(1, 16, charging=True), Want(2, 16, charging=True)], {1: 11.0, 2: 0.0}),
        (11.0, [Want(1, 16), Want(2, 16, charging=True)], {1: 0.0, 2: 11.0}),
        (5.9, [Want(1, 16), Want(2, 16)], {1: 0.0, 2: 0.0}),
        (12.0, [Want(1, 32), Want(2, 32), Want(3, 32)], {1: 6.0, 2: 6.0, 3: 0.0}),
        (17.0, [Want(1, 32, 10), Want(2, 32, 8), Want(3, 32, 6)], {1: 10.0, 2: 0.0, 3: 7.0}),
        (20.0, [Want(1, 32, 6), Want(2, 32, 12)], {1: 8.0, 2: 12.0}),
        (20.0, [Want(1, 5), Want(2, 16)], {1: 5.0, 2: 20.0}),
        (4.0, [Want(1, 5), Want(2, 0)], {1: 4.0, 2: 0.0}),
        (40.0, [Want(1, 16), Want(2, 16)], {1: 20.0, 2: 20.0}),
        (math.inf, [Want(1, 16), Want(2, math.inf)], {1: math.inf, 2: math.inf}),
        (20.0, [Want(1, math.inf), Want(2, 8)], {1: 12.0, 2: 8.0}),
        (20.0, [Want(1, math.nan), Want(2, 16)], {1: 0.0, 2: 20.0}),
        (10.0, [Want(1, 6), Want(2, 6)], {1: 10.0, 2: 0.0}),
        (20.0, [], {}),
        (13.3, [Want(1, 16), Want(2, 16)], {1: 6.6, 2: 6.6}),
    ],
)
def test_the_shares_are_fair(total_a: float, wants: list[Want], expected: dict[int, float]) -> None:
    assert shares(total_a, *wants) == expected


def test_nobody_new_is_let_in_while_it_is_short() -> None:
    wants = (Want(1, 16), Want(2, 16, charging=True))

    assert shares(20.0, *wants, admits=False) == {1: 0.0, 2: 20.0}


def test_a_share_says_whose_total_it_is_of_and_with_how_many() -> None:
    total = Limit(13.0, "mains L2 24.6/25 A", 1)

    alone = split(total, [Want(1, 16)])
    three = split(total, [Want(1, 16), Want(2, 16), Want(3, 16)])

    assert alone == {1: total}
    assert three[1] == Limit(6.5, "mains L2 24.6/25 A, shared by 2", 1)
    assert three[3] == Limit(0.0, "mains L2 24.6/25 A, EVSE 3 waits", 1)


MAXIMA = st.floats(0.0, 80.0) | st.just(math.inf)
WANTS = st.lists(
    st.builds(Want, st.integers(1, 9), MAXIMA, st.sampled_from([6.0, 8.0]), st.booleans()),
    max_size=9,
    unique_by=lambda want: want.evse_id,
)
TOTALS = st.floats(0.0, 200.0)


@given(TOTALS, WANTS, st.booleans())
def test_what_can_be_used_is_never_above_the_total(
    total_a: float, wants: Any, admits: bool
) -> None:
    given_a = shares(total_a, *wants, admits=admits)

    assert all(a <= total_a + NOISE_A for a in given_a.values())
    usable = [want.evse_id for want in wants if want.max_a >= want.min_a]
    assert sum(given_a[evse_id] for evse_id in usable) <= total_a + NOISE_A


@given(TOTALS, WANTS)
def test_everybody_gets_nothing_or_at_least_the_minimum(total_a: float, wants: Any) -> None:
    given_a = shares(total_a, *wants)

    for want in wants:
        least_a = min(want.min_a, want.max_a, total_a) - 0.1
        assert given_a[want.evse_id] == 0.0 or given_a[want.evse_id] >= least_a


@given(TOTALS, WANTS)
def test_if_one_could_run_one_runs(total_a: float, wants: Any) -> None:
    one_fits = any(want.min_a <= min(total_a, want.max_a) for want in wants)

    given_a = shares(total_a, *wants)
    runs = [want for want in wants if given_a[want.evse_id] >= want.min_a]
    assert bool(runs) == one_fits


@given(TOTALS, WANTS, st.randoms(use_true_random=False))
def test_the_order_of_asking_does_not_matter(total_a: float, wants: Any, dice: Any) -> None:
    shuffled = list(wants)
    dice.shuffle(shuffled)

    assert shares(total_a, *wants) == shares(total_a, *shuffled)


@given(TOTALS, st.floats(0.0, 20.0), WANTS)
def test_more_total_never_serves_fewer_nor_less_in_sum(
    total_a: float, more_a: float, wants: Any
) -> None:
    wants = [replace(want, min_a=6.0, max_a=max(want.max_a, 6.0)) for want in wants]
    before, after = shares(total_a, *wants), shares(total_a + more_a, *wants)

    assert sum(map(bool, after.values())) >= sum(map(bool, before.values()))
    assert sum(after.values()) >= sum(before.values()) - 0.1 * len(wants) - NOISE_A
    if {id for id, a in before.items() if a} == {id for id, a in after.items() if a}:
        assert all(after[id] >= before[id] - NOISE_A for id in before)


@given(TOTALS, WANTS)
def test_one_more_who_wants_never_raises_another_s_share(total_a: float, wants: Any) -> None:
    wants = [replace(want, min_a=6.0, charging=True) for want in wants]
    before, after = shares(total_a, *wants), shares(total_a, *wants, Want(10, 32))

    assert all(after[id] <= before[id] + NOISE_A for id in before)


@given(TOTALS, WANTS)
def test_who_gets_more_than_another_cannot_give_the_other_more(total_a: float, wants: Any) -> None:
    wants = [want for want in wants if want.max_a >= want.min_a]
    given_a = shares(total_a, *wants)

    for rich in wants:
        for poor in wants:
            if given_a[rich.evse_id] > given_a[poor.evse_id] + 0.1 + NOISE_A > 0.2:
                spared = given_a[poor.evse_id] >= poor.max_a - 0.1 - NOISE_A
                waits = given_a[poor.evse_id] == 0.0
                held = given_a[rich.evse_id] <= rich.min_a + NOISE_A
                assert spared or waits or held
