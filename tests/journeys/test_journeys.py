"""The four journeys of the architecture, end to end, in both versions."""

from __future__ import annotations

import asyncio

import pytest
from journeys.rig import Rig

from hardware.pilot import duty_from_amps

pytestmark = pytest.mark.sim

NEXT_TICK_S = 0.11


async def session(rig: Rig) -> None:
    """A car charges, started from afar."""
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    await rig.order(rig.words.remote_start())
    await rig.charging()


async def test_a_profile_reaches_the_pilot_on_the_next_tick(rig: Rig) -> None:
    await session(rig)
    await rig.until(lambda: rig.duty() == duty_from_amps(25.0), "the mains' whole 25 A")

    await rig.order(rig.words.profile(10.0))
    await asyncio.sleep(NEXT_TICK_S)

    assert rig.duty() == duty_from_amps(10.0)
    assert rig.evse().binding == "TxDefaultProfile 7"
    assert rig.words.composite_a(await rig.ask(rig.words.composite())) == 10.0

    await rig.order(rig.words.clear_profile())
    await rig.until(lambda: rig.duty() == duty_from_amps(25.0), "25 A again", 75)


async def test_a_mains_reading_lowers_the_pilot_and_names_itself(rig: Rig) -> None:
    await session(rig)

    rig.sim.set_world({"house_a": [0.0, 12.0, 0.0]})
    await rig.until(lambda: rig.duty() <= duty_from_amps(13.0), "room for the oven", 1.2)

    assert "mains" in (rig.evse().binding or "")
    await rig.until(lambda: rig.sim.now().currents_a("mains")[1] <= 25.05, "25 A on L2", 10)

    rig.sim.set_world({"house_a": [0.0, 0.0, 0.0]})
    await rig.until(lambda: rig.evse().offer_a == 25.0, "the whole offer again", 75)


async def test_a_silent_mains_meter_suspends_and_its_return_resumes_one_transaction(
    rig: Rig,
) -> None:
    await session(rig)

    rig.sim.set_world({"mains_meter": "silent"})
    await rig.until(lambda: rig.duty() == 1.0, "withdrawn offer", 12)
    assert str(rig.evse().binding).startswith("mains meter silent")
    await rig.until(lambda: not rig.contactor(), "open contactor", 7)

    rig.sim.set_world({"mains_meter": "ok"})
    await rig.charging()
    assert [told.what for told in rig.told()].count("started") == 1
    assert "ended" not in [told.what for told in rig.told()]


@pytest.mark.parametrize("by", ["card", "remote start"])
async def test_a_session_is_on_disk_before_the_contactor_closes(rig: Rig, by: str) -> None:
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    await rig.until(lambda: rig.status() == rig.words.statuses["plugged"], "told plug")
    if by == "card":
        rig.card()
    else:
        await rig.order(rig.words.remote_start())
    await rig.charging()

    assert {"session", "transaction"} <= rig.on_disk_at_close[0]
    await rig.queue_empty()
    (page,) = rig.pages
    assert (page.started, page.ended, page.token, page.start_wh) == (True, False, "CARD-1", 0.0)
    assert rig.status() == rig.words.statuses["charging"]

    await asyncio.sleep(120)
    if by == "card":
        rig.card()
    else:
        await rig.order(rig.words.remote_stop(page))
    await rig.over()

    assert page.ended
    assert page.reason == ("Local" if by == "card" else "Remote")
    assert page.energy_wh == pytest.approx(rig.evse().energy_wh, abs=1.0)
    assert page.readings
    rig.unplug()
    await rig.until(lambda: rig.status() == rig.words.statuses["free"], "free connector")


async def test_a_refused_card_closes_nothing(rig: Rig) -> None:
    rig.desk.tokens["STRANGER"] = "Invalid"
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")

    rig.card("STRANGER")
    await asyncio.sleep(10)

    assert not rig.contactor()
    assert rig.told() == []


async def test_what_happened_offline_is_told_in_order_before_what_happens_next(rig: Rig) -> None:
    await rig.order(rig.words.set_interval(10))
    await session(rig)
    await rig.queue_empty()
    before = len(rig.told())

    await rig.go_dark()
    lost_at_s = rig.now().s
    await asyncio.sleep(95)
    assert rig.evse().charging
    assert rig.snapshot().ocpp.queued >= 9
    mark = rig.central.mark()
    back_at_s = rig.now().s
    await rig.find_line()
    await rig.queue_empty()
    await asyncio.sleep(30)

    told = rig.told(mark)
    ages_s = [rig.age_s(each) for each in told]
    assert ages_s == sorted(ages_s)
    missed = [each for each, age_s in zip(told, ages_s, strict=True) if age_s < back_at_s]
    assert len(missed) >= 9
    assert ages_s[0] >= lost_at_s - 0.001
    assert {each.offline for each in missed} in ({True}, {None})
    assert {each.offline for each in told[len(missed) :]} in ({False}, {None})
    numbers = [told.seq_no for told in rig.told()]
    assert numbers in ([None] * len(numbers), list(range(len(numbers))))
    assert len(rig.told()) == before + len(told)


async def test_a_session_that_ran_wholly_offline_gets_its_number_afterwards(rig: Rig) -> None:
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()  # now it is in the cache
    await rig.charging()
    rig.card()
    await rig.over()
    rig.unplug()
    await rig.queue_empty()

    await rig.go_dark()
    await asyncio.sleep(5)
    rig.plug_in()
    await rig.until(lambda: rig.evse().plugged_in, "car")
    rig.card()
    await rig.charging()
    await asyncio.sleep(60)
    rig.card()
    await rig.until(lambda: rig.evse().transaction_id is None, "end")
    assert len(rig.pages) == 1
    await rig.find_line()
    await rig.queue_empty()

    first, second = rig.pages
    assert second.started
    assert second.ended
    assert second.energy_wh > 0
    assert first.id != second.id
