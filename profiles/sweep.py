"""What the leading profiles say over a window of time: one sweep over their runs.

Every profile is cut to the stretches in which it speaks; of a group the first one that
speaks leads, and only its periods are looked at. The cost grows with the number of
profiles and with that of the periods that lead, not with all periods.

Source: OCPP 2.0.1 part 2, K 3.5, K01.FR.17, K02.FR.08; OCPP 1.6 section 3.13.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import inf
from operator import itemgetter
from typing import NamedTuple

from profiles.course import Course, course_of
from profiles.schedule import Profile, Unit
from profiles.units import ASSUMED_PHASES, Supply

Change = tuple[int, float, float, int]
"""From this second on at most so many amperes on each of so many phases, and watts in all.

One of the two is infinite: limits stay in the unit they came in, until the phases of the
result are known. A gap has no limit at all.
"""
MOST_PHASES = 3


def changes_of(
    group: Iterable[Profile], relative_s: int, begin_s: int, end_s: int, unit: Unit, supply: Supply
) -> list[Change]:
    """Return what *group*, the leading profile first, says from *begin_s* to *end_s*, in order
    of time; nothing for as long as nobody speaks at the beginning.

    Where *unit* is A, watts are divided over their own phases (K01.FR.50) at once.
    """
    spans: list[_Span] = []
    for rank, profile in enumerate(group):
        course = course_of(profile, relative_s)
        watts = profile.schedule.unit is Unit.W
        for from_s, to_s, origin_s in course.runs(begin_s, end_s):
            spans.append(_Span(from_s, to_s, rank, origin_s, course, watts))
    parts = _leading(spans) if len(spans) > 1 else spans
    return _changes(parts, end_s, unit, supply)


class _Span(NamedTuple):
    """One run of a profile; *rank* 0 leads."""

    begin_s: int
    end_s: int
    rank: int
    origin_s: int
    course: Course
    watts: bool


def _leading(spans: list[_Span]) -> list[_Span]:
    """Return the parts of *spans* in which each of them leads, in order of time."""
    waiting = sorted(spans, key=itemgetter(0), reverse=True)
    bounds = sorted({bound for span in spans for bound in span[:2]})
    begun: list[tuple[int, int, _Span]] = []
    parts: list[_Span] = []
    for begin_s, end_s in pairwise(bounds):
        while waiting and waiting[-1].begin_s <= begin_s:
            span = waiting.pop()
            heappush(begun, (span.rank, span.end_s, span))
        while begun and begun[0][1] <= begin_s:
            heappop(begun)
        if begun:
            parts.append(_Span(begin_s, end_s, *begun[0][2][2:]))
    return parts


def _changes(parts: Sequence[_Span], end_s: int, unit: Unit, supply: Supply) -> list[Change]:
    """Return every period of *parts*, and a gap wherever one follows."""
    changes: list[Change] = []
    voltage_v, divides = supply.voltage_v, unit is Unit.A
    gap_s = end_s
    for begin_s, until_s, _, origin_s, course, watts in parts:
        if gap_s < begin_s:
            changes.append((gap_s, inf, inf, MOST_PHASES))
        at_s, index = begin_s, course.index_at(begin_s - origin_s)
        periods = course.periods
        while True:
            period = periods[index]
            limit = period.limit
            if not limit >= 0.0:
                limit = 0.0  # nor is NaN a limit
            phases = period.phases or ASSUMED_PHASES
            if not watts:
                changes.append((at_s, limit, inf, phases))
            elif divides:
                changes.append((at_s, limit / (voltage_v * phases), inf, phases))
            else:
                changes.append((at_s, inf, limit, phases))
            index += 1
            if index == len(periods):
                break
            at_s = origin_s + periods[index].start_s
            if at_s >= until_s:
                break
        gap_s = until_s
    if gap_s < end_s:
        changes.append((gap_s, inf, inf, MOST_PHASES))
    return changes
