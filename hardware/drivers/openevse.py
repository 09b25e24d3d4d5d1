"""An OpenEVSE controller at a serial port: one phase, fixed cable, a relay of its own.

    [[evse]]
    driver = "openevse"
    port = "/dev/ttyUSB0"
    connector_lock = false
    phases = 1

The controller does what a board must do by itself: ground fault, earth, stuck relay, diode,
temperature, opening when the car leaves. It also closes its relay by itself as soon as a
car that is offered something asks; so it is offered only what may be closed for.

It is told to sleep whenever there is no valid order. For the case that nobody is left to
tell it so, its own supervision is armed: without a sign of life in ``heartbeat_s`` it
offers 6 A, the least it can, and no more. Currents are set as volatile ones.

Source: ``rapi_proc.h``, OpenEVSE, github.com/OpenEVSE/open_evse. Facts only.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, TypeVar

from pydantic import Field

from hardware.api import Actuation, BoardError, BusError, HardwareError, Pilot, Sensed
from hardware.bus.line import LineSettings
from hardware.drivers.openevse_state import DISABLED, SLEEPING, Capacity, State, temperature_c
from hardware.drivers.rapi import Said
from hardware.drivers.rapi_line import RapiLine
from hardware.registry import Context
from hardware.settings import Settings

LEAST_A = 6
UNBIDDEN_S = 0.5  # the relay closes before we can say so; longer than this it was not meant
CAPACITY_EVERY_S, WARMTH_EVERY_S = 1.0, 5.0
PULSES = 3  # signs of life in the time that the supervision waits for one
CUT, SLEEP, WAKE = "FD", "FS", "FE"

log = logging.getLogger(__name__)
T = TypeVar("T")


class Config(Settings):
    """Where the board is. The rest is what such a board cannot be otherwise."""

    port: str = Field(pattern=r"^/.+$")
    baudrate: int = Field(default=115_200, ge=300, le=1_000_000)
    timeout_s: float = Field(default=0.25, gt=0.0, le=1.0)
    heartbeat_s: int = Field(default=5, ge=2, le=60)
    max_current_a: float = Field(default=80.0, ge=6.0, le=80.0)
    connectors: Literal[1] = 1
    connector_lock: Literal[False] = False
    phases: Literal[1] = 1
    phase_map: tuple[int, int, int] = (1, 2, 3)


class OpenEvse:
    """One controller. Each turn asks it how it is and tells it what differs from the order."""

    def __init__(self, config: Config, context: Context) -> None:
        self._config = config
        self._monotonic = context.monotonic
        line = LineSettings(port=config.port, baudrate=config.baudrate, timeout_s=config.timeout_s)
        self._line = RapiLine(line, context.monotonic)
        self._turn = asyncio.Lock()
        self._told = Actuation.SAFE
        self._state = State(DISABLED, 0, 0)
        self._capacity = Capacity(LEAST_A, 0, 0)
        self._set_a = 0
        self._temperature_c: float | None = None
        self._born = -1
        self._is_heard = False  # the last time that it was asked how it is
        self._asked_s = {"GC": 0.0, "GP": 0.0}
        self._pulsed_s = 0.0
        self._unbidden_since_s = math.inf  # the relay closed without being told

    async def sense(self) -> Sensed:
        """Return what is now; raise BusError when the board does not answer, BoardError for a
        board that is none of these."""
        async with self._turn:
            await self._look()
            await self._obey()
            await self._look_around()
            return self._sensed()

    async def apply(self, actuation: Actuation) -> None:
        """Do it until its lease ends; raise BusError or BoardError."""
        async with self._turn:
            if self._state.closed and self._told.close_main and not actuation.close_main:
                self._unbidden_since_s = -math.inf  # it was told to, and no longer is
            self._told = actuation
            if not self._is_heard or self._born != self._line.births:
                await self._look()
            await self._live()
            await self._obey()

    def make_safe(self) -> None:
        """Open at once, from whatever thread."""
        self._told = Actuation.SAFE
        self._line.tell(CUT, SLEEP)

    async def close(self) -> None:
        """Leave the board asleep and let go of its port."""
        async with self._turn:
            self._told = Actuation.SAFE
            with suppress(HardwareError):
                await self._obey()
            await self._line.close()

    # --- asking -------------------------------------------------------------------------------

    async def _look(self) -> None:
        """Ask how it is; a board that has started anew, or that we meet, is told first what it
        must know."""
        await self._glance()
        born = self._line.births
        if born != self._born:
            await self._introduce()
            self._born = born
            await self._glance()

    async def _introduce(self) -> None:
        """Begin with a board that may do anything: it sleeps before anything else."""
        self._told = Actuation.SAFE
        await self._rest()
        await self._arm()
        version = await self._line.ask("GV")
        trips = await self._line.ask("GF")
        await self._measure()
        if self._state.boot_locked:
            await self._do("SB")
        log.info(
            "%s: OpenEVSE %s; ground fault, no earth, stuck relay so far: %s",
            self._config.port,
            " ".join(version.words),
            " ".join(trips.words),
        )

    async def _look_around(self) -> None:
        """Ask what changes seldom, now and then."""
        now_s = self._monotonic()
        if now_s - self._asked_s["GC"] >= CAPACITY_EVERY_S:
            await self._measure()
        if now_s - self._asked_s["GP"] >= WARMTH_EVERY_S:
            self._asked_s["GP"] = now_s
            said = await self._line.ask("GP")
            self._temperature_c = self._read(said, temperature_c) if said.is_ok else None

    async def _measure(self) -> None:
        self._asked_s["GC"] = self._monotonic()
        self._capacity = self._read(await self._line.ask("GC"), Capacity.of)
        self._set_a = self._capacity.now_a

    def _read(self, said: Said, parse: Callable[[tuple[str, ...]], T]) -> T:
        """Return the answer as what it says."""
        try:
            if said.is_ok:
                return parse(said.words)
        except ValueError:
            pass
        raise BoardError(f"{self._config.port}: no OpenEVSE of firmware 5 or later: {said}")

    def _sensed(self) -> Sensed:
        """Return what was heard, in our words. A relay that closed the moment the car asked
        counts as closed when it has been told so."""
        state = self._state
        hidden = state.closed and state.offers and not (self._told.close_main or self._is_late())
        return Sensed(
            at_s=self._monotonic(),
            pilot=state.pilot,
            main_closed=state.closed and not hidden,
            cable_a=min(float(self._capacity.most_a), self._config.max_current_a),
            temperature_c=self._temperature_c,
            faults=state.faults,
        )

    # --- telling ------------------------------------------------------------------------------

    async def _obey(self) -> None:
        """Make the board do what was told, as far as it does not."""
        if self._monotonic() >= self._told.valid_until_s or self._is_late():
            self._told = Actuation.SAFE
        amps = self._amps()
        if not amps:
            await self._rest()
            return
        if self._set_a != amps:
            await self._set(amps)
        if self._state.rests:
            await self._do(WAKE)
            await self._glance()

    def _amps(self) -> int:
        """Return what it shall offer, 0 to sleep. To a car that asks already nothing is offered
        before the relay may close."""
        state, told = self._state, self._told
        asks = state.pilot in (Pilot.C, Pilot.D)
        early = asks and not (told.close_main or state.closed)
        return 0 if early or state.faults else self._capacity.within(told.offer_a)

    async def _rest(self) -> None:
        """Put it to sleep: gently while the relay may stay closed, else at once. One with a fault
        is left as it is, open by itself: to be told something would make it forget."""
        state = self._state
        if state.faults:
            return
        at_once = state.closed and not self._told.close_main
        if at_once:
            await self._do(CUT)
        if at_once or state.code != SLEEPING:
            await self._do(SLEEP)
            await self._glance()

    async def _glance(self) -> None:
        """Ask how it is, and remember since when the relay is closed that was not told to."""
        self._is_heard = False
        self._state = self._read(await self._line.ask("GS"), State.of)
        self._is_heard = True
        if not self._state.closed or self._told.close_main:
            self._unbidden_since_s = math.inf
        else:
            self._unbidden_since_s = min(self._unbidden_since_s, self._monotonic())

    async def _set(self, amps: int) -> None:
        """Set what it offers. It answers what it made of it, less when it is hot: it is asked
        again when it has told its capacity the next time."""
        said = await self._line.ask(f"SC {amps} V")
        try:
            set_a = int(said.words[0])
        except (IndexError, ValueError):
            raise BusError(f"{self._config.port}: {said} to a current of {amps} A") from None
        self._set_a = amps
        if set_a > amps:
            self._told = Actuation.SAFE
            await self._rest()
            raise BoardError(f"{self._config.port}: told {amps} A, it offers {set_a} A")

    async def _live(self) -> None:
        """Give a sign of life in time. After one that came too late the supervision is armed
        anew: to acknowledge would set the highest current."""
        if self._monotonic() - self._pulsed_s < self._config.heartbeat_s / PULSES:
            return
        if not (await self._line.ask("SY")).is_ok:
            await self._arm()
            await self._measure()
        self._pulsed_s = self._monotonic()

    async def _arm(self) -> None:
        """Arm the supervision. The board writes it down only where it differs."""
        await self._do(f"SY {self._config.heartbeat_s} {LEAST_A}")
        self._pulsed_s = self._monotonic()

    async def _do(self, command: str) -> None:
        if not (await self._line.ask(command)).is_ok:
            raise BoardError(f"{self._config.port}: it refuses ${command}")

    def _is_late(self) -> bool:
        """Return whether the relay is closed for longer than we needed to say so."""
        return self._monotonic() - self._unbidden_since_s >= UNBIDDEN_S


def open_board(config: Config, context: Context) -> OpenEvse:
    """Return the board; its port is opened when it is first asked."""
    return OpenEvse(config, context)
