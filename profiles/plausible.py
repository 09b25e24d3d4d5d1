"""Whether a meter shows our cars as they are: a wrong sign or a wrong phase, told in words.

What our cars take changes in steps: one begins, one stops. A meter behind which they hang
must show the same step, on the same phases, with the same sign. One step proves nothing,
the house changes too; several alike, and none between them that fits, do. It is a warning
and no limit: nobody knows what such a meter would show.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import permutations

from profiles.readings import Currents

STEP_A = 4.0  # of our cars: less is lost in what the house does
STILL_A = 0.5  # our cars move no more
SETTLED_A = 1.0  # nor does what the meter shows
SETTLED_READINGS = 3  # so long must both be still: meters are read one after the other
LONGEST_S = 30.0  # in more the house has had its say
TOLERANCE = 0.25  # of the step
ALIKE = 3  # steps that say the same

FITS = ""
PHASES = ("L1", "L2", "L3")
SWAPS = tuple(permutations(range(3)))[1:]


@dataclass(frozen=True, slots=True)
class PlausibleState:
    """The last reading, and since how many both were *still*; how it was *before* our cars
    began to move; what the last *alike* steps said."""

    at_s: float | None = None
    shown_a: Currents = (0.0, 0.0, 0.0)
    ours_a: Currents | None = None
    before: tuple[float, Currents, Currents] | None = None
    still: int = 0
    says: str = FITS
    alike: int = 0

    @property
    def warning(self) -> str:
        """Return what is wrong with the meter, as in "is inverted on L1"; "" if nothing is."""
        return self.says if self.alike >= ALIKE else FITS


def step(
    state: PlausibleState, shown_a: Currents, at_s: float, ours_a: Currents | None
) -> PlausibleState:
    """Return the state after a new reading of the meter, taken at *at_s*.

    *ours_a* is what our cars take from the phases of the grid; None, not measured, loses
    the step.
    """
    if at_s == state.at_s:
        return state
    now = replace(state, at_s=at_s, shown_a=shown_a, ours_a=ours_a)
    if ours_a is None or state.ours_a is None or state.at_s is None:
        return replace(now, before=None, still=0)
    if _most_a(_less(ours_a, state.ours_a)) > STILL_A:
        before = state.before or (state.at_s, state.shown_a, state.ours_a)
        return replace(now, before=before, still=0)
    if state.before is None:
        return now
    began_s, shown_before_a, ours_before_a = state.before
    if at_s - began_s > LONGEST_S:
        return replace(now, before=None, still=0)
    if _most_a(_less(shown_a, state.shown_a)) > SETTLED_A:
        return replace(now, still=0)
    if state.still + 1 < SETTLED_READINGS:
        return replace(now, still=state.still + 1)
    said = judged(_less(ours_a, ours_before_a), _less(shown_a, shown_before_a))
    return _counted(replace(now, before=None, still=0), said)


def judged(ours_a: Currents, shown_a: Currents) -> str | None:
    """Return what a step of *ours_a*, shown as *shown_a*, says of the meter.

    FITS, a sentence that follows "mains meter", or None when it says nothing.

    >>> judged((16.0, 0.0, 0.0), (-15.0, 0.5, 0.0))
    'looks inverted on L1'
    >>> judged((16.0, 0.0, 0.0), (0.0, 16.2, 0.0))
    'shows our L1 on L2'
    """
    most_a = _most_a(ours_a)
    if most_a < STEP_A:
        return None
    near_a = max(most_a * TOLERANCE, SETTLED_A)
    signs = [_sign(ours, shown, near_a) for ours, shown in zip(ours_a, shown_a, strict=True)]
    if None not in signs:
        wrong = [phase for phase, sign in zip(PHASES, signs, strict=True) if sign == -1]
        return f"looks inverted on {', '.join(wrong)}" if wrong else FITS
    for swap in SWAPS:
        moved_a = (shown_a[swap[0]], shown_a[swap[1]], shown_a[swap[2]])
        moves = [n for n in range(3) if swap[n] != n and abs(ours_a[n]) > near_a]
        if moves and _most_a(_less(ours_a, moved_a)) <= near_a:
            told = (f"{PHASES[n]} on {PHASES[swap[n]]}" for n in moves)
            return f"shows our {', '.join(told)}"
    return None


def _sign(ours_a: float, shown_a: float, near_a: float) -> int | None:
    """Return 1 where the meter shows what we take, -1 for its mirror image, None for neither.

    Where we take next to nothing there is no mirror image.
    """
    if abs(shown_a - ours_a) <= near_a:
        return 1
    return -1 if abs(shown_a + ours_a) <= near_a < abs(ours_a) else None


def _counted(state: PlausibleState, said: str | None) -> PlausibleState:
    if said is None:
        return state
    return replace(state, says=said, alike=state.alike + 1 if said == state.says else 1)


def _less(one_a: Currents, other_a: Currents) -> Currents:
    l1_a, l2_a, l3_a = (a - b for a, b in zip(one_a, other_a, strict=True))
    return l1_a, l2_a, l3_a


def _most_a(currents_a: Currents) -> float:
    return max(map(abs, currents_a))
