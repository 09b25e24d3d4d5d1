"""The simulated clock keeps its promises."""

from __future__ import annotations

import asyncio
import time

import pytest


def now_s() -> float:
    return asyncio.get_running_loop().time()


@pytest.mark.sim
async def test_a_day_of_waiting_takes_no_time():
    await asyncio.sleep(86_400.5)

    assert now_s() == 86_400.5


@pytest.mark.sim
async def test_timers_fire_in_their_order():
    seen: list[tuple[str, float]] = []

    async def wait(name: str, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        seen.append((name, now_s()))

    await asyncio.gather(wait("late", 30), wait("early", 0.1))

    assert seen == [("early", 0.1), ("late", 30)]


@pytest.mark.sim
async def test_time_stands_still_while_a_thread_works():
    async with asyncio.timeout(1):
        answer = await asyncio.to_thread(lambda: time.sleep(0.01) or "written")

    assert answer == "written"
    assert now_s() == 0


@pytest.mark.sim
async def test_a_fixture_and_its_test_share_the_clock(an_hour_later: float):
    assert now_s() == an_hour_later == 3600


@pytest.fixture
async def an_hour_later() -> float:
    await asyncio.sleep(3600)
    return now_s()


def test_waiting_for_nothing_is_an_error_not_a_hang():
    from simtime import SimLoop

    async def hang() -> None:
        await asyncio.Event().wait()

    with (
        pytest.raises(RuntimeError, match="deadlock"),
        asyncio.Runner(loop_factory=SimLoop) as runner,
    ):
        runner.run(hang())


async def test_other_tests_run_on_the_stock_loop():
    assert type(asyncio.get_running_loop()).__name__ != "SimLoop"
