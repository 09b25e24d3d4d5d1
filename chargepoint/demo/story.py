"""``chargepoint demo``: the real agent in a simulated house, with a central system beside it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from chargepoint.agent import Agent
from chargepoint.demo import house
from chargepoint.demo.central import Central
from chargepoint.demo.chapters import CHAPTERS, tell
from chargepoint.demo.day import live
from chargepoint.demo.stage import Missed, Stage
from chargepoint.demo.summary import summary
from chargepoint.demo.teller import Teller
from chargepoint.logs import configure

EXIT_OK, EXIT_MISSED = 0, 1

TOLD_ANYWAY = ("chargepoint.turns", "chargepoint.protocol.link")
"""What they warn of is part of the story."""


def run(ocpp: str, once: bool, port: int | None) -> int:
    """Tell the story; then leave (*once*), or go on until somebody stops it.

    Return 0 when all of it happened in time and nothing was lost; 1 else. Without
    *port* the page takes a free one.
    """
    configure("warning", "text")
    for name in TOLD_ANYWAY:
        logging.getLogger(name).setLevel(logging.ERROR)
    teller = Teller(Console(highlight=False))
    with TemporaryDirectory(prefix="chargepoint-demo-") as folder:
        return asyncio.run(_perform(Path(folder), teller, ocpp, once, port or 0))


async def _perform(folder: Path, teller: Teller, ocpp: str, once: bool, port: int) -> int:
    """Open the house, play in it, close it; return the exit code."""
    async with Central(versions=(ocpp,)) as central:
        agent = Agent(house.settings(folder, central.url, ocpp, port))
        running = asyncio.create_task(agent.run())
        try:
            await _first(running, agent.started.wait())
            if not agent.started.is_set():
                return running.result()
            told = await _play(agent, central, teller, once, running)
            metered_wh = agent.snapshot().evses[0].energy_wh
        finally:
            agent.stop()
            await running
    result = summary(central.peer(house.STATION_ID), metered_wh)
    for line in result.lines():
        teller.line(line)
    return EXIT_OK if told and result.flawless else EXIT_MISSED


async def _play(
    agent: Agent, central: Central, teller: Teller, once: bool, running: asyncio.Task[int]
) -> bool:
    """Tell the story and what comes after it; return whether all of it was told that was
    asked for.
    """
    door, front = agent.door, agent.front
    assert door is not None
    assert door.sim is not None
    assert front is not None
    teller.line(f"the page is at {front.url}{'' if once else '  (Ctrl-C ends it)'}")
    peer = central.peer(house.STATION_ID)
    stage = Stage(door, door.sim, central, peer, teller)
    telling = asyncio.create_task(_tell(stage, once))
    following = [
        asyncio.create_task(each)
        for each in (teller.follow_station(door), teller.follow_central(peer))
    ]
    try:
        await _first(running, telling, *following)
        for task in following:
            if task.done():
                task.result()
        return telling.result() if telling.done() else not once
    finally:
        await _cancel(telling, *following)


async def _tell(stage: Stage, once: bool) -> bool:
    """Play chapter after chapter; return whether all of them happened."""
    try:
        for chapter in CHAPTERS:
            await tell(chapter, stage)
    except Missed as missed:
        stage.teller.say("trouble", str(missed))
        return False
    if not once:
        stage.teller.say("story", "told; from here on by chance, until Ctrl-C")
        await live(stage, Random())
    return True


async def _first(*waiting: asyncio.Task[Any] | Coroutine[Any, Any, Any]) -> None:
    """Return when one of them is done; coroutines are given up then."""
    tasks = {each for each in waiting if isinstance(each, asyncio.Task)}
    ours = {asyncio.create_task(each) for each in waiting if not isinstance(each, asyncio.Task)}
    await asyncio.wait(tasks | ours, return_when=asyncio.FIRST_COMPLETED)
    await _cancel(*ours)


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
