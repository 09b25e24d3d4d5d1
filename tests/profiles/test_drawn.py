"""What cars take: measured, or somewhere between what they were offered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.drawn import FOLLOW_S, Drawn, Ours, Trail, ours, ours_of_all


def walked(*offers: tuple[float, float]) -> Trail:
    """Return the trail of a car that was offered (ampere, at)."""
    trail = Trail()
    for offer_a, at_s in offers:
        trail = trail.after(offer_a, at_s)
    return trail


def test_a_car_is_anywhere_between_what_it_was_offered_in_the_last_five_seconds() -> None:
    trail = walked((16.0, 0.0), (8.0, 10.0), (10.0, 12.0))

    assert (trail.least_a, trail.offer_a, trail.most_a) == (8.0, 10.0, 16.0)
    later = trail.after(10.0, 15.0)
    assert (later.least_a, later.most_a) == (8.0, 10.0)
    assert later.after(10.0, 17.0) == Trail(10.0)


def test_a_car_that_shows_less_has_followed() -> None:
    trail = walked((16.0, 0.0), (8.0, 10.0))

    assert trail.seen(12.0, 11.0).most_a == 16.0
    assert trail.seen(8.4, 9.9).most_a == 16.0
    assert trail.seen(8.4, 11.0).most_a == 8.0
    assert Trail(8.0).seen(3.0, 11.0) == Trail(8.0)


def test_a_car_that_shows_less_may_still_be_on_its_way_up() -> None:
    trail = walked((6.0, 0.0), (16.0, 10.0))

    assert trail.seen(7.0, 11.0).least_a == 6.0


@given(st.lists(st.tuples(st.floats(0.0, 32.0), st.floats(0.05, 3.0)), min_size=1, max_size=20))
def test_no_offer_of_the_last_seconds_is_forgotten(rows: list[tuple[float, float]]) -> None:
    trail, now_s, held = Trail(), 0.0, []
    for offer_a, gap_s in rows:
        now_s += gap_s
        trail = trail.after(offer_a, now_s)
        held.append((now_s, offer_a))
    ends_s = [*(at_s for at_s, _ in held[1:]), float("inf")]
    lately = [a for (_, a), end_s in zip(held, ends_s, strict=True) if end_s > now_s - FOLLOW_S]

    assert trail.least_a <= min(lately)
    assert trail.most_a == pytest.approx(max(lately))


def one(amperes: float, phases: frozenset[int], min_a: float = 6.0) -> Drawn:
    l1_a, l2_a, l3_a = (amperes if phase in phases else 0.0 for phase in (1, 2, 3))
    on = (l1_a, l2_a, l3_a)
    return Drawn(on, on, on, phases, min_a)


def test_what_cars_take_and_need_is_counted_over_what_they_load() -> None:
    cars = [one(8.0, frozenset({1, 2, 3})), one(10.0, frozenset({2})), one(1.0, frozenset({1}), 0)]

    l1, l2, _ = ours(cars)
    assert l1 == Ours(9.0, 9.0, 9.0, (6.0,))
    assert l2 == Ours(18.0, 18.0, 18.0, (6.0, 6.0))
    assert ours_of_all(cars) == Ours(35.0, 35.0, 35.0, (6.0, 18.0))


@pytest.mark.parametrize(("set_a", "needed_a"), [(5.0, 0.0), (6.0, 6.0), (23.9, 6.0), (24.0, 24.0)])
def test_as_many_as_fit_go_on(set_a: float, needed_a: float) -> None:
    assert Ours(0.0, 0.0, 0.0, (6.0, 18.0)).needed_a(set_a) == needed_a
