"""Mains and circuit, reading by reading."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.drawn import Drawn
from profiles.limiter import LimiterSettings, LimiterState, step
from profiles.limits import Limit
from profiles.pools import CONDUCTORS, Over, Pool
from profiles.readings import Verdict
from profiles.regulator import Regulated

MAINS = LimiterSettings("mains", 25.0)
ROWS = json.loads(Path(__file__).with_name("limiter_examples.json").read_text())
EXAMPLES = [row for row in ROWS if row["of"] == "limiter"]


@dataclass(frozen=True)
class Read:
    at_s: float
    currents_a: tuple[float, float, float]


def even(current_a: float) -> tuple[float, float, float]:
    return current_a, current_a, current_a


def drawn(*currents_a: float, evses: int = 1) -> list[Drawn]:
    """Return what *evses* cars take together, all on the same phases."""
    l1_a, l2_a, l3_a = (current_a / max(evses, 1) for current_a in currents_a)
    each = (l1_a, l2_a, l3_a)
    phases = frozenset(p for p, a in enumerate(each, 1) if a != 0.0) or frozenset({1, 2, 3})
    return [Drawn(each, each, each, phases, 6.0 if evses else 0.0)] * max(evses, 1)


def tightest(verdict: Verdict[LimiterState], phases: tuple[int, ...] = (1, 2, 3)) -> Limit:
    """Return what one car on *phases* may take of the pools."""
    on = [
        (pool.limit.limit_a / pool.over.weight(phases), pool) for pool in pools_of(verdict, phases)
    ]
    a, pool = min(on, key=lambda each: each[0])
    return Limit(int(a * 10 + 1e-6) / 10, pool.limit.source)


def pools_of(verdict: Verdict[LimiterState], phases: tuple[int, ...]) -> list[Pool]:
    return [pool for pool in verdict.pools if pool.over.weight(phases)]


def started(settings: LimiterSettings, set_a: float, at_s: float) -> LimiterState:
    """Return a limiter that allows *set_a* of every conductor."""
    conductors = {over: Regulated(set_a, set_a) for over in CONDUCTORS[: settings.phases]}
    if settings.sum_a is not None:
        conductors[Over.SUM] = Regulated(set_a * 3, set_a * 3)
    return LimiterState(conductors, at_s)


class Bench:
    """One limiter, driven by hand: what the house takes, and cars that obey or do not."""

    def __init__(self, settings: LimiterSettings = MAINS, set_a: float = 16.0) -> None:
        self.settings = settings
        self.now_s = 100.0
        self.state = started(settings, set_a, self.now_s)
        self.pools: tuple[Pool, ...] = ()
        self.limit_a = set_a

    @property
    def admits(self) -> bool:
        return all(pool.admits for pool in self.pools)

    def read(self, current_a: float, taken_a: float, evses: int = 1, after_s: float = 1.0) -> Limit:
        self.now_s += after_s
        return self.tick(Read(self.now_s, even(current_a)), taken_a, evses)

    def wait(self, seconds: float, taken_a: float = 0.0, evses: int = 1) -> Limit:
        self.now_s += seconds
        return self.tick(None, taken_a, evses)

    def tick(self, reading: Read | None, taken_a: float, evses: int) -> Limit:
        cars = drawn(*even(taken_a), evses=evses)
        verdict = step(self.settings, self.state, reading, cars, self.now_s)
        self.state, self.pools = verdict.state, verdict.pools
        self.limit_a = tightest(verdict).limit_a
        return tightest(verdict)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example["id"] for example in EXAMPLES])
def test_one_reading_is_the_worked_example(example: dict[str, Any]) -> None:
    settings = LimiterSettings(**{"name": "mains", "limit_a": 25.0, **example.get("settings", {})})
    state = started(settings, example["set_a"], 9.0)
    cars = drawn(*example["taken_a"])

    verdict = step(settings, state, Read(10.0, tuple(example["currents_a"])), cars, 10.0)

    limit = tightest(verdict, tuple(cars[0].phases))
    assert limit == Limit(example["limit_a"], example["source"])


def test_the_way_up_is_slow_and_ends_at_the_room() -> None:
    bench = Bench(set_a=6.0)

    offers = [6.0]
    for _ in range(25):
        offers.append(bench.read(12.0 + offers[-1], offers[-1]).limit_a)

    assert offers[1] == pytest.approx(7.7)
    assert all(later - earlier <= 1.8 for earlier, later in pairwise(offers))
    assert offers[-1] == 13.0


def test_only_a_new_reading_raises() -> None:
    bench = Bench(set_a=10.0)
    reading = Read(bench.now_s, even(10.0))

    limits = [bench.tick(reading, 10.0, 1).limit_a for _ in range(50)]

    assert set(limits) == {10.0}


def test_a_meter_that_is_read_seldom_gives_as_much_in_the_same_time() -> None:
    seldom = Bench(LimiterSettings("mains", 50.0, stale_after_s=30.0), set_a=6.0)

    assert seldom.read(10.0, 6.0, after_s=10.0).limit_a == 26.0


def test_cars_that_already_go_down_are_not_told_twice() -> None:
    bench = Bench(set_a=16.0)

    assert bench.read(31.0, 16.0).limit_a == 10.0
    assert bench.read(29.0, 14.0).limit_a == 10.0
    assert bench.read(27.0, 12.0).limit_a == 10.0
    assert bench.read(25.0, 10.0).limit_a == 10.0


def test_cars_that_do_not_go_down_in_their_five_seconds_get_less_and_then_nothing() -> None:
    bench = Bench(set_a=16.0)

    limits = [bench.read(29.0, 16.0).limit_a for _ in range(24)]

    assert limits[:6] == [12.0] * 6
    assert limits[7] == 8.0
    assert limits[-1] == 0.0


def test_a_single_step_down_in_a_shortage_keeps_the_minimum_for_a_moment() -> None:
    bench = Bench(set_a=10.0)

    assert bench.read(30.0, 10.0).limit_a == 6.0
    assert bench.read(26.0, 6.0).limit_a == 6.0
    assert not bench.admits
    assert bench.wait(4.9, 6.0).limit_a == 6.0
    assert bench.wait(0.1, 6.0) == Limit(0.0, "mains L1 26.0/25 A")


def test_a_shortage_that_passes_ends_nothing() -> None:
    bench = Bench(set_a=10.0)
    bench.read(30.0, 10.0)

    bench.read(24.0, 6.0)

    assert bench.wait(8.0, 6.0).limit_a >= 6.0
    assert bench.admits


def test_without_grace_a_shortage_ends_at_once() -> None:
    bench = Bench(LimiterSettings("mains", 25.0, shortage_hold_s=0.0), set_a=10.0)

    assert bench.read(30.0, 10.0).limit_a == 0.0


def test_a_phase_above_one_point_two_times_its_limit_gets_no_grace() -> None:
    bench = Bench(set_a=6.0)

    assert bench.read(30.1, 6.0).limit_a == 0.0
    assert Bench(set_a=6.0).read(30.0, 6.0).limit_a == 6.0


def test_a_shortage_that_turns_severe_ends_at_once() -> None:
    bench = Bench(set_a=6.0)
    bench.read(26.0, 6.0)

    assert bench.read(31.0, 6.0).limit_a == 0.0


def test_after_a_shortage_there_is_a_pause_and_then_the_minimum_when_it_fits() -> None:
    bench = Bench(set_a=6.0)
    bench.read(31.0, 6.0)

    waiting = [bench.read(10.0, 0.0, evses=0) for _ in range(29)]
    assert {limit.limit_a for limit in waiting} == {0.0}
    assert waiting[-1].source == "mains L1 10.0/25 A, pauses after a shortage"
    assert bench.pools[0].until_s == 131.0
    assert not bench.admits
    assert bench.read(10.0, 0.0, evses=0).limit_a == 6.0
    assert bench.admits


def test_after_the_pause_less_than_the_minimum_is_not_enough() -> None:
    bench = Bench(set_a=6.0)
    bench.read(31.0, 6.0)
    bench.read(24.0, 0.0, after_s=30.0)

    assert bench.read(19.1, 0.0, after_s=15.0).limit_a == 5.9
    assert bench.read(19.0, 0.0, after_s=15.0).limit_a == 6.0


def test_of_two_cars_one_goes_on() -> None:
    bench = Bench(set_a=14.0)

    assert bench.read(28.0, 14.0, evses=2).limit_a == 12.0
    assert bench.wait(6.0, 14.0, evses=2).limit_a == 11.0
    assert not bench.admits
    assert bench.wait(30.0, 11.0).source == "mains meter silent"


def test_a_second_car_that_does_not_fit_does_not_prolong_an_overload() -> None:
    bench = Bench(set_a=8.0)

    assert bench.read(26.0, 8.0, evses=2).limit_a == 7.0


def test_a_silent_meter_is_waited_for_and_then_the_fallback_holds() -> None:
    bench = Bench(LimiterSettings("mains", 25.0, stale_after_s=10.0, fallback_a=8.0))

    assert bench.wait(10.0, 16.0).limit_a == 16.0
    assert bench.wait(0.1, 16.0) == Limit(8.0, "mains meter silent")


def test_a_meter_that_never_spoke_is_silent() -> None:
    verdict = step(MAINS, LimiterState(), None, [], 0.0)

    assert [pool.over for pool in verdict.pools] == [Over.L1, Over.L2, Over.L3]
    assert tightest(verdict) == Limit(0.0, "mains meter silent")
    assert all(pool.admits for pool in verdict.pools)


def test_a_meter_that_speaks_again_brings_no_jump() -> None:
    bench = Bench(LimiterSettings("mains", 25.0, fallback_a=8.0))
    bench.wait(60.0, 8.0)

    assert bench.read(10.0, 8.0).limit_a == pytest.approx(10.0)


def test_a_silence_that_stopped_cars_is_followed_by_a_pause() -> None:
    bench = Bench()
    bench.wait(10.1, 16.0)
    bench.wait(1.0, 0.0, evses=0)

    assert bench.read(5.0, 0.0, evses=0).limit_a == 0.0
    assert bench.read(5.0, 0.0, evses=0, after_s=8.0).limit_a == 0.0
    for _ in range(3):
        last = bench.read(5.0, 0.0, evses=0, after_s=8.0)
    assert last.limit_a == 6.0


def test_the_first_reading_gives_the_minimum_and_the_next_ones_more() -> None:
    state, limits = LimiterState(), []
    for second in range(6):
        verdict = step(MAINS, state, Read(float(second), even(5.0)), [], float(second))
        state = verdict.state
        limits.append(tightest(verdict).limit_a)

    assert limits == [6.0, 8.0, 10.0, 12.0, 14.0, 16.0]


def test_each_phase_is_regulated_by_itself() -> None:
    state = started(MAINS, 16.0, 9.0)
    cars = [Drawn((16.0,) * 3, (16.0,) * 3, (16.0,) * 3, min_a=6.0)]

    pools = step(MAINS, state, Read(10.0, (29.0, 20.0, 40.0)), cars, 10.0).pools

    assert [(pool.over, pool.limit.limit_a) for pool in pools] == [
        (Over.L1, 12.0),
        (Over.L2, 17.2),
        (Over.L3, 0.0),
    ]


def test_the_sum_may_be_told_from_outside_and_begins_where_the_cars_are() -> None:
    state = started(MAINS, 16.0, 9.0)
    cars = drawn(10.0, 10.0, 10.0)
    reading = Read(10.0, (12.0, 12.0, 12.0))

    pools = step(MAINS, state, reading, cars, 10.0, Limit(45.0, "capacity until 12:15")).pools

    assert pools[3].over is Over.SUM
    assert pools[3].limit.source == "capacity until 12:15 36.0/45 A"
    assert 30.0 < pools[3].limit.limit_a <= 36.0


def test_who_knows_more_of_a_meter_says_what_holds_instead() -> None:
    state = started(LimiterSettings("mains", 25.0, sum_a=60.0), 16.0, 9.0)
    settings = LimiterSettings("mains", 25.0, sum_a=60.0)
    frozen = Limit(7.0, "mains meter frozen")

    verdict = step(settings, state, Read(10.0, even(5.0)), [], 10.0, fallback=frozen)
    again = step(settings, verdict.state, Read(10.1, even(5.0)), [], 10.1, fallback=frozen)

    assert [pool.limit.limit_a for pool in verdict.pools] == [7.0, 7.0, 7.0, 21.0]
    assert {pool.limit.source for pool in verdict.pools} == {"mains meter frozen"}
    assert again.state is verdict.state
    believed = step(settings, again.state, Read(11.0, even(5.0)), [], 11.0)
    assert [pool.limit.limit_a for pool in believed.pools] == [11.0, 11.0, 11.0, 33.0]


def test_a_load_that_pulses_is_not_followed_up_and_down() -> None:
    bench = Bench(LimiterSettings("mains", 40.0), set_a=16.0)
    limits = []
    for second in range(240):
        house_a = 20.0 if second % 20 < 10 else 10.0
        limits.append(bench.read(house_a + min(bench.limit_a, 32.0), bench.limit_a).limit_a)

    assert set(limits[40:]) == {20.0}


def test_room_that_stays_is_given_after_a_while() -> None:
    bench = Bench(LimiterSettings("mains", 40.0), set_a=16.0)
    for _ in range(60):
        bench.read(20.0 + bench.limit_a, bench.limit_a)
    offers = [bench.read(5.0 + bench.limit_a, bench.limit_a).limit_a for _ in range(45)]

    assert offers[13] == 20.0
    assert offers[-1] >= 32.0
    assert all(later - earlier <= 2.01 for earlier, later in pairwise(offers))


BAD = (math.nan, math.inf, -math.inf, 1000.1, -1000.1)


def broken_readings() -> Iterator[Read]:
    for bad in BAD:
        yield Read(101.0, (bad, 0.0, 0.0))
        yield Read(101.0, (0.0, 0.0, bad))
    yield Read(math.nan, even(0.0))
    yield Read(math.inf, even(0.0))
    yield Read(102.1, even(0.0))
    yield Read(100.0, even(0.0))
    yield Read(101.0, (0.0, 0.0))  # type: ignore[arg-type]


@pytest.mark.parametrize("reading", list(broken_readings()), ids=str)
def test_garbage_is_no_reading(reading: Read) -> None:
    bench = Bench()
    bench.now_s += 1.0

    assert bench.tick(reading, 16.0, 1).limit_a == 16.0
    assert bench.state.read_at_s == 100.0
    assert bench.wait(9.1).source == "mains meter silent"


def test_a_time_that_is_no_number_makes_the_meter_silent() -> None:
    assert tightest(step(MAINS, Bench().state, None, [], math.nan)).limit_a == 0.0


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0])
@pytest.mark.parametrize("name", ["limit_a", "sum_a", "min_a", "stale_after_s", "fallback_a"])
def test_settings_that_protect_nothing_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match="no setting"):
        LimiterSettings(**{"name": "mains", "limit_a": 25.0, name: value})


def test_a_minimum_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no setting"):
        LimiterSettings("mains", 25.0, min_a=0.0)


WILD = st.floats() | st.floats(-60.0, 60.0)
CURRENTS = st.tuples(WILD, WILD, WILD)


@given(st.lists(st.tuples(st.floats(0.1, 15.0), CURRENTS, st.floats(0.0, 60.0), st.integers(0, 3))))
def test_whatever_comes_in_a_limit_comes_out(rows: list[Any]) -> None:
    state, now_s = LimiterState(), 0.0
    settings = LimiterSettings("mains", 25.0, sum_a=40.0)
    for gap_s, currents_a, taken_a, evses in rows:
        now_s += gap_s
        cars = drawn(*even(taken_a), evses=evses)
        verdict = step(settings, state, Read(now_s, currents_a), cars, now_s)
        state = verdict.state
        assert all(0.0 <= pool.limit.limit_a <= 3300.0 for pool in verdict.pools)
        if all(abs(a) <= 1000.0 for a in currents_a):
            for pool, current_a in zip(verdict.pools, currents_a, strict=False):
                room_a = 25.0 - current_a + taken_a
                held_a = 6.0 * evses
                assert (
                    current_a <= 25.0
                    or pool.limit.limit_a <= max(room_a, held_a) + 1e-5
                    or (
                        taken_a > pool.limit.limit_a  # above what they were told: they have 5 s
                    )
                )


def test_a_shortage_of_the_sum_alone_may_last_longer() -> None:
    bench = Bench(replace(MAINS, sum_a=40.0, sum_hold_s=60.0), set_a=6.0)
    for _ in range(12):
        bench.read(15.0, 6.0, after_s=5.0)
        assert bench.pools[3].limit.limit_a == 18.0
    bench.read(15.0, 6.0, after_s=5.0)

    assert bench.pools[3].limit.limit_a == 13.0


def test_a_pause_says_until_when_and_only_the_sum_when_the_tariff_ends() -> None:
    bench = Bench(set_a=6.0)
    bench.read(31.0, 6.0)
    assert {pool.until_s for pool in bench.pools} == {bench.now_s + 30.0}
    bench.read(5.0, 0.0, after_s=31.0)
    assert {pool.until_s for pool in bench.pools} == {None}

    ends_at = datetime(2030, 1, 1, tzinfo=UTC)
    tariff, reading = Limit(40.0, "tariff", until_at=ends_at), Read(10.0, even(5.0))
    pools = step(MAINS, LimiterState(), reading, [], 10.0, tariff).pools
    assert [pool.limit.until_at for pool in pools] == [None, None, None, ends_at]
    assert [pool.settles_a for pool in pools] == [20.0, 20.0, 20.0, 25.0]
