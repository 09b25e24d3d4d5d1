"""What the core asks for new firmware, done: fetching, judging, installing. One thing at a time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from chargepoint.core.messages import (
    CheckFirmware,
    DropFirmware,
    FetchFirmware,
    FirmwareChecked,
    FirmwareEffect,
    FirmwareFetched,
    FirmwareInstalled,
    FirmwareNews,
    FirmwareNotFetched,
    FirmwareNotInstalled,
    InstallFirmware,
)
from chargepoint.transfer.failures import TransferError
from chargepoint.transfer.installer import Installer, InstallError

Fetch = Callable[[str, Path], Awaitable[None]]
"""Downloads a location into a file, going on where it ended; raises TransferError."""

CHUNK = 256 * 1024  # bytes read at once: a few milliseconds on a slow card
NAME = "update-"


class Updating:
    """Works in *folder*. The last thing that was asked for counts, what was begun before it
    is left; the core knows by numbers what its news are of."""

    def __init__(self, fetch: Fetch, installer: Installer | None, folder: Path) -> None:
        self._fetch = fetch
        self._installer = installer
        self._folder = folder
        self._asked: asyncio.Queue[FirmwareEffect] = asyncio.Queue()

    def do(self, effect: FirmwareEffect) -> None:
        """Do *effect* instead of anything before it."""
        self._asked.put_nowait(effect)

    async def run(self, report: Callable[[FirmwareNews], Any]) -> None:
        """Work until cancelled, and *report* how things went."""
        asked: FirmwareEffect | None = None
        while True:
            asked = await self._until_asked(asked or await self._asked.get(), report)

    async def _until_asked(
        self, effect: FirmwareEffect, report: Callable[[FirmwareNews], Any]
    ) -> FirmwareEffect | None:
        """Do *effect*; return what was asked for meanwhile, if that came first."""
        if isinstance(effect, DropFirmware):
            self._drop()
            return None
        work = asyncio.create_task(self._done(effect))
        asked = asyncio.create_task(self._asked.get())
        try:
            await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            report(work.result())
            return None
        finally:
            for task in (work, asked):
                task.cancel()
            await asyncio.gather(work, asked, return_exceptions=True)

    async def _done(self, effect: FetchFirmware | CheckFirmware | InstallFirmware) -> FirmwareNews:
        file = self._folder / f"{NAME}{effect.number}"
        match effect:
            case FetchFirmware():
                return await self._fetched(effect, file)
            case CheckFirmware():
                return await _checked(effect, file)
            case InstallFirmware():
                return await self._installed(effect, file)

    async def _fetched(self, asked: FetchFirmware, file: Path) -> FirmwareNews:
        try:
            if not self._is_here(file):
                await self._fetch(asked.location, file)
        except TransferError as error:
            return FirmwareNotFetched(asked.number, str(error), not error.fault.hopeless)
        except OSError as error:
            return FirmwareNotFetched(asked.number, _in_words(error), again=True)
        return FirmwareFetched(asked.number)

    async def _installed(self, asked: InstallFirmware, file: Path) -> FirmwareNews:
        if self._installer is None:
            return FirmwareNotInstalled(asked.number, "no installer is configured any more")
        try:
            if (await _sha256(file)).hex() != asked.sha256:
                why = "the file has changed on the disk"
                return FirmwareNotInstalled(asked.number, why, sound=False)
            await self._installer.install(file)
        except InstallError as error:
            return FirmwareNotInstalled(asked.number, str(error))
        except OSError as error:
            return FirmwareNotInstalled(asked.number, _in_words(error))
        return FirmwareInstalled(asked.number)

    def _is_here(self, file: Path) -> bool:
        """Make sure of the folder; return whether the file is in it, so the whole of it."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return file.exists()

    def _drop(self) -> None:
        for each in self._folder.glob(f"{NAME}*"):
            each.unlink(missing_ok=True)


async def _checked(asked: CheckFirmware, file: Path) -> FirmwareNews:
    try:
        found = await _sha256(file)
    except OSError as error:
        return FirmwareNotFetched(asked.number, _in_words(error), again=True)
    genuine = True
    if asked.certificate_pem is not None:
        from chargepoint.security.signatures import is_genuine  # as core.lazy

        genuine = is_genuine(found, asked.certificate_pem, asked.signature)
    return FirmwareChecked(asked.number, found.hex(), genuine)


async def _sha256(file: Path) -> bytes:
    """Return the digest of the file, without ever holding up the others for long."""
    digest = sha256()
    with file.open("rb", buffering=0) as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
            await asyncio.sleep(0)
    return digest.digest()


def _in_words(error: OSError) -> str:
    name = os.path.basename(error.filename or "")
    return f"{name}: {error.strerror}" if name else str(error.strerror or error)
