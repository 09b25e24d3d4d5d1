"""A whole session in steps, and what must be true after the power was cut in any of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from journeys.rig import Rig

from chargepoint.core.kinds import KINDS
from chargepoint.store.store import Store

INTERVAL_S, PROFILE_A = 10, 10.0


@dataclass(slots=True)
class Promised:
    """What the station has acknowledged or shown by now."""

    orders: set[str] = field(default_factory=set)
    energy_wh: float = 0.0


Step = Callable[[Rig, Promised], Awaitable[None]]


async def register(rig: Rig, promised: Promised) -> None:
    await rig.find_line()


async def set_interval(rig: Rig, promised: Promised) -> None:
    await rig.order(rig.words.set_interval(INTERVAL_S))
    promised.orders.add("interval")


async def set_profile(rig: Rig, promised: Promised) -> None:
    await rig.order(rig.words.profile(PROFILE_A))
    promised.orders.add("profile")


async def take_out_of_order(rig: Rig, promised: Promised) -> None:
    await rig.order(rig.words.availability(2, operative=False))
    promised.orders.add("availability")


async def plug_in(rig: Rig, promised: Promised) -> None:
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")


async def start(rig: Rig, promised: Promised) -> None:
    await rig.order(rig.words.remote_start())


async def close(rig: Rig, promised: Promised) -> None:
    await rig.until(rig.contactor, "closed contactor")


async def charge(rig: Rig, promised: Promised) -> None:
    await asyncio.sleep(25.0)


async def lose_line(rig: Rig, promised: Promised) -> None:
    await rig.go_dark()


async def charge_alone(rig: Rig, promised: Promised) -> None:
    await asyncio.sleep(25.0)


async def come_back(rig: Rig, promised: Promised) -> None:
    await rig.find_line()


async def catch_up(rig: Rig, promised: Promised) -> None:
    await rig.queue_empty()


async def stop(rig: Rig, promised: Promised) -> None:
    await rig.order(rig.words.remote_stop(rig.pages[-1]))


async def end(rig: Rig, promised: Promised) -> None:
    await rig.over()


async def leave(rig: Rig, promised: Promised) -> None:
    rig.unplug()
    await asyncio.sleep(1.0)


STEPS: tuple[Step, ...] = (
    register,
    set_interval,
    set_profile,
    take_out_of_order,
    plug_in,
    start,
    close,
    charge,
    lose_line,
    charge_alone,
    come_back,
    catch_up,
    stop,
    end,
    leave,
)


def on_disk(rig: Rig) -> dict[str, dict[str, Any]]:
    """Return what a start would find; only while no process uses the disk."""
    store = Store.open(rig.folder, KINDS)
    memory = store.load()
    store.close()
    return memory


async def switch_on_again(rig: Rig, promised: Promised) -> None:
    """Start after a power cut; the books must equal the truth, and every promise hold."""
    kept = on_disk(rig)
    running = list(kept.get("transaction", {}).values())
    await rig.switch_on()
    await rig.find_line()
    await rig.queue_empty()

    assert rig.evse().energy_wh >= promised.energy_wh
    check_books(rig, running)
    await check_orders(rig, promised.orders)
    rig.check()


def check_books(rig: Rig, running: list[Any]) -> None:
    """Each transaction is there once, whole; the one that was cut off ends by PowerLoss."""
    assert all(page.started and page.ended for page in rig.pages)
    for page in rig.pages:
        assert page.seq_nos in ([], list(range(len(page.seq_nos))))
    assert len(rig.pages) <= 1
    if running:
        (page,), (transaction,) = rig.pages, running
        assert page.reason == "PowerLoss"
        assert page.start_wh == pytest.approx(transaction.meter_start_wh, abs=1.0)
        assert page.stop_wh == pytest.approx(transaction.last_wh, abs=1.0)
        assert page.stop_wh <= rig.evse().energy_wh + 1.0
    ends = {(told.transaction, told.at) for told in rig.told() if told.what == "ended"}
    assert len(ends) <= len(rig.pages)


async def check_orders(rig: Rig, orders: set[str]) -> None:
    """What was acknowledged holds."""
    if "interval" in orders:
        assert rig.words.interval_s(await rig.ask(rig.words.get_interval())) == INTERVAL_S
    if "profile" in orders:
        assert rig.words.composite_a(await rig.ask(rig.words.composite())) == PROFILE_A
    if "availability" in orders:
        assert rig.status(2) == rig.words.statuses["out of order"]


async def charge_once_more(rig: Rig) -> None:
    """The station is as good as new."""
    before = len(rig.pages)
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()
    await rig.charging()
    await asyncio.sleep(20.0)
    rig.card()
    await rig.over()
    assert len(rig.pages) == before + 1
    assert rig.pages[-1].ended
    assert rig.pages[-1].reason == "Local"
    assert rig.pages[-1].energy_wh > 10.0
