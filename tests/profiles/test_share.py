"""Several pools, several EVSEs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.limits import Limit, combine
from profiles.pools import CONDUCTORS, Over, Pool
from profiles.share import split
from profiles.turns import Turn, Want

NOISE_A = 1e-5
TENTH_A = 0.1 + NOISE_A


def pool(limit_a: float, over: Over = Over.EACH, admits: bool = True) -> Pool:
    return Pool(Limit(limit_a, f"pool {over}"), over, admits)


def given_a(pools: Sequence[Pool], wants: Sequence[Want], **how: Any) -> dict[int, float]:
    """Return what each EVSE may take and can use."""
    limits = split(pools, wants, **how).limits
    return {
        want.evse_id: min([want.max_a, *(each.limit_a for each in limits[want.evse_id])])
        if want.able
        else 0.0
        for want in wants
    }


# --- one pool -----------------------------------------------------------------------------------


def one(total_a: float, *wants: Want, admits: bool = True) -> dict[int, float]:
    return given_a([pool(total_a, admits=admits)], wants)


def charging(evse_id: int, max_a: float, min_a: float = 6.0, **more: Any) -> Want:
    return Want(evse_id, max_a, min_a, held_a=max_a, **more)


@pytest.mark.parametrize(
    ("total_a", "wants", "expected"),
    [
        (40.0, [Want(1, 32), Want(2, 16), Want(3, 8)], {1: 16.0, 2: 16.0, 3: 8.0}),
        (20.0, [Want(1, 16), Want(2, 16)], {1: 10.0, 2: 10.0}),
        (20.0, [Want(1, 32), Want(2, 8)], {1: 12.0, 2: 8.0}),
        (11.0, [charging(1, 16), charging(2, 16)], {1: 11.0, 2: 0.0}),
        (11.0, [Want(1, 16), charging(2, 16)], {1: 0.0, 2: 11.0}),
        (5.9, [Want(1, 16), Want(2, 16)], {1: 0.0, 2: 0.0}),
        (12.0, [Want(1, 32), Want(2, 32), Want(3, 32)], {1: 6.0, 2: 6.0, 3: 0.0}),
        (17.0, [Want(1, 32, 10), Want(2, 32, 8), Want(3, 32, 6)], {1: 10.0, 2: 0.0, 3: 7.0}),
        (20.0, [Want(1, 32, 6), Want(2, 32, 12)], {1: 8.0, 2: 12.0}),
        (20.0, [Want(1, 5), Want(2, 16)], {1: 0.0, 2: 16.0}),
        (math.inf, [Want(1, 16), Want(2, math.inf)], {1: 16.0, 2: math.inf}),
        (20.0, [Want(1, math.inf), Want(2, 8)], {1: 12.0, 2: 8.0}),
        (20.0, [Want(1, math.nan), Want(2, 16)], {1: 0.0, 2: 16.0}),
        (10.0, [Want(1, 6), Want(2, 6)], {1: 6.0, 2: 0.0}),
        (20.0, [], {}),
        (13.3, [Want(1, 16), Want(2, 16)], {1: 6.6, 2: 6.6}),
        (11.0, [Want(1, 32), Want(2, 32, priority=1)], {1: 0.0, 2: 11.0}),
        (11.0, [charging(1, 32), Want(2, 32, priority=1)], {1: 0.0, 2: 11.0}),
        (30.0, [Want(1, 32, rate_a=16), Want(2, 32), Want(3, 32)], {1: 16.0, 2: 7.0, 3: 7.0}),
        (30.0, [Want(1, 10, rate_a=16), Want(2, 32)], {1: 10.0, 2: 20.0}),
        (30.0, [Want(1, 32, uses_a=0), Want(2, 16)], {1: 14.0, 2: 16.0}),
        (30.0, [Want(1, 32, uses_a=8), Want(2, 32)], {1: 8.0, 2: 22.0}),
        (30.0, [Want(1, 32, uses_a=8)], {1: 30.0}),
        (40.0, [Want(1, 32, uses_a=8), Want(2, 32, uses_a=8)], {1: 20.0, 2: 20.0}),
    ],
)
def test_the_shares_are_fair(total_a: float, wants: list[Want], expected: dict[int, float]) -> None:
    assert one(total_a, *wants) == expected


def test_nobody_new_is_let_in_while_it_is_short() -> None:
    assert one(20.0, Want(1, 16), charging(2, 16), admits=False) == {1: 0.0, 2: 16.0}


def test_a_share_says_whose_it_is_and_with_how_many() -> None:
    whole = Limit(13.0, "mains L2 24.6/25 A", 1)

    alone = split([Pool(whole)], [Want(1, 16)]).limits
    three = split([Pool(whole)], [Want(1, 16), Want(2, 16), Want(3, 16)]).limits

    assert alone == {1: (whole,)}
    assert three[1] == (Limit(6.5, "mains L2 24.6/25 A, shared by 2", 1),)
    assert three[3] == (Limit(0.0, "mains L2 24.6/25 A, EVSE 3 waits", 1),)


def test_who_wants_nothing_sees_the_pools_whole() -> None:
    limits = split([pool(20.0), pool(18.0, Over.L1)], [Want(1, 0.0), Want(2, 16)]).limits

    assert [limit.limit_a for limit in limits[1]] == [20.0, 18.0]


# --- several pools ------------------------------------------------------------------------------


def on(*phases: int) -> frozenset[int]:
    return frozenset(phases)


def test_each_conductor_is_shared_by_those_who_load_it() -> None:
    pools = [pool(a, over) for a, over in zip((16.0, 24.0, 30.0), CONDUCTORS, strict=True)]
    wants = [Want(1, 32), Want(2, 32, phases=on(1)), Want(3, 32, phases=on(3))]

    assert given_a(pools, wants) == {1: 8.0, 2: 8.0, 3: 22.0}
    assert [limit.limit_a for limit in split(pools, wants).limits[1]] == [8.0, 24.0, 8.0]


def test_the_sum_counts_each_phase_that_is_loaded() -> None:
    assert given_a([pool(40.0, Over.SUM)], [Want(1, 32), Want(2, 32, phases=on(2))]) == {
        1: 10.0,
        2: 10.0,
    }


def test_the_least_of_what_is_shown_is_the_share_and_names_the_pool_that_binds() -> None:
    pools = [pool(30.0, Over.L1), pool(20.0, Over.SUM)]
    limits = split(pools, [Want(1, 32, phases=on(1)), Want(2, 32, phases=on(1))]).limits

    assert combine(limits[1]) == Limit(10.0, "pool sum, shared by 2")
    assert limits[1][0] == Limit(20.0, "pool L1, shared by 2")


def test_who_does_not_fit_in_one_pool_waits_for_that_one() -> None:
    pools = [pool(30.0, Over.L1), pool(8.0, Over.L2)]
    limits = split(pools, [Want(1, 32), Want(2, 32)]).limits

    assert limits[2] == (Limit(22.0, "pool L1"), Limit(0.0, "pool L2, EVSE 2 waits"))


# --- turns --------------------------------------------------------------------------------------


def test_who_waits_gets_its_turn_and_gives_it_back() -> None:
    turns: Any = {}
    served, held_a = [], {1: 0.0, 2: 0.0, 3: 0.0}
    for now_s in range(0, 4000, 10):
        wants = [Want(each, 16, held_a=held_a[each]) for each in (1, 2, 3)]
        shares = split([pool(10.0)], wants, turns, float(now_s), 900.0)
        turns = shares.turns
        held_a = {each: combine(shares.limits[each]).limit_a for each in (1, 2, 3)}
        served.append([each for each, a in held_a.items() if a])

    assert all(len(each) == 1 for each in served)
    assert [served[n][0] for n in (0, 89, 90, 179, 180, 269, 270, 360)] == [1, 1, 2, 2, 3, 3, 1, 2]


def test_nobody_gives_way_to_a_lower_priority() -> None:
    turns = {1: Turn(True, 0.0), 2: Turn(False, 0.0)}
    wants = [charging(1, 16, priority=1), Want(2, 16)]

    shares = split([pool(10.0)], wants, turns, 5000.0)

    assert combine(shares.limits[2]).limit_a == 0.0


def test_a_car_that_does_not_ask_gives_way_after_a_minute() -> None:
    turns = {1: Turn(True, 0.0), 2: Turn(False, 0.0)}
    wants = [charging(1, 16, uses_a=0.0), Want(2, 16)]

    assert given_a([pool(10.0)], wants, turns=turns, now_s=59.0) == {1: 10.0, 2: 0.0}
    assert given_a([pool(10.0)], wants, turns=turns, now_s=60.0) == {1: 0.0, 2: 10.0}


def test_a_split_says_how_long_it_holds() -> None:
    assert split([pool(20.0)], [Want(1, 16)]).due_s == math.inf
    waits = split([pool(10.0)], [Want(1, 16), Want(2, 16)], now_s=100.0)
    assert waits.due_s == 160.0
    later = split([pool(10.0)], [charging(1, 16), Want(2, 16)], waits.turns, 160.0)
    assert later.due_s == 1000.0
    assert split([pool(10.0)], [charging(1, 16), Want(2, 16)], later.turns, 999.0).due_s == 1000.0


# --- arrivals -----------------------------------------------------------------------------------


def test_nobody_rises_into_room_that_another_may_still_be_taking() -> None:
    first = Want(1, 32, held_a=20.0, still_a=20.0)

    assert one(20.0, first, Want(2, 32)) == {1: 10.0, 2: 0.0}
    falls = first._replace(held_a=10.0, still_a=13.0)
    assert one(20.0, falls, Want(2, 32)) == {1: 10.0, 2: 7.0}
    assert one(20.0, falls, Want(2, 32, held_a=8.0)) == {1: 10.0, 2: 8.0}
    assert one(20.0, falls._replace(still_a=10.0), Want(2, 32)) == {1: 10.0, 2: 10.0}


def test_a_car_that_has_left_may_still_be_taking_something() -> None:
    assert one(20.0, Want(1, 0.0, still_a=12.0), Want(2, 32)) == {1: 0.0, 2: 8.0}


# --- what always holds --------------------------------------------------------------------------

MAXIMA = st.floats(0.0, 80.0) | st.just(math.inf)
PHASES = st.sampled_from([on(1), on(2), on(3), on(1, 2), on(1, 2, 3)])
WANTS = st.lists(
    st.builds(
        Want,
        st.integers(1, 9),
        MAXIMA,
        st.sampled_from([6.0, 8.0]),
        st.sampled_from([0.0, 6.0, 20.0]),
        st.floats(0.0, 32.0),
        PHASES,
        st.integers(0, 2),
        st.sampled_from([0.0, 10.0]),
        st.sampled_from([math.inf, 0.0, 9.0]),
    ),
    max_size=9,
    unique_by=lambda want: want.evse_id,
)
POOLS = st.lists(
    st.builds(pool, st.floats(0.0, 150.0), st.sampled_from(list(Over)), st.booleans()),
    max_size=6,
    unique_by=lambda each: each.over,
)
CALM = WANTS.map(lambda wants: [want._replace(still_a=0.0) for want in wants])
OPEN = POOLS.map(lambda pools: [each._replace(admits=True) for each in pools])


def loads_a(each: Pool, wants: Sequence[Want], amounts_a: dict[int, float]) -> float:
    return sum(
        each.over.weight(want.phases) * amounts_a[want.evse_id]
        for want in wants
        if each.over.weight(want.phases)
    )


@given(POOLS, WANTS)
def test_the_shares_are_never_above_any_pool(pools: Any, wants: Any) -> None:
    shares_a = given_a(pools, wants)

    for each in pools:
        assert loads_a(each, wants, shares_a) <= each.limit.limit_a + NOISE_A


@given(POOLS, WANTS)
def test_everybody_gets_nothing_or_at_least_the_minimum(pools: Any, wants: Any) -> None:
    shares_a = given_a(pools, wants)

    for want in wants:
        share_a = shares_a[want.evse_id]
        assert share_a == 0.0 or share_a >= min(want.min_a, want.max_a) - NOISE_A


@given(OPEN, CALM)
def test_nobody_waits_who_would_fit_beside_the_minima_of_the_others(pools: Any, wants: Any) -> None:
    shares_a = given_a(pools, wants)
    minima_a = {want.evse_id: want.min_a if shares_a[want.evse_id] else 0.0 for want in wants}

    for want in wants:
        if want.able and not shares_a[want.evse_id] and pools:
            more_a = {**minima_a, want.evse_id: want.min_a}
            assert any(loads_a(each, wants, more_a) > each.limit.limit_a for each in pools)


@given(POOLS, WANTS, st.randoms(use_true_random=False))
def test_the_order_of_asking_does_not_matter(pools: Any, wants: Any, dice: Any) -> None:
    shuffled = list(wants)
    dice.shuffle(shuffled)

    assert split(pools, wants).limits == split(pools, shuffled).limits


@given(POOLS, WANTS)
def test_nobody_rises_while_the_others_may_still_take_the_rest(pools: Any, wants: Any) -> None:
    shares_a = given_a(pools, wants)
    may_a = {want.evse_id: max(shares_a[want.evse_id], want.still_a) for want in wants}

    for want in wants:
        if shares_a[want.evse_id] > want.held_a + TENTH_A:
            now_a = {**may_a, want.evse_id: shares_a[want.evse_id]}
            for each in pools:
                if each.over.weight(want.phases):
                    assert loads_a(each, wants, now_a) <= each.limit.limit_a + NOISE_A


@given(OPEN, CALM, st.integers(0, 5), st.floats(0.0, 50.0))
def test_more_of_a_pool_makes_nobody_poorer_than_the_poorest_was(
    pools: Any, wants: Any, which: int, more_a: float
) -> None:
    """One may have to share more with those who got more: the levels rise from the bottom."""
    wants = [want._replace(held_a=0.0, rate_a=0.0, uses_a=math.inf) for want in wants]
    more = [
        each._replace(limit=Limit(each.limit.limit_a + more_a * (n == which), "pool"))
        for n, each in enumerate(pools)
    ]
    before, after = given_a(pools, wants), given_a(more, wants)
    if {id for id, a in before.items() if a} == {id for id, a in after.items() if a}:
        tenths = [sorted(round(a, 1) for a in each.values()) for each in (before, after)]
        for poor, richer in zip(*tenths, strict=True):
            if abs(poor - richer) > 0.2:
                assert richer > poor
                break


@given(st.floats(0.0, 200.0), st.floats(0.0, 50.0), CALM)
def test_more_of_the_only_pool_is_less_for_nobody(
    total_a: float, more_a: float, wants: Any
) -> None:
    wants = [want._replace(priority=0, min_a=6.0, phases=on(1)) for want in wants]
    before, after = one(total_a, *wants), one(total_a + more_a, *wants)

    assert sum(map(bool, after.values())) >= sum(map(bool, before.values()))
    if {id for id, a in before.items() if a} == {id for id, a in after.items() if a}:
        assert all(after[id] >= before[id] - NOISE_A for id in before)
