"""What central systems and people order in the middle of things: availability, reset, leaving."""

from __future__ import annotations

import asyncio

import pytest
from journeys.rig import Rig

from chargepoint.demo.behaviour import SILENCE, CallError

pytestmark = pytest.mark.sim


async def session(rig: Rig, evse_id: int = 1) -> None:
    rig.plug_in(evse_id)
    await rig.until(lambda: rig.evse(evse_id).plugged_in, "car")
    rig.card(f"CARD-{evse_id}", evse_id)
    await rig.charging(evse_id)


async def test_a_card_first_and_a_car_later(rig: Rig) -> None:
    rig.card()
    await asyncio.sleep(20)
    assert not rig.contactor()

    rig.plug_in()
    await rig.charging()
    rig.card()
    await rig.over()

    (page,) = rig.pages
    assert page.ended


async def test_a_card_without_a_car_is_forgotten(rig: Rig) -> None:
    rig.card()
    await asyncio.sleep(70)

    rig.plug_in()
    await asyncio.sleep(20)

    assert not rig.contactor()


async def test_an_evse_out_of_order_takes_no_session_until_it_is_back(rig: Rig) -> None:
    await rig.order(rig.words.availability(1, operative=False))
    await rig.until(lambda: rig.status() == rig.words.statuses["out of order"], "told out of order")
    rig.plug_in()
    await asyncio.sleep(1)
    rig.card()
    await asyncio.sleep(20)
    assert not rig.contactor()
    answer = await rig.ask(rig.words.remote_start())
    assert not rig.words.accepted(answer)

    await rig.order(rig.words.availability(1, operative=True))
    rig.card()
    await rig.charging()


async def test_out_of_order_waits_for_the_session(rig: Rig) -> None:
    await session(rig)

    answer = await rig.ask(rig.words.availability(1, operative=False))
    assert answer["status"] == "Scheduled"
    await asyncio.sleep(10)
    assert rig.evse().charging

    rig.card()
    await rig.over()
    rig.unplug()
    await rig.until(lambda: rig.status() == rig.words.statuses["out of order"], "told out of order")


async def test_a_reset_ends_the_session_and_the_station_comes_back(rig: Rig) -> None:
    await session(rig)
    mark = rig.central.mark()

    await rig.order(rig.words.reset())
    await rig.until(lambda: rig.lives == 2, "second life", 30)
    await rig.central.wait_for("BootNotification", timeout_s=30, since=mark)
    await rig.queue_empty()

    (page,) = rig.pages
    assert page.ended
    assert page.reason == {"1.6": "SoftReset", "2.0.1": "ImmediateReset"}[rig.words.version]
    assert not rig.contactor()
    assert rig.evse().plugged_in
    rig.card()
    await rig.charging()
    assert len(rig.pages) == 2


async def test_two_sessions_share_the_fuse_and_do_not_mix(rig: Rig) -> None:
    await session(rig, 1)
    await session(rig, 2)
    await asyncio.sleep(60)

    assert rig.evse(1).offer_a + rig.evse(2).offer_a <= 25.0
    for evse_id in (1, 2):
        rig.card(f"CARD-{evse_id}", evse_id)
        await rig.over(evse_id)

    assert [(page.evse_id, page.token) for page in rig.pages] == [(1, "CARD-1"), (2, "CARD-2")]
    assert all(page.ended and page.energy_wh > 50 for page in rig.pages)


async def test_leaving_in_mid_charge_ends_the_transaction(rig: Rig) -> None:
    await session(rig)
    await asyncio.sleep(30)

    rig.unplug()
    await rig.over()

    (page,) = rig.pages
    assert page.reason == "EVDisconnected"
    assert page.energy_wh > 50
    await rig.until(lambda: rig.status() == rig.words.statuses["free"], "free connector")


async def test_what_a_broken_line_swallowed_is_told_again_as_offline(rig: Rig) -> None:
    action = {"1.6": "StartTransaction", "2.0.1": "TransactionEvent"}[rig.words.version]
    rig.script.once(action, SILENCE)
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()
    await rig.until(lambda: len(rig.told()) == 1, "first message")

    await rig.go_dark()
    await asyncio.sleep(5)
    await rig.find_line()
    await rig.queue_empty()

    first, again = rig.told()[:2]
    assert (first.what, again.what) == ("started", "started")
    assert (first.at, first.seq_no) == (again.at, again.seq_no)
    assert (first.offline, again.offline) in ((False, True), (None, None))
    (page,) = rig.pages
    assert page.started


async def test_a_central_system_that_refuses_at_first_hears_it_again(rig: Rig) -> None:
    action = {"1.6": "StartTransaction", "2.0.1": "TransactionEvent"}[rig.words.version]
    rig.script.once(action, CallError("InternalError"), SILENCE)

    await session(rig)
    await rig.until(lambda: len(rig.pages) == 1, "page", 300)
    rig.card()
    await rig.over()

    (page,) = rig.pages
    assert (page.started, page.ended) == (True, True)
