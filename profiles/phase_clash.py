"""Do two profiles choose different phases at one moment? No composite schedule could obey both.

The station accepts a profile only when it is certain that they never do (errata 2.36). What
repeats does so within a week, so a week after the last change everything was seen. Where an
origin is not known yet, or looking would take too long, nothing is certain.

Source: OCPP 2.0.1 errata 2.36 (2025-01).
"""

from __future__ import annotations

from collections.abc import Iterator

from profiles.course import Course, course_of
from profiles.schedule import Kind, Profile

WEEK_S = 604_800
LOOKS_AHEAD_S = 8 * WEEK_S

_Stretch = tuple[int, int, int | None]  # from, to, the phase that is chosen


def phases_clash(one: Profile, other: Profile) -> bool:
    """Return whether *one* and *other* may choose different phases at the same time."""
    if not any(a != b for a in _phases(one) for b in _phases(other)):
        return False
    courses = course_of(one, 0), course_of(other, 0)
    begin_s = max(course.valid_from_s for course in courses)
    end_s = min(course.valid_to_s for course in courses)
    if _floats(one) or _floats(other):
        return begin_s < end_s
    begin_s = max(begin_s, *(course.first_s for course in courses))
    end_s = min(end_s, max(begin_s, *map(_settled_s, courses)) + WEEK_S)
    if end_s - begin_s > LOOKS_AHEAD_S:
        return True
    mine, theirs = (list(_stretches(course, begin_s, end_s)) for course in courses)
    return any(a != b for a, b in _meeting(mine, theirs))


def _phases(profile: Profile) -> set[int]:
    chosen = (period.phase_to_use for period in profile.schedule.periods)
    return {phase for phase in chosen if phase is not None}


def _floats(profile: Profile) -> bool:
    """Return whether nobody knows yet when the schedule begins."""
    return profile.kind is Kind.RELATIVE or profile.schedule.start_at is None


def _settled_s(course: Course) -> int:
    """Return from when on it only repeats, or stays as it is."""
    repeats = course.every_s <= WEEK_S
    return course.first_s if repeats else course.first_s + course.periods[-1].start_s


def _stretches(course: Course, begin_s: int, end_s: int) -> Iterator[_Stretch]:
    """Yield what is chosen when, in order, between the two."""
    periods = course.periods
    for at_s, until_s, origin_s in course.runs(begin_s, end_s):
        index = course.index_at(at_s - origin_s)
        while at_s < until_s:
            following = periods[index + 1 : index + 2]
            next_s = min([until_s, *(origin_s + period.start_s for period in following)])
            yield at_s, next_s, periods[index].phase_to_use
            at_s, index = next_s, index + 1


def _meeting(mine: list[_Stretch], theirs: list[_Stretch]) -> Iterator[tuple[int, int]]:
    """Yield the phases of any two stretches that overlap and both choose one."""
    m = t = 0
    while m < len(mine) and t < len(theirs):
        (my_begin_s, my_end_s, my_phase), (begin_s, end_s, phase) = mine[m], theirs[t]
        if max(my_begin_s, begin_s) < min(my_end_s, end_s) and my_phase and phase:
            yield my_phase, phase
        m, t = (m + 1, t) if my_end_s <= end_s else (m, t + 1)
