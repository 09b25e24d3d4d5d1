"""The simulated world of one process, on its clock. No task runs: whoever looks, moves it on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from hardware.api import Actuation, Fault, NotNow, SimulatedAppliance, SimulatedEvse, SimulatedWorld
from hardware.registry import Context, Registers
from hardware.settings import Settings, checked
from hardware.sim.asked import (
    EvseChanges,
    InjectedFault,
    PlugIn,
    SimulatorSettings,
    Unplug,
    WorldChanges,
)
from hardware.sim.car import Car, Habits
from hardware.sim.outlet import Build, Outlet
from hardware.sim.world import APPLIANCES, Register, World, advance

SAVE_EVERY_S = 1.0
LOOK_S = 0.001  # who looks again so soon sees the same


class Sim:
    """Ties the world to the boards and meters that look at it.

    It outlives them: an OCPP reset opens new boards on the same plugged cars.
    """

    def __init__(
        self,
        settings: SimulatorSettings,
        monotonic: Callable[[], float],
        saved: Registers,
        save: Callable[[Registers], Awaitable[None]],
    ) -> None:
        self.monotonic = monotonic
        self.mains_meter = "ok"
        self._save = save
        self._saving = False
        self._saved_at_s = monotonic()
        self._cuts: dict[str, float] = {}
        self._published = {place: Register(**counted) for place, counted in saved.items()}
        self._world = World(
            at_s=monotonic(),
            voltage_v=settings.supply_voltage_v,
            phases=settings.phases,
            habits=Habits(settings.ev_draw_delay_s, settings.current_ramp_a_per_s),
            house_a=settings.house_a,
            circuit_a=settings.circuit_a,
            solar_w=settings.solar_w,
            battery_w=settings.battery_w,
            registers=dict(self._published),
        )

    # --- for boards and meters ---------------------------------------------------------

    def now(self) -> World:
        """Return the world as it is now."""
        while self._cuts:
            place, cut_s = self._cuts.popitem()
            outlet = self._world.outlets[place]
            ends_s = min(cut_s, outlet.told.valid_until_s)
            self._put(place, outlet._replace(told=replace(outlet.told, valid_until_s=ends_s)))
        now_s = self.monotonic()
        if now_s - self._world.at_s >= LOOK_S:
            self._world = advance(self._world, now_s)
        return self._world

    def build(self, place: str, build: Build) -> None:
        """Have a board at *place*; one that is there keeps its car and its flaws."""
        self._put(place, self.now().outlets.get(place, Outlet())._replace(build=build))
        self.count(place)

    def count(self, place: str) -> None:
        """Have a register at *place*; one that is there goes on counting."""
        registers = {place: Register(), **self._world.registers}
        self._world = self._world._replace(registers=registers)

    def tell(self, place: str, actuation: Actuation) -> None:
        """Give the board at *place* its next lease; one that only lasts longer moves nothing."""
        world = self.now()
        outlet = world.outlets[place]
        after = outlet._replace(told=actuation)
        if not outlet.is_renewed_by(actuation):
            after = after.settled(world.habits, world.at_s)
        self._world = world._replace(outlets={**world.outlets, place: after})

    def cut(self, place: str) -> None:
        """End the lease at *place* now, from any thread; the world hears of it when looked at."""
        self._cuts[place] = self.monotonic()

    async def published(self, place: str) -> Register:
        """Return the register at *place* as far as it is on disk.

        What was read out once never comes back lower, whatever kills the process. Saves
        at most once a second, and only what has changed; while the disk refuses, the
        registers stand still.
        """
        registers = self.now().registers
        due = self.monotonic() - self._saved_at_s >= SAVE_EVERY_S
        if due and not self._saving and registers != self._published:
            await self._publish(dict(registers))
        return self._published.get(place, Register())

    async def _publish(self, registers: dict[str, Register]) -> None:
        self._saving = True
        self._saved_at_s = self.monotonic()
        try:
            await self._save(
                {
                    place: {"import_wh": register.import_wh, "export_wh": register.export_wh}
                    for place, register in registers.items()
                }
            )
        except OSError:
            return
        finally:
            self._saving = False
        self._published = registers

    # --- for people and tests ----------------------------------------------------------

    def simulates(self, evse_id: int) -> bool:
        """Return whether this EVSE has a simulated board."""
        return _place(evse_id) in self._world.outlets

    def evse(self, evse_id: int) -> SimulatedEvse:
        """Return what ``set_evse`` and the plugs have made of it; NotNow where none is."""
        outlet = self._outlet(evse_id)
        car = outlet.car or Car(requested_a=0.0)
        return SimulatedEvse(
            car_plugged=outlet.connected,
            requested_current_a=car.requested_a,
            ready=car.ready,
            cable_plugged_station_side=outlet.cable_in or not outlet.build.socket,
            lock_failure=outlet.lock_failure,
            welded=outlet.welded,
            diode_fault=outlet.diode_fault,
            temperature_c=outlet.temperature_c,
            fault=outlet.fault,
            pilot=outlet.pilot_held,
            silent=outlet.silent,
            parked=outlet.parked,
        )

    def world(self) -> SimulatedWorld:
        """Return what ``set_world`` has made of it."""
        world = self.now()
        return SimulatedWorld(
            house_a=world.house_a,
            circuit_a=world.circuit_a,
            solar_w=world.solar_w,
            battery_w=world.battery_w,
            appliances={
                name: SimulatedAppliance(name in world.appliances, currents_a)
                for name, currents_a in APPLIANCES.items()
            },
            mains_meter=self.mains_meter,
        )

    def plug_in(self, evse_id: int, asked: Mapping[str, object]) -> None:
        """Connect a car that has just arrived; NotNow when one is connected already."""
        plug = checked(PlugIn, asked)
        outlet = self._outlet(evse_id)
        if outlet.connected:
            raise NotNow(f"a car is plugged in at EVSE {evse_id} already")
        if plug.connector_id > outlet.build.connectors:
            raise NotNow(f"EVSE {evse_id} has {outlet.build.connectors} connector(s)")
        wanted_a = plug.max_current_a if plug.auto_draw else 0.0
        self._change(
            _place(evse_id),
            car=Car(plug.max_current_a, plug.phases, wanted_a),
            cable_in=True,
            cable_rating_a=float(plug.cable_a),
            connector_id=plug.connector_id,
        )

    def unplug(self, evse_id: int, asked: Mapping[str, object]) -> None:
        """Pull at one end or both, also in mid-charge and whatever the lock says."""
        end = checked(Unplug, asked).end
        outlet = self._outlet(evse_id)
        there = {"ev": outlet.car is not None, "station": outlet.cable_in}
        if not there.get(end, any(there.values())):
            raise NotNow(f"nothing is plugged in there at EVSE {evse_id}")
        if end == "station":
            _socket(evse_id, outlet)
        car = outlet.car if end == "station" else None
        self._change(_place(evse_id), car=car, cable_in=outlet.cable_in and end == "ev")

    def set_evse(self, evse_id: int, asked: Mapping[str, object]) -> None:
        """Change one thing or several about the car, the plug or the board."""
        changes = checked(EvseChanges, asked)
        outlet = self._outlet(evse_id)
        new, car = _given(changes, _OUTLET_FIELDS), _given(changes, _CAR_FIELDS)
        if car:
            new["car"] = _car(evse_id, outlet)._replace(**car)
        if "cable_in" in new:
            _socket(evse_id, outlet)
        if "fault" in changes.model_fields_set:
            new["fault"] = _fault(changes.fault)
        if "energy_wh" in changes.model_fields_set:
            self._set_register(_place(evse_id), changes.energy_wh)
        self._change(_place(evse_id), **new)

    def set_world(self, asked: Mapping[str, object]) -> None:
        """Change one thing or several about the house."""
        changes = checked(WorldChanges, asked)
        world = self.now()
        switched = changes.appliances
        kept = {name for name in world.appliances if switched.get(name, True)}
        appliances = frozenset(kept | {name for name, on in switched.items() if on})
        self._world = world._replace(appliances=appliances, **_given(changes, _WORLD_FIELDS))
        if "mains_meter" in changes.model_fields_set:
            self.mains_meter = changes.mains_meter

    def _outlet(self, evse_id: int) -> Outlet:
        outlet = self.now().outlets.get(_place(evse_id))
        if outlet is None:
            raise NotNow(f"EVSE {evse_id} has no simulated board")
        return outlet

    def _change(self, place: str, **changes: Any) -> None:
        self._put(place, self.now().outlets[place]._replace(**changes))

    def _put(self, place: str, outlet: Outlet) -> None:
        world = self._world
        outlets = {**world.outlets, place: outlet.settled(world.habits, world.at_s)}
        self._world = world._replace(outlets=outlets)

    def _set_register(self, place: str, energy_wh: float) -> None:
        register = self._world.registers[place]
        if energy_wh < register.import_wh:
            raise NotNow(f"a register never falls: {place} is at {register.import_wh:.1f} Wh")
        moved = register._replace(import_wh=energy_wh)
        self._world = self._world._replace(registers={**self._world.registers, place: moved})


# What is asked, and the field that it changes.
_CAR_FIELDS = {"requested_current_a": "requested_a", "ready": "ready"}
_OUTLET_FIELDS = {
    "cable_plugged_station_side": "cable_in",
    "diode_fault": "diode_fault",
    "lock_failure": "lock_failure",
    "parked": "parked",
    "pilot": "pilot_held",
    "silent": "silent",
    "temperature_c": "temperature_c",
    "welded": "welded",
}
_WORLD_FIELDS = {name: name for name in ("house_a", "circuit_a", "solar_w", "battery_w")}


def _given(changes: Settings, fields: Mapping[str, str]) -> dict[str, Any]:
    """Return the new values of those *fields* that somebody gave."""
    given = fields.keys() & changes.model_fields_set
    return {fields[name]: getattr(changes, name) for name in given}


def _place(evse_id: int) -> str:
    return f"evse/{evse_id}"


def _car(evse_id: int, outlet: Outlet) -> Car:
    if outlet.car is None:
        raise NotNow(f"no car is plugged in at EVSE {evse_id}")
    return outlet.car


def _socket(evse_id: int, outlet: Outlet) -> None:
    if not outlet.build.socket:
        raise NotNow(f"the cable of EVSE {evse_id} is fixed")


def _fault(injected: InjectedFault | None) -> Fault | None:
    if injected is None:
        return None
    return Fault(injected.code, injected.vendor_code, "injected")


def open_simulator(
    given: Mapping[str, object],
    monotonic: Callable[[], float],
    saved: Registers,
    save: Callable[[Registers], Awaitable[None]],
) -> Sim:
    """Return the simulated world; raise WrongSettings with the key under ``simulator``."""
    return Sim(checked(SimulatorSettings, given, "simulator"), monotonic, saved, save)


def sim_of(context: Context) -> Sim:
    """Return the simulated world of *context*."""
    if not isinstance(context.simulator, Sim):
        raise TypeError(f"{context.place}: simulated hardware needs the simulated world")
    return context.simulator
