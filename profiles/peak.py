"""The quarter-hour peak: what may still be drawn without a new peak of the month.

Where capacity is billed by the highest mean of a quarter of an hour in a month, a higher
one costs for that whole month, and after it drawing as much again costs nothing more. So
the ceiling follows the month's peak, whoever made it. The windows lie on the quarters of
UTC. What is allowed for the rest of a window is the energy left in it, spread over it.

Source: the Flemish capacity tariff; SmartEVSE's CAPACITY, mode Flanders.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from profiles.capacity import Ceiling

WINDOW = timedelta(minutes=15)
LEAST_PEAK_W = 2500.0  # is billed in any case
MARGIN_W = 100.0  # meters and cars are late
LAST_S = 60.0  # what is left in the last minute is for a whole one: no surge at its end
GAP_S = 60.0  # so long a silence may be bridged, for what becomes the month's peak
STEP_S = 2.0  # a clock that goes by so much more or less than time was set


@dataclass(frozen=True, slots=True)
class PeakSettings:
    """*peak_w* is known to be reached already, or worth it. Months are those of *zone*."""

    peak_w: float = LEAST_PEAK_W
    zone: tzinfo = UTC


@dataclass(frozen=True, slots=True)
class Metered:
    """One reading of the mains: *at* by the calendar, *at_s* by a clock that never steps.

    *power_w* is the import of all phases, never below 0; *energy_wh* its register, None
    where there is none.
    """

    at: datetime
    at_s: float
    power_w: float
    energy_wh: float | None = None


@dataclass(frozen=True, slots=True)
class PeakState:
    """*peak_w* is the highest window of *month* that was seen whole.

    *used_wh* was drawn in the window that began at *window_at*; *whole* says that all of
    it was seen.
    """

    month: str = ""
    peak_w: float = 0.0
    window_at: datetime | None = None
    used_wh: float = 0.0
    whole: bool = False
    last: Metered | None = None


def ceiling_w(settings: PeakSettings, state: PeakState) -> float:
    """Return the mean that a window may reach without costing anything more."""
    return max(LEAST_PEAK_W, settings.peak_w, state.peak_w)


def window_of(at: datetime) -> datetime:
    """Return when the window began that *at* lies in."""
    at = at.astimezone(UTC)
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


def step(settings: PeakSettings, state: PeakState, metered: Metered) -> PeakState:
    """Return the state after a new reading.

    The register counts where both readings have it, else their power. After a start, a
    clock that was set, or a register that fell, what was not seen of the window counts as
    if the ceiling had been drawn, and the window makes no peak. So it is with a long
    silence without a register.
    """
    last = state.last
    if last is None or not _follows(metered, last):
        return _begun(settings, replace(state, last=None), metered)
    gap_s = metered.at_s - last.at_s
    drawn_wh = _drawn_wh(metered, last, ceiling_w(settings, state))
    begins = window_of(metered.at)
    state = replace(state, last=metered)
    if begins == state.window_at:
        seen = gap_s <= GAP_S or _counted(metered, last)
        return replace(state, used_wh=state.used_wh + drawn_wh, whole=state.whole and seen)
    inside = min((metered.at - begins).total_seconds() / max(gap_s, STEP_S / 1000.0), 1.0)
    whole = gap_s <= GAP_S
    if whole and state.whole:
        state = _with_peak(settings, state, (state.used_wh + drawn_wh * (1.0 - inside)) * 4.0)
    state = replace(state, window_at=begins, used_wh=drawn_wh * inside, whole=whole)
    return _in_month(settings, state, begins)


def allowed(settings: PeakSettings, state: PeakState, at: datetime, voltage_v: float) -> Ceiling:
    """Return the sum of currents that may flow until the window ends.

    In a window of which nothing is known yet it is the ceiling itself.

    >>> noon = datetime(2030, 1, 1, 12, tzinfo=UTC)
    >>> now = PeakState(window_at=noon, used_wh=300.0)
    >>> round(allowed(PeakSettings(), now, noon + timedelta(seconds=300), 230.0).sum_a, 1)
    8.0
    """
    most_w = ceiling_w(settings, state)
    begins = window_of(at)
    ends = begins + WINDOW
    elapsed_s = (at - begins).total_seconds()
    left_s = max((ends - at).total_seconds(), LAST_S)
    used_wh = state.used_wh if state.window_at == begins else _unseen_wh(most_w, elapsed_s)
    allowed_w = max((most_w / 4.0 - used_wh) * 3600.0 / left_s - MARGIN_W, 0.0)
    mean_w = used_wh * 3600.0 / max(elapsed_s, 1.0)
    clock = ends.astimezone(settings.zone)
    why = f"capacity {mean_w / 1000:.1f}/{most_w / 1000:.1f} kW until {clock:%H:%M}"
    return Ceiling(allowed_w / voltage_v, why, ends)


def _follows(metered: Metered, last: Metered) -> bool:
    """Return whether time went on between the two as it should, and the register with it."""
    by_calendar_s = (metered.at - last.at).total_seconds()
    steps = by_calendar_s < 0.0 or abs(by_calendar_s - (metered.at_s - last.at_s)) > STEP_S
    fell = _counted(metered, last) and (metered.energy_wh or 0.0) < (last.energy_wh or 0.0)
    return not (steps or fell)


def _counted(metered: Metered, last: Metered) -> bool:
    return metered.energy_wh is not None and last.energy_wh is not None


def _drawn_wh(metered: Metered, last: Metered, ceiling_w: float) -> float:
    if metered.energy_wh is not None and last.energy_wh is not None:
        return metered.energy_wh - last.energy_wh
    gap_s = metered.at_s - last.at_s
    mean_w = (metered.power_w + last.power_w) / 2.0
    return (mean_w if gap_s <= GAP_S else max(mean_w, ceiling_w)) * gap_s / 3600.0


def _unseen_wh(ceiling_w: float, elapsed_s: float) -> float:
    return ceiling_w * elapsed_s / 3600.0


def _begun(settings: PeakSettings, state: PeakState, metered: Metered) -> PeakState:
    """Return the state in a window that began unseen.

    A calendar that says an earlier month may not have been set yet: it takes a whole window
    of it to forget the peak of a later one.
    """
    begins = window_of(metered.at)
    anew = _in_month(settings, state, begins)
    state = anew if anew.month > state.month else state
    elapsed_s = (metered.at - begins).total_seconds()
    used_wh = _unseen_wh(ceiling_w(settings, state), elapsed_s)
    return replace(state, window_at=begins, used_wh=used_wh, whole=elapsed_s == 0.0, last=metered)


def _with_peak(settings: PeakSettings, state: PeakState, mean_w: float) -> PeakState:
    """Return the state after a window that was seen whole."""
    assert state.window_at is not None
    state = _in_month(settings, state, state.window_at)
    return replace(state, peak_w=max(state.peak_w, mean_w))


def _in_month(settings: PeakSettings, state: PeakState, at: datetime) -> PeakState:
    """Return the state in the month of *at*: another month begins without a peak."""
    month = f"{at.astimezone(settings.zone):%Y-%m}"
    return state if month == state.month else replace(state, month=month, peak_w=0.0)
