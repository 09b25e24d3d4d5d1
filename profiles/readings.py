"""What limiters are told by a meter, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, Protocol, TypeGuard, TypeVar

from profiles.pools import Pool

CREDIBLE_A = 1000.0  # beyond this a meter talks nonsense
EARLY_S = 1.0  # a reading may be this much ahead of the tick that sees it
USED_A = 1.0  # a phase is used when a car takes this much from it
OTHERWISE_S = 1.0  # what the first reading after a silence counts for

Currents = tuple[float, float, float]

StateT = TypeVar("StateT")


class Reading(Protocol):
    """One sample of a meter: amperes per phase, import positive, taken at *at_s*."""

    @property
    def at_s(self) -> float: ...

    @property
    def currents_a(self) -> Currents: ...


class Verdict(NamedTuple, Generic[StateT]):
    """The state to come back with, and what all EVSEs together may take: one pool for each
    conductor, or for their sum."""

    state: StateT
    pools: tuple[Pool, ...]


def is_news(reading: Reading | None, read_at_s: float | None, now_s: float) -> TypeGuard[Reading]:
    """Return whether *reading* is credible, and later than the one taken at *read_at_s*.

    Garbage, and a time that cannot be, are no reading: what was known grows stale.
    """
    if reading is None or not reading.at_s <= now_s + EARLY_S:
        return False
    if read_at_s is not None and not reading.at_s > read_at_s:
        return False
    return credible(reading.currents_a)


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
