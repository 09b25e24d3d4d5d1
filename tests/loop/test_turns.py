from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from core.blocks.bench import NOON

from chargepoint.core import messages as m
from chargepoint.core.config import EvseConfig, StationConfig
from chargepoint.core.inputs import Inputs
from chargepoint.core.messages import Batch, Later, Outcome
from chargepoint.core.station import Station
from chargepoint.core.words import Moment, Token
from chargepoint.errors import StoreError
from chargepoint.protocol.adapters import BY_VERSION
from chargepoint.turns import Turns
from hardware.api import Pilot, Sensed

pytestmark = pytest.mark.sim

CARD = Token("CARD0001")


class Disk:
    """Takes half a second a batch, or refuses while *broken*."""

    def __init__(self, story: list[str]) -> None:
        self.story = story
        self.batches: list[Batch] = []
        self.broken = False
        self.tries = 0

    async def commit(self, batch: Batch) -> tuple[int, ...]:
        self.tries += 1
        await asyncio.sleep(0.5)
        if self.broken:
            raise StoreError("the disk is full")
        self.batches.append(batch)
        self.story.append("on disk")
        return ()


class Rig:
    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.story: list[str] = []
        self.settled: list[Batch] = []
        self.disk = Disk(self.story)
        config = StationConfig(evses=(EvseConfig(1),), has_central=True)
        dialect = BY_VERSION["2.0.1"].dialect
        self.now = lambda: Moment(NOON, 0.0).after(loop.time())
        self.station = Station(config, {}, dialect, lambda: "tx", self.now())
        self.turns = Turns(self.station, self.disk, self.now, self._settle)
        self.task = asyncio.create_task(self.turns.run())
        self.pilot = Pilot.A

    def _settle(self, batch: Batch) -> None:
        self.settled.append(batch)
        self.story.append("told")

    def tick(self, **facts: Any) -> Any:
        sensed = Sensed(self.now().s, self.pilot, cable_a=32.0, **facts)
        return self.turns.decide(Inputs({1: sensed}))[1]

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    await rig.stop()


def availability(rig: Rig, operative: bool) -> None:
    rig.turns.handle(m.ChangeAvailability(1, None, operative))
    rig.turns.settle(lambda: rig.story.append("answered"))


async def test_the_disk_has_it_before_the_answer_and_the_answer_before_the_events(rig: Rig) -> None:
    availability(rig, operative=False)
    assert rig.story == []
    await rig.turns.drain()

    assert rig.story == ["on disk", "answered", "told"]


async def test_what_promises_nothing_does_not_wait_for_the_disk(rig: Rig) -> None:
    rig.turns.handle(m.GetKeys())
    rig.turns.settle(lambda: rig.story.append("answered"))
    await rig.turns.drain()

    assert rig.story == ["answered", "told"]
    assert asyncio.get_running_loop().time() == 0.0


async def test_a_quiet_tick_leaves_nothing_behind(rig: Rig) -> None:
    rig.tick()
    await rig.turns.drain()
    told = len(rig.settled)
    for _ in range(20):
        rig.tick()
    await rig.turns.drain()

    assert len(rig.settled) == told


async def test_a_disk_that_fails_for_a_while_loses_nothing_and_keeps_the_order(rig: Rig) -> None:
    rig.disk.broken = True
    for operative in (False, True, False):
        availability(rig, operative)
    await asyncio.sleep(30)
    assert "answered" not in rig.story
    assert rig.disk.tries > 10
    assert "disk: the disk is full" in rig.station.snapshot(0, None, None, rig.now()).warnings

    rig.disk.broken = False
    await asyncio.sleep(10)
    written = [each.changes["availability", "1/0"] for each in rig.disk.batches if each.changes]
    assert written == [False, True, False]
    assert rig.story.count("answered") == 3
    numbers = [each.number for each in rig.settled if each.touches_disk]
    assert numbers == sorted(numbers)
    warnings = rig.station.snapshot(0, None, None, rig.now()).warnings
    assert not any(each.startswith("disk") for each in warnings)


async def test_while_it_fails_what_promises_nothing_is_still_answered(rig: Rig) -> None:
    rig.disk.broken = True
    availability(rig, operative=False)
    await asyncio.sleep(5)
    rig.turns.handle(m.GetKeys())
    rig.turns.settle(lambda: rig.story.append("keys"))
    await asyncio.sleep(0)

    assert "keys" in rig.story
    assert "answered" not in rig.story


async def test_while_it_fails_nobody_starts_and_nothing_closes(rig: Rig) -> None:
    """The session that began just before is on no disk: its contactor stays open."""
    await rig.turns.submit_and_settle(m.LinkUp(BY_VERSION["2.0.1"].dialect))
    await rig.turns.submit_and_settle(m.BootAnswered(m.Registration.ACCEPTED, 60))
    rig.pilot = Pilot.B
    rig.tick()
    await rig.turns.drain()
    rig.disk.broken = True
    assert rig.turns.submit(m.RemoteStart(CARD, 1)).outcome is Outcome.ACCEPTED
    rig.pilot = Pilot.C
    for _ in range(50):
        await asyncio.sleep(0.1)
        actuation = rig.tick()
        assert not actuation.close_main
    assert actuation.offer_a > 0.0
    assert rig.turns.submit(m.RemoteStart(CARD, 1)).outcome is Outcome.REJECTED

    rig.disk.broken = False
    await asyncio.sleep(10)
    assert rig.tick().close_main


async def test_trouble_is_said_once_and_its_end_too(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(2):
        caplog.clear()
        rig.disk.broken = True
        availability(rig, operative=False)
        await asyncio.sleep(20)
        rig.disk.broken = False
        await asyncio.sleep(20)
        assert [each.message for each in caplog.records if each.levelname == "ERROR"] == [
            "the disk fails: the disk is full; no new sessions"
        ]


async def test_an_answer_that_comes_later_comes_once_and_from_the_disk_on(rig: Rig) -> None:
    rig.tick()
    reply = rig.turns.handle(m.Unlock(1))
    assert isinstance(reply, Later)
    answers: list[m.Reply] = []
    rig.turns.later(reply.ticket, answers.append)
    rig.turns.settle()
    rig.tick()
    await rig.turns.drain()
    rig.tick()
    await rig.turns.drain()

    assert [each.outcome for each in answers] == [Outcome.UNLOCKED]


async def test_a_later_that_nobody_waits_for_is_accepted(rig: Rig) -> None:
    rig.tick()
    assert rig.turns.submit(m.Unlock(1)) == m.ACCEPTED
    rig.tick()
    await rig.turns.drain()

    assert any(batch.answers for batch in rig.settled)


async def test_something_can_be_done_between_the_disk_and_the_telling(rig: Rig) -> None:
    rig.disk.batches.clear()
    link_up = m.LinkUp(BY_VERSION["2.0.1"].dialect)
    await rig.turns.submit_and_settle(link_up, lambda: rig.story.append("first"))

    assert rig.story[-3:] == ["on disk", "first", "told"]


async def test_nobody_waits_for_what_will_never_be_settled(rig: Rig) -> None:
    rig.disk.broken = True
    waiting = asyncio.create_task(
        rig.turns.submit_and_settle(m.LinkUp(BY_VERSION["2.0.1"].dialect))
    )
    await asyncio.sleep(5)
    assert not waiting.done()

    await rig.stop()
    await waiting
    await rig.turns.submit_and_settle(m.LinkDown())
