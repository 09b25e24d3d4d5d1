"""Profiles before the clock is set."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.composite import composite
from profiles.limit_now import Running, limits_at
from profiles.limits import Limit, combine
from profiles.schedule import Profile, Unit
from profiles.undated import EARLIEST, cautious
from profiles.units import Supply

Make = Callable[..., Profile]
SUPPLY = Supply(230.0, 3)
BOOTED = datetime(1970, 1, 1, tzinfo=UTC)
LIMITS_A = st.lists(st.integers(0, 40), min_size=1, max_size=5)


def test_what_needs_no_date_stays_as_it_is(profile: Make) -> None:
    for relative in (profile(kind="relative", start=None), profile(start=None)):
        assert cautious(relative) == relative


@settings(max_examples=200)
@given(LIMITS_A, st.integers(0, 3 * 10**9), st.sampled_from(["absolute", "recurring"]))
def test_an_unset_clock_never_allows_more_than_any_clock_would(
    profile: Make, limits_a: list[int], later_s: int, kind: str
) -> None:
    periods = [[60 * number, limit] for number, limit in enumerate(limits_a)]
    recurs = {"recurs_s": 86_400} if kind == "recurring" else {}
    dated = profile(periods=periods, kind=kind, valid_to=3600, **recurs)
    local = Limit(99.0, "local")

    def allowed_a(at: datetime) -> float:
        return combine([local, *limits_at([dated], 1, Running(), at, SUPPLY).limits]).limit_a

    unset = allowed_a(BOOTED)
    assert unset == min(limits_a)
    assert unset <= allowed_a(EARLIEST + timedelta(seconds=later_s))
    rows = composite([dated], 1, {}, BOOTED, 7200, Unit.A, SUPPLY, {1: [local]})
    assert rows == ((0, unset, 3),)


def test_a_default_counts_beside_a_profile_of_the_transaction(profile: Make) -> None:
    installed = [
        profile(1, purpose="tx", transaction="t", periods=[[0, 16]]),
        profile(2, level=9, periods=[[0, 25]]),
        profile(3, evse=0, purpose="station max", periods=[[0, 20]]),
    ]

    now = limits_at(installed, 1, Running("t"), BOOTED, SUPPLY)

    assert sorted(limit.limit_a for limit in now.limits) == [16.0, 20.0, 25.0]
    assert all(limit.source.endswith(", clock not set") for limit in now.limits)
    assert now.until == EARLIEST
