"""Fetch a file, send a file. One attempt each: who asks decides whether to try again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

from chargepoint.core.words import TransferFault
from chargepoint.transfer.arriving import Arriving
from chargepoint.transfer.failures import Stale, TransferError, failed
from chargepoint.transfer.location import Location, parse
from chargepoint.transfer.rules import Progress, Rules
from chargepoint.transfer.stream import Incoming

MODULES = {"HTTP": "http", "HTTPS": "http", "FTP": "ftp", "FTPS": "ftp", "SFTP": "sftp"}

log = logging.getLogger(__name__)


def _unwatched(done: int, total: int | None) -> None:
    """Nobody wants to know how far it is."""


class Transfers:
    """Up- and downloads under the installer's rules, asked for anew each time.

    Cancel the task to stop one; it leaves no connection, and of a download what has come.
    """

    def __init__(self, rules: Callable[[], Rules]) -> None:
        self._rules = rules

    async def download(self, location: str, to: Path, progress: Progress = _unwatched) -> None:
        """Fetch *location* into the file *to*, which is there only when it is whole.

        What an earlier attempt has fetched of the same location is continued where the server
        can. *progress* hears how many bytes there are, and of how many if that is known.
        Raises TransferError; what has come stays for the next attempt until ``discard``.
        """
        rules = self._rules()
        where = _allowed(location, rules)
        log.info("downloading %s", where)
        async with _in_time(rules, progress) as moved:
            try:
                await _fetch(where, to, rules, moved)
            except Stale:
                await _fetch(where, to, rules, moved)

    async def upload(
        self,
        source: Path,
        location: str,
        name: str,
        *,
        again: bool = False,
        progress: Progress = _unwatched,
    ) -> None:
        """Send the file *source* to *location*, under *name* where that is a folder.

        *again*: a former attempt of the same file broke off; it is continued where the
        server can. *progress* as for a download. Raises TransferError.
        """
        rules = self._rules()
        where = _allowed(location, rules)
        log.info("uploading %s to %s", name, where)
        async with _in_time(rules, progress) as moved:
            await _speaker(where).send(source, where, name, again, rules, moved)


def _allowed(location: str, rules: Rules) -> Location:
    where = parse(location)
    if where.protocol not in rules.protocols:
        raise TransferError(TransferFault.UNSUPPORTED, f"{where.protocol} is switched off here")
    return where


def _speaker(location: Location) -> ModuleType:
    """Return the module for the protocol, loaded when it is first needed."""
    return import_module(f"chargepoint.transfer.{MODULES[location.protocol]}")


@asynccontextmanager
async def _in_time(rules: Rules, progress: Progress) -> AsyncIterator[Progress]:
    """Stop what is silent for too long, or takes too long; lend a Progress that sees it move."""
    loop = asyncio.get_running_loop()
    ends_s = loop.time() + rules.longest_s

    def moved(done: int, total: int | None) -> None:
        quiet.reschedule(min(ends_s, loop.time() + rules.silence_s))
        progress(done, total)

    try:
        async with asyncio.timeout(min(rules.silence_s, rules.longest_s)) as quiet:
            yield moved
    except TimeoutError as error:
        if loop.time() >= ends_s:
            raise failed(f"not done after {rules.longest_s:g} s") from error
        raise failed(f"nothing has moved for {rules.silence_s:g} s") from error


async def _fetch(location: Location, to: Path, rules: Rules, moved: Progress) -> None:
    arriving = Arriving(to, location, rules)
    opening: Callable[..., AbstractAsyncContextManager[Incoming]] = _speaker(location).incoming
    try:
        async with opening(location, await asyncio.to_thread(arriving.begun), rules) as coming:
            await asyncio.to_thread(arriving.open, coming.offset, coming.mark, coming.total)
            moved(arriving.size, coming.total)
            async for chunk in coming.chunks:
                await asyncio.to_thread(arriving.write, chunk)
                moved(arriving.size, coming.total)
            if coming.total is not None and arriving.size != coming.total:
                raise failed(f"only {arriving.size} of {coming.total} bytes have come")
            await asyncio.to_thread(arriving.finish)
    except TransferError as error:
        if isinstance(error, Stale) or error.fault is TransferFault.NO_ROOM:
            arriving.discard()
        raise
    finally:
        arriving.close()
