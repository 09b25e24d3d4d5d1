"""A simulated day of cars, cards, loads and lost connections; left to ``make soak``."""

from __future__ import annotations

import asyncio
from random import Random

import pytest
from journeys.rig import Rig

pytestmark = [pytest.mark.sim, pytest.mark.soak]

DAY_S = 86_400.0
LOST_PER_TRANSACTION_WH = 7.0  # what flows between the last reading and the opened contactor


async def visit(rig: Rig, evse_id: int, chance: Random) -> None:
    """A car comes, charges for a while, and leaves, by one of the usual ways."""
    rig.plug_in(evse_id, max_current_a=chance.choice([10, 16, 32]), phases=chance.choice([1, 3]))
    await asyncio.sleep(chance.uniform(1, 20))
    rig.card(f"CARD-{chance.randrange(5)}-{evse_id}", evse_id)
    await asyncio.sleep(chance.uniform(60, 3600))
    rig.unplug(evse_id, end="both")
    await rig.until(lambda: rig.evse(evse_id).transaction_id is None, "end")


async def guests(rig: Rig, evse_id: int, chance: Random) -> None:
    while True:
        await asyncio.sleep(chance.uniform(10, 1800))
        await visit(rig, evse_id, chance)


async def weather(rig: Rig, chance: Random) -> None:
    """The house and the line do what they do."""
    while True:
        await asyncio.sleep(chance.uniform(30, 900))
        rig.sim.set_world({"house_a": [chance.uniform(0, 22) for _ in range(3)]})
        if chance.random() < 0.2:
            await rig.lose_line()
            await asyncio.sleep(chance.uniform(5, 600))
            await rig.find_line()


async def test_a_day_of_random_life_is_booked_to_the_last_watt_hour(rig: Rig) -> None:
    chance = Random(20261122)
    rig.desk.tokens.clear()
    lives = [asyncio.create_task(guests(rig, evse_id, chance)) for evse_id in (1, 2)]
    lives.append(asyncio.create_task(weather(rig, chance)))
    ended, _ = await asyncio.wait(lives, timeout=DAY_S, return_when=asyncio.FIRST_EXCEPTION)
    assert not ended, [life.exception() for life in ended]
    for life in lives:
        life.cancel()
    await asyncio.gather(*lives, return_exceptions=True)
    await rig.find_line()
    for evse_id in (1, 2):
        if rig.evse(evse_id).plugged_in:
            rig.unplug(evse_id, end="both")
        await rig.over(evse_id)

    pages = rig.pages
    booked_wh = sum(page.energy_wh for page in pages)
    metered_wh = sum(rig.sim.now().registers[f"evse/{each}"].import_wh for each in (1, 2))
    print(f"{len(pages)} transactions, {booked_wh / 1000:.1f} kWh booked")
    assert len(pages) > 20
    assert rig.central.ledger.lost == rig.central.ledger.duplicates == 0
    assert metered_wh - len(pages) * LOST_PER_TRANSACTION_WH <= booked_wh <= metered_wh + 1.0
