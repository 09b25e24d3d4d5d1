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

from profiles.course import Course, course_of
from profiles.schedule import Profile, Unit
from profiles.units import ASSUMED_PHASES, Supply

Change = tuple[int, float, float, int]
"""From this second on at most so many amperes on each of so many phases, and watts in all.

One of the two is infinite: limits stay in the unit they came in, until the phases of the
result are known. A gap has no limit at all.
"""
MOST_PHASES = 3
WATTS = Unit.W  # Enum looks its members up slowly


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
        watts = profile.schedule.unit is WATTS
        for from_s, to_s, origin_s in course.runs(begin_s, end_s):
            spans.append((from_s, to_s, rank, origin_s, course, watts))
    parts = _leading(spans) if len(spans) > 1 else spans
    return _changes(parts, end_s, unit, supply)


_Span = tuple[int, int, int, int, Course, bool]
"""One run of a profile: begin, end, rank (0 leads), origin, its times, and whether in watts."""


def _leading(spans: list[_Span]) -> list[_Span]:
    """Return the parts of *spans* in which each of them leads, in order of time."""
    waiting = sorted(spans, key=itemgetter(0), reverse=True)
    bounds = sorted({bound for span in spans for bound in span[:2]})
    begun: list[tuple[int, int, _Span]] = []
    parts: list[_Span] = []
    for begin_s, end_s in pairwise(bounds):
        while waiting and waiting[-1][0] <= begin_s:
            span = waiting.pop()
            heappush(begun, (span[2], span[1], span))
        while begun and begun[0][1] <= begin_s:
            heappop(begun)
        if begun:
            parts.append((begin_s, end_s, *begun[0][2][2:]))
    return parts


def _changes(parts: Sequence[_Span], end_s: int, unit: Unit, supply: Supply) -> list[Change]:
    """Return every period of *parts*, and a gap wherever one follows."""
    changes: list[Change] = []
    gap_s = end_s
    for begin_s, until_s, _, origin_s, course, watts in parts:
        if gap_s < begin_s:
            changes.append((gap_s, inf, inf, MOST_PHASES))
        said = [
            (origin_s + at_s, limit if limit >= 0.0 else 0.0, inf, phases or ASSUMED_PHASES)
            for at_s, limit, phases, _ in course.between(begin_s - origin_s, until_s - origin_s)
        ]  # nor is NaN a limit
        if watts:
            said = _in_watts(said, unit, supply.voltage_v)
        changes.append((begin_s, *said[0][1:]))
        changes += said[1:]
        gap_s = until_s
    if gap_s < end_s:
        changes.append((gap_s, inf, inf, MOST_PHASES))
    return changes


def _in_watts(said: Iterable[Change], unit: Unit, voltage_v: float) -> list[Change]:
    """Return what is *said* with each limit taken for watts, not amperes."""
    if unit is WATTS:
        return [(at_s, inf, power_w, phases) for at_s, power_w, _, phases in said]
    return [
        (at_s, power_w / (voltage_v * phases), inf, phases) for at_s, power_w, _, phases in said
    ]
