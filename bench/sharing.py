"""What it costs to share one mains among eight EVSEs, when its meter has said something new."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import inf

from bench.schedules import least_s
from bench.table import Line
from hardware.api import MeterReading
from profiles.drawn import Drawn
from profiles.limiter import LimiterSettings, LimiterState, step
from profiles.share import Shares, split
from profiles.turns import ALL_PHASES, Want

MAINS = LimiterSettings("mains", 100.0)


def measured() -> Iterator[Line]:
    """Yield what limiter and share take together."""
    yield Line("limiter and share, 8 EVSEs", "us", _news_s() * 1e6, aim="< 100 us")


def _news_s() -> float:
    """Let a reading come each second, never the same as before."""
    drawn, wants = [_drawn(n) for n in range(8)], [_want(n) for n in range(8)]
    state, shares, seconds = LimiterState(), Shares({}), count()

    def tick() -> None:
        nonlocal state, shares
        now_s = float(next(seconds))
        currents_a = 60.0 + now_s % 7, 61.0 + now_s % 5, 62.0 + now_s % 3
        verdict = step(MAINS, state, MeterReading(now_s, currents_a), drawn, now_s)
        state = verdict.state
        shares = split(verdict.pools, wants, shares.turns, now_s)

    return least_s(tick)


def _phases(number: int) -> frozenset[int]:
    """Every other car charges on three phases, the rest by turns on each."""
    return ALL_PHASES if number % 2 else frozenset({1 + number // 2 % 3})


def _drawn(number: int) -> Drawn:
    phases = _phases(number)
    l1_a, l2_a, l3_a = (8.0 if phase in phases else 0.0 for phase in (1, 2, 3))
    currents_a = l1_a, l2_a, l3_a
    return Drawn(currents_a, currents_a, currents_a, phases, 6.0)


def _want(number: int) -> Want:
    uses_a = 12.0 if number == 3 else inf
    max_a = 16.0 if number % 3 else 32.0
    return Want(number + 1, max_a, 6.0, 8.0, 8.0, _phases(number), uses_a=uses_a)
