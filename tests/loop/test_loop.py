from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace

import pytest
from core.blocks.bench import NOON

from chargepoint.core.inputs import Inputs
from chargepoint.core.words import Moment
from chargepoint.loop import BOARD_LOST, BOARD_REFUSES, Loop
from hardware.api import (
    Actuation,
    BoardError,
    BusError,
    Fault,
    FaultCode,
    MeterReading,
    Pilot,
    Sensed,
)
from hardware.guard import WELDED

pytestmark = pytest.mark.sim

GROUND = Fault(FaultCode.GROUND_FAILURE)


def now_s() -> float:
    return asyncio.get_running_loop().time()


class Board:
    """Does as told, unless *silent*, *deaf* or *refuses*."""

    def __init__(self, story: list[str], name: str) -> None:
        self.story, self.name = story, name
        self.silent = self.deaf = self.refuses = self.welded = False
        self.pilot = Pilot.C
        self.faults: frozenset[Fault] = frozenset()
        self.told: list[tuple[float, Actuation]] = []

    @property
    def last(self) -> Actuation:
        return self.told[-1][1]

    async def sense(self) -> Sensed:
        self.story.append(f"sense {self.name}")
        if self.silent:
            raise BusError("no answer")
        closed = self.welded or bool(self.told and self.last.close_main)
        return Sensed(now_s(), self.pilot, closed, cable_a=32.0, faults=self.faults)

    async def apply(self, actuation: Actuation) -> None:
        self.story.append(f"apply {self.name}")
        if self.deaf or self.silent:
            raise BusError("no answer")
        if self.refuses and actuation.offer_a > 0.0:
            raise BoardError("not with me")
        self.told.append((now_s(), actuation))

    def make_safe(self) -> None: ...

    async def close(self) -> None: ...


class Meter:
    def __init__(self) -> None:
        self.silent = False
        self.reads: list[float] = []

    async def read(self) -> MeterReading:
        self.reads.append(now_s())
        if self.silent:
            raise BusError("no answer")
        return MeterReading(now_s(), (1.0, 2.0, 3.0))

    async def close(self) -> None: ...


class Rig:
    """A loop whose station wants 16 A everywhere, always."""

    def __init__(self) -> None:
        self.story: list[str] = []
        self.boards = {1: Board(self.story, "1"), 2: Board(self.story, "2")}
        self.meter = Meter()
        self.inputs: list[Inputs] = []
        self.pets = 0
        self.dozes = False
        self.wants: Callable[[], Actuation] = lambda: Actuation(
            16.0, True, True, True, now_s() + 1.0
        )
        self.loop = Loop(
            self.boards,
            {"mains": self.meter},
            self._decide,
            lambda: Moment(NOON, 0.0).after(now_s()),
            self._pet,
        )
        self.tasks = [
            asyncio.create_task(self.loop.control()),
            asyncio.create_task(self.loop.read("mains")),
        ]

    def _decide(self, inputs: Inputs) -> Mapping[int, Actuation]:
        self.story.append("decide")
        self.inputs.append(Inputs(dict(inputs.sensed), dict(inputs.readings)))
        return {} if self.dozes else {evse_id: self.wants() for evse_id in inputs.sensed}

    def _pet(self) -> None:
        self.pets += 1

    def sensed(self, evse_id: int = 1) -> Sensed:
        return self.inputs[-1].sensed[evse_id]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    yield rig
    await rig.stop()


# --- the tick -----------------------------------------------------------------------------------


async def test_all_is_sensed_then_decided_then_done(rig: Rig) -> None:
    await asyncio.sleep(0.05)

    assert rig.story == ["sense 1", "sense 2", "decide", "apply 1", "apply 2"]
    assert rig.pets == 1


async def test_it_ticks_ten_times_a_second_and_renews_each_lease(rig: Rig) -> None:
    await asyncio.sleep(10.05)

    assert 100 <= rig.pets <= 101
    told = rig.boards[1].told
    assert len(told) == rig.pets
    assert all(0.9 <= each.valid_until_s - at_s < 1.001 for at_s, each in told)


async def test_a_slow_tick_is_not_made_up_for(rig: Rig) -> None:
    slow = rig.boards[1].sense

    async def once() -> Sensed:
        rig.boards[1].sense = slow  # type: ignore[method-assign]
        await asyncio.sleep(3.0)
        return await slow()

    await asyncio.sleep(1.05)
    rig.boards[1].sense = once  # type: ignore[method-assign]
    pets = rig.pets
    await asyncio.sleep(4.0)

    assert 9 <= rig.pets - pets <= 12


async def test_the_guard_has_the_last_word(rig: Rig) -> None:
    rig.boards[1].pilot = Pilot.B
    await asyncio.sleep(3)
    assert not rig.boards[1].last.close_main
    assert rig.boards[2].last.close_main

    rig.boards[2].faults = frozenset({GROUND})
    await asyncio.sleep(0.15)
    assert rig.boards[2].last == replace(Actuation.SAFE, lock=True)


async def test_what_the_guard_finds_is_sensed(rig: Rig) -> None:
    await asyncio.sleep(2)
    rig.boards[1].welded = True
    rig.boards[1].pilot = Pilot.B
    await asyncio.sleep(5)
    assert WELDED in rig.sensed(1).faults
    assert WELDED not in rig.sensed(2).faults

    rig.boards[1].silent = True  # and stays known while the board is silent
    await asyncio.sleep(0.5)
    assert WELDED in rig.sensed(1).faults


# --- boards that fail ---------------------------------------------------------------------------


async def test_a_moment_of_silence_is_bridged(rig: Rig, caplog: pytest.LogCaptureFixture) -> None:
    await asyncio.sleep(3)
    rig.boards[1].silent = True
    await asyncio.sleep(0.8)
    assert not rig.sensed(1).faults
    assert rig.sensed(1).at_s < now_s() - 0.5
    rig.boards[1].silent = False
    await asyncio.sleep(0.2)

    assert rig.boards[1].last.close_main
    assert caplog.messages == ["board: no answer"]


async def test_a_long_silence_is_a_fault_until_it_ends(rig: Rig) -> None:
    await asyncio.sleep(3)
    rig.boards[1].silent = True
    await asyncio.sleep(1.5)
    assert rig.sensed(1).faults == {BOARD_LOST}
    assert not rig.sensed(2).faults
    assert rig.boards[2].last.close_main

    rig.boards[1].silent = False
    await asyncio.sleep(0.3)
    assert not rig.sensed(1).faults
    await asyncio.sleep(3)
    assert rig.boards[1].last.close_main


async def test_a_board_that_never_spoke_is_lost_after_a_moment() -> None:
    rig = Rig()
    rig.boards[1].silent = True
    await asyncio.sleep(0.5)
    assert set(rig.inputs[-1].sensed) == {2}
    await asyncio.sleep(1)

    assert rig.sensed(1).faults == {BOARD_LOST}
    assert not rig.sensed(1).connected
    await rig.stop()


async def test_a_board_that_does_not_listen_is_lost_too(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.boards[1].deaf = True
    await asyncio.sleep(0.8)
    assert not rig.sensed(1).faults
    await asyncio.sleep(0.75)
    assert rig.sensed(1).faults == {BOARD_LOST}

    rig.boards[1].deaf = False
    await asyncio.sleep(0.3)
    assert not rig.sensed(1).faults
    assert caplog.messages == ["board: no answer"]


async def test_what_is_wrong_beside_a_board_is_sensed_with_it_until_it_is_over(rig: Rig) -> None:
    lost = Fault(FaultCode.READER_FAILURE, "ReaderLost")
    await asyncio.sleep(0.3)
    rig.loop.beside((2,), lost, True)
    await asyncio.sleep(0.2)
    assert (rig.sensed(1).faults, rig.sensed(2).faults) == (set(), {lost})

    rig.loop.beside((), lost, True)
    await asyncio.sleep(0.2)
    assert (rig.sensed(1).faults, rig.sensed(2).faults) == ({lost}, {lost})

    rig.loop.beside((), lost, False)
    await asyncio.sleep(0.2)
    assert (rig.sensed(1).faults, rig.sensed(2).faults) == (set(), set())


async def test_one_order_that_got_lost_is_no_fault_however_late_the_next_one_comes(
    rig: Rig,
) -> None:
    await asyncio.sleep(1)
    rig.boards[1].deaf = True
    await asyncio.sleep(0.1)
    rig.boards[1].deaf = False
    rig.dozes = True  # nothing is decided, so nothing is told
    await asyncio.sleep(2)
    rig.dozes = False
    await asyncio.sleep(0.1)

    assert not rig.sensed(1).faults


async def test_a_board_that_refuses_is_faulty_for_a_while(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.boards[1].refuses = True
    await asyncio.sleep(0.35)
    assert rig.sensed(1).faults == {BOARD_REFUSES}
    assert rig.boards[1].last.offer_a == 0.0
    await asyncio.sleep(20)
    assert rig.sensed(1).faults == {BOARD_REFUSES}
    assert caplog.messages == ["board: not with me"]

    rig.boards[1].refuses = False
    await asyncio.sleep(15)
    assert not rig.sensed(1).faults
    assert rig.boards[1].last.offer_a == 16.0


# --- meters -------------------------------------------------------------------------------------


async def test_a_meter_is_read_once_a_second_and_when_there_is_news(rig: Rig) -> None:
    await asyncio.sleep(2.5)
    assert rig.meter.reads == pytest.approx([0.0, 1.0, 2.0])
    rig.loop.read_now("mains")
    await asyncio.sleep(1.2)

    assert rig.meter.reads == pytest.approx([0.0, 1.0, 2.0, 2.5, 3.5])
    assert rig.inputs[-1].readings["mains"].at_s == pytest.approx(3.5)


async def test_a_silent_meter_leaves_its_last_reading_to_age(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    await asyncio.sleep(2.5)
    rig.meter.silent = True
    await asyncio.sleep(10)
    assert rig.inputs[-1].readings["mains"].at_s == pytest.approx(2.0)
    assert caplog.messages == ["meter mains: no answer"]

    rig.meter.silent = False
    await asyncio.sleep(1)
    assert rig.inputs[-1].readings["mains"].at_s > 12.0
    rig.meter.silent = True
    await asyncio.sleep(2)
    assert len(caplog.messages) == 2


# --- a look in between ---------------------------------------------------------------------------


async def test_who_moved_something_has_it_seen_at_once(rig: Rig) -> None:
    await asyncio.sleep(0.05)
    rig.boards[1].pilot = Pilot.A
    await rig.loop.looked()

    assert rig.inputs[-1].sensed[1].pilot is Pilot.A
    assert now_s() == pytest.approx(0.05)


async def test_many_looks_neither_delay_nor_crowd_the_ticks(rig: Rig) -> None:
    for _ in range(50):
        await rig.loop.looked()
    seen = rig.pets
    await asyncio.sleep(1.05)

    assert 10 <= rig.pets - seen <= 11


async def test_nobody_waits_for_a_look_that_never_comes(rig: Rig) -> None:
    await asyncio.sleep(0.05)
    looking = asyncio.create_task(rig.loop.looked())
    gone = asyncio.create_task(rig.loop.looked())
    await asyncio.sleep(0)
    gone.cancel()
    await rig.stop()

    await looking
    await rig.loop.looked()


# --- the end ------------------------------------------------------------------------------------


class Restartable(Board):
    """A board that can be started anew alone."""

    async def reset(self) -> None:
        self.story.append(f"reset {self.name}")


@pytest.mark.parametrize("can", [True, False])
async def test_a_reset_opens_one_board_and_starts_it_anew_where_it_can(can: bool) -> None:
    story: list[str] = []
    board = (Restartable if can else Board)(story, "1")
    other = Board(story, "2")
    wanted = Actuation(16.0, close_main=True, close_second=True, lock=True, valid_until_s=1e9)
    loop = Loop(
        {1: board, 2: other},
        {},
        lambda inputs: dict.fromkeys(inputs.sensed, wanted),
        lambda: Moment(NOON, now_s()),
        lambda: None,
    )
    for _ in range(30):
        await loop.tick()
        await asyncio.sleep(0.1)
    assert board.last.close_main
    board.welded = True

    board.deaf = True
    loop.reset(1)
    await loop.tick()
    assert "reset 1" not in story
    board.deaf = False
    await loop.tick()
    assert board.last == replace(Actuation.SAFE, lock=True)
    assert story.count("reset 1") == can
    assert other.last.close_main

    for _ in range(40):
        await asyncio.sleep(0.1)
        await loop.tick()
    assert not board.last.close_main  # what the guard has found outlives the reset
    assert story.count("reset 1") == can


async def test_at_the_end_everything_is_open_and_withdrawn(rig: Rig) -> None:
    rig.boards[2].silent = True
    await asyncio.sleep(3)
    assert rig.boards[1].last.close_main
    await rig.stop()
    rig.boards[2].silent = False
    await rig.loop.make_safe()

    for board in rig.boards.values():
        assert board.last == Actuation.SAFE
