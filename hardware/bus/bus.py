"""One Modbus line shared by many devices: whose turn it is, and how long anybody waits.

A single task owns the line. Devices ask in their own rhythm; of those that wait the most
important goes first, among equals the one that waited longest. Everybody gets his answer
before his deadline or an error then; what was not asked by then is never asked.

A device that stays silent is left alone for a while, twice as long each time, so a dead
one costs the others one time-out per such pause, and its late answer finds nobody waiting
for it. A line that is lost, or on which nothing answers any more, is opened again.

pymodbus's own client would hold the line over all its retries, knows no priorities and
opens ports in its own way; of pymodbus we use the messages (``frames``).
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from pymodbus.pdu import ModbusPDU

from hardware.api import BusError
from hardware.bus.answers import UNHEARD, NoAnswer, Paused, Refused, no_answer
from hardware.bus.counts import BusState, Counts, Trouble
from hardware.bus.frames import Ask, Framing, Function, Mbap, Rtu
from hardware.bus.line import Line, LineSettings, open_line
from hardware.bus.timing import Pause, Timing

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 16.0  # for a silent device
FIRST_REOPEN_S, LONGEST_REOPEN_S = 0.5, 4.0
STUCK_AFTER = 8  # silences in a row, whoever was asked


class Priority(IntEnum):
    """Who goes first: a car is waiting behind a board."""

    BOARD = 0
    METER = 1
    PROBE = 2


@dataclass(order=True, slots=True)
class _Waiting:
    """A question in the queue, sorted by importance and then by age."""

    priority: Priority
    number: int
    ask: Ask = field(compare=False)
    answer: asyncio.Future[ModbusPDU] = field(compare=False)


class Device:
    """One device of a line. Made by ``Bus.device``."""

    def __init__(self, bus: Bus, device_id: int, priority: Priority, patience_s: float) -> None:
        self._bus = bus
        self._id = device_id
        self._priority = priority
        self._patience_s = patience_s

    async def read(self, function: Function, address: int, count: int) -> tuple[int, ...]:
        """Return *count* registers from *address*; raise BusError, Refused in particular."""
        ask = Ask(self._id, function, address, count)
        answer = await self._bus.asked(ask, self._priority, self._patience_s)
        return tuple(answer.registers)

    async def write(self, address: int, values: Sequence[int]) -> int:
        """Write *values* from *address*; return how many were taken; raise BusError."""
        function = Function.WRITE_ONE if len(values) == 1 else Function.WRITE_MANY
        ask = Ask(self._id, function, address, len(values), tuple(values))
        answer = await self._bus.asked(ask, self._priority, self._patience_s)
        return 1 if function is Function.WRITE_ONE else answer.count


class Bus:
    """A line and its owner. It opens when somebody asks, and again after it was lost.

    *scans*: most of those who are asked are not there, which is no reason for anything.
    """

    def __init__(self, settings: LineSettings, *, scans: bool = False) -> None:
        over_tcp = settings.port.startswith("tcp:")
        self._settings = settings
        self._scans = scans
        self._framing: Framing = Mbap() if over_tcp else Rtu()
        self._timing = Timing.of(settings)
        self._line: Line | None = None
        self._numbers = itertools.count(1)
        self._queue: list[_Waiting] = []
        self._owner: asyncio.Task[None] | None = None
        self._quiet_since_s = 0.0
        self._silences = 0
        self._reopen = Pause(FIRST_REOPEN_S, LONGEST_REOPEN_S)
        self._pauses: dict[int, Pause] = {}
        self._state = BusState(settings.port)

    def device(
        self, device_id: int, priority: Priority = Priority.METER, patience_s: float = 5.0
    ) -> Device:
        """Return the device; its questions wait for an answer at most *patience_s*."""
        return Device(self, device_id, priority, patience_s)

    @property
    def state(self) -> BusState:
        """Return what happened so far; it goes on counting."""
        self._state.open = self._line is not None and not self._line.is_lost
        return self._state

    async def asked(self, ask: Ask, priority: Priority, patience_s: float) -> ModbusPDU:
        """Return the answer; raise BusError when there is none, or not in time.

        Whoever is cancelled leaves the line as it should be: his question is not asked,
        or its answer awaited and dropped.
        """
        loop = asyncio.get_running_loop()
        self._refuse_in_pause(ask.device_id, loop.time())
        answer: asyncio.Future[ModbusPDU] = loop.create_future()
        heapq.heappush(self._queue, _Waiting(priority, next(self._numbers), ask, answer))
        if self._owner is None or self._owner.done():
            self._owner = asyncio.create_task(self._serve())
        try:
            async with asyncio.timeout(patience_s):
                return await answer
        except TimeoutError:
            late = NoAnswer(Trouble.LATE, f"no turn for device {ask.device_id} in {patience_s:g} s")
            self._counts(ask.device_id).ended(late.trouble, str(late))
            raise late from None

    async def close(self) -> None:
        """Let go of the line; whoever still waits gets a BusError."""
        owner, self._owner = self._owner, None
        if owner is not None:
            owner.cancel()
            await asyncio.gather(owner, return_exceptions=True)
        self._hang_up("the line is closed")

    # --- the owner -----------------------------------------------------------------------

    async def _serve(self) -> None:
        """Ask, one after the other, until nobody waits."""
        try:
            while self._queue:
                await self._turn(heapq.heappop(self._queue))
        finally:
            for left in self._queue:
                _settle(left, NoAnswer(Trouble.LOST, "the line is closed"))
            self._queue.clear()

    async def _turn(self, waiting: _Waiting) -> None:
        loop = asyncio.get_running_loop()
        if waiting.answer.done():
            return
        counts = self._counts(waiting.ask.device_id)
        try:
            self._refuse_in_pause(waiting.ask.device_id, loop.time())
            line = await self._opened()
            began_s = loop.time()
            answer = await self._exchange(line, waiting.ask, waiting.number & 0xFFFF)
            counts.was_answered(loop.time() - began_s)
        except Paused as pause:
            _settle(waiting, pause)
        except NoAnswer as error:
            counts.ended(error.trouble, str(error))
            _settle(waiting, error)
        except BusError as error:
            counts.ended(Trouble.LOST, str(error))
            _settle(waiting, error)
        except asyncio.CancelledError:
            _settle(waiting, NoAnswer(Trouble.LOST, "the line is closed"))
            raise
        else:
            if not waiting.answer.done():
                waiting.answer.set_result(answer)

    async def _opened(self) -> Line:
        """Return the open line; raise BusError at once while it shall not be tried again."""
        if self._line is not None and not self._line.is_lost:
            return self._line
        now_s = asyncio.get_running_loop().time()
        if now_s < self._reopen.until_s:
            raise BusError(self._state.why)
        if self._line is not None:
            self._line.close()
        try:
            self._line = await open_line(self._settings)
        except BusError as error:
            self._state.why = str(error)
            self._reopen.failed(asyncio.get_running_loop().time())
            raise
        self._silences, self._state.why = 0, ""
        self._state.opened += 1
        return self._line

    async def _exchange(self, line: Line, ask: Ask, number: int) -> ModbusPDU:
        """Ask and listen once; raise NoAnswer, or BusError when the line is lost."""
        loop = asyncio.get_running_loop()
        await asyncio.sleep(max(0.0, self._quiet_since_s + self._timing.gap_s - loop.time()))
        self._state.stray_bytes += len(line.flush())
        try:
            line.write(self._framing.pack(ask, number))
            answer = await self._answer(line, ask, number)
        except NoAnswer as error:
            if error.trouble is Trouble.SILENT:
                self._silent(ask.device_id, loop.time())
            raise
        except BusError as error:
            self._state.why = str(error)
            self._reopen.failed(loop.time())
            raise
        finally:
            self._quiet_since_s = loop.time()
        self._silences = 0
        self._reopen.worked()
        if answer.isError():
            raise self._refused(ask, answer.exception_code, loop.time())
        self._pause(ask.device_id).worked()
        return answer

    async def _answer(self, line: Line, ask: Ask, number: int) -> ModbusPDU:
        """Return what answers *ask*, whatever else is heard before it."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + self._timing.within_s(ask)
        heard, strange = b"", 0
        while True:
            split_s = loop.time() + self._timing.split_s
            try:
                async with asyncio.timeout_at(min(until_s, split_s) if heard else until_s):
                    heard += await line.heard()
            except TimeoutError:
                raise no_answer(heard, strange, ask) from None
            found = self._framing.take(heard, ask, number)
            self._counts(ask.device_id).strange += found.strange
            heard, strange = found.rest, strange + found.strange
            if found.answer is not None:
                return found.answer

    # --- who is left alone -----------------------------------------------------------------

    def _silent(self, device_id: int, now_s: float) -> None:
        if self._scans:
            return
        self._pause(device_id).failed(now_s)
        self._silences += 1
        if self._silences >= STUCK_AFTER:
            self._hang_up("nothing on it answers")

    def _refused(self, ask: Ask, code: int, now_s: float) -> NoAnswer:
        if code == UNHEARD:
            self._pause(ask.device_id).failed(now_s)
        else:
            self._pause(ask.device_id).worked()
        return Refused(ask, code)

    def _refuse_in_pause(self, device_id: int, now_s: float) -> None:
        """Raise BusError while a silent device is left alone: nothing is asked or counted."""
        left_s = self._pause(device_id).until_s - now_s
        if left_s > 0.0:
            raise Paused(f"device {device_id} is silent; asked again in {left_s:.1f} s")

    def _hang_up(self, why: str) -> None:
        if self._line is not None:
            self._line.close()
            self._line, self._state.why = None, why

    def _pause(self, device_id: int) -> Pause:
        return self._pauses.setdefault(device_id, Pause(FIRST_PAUSE_S, LONGEST_PAUSE_S))

    def _counts(self, device_id: int) -> Counts:
        return self._state.devices.setdefault(str(device_id), Counts())


def _settle(waiting: _Waiting, error: BusError) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(error)
