"""The lines of a record, gathered into as many columns as a picture is pixels wide. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import fmean

from chargepoint.core.values import dataclass
from chargepoint.simulate.day import Three
from chargepoint.simulate.record import Line


@dataclass(frozen=True, slots=True)
class Column:
    """What was in one column: the highest of the meters, the mean of what cars drew, the last
    of the rest, and for each EVSE the reason that held for most of it."""

    at_s: float
    mains_a: Three
    circuit_a: Three
    solar_w: float
    battery_w: float
    drawn_a: tuple[float, ...]
    offer_a: tuple[float, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A *reason* that held from one time to another."""

    from_s: float
    until_s: float
    reason: str


def columns(lines: Sequence[Line], number: int) -> list[Column]:
    """Return at most *number* columns for *lines*, in order."""
    begin_s, span_s = lines[0].at_s, max(lines[-1].at_s - lines[0].at_s, 1.0)

    def column(line: Line) -> int:
        return min(int((line.at_s - begin_s) / span_s * number), number - 1)

    return [_column(list(part)) for _, part in groupby(lines, column)]


def stretches(found: Sequence[Column], evse: int, end_s: float) -> Iterator[Stretch]:
    """Yield what held at the EVSE at position *evse*, without the times without a car."""
    parts = [
        (reason, next(part).at_s) for reason, part in groupby(found, lambda c: c.reasons[evse])
    ]
    ends_s = [from_s for _, from_s in parts[1:]] + [end_s]
    for (reason, from_s), until_s in zip(parts, ends_s, strict=True):
        if reason:
            yield Stretch(from_s, until_s, reason)


def _column(lines: Sequence[Line]) -> Column:
    last = lines[-1]
    evses = range(len(last.evses))
    return Column(
        lines[0].at_s,
        _highest([line.mains_a for line in lines]),
        _highest([line.circuit_a for line in lines]),
        last.around.solar_w,
        last.around.battery_w,
        tuple(fmean(max(line.evses[n].currents_a) for line in lines) for n in evses),
        tuple(last.evses[n].offer_a for n in evses),
        tuple(_usual([line.reasons[n] for line in lines]) for n in evses),
    )


def _highest(seen: Sequence[Three]) -> Three:
    l1, l2, l3 = map(max, zip(*seen, strict=True))
    return l1, l2, l3


def _usual(reasons: Sequence[str]) -> str:
    """Return the most frequent of *reasons*, of equally frequent ones the first."""
    return Counter(reasons).most_common(1)[0][0]
