"""Suspending is not stopping: a paused session goes on by itself, as the same transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from journeys.rig import Rig

from hardware.api import FaultCode

pytestmark = pytest.mark.sim

Change = Callable[[Rig], object]

PAUSES: dict[str, tuple[Change, Change]] = {
    "a profile below 6 A": (
        lambda rig: asyncio.create_task(rig.order(rig.words.profile(5.0))),
        lambda rig: asyncio.create_task(rig.order(rig.words.clear_profile())),
    ),
    "a lost mains meter": (
        lambda rig: rig.sim.set_world({"mains_meter": "silent"}),
        lambda rig: rig.sim.set_world({"mains_meter": "ok"}),
    ),
    "garbage from the mains meter": (
        lambda rig: rig.sim.set_world({"mains_meter": "garbage"}),
        lambda rig: rig.sim.set_world({"mains_meter": "ok"}),
    ),
    "a full house": (
        lambda rig: rig.sim.set_world({"house_a": [0.0, 22.0, 0.0]}),
        lambda rig: rig.sim.set_world({"house_a": [0.0, 0.0, 0.0]}),
    ),
    "a fault": (
        lambda rig: rig.sim.set_evse(1, {"fault": {"code": FaultCode.GROUND_FAILURE}}),
        lambda rig: rig.sim.set_evse(1, {"fault": None}),
    ),
    "a board that went silent": (
        lambda rig: rig.sim.set_evse(1, {"silent": True}),
        lambda rig: rig.sim.set_evse(1, {"silent": False}),
    ),
    "a car that had enough for now": (
        lambda rig: rig.sim.set_evse(1, {"ready": False}),
        lambda rig: rig.sim.set_evse(1, {"ready": True}),
    ),
}


async def session(rig: Rig) -> None:
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()
    await rig.charging()


@pytest.mark.parametrize("name", PAUSES)
async def test_a_pause_keeps_its_transaction_and_ends_by_itself(rig: Rig, name: str) -> None:
    pause, go_on = PAUSES[name]
    await session(rig)
    transaction = rig.evse().transaction_id

    pause(rig)
    await rig.until(lambda: not rig.contactor(), "open contactor", 25)
    at_pause_wh = rig.evse().energy_wh
    await asyncio.sleep(60)
    assert rig.evse().transaction_id == transaction
    go_on(rig)
    await rig.until(lambda: rig.evse().energy_wh > at_pause_wh + 50, "energy again", 75)

    assert rig.evse().transaction_id == transaction
    rig.card()
    await rig.over()
    (page,) = rig.pages
    assert (page.started, page.ended, page.reason) == (True, True, "Local")
    assert [told.what for told in rig.told()].count("ended") == 1
    assert page.energy_wh == pytest.approx(rig.evse().energy_wh, abs=1.0)


async def test_a_suspended_session_says_who_suspends(rig: Rig) -> None:
    await session(rig)

    await rig.order(rig.words.profile(0.0))
    await rig.until(lambda: not rig.evse().charging, "pause")
    await rig.until(lambda: rig.status() == rig.words.statuses["suspended by us"], "told pause")

    assert rig.evse().binding == "TxDefaultProfile 7"
    assert rig.evse().transaction_id is not None
