"""One simulated board with its plug and its car: pilot, contactors, lock, faults. Pure."""

from __future__ import annotations

from typing import NamedTuple

from hardware.api import Actuation, Fault, FaultCode, Pilot, Sensed
from hardware.sim.car import Car, Habits, changed

NO_DIODE = Fault(FaultCode.EV_COMMUNICATION_ERROR, "DiodeFault", "the pilot has no negative half")
JAMMED = Fault(FaultCode.CONNECTOR_LOCK_FAILURE, "LockJammed", "the lock does not follow")

Amps = tuple[float, float, float]
NO_CURRENT: Amps = (0.0, 0.0, 0.0)
SOUND: frozenset[Fault] = frozenset()


class Build(NamedTuple):
    """How the board was built: a *socket* has a lock, a fixed cable has its rating *max_a*."""

    connectors: int = 1
    socket: bool = True
    max_a: float = 32.0
    phases: int = 3
    phase_map: tuple[int, int, int] = (1, 2, 3)


class Outlet(NamedTuple):
    """What is plugged in and switched, and what is broken on purpose.

    *cable_a* rates the cable in the socket; *cable_in* is its station end, *car* its
    other end. *pilot_held* is a pilot that somebody's finger holds there, *parked* a car in
    the bay that need not be plugged in.
    """

    build: Build = Build()
    told: Actuation = Actuation.SAFE
    car: Car | None = None
    cable_in: bool = False
    cable_rating_a: float = 32.0
    connector_id: int = 1
    main_closed: bool = False
    second_closed: bool = False
    locked: bool = False
    temperature_c: float = 25.0
    fault: Fault | None = None
    welded: bool = False
    diode_fault: bool = False
    lock_failure: bool = False
    jammed: bool = False
    pilot_held: Pilot | None = None
    parked: bool = False
    silent: bool = False

    @property
    def connected(self) -> bool:
        """Return whether the cable joins car and station."""
        return self.car is not None and (self.cable_in or not self.build.socket)

    @property
    def pilot(self) -> Pilot:
        """Return the state that the pilot shows."""
        if self.pilot_held is not None:
            return self.pilot_held
        if self.car is None or not self.connected:
            return Pilot.A
        return Pilot.C if self.car.asks else Pilot.B

    @property
    def faults(self) -> frozenset[Fault]:
        """Return all that the board itself finds wrong."""
        if self.fault is None and not (self.diode_fault or self.jammed):
            return SOUND
        found = (
            self.fault,
            NO_DIODE if self.diode_fault and self.connected else None,
            JAMMED if self.jammed else None,
        )
        return frozenset(fault for fault in found if fault is not None)

    @property
    def cable_a(self) -> float:
        """Return what the proximity resistor, or the fixed cable, says."""
        if not self.build.socket:
            return self.build.max_a
        return self.cable_rating_a if self.cable_in else 0.0

    @property
    def offer_a(self) -> float:
        """Return what the car is offered: nothing while the cable hangs loose."""
        return self.told.offer_a if self.connected else 0.0

    @property
    def currents_a(self) -> Amps:
        """Return what the car draws on the phases of this board."""
        if self.car is None or not self.main_closed:
            return NO_CURRENT
        closed = self.build.phases if self.second_closed else 1
        used, current_a = min(self.car.phases, closed), self.car.current_a
        return current_a, current_a if used > 1 else 0.0, current_a if used > 2 else 0.0

    def sensed(self, at_s: float) -> Sensed:
        """Return what the board tells at *at_s*."""
        return Sensed(
            at_s=at_s,
            pilot=self.pilot,
            main_closed=self.main_closed,
            second_closed=self.second_closed,
            cable_a=self.cable_a,
            locked=self.locked if self.build.socket else None,
            temperature_c=self.temperature_c,
            faults=self.faults,
            connector_id=self.connector_id,
            bay_taken=self.parked or self.car is not None,
        )

    def is_renewed_by(self, actuation: Actuation) -> bool:
        """Return whether *actuation* says what this board was told, for as long or longer."""
        told = self.told
        return (
            actuation.valid_until_s >= told.valid_until_s
            and actuation.offer_a == told.offer_a
            and actuation.close_main is told.close_main
            and actuation.close_second is told.close_second
            and actuation.lock is told.lock
        )

    def settled(self, habits: Habits, now_s: float) -> Outlet:
        """Return this board after all that happens at *now_s*.

        It goes to SAFE when its lease ends, and opens by itself when the pilot is lost
        or something is wrong, without being told: IEC 61851-1 wants that in 100 ms.
        """
        lapsed = now_s >= self.told.valid_until_s
        told = Actuation.SAFE if lapsed else self.told
        locked = self.locked if self.lock_failure else told.lock
        jammed = self.lock_failure and (self.jammed or told.lock != self.locked)
        outlet = changed(self, told=told, locked=locked, jammed=jammed)
        outlet = outlet._car_settled(habits, now_s)
        live = outlet.pilot in (Pilot.B, Pilot.C, Pilot.D)
        live = live and not any(fault.opens for fault in outlet.faults)
        main_closed = self.welded or (live and told.close_main)
        second_closed = live and told.close_second
        outlet = changed(outlet, main_closed=main_closed, second_closed=second_closed)
        return outlet._car_settled(habits, now_s)

    def flowed(self, habits: Habits, duration_s: float) -> Outlet:
        """Return this board with its car's current moved on."""
        if self.car is None:
            return self
        car = self.car.flowed(self.offer_a, self._powered, habits, duration_s)
        return changed(self, car=car)

    def next_event_s(self, habits: Habits, now_s: float) -> float:
        """Return when anything happens here by itself; inf for never."""
        if self.car is None:
            return self.told.valid_until_s
        car_s = self.car.next_event_s(self.offer_a, self._powered, habits, now_s)
        return min(self.told.valid_until_s, car_s)

    @property
    def _powered(self) -> bool:
        return self.main_closed and self.connected

    def _car_settled(self, habits: Habits, now_s: float) -> Outlet:
        if self.car is None:
            return self
        car = self.car.settled(self.offer_a, self._powered, habits, now_s)
        return changed(self, car=car)
