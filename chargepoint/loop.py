"""The control loop: sense, decide, guard, apply, ten times a second. One task, no locks.

A board that does not answer is sensed as faulty until it does; it opens by itself when
its lease ends. The loop pets the watchdog; when it stalls, the watchdog opens all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from chargepoint.core.inputs import Inputs
from chargepoint.core.words import Moment
from hardware.api import (
    Actuation,
    EvseBoard,
    Fault,
    FaultCode,
    HardwareError,
    Meter,
    MeterReading,
    Pilot,
    Sensed,
)
from hardware.guard import Guard

TICK_S = 0.1
READ_EVERY_S = 1.0
LOST_AFTER_S = 1.0  # a board may miss some answers, its lease still holds

log = logging.getLogger(__name__)

Decide = Callable[[Inputs], Mapping[int, Actuation]]


@dataclass(slots=True)
class Post:
    """One board with its guard and what it said last."""

    board: EvseBoard
    guard: Guard = field(default_factory=Guard)
    sensed: Sensed | None = None
    failing: bool = False

    async def sense(self, now_s: float) -> Sensed | None:
        """Return what the board senses, or what may be believed of it when it is silent."""
        try:
            self.sensed = await self.board.sense()
        except HardwareError as error:
            self._complain(error)
            if self.sensed is None:
                return None
            if now_s - self.sensed.at_s < LOST_AFTER_S:
                return self.sensed
            lost = Fault(FaultCode.INTERNAL_ERROR, "BoardLost", "the board does not answer")
            return replace(self.sensed, faults=self.sensed.faults | {lost})
        self.failing = False
        return replace(self.sensed, faults=self.sensed.faults | self.guard.faults)

    async def apply(self, wanted: Actuation, sensed: Sensed, now_s: float) -> None:
        """Do what the guard lets pass."""
        self.guard, done = self.guard.check(wanted, sensed, now_s)
        try:
            await self.board.apply(done)
        except HardwareError as error:
            self._complain(error)

    def _complain(self, error: HardwareError) -> None:
        if not self.failing:
            log.warning("board: %s", error)
        self.failing = True


class Loop:
    """Runs the boards and reads the meters of one station."""

    def __init__(
        self,
        boards: Mapping[int, EvseBoard],
        meters: Mapping[str, Meter],
        decide: Decide,
        now: Callable[[], Moment],
        pet: Callable[[], None],
    ) -> None:
        self.readings: dict[str, MeterReading] = {}
        self._posts = {evse_id: Post(board) for evse_id, board in boards.items()}
        self._meters = meters
        self._nudges = {role: asyncio.Event() for role in meters}
        self._decide = decide
        self._now = now
        self._pet = pet

    async def control(self) -> None:
        """Tick for ever."""
        next_s = self._now().s
        while True:
            await self.tick()
            self._pet()
            next_s = max(next_s + TICK_S, self._now().s)
            await asyncio.sleep(next_s - self._now().s)

    async def tick(self) -> None:
        """Sense, decide, guard and apply once."""
        now_s = self._now().s
        sensed: dict[int, Sensed] = {}
        for evse_id, post in self._posts.items():
            seen = await post.sense(now_s)
            if seen is not None:
                sensed[evse_id] = seen
        actuations = self._decide(Inputs(sensed, self.readings))
        for evse_id, wanted in actuations.items():
            await self._posts[evse_id].apply(wanted, sensed[evse_id], self._now().s)

    async def read(self, role: str) -> None:
        """Read one meter once a second for ever; silence leaves the last reading to age."""
        meter, failing = self._meters[role], False
        while True:
            try:
                self.readings[role] = await meter.read()
                failing = False
            except HardwareError as error:
                if not failing:
                    log.warning("meter %s: %s", role, error)
                failing = True
            nudge = self._nudges[role]
            with suppress(TimeoutError):
                async with asyncio.timeout(READ_EVERY_S):
                    await nudge.wait()
            nudge.clear()

    def read_now(self, role: str) -> None:
        """Read this meter now: somebody knows that it has something new."""
        self._nudges[role].set()

    async def make_safe(self) -> None:
        """Withdraw every offer and open every contactor."""
        for post in self._posts.values():
            unknown = Sensed(self._now().s, Pilot.A)
            await post.apply(Actuation.SAFE, post.sensed or unknown, self._now().s)
