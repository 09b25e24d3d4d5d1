"""What charging profiles cost: the composite schedule over a day, and the limit of now.

Processor time, the least of several rounds: the arithmetic waits for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from math import log2
from time import process_time

from bench.table import Line
from chargepoint.core.config import StationConfig
from chargepoint.core.inputs import Inputs
from chargepoint.core.messages import SetProfile
from chargepoint.core.station import Station
from chargepoint.core.words import Moment
from chargepoint.protocol.adapters import BY_VERSION
from profiles.composite import composite
from profiles.limit_now import Running
from profiles.limits import Limit
from profiles.schedule import DAILY_S, Kind, Period, Profile, Purpose, Schedule, Unit
from profiles.units import Supply

START = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
PURPOSES = (Purpose.TX_DEFAULT, Purpose.STATION_MAX, Purpose.TX)
COUNTS = (1, 10, 30, 100)  # of profiles
LENGTHS = (24, 100, 1000)  # periods in each
AIMS = {(10, 24): "< 0.1 ms", (100, 1000): "< 20 ms"}
ROUNDS, ROUND_S = 5, 0.05


def profiles(count: int, length: int) -> list[Profile]:
    """Return *count* profiles of *length* periods: all purposes, levels and ends by turns."""
    return [_profile(number, length) for number in range(count)]


def _profile(number: int, length: int) -> Profile:
    purpose = PURPOSES[number % len(PURPOSES)]
    step_s = DAILY_S // length
    periods = (Period(k * step_s, 6.0 + (7 * k + number) % 26) for k in range(length))
    start_at, duration_s = START - timedelta(hours=number % 24), DAILY_S - 600 * (number % 9)
    return Profile(
        number,
        0 if purpose is Purpose.STATION_MAX else 1,
        purpose,
        number,
        Kind.ABSOLUTE,
        (Schedule(Unit.A, tuple(periods), start_at, duration_s),),
        transaction_id="running" if purpose is Purpose.TX else None,
    )


def measured() -> Iterator[Line]:
    """Yield a line for each size, how the cost grows, and the limit of now."""
    costs_s = {(n, p): _composite_s(profiles(n, p)) for n in COUNTS for p in LENGTHS}
    for (n, p), cost_s in costs_s.items():
        what = f"composite over 24 h, {n} profiles of {p} periods"
        yield Line(what, "ms", cost_s * 1e3, aim=AIMS.get((n, p), ""), digits=2)
    small, large = 10 * 24, 100 * 1000
    grown = costs_s[100, 1000] / costs_s[10, 24]
    ratio = large * log2(large) / (small * log2(small))
    yield Line("cost, 10 x 24 to 100 x 1000", "times", grown, aim=f"< {ratio:.0f} (N log N)")
    yield Line("limit now, nothing changed", "us", _limit_now_s() * 1e6, aim="< 2 us", digits=2)


def _composite_s(installed: list[Profile]) -> float:
    running, supply = {1: Running("running", START)}, Supply(230.0, 3)
    local = {1: [Limit(32.0, "hardware")]}
    return least_s(lambda: composite(installed, 1, running, START, DAILY_S, Unit.A, supply, local))


def _limit_now_s() -> float:
    """Ask a station with ten profiles again and again."""
    now = Moment(START, 0.0)
    station = Station(StationConfig(), {}, BY_VERSION["1.6"].dialect, lambda: "running", now)
    for installed in profiles(10, 24):
        station.handle(SetProfile(installed), now)
    station.tick(Inputs({}, {}), now)
    blocks = station._blocks
    evse = blocks.evses[1]
    return least_s(lambda: blocks.smart_charging.limits(evse))


def least_s(call: Callable[[], object]) -> float:
    """Return the processor time of one call, of the best round."""
    times, took_s = 1, 0.0
    while took_s < ROUND_S / 4:
        times *= 2
        took_s = _round_s(call, times)
    return min(_round_s(call, times) for _ in range(ROUNDS)) / times


def _round_s(call: Callable[[], object], times: int) -> float:
    began_s = process_time()
    for _ in range(times):
        call()
    return process_time() - began_s
