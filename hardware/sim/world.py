"""A house, a roof, a battery, and the boards with their cars. Pure: time is an argument.

Between two events (a ramp ends, a car decides, a lease ends) every current moves in a
straight line, so ``advance`` goes from event to event and the energy is exact, whether it
is called ten times a second or once a day.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from hardware.sim.car import Habits, changed
from hardware.sim.outlet import NO_CURRENT, Amps, Outlet
from hardware.wiring import to_mains

STATION_PLACES = ("mains", "circuit", "battery")

APPLIANCES: dict[str, Amps] = {
    "dishwasher": (9.0, 0.0, 0.0),
    "heat_pump": (5.0, 5.0, 5.0),
    "kettle": (0.0, 0.0, 9.0),
    "oven": (0.0, 15.0, 0.0),
    "washing_machine": (0.0, 0.0, 8.5),
}


class Register(NamedTuple):
    """What a meter has counted, net over its phases; neither number ever falls."""

    import_wh: float = 0.0
    export_wh: float = 0.0


class World(NamedTuple):
    """Everything at *at_s*. Amperes are per phase, import positive.

    *house_a* is the base load, *circuit_a* what else hangs on the circuit of the boards,
    *battery_w* what the home battery takes (negative: gives). *outlets* and *registers*
    are by place: ``evse/1``, ``mains``.
    """

    at_s: float
    voltage_v: float = 230.0
    phases: int = 3
    habits: Habits = Habits()
    house_a: Amps = NO_CURRENT
    circuit_a: Amps = NO_CURRENT
    appliances: frozenset[str] = frozenset()
    solar_w: float = 0.0
    battery_w: float = 0.0
    outlets: Mapping[str, Outlet] = MappingProxyType({})
    registers: Mapping[str, Register] = MappingProxyType({})

    @property
    def voltages_v(self) -> Amps:
        """Return the voltage of each phase that the house has."""
        return self._spread(self.voltage_v * self.phases)

    def currents_a(self, place: str) -> Amps:
        """Return what flows through the meter at *place*; nothing where nothing is known."""
        outlet = self.outlets.get(place)
        if outlet is not None:
            return outlet.currents_a
        if place == "battery":
            return self._spread_w(self.battery_w)
        if place not in STATION_PLACES:
            return NO_CURRENT
        circuit_a = self._circuit_a()
        return self._mains_a(circuit_a) if place == "mains" else circuit_a

    def _circuit_a(self) -> Amps:
        """Return what the boards take, and what else hangs on their circuit."""
        flows = [(o.currents_a, o.build.phase_map) for o in self.outlets.values()]
        ours = [to_mains(own_a, phases) for own_a, phases in flows if own_a is not NO_CURRENT]
        return total(self.circuit_a, *ours)

    def _mains_a(self, circuit_a: Amps) -> Amps:
        house = [APPLIANCES[name] for name in self.appliances]
        rest = self._spread_w(self.battery_w - self.solar_w)
        return total(circuit_a, self.house_a, *house, rest)

    @property
    def still(self) -> bool:
        """Return whether nothing flows, and nobody is there who might begin."""
        loads = (*self.house_a, *self.circuit_a, self.solar_w, self.battery_w)
        cars = (outlet.car is not None for outlet in self.outlets.values())
        return not (any(loads) or self.appliances or any(cars))

    def powers_w(self) -> dict[str, float]:
        """Return the power through every meter there can be, by place, import positive."""
        voltage_v, circuit_a = self.voltage_v, self._circuit_a()
        powers_w = {
            "mains": voltage_v * sum(self._mains_a(circuit_a)),
            "circuit": voltage_v * sum(circuit_a),
            "battery": voltage_v * sum(self._spread_w(self.battery_w)),
        }
        for place, outlet in self.outlets.items():
            powers_w[place] = voltage_v * sum(outlet.currents_a)
        return powers_w

    def _spread_w(self, power_w: float) -> Amps:
        return self._spread(power_w / self.voltage_v)

    def _spread(self, sum_: float) -> Amps:
        each = sum_ / self.phases
        return each, each if self.phases > 1 else 0.0, each if self.phases > 2 else 0.0


def advance(world: World, until_s: float) -> World:
    """Return the settled *world* at *until_s*; a time that has passed is no time."""
    while world.at_s < until_s:
        events_s = {p: o.next_event_s(world.habits, world.at_s) for p, o in world.outlets.items()}
        next_s = min(events_s.values(), default=math.inf)
        if world.still and until_s < next_s:
            return world._replace(at_s=until_s)
        world = _flowed(world, min(until_s, next_s))
        world = settled(world, [place for place, at_s in events_s.items() if at_s <= world.at_s])
    return world


def settled(world: World, places: Iterable[str] | None = None) -> World:
    """Return *world* after all that happens at once at *places*, None for everywhere; needed
    after anybody changed a thing."""
    here = world.outlets if places is None else places
    now = {place: world.outlets[place].settled(world.habits, world.at_s) for place in here}
    return changed(world, outlets={**world.outlets, **now}) if now else world


def total(*loads: Amps) -> Amps:
    """Return the sum of *loads*, phase by phase."""
    l1, l2, l3 = map(math.fsum, zip(*loads, strict=True))
    return l1, l2, l3


def _flowed(world: World, until_s: float) -> World:
    """Return *world* at *until_s*, before which nothing happens."""
    hours = (until_s - world.at_s) / 3600.0
    outlets = {
        place: outlet.flowed(world.habits, until_s - world.at_s)
        for place, outlet in world.outlets.items()
    }
    after = changed(world, at_s=until_s, outlets=outlets)
    steady = after.outlets is world.outlets
    from_w = world.powers_w()
    to_w = from_w if steady else after.powers_w()
    registers = {
        place: _counted(register, from_w.get(place, 0.0), to_w.get(place, 0.0), hours)
        for place, register in world.registers.items()
    }
    return changed(after, registers=registers)


def _counted(register: Register, from_w: float, to_w: float, hours: float) -> Register:
    """Return *register* after a power that went straight from one value to the other."""
    if from_w == to_w == 0.0:
        return register
    return Register(
        register.import_wh + _positive_mean(from_w, to_w) * hours,
        register.export_wh + _positive_mean(-from_w, -to_w) * hours,
    )


def _positive_mean(one: float, other: float) -> float:
    """Return the mean of what is above zero on the straight line between both."""
    low, high = min(one, other), max(one, other)
    if high <= 0.0:
        return 0.0
    return (low + high) / 2.0 if low >= 0.0 else high * high / (high - low) / 2.0
