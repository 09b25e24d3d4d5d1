"""How new firmware gets into place: by a command of the installer's, or in the simulator."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from asyncio.subprocess import DEVNULL, STDOUT, Process
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from chargepoint.core.values import dataclass
from chargepoint.errors import ChargePointError

FILE = "{file}"  # in the command: where the new firmware is
SAID = "command.log"
MOST_SAID = 10_000  # bytes of it that are logged
LONGEST_VERSION = 50  # characters of firmwareVersion in both versions
END_S = 10.0  # a command that is stopped has so long to leave things in order

log = logging.getLogger(__name__)


class InstallError(ChargePointError):
    """The firmware is not in place; the message says why."""


class Installer(Protocol):
    """Puts new firmware in place; the restart that follows is not its business."""

    async def install(self, file: Path) -> None:
        """Return when *file* is installed; raise InstallError or OSError when it is not.

        Cancelled, it stops what it has begun.
        """
        ...


@dataclass(frozen=True, slots=True)
class CommandInstaller:
    """Runs a program of the installer's, without a shell and without our environment.

    ``{file}`` in its arguments is the file; without one it is the last argument. It works in
    the file's folder. Exit code 0 says that it is installed.
    """

    command: tuple[str, ...]
    timeout_s: float

    async def install(self, file: Path) -> None:
        """Run it, and log what it has said. That is in a file beside, so that nothing it
        leaves running can hold us up."""
        words = [word.replace(FILE, str(file)) for word in self.command]
        words += [] if words != list(self.command) else [str(file)]
        log.info("installing: %s", " ".join(words))
        said = file.parent / SAID
        try:
            code = await self._run(words, said)
        except TimeoutError as error:
            raise InstallError(f"the command has not ended within {self.timeout_s:g} s") from error
        finally:
            last = _last_words(said)
        log.info("the command has ended with %d", code)
        if code != 0:
            raise InstallError(f"the command has ended with {code}: {last}".rstrip(": "))

    async def _run(self, words: list[str], said: Path) -> int:
        """Return the exit code; TimeoutError when it takes too long."""
        with said.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                *words,
                stdin=DEVNULL,
                stdout=output,
                stderr=STDOUT,
                cwd=said.parent,
                env={"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"},
                start_new_session=True,
            )
        try:
            async with asyncio.timeout(self.timeout_s):
                return await process.wait()
        finally:
            await _stopped(process)


def _last_words(said: Path) -> str:
    """Log the last of what a command has said; return its last line."""
    if not said.exists():
        return ""
    with said.open("rb") as output:
        output.seek(max(0, said.stat().st_size - MOST_SAID))
        lines = output.read().decode(errors="replace").splitlines()
    for line in lines:
        log.info("  %s", line)
    return next((line.strip() for line in reversed(lines) if line.strip()), "")


async def _stopped(process: Process) -> None:
    """End the process with all that it has started, first politely."""
    for how in (signal.SIGTERM, signal.SIGKILL):
        if process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        with suppress(TimeoutError):
            async with asyncio.timeout(END_S):
                await process.wait()


@dataclass(frozen=True, slots=True)
class SimulatedInstaller:
    """Takes its time, and leaves the new version where the next start finds it.

    The version is the file's first line where that can be one, else made of its SHA-256.
    An empty file is no firmware.
    """

    takes_s: float
    version_file: Path

    async def install(self, file: Path) -> None:
        """Pretend to."""
        await asyncio.sleep(self.takes_s)
        self._leave(_simulated_version(file))

    def _leave(self, version: str) -> None:
        beside = self.version_file.with_suffix(".new")
        with beside.open("w") as written:
            written.write(f"{version}\n")
            written.flush()
            os.fsync(written.fileno())
        beside.replace(self.version_file)


def _simulated_version(file: Path) -> str:
    content = file.read_bytes()
    if not content:
        raise InstallError("an empty file is no firmware")
    return _as_version(content) or f"sim-{sha256(content).hexdigest()[:8]}"


def version_in(file: Path) -> str:
    """Return the version that *file* tells in its first line, "" when it tells none."""
    try:
        with file.open("rb") as opened:
            return _as_version(opened.read(LONGEST_VERSION * 4))
    except OSError:
        return ""


def _as_version(content: bytes) -> str:
    first = content.partition(b"\n")[0].decode(errors="replace").strip()
    fits = len(first) <= LONGEST_VERSION and first.isascii() and first.isprintable()
    return first if fits else ""
