"""What limiters are told, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeGuard, TypeVar

from profiles.limits import Limit

CREDIBLE_A = 1000.0  # beyond this a meter talks nonsense
EARLY_S = 1.0  # a reading may be this much ahead of the tick that sees it
FOLLOW_S = 5.0  # IEC 61851-1: a car follows a new offer within this
USED_A = 1.0  # a phase is used when a car takes this much from it
OTHERWISE_S = 1.0  # what the first reading after a silence counts for


StateT = TypeVar("StateT")


class Reading(Protocol):
    """One sample of a meter: amperes per phase, import positive, taken at *at_s*."""

    @property
    def at_s(self) -> float: ...

    @property
    def currents_a(self) -> Currents: ...


Currents = tuple[float, float, float]
Recent = tuple[tuple[float, Currents], ...]  # (at_s, what we took), oldest first


@dataclass(frozen=True, slots=True)
class Taken:
    """What our EVSEs take from each phase of the meter now, all together.

    *evses* counts those that charge, or may at any moment: they have an offer and a car
    that asks. Not *measured*: the currents are what is offered.
    """

    currents_a: Currents = (0.0, 0.0, 0.0)
    evses: int = 0
    measured: bool = True


@dataclass(frozen=True, slots=True)
class Verdict(Generic[StateT]):
    """The state to come back with, the limit for all EVSEs together, and whether one more
    car may start now."""

    state: StateT
    limit: Limit
    admits: bool


def is_news(reading: Reading | None, read_at_s: float | None, now_s: float) -> TypeGuard[Reading]:
    """Return whether *reading* is credible, and later than the one taken at *read_at_s*.

    Garbage, and a time that cannot be, are no reading: what was known grows stale.
    """
    if reading is None or not reading.at_s <= now_s + EARLY_S:
        return False
    return credible(reading.currents_a) and (read_at_s is None or reading.at_s > read_at_s)


def credible(currents_a: Sequence[float]) -> bool:
    """Return whether these are three numbers that a meter of a house can show."""
    return len(currents_a) == 3 and all(abs(current_a) <= CREDIBLE_A for current_a in currents_a)


def is_silent(read_at_s: float | None, stale_after_s: float, now_s: float) -> bool:
    """Return whether there is no reading young enough to go by."""
    return read_at_s is None or not now_s - read_at_s <= stale_after_s


def elapsed_s(read_at_s: float | None, stale_after_s: float, at_s: float) -> float:
    """Return the seconds between two readings; across a silence OTHERWISE_S: no jump."""
    if is_silent(read_at_s, stale_after_s, at_s):
        return OTHERWISE_S
    return at_s - (read_at_s or 0.0)


def cleaned(taken: Taken) -> Taken:
    """Return *taken* without what cannot be: then nothing is ours, and all load is the house's."""
    if not credible(taken.currents_a):
        return Taken((0.0, 0.0, 0.0), taken.evses, taken.measured)
    l1_a, l2_a, l3_a = taken.currents_a
    return Taken((max(l1_a, 0.0), max(l2_a, 0.0), max(l3_a, 0.0)), taken.evses, taken.measured)


def phases_used(taken: Taken, phases: int) -> tuple[int, ...]:
    """Return the indices of the phases that our cars load, or may: all, until measured."""
    used = tuple(p for p in range(phases) if taken.measured and taken.currents_a[p] >= USED_A)
    return used or tuple(range(phases))


def remembered(recent: Recent, taken: Taken, at_s: float) -> Recent:
    """Return *recent* with what is taken at *at_s*, without what no car can still be at.

    What is measured is known; what is offered is only heard some seconds later. Until
    then a car is anywhere between the least and the most of what it was offered.
    """
    if taken.measured:
        recent = ()
    kept = tuple(entry for entry in recent if entry[0] > at_s - FOLLOW_S)
    return (*kept, (at_s, taken.currents_a))


def least_a(recent: Recent) -> Currents:
    """Return the least that we may be taking from each phase: what a rise must go by."""
    l1_a, l2_a, l3_a = map(min, zip(*(currents_a for _, currents_a in recent), strict=True))
    return l1_a, l2_a, l3_a


def most_a(recent: Recent) -> Currents:
    """Return the most that we may still be taking: a cut may not have arrived yet."""
    l1_a, l2_a, l3_a = map(max, zip(*(currents_a for _, currents_a in recent), strict=True))
    return l1_a, l2_a, l3_a
