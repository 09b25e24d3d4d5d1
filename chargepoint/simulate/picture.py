"""One picture of the day: mains, circuit and sun above, the EVSEs with their reasons below."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import cycle
from math import ceil, floor, log10

from chargepoint.core.values import dataclass
from chargepoint.simulate.canvas import Box, Curve, Point, Sheet, Words
from chargepoint.simulate.columns import Column, columns, stretches
from chargepoint.simulate.day import DAY_S, HOUR_S
from chargepoint.simulate.record import Line
from chargepoint.simulate.tally import CAR_FULL, THE_CAR, Visit

WIDTH, LEFT, RIGHT = 1280.0, 76.0, 24.0
PLOT = WIDTH - LEFT - RIGHT
TOP, GAP, BAND, FOOT = 66.0, 26.0, 11.0, 30.0

INK, PALE, GRID, FUSE = "#1d2733", "#6b7785", "#e6eaee", "#d62839"
PHASES = ("#8a5a2b", "#20262e", "#98a2ad")  # brown, black, grey: as the wires
SUN, SUN_EDGE, BATTERY = "#ffe3a3", "#e9a820", "#2a9d8f"
DRAWN, DRAWN_EDGE, OFFER = "#cfe3f7", "#2f7fc4", "#5c6b7a"

# What a reason begins with, and its shades; when they are used up, and for others, the rest.
KNOWN = {
    "mains": ("#e4572e", "#b5361a", "#f08a6c", "#7f2412"),
    "circuit": ("#f2a541", "#c97b1c", "#f8c987"),
    "solar": ("#f7d154", "#d9ac1e", "#fbe69b"),
    "MAX": ("#7aa6c2",),
    "hardware": ("#9fb8c9",),
    "cable": ("#b7c9d6",),
    THE_CAR: ("#8fc48a",),
    CAR_FULL: ("#d3e8d0",),
}
OTHERS = ("#7b5ea7", "#c06c9b", "#3d8b8b", "#a3763f", "#5b6fb5", "#b04a5a", "#6f7f3a", "#4a4e57")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the picture is drawn from. *limits_a* are those of the meters that exist, by role."""

    title: str
    subtitle: str
    lines: Sequence[Line]
    limits_a: Mapping[str, float]
    phases: int
    visits: Sequence[Visit]


@dataclass(frozen=True, slots=True)
class Frame:
    """One panel: where it is, and what its scale goes from and to."""

    top: float
    height: float
    low: float
    high: float
    begin_s: float
    end_s: float

    def x(self, at_s: float) -> float:
        """Return where *at_s* is."""
        return LEFT + PLOT * (at_s - self.begin_s) / max(self.end_s - self.begin_s, 1.0)

    def y(self, value: float) -> float:
        """Return where *value* is."""
        return self.top + self.height * (self.high - value) / (self.high - self.low)


def draw(facts: Facts) -> Sheet:
    """Return the picture."""
    found = columns(facts.lines, int(PLOT))
    evse_ids = [each.evse_id for each in facts.lines[-1].evses]
    sheet = Sheet(WIDTH, 0.0)
    sheet.add(
        Words(LEFT, 28.0, facts.title, 19.0, INK, bold=True),
        Words(LEFT, 48.0, facts.subtitle, 12.0, PALE),
    )
    span = (facts.lines[0].at_s, facts.lines[-1].at_s)
    top = TOP
    for role, limit_a in facts.limits_a.items():
        top = _meter(sheet, top, span, found, role, limit_a, facts.phases)
    if any(column.solar_w or column.battery_w for column in found):
        top = _sun(sheet, top, span, found)
    colours = _colours(found)
    height = max(52.0, min(104.0, 420.0 / len(evse_ids)))
    for number, evse_id in enumerate(evse_ids):
        frame = Frame(top, height, 0.0, _most_a(found), *span)
        visits = [visit for visit in facts.visits if visit.evse_id == evse_id]
        top = _evse(sheet, frame, found, number, f"EVSE {evse_id}", visits, colours)
    _hours(sheet, Frame(TOP, top - GAP - TOP, 0.0, 1.0, *span))
    sheet.height = _legend(sheet, top - GAP + FOOT, colours)
    return sheet


def _meter(
    sheet: Sheet,
    top: float,
    span: tuple[float, float],
    found: Sequence[Column],
    role: str,
    limit_a: float,
    phases: int,
) -> float:
    """Draw every phase of a meter against its limit; return where the next panel begins."""
    amps = [column.mains_a if role == "mains" else column.circuit_a for column in found]
    used = [a for three in amps for a in three[:phases]]
    low, high = min(0.0, min(used)), max(limit_a * 1.12, max(used) * 1.04)
    frame = Frame(top, 176.0 if role == "mains" else 132.0, low, high, *span)
    _scale(sheet, frame, role, "A")
    for phase in range(phases):
        values = [(column.at_s, three[phase]) for column, three in zip(found, amps, strict=True)]
        sheet.add(Curve([(frame.x(s), frame.y(a)) for s, a in values], PHASES[phase], 1.1))
        x = LEFT + PLOT - 14.0 - 26.0 * (phases - 1 - phase)
        sheet.add(Words(x, top - 5.0, f"L{phase + 1}", 11.0, PHASES[phase], "middle", bold=True))
    y = frame.y(limit_a)
    sheet.add(Curve([(LEFT, y), (LEFT + PLOT, y)], FUSE, 1.4, "6 4"))
    sheet.add(Words(LEFT + 6.0, y - 4.0, f"limit {limit_a:g} A", 10.5, FUSE, bold=True))
    return frame.top + frame.height + GAP


def _sun(sheet: Sheet, top: float, span: tuple[float, float], found: Sequence[Column]) -> float:
    """Draw roof and battery; return where the next panel begins."""
    solar = [(column.at_s, column.solar_w / 1000.0) for column in found]
    battery = [(column.at_s, column.battery_w / 1000.0) for column in found]
    values = [kw for _, kw in (*solar, *battery)]
    frame = Frame(top, 96.0, min(0.0, min(values)), max(0.5, max(values) * 1.06), *span)
    _scale(sheet, frame, "sun", "kW")
    sheet.add(Curve(_area(frame, solar), SUN_EDGE, 1.2, fill=SUN))
    if any(kw for _, kw in battery):
        line = [(frame.x(at_s), frame.y(kw)) for at_s, kw in battery]
        sheet.add(Curve(line, BATTERY, 1.2))
        words = "battery, above 0 it charges"
        sheet.add(Words(LEFT + PLOT, top - 5.0, words, 11.0, BATTERY, "end", bold=True))
    return frame.top + frame.height + GAP


def _evse(
    sheet: Sheet,
    frame: Frame,
    found: Sequence[Column],
    number: int,
    name: str,
    visits: Sequence[Visit],
    colours: Mapping[str, str],
) -> float:
    """Draw what was offered and drawn, the stays, and the band of reasons."""
    _scale(sheet, frame, name, "A")
    drawn = [(column.at_s, column.drawn_a[number]) for column in found]
    offers = [(column.at_s, column.offer_a[number]) for column in found]
    sheet.add(Curve(_area(frame, drawn), DRAWN_EDGE, 1.1, fill=DRAWN))
    sheet.add(Curve([(frame.x(s), frame.y(a)) for s, a in offers], OFFER, 0.9, "2 2"))
    for visit in visits:
        x = frame.x(visit.came_s)
        sheet.add(Curve([(x, frame.top - 2.0), (x, frame.top + frame.height)], PALE, 0.8))
        sheet.add(Words(x + 4.0, frame.top - 4.0, _stay(visit), 10.0, PALE))
    y = frame.top + frame.height + 2.0
    sheet.add(Box(LEFT, y, PLOT, BAND, "#f4f6f8"))
    for each in stretches(found, number, frame.end_s):
        x, until_x = frame.x(each.from_s), frame.x(each.until_s)
        width = max(until_x - x, 0.8)
        sheet.add(Box(x, y, width, BAND, colours[each.reason], each.reason))
    return frame.top + frame.height + BAND + GAP


def _stay(visit: Visit) -> str:
    car = visit.car
    got = f"{visit.got_wh / 1000.0:.1f}"
    wanted = "" if car.energy_wh is None else f" of {car.energy_wh / 1000.0:.1f}"
    return f"{car.phases} x {car.max_current_a:g} A: {got}{wanted} kWh"


def _area(frame: Frame, values: Sequence[Point]) -> list[Point]:
    """Return the outline of the area between *values* and zero."""
    line = [(frame.x(at_s), frame.y(value)) for at_s, value in values]
    return [(line[0][0], frame.y(0.0)), *line, (line[-1][0], frame.y(0.0))]


def _most_a(found: Sequence[Column]) -> float:
    """Return the top of the scale of all EVSEs."""
    return max(8.0, *(a for column in found for a in (*column.drawn_a, *column.offer_a))) * 1.08


def _scale(sheet: Sheet, frame: Frame, name: str, unit: str) -> None:
    """Draw name, horizontal lines and their numbers."""
    sheet.add(Words(LEFT - 8.0, frame.top - 5.0, name, 12.0, INK, "end", bold=True))
    for value in ticks(frame.low, frame.high, frame.height / 26.0):
        y = frame.y(value)
        colour = "#b9c2cb" if value == 0.0 else GRID
        sheet.add(Curve([(LEFT, y), (LEFT + PLOT, y)], colour, 1.0))
        sheet.add(Words(LEFT - 8.0, y + 3.5, f"{value:g} {unit}", 10.0, PALE, "end"))


def ticks(low: float, high: float, most: float) -> Iterator[float]:
    """Yield round numbers from *low* to *high*, about *most* of them at the most."""
    rough = (high - low) / max(most, 1.0)
    power = 10.0 ** floor(log10(rough))
    step = next(step * power for step in (1.0, 2.0, 5.0, 10.0) if step * power >= rough)
    number = ceil(low / step)
    while number * step <= high:
        yield round(number * step, 6)
        number += 1


def _hours(sheet: Sheet, frame: Frame) -> None:
    """Draw the hours through all panels, beneath everything."""
    span_h = (frame.end_s - frame.begin_s) / HOUR_S
    step_s = next((h for h in (0.25, 0.5, 1, 2, 3, 6, 12) if span_h / h <= 13), 24) * HOUR_S
    beneath = []
    bottom = frame.top + frame.height
    at_s = ceil(frame.begin_s / step_s) * step_s
    while at_s <= frame.end_s:
        x = frame.x(at_s)
        midnight = at_s % DAY_S == 0.0
        beneath.append(Curve([(x, frame.top), (x, bottom)], "#c3cbd3" if midnight else GRID, 1.0))
        minutes = round(at_s % DAY_S / 60.0)
        words = f"{minutes // 60:02}:{minutes % 60:02}"
        sheet.add(Words(x, bottom + 15.0, words, 10.5, PALE, "middle"))
        at_s += step_s
    sheet.shapes[0:0] = beneath


def _colours(found: Sequence[Column]) -> dict[str, str]:
    """Return a colour for every reason, alike for those that begin alike."""
    reasons = sorted({reason for column in found for reason in column.reasons if reason})
    shades = {family: iter(colours) for family, colours in KNOWN.items()}
    rest = cycle(OTHERS)
    return {reason: next(shades.get(_family(reason), rest), "") or next(rest) for reason in reasons}


def _family(reason: str) -> str:
    return reason if reason in KNOWN else reason.split(" ")[0]


def _legend(sheet: Sheet, top: float, colours: Mapping[str, str]) -> float:
    """Draw what the colours mean; return where the sheet ends."""
    entries: list[tuple[str, Callable[[float, float], Box | Curve]]] = [
        ("drawn", lambda x, y: Box(x, y, 12.0, 9.0, DRAWN_EDGE)),
        ("offered", lambda x, y: Curve([(x, y + 5), (x + 12, y + 5)], OFFER, 1.4, "2 2")),
    ]
    for reason, colour in colours.items():
        entries.append((reason, lambda x, y, colour=colour: Box(x, y, 12.0, 9.0, colour)))  # type: ignore[misc]
    x, y = LEFT, top + 10.0
    for words, mark in entries:
        width = 12.0 + 6.0 + 6.1 * len(words) + 18.0
        if x + width > LEFT + PLOT:
            x, y = LEFT, y + 18.0
        sheet.add(mark(x, y), Words(x + 18.0, y + 9.0, words, 11.0, INK))
        x += width
    return y + 24.0
