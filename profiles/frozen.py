"""A meter that repeats one value for ever while our own load changes: nobody is measuring.

Gateways hang and go on answering. A constant house with a constant car is no sign of it,
nor are readings that come seldom; what our cars take must have changed clearly, for a while,
over several readings, and not one digit of the meter with it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from profiles.readings import Currents

CLEAR_A = 3.0  # of one phase
READINGS = 5
NOTICED_S = 30.0  # longer than any honest meter goes on with its last value

Shown = tuple[float | None, ...]
"""Everything that a meter shows and that moves with a load: currents, power, registers."""


@dataclass(frozen=True, slots=True)
class FrozenState:
    """*shown* came first when our cars took *ours_a*.

    *since_s*: from then on they took clearly another current, over *readings* readings.
    """

    shown: Shown = ()
    ours_a: Currents | None = None
    read_at_s: float | None = None
    since_s: float | None = None
    readings: int = 0
    noticed: bool = False


def step(state: FrozenState, shown: Shown, at_s: float, ours_a: Currents | None) -> FrozenState:
    """Return the state after what the meter showed at *at_s*; an old reading is no news.

    *ours_a* is what our cars take from the phases of the grid; None, not measured, says
    nothing. What was noticed stays so until the meter moves.
    """
    if at_s == state.read_at_s:
        return state
    if shown != state.shown or state.read_at_s is None:
        return FrozenState(shown, ours_a, at_s)
    if state.noticed:
        return replace(state, read_at_s=at_s)
    if state.ours_a is None:
        return replace(state, read_at_s=at_s, ours_a=ours_a)
    if ours_a is None or not _differ(ours_a, state.ours_a):
        return replace(state, read_at_s=at_s, since_s=None, readings=0)
    since_s = at_s if state.since_s is None else state.since_s
    readings = state.readings + 1
    noticed = readings >= READINGS and at_s - since_s >= NOTICED_S
    return replace(state, read_at_s=at_s, since_s=since_s, readings=readings, noticed=noticed)


def _differ(ours_a: Currents, before_a: Currents) -> bool:
    return any(abs(a - b) >= CLEAR_A for a, b in zip(ours_a, before_a, strict=True))
