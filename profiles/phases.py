"""One phase or three: where a second contactor can choose, and what it costs to be wrong.

The least on three phases is three times the least on one, so with little sun, or a full
L2, one phase goes on where three would stop. Every change interrupts the car and wears
the contactors: it wants a reason that lasts, and after it there is none for ten minutes.
Who forbids three phases is obeyed at once; only the way back waits.

Source: SmartEVSE's CONTACT 2 with its thresholds in auto; the rest between two changes is
ours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

SPARE_A = 1.0  # a phase, above the minimum, before three are begun
UP_HOLD_S = 60.0
DOWN_HOLD_S = 30.0
REST_S = 600.0
BEFORE_STOP = 0.95  # of STOP: changing comes before stopping


@dataclass(frozen=True, slots=True)
class PhaseSettings:
    """MIN; STOP bridges a small lack of sun, 0 does not; *spike_s* a full conductor."""

    min_a: float = 6.0
    stop_s: float = 600.0
    spike_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Room:
    """What there is for one EVSE, what it takes now included; inf where nobody counts.

    *sum_a* for all its phases together, *each_a* for each of them: first the one that
    carries when the second contactor is open. *names* are theirs. *sunny*: the sum is the
    sun's, which may rise and is bridged for a while when it falls.
    """

    sum_a: float = math.inf
    each_a: tuple[float, float, float] = (math.inf, math.inf, math.inf)
    names: tuple[str, str, str] = ("L1", "L2", "L3")
    sunny: bool = False

    def per_phase_a(self, loaded: int) -> float:
        """Return what a car may take from each of the first *loaded* phases."""
        return min(self.sum_a / loaded, *self.each_a[:loaded])

    def tightest(self, loaded: int) -> tuple[float, str]:
        """Return the least of the first *loaded* phases with its name."""
        return min(zip(self.each_a[:loaded], self.names, strict=False))


@dataclass(frozen=True, slots=True)
class Situation:
    """What there is to choose by.

    *told* 1 or 3 is a fixed choice, of the installer or of the mode; None leaves it to
    *room*, of which None is "nobody knows". *ceiling* is the most phases that any limit
    allows. *because* tells why, of either. *begun*: the car has had current, so another
    number is a change. *used* are the phases that it loads when it has three.
    """

    told: int | None = 3
    ceiling: int = 3
    because: str = ""
    room: Room | None = None
    begun: bool = False
    charging: bool = False
    used: int = 3


@dataclass(frozen=True, slots=True)
class PhaseState:
    """The *phases* chosen, 1 or 3, and *why*; "" where nothing but habit speaks for them.

    *since_s*: since when the other number would be better. *rested_at_s*: no change of our
    own before. *told* is the last fixed choice.
    """

    phases: int = 3
    why: str = ""
    since_s: float | None = None
    rested_at_s: float = -math.inf
    told: int | None = 3


def step(
    settings: PhaseSettings, state: PhaseState, situation: Situation, now_s: float
) -> PhaseState:
    """Return on how many phases to charge from now on, with the reason.

    Call it at every tick. The caller changes phases only without load.
    """
    if situation.told != state.told:  # another mode is somebody's wish: it does not wait
        state = replace(state, told=situation.told, rested_at_s=-math.inf, since_s=None)
    told = 1 if situation.ceiling < 3 else situation.told
    if told is not None:
        phases, why = _as_told(state, situation, told, now_s)
    elif situation.room is not None:
        state = _timed(settings, state, situation, situation.room, now_s)
        phases = _by_room(settings, state, situation, situation.room, now_s)
        why = _sentence(settings, phases, situation.used, situation.room)
    else:
        phases, why, state = state.phases, "no meter tells", replace(state, since_s=None)
    if phases == state.phases:
        return state if why == state.why else replace(state, why=why)
    rested_at_s = now_s + REST_S if situation.begun else state.rested_at_s
    return replace(state, phases=phases, why=why, since_s=None, rested_at_s=rested_at_s)


def _as_told(state: PhaseState, situation: Situation, told: int, now_s: float) -> tuple[int, str]:
    """Return the number that was told, and why; the way back to three waits for the rest."""
    rests = situation.begun and now_s < state.rested_at_s
    if rests and state.phases < told:
        return state.phases, "the contactors rest after a change"
    return told, situation.because


def _timed(
    settings: PhaseSettings, state: PhaseState, situation: Situation, room: Room, now_s: float
) -> PhaseState:
    """Return *state* with the time since when the other number would be better."""
    three_a, least_a = room.per_phase_a(situation.used), settings.min_a
    if state.phases == 1:
        better = situation.used > 1 and three_a >= least_a + SPARE_A
    else:
        better = three_a < least_a and _one_is_better(settings, situation, room)
    if not better:
        return replace(state, since_s=None)
    return state if state.since_s is not None else replace(state, since_s=now_s)


def _by_room(
    settings: PhaseSettings, state: PhaseState, situation: Situation, room: Room, now_s: float
) -> int:
    """Return the other number when it has been better for long enough.

    A car that waits for its first current is asked nothing: three with some sun to spare,
    else one as soon as it fits.
    """
    used, least_a = situation.used, settings.min_a
    if not situation.begun:
        if room.sum_a >= used * (least_a + SPARE_A) and room.per_phase_a(used) >= least_a:
            return 3
        return 1 if _one_is_better(settings, situation, room) else state.phases
    hold_s = UP_HOLD_S if state.phases == 1 else _patience_s(settings, situation, room)
    held = state.since_s is not None and now_s - state.since_s >= hold_s
    return 4 - state.phases if held and now_s >= state.rested_at_s else state.phases


def _one_is_better(settings: PhaseSettings, situation: Situation, room: Room) -> bool:
    """Return whether one phase has what three have not, or will have it first.

    While the sun is bridged, three go on: one would have to wait for it.
    """
    waits_for_sun = room.sunny and not situation.charging
    return (room.each_a[0] if waits_for_sun else room.per_phase_a(1)) >= settings.min_a


def _patience_s(settings: PhaseSettings, situation: Situation, room: Room) -> float:
    """Return how long three phases stay although they no longer fit.

    Without current nothing is gained by waiting, and a full conductor lets nobody wait.
    """
    used, least_a = situation.used, settings.min_a
    if not situation.charging:
        return 0.0
    if room.tightest(used)[0] < least_a:
        return settings.spike_s
    bridged_s = settings.stop_s * BEFORE_STOP if settings.stop_s > 0.0 else DOWN_HOLD_S
    small = used * least_a - room.sum_a < least_a
    return bridged_s if small else min(bridged_s, DOWN_HOLD_S)


def _sentence(settings: PhaseSettings, phases: int, used: int, room: Room) -> str:
    """Return what there is, and what three phases need to stay or to come, where it is tightest."""
    if used == 1:
        return "the car takes one phase"
    least_a = settings.min_a if phases == 3 else settings.min_a + SPARE_A
    room_a, name = room.tightest(used)
    if room_a < room.sum_a / used:
        return f"{name} has {room_a:.1f}/{least_a:g} A for {used} phases"
    return f"{room.sum_a:.1f}/{used * least_a:g} A for {used} phases"
