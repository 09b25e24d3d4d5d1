"""A serial line to one OpenEVSE controller: one question at a time, answers by their number."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from weakref import WeakValueDictionary

from hardware.api import BusError
from hardware.bus.line import Line, LineSettings, open_line
from hardware.bus.timing import Pause
from hardware.drivers.rapi import Heard, Said, pack, take

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.25, 4.0
BOOTED = "AB"

log = logging.getLogger(__name__)
_lines: WeakValueDictionary[str, RapiLine] = WeakValueDictionary()


def line_at(port: str) -> RapiLine | None:
    """Return the line that a board has at *port*: what else is in it is asked over that."""
    return _lines.get(port)


class RapiLine:
    """The line opens with the first question, and again when it was lost.

    *births* counts how often it opened and how often the controller has told that it
    started: whoever sees another number than the last time knows that nothing he has told
    the controller holds any more. A controller that is silent is left alone for a while, so
    that its silence does not hold up others.
    """

    def __init__(self, settings: LineSettings, monotonic: Callable[[], float]) -> None:
        _lines[settings.port] = self
        self.births = 0
        self._settings = settings
        self._monotonic = monotonic
        self._line: Line | None = None
        self._opening: asyncio.Task[Line] | None = None
        self._turn = asyncio.Lock()
        self._pause = Pause(FIRST_PAUSE_S, LONGEST_PAUSE_S)
        self._why = ""
        self._number = 0
        self._rest = b""

    async def ask(self, command: str) -> Said:
        """Return what the controller answers, a refusal too; raise BusError for no answer, a
        broken one, and a line that is not there."""
        async with self._turn:
            return await self._ask(await self._opened(), command)

    async def _ask(self, line: Line, command: str) -> Said:
        self._hear(line.flush())
        self._number = self._number % 255 + 1
        try:
            line.write(pack(command, self._number))
            async with asyncio.timeout(self._settings.timeout_s):
                return await self._answer(line)
        except TimeoutError:
            raise self._left_alone(f"no answer to ${command}") from None
        except BusError as error:
            if line.is_lost:
                raise self._left_alone(str(error)) from None
            raise

    def tell(self, *commands: str) -> None:
        """Send *commands* and wait for nothing; from whatever thread, also while an answer is
        waited for. A line that is not there is no mistake."""
        line = self._line
        with suppress(BusError):
            if line is not None:
                line.write(b"".join(map(pack, commands)))

    async def close(self) -> None:
        """Let go of the line."""
        with suppress(BusError):
            if self._opening is not None:
                self._line = await self._opening
        if self._line is not None:
            self._line.close()
        self._line, self._opening = None, None

    async def _opened(self) -> Line:
        """Return the line. Opening can take longer than anybody may wait here: it goes on
        meanwhile, and who asks the next time finds it done."""
        if self._monotonic() < self._pause.until_s:
            raise BusError(self._why)
        if self._line is not None and not self._line.is_lost:
            return self._line
        if self._opening is None:
            self._opening = asyncio.create_task(open_line(self._settings))
        opened, _ = await asyncio.wait({self._opening}, timeout=self._settings.timeout_s)
        if not opened:
            raise BusError(f"{self._settings.port}: it takes long to open")
        opening, self._opening = self._opening, None
        try:
            self._line, self._rest = opening.result(), b""
        except BusError as error:
            raise self._left_alone(str(error)) from None
        self.births += 1
        return self._line

    async def _answer(self, line: Line) -> Said:
        """Return the answer to the last question; raise BusError for a line that may have been
        it and is broken."""
        while True:
            heard = self._hear(await line.heard())
            for said in heard.lines:
                if said.is_answer and said.number == self._number:
                    self._pause.worked()
                    return said
            if heard.broken:
                raise BusError(f"{self._settings.port}: a broken answer")

    def _hear(self, data: bytes) -> Heard:
        """Return the lines that end in *data*, and take note of what was not asked for."""
        heard = take(self._rest + data)
        self._rest = heard.rest
        for said in heard.lines:
            if said.kind == BOOTED:
                self.births += 1
                log.info("%s: the board has started: %s", self._settings.port, " ".join(said.words))
        return heard

    def _left_alone(self, why: str) -> BusError:
        self._why = why if why.startswith(self._settings.port) else f"{self._settings.port}: {why}"
        self._pause.failed(self._monotonic())
        return BusError(self._why)
