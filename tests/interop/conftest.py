"""The agent and an independent central system, each a process of its own."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

HERE = Path(__file__).parent
Payload = dict[str, Any]


@dataclass(slots=True)
class Central:
    """The Node process: *news* is all it told, oldest first."""

    process: asyncio.subprocess.Process
    news: list[Payload] = field(default_factory=list)
    _heard: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Take in news until the process ends."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.news.append(json.loads(line))
            self._heard.set()

    async def news_of(
        self,
        kind: str,
        where: Callable[[Payload], bool] = lambda _: True,
        *,
        since: int = 0,
        timeout_s: float = 20.0,
    ) -> Payload:
        """Return the first news of *kind* from position *since* that fits."""
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    for news in self.news[since:]:
                        if news["news"] == kind and where(news):
                            return news
                    self._heard.clear()
                    await self._heard.wait()
        except TimeoutError:
            last = "\n".join(json.dumps(news) for news in self.news[-10:])
            raise AssertionError(f"no {kind} in {timeout_s} s; last news:\n{last}") from None

    async def told(
        self, action: str, where: Callable[[Payload], bool] = lambda _: True, since: int = 0
    ) -> Payload:
        """Return the payload of the first CALL of *action* that fits."""
        news = await self.news_of(
            "call", lambda news: news["action"] == action and where(news["payload"]), since=since
        )
        payload: Payload = news["payload"]
        return payload

    def all_told(self, action: str, since: int = 0) -> list[Payload]:
        """Return the payloads of every CALL of *action*."""
        return [news["payload"] for news in self.news[since:] if news.get("action") == action]

    async def call(self, action: str, payload: Payload) -> Payload:
        """Let the central system make a CALL; return the result."""
        number = len(self.news)
        await self.order("call", number=number, action=action, payload=payload)
        answer = await self.news_of("answer", lambda news: news["number"] == number)
        assert "error" not in answer, f"{action} was answered with {answer['error']}"
        result: Payload = answer["result"]
        return result

    async def order(self, order: str, **details: Any) -> None:
        """Give one order; central.mjs lists them."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"order": order, **details}).encode() + b"\n")
        await self.process.stdin.drain()


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        "node", "central.mjs", stdin=pipe, stdout=pipe, cwd=HERE
    )
    central = Central(process)
    listening = asyncio.create_task(central.listen())
    yield central
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()
    await listening


@dataclass(slots=True)
class Agent:
    """The agent's process and its local HTTP API."""

    process: asyncio.subprocess.Process
    http: aiohttp.ClientSession

    async def status(self) -> Payload:
        """Return the snapshot."""
        async with self.http.get("/api/v1/status") as response:
            assert response.status == 200
            status: Payload = await response.json()
            return status

    async def post(self, path: str, body: Payload) -> None:
        """Do one thing at the station itself."""
        async with self.http.post(f"/api/v1/{path}", json=body) as response:
            assert response.status == 202, await response.text()

    async def until(self, true: Callable[[Payload], bool], timeout_s: float = 20.0) -> Payload:
        """Return the first snapshot for which *true* holds."""
        status: Payload = {}
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    status = await self.status()
                    if true(status):
                        return status
                    await asyncio.sleep(0.1)
        except TimeoutError:
            raise AssertionError(f"not in {timeout_s} s; last snapshot: {status}") from None

    async def stop(self) -> int:
        """Ask it to stop with SIGTERM; return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            return await self.process.wait()


Start = Callable[[str, int, Path], Awaitable[Agent]]


@pytest.fixture
async def start_agent() -> AsyncIterator[Start]:
    """Return a way to start an agent from a configuration file and its API's port."""
    async with _agents() as start:
        yield start


@asynccontextmanager
async def _agents() -> AsyncIterator[Start]:
    agents: list[Agent] = []

    async def start(config: str, port: int, folder: Path) -> Agent:
        file = folder / "chargepoint.toml"
        file.write_text(config)
        command = Path(sys.executable).with_name("chargepoint")
        process = await asyncio.create_subprocess_exec(command, "run", "--config", str(file))
        agents.append(Agent(process, aiohttp.ClientSession(f"http://127.0.0.1:{port}")))
        await _answering(agents[-1])
        return agents[-1]

    yield start
    for agent in agents:
        await agent.http.close()
        if agent.process.returncode is None:
            agent.process.kill()
            await agent.process.wait()


async def _answering(agent: Agent) -> None:
    async with asyncio.timeout(20):
        while True:
            assert agent.process.returncode is None, "the agent ended at once"
            try:
                await agent.status()
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.1)
            else:
                return


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
