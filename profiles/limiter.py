"""Mains and circuit: what our EVSEs may take together, from what the meter says.

Per phase, the room for us is the limit less what the house takes; the house is what the
meter shows less what we take. Down is at once and by all of it; up is by a quarter of the
headroom each second. When the least that a car can take does not fit, it may stay for a
moment, then it ends, and comes back after a pause only when it fits.

What we take is not always known well. So up is never by more than the headroom the meter
shows. What is offered and not measured may still be on its way to the car: up goes by the
least it may take, down by what it should; only whether its minimum fits is judged by the
most. And where measured cars stay above what they were told, that is taken off too.

Source: SmartEVSE's MAINS, CIRCUIT and CAPACITY; the car's five seconds to follow are of
IEC 61851-1.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from profiles.limits import Limit, Origin
from profiles.readings import (
    FOLLOW_S,
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

KEPT_OF_HEADROOM = 0.75  # after one second; the rest is given
LEAST_RISE_A_PER_S = 0.5  # so that the last ampere is reached too
SEVERE = 1.2  # times the limit: no moment of grace


@dataclass(frozen=True, slots=True)
class LimiterSettings:
    """What holds at one meter; *name* is its role: "mains", "circuit".

    *limit_a* per phase (MAINS, CIRCUIT); *sum_a* over all phases (CAPACITY). *phases* are
    those our EVSEs are wired to, from L1 on. A reading older than *stale_after_s* counts
    no more: then *fallback_a*. A shortage may last *shortage_hold_s*, 0 ends it at once;
    then nothing is offered for *retry_after_s*.
    """

    name: str
    limit_a: float
    sum_a: float | None = None
    min_a: float = 6.0
    phases: int = 3
    stale_after_s: float = 10.0
    fallback_a: float = 0.0
    shortage_hold_s: float = 6.0
    retry_after_s: float = 30.0

    def __post_init__(self) -> None:
        sum_a = 0.0 if self.sum_a is None else self.sum_a
        for value in (self.limit_a, sum_a, self.min_a, self.stale_after_s, self.fallback_a):
            if not 0.0 <= value < math.inf or self.min_a == 0.0:
                raise ValueError(f"{self.name}: {value} is no setting of a limiter")


@dataclass(frozen=True, slots=True)
class LimiterState:
    """What a limiter remembers from step to step.

    *set_a* is what it allows. *target_a* is what the last reading would have allowed
    without grace, *hope_a* if cars are still on their way down. *short_since_s*: the
    minimum does not fit; ``-inf``: and must not stay.
    *above_since_s*: cars take more than they were told. *recent* is what we took lately.
    """

    set_a: float = 0.0
    target_a: float = 0.0
    hope_a: float = 0.0
    source: str = ""
    read_at_s: float | None = None
    short_since_s: float | None = None
    above_since_s: float | None = None
    retry_at_s: float = -math.inf
    recent: Recent = ()


class _Bound(NamedTuple):
    """One conductor, or their sum: *room_a* for us, *headroom_a* above what flows now."""

    room_a: float
    headroom_a: float
    sentence: str


def step(
    settings: LimiterSettings,
    state: LimiterState,
    reading: Reading | None,
    taken: Taken,
    now_s: float,
) -> Verdict[LimiterState]:
    """Return what all EVSEs behind this meter may take together, per phase, now.

    Call it at every tick with the last reading, old or new, or none: only a new one
    changes the set point, time alone ends a grace and makes a meter silent.
    """
    if is_news(reading, state.read_at_s, now_s):
        state = _after_reading(settings, state, reading, cleaned(taken), now_s)
    if is_silent(state.read_at_s, settings.stale_after_s, now_s):
        state = _after_silence(settings, state, taken, now_s)
    elif _grace_is_over(settings, state, now_s):
        state = _after_shortage(settings, state, now_s)
    admits = now_s >= state.retry_at_s and state.short_since_s is None
    limit = Limit(floor_tenth(state.set_a), state.source, origin=Origin.EMS)
    return Verdict(state, limit, admits)


def _after_reading(
    settings: LimiterSettings, state: LimiterState, reading: Reading, taken: Taken, now_s: float
) -> LimiterState:
    used = phases_used(taken, settings.phases)
    bounds = tuple(_bounds(settings, reading, used, taken.currents_a))
    room = min(bounds)
    over = min(bounds, key=lambda bound: bound.headroom_a)
    gap_s = elapsed_s(state.read_at_s, settings.stale_after_s, reading.at_s)
    recent = remembered(state.recent, taken, reading.at_s)
    state = replace(state, read_at_s=reading.at_s, source=room.sentence, recent=recent)
    if state.set_a < settings.min_a:
        return _while_nothing_fits(settings, state, max(room.room_a, 0.0), now_s)
    if room.room_a >= state.set_a and over.headroom_a < 0.0:
        state = _while_above(replace(state, source=over.sentence), over, now_s)
    else:
        surely, perhaps = (
            min(_bounds(settings, reading, used, ours_a(recent))).room_a
            for ours_a in (least_a, most_a)
        )
        rise_a = _rise_a(over.headroom_a, gap_s)
        risen_a = max(min(surely, state.set_a + rise_a), state.set_a)
        target_a = max(min(room.room_a, risen_a), 0.0)
        state = replace(state, target_a=target_a, hope_a=perhaps, above_since_s=None)
    severe = any(reading.currents_a[phase] > SEVERE * settings.limit_a for phase in used)
    return _with_grace(settings, state, taken, severe, now_s)


def _bounds(
    settings: LimiterSettings, reading: Reading, used: tuple[int, ...], ours_a: Currents
) -> Iterator[_Bound]:
    for phase in used:
        current_a, limit_a = reading.currents_a[phase], settings.limit_a
        sentence = f"{settings.name} L{phase + 1} {current_a:.1f}/{limit_a:g} A"
        headroom_a = limit_a - current_a
        yield _Bound(ours_a[phase] + headroom_a, headroom_a, sentence)
    if settings.sum_a is not None:
        sum_a = sum(reading.currents_a)
        sentence = f"{settings.name} sum {sum_a:.1f}/{settings.sum_a:g} A"
        headroom_a = (settings.sum_a - sum_a) / len(used)
        mean_a = sum(ours_a[phase] for phase in used) / len(used)
        yield _Bound(mean_a + headroom_a, headroom_a, sentence)


def _rise_a(headroom_a: float, gap_s: float) -> float:
    """Return how much more to allow after *gap_s*, never more than the headroom."""
    share = 1.0 - math.pow(KEPT_OF_HEADROOM, gap_s)
    return min(max(headroom_a * share, LEAST_RISE_A_PER_S * gap_s), max(headroom_a, 0.0))


def _while_nothing_fits(
    settings: LimiterSettings, state: LimiterState, room_a: float, now_s: float
) -> LimiterState:
    """Return to the minimum when it fits and the pause is over; softly, not with all of it."""
    if now_s < state.retry_at_s:
        source = f"{settings.name} pauses after a shortage"
        return replace(state, set_a=0.0, target_a=0.0, source=source)
    set_a = min(room_a, settings.min_a)
    return replace(state, set_a=set_a, target_a=set_a, short_since_s=None, above_since_s=None)


def _while_above(state: LimiterState, over: _Bound, now_s: float) -> LimiterState:
    """Wait for cars that should take less already; then take the overload off what they may."""
    since_s = now_s if state.above_since_s is None else state.above_since_s
    if now_s - since_s < FOLLOW_S:
        return replace(state, above_since_s=since_s)
    target_a = max(state.set_a + over.headroom_a, 0.0)
    return replace(state, target_a=target_a, hope_a=target_a, above_since_s=now_s)


def _with_grace(
    settings: LimiterSettings, state: LimiterState, taken: Taken, severe: bool, now_s: float
) -> LimiterState:
    """Let charging cars keep their minimum for a while, unless that would be *severe*."""
    needed_a = _needed_a(settings, state, taken)
    if state.target_a >= needed_a:
        return replace(state, set_a=state.target_a, short_since_s=None)
    since_s = now_s if state.short_since_s is None else state.short_since_s
    return replace(state, set_a=needed_a, short_since_s=-math.inf if severe else since_s)


def _needed_a(settings: LimiterSettings, state: LimiterState, taken: Taken) -> float:
    """Return the least that those who have current now can go on with."""
    return min(taken.evses, state.set_a // settings.min_a) * settings.min_a


def _grace_is_over(settings: LimiterSettings, state: LimiterState, now_s: float) -> bool:
    since_s = state.short_since_s
    if since_s is None or now_s - since_s < settings.shortage_hold_s:
        return False
    return state.hope_a < state.set_a


def _after_shortage(settings: LimiterSettings, state: LimiterState, now_s: float) -> LimiterState:
    set_a = state.target_a if state.target_a >= settings.min_a else 0.0
    retry_at_s = now_s + settings.retry_after_s
    return replace(state, set_a=set_a, short_since_s=None, retry_at_s=retry_at_s)


def _after_silence(
    settings: LimiterSettings, state: LimiterState, taken: Taken, now_s: float
) -> LimiterState:
    suspends = taken.evses > 0 and state.set_a >= settings.min_a > settings.fallback_a
    return replace(
        state,
        set_a=settings.fallback_a,
        target_a=settings.fallback_a,
        source=f"{settings.name} meter silent",
        short_since_s=None,
        above_since_s=None,
        retry_at_s=now_s + settings.retry_after_s if suspends else state.retry_at_s,
    )
