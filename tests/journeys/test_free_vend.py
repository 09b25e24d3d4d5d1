"""Charging without a reader: a fixed token starts for every car. 1.6 section 3.4, 2.0.1 C02."""

from __future__ import annotations

import asyncio

import pytest
from journeys.conftest import MakeRig
from journeys.rig import Rig

pytestmark = pytest.mark.sim


@pytest.fixture
def free(make_rig: MakeRig) -> Rig:
    return make_rig("offline.free_vend_token=FREE")


async def test_every_car_charges_by_itself_and_is_booked(free: Rig) -> None:
    await free.switch_on()
    await free.find_line()
    for _ in range(2):
        free.plug_in()
        await free.charging()
        await asyncio.sleep(10)
        free.unplug()
        await free.over()

    assert [(page.token, page.started, page.ended) for page in free.pages] == [
        ("FREE", True, True)
    ] * 2
    assert all(page.energy_wh > 10 for page in free.pages)
    assert {page.reason for page in free.pages} == {"EVDisconnected"}
    await free.switch_off()
    free.check()


async def test_the_central_system_may_say_no_and_offline_nobody_is_asked(free: Rig) -> None:
    free.desk.tokens["FREE"] = "Blocked"
    await free.switch_on()
    await free.find_line()
    free.plug_in()
    await asyncio.sleep(10)
    assert not free.contactor()
    free.unplug()
    del free.desk.tokens["FREE"]
    free.plug_in(2)
    await free.charging(2)

    await free.go_dark()
    await asyncio.sleep(2)
    free.plug_in(1)
    await free.charging(1)
    await free.find_line()
    await free.queue_empty()
    assert [page.token for page in free.pages] == ["FREE", "FREE"]
    await free.switch_off()
    free.check()


async def test_without_a_central_system_every_car_charges(make_rig: MakeRig) -> None:
    rig = make_rig("offline.free_vend_token=FREE", "csms.url=")
    await rig.switch_on()
    rig.plug_in()
    await rig.charging()
    rig.unplug()
    await rig.until(lambda: rig.evse().transaction_id is None, "end", 12)
    assert rig.disk.store.count_pending() == 0
    await rig.switch_off()


async def test_an_evse_out_of_order_gives_nothing_away(free: Rig) -> None:
    await free.switch_on()
    await free.find_line()
    await free.order(free.words.availability(1, operative=False))
    free.plug_in()
    await asyncio.sleep(10)
    assert not free.contactor()

    await free.order(free.words.availability(1, operative=True))
    await asyncio.sleep(10)
    free.unplug()
    await asyncio.sleep(2)
    free.plug_in()
    await free.charging()
    await free.switch_off()
    free.check()
