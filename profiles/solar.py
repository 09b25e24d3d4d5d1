"""Charge from what the roof gives away: a limit that follows the sum of the mains phases.

It only subtracts: mains and circuit hold beside it. It starts when the export exceeds
START and covers the least a car can take on its phases, less the import that is allowed;
with less, it would stop again as soon as it had started. It then moves in half amperes so
that the import stays at or below IMPORT, and stops after STOP seconds above that.

Source: SmartEVSE's START, STOP and IMPORT, all of them sums over the phases.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from profiles.limits import Limit, Origin
from profiles.readings import (
    Currents,
    Reading,
    Recent,
    Taken,
    Verdict,
    cleaned,
    elapsed_s,
    is_news,
    is_silent,
    least_a,
    most_a,
    phases_used,
    remembered,
)
from profiles.units import floor_tenth

STEP_A = 0.5
DEAD_BAND_A = 0.3  # of the sum: import within it is noise


@dataclass(frozen=True, slots=True)
class SolarSettings:
    """*start_a* of export, *import_a* of import, sums over the phases; *stop_s* 0 never stops.

    After a stop nothing is offered for *retry_after_s*. The rest is as for a limiter.
    """

    start_a: float = 4.0
    stop_s: float = 600.0
    import_a: float = 0.0
    min_a: float = 6.0
    phases: int = 3
    stale_after_s: float = 10.0
    fallback_a: float = 0.0
    retry_after_s: float = 30.0


@dataclass(frozen=True, slots=True)
class SolarState:
    """What the solar regulation remembers: what it allows, and since when it imports too much."""

    set_a: float = 0.0
    source: str = ""
    read_at_s: float | None = None
    importing_since_s: float | None = None
    retry_at_s: float = -math.inf
    recent: Recent = ()


@dataclass(frozen=True, slots=True)
class _Sun:
    """One reading: *net_a* is the sum, import positive.

    *room_a* per phase is for us, *sure_a* even if our cars are not where they should be.
    """

    net_a: float
    room_a: float
    sure_a: float
    starts: bool


def step(
    settings: SolarSettings,
    state: SolarState,
    reading: Reading | None,
    taken: Taken,
    now_s: float,
) -> Verdict[SolarState]:
    """Return what all EVSEs together may take per phase so that little is imported.

    *reading* is that of the mains. Call it at every tick, as limiter.step.
    """
    if is_news(reading, state.read_at_s, now_s):
        state = _after_reading(settings, state, reading, cleaned(taken), now_s)
    since_s = state.importing_since_s
    if is_silent(state.read_at_s, settings.stale_after_s, now_s):
        state = replace(
            state,
            set_a=settings.fallback_a,
            source="solar: mains meter silent",
            importing_since_s=None,
        )
    elif since_s is not None and 0.0 < settings.stop_s <= now_s - since_s:
        retry_at_s = now_s + settings.retry_after_s
        state = replace(state, set_a=0.0, importing_since_s=None, retry_at_s=retry_at_s)
    admits = now_s >= state.retry_at_s and state.importing_since_s is None
    limit = Limit(floor_tenth(state.set_a), state.source, origin=Origin.EMS)
    return Verdict(state, limit, admits)


def _after_reading(
    settings: SolarSettings, state: SolarState, reading: Reading, taken: Taken, now_s: float
) -> SolarState:
    gap_s = elapsed_s(state.read_at_s, settings.stale_after_s, reading.at_s)
    recent = remembered(state.recent, taken, reading.at_s)
    sun = _sun(settings, reading, phases_used(taken, settings.phases), recent)
    state = replace(state, read_at_s=reading.at_s, recent=recent)
    waits = state.set_a < settings.min_a or taken.evses == 0
    if waits and not (sun.starts and now_s >= state.retry_at_s):
        source = f"solar export {max(-sun.net_a, 0.0):.1f}/{_start_a(settings):g} A"
        return replace(state, set_a=0.0, source=source, importing_since_s=None)
    source = f"solar import {sun.net_a:.1f}/{settings.import_a:g} A"
    state = replace(state, source=source)
    if state.set_a < settings.min_a:
        return replace(state, set_a=settings.min_a, importing_since_s=None)
    set_a = max(_regulated_a(settings, state.set_a, sun, gap_s), settings.min_a)
    importing_since_s = None
    if set_a == settings.min_a and sun.net_a > settings.import_a + DEAD_BAND_A:
        importing_since_s = now_s if state.importing_since_s is None else state.importing_since_s
    return replace(state, set_a=set_a, importing_since_s=importing_since_s)


def _sun(settings: SolarSettings, reading: Reading, used: tuple[int, ...], recent: Recent) -> _Sun:
    net_a = sum(reading.currents_a)

    def room_a(ours_a: Currents) -> float:
        return (sum(ours_a[p] for p in used) + settings.import_a - net_a) / len(used)

    sure_a = room_a(least_a(recent))
    starts = -net_a > settings.start_a and sure_a >= settings.min_a
    return _Sun(net_a, room_a(most_a(recent)), sure_a, starts)


def _start_a(settings: SolarSettings) -> float:
    """Return the export from which a car on all phases is started."""
    return max(settings.start_a, settings.min_a * settings.phases - settings.import_a)


def _regulated_a(settings: SolarSettings, set_a: float, sun: _Sun, gap_s: float) -> float:
    """Return the next set point: half an ampere a second up, down by all there is too much."""
    if sun.net_a > settings.import_a + DEAD_BAND_A:
        return min(set_a, _floor_step(sun.room_a))
    if sun.net_a >= settings.import_a:
        return set_a
    return max(set_a, min(_floor_step(sun.sure_a), set_a + STEP_A * max(round(gap_s), 1)))


def _floor_step(room_a: float) -> float:
    return math.floor(room_a / STEP_A) * STEP_A
