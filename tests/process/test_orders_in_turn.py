"""Requests that come at once act in the order in which they came."""

from __future__ import annotations

import asyncio

from process.conftest import Start


async def test_a_card_finds_the_car_that_came_just_before(start: Start) -> None:
    agent = await start("offline.authorization=any", 'evse=[{"id": 1}, {"id": 2}]')
    await agent.post("sim/evse/1/plug-in")
    await agent.post("sim/evse/2/plug-in")
    await agent.post("authorize", {"id_token": "CARD-1", "evse_ids": [2, 1]})

    one, two = (await agent.status())["evses"]
    assert (one["session"], two["session"]) == ("plugged", "active")


async def test_a_car_that_leaves_and_another_that_comes_are_two(start: Start) -> None:
    agent = await start("offline.authorization=any")
    await agent.charging()
    first = (await agent.evse())["transaction_id"]

    await agent.post("sim/evse/1/unplug")
    await agent.post("sim/evse/1/plug-in")

    assert (await agent.evse())["session"] == "plugged"
    await agent.until(lambda now: now["evses"][0]["transaction_id"] is None)
    await agent.post("authorize", {"id_token": "CARD-1"})
    await agent.until(lambda now: now["evses"][0]["transaction_id"] not in (None, first))


async def test_what_is_asked_on_many_lines_at_once_is_answered(start: Start) -> None:
    agent = await start("offline.authorization=any")

    await asyncio.gather(*(agent.post("override", {"limit_a": 8 + n}) for n in range(20)))
    await agent.charging()
    assert (await agent.evse())["offer_a"] <= 27.0
