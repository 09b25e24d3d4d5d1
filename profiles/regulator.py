"""The law of one conductor: from each reading, what all EVSEs together may take of it.

The house is what the meter shows less what we take; the room for us is the limit less the
house. Down is at once and by all of it. Up is by a quarter of the headroom each second,
within a ceiling, and by the least room of the last CALM_S seconds, so a load that pulses is
not followed up and down. When the least that cars need does not fit, it may stay for a
moment, then it ends, and comes back after a pause only when it fits.

What we take is not always known well. So up is never by more than the headroom the meter
shows, and goes by the least that cars may take; down goes by what they should take; only
whether their minimum fits is judged by the most. And where cars stay above what they were
told, that is taken off too.
"""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

from profiles.drawn import FOLLOW_S, Ours

KEPT_OF_HEADROOM = 0.75  # after one second; the rest is given
LEAST_RISE_A_PER_S = 0.5  # on each phase, so that the last ampere is reached too
MOST_RISE_A_PER_S = 2.0  # on each phase
CALM_S = 15.0  # a load that was there so lately may come back at once

Lows = tuple[tuple[float, float], ...]  # (at_s, room), both rising: the least is the first


class Patience(Protocol):
    """How long a shortage may last, and how long nothing is offered after it."""

    @property
    def min_a(self) -> float: ...
    @property
    def shortage_hold_s(self) -> float: ...
    @property
    def retry_after_s(self) -> float: ...


class Flow(NamedTuple):
    """One conductor in one reading, or the sum of *phases* conductors.

    *limit_a* and *current_a* are the meter's, *ours* is what we take of it. *severe*: so
    far above the limit that there is no moment of grace.
    """

    limit_a: float
    current_a: float
    ours: Ours
    sentence: str
    severe: bool = False
    phases: int = 1

    @property
    def headroom_a(self) -> float:
        """Return how much more may flow; negative is an overload."""
        return self.limit_a - self.current_a


class Regulated(NamedTuple):
    """What is remembered of one conductor from reading to reading.

    *set_a* is what is allowed. *target_a* is what the last reading would have allowed
    without grace, *hope_a* if cars are still on their way down. *short_since_s*: the
    minimum does not fit; ``-inf``: and must not stay. *above_since_s*: cars take more than
    they were told. *lows* are the least rooms of the last seconds, *room_a* is the last one,
    None while nobody knows.
    """

    set_a: float = 0.0
    target_a: float = 0.0
    hope_a: float = 0.0
    source: str = ""
    short_since_s: float | None = None
    above_since_s: float | None = None
    retry_at_s: float = -math.inf
    lows: Lows = ()
    room_a: float | None = None

    def admits(self, now_s: float) -> bool:
        """Return whether one more car may start now."""
        return self.short_since_s is None and now_s >= self.retry_at_s


def after_reading(
    law: Patience, state: Regulated, flow: Flow, gap_s: float, now_s: float
) -> Regulated:
    """Return the state after a reading that came *gap_s* after the one before."""
    ours, headroom_a = flow.ours, flow.headroom_a
    room_a, hope_a = ours.told_a + headroom_a, ours.most_a + headroom_a
    lows = _with(state.lows, hope_a, now_s)
    calm_a = lows[0][1]
    if state.set_a < law.min_a:
        waiting = _while_nothing_fits(law, state, flow, min(room_a, calm_a), lows, now_s)
        return waiting._replace(room_a=max(room_a, 0.0))
    source, since_s = flow.sentence, None
    if headroom_a < 0.0 and room_a >= state.set_a:
        target_a, hope_a, since_s = _while_above(state, headroom_a, now_s)
    else:
        rise_a = _rise_a(headroom_a, gap_s, flow.phases)
        highest_a = min(ours.least_a + headroom_a, calm_a, state.set_a + rise_a)
        target_a = max(min(room_a, max(highest_a, state.set_a)), 0.0)
    needed_a = ours.needed_a(state.set_a)
    short_since_s = None
    if target_a < needed_a:
        first_s = now_s if state.short_since_s is None else state.short_since_s
        short_since_s = -math.inf if flow.severe else first_s
    return Regulated(
        max(target_a, needed_a),
        target_a,
        hope_a,
        source,
        short_since_s,
        since_s,
        state.retry_at_s,
        lows,
        max(room_a, 0.0),
    )


def after_grace(law: Patience, state: Regulated, now_s: float) -> Regulated:
    """Return the state at *now_s*: a shortage that lasted too long ends, what fits goes on."""
    since_s = state.short_since_s
    if since_s is None or now_s - since_s < law.shortage_hold_s or state.hope_a >= state.set_a:
        return state
    set_a = state.target_a if state.target_a >= law.min_a else 0.0
    retry_at_s = now_s + law.retry_after_s
    return state._replace(set_a=set_a, short_since_s=None, retry_at_s=retry_at_s)


def after_silence(
    law: Patience, state: Regulated, fallback_a: float, charging: bool, now_s: float
) -> Regulated:
    """Return the state while nobody knows what flows; a pause follows where cars must stop."""
    suspends = charging and state.set_a >= law.min_a > fallback_a
    retry_at_s = now_s + law.retry_after_s if suspends else state.retry_at_s
    return Regulated(fallback_a, fallback_a, fallback_a, retry_at_s=retry_at_s)


def _with(lows: Lows, room_a: float, now_s: float) -> Lows:
    """Return *lows* with *room_a*, without what is too old or no longer the least."""
    first, end = 0, len(lows)
    while first < end and lows[first][0] <= now_s - CALM_S:
        first += 1
    while first < end and lows[end - 1][1] >= room_a:
        end -= 1
    return (*lows[first:end], (now_s, room_a))


def _rise_a(headroom_a: float, gap_s: float, phases: int) -> float:
    """Return how much more to allow after *gap_s*, never more than the headroom."""
    if headroom_a <= 0.0:
        return 0.0
    share = 1.0 - math.pow(KEPT_OF_HEADROOM, gap_s)
    least_a = LEAST_RISE_A_PER_S * gap_s * phases
    most_a = min(MOST_RISE_A_PER_S * gap_s * phases, headroom_a)
    return min(max(headroom_a * share, least_a), most_a)


def _while_nothing_fits(
    law: Patience, state: Regulated, flow: Flow, room_a: float, lows: Lows, now_s: float
) -> Regulated:
    """Return to the minimum when it fits and the pause is over; softly, not with all of it."""
    if now_s < state.retry_at_s:
        source = f"{flow.sentence}, pauses after a shortage"
        return Regulated(source=source, retry_at_s=state.retry_at_s, lows=lows)
    set_a = min(max(room_a, 0.0), law.min_a)
    return Regulated(set_a, set_a, set_a, flow.sentence, lows=lows)


def _while_above(
    state: Regulated, headroom_a: float, now_s: float
) -> tuple[float, float, float | None]:
    """Wait for cars that should take less already; then take the overload off what they may.

    Returns the target, the hope, and since when they are above.
    """
    since_s = now_s if state.above_since_s is None else state.above_since_s
    if now_s - since_s < FOLLOW_S:
        return state.target_a, state.hope_a, since_s
    target_a = max(state.set_a + headroom_a, 0.0)
    return target_a, target_a, now_s
