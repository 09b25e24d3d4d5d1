"""The agent as a process of its own, against the small central system on a real socket.

Whatever a test does to it, its log must stay fit to be read: no traceback, no secret, no
line twice in a row.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from chargepoint.demo.central import Central

Payload = dict[str, Any]
REPEATS = {"chargepoint.hookup:", "chargepoint.protocol.session:"}  # a line for each bad frame
SECRET = "correct horse battery"

QUICK = (
    "reconnect.wait_min_s=0.5",
    "reconnect.random_range_s=0",
    "reconnect.repeat_times=0",
    'ocpp201.variables=[{"component": "OCPPCommCtrlr", "variable": "RetryBackOffWaitMinimum",'
    ' "value": "1"}, {"component": "OCPPCommCtrlr", "variable": "RetryBackOffRandomRange",'
    ' "value": "0"}, {"component": "OCPPCommCtrlr", "variable": "RetryBackOffRepeatTimes",'
    ' "value": "0"}]',
    "simulator.current_ramp_a_per_s=100",
    "simulator.ev_draw_delay_s=0.1",
)


def command(*args: str) -> list[str]:
    """Return the command line of the installed program."""
    return [str(Path(sys.executable).with_name("chargepoint")), *args]


def environment() -> dict[str, str]:
    """Return ours without anything that would configure the agent."""
    return {name: value for name, value in os.environ.items() if "CHARGEPOINT" not in name}


@dataclass(slots=True)
class Agent:
    """One process, its log as it comes, and its local API."""

    process: asyncio.subprocess.Process
    http: aiohttp.ClientSession
    log: list[str] = field(default_factory=list)
    _reading: asyncio.Task[None] | None = None

    def listen(self) -> None:
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stderr is not None
        async for line in self.process.stderr:
            self.log.append(line.decode().rstrip())

    @property
    def text(self) -> str:
        return "\n".join(self.log)

    async def status(self) -> Payload:
        async with self.http.get("/api/v1/status") as response:
            assert response.status == 200
            status: Payload = await response.json()
            return status

    async def evse(self) -> Payload:
        evse: Payload = (await self.status())["evses"][0]
        return evse

    async def post(self, path: str, body: Payload | None = None, status: int = 202) -> Payload:
        async with self.http.post(f"/api/v1/{path}", json=body or {}) as response:
            assert response.status == status, await response.text()
            answer: Payload = await response.json()
            return answer

    async def until(self, true: Callable[[Payload], bool], timeout_s: float = 10.0) -> Payload:
        """Return the first snapshot for which *true* holds."""
        status: Payload = {}
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    status = await self.status()
                    if true(status):
                        return status
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"not in {timeout_s} s: {status}\n{self.text}") from None

    async def says(self, what: str, timeout_s: float = 10.0) -> str:
        """Return the first line of the log that matches *what*."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for line in self.log:
                        if re.search(what, line):
                            return line
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"no {what!r} in:\n{self.text}") from None

    async def charging(self) -> None:
        """A car comes, somebody holds a card, energy flows."""
        await self.post("sim/evse/1/plug-in")
        await self.until(lambda now: now["evses"][0]["plugged_in"])
        await self.post("authorize", {"id_token": "CARD-1"})
        await self.until(lambda now: now["evses"][0]["charging"])

    def processor_s(self) -> float:
        """Return the processor time that the process has used so far."""
        text = Path(f"/proc/{self.process.pid}/stat").read_text()
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    async def kill(self) -> None:
        self.process.kill()
        await self.left()

    async def stop(self) -> int:
        """Ask it to leave; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return await self.left()

    async def left(self, timeout_s: float = 10.0) -> int:
        """Return the exit code when it has left by itself."""
        async with asyncio.timeout(timeout_s):
            code = await self.process.wait()
            if self._reading is not None:
                await self._reading
        return code


Start = Callable[..., Awaitable[Agent]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    """Return a way to start an agent; with ``wait=False`` it need not come up."""
    agents: list[Agent] = []

    async def start(*settings: str, wait: bool = True) -> Agent:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        given = (f"agent.data_dir={tmp_path / 'data'}", f"api.bind=127.0.0.1:{port}", *QUICK)
        sets = [word for each in (*given, *settings) for word in ("--set", each)]
        process = await asyncio.create_subprocess_exec(
            *command("run", *sets), stderr=asyncio.subprocess.PIPE, env=environment()
        )
        agents.append(Agent(process, aiohttp.ClientSession(f"http://127.0.0.1:{port}")))
        agents[-1].listen()
        if wait:
            await agents[-1].says("the page is at", timeout_s=30)  # beside many neighbours
        return agents[-1]

    yield start
    for agent in agents:
        if agent.process.returncode is None:
            await agent.kill()
        await agent.http.close()
    for agent in agents:
        assert "Traceback" not in agent.text, agent.text
        assert SECRET not in agent.text
        assert "CARD-1" not in agent.text
        said = [line.partition(" ")[2] for line in agent.log]
        twice = [one for one, two in pairwise(said) if one == two and not REPEATS & {*one.split()}]
        assert twice == [], agent.text


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    async with Central() as central:
        yield central
