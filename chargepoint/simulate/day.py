"""What happens around the station in the hours that are played. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from chargepoint.core.values import dataclass
from chargepoint.errors import SettingsError

HOUR_S = 3600
DAY_S = 24 * HOUR_S

Three = tuple[float, float, float]
NOTHING: Three = (0.0, 0.0, 0.0)


class Row(NamedTuple):
    """What house, roof and battery do from *at_s* on: per phase what the house takes, and what
    else hangs on the circuit of the EVSEs; what the roof gives; what the battery takes
    (negative: gives)."""

    at_s: float
    house_a: Three = NOTHING
    circuit_a: Three = NOTHING
    solar_w: float = 0.0
    battery_w: float = 0.0


@dataclass(frozen=True, slots=True)
class Car:
    """A car that comes, and what it can: *energy_wh* is what it wants, None for all it gets."""

    phases: int = 3
    max_current_a: float = 32.0
    energy_wh: float | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A *car* comes to an EVSE; None: the one there leaves. *origin* is where that is written."""

    at_s: float
    evse_id: int
    car: Car | None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """Seconds count from midnight of the first day. Both *rows* and *events* are in order."""

    rows: tuple[Row, ...]
    events: tuple[Event, ...] = ()

    @property
    def times_s(self) -> Iterator[float]:
        """Return when anything is written."""
        yield from (row.at_s for row in self.rows)
        yield from (event.at_s for event in self.events)

    def at(self, at_s: float) -> Row:
        """Return what is at *at_s*. Loads are switched, so they are as the last row says;
        the sun moves on a straight line to the next. Before the first row all is as in it.
        """
        if not self.rows:
            return Row(at_s)
        number = bisect_right(self.rows, at_s, key=_at_s)
        row = self.rows[max(number - 1, 0)]
        if not 0 < number < len(self.rows):
            return row
        after = self.rows[number]
        part = (at_s - row.at_s) / (after.at_s - row.at_s)
        return row._replace(solar_w=row.solar_w + part * (after.solar_w - row.solar_w))


def joined(days: Sequence[Day]) -> Day:
    """Return *days* one after the other: each begins at the midnight after the one before."""
    rows: list[Row] = []
    events: list[Event] = []
    midnight_s = 0.0
    for day in days:
        rows += [row._replace(at_s=row.at_s + midnight_s) for row in day.rows]
        events += [replace(event, at_s=event.at_s + midnight_s) for event in day.events]
        midnight_s += -(-max(day.times_s) // DAY_S) * DAY_S
    return Day(tuple(rows), tuple(events))


def check_events(events: Iterable[Event], evse_ids: Sequence[int]) -> None:
    """Raise SettingsError for a car that comes where none can, or leaves where none is."""
    there: set[int] = set()
    mistakes = []
    for event in events:
        occupied = event.evse_id in there
        if event.evse_id not in evse_ids:
            allowed = ", ".join(map(str, evse_ids))
            mistakes.append(f"{event.origin}: there is no EVSE {event.evse_id}; allowed: {allowed}")
        elif event.car is not None and occupied:
            mistakes.append(f"{event.origin}: a car is at EVSE {event.evse_id} already")
        elif event.car is None and not occupied:
            mistakes.append(f"{event.origin}: no car is at EVSE {event.evse_id} that could leave")
        (there.discard if event.car is None else there.add)(event.evse_id)
    if mistakes:
        raise SettingsError("\n".join(mistakes))


def _at_s(row: Row) -> float:
    return row.at_s
