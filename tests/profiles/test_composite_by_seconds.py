"""The sweep against a slow evaluation that asks every profile at every second."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.composite import composite
from profiles.limit_now import Running, limits_at, station_limits_at
from profiles.limits import Limit
from profiles.schedule import Kind, Period, Profile, Purpose, Schedule, Unit
from profiles.units import Supply, floor_tenth
from profiles.validation import RULES, Clash, Context, reasons, replaced_by

T = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
LONGEST_S = 70
Counted = tuple[float, Unit, int]


# --- the slow evaluation, step by step as the standard tells it ------------------------------


def period_at(profile: Profile, at: datetime, energy_offered_at: datetime) -> Counted | None:
    schedule = profile.schedules[0]
    if profile.valid_from is not None and at < profile.valid_from:
        return None
    if profile.valid_to is not None and at >= profile.valid_to:
        return None
    origin = schedule.start_at
    if profile.kind is Kind.RELATIVE or origin is None:
        origin = energy_offered_at
    if origin > at:
        return None
    if profile.kind is Kind.RECURRING and profile.recurs_s is not None:
        while origin + timedelta(seconds=profile.recurs_s) <= at:
            origin += timedelta(seconds=profile.recurs_s)
    offset_s = (at - origin).total_seconds()
    if schedule.duration_s is not None and offset_s >= schedule.duration_s:
        return None
    running = [period for period in schedule.periods if period.start_s <= offset_s][-1]
    return running.limit, schedule.unit, running.phases or 3


def leading(profiles: list[Profile], at: datetime, energy_offered_at: datetime) -> list[Counted]:
    for profile in sorted(profiles, key=lambda p: (p.stack_level, p.id), reverse=True):
        counted = period_at(profile, at, energy_offered_at)
        if counted is not None:
            return [counted]
    return []


def counted_at(
    profiles: list[Profile], evse_id: int, running: Running, at: datetime, offered: datetime
) -> list[Counted]:
    def of(purpose: Purpose, *evse_ids: int) -> list[Profile]:
        return [p for p in profiles if p.purpose is purpose and p.evse_id in evse_ids]

    counted = leading(of(Purpose.STATION_MAX, 0), at, offered)
    counted += leading(of(Purpose.EXTERNAL, 0), at, offered)
    if evse_id == 0:
        return counted
    counted += leading(of(Purpose.EXTERNAL, evse_id), at, offered)
    if not any(p.purpose in (Purpose.TX, Purpose.TX_DEFAULT) for p in profiles):
        return counted
    own = of(Purpose.TX_DEFAULT, evse_id)
    levels = {p.stack_level for p in own}
    general = [p for p in of(Purpose.TX_DEFAULT, 0) if p.stack_level not in levels]
    mine = [p for p in of(Purpose.TX, evse_id) if p.transaction_id == running.transaction_id]
    transaction = leading(mine, at, offered) if running.transaction_id else []
    return counted + (transaction or leading(own + general, at, offered))


def lowest(counted: list[Counted], unit: Unit, supply: Supply, *local: Limit) -> tuple[float, int]:
    own = [phases for _, _, phases in counted]
    phases = min([supply.phases, *own, *(limit.phases for limit in local)])
    in_unit = 1 if unit is Unit.A else supply.voltage_v * phases
    limits = [inf, *(limit.limit_a * in_unit for limit in local)]
    for limit, own_unit, own_phases in counted:
        if own_unit is unit:
            limits.append(limit)
        elif unit is Unit.A:
            limits.append(limit / supply.voltage_v / own_phases)
        else:
            limits.append(limit * supply.voltage_v * phases)
    return min(limits), phases


def poured(room: float, limits: dict[int, float]) -> dict[int, float]:
    """Raise the level of all until nothing is left."""
    levels = dict.fromkeys(limits, 0.0)
    while rising := [id for id, limit in limits.items() if levels[id] < limit]:
        more = min([room / len(rising), *(limits[id] - levels[id] for id in rising)])
        room -= more * len(rising)
        for id in rising:
            levels[id] = limits[id] if limits[id] - levels[id] <= more else levels[id] + more
        if room <= 1e-9:
            break
    return levels


def slowly(
    profiles: list[Profile],
    evse_id: int,
    running: dict[int, Running],
    duration_s: int,
    unit: Unit,
    supply: Supply,
    local: dict[int, list[Limit]],
    sharing: set[int],
) -> list[tuple[int, float, int]]:
    rows: list[tuple[int, float, int]] = []
    for second in range(duration_s):
        at = T + timedelta(seconds=second)
        held = {
            place: [each for each in limits if each.until_at is None or at < each.until_at]
            for place, limits in local.items()
        }
        station = held.get(0, [])
        evses = []
        for id in [id for id in local if id > 0 and (evse_id == 0 or id in {evse_id} | sharing)]:
            offered = running[id].energy_offered_at or T
            counted = counted_at(profiles, id, running[id], at, offered)
            evses.append((id, *lowest(counted, unit, supply, *held[id], *station)))
        if evse_id > 0:
            limits = {id: limit for id, limit, _ in evses}
            [(limit, phases)] = [row[1:] for row in evses if row[0] == evse_id]
            maxima = [p for p in profiles if p.purpose is Purpose.STATION_MAX]
            if len(limits) > 1 and maxima:
                room, _ = lowest(leading(maxima, at, T), unit, supply)
                limit = poured(room, limits)[evse_id]
        else:
            total = (sum(limit for _, limit, _ in evses), unit, max(n for _, _, n in evses))
            caps = counted_at(profiles, 0, Running(), at, T)
            limit, phases = lowest([total, *caps], unit, supply, *station)
        if not rows or rows[-1][1:] != (floor_tenth(limit), phases):
            rows.append((second, floor_tenth(limit), phases))
    return rows


# --- random worlds -------------------------------------------------------------------------

PURPOSES = [
    (Purpose.STATION_MAX, 0),
    *((Purpose.TX_DEFAULT, evse_id) for evse_id in (0, 1, 2)),
    *((Purpose.EXTERNAL, evse_id) for evse_id in (0, 1)),
    *((Purpose.TX, evse_id) for evse_id in (1, 2)),
]
SUPPLIES = (Supply(230.0, 3), Supply(230.0, 1), Supply(400.0, 2))
LOCALS = ({1: 32.0, 2: 16.0}, {0: 25.0, 1: 32.0, 2: 13.5}, {0: 0.0, 1: 32.0, 2: 6.0})


class World:
    """A random station, made from a seed: far quicker than drawing every number."""

    def __init__(self, seed: int, clash: Clash | None = None) -> None:
        """With a *clash* the profiles are those that its rules let in, one after the other."""
        self.dice = Random(seed)
        drawn = [self.profile(id) for id in range(1, self.dice.randint(0, 8) + 1)]
        self.profiles = drawn if clash is None else _installed(drawn, clash)
        self.running = {1: self.run(), 2: self.run()}
        self.supply = self.dice.choice(SUPPLIES)
        self.local = {place: self.limits(a) for place, a in self.dice.choice(LOCALS).items()}
        self.unit = self.dice.choice(list(Unit))

    def limits(self, limit_a: float) -> list[Limit]:
        """Return one that stays, and perhaps one that passes."""
        dice = self.dice
        stays = Limit(limit_a, "local", dice.choice([1, 3, 3]))
        passes = Limit(limit_a / 2, "override", dice.choice([1, 3]), self.instant())
        return dice.choice([[stays], [stays, passes]])

    def instant(self) -> datetime:
        return T + timedelta(seconds=self.dice.randint(-60, 100))

    def perhaps(self, value: Any) -> Any:
        return self.dice.choice([None, value])

    def run(self) -> Running:
        offered = T - timedelta(seconds=self.dice.randint(0, 90))
        return Running(self.dice.choice([None, "a", "b"]), self.perhaps(offered))

    def profile(self, id: int) -> Profile:
        dice = self.dice
        purpose, evse_id = dice.choice(PURPOSES)
        kind = dice.choice(list(Kind))
        recurring = kind is Kind.RECURRING
        unit = dice.choice(list(Unit))
        limit = (
            (lambda: dice.randint(0, 400) / 10)
            if unit is Unit.A
            else lambda: dice.randint(0, 30_000) / 3
        )
        starts = [0, *sorted(dice.sample(range(1, 100), dice.randint(0, 4)))]
        periods = tuple(Period(s, limit(), dice.choice([None, 1, 2, 3])) for s in starts)
        schedule = Schedule(
            unit,
            periods,
            self.instant() if recurring else self.perhaps(self.instant()),
            self.perhaps(dice.randint(0, 80)),
        )
        return Profile(
            id,
            evse_id,
            purpose,
            dice.randint(0, 3),
            kind,
            (schedule,),
            dice.randint(20, 120) if recurring else None,
            self.perhaps(self.instant()),
            self.perhaps(self.instant()),
            dice.choice(["a", "b", None]) if purpose is Purpose.TX else None,
        )


def _installed(drawn: list[Profile], clash: Clash) -> list[Profile]:
    """Install *drawn* by the rules of a version; external ones are there before."""
    kept = {p.id: p for p in drawn if p.purpose is Purpose.EXTERNAL}
    context = Context(frozenset({1, 2}), RULES[clash], {1: "a", 2: "b"})
    for each in (p for p in drawn if p.purpose is not Purpose.EXTERNAL):
        if not reasons(each, kept.values(), context):
            for id in replaced_by(each, kept.values(), clash):
                del kept[id]
            kept[each.id] = each
    return list(kept.values())


SEEDS = st.integers(0, 2**48)
SHARING = (set[int](), {1}, {1, 2})
CLASHES = st.sampled_from([None, None, *Clash])  # anything at all, or what a version lets in


@settings(max_examples=3000)
@given(SEEDS, CLASHES, st.integers(0, 2), st.integers(1, LONGEST_S), st.sampled_from(SHARING))
def test_the_composite_schedule_is_what_every_second_says(
    seed: int, clash: Clash | None, evse_id: int, duration_s: int, sharing: set[int]
) -> None:
    w = World(seed, clash)
    asked = evse_id, w.running, T, duration_s, w.unit, w.supply, w.local, sharing

    fast = composite(iter(w.profiles), *asked)

    slow = slowly(w.profiles, evse_id, w.running, duration_s, w.unit, w.supply, w.local, sharing)
    assert [row[0] for row in fast] == [row[0] for row in slow]
    for (_, limit, phases), (_, expected, n) in zip(fast, slow, strict=True):
        assert abs(limit - expected) < 1e-6
        assert phases == n


@settings(max_examples=2000)
@given(SEEDS, CLASHES, st.integers(0, 2), st.integers(-70, 120))
def test_the_limit_now_is_what_the_second_says_and_holds_until_it_says(
    seed: int, clash: Clash | None, evse_id: int, second: int
) -> None:
    w = World(seed, clash)
    running = w.running[evse_id] if evse_id else Running()
    at = max(T + timedelta(seconds=second), running.energy_offered_at or T - timedelta(days=1))

    def asked(when: datetime) -> Any:
        return limits_at(w.profiles, evse_id, running, when, w.supply)

    now = asked(at)
    offered = running.energy_offered_at or at
    counted = counted_at(w.profiles, evse_id, running, at, offered)
    limits = [lowest([one], Unit.A, w.supply) for one in counted]
    expected = sorted((round(floor_tenth(limit), 6), n) for limit, n in limits)
    assert sorted((limit.limit_a, limit.phases) for limit in now.limits) == expected
    for later_s in (0, 1, 2, 5, 9, 20, 40, 80, 160):
        later = at + timedelta(seconds=later_s, milliseconds=400)
        assert not now.holds(later) or asked(later).limits == now.limits
    assert not now.holds(at - timedelta(seconds=1))
    assert now.until is None or now.until > at


@given(SEEDS)
def test_the_station_has_no_defaults_and_no_transaction_of_its_own(seed: int) -> None:
    w = World(seed)

    station = station_limits_at(w.profiles, T, w.supply)

    words = {limit.source.split()[0] for limit in station.limits}
    assert words <= {"ChargingStationMaxProfile", "ChargingStationExternalConstraints"}


@settings(max_examples=300)
@given(SEEDS, SEEDS)
def test_one_more_group_never_raises_the_composite_schedule(seed: int, other: int) -> None:
    w = World(seed)
    cap = replace(World(other).profile(99), purpose=Purpose.EXTERNAL, evse_id=0)
    fewer = [p for p in w.profiles if p.purpose is not Purpose.EXTERNAL]

    def limit_at(profiles: list[Profile], second: int) -> float:
        at = T + timedelta(seconds=second)
        return composite(profiles, 1, w.running, at, 1, Unit.A, w.supply, w.local)[0][1]

    for second in (0, 1, 10, 50):
        assert limit_at([*fewer, cap], second) <= limit_at(fewer, second)


Make = Callable[..., Profile]


def test_what_is_no_number_allows_nothing(profile: Make) -> None:
    for limit in (float("nan"), -1.0):
        broken = profile(periods=[[0, limit]])

        assert limits_at([broken], 1, Running(), T, Supply(230.0, 3)).limits[0].limit_a == 0.0
        rows = composite(
            [broken], 1, {}, T, 60, Unit.W, Supply(230.0, 3), {1: [Limit(32.0, "local")]}
        )
        assert rows == ((0, 0.0, 3),)


def test_a_limit_says_whose_it_is_and_until_when(profile: Make) -> None:
    soon = profile(7, periods=[[0, 16], [30, 10]])

    now = limits_at([soon], 1, Running(), T, Supply(230.0, 3))

    assert [limit.source for limit in now.limits] == ["TxDefaultProfile 7"]
    assert now.until == T + timedelta(seconds=30)


def test_a_clock_that_stepped_back_behind_the_offer_does_not_lose_the_profile(
    profile: Make,
) -> None:
    relative = profile(kind="relative", start=None, periods=[[0, 6]])
    running = Running("t", T + timedelta(seconds=20))

    assert limits_at([relative], 1, running, T, Supply(230.0, 3)).limits[0].limit_a == 6.0


@pytest.mark.requirement("SC.04")
def test_a_station_maximum_is_shared_by_what_each_may_take_then(profile: Make) -> None:
    maximum = profile(9, purpose="station max", evse=0, periods=[[0, 20], [30, 40]])
    modest = profile(2, evse=2, periods=[[0, 8, 1]])
    local = {1: [Limit(32.0, "local")], 2: [Limit(32.0, "local")]}

    def of(evse_id: int, sharing: set[int], *profiles: Profile) -> Any:
        supply = Supply(230.0, 3)
        return composite(profiles, evse_id, {}, T, 60, Unit.A, supply, local, sharing)

    assert of(1, {1, 2}, maximum) == ((0, 10.0, 3), (30, 20.0, 3))
    assert of(1, {1, 2}, maximum, modest) == ((0, 12.0, 3), (30, 32.0, 3))
    assert of(2, {1, 2}, maximum, modest) == ((0, 8.0, 1),)
    assert of(1, {2}, maximum) == of(1, {1, 2}, maximum)
    assert of(1, {1}, maximum) == of(1, set(), maximum) == ((0, 20.0, 3), (30, 32.0, 3))
    assert of(1, {1, 2}, modest) == ((0, 32.0, 3),)
