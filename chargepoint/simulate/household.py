"""From loads, a roof and a battery to a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chargepoint.core.values import dataclass
from chargepoint.simulate.appliances import Switching
from chargepoint.simulate.day import DAY_S, HOUR_S, Car, Day, Event, Row, Three

VOLTAGE_V = 230.0


@dataclass(frozen=True, slots=True)
class Load:
    """Something that draws the same from each of *phases* when it is on."""

    phases: tuple[int, ...]
    switchings: Sequence[Switching]


@dataclass(frozen=True, slots=True)
class Battery:
    """A home battery that levels the meter without our cars: what it takes is on their bill."""

    capacity_wh: float
    power_w: float
    begins_wh: float


@dataclass(frozen=True, slots=True)
class Guest:
    """A car's stay, by the clock."""

    evse_id: int
    comes_h: float
    leaves_h: float
    phases: int
    max_current_a: float
    energy_kwh: float

    @property
    def events(self) -> tuple[Event, Event]:
        """Return its coming and its leaving."""
        car = Car(self.phases, self.max_current_a, self.energy_kwh * 1000.0)
        return (
            Event(round(self.comes_h * HOUR_S), self.evse_id, car),
            Event(round(self.leaves_h * HOUR_S), self.evse_id, None),
        )


@dataclass(frozen=True, slots=True)
class Household:
    """A house, who lives there and drives there, and what its installer has set."""

    name: str
    title: str
    settings: Mapping[str, Any]
    loads: Sequence[Load]
    guests: Sequence[Guest]
    solar: Sequence[Switching] = ()
    battery: Battery | None = None

    def day(self) -> Day:
        """Return its day, the same every time."""
        rows = _rows(self.loads, self.solar)
        if self.battery is not None:
            rows = _with_battery(self.battery, rows)
        events = sorted(
            (event for guest in self.guests for event in guest.events),
            key=lambda event: (event.at_s, event.car is not None),
        )
        return Day(tuple(rows), tuple(events))


def _rows(loads: Sequence[Load], solar: Sequence[Switching]) -> list[Row]:
    """Return a row for every time at which anything changes."""
    sky = Day(tuple(Row(at_s, solar_w=solar_w) for at_s, solar_w in solar))
    amps = [0.0] * len(loads)
    now: dict[float, Three] = {0.0: (0.0, 0.0, 0.0)}
    steps = sorted(
        (at_s, number, amp) for number, load in enumerate(loads) for at_s, amp in load.switchings
    )
    for at_s, number, amp in steps:
        amps[number] = amp
        now[at_s] = _total(loads, amps)
    times_s = sorted({*now, *(row.at_s for row in sky.rows), float(DAY_S)})
    rows, house_a = [], now[0.0]
    for at_s in times_s:
        house_a = now.get(at_s, house_a)
        rows.append(Row(at_s, house_a, solar_w=round(sky.at(at_s).solar_w, 1)))
    return rows


def _total(loads: Sequence[Load], amps: Sequence[float]) -> Three:
    pairs = list(zip(loads, amps, strict=True))
    l1, l2, l3 = (round(sum(a for load, a in pairs if n in load.phases), 2) for n in (1, 2, 3))
    return l1, l2, l3


def _with_battery(battery: Battery, rows: Iterable[Row]) -> list[Row]:
    """Return *rows* with a battery that takes what is left of the sun, and gives it back."""
    charge_wh, before_s, power_w = battery.begins_wh, 0.0, 0.0
    charged = []
    for row in rows:
        charge_wh += power_w * (row.at_s - before_s) / HOUR_S
        surplus_w = row.solar_w - VOLTAGE_V * sum(row.house_a)
        power_w = round(max(-battery.power_w, min(battery.power_w, surplus_w)))
        full, empty = charge_wh >= battery.capacity_wh, charge_wh <= 0.0
        if (full and power_w > 0.0) or (empty and power_w < 0.0):
            power_w = 0
        charged.append(row._replace(battery_w=power_w))
        before_s = row.at_s
    return charged
