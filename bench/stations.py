"""The two that are measured, each a process of its own."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from bench.central import Central

CACHE = Path("build/bench-cache").resolve()
TICKS_PER_S = os.sysconf("SC_CLK_TCK")

PUSHED = {"hardware.meters.mains.driver": "pushed"}

Command = Callable[[str, str, int], list[str]]


def minimal(url: str, folder: str, port: int) -> list[str]:
    """Return how the baseline is started."""
    return [sys.executable, "-m", "bench.minimal", url]


def agent(url: str, folder: str, port: int) -> list[str]:
    """Return how the agent is started, as an installer does it."""
    keys = {
        "agent.data_dir": folder,
        "agent.log_level": "error",
        "api.bind": f"127.0.0.1:{port}",
        "csms.url": url,
        "csms.ocpp_versions": '["1.6"]',
    }
    return [str(Path(sys.executable).parent / "chargepoint"), "run", *_sets(keys)]


def watched(
    url: str, folder: str, port: int, mains: Mapping[str, str] = MappingProxyType(PUSHED)
) -> list[str]:
    """Return how the agent is started inside a process that times its ticks; *mains* are the
    settings of its mains meter.
    """
    keys = {**mains, "limits.mains_a": "25", "simulator.current_ramp_a_per_s": "100"}
    return [sys.executable, "-m", "bench.ticking", *agent(url, folder, port)[2:], *_sets(keys)]


def _sets(keys: dict[str, str]) -> list[str]:
    return [word for key, value in keys.items() for word in ("--set", f"{key}={value}")]


@dataclass(frozen=True, slots=True)
class Running:
    """One station that runs; *spawned_s* is on the clock of ``time.monotonic``."""

    central: Central
    spawned_s: float
    port: int
    folder: Path
    process: asyncio.subprocess.Process

    @property
    def cpu_s(self) -> float:
        """Return the seconds of processor time used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS_PER_S

    @property
    def rss_mib(self) -> float:
        """Return the resident memory."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        kib = next(line.split()[1] for line in lines if line.startswith("VmRSS"))
        return int(kib) / 1024

    async def end(self) -> None:
        """Ask it to stop, and wait for that."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
        await self.process.wait()

    async def post(self, path: str, body: dict[str, Any] | None = None) -> None:
        """Ask something of the local API."""
        await asyncio.to_thread(_post, f"http://127.0.0.1:{self.port}/api/v1/{path}", body or {})

    async def available_s(self) -> float:
        """Return the seconds from the start to the first Available of connector 1."""
        heard = await self.central.wait_for(
            "StatusNotification",
            lambda payload: payload["connectorId"] == 1 and payload["status"] == "Available",
        )
        return heard.at_s - self.spawned_s

    async def registered_s(self) -> float:
        """Return the seconds from the start to the BootNotification."""
        return (await self.central.wait_for("BootNotification")).at_s - self.spawned_s


@asynccontextmanager
async def running(command: Command) -> AsyncIterator[Running]:
    """Start a station with a central system for itself, and end both."""
    with TemporaryDirectory(prefix="bench-") as folder:
        async with Central() as central:
            port = _free_port()
            words = command(central.url, folder, port)
            spawned_s = time.monotonic()
            process = await asyncio.create_subprocess_exec(*words, env=_installed())
            station = Running(central, spawned_s, port, Path(folder), process)
            try:
                yield station
            finally:
                await station.end()


def _installed() -> dict[str, str]:
    """Return the environment, in which compiled modules are kept as those of an installed
    program are.
    """
    ours = {"PYTHONPYCACHEPREFIX": str(CACHE), "PYTHONDONTWRITEBYTECODE": ""}
    return {**os.environ, **ours}


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _post(url: str, body: dict[str, Any]) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=5) as answer:
        answer.read()
