"""Days as CSV: what house, sun, battery and cars did. Every mistake is named at once."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from chargepoint.core.values import dataclass
from chargepoint.errors import SettingsError
from chargepoint.simulate.day import DAY_S, HOUR_S, Car, Day, Event, Row, Three, joined

ARRIVES, LEAVES = "arrives", "leaves"
SHOWN = 20  # mistakes; who has more has the wrong file


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers, and what is allowed in it."""

    low: float
    high: float
    unit: str
    whole: bool = False

    @property
    def allowed(self) -> str:
        """Return it in words."""
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:.12g} to {self.high:.12g} {self.unit}".rstrip()


LOAD = Column(-1000, 1000, "A")
POWER = Column(-1_000_000, 1_000_000, "W")

LOADS = {f"{what}_l{phase}_a": LOAD for what in ("house", "circuit") for phase in (1, 2, 3)}
AROUND = {**LOADS, "solar_w": Column(0, 1_000_000, "W"), "battery_w": POWER}
CARS = {
    "evse": Column(1, 100, "", whole=True),
    "phases": Column(1, 3, "", whole=True),
    "max_current_a": Column(6, 80, "A"),
    "energy_kwh": Column(0, 1000, "kWh"),
}
COLUMNS = ("time", *AROUND, "event", *CARS)

CLOCK = '"07:30", "07:30:15" or "2026-06-21T07:30:15", up to "24:00"'


class Wrong(ValueError):
    """A cell, or a line, that cannot be used."""


Read = TypeVar("Read")


@dataclass(slots=True)
class _Sheet:
    """One file on its way to a day."""

    path: Path
    columns: tuple[str, ...] = ()
    mistakes: list[str] = field(default_factory=list)
    midnight: datetime | None = None
    latest_s: float = 0.0
    rows: list[Row] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)

    @property
    def tells_around(self) -> bool:
        """Return whether it says anything of house, sun and battery."""
        return not AROUND.keys().isdisjoint(self.columns)


def read_days(paths: Sequence[Path]) -> Day:
    """Return the days in the files at *paths*, one after the other.

    A file that speaks only of cars belongs to the day of the file before it, or else
    after it. Raises SettingsError with one line for every mistake.
    """
    sheets = [_read(path) for path in paths]
    mistakes = [mistake for sheet in sheets for mistake in sheet.mistakes]
    if mistakes:
        more = len(mistakes) - SHOWN
        raise SettingsError("\n".join([*mistakes[:SHOWN], *([f"and {more} more"] * (more > 0))]))
    days: list[list[_Sheet]] = []
    for sheet in sheets:
        if days and not (sheet.tells_around and any(one.tells_around for one in days[-1])):
            days[-1].append(sheet)
        else:
            days.append([sheet])
    return joined([_together(parts) for parts in days])


def _together(sheets: Sequence[_Sheet]) -> Day:
    rows = [row for sheet in sheets for row in sheet.rows]
    events = [event for sheet in sheets for event in sheet.events]
    return Day(tuple(rows), tuple(sorted(events, key=lambda event: event.at_s)))


def _read(path: Path) -> _Sheet:
    sheet = _Sheet(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            _read_lines(sheet, lines)
    except UnicodeDecodeError as error:
        sheet.mistakes.append(f"{path}: not UTF-8 text: {error.reason}")
    except csv.Error as error:
        sheet.mistakes.append(f"{path}: not CSV: {error}")
    except OSError as error:
        sheet.mistakes.append(f"{path}: cannot be read: {error.strerror}")
    return sheet


def _read_lines(sheet: _Sheet, lines: Iterator[str]) -> None:
    reader = csv.reader(lines, strict=True)
    sheet.columns = tuple(name.strip().lower() for name in next(reader, []))
    sheet.mistakes += [f"{sheet.path} line 1: {text}" for text in _wrong_header(sheet.columns)]
    if sheet.mistakes:
        return
    for cells in reader:
        if any(cell.strip() for cell in cells):
            _read_line(sheet, cells, f"{sheet.path} line {reader.line_num}")
    if not sheet.rows and not sheet.events and not sheet.mistakes:
        sheet.mistakes.append(f"{sheet.path}: nothing after the header")


def _wrong_header(columns: Sequence[str]) -> Iterator[str]:
    """Find what is wrong with the names of the columns."""
    if "time" not in columns:
        yield f"a column time is needed; allowed: {', '.join(COLUMNS)}"
    for name in dict.fromkeys(columns):
        if name not in COLUMNS:
            close = get_close_matches(name, COLUMNS, n=1)
            hint = f"did you mean {close[0]}?" if close else f"allowed: {', '.join(COLUMNS)}"
            yield f"column {name!r} is unknown; {hint}"
        elif columns.count(name) > 1:
            yield f"column {name} is there {columns.count(name)} times"
    if "event" in columns and "evse" not in columns:
        yield "a column evse is needed beside event"
    if len(set(columns)) == 1 and "time" in columns:
        yield f"there is nothing but the time; allowed: {', '.join(COLUMNS)}"


def _read_line(sheet: _Sheet, cells: Sequence[str], where: str) -> None:
    """Add what one line says to *sheet*, or what is wrong with it."""
    if len(cells) > len(sheet.columns):
        sheet.mistakes.append(f"{where}: {len(cells)} cells under {len(sheet.columns)} columns")
        return
    texts = {
        name: cell.strip() for name, cell in zip(sheet.columns, cells, strict=False) if cell.strip()
    }
    before = len(sheet.mistakes)

    def taken(name: str, read: Callable[[str], Read]) -> Read | None:
        try:
            return read(texts.get(name, ""))
        except Wrong as wrong:
            sheet.mistakes.append(f"{where}, column {name}: {wrong}")
            return None

    at_s = taken("time", lambda text: _time(sheet, text))
    numbers: dict[str, float] = {}
    for name, column in {**AROUND, **CARS}.items():
        if name in texts:
            number = taken(name, lambda text, column=column: _number(column, text))  # type: ignore[misc]
            numbers[name] = number or 0.0
    event = taken("event", _event)
    if event and "evse" not in texts:
        sheet.mistakes.append(f"{where}, column evse: is needed; allowed: {CARS['evse'].allowed}")
    if len(sheet.mistakes) > before or at_s is None:
        return
    if not AROUND.keys().isdisjoint(numbers):
        sheet.rows.append(_row(at_s, sheet.rows, numbers))
    if event:
        car = _car(numbers) if event == ARRIVES else None
        sheet.events.append(Event(at_s, int(numbers["evse"]), car, where))


def _time(sheet: _Sheet, text: str) -> float:
    """Return the seconds since midnight of the file's first day; times never go back."""
    at_s = _clock_s(text) if "-" not in text else _date_s(sheet, text)
    if at_s < sheet.latest_s:
        raise Wrong(f"{text} is before the line above; times never go back")
    sheet.latest_s = at_s
    return at_s


def _clock_s(text: str) -> float:
    parts = text.split(":")
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts):
        raise Wrong(f"{text!r} is no time; allowed: {CLOCK}")
    hours, minutes, seconds = (*map(int, parts), 0)[:3]
    at_s = hours * HOUR_S + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or at_s > DAY_S:
        raise Wrong(f"{text!r} is no time; allowed: {CLOCK}")
    return float(at_s)


def _date_s(sheet: _Sheet, text: str) -> float:
    try:
        at = datetime.fromisoformat(text).replace(tzinfo=None)  # as the clock on the wall
    except ValueError:
        raise Wrong(f"{text!r} is no time; allowed: {CLOCK}") from None
    if sheet.midnight is None:
        sheet.midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return (at - sheet.midnight).total_seconds()


def _number(column: Column, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    fits = column.low <= number <= column.high
    if not fits or (column.whole and number != int(number)):
        raise Wrong(f"{text!r} is not allowed; allowed: {column.allowed}")
    return number


def _event(text: str) -> str:
    if text.lower() not in ("", ARRIVES, LEAVES):
        raise Wrong(f"{text!r} is not allowed; allowed: {ARRIVES} or {LEAVES}")
    return text.lower()


def _row(at_s: float, before: Sequence[Row], numbers: Mapping[str, float]) -> Row:
    """Return the next row: what it leaves out is as before."""
    last = before[-1] if before else Row(at_s)

    def three(what: str, was: Three) -> Three:
        l1, l2, l3 = (numbers.get(f"{what}_l{n}_a", a) for n, a in enumerate(was, 1))
        return l1, l2, l3

    return Row(
        at_s,
        three("house", last.house_a),
        three("circuit", last.circuit_a),
        numbers.get("solar_w", last.solar_w),
        numbers.get("battery_w", last.battery_w),
    )


def _car(numbers: Mapping[str, float]) -> Car:
    energy_kwh = numbers.get("energy_kwh")
    return Car(
        int(numbers.get("phases", Car().phases)),
        numbers.get("max_current_a", Car().max_current_a),
        None if energy_kwh is None else energy_kwh * 1000.0,
    )
