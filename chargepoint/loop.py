"""The control loop: sense, decide, guard, apply, ten times a second. One task, no locks.

A board that does not answer is sensed as faulty until it does; it opens by itself when
its lease ends. The loop pets the watchdog; when it stalls, the watchdog opens all.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import field, replace
from math import inf

from chargepoint.core.inputs import Inputs
from chargepoint.core.values import dataclass
from chargepoint.core.words import Moment
from hardware.api import (
    Actuation,
    BoardError,
    EvseBoard,
    Fault,
    FaultCode,
    HardwareError,
    Meter,
    MeterReading,
    Pilot,
    Resettable,
    Sensed,
)
from hardware.guard import Guard

TICK_S = 0.1
READ_EVERY_S = 1.0
LOST_AFTER_S = 1.0  # a board may miss some answers, its lease still holds
REFUSES_S = 30.0  # so long nothing more is asked of a board that refused

log = logging.getLogger(__name__)

Decide = Callable[[Inputs], Mapping[int, Actuation]]


BOARD_LOST = Fault(FaultCode.INTERNAL_ERROR, "BoardLost", "the board does not answer")
BOARD_REFUSES = Fault(FaultCode.INTERNAL_ERROR, "BoardRefuses", "the board refuses what it is told")


@dataclass(slots=True)
class Post:
    """One board with its guard and what it said last.

    *silent_since_s* and *deaf_since_s*: since when it does not answer when asked, or told;
    it is told less often than asked, so *deaf_s* is for how long that is known.
    A board that refused is told nothing but SAFE until *refuses_until_s*. *resets*: it is
    started anew with the next thing it is told, which is SAFE; the guard stays as it is.
    *beside* is what is wrong with what stands beside it, such as the card reader.
    """

    board: EvseBoard
    guard: Guard = field(default_factory=Guard)
    sensed: Sensed | None = None
    silent_since_s: float = inf
    deaf_since_s: float = inf
    deaf_s: float = 0.0
    refuses_until_s: float = -inf
    resets: bool = False
    beside: frozenset[Fault] = frozenset()
    complaint: str = ""

    async def sense(self, now_s: float) -> Sensed | None:
        """Return what the board senses, or what may be believed of it when it is silent;
        None while it may still say its first word."""
        try:
            self.sensed = await self.board.sense()
            self.silent_since_s = inf
        except HardwareError as error:
            self.silent_since_s = min(self.silent_since_s, now_s)
            self._complain(error)
        faults = self.guard.faults | self._own_faults(now_s) | self.beside
        if self.sensed is not None and faults:
            return replace(self.sensed, faults=self.sensed.faults | faults)
        if self.sensed is not None:
            return self.sensed
        return Sensed(now_s, Pilot.F, faults=faults) if BOARD_LOST in faults else None

    async def apply(self, wanted: Actuation, sensed: Sensed, now_s: float) -> None:
        """Do what the guard lets pass."""
        if self.resets:
            wanted = replace(Actuation.SAFE, lock=wanted.lock)
        self.guard, done = self.guard.check(wanted, sensed, now_s)
        try:
            await self.board.apply(done)
            if self.resets and isinstance(self.board, Resettable):
                await self.board.reset()
            self.resets = False
            self.deaf_since_s, self.deaf_s = inf, 0.0
        except BoardError as error:
            self.refuses_until_s = now_s + REFUSES_S
            self._complain(error)
        except HardwareError as error:
            self.deaf_since_s = min(self.deaf_since_s, now_s)
            self.deaf_s = now_s - self.deaf_since_s
            self._complain(error)
        else:
            self.complaint = ""

    def _own_faults(self, now_s: float) -> frozenset[Fault]:
        """Return what is wrong with the board as seen from here."""
        lost = max(now_s - self.silent_since_s, self.deaf_s) >= LOST_AFTER_S
        found = (
            BOARD_LOST if lost else None,
            BOARD_REFUSES if now_s < self.refuses_until_s else None,
        )
        return frozenset(fault for fault in found if fault is not None)

    def _complain(self, error: HardwareError) -> None:
        """Log what is wrong, once until the board does as it is told or says something else."""
        if str(error) != self.complaint:
            log.warning("board: %s", error)
        self.complaint = str(error)


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
        self._due = asyncio.Event()
        self._waiting: list[asyncio.Future[None]] = []
        self._runs = False
        self._decide = decide
        self._now = now
        self._pet = pet

    async def control(self) -> None:
        """Tick for ever, and at once for whoever waits in looked()."""
        next_s = self._now().s
        self._runs = True
        try:
            while True:
                self._due.clear()
                waited = len(self._waiting)
                await self.tick()
                self._let_go(waited)
                self._pet()
                now_s = self._now().s
                next_s = min(max(next_s + TICK_S, now_s), now_s + TICK_S)
                alarm = asyncio.get_running_loop().call_later(next_s - now_s, self._due.set)
                await self._due.wait()
                alarm.cancel()
        finally:
            self._runs = False
            self._let_go(len(self._waiting))

    async def looked(self) -> None:
        """Return when the boards were looked at once more and what they show was acted upon,
        or when nobody looks at them any more."""
        if self._runs:
            look = asyncio.get_running_loop().create_future()
            self._waiting.append(look)
            self._due.set()
            await look

    def _let_go(self, waited: int) -> None:
        for look in self._waiting[:waited]:
            if not look.done():
                look.set_result(None)
        del self._waiting[:waited]

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
            alarm = asyncio.get_running_loop().call_later(READ_EVERY_S, nudge.set)
            await nudge.wait()
            alarm.cancel()
            nudge.clear()

    def read_now(self, role: str) -> None:
        """Read this meter now: somebody knows that it has something new."""
        self._nudges[role].set()

    def reset(self, evse_id: int) -> None:
        """Make one board safe and start it anew, where it can: in the next tick."""
        self._posts[evse_id].resets = True

    def beside(self, evse_ids: Collection[int], fault: Fault, is_there: bool) -> None:
        """Note *fault* of something beside the boards of *evse_ids* (none: of all), or that
        it is over."""
        for evse_id in evse_ids or self._posts:
            post = self._posts[evse_id]
            post.beside = post.beside | {fault} if is_there else post.beside - {fault}

    async def make_safe(self) -> None:
        """Withdraw every offer and open every contactor."""
        for post in self._posts.values():
            unknown = Sensed(self._now().s, Pilot.A)
            await post.apply(Actuation.SAFE, post.sensed or unknown, self._now().s)
