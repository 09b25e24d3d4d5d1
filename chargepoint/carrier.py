"""Carries logs away: makes the file, sends it, and reports how that went. One at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from chargepoint.core.messages import LogChore, LogSent, SendLog
from chargepoint.core.words import TransferFault
from chargepoint.errors import ChargePointError
from chargepoint.transfer.failures import TransferError
from chargepoint.transfer.transfers import Transfers

Compile = Callable[[SendLog, Path], Awaitable[None]]
"""Writes the log that is asked for into the file; raises OSError, or one of our errors."""


class Carrier:
    """Does what the core leaves to do about logs. *folder* is where they wait."""

    def __init__(
        self,
        folder: Path,
        transfers: Transfers,
        compile_: Compile,
        report: Callable[[LogSent], object],
    ) -> None:
        self._folder = folder
        self._transfers = transfers
        self._compile = compile_
        self._report = report
        self._task: asyncio.Task[None] | None = None

    def do(self, chore: LogChore) -> None:
        """Begin what is asked; what was being done ends first."""
        before = self._task
        if before is not None:
            before.cancel()
        self._task = asyncio.create_task(self._carry(chore, before))
        self._task.add_done_callback(_surprise)

    async def stop(self) -> None:
        """End what is being done."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _carry(self, chore: LogChore, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.gather(before, return_exceptions=True)
        if not isinstance(chore, SendLog):
            await asyncio.to_thread(self._clear)
            return
        file = self._folder / chore.filename
        again = chore.again and await asyncio.to_thread(file.exists)
        try:
            if not again:
                await asyncio.to_thread(self._clear)
                half = file.with_name(f"{file.name}.half")  # of a power cut, not to be sent
                await self._compile(chore, half)
                await asyncio.to_thread(half.replace, file)
            await self._transfers.upload(file, chore.location, chore.filename, again=again)
        except TransferError as error:
            self._report(LogSent(chore.number, error.fault, str(error)))
        except (ChargePointError, OSError) as error:
            self._report(LogSent(chore.number, TransferFault.FAILED, str(error)))
        else:
            self._report(LogSent(chore.number))

    def _clear(self) -> None:
        """Remove logs that nobody waits for."""
        if self._folder.exists():
            for each in self._folder.iterdir():
                each.unlink()


def _surprise(task: asyncio.Task[None]) -> None:
    """Let the loop say what nobody expected."""
    if not task.cancelled():
        task.result()
