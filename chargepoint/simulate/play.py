"""The station of the program, played through a day as fast as it goes.

Nothing of it is a model: the Station, the loop with its guards, and the simulated boards,
meters and cars are those of ``chargepoint run``. Only nobody waits: the clock is a number,
and once a second the meters are read and the loop turns. While no car is there and no board
is told anything but SAFE, it dozes and turns every NAP_S. There is no disk and no central
system: every batch counts as written at once, and every car may charge.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import NamedTuple

from chargepoint import equipment
from chargepoint.core.inputs import Inputs
from chargepoint.core.station import Station
from chargepoint.core.words import Moment
from chargepoint.doze import holds
from chargepoint.loop import Loop
from chargepoint.protocol.adapters import BY_VERSION
from chargepoint.settings.convert import station_config
from chargepoint.settings.model import Settings
from chargepoint.simulate.day import Car, Day, Event, Row, Three
from chargepoint.simulate.rig import Patient, at_once
from hardware import registry
from hardware.api import Actuation, MeterReading, Sensed
from hardware.registry import Context, Registers
from hardware.wiring import to_mains
from profiles.limits import Limit

STEP_S = 1.0
NAP_S = 5.0  # an empty station is only looked at so often
MIDNIGHT = datetime(2026, 6, 21, tzinfo=UTC)
STATION_PLACES = ("mains", "circuit")


class EvseSeen(NamedTuple):
    """One EVSE in one second. *currents_a* are on the phases of the mains; *got_wh* is what
    this *car* has by now; *offer_a* and *binding* are what was decided on seeing them."""

    evse_id: int
    car: Car | None
    sensed: Sensed
    currents_a: Three
    power_w: float
    got_wh: float
    offer_a: float
    binding: Limit


class Second(NamedTuple):
    """Everything in one second. *around* is what the day says of it."""

    at_s: float
    around: Row
    mains: MeterReading
    circuit: MeterReading
    evses: tuple[EvseSeen, ...]


def play(settings: Settings, day: Day) -> Iterator[Second]:
    """Yield every second from the first to the last that *day* speaks of.

    All that *settings* name must be simulated (see ``rig``), and every EVSE that *day*
    names be there.
    """
    now_s, ends_s = min(day.times_s), max(day.times_s)
    stage = _Stage(settings, now_s)
    events = list(reversed(day.events))
    while now_s <= ends_s:
        stage.now_s = now_s
        around = day.at(now_s)
        stage.surround(around)
        while events and events[-1].at_s <= now_s:
            stage.happen(events.pop())
        yield stage.turn(around)
        now_s += STEP_S


class _Stage:
    """Station, boards, meters and cars at *now_s*."""

    def __init__(self, settings: Settings, now_s: float) -> None:
        self.now_s = now_s
        self._moment = _moment(now_s)
        config = station_config(settings)
        self._phase_maps = {evse.id: evse.phase_map for evse in config.evses}
        simulator = equipment.open_simulator(settings, self._monotonic_s, {}, _forget)
        assert simulator is not None  # everything is simulated
        self._simulator = simulator
        boards = equipment.open_boards(settings, self._monotonic_s, simulator)
        self._wired = frozenset(equipment.open_meters(settings, self._monotonic_s, simulator))
        own = [f"evse/{evse_id}" for evse_id in boards]
        places = dict.fromkeys((*STATION_PLACES, *sorted(self._wired), *own))
        self._meters = {
            place: registry.open_meter("sim", {}, Context(place, self._monotonic_s, simulator))
            for place in places
        }
        numbers = count(1)
        dialect = BY_VERSION["2.0.1"].dialect
        self._station = Station(config, {}, dialect, lambda: f"tx{next(numbers)}", self._now())
        patient = {evse_id: Patient(board, STEP_S) for evse_id, board in boards.items()}
        self._loop = Loop(patient, {}, self._decide, self._now, lambda: None)
        self._cars: dict[int, tuple[Car, float]] = {}
        self._around: Row | None = None
        self._sensed: Mapping[int, Sensed] = {}
        self._wanted: Mapping[int, Actuation] = {}
        self._evses: tuple[EvseSeen, ...] = ()

    def surround(self, around: Row) -> None:
        """Let the house, the roof and the battery be as *around* says."""
        if self._around is not None and around[1:] == self._around[1:]:  # all but the time
            return
        self._around = around
        names = ("house_a", "circuit_a", "solar_w", "battery_w")
        self._simulator.set_world({name: getattr(around, name) for name in names})

    def happen(self, event: Event) -> None:
        """A car comes or leaves."""
        if event.car is None:
            del self._cars[event.evse_id]
            self._simulator.unplug(event.evse_id, {})
            return
        register_wh = at_once(self._meters[f"evse/{event.evse_id}"].read()).energy_wh or 0.0
        self._cars[event.evse_id] = (event.car, register_wh)
        asked = {"phases": event.car.phases, "max_current_a": event.car.max_current_a}
        self._simulator.plug_in(event.evse_id, asked)

    def turn(self, around: Row) -> Second:
        """Read all meters, let the loop turn once, and return what was seen and decided."""
        places = STATION_PLACES if self._dozes() else tuple(self._meters)
        readings = {place: at_once(self._meters[place].read()) for place in places}
        if places != STATION_PLACES:
            self._loop.readings.update((place, readings[place]) for place in self._wired)
            at_once(self._loop.tick())
            self._evses = tuple(
                self._seen(evse_id, readings[f"evse/{evse_id}"]) for evse_id in self._sensed
            )
        return Second(self.now_s, around, readings["mains"], readings["circuit"], self._evses)

    def _dozes(self) -> bool:
        """Return whether nothing can come of turning now: nobody is there, nothing is held."""
        idle = not self._cars and not any(map(holds, self._wanted.values()))
        return idle and bool(self._evses) and self.now_s % NAP_S != 0.0

    def _seen(self, evse_id: int, reading: MeterReading) -> EvseSeen:
        car, from_wh = self._cars.get(evse_id, (None, 0.0))
        got_wh = (reading.energy_wh or 0.0) - from_wh if car is not None else 0.0
        if car is not None and car.energy_wh is not None and got_wh >= car.energy_wh:
            self._simulator.set_evse(evse_id, {"ready": False})
        wanted = self._wanted.get(evse_id, Actuation.SAFE)
        return EvseSeen(
            evse_id,
            car,
            self._sensed[evse_id],
            to_mains(reading.currents_a, self._phase_maps[evse_id]),
            reading.power_w or 0.0,
            got_wh,
            wanted.offer_a,
            self._station.binding(evse_id),
        )

    def _decide(self, inputs: Inputs) -> Mapping[int, Actuation]:
        """What the shell does in a turn, with a disk that is always ready."""
        self._sensed = inputs.sensed
        self._wanted = self._station.tick(inputs, self._now())
        self._station.committed(self._station.take().number)
        return self._wanted

    def _now(self) -> Moment:
        if self._moment.s != self.now_s:
            self._moment = _moment(self.now_s)
        return self._moment

    def _monotonic_s(self) -> float:
        return self.now_s


def _moment(now_s: float) -> Moment:
    return Moment(MIDNIGHT + timedelta(seconds=now_s), now_s)


async def _forget(registers: Registers) -> None:
    """There is no disk for the registers of the simulated meters."""
