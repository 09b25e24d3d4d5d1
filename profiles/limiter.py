"""Mains and circuit: what our EVSEs may take of each conductor, from what the meter says.

Each phase is regulated by itself, and so is the sum of all where that is limited; the law
is ``regulator``'s. A phase that is short is the affair of those who load it.

Source: SmartEVSE's MAINS, CIRCUIT and CAPACITY.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from profiles.drawn import Drawn, ours, ours_of_all
from profiles.limits import Limit, Origin
from profiles.pools import CONDUCTORS, Over, Pool
from profiles.readings import Reading, Verdict, elapsed_s, is_news, is_silent
from profiles.regulator import Flow, Regulated, after_grace, after_reading, after_silence
from profiles.units import floor_tenth

SEVERE = 1.2  # times the limit: no moment of grace

Conductors = Mapping[Over, Regulated]


@dataclass(frozen=True, slots=True)
class LimiterSettings:
    """What holds at one meter; *name* is its role: "mains", "circuit".

    *limit_a* per phase (MAINS, CIRCUIT); *sum_a* over all phases (CAPACITY). *phases* are
    those our EVSEs are wired to, from L1 on. A reading older than *stale_after_s* counts
    no more: then *fallback_a*. A shortage may last *shortage_hold_s*, 0 ends it at once,
    one of the sum alone *sum_hold_s* if that is longer (CAP STOP); then nothing is offered
    for *retry_after_s*.
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
    sum_hold_s: float = 0.0

    def __post_init__(self) -> None:
        sum_a = 0.0 if self.sum_a is None else self.sum_a
        for value in (self.limit_a, sum_a, self.min_a, self.stale_after_s, self.fallback_a):
            if not 0.0 <= value < math.inf or self.min_a == 0.0:
                raise ValueError(f"{self.name}: {value} is no setting of a limiter")


class LimiterState(NamedTuple):
    """What a limiter remembers: each conductor, and the *pools* that it made of them.

    They stay what they are until *due_s* if no reading comes and none is missed. *held* is
    the limit of a meter that is silent now.
    """

    conductors: Conductors = MappingProxyType({})
    read_at_s: float | None = None
    held: Limit | None = None
    pools: tuple[Pool, ...] = ()
    due_s: float = -math.inf


def step(
    settings: LimiterSettings,
    state: LimiterState,
    reading: Reading | None,
    drawn: Sequence[Drawn],
    now_s: float,
    sum_limit: Limit | None = None,
    fallback: Limit | None = None,
) -> Verdict[LimiterState]:
    """Return what all EVSEs behind this meter may take together, of each conductor, now.

    Call it at every tick with the last reading, old or new, or none: only a new one
    changes the set points, time alone ends a grace and makes a meter silent. *drawn* is
    what each EVSE takes. *sum_limit* holds on the sum of the phases where that is not
    *settings.sum_a* (a tariff, a quarter of an hour); its source begins the sentence.
    *fallback* holds on each phase while somebody who knows more of this meter does not
    believe it; None leaves that to *stale_after_s* and *fallback_a*.
    """
    conductors, read_at_s, held = state.conductors, state.read_at_s, fallback
    sum_limit = sum_limit or _sum_limit(settings)
    news = fallback is None and is_news(reading, read_at_s, now_s)
    if news and reading is not None:
        conductors = _after_reading(settings, state, reading, drawn, now_s, sum_limit)
        read_at_s = reading.at_s
    if held is None and is_silent(read_at_s, settings.stale_after_s, now_s):
        held = Limit(settings.fallback_a, f"{settings.name} meter silent")
    if not news and now_s < state.due_s and held == state.held:
        return Verdict(state, state.pools)
    conductors = (
        _after_grace(settings, conductors, now_s)
        if held is None
        else _after_silence(settings, conductors, held, drawn, now_s)
    )
    pools = tuple(
        _pool(settings, over, each, held, now_s, sum_limit) for over, each in conductors.items()
    )
    due_s = _due_s(settings, conductors, now_s)
    return Verdict(LimiterState(conductors, read_at_s, held, pools, due_s), pools)


def _after_reading(
    settings: LimiterSettings,
    state: LimiterState,
    reading: Reading,
    drawn: Sequence[Drawn],
    now_s: float,
    sum_limit: Limit | None,
) -> Conductors:
    gap_s = elapsed_s(state.read_at_s, settings.stale_after_s, reading.at_s)
    return {
        over: after_reading(
            _law(settings, over), state.conductors.get(over) or _new(flow), flow, gap_s, now_s
        )
        for over, flow in _flows(settings, reading, drawn, sum_limit)
    }


def _after_grace(settings: LimiterSettings, conductors: Conductors, now_s: float) -> Conductors:
    return {
        over: each if each.short_since_s is None else after_grace(_law(settings, over), each, now_s)
        for over, each in conductors.items()
    }


def _law(settings: LimiterSettings, over: Over) -> LimiterSettings:
    """Return *settings* with the patience that there is *over* one conductor or their sum."""
    return _of_sum(settings) if over is Over.SUM else settings


@cache
def _of_sum(settings: LimiterSettings) -> LimiterSettings:
    return replace(settings, shortage_hold_s=max(settings.shortage_hold_s, settings.sum_hold_s))


def _sum_limit(settings: LimiterSettings) -> Limit | None:
    if settings.sum_a is None:
        return None
    return Limit(settings.sum_a, f"{settings.name} sum")


def _flows(
    settings: LimiterSettings,
    reading: Reading,
    drawn: Sequence[Drawn],
    sum_limit: Limit | None,
) -> Iterator[tuple[Over, Flow]]:
    limit_a = settings.limit_a
    overs = CONDUCTORS[: settings.phases]
    for over, current_a, each in zip(overs, reading.currents_a, ours(drawn), strict=False):
        sentence = f"{settings.name} {over} {current_a:.1f}/{limit_a:g} A"
        severe = current_a > SEVERE * limit_a
        yield over, Flow(limit_a, current_a, each, sentence, severe)
    if sum_limit is not None:
        sum_a = sum(reading.currents_a)
        sentence = f"{sum_limit.source} {sum_a:.1f}/{sum_limit.limit_a:g} A"
        all_ours = ours_of_all(drawn)
        yield Over.SUM, Flow(sum_limit.limit_a, sum_a, all_ours, sentence, phases=settings.phases)


def _new(flow: Flow) -> Regulated:
    """A conductor that nobody watched until now allows what is taken of it."""
    return Regulated(set_a=flow.ours.told_a)


def _after_silence(
    settings: LimiterSettings,
    conductors: Conductors,
    held: Limit,
    drawn: Sequence[Drawn],
    now_s: float,
) -> Conductors:
    charging = any(one.min_a > 0.0 for one in drawn)
    overs = conductors or dict.fromkeys(CONDUCTORS[: settings.phases], Regulated())
    return {
        over: after_silence(settings, each, _of_all(settings, over, held), charging, now_s)
        for over, each in overs.items()
    }


def _of_all(settings: LimiterSettings, over: Over, held: Limit) -> float:
    """Return *held*, that is per phase, as amperes *over* what is counted."""
    return held.limit_a * settings.phases if over is Over.SUM else held.limit_a


def _pool(
    settings: LimiterSettings,
    over: Over,
    each: Regulated,
    held: Limit | None,
    now_s: float,
    sum_limit: Limit | None,
) -> Pool:
    source = each.source if held is None else held.source
    until_at = sum_limit.until_at if over is Over.SUM and sum_limit is not None else None
    pauses = each.set_a < settings.min_a and now_s < each.retry_at_s
    return Pool(
        Limit(floor_tenth(each.set_a), source, until_at=until_at, origin=Origin.EMS),
        over,
        each.admits(now_s),
        each.retry_at_s if pauses else None,
        None if each.room_a is None else floor_tenth(each.room_a),
    )


def _due_s(settings: LimiterSettings, conductors: Conductors, now_s: float) -> float:
    """Return when time alone changes a conductor next."""
    due_s = math.inf
    for over, each in conductors.items():
        if each.short_since_s is not None:
            due_s = min(due_s, each.short_since_s + _law(settings, over).shortage_hold_s)
        if now_s < each.retry_at_s:
            due_s = min(due_s, each.retry_at_s)
    return due_s
