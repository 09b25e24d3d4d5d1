"""A disk that takes nothing: what runs goes on, nothing new begins, nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from journeys.rig import Rig

from chargepoint.core.messages import Outcome
from chargepoint.demo.behaviour import CallError

pytestmark = pytest.mark.sim

MakeRig = Callable[..., Rig]


async def charging(rig: Rig) -> None:
    await rig.switch_on()
    await rig.find_line()
    await rig.order(rig.words.set_interval(10))
    rig.plug_in(1)
    rig.plug_in(2)
    await rig.until(lambda: rig.evse(2).plugged_in, "cars")
    rig.card()
    await rig.charging()


async def test_the_session_goes_on_and_new_ones_wait_for_the_disk(make_rig: MakeRig) -> None:
    rig = make_rig()
    await charging(rig)

    rig.disk.fails = True
    await asyncio.sleep(60)
    assert rig.evse().charging
    assert any("disk" in warning for warning in rig.snapshot().warnings)
    assert rig.card("CARD-2", 2).outcome is Outcome.CONFLICT
    answer = await rig.ask(rig.words.remote_start("CARD-2", 2))
    assert not rig.words.accepted(answer)
    assert not rig.contactor(2)

    rig.disk.fails = False
    await rig.until(lambda: not any("disk" in each for each in rig.snapshot().warnings), "works")
    rig.card("CARD-2", 2)
    await rig.charging(2)
    for evse_id in (1, 2):
        rig.card(f"CARD-{evse_id}", evse_id)
        await rig.over(evse_id)
    await rig.switch_off()

    rig.check()
    assert [page.ended for page in rig.pages] == [True, True]


async def test_a_contactor_waits_for_a_slow_disk(make_rig: MakeRig) -> None:
    rig = make_rig()
    await rig.switch_on()
    rig.plug_in()
    await rig.find_line()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.disk.delay_s = 3.0

    await rig.order(rig.words.remote_start())
    await rig.until(rig.contactor, "closed contactor")
    rig.disk.delay_s = 0.0
    await rig.switch_off()

    assert {"session", "transaction"} <= rig.on_disk_at_close[0]


async def test_a_central_system_and_a_disk_may_fail_together(make_rig: MakeRig) -> None:
    """A refused message must be counted on the disk that fails: delivery survives it."""
    action = {"1.6": "MeterValues", "2.0.1": "TransactionEvent"}
    rig = make_rig()
    await charging(rig)
    await rig.queue_empty()

    rig.script.once(action[rig.words.version], CallError("InternalError"))
    mark = rig.central.mark()
    await rig.until(lambda: bool(rig.told(mark)), "message", 15)
    rig.disk.fails = True
    await asyncio.sleep(90)
    rig.disk.fails = False
    await asyncio.sleep(90)
    rig.card()
    await rig.over()
    await rig.switch_off()

    rig.check()
    (page,) = rig.pages
    assert page.ended
