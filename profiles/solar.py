"""Charge from what the roof gives away: a pool that follows the sum of the mains phases.

It only subtracts: mains and circuit hold beside it. Everything is a sum over the phases, so
the rule is one for cars on one phase and on three. A car begins when the export exceeds
START and what its minimum needs beyond that is no more than a car on one phase would import:
with START 4 A and MIN 6 A that is 2 A. The pool then moves slowly up and by all of it down,
so that the import stays at or below IMPORT. When the minimum imports more, it ends after
STOP seconds, unless stopping would free so much that it began again at once. A car that was
offered something and does not take it, because it is full, keeps that for as long, unless
another one waits.

Source: SmartEVSE's START, STOP and IMPORT, all of them sums over the phases.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from profiles.drawn import Drawn, ours_of_all
from profiles.limits import Limit, Origin
from profiles.pools import Over, Pool
from profiles.readings import Reading, Verdict, elapsed_s, is_news, is_silent
from profiles.units import floor_tenth

STEP_A = 0.5  # a second, on each phase that is used
DEAD_BAND_A = 0.3  # of the sum: import within it is noise


@dataclass(frozen=True, slots=True)
class SolarSettings:
    """*start_a* of export, *import_a* of import, sums over the phases; *stop_s* 0 never stops.

    After a stop nobody begins for *retry_after_s*. The rest is as for a limiter.
    """

    start_a: float = 4.0
    stop_s: float = 600.0
    import_a: float = 0.0
    min_a: float = 6.0
    phases: int = 3
    stale_after_s: float = 10.0
    fallback_a: float = 0.0
    retry_after_s: float = 30.0

    @property
    def spared_a(self) -> float:
        """Return the import that START below MIN accepts so that a car can charge at all."""
        return max(self.min_a - self.start_a, 0.0)


@dataclass(frozen=True, slots=True)
class SolarState:
    """What the solar regulation remembers: the sum it allows, *idle_a* of it for those who do
    not take it, *target_a* without these and without regard to minima, since when it imports
    too much at the minimum, and until when nobody begins."""

    set_a: float = 0.0
    target_a: float = 0.0
    idle_a: float = 0.0
    source: str = ""
    read_at_s: float | None = None
    importing_since_s: float | None = None
    retry_at_s: float = -math.inf


def step(
    settings: SolarSettings,
    state: SolarState,
    reading: Reading | None,
    drawn: Sequence[Drawn],
    now_s: float,
    fallback: Limit | None = None,
) -> Verdict[SolarState]:
    """Return the pool of all phases that keeps the import small.

    *reading* is that of the mains. Call it at every tick, as limiter.step.
    """
    if fallback is None and is_news(reading, state.read_at_s, now_s):
        state = _after_reading(settings, state, reading, drawn, now_s)
    if fallback is None and is_silent(state.read_at_s, settings.stale_after_s, now_s):
        fallback = Limit(settings.fallback_a, "mains meter silent")
    if fallback is not None:
        set_a, source = fallback.limit_a * settings.phases, f"solar: {fallback.source}"
        state = replace(state, set_a=set_a, source=source, importing_since_s=None)
    elif _stops(settings, state, now_s):
        state = _stopped(settings, state, now_s)
    admits = now_s >= state.retry_at_s and state.importing_since_s is None
    until_s = state.retry_at_s if now_s < state.retry_at_s and state.set_a == 0.0 else None
    limit = Limit(floor_tenth(state.set_a), state.source, origin=Origin.EMS)
    return Verdict(state, (Pool(limit, Over.SUM, admits, until_s, wish=fallback is None),))


def _after_reading(
    settings: SolarSettings,
    state: SolarState,
    reading: Reading,
    drawn: Sequence[Drawn],
    now_s: float,
) -> SolarState:
    gap_s = elapsed_s(state.read_at_s, settings.stale_after_s, reading.at_s)
    net_a = sum(reading.currents_a)
    all_ours = ours_of_all(drawn)
    needed_a, idle_a = sum(all_ours.minima_a), sum(one.idle_a for one in drawn)
    state = replace(state, read_at_s=reading.at_s)
    if needed_a == 0.0:
        kept_a = 0.0 if any(one.waits for one in drawn) else idle_a
        return _while_nobody_charges(settings, state, net_a, all_ours.least_a, kept_a, now_s)
    surplus_a = settings.import_a - net_a
    target_a = max(state.set_a - max(state.idle_a, idle_a), 0.0)
    step_a = STEP_A * len(frozenset[int]().union(*(one.phases for one in drawn if one.min_a)))
    if surplus_a < -DEAD_BAND_A:
        target_a = min(target_a, _in_steps(all_ours.told_a + surplus_a, step_a))
    elif surplus_a > 0.0:
        sure_a = _in_steps(all_ours.least_a + surplus_a, step_a)
        target_a = max(target_a, min(sure_a, target_a + step_a * max(round(gap_s), 1)))
    idle_a = idle_a if target_a >= needed_a else 0.0
    source = f"solar import {net_a:.1f}/{settings.import_a:g} A"
    imports = target_a <= needed_a and surplus_a < -DEAD_BAND_A
    lacks = imports and not begins(settings, net_a - all_ours.told_a, needed_a)
    state = _lacking(lacks, state, now_s)
    set_a = max(target_a, needed_a) + idle_a
    return replace(state, set_a=set_a, target_a=target_a, idle_a=idle_a, source=source)


def _while_nobody_charges(
    settings: SolarSettings,
    state: SolarState,
    net_a: float,
    least_a: float,
    kept_a: float,
    now_s: float,
) -> SolarState:
    """Wait for START; then all that the sun gives, to be taken softly.

    Whoever is offered *kept_a* and does not take it keeps that through a cloud.
    """
    export_a = max(-net_a, 0.0)
    room_a = 0.0
    if export_a > settings.start_a and now_s >= state.retry_at_s:
        room_a = max(least_a - net_a + settings.import_a + settings.spared_a, 0.0)
    source = f"solar export {export_a:.1f}/{settings.start_a:g} A"
    state = _lacking(room_a < kept_a, state, now_s)
    set_a = max(room_a, kept_a)
    return replace(state, set_a=set_a, target_a=room_a, idle_a=0.0, source=source)


def _lacking(lacks: bool, state: SolarState, now_s: float) -> SolarState:
    """Return *state* with the time since when there is too little sun for what goes on."""
    since_s = now_s if state.importing_since_s is None else state.importing_since_s
    return replace(state, importing_since_s=since_s if lacks else None)


def begins(settings: SolarSettings, net_a: float, needed_a: float) -> bool:
    """Return whether those that need *needed_a* of all phases would begin, if without them
    the mains showed *net_a*."""
    room_a = settings.import_a + settings.spared_a - net_a
    return -net_a > settings.start_a and room_a >= needed_a


def _stops(settings: SolarSettings, state: SolarState, now_s: float) -> bool:
    since_s = state.importing_since_s
    return since_s is not None and 0.0 < settings.stop_s <= now_s - since_s


def _stopped(settings: SolarSettings, state: SolarState, now_s: float) -> SolarState:
    """What the sun still carries goes on, if that is enough for anybody."""
    set_a = state.target_a if state.target_a >= settings.min_a else 0.0
    return replace(
        state, set_a=set_a, importing_since_s=None, retry_at_s=now_s + settings.retry_after_s
    )


def _in_steps(room_a: float, step_a: float) -> float:
    return max(math.floor(room_a / step_a) * step_a, 0.0)
