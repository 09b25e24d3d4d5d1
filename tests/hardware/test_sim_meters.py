"""The simulated meters: roles, bad days, and registers that outlive a kill."""

import math
from dataclasses import asdict, replace

import pytest

from hardware.api import Actuation, BusError, NotNow, WrongSettings

CHARGE = Actuation(16.0, close_main=True, close_second=True, lock=True, valid_until_s=math.inf)


async def charging(bench) -> None:
    """Have EVSE 1 charge with 16 A on three phases."""
    board = bench.board()
    bench.sim.plug_in(1, {})
    await board.apply(CHARGE)
    bench.clock.go(60.0)


async def test_each_role_reads_its_place(bench) -> None:
    await charging(bench)
    bench.sim.set_world({"house_a": [1, 2, 3], "solar_w": 6900, "battery_w": 690})

    assert (await bench.meter("evse/1").read()).currents_a == (16.0, 16.0, 16.0)
    assert (await bench.meter("circuit").read()).currents_a == (16.0, 16.0, 16.0)
    assert (await bench.meter("battery").read()).currents_a == (1.0, 1.0, 1.0)
    mains = await bench.meter("mains").read()
    assert mains.currents_a == (8.0, 9.0, 10.0)
    assert (mains.power_w, mains.voltages_v) == (27.0 * 230.0, (230.0, 230.0, 230.0))
    assert mains.at_s == bench.clock()


async def test_the_world_starts_as_its_settings_say(bench_on) -> None:
    bench = bench_on(house_a=[1, 0, 0], phases=1, supply_voltage_v=200, solar_w=1000)

    assert (await bench.meter("mains").read()).currents_a == (-4.0, 0.0, 0.0)
    assert (await bench.meter("mains").read()).voltages_v == (200.0, 0.0, 0.0)


async def test_cars_have_the_habits_that_the_settings_say(bench_on) -> None:
    bench = bench_on(ev_draw_delay_s=5, current_ramp_a_per_s=100)
    board = bench.board()
    bench.sim.plug_in(1, {})
    await board.apply(CHARGE)
    bench.clock.go(5.01)

    assert (await bench.meter("evse/1").read()).currents_a == pytest.approx((1.0, 1.0, 1.0))


async def test_an_appliance_goes_on_and_off_beside_the_base_load(bench) -> None:
    meter = bench.meter("mains")
    bench.sim.set_world({"house_a": [1, 1, 1], "appliances": {"oven": True, "kettle": True}})
    assert (await meter.read()).currents_a == (1.0, 16.0, 10.0)

    bench.sim.set_world({"appliances": {"oven": False}})
    assert (await meter.read()).currents_a == (1.0, 1.0, 10.0)
    bench.sim.set_world({"house_a": [0, 0, 0]})
    assert (await meter.read()).currents_a == (0.0, 0.0, 9.0)


async def test_what_was_made_of_the_world_can_be_seen(bench) -> None:
    asked = {
        "house_a": (1.0, 2.0, 3.0),
        "circuit_a": (4.0, 5.0, 6.0),
        "solar_w": 700.0,
        "battery_w": -800.0,
        "mains_meter": "silent",
    }
    bench.sim.set_world({**asked, "appliances": {"oven": True}})
    shown = asdict(bench.sim.world())

    assert {name for name, each in shown.pop("appliances").items() if each["on"]} == {"oven"}
    assert shown == asked


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"house_a": [1, 2]}, "house_a"),
        ({"solar_w": -1}, "solar_w"),
        ({"mains_meter": "broken"}, "mains_meter"),
        ({"appliances": {"sauna": True}}, "sauna: known are dishwasher"),
        ({"moon": 1}, "moon: unknown here"),
    ],
)
async def test_a_wrong_wish_for_the_world_is_named(bench, asked, named: str) -> None:
    with pytest.raises(WrongSettings, match=named):
        bench.sim.set_world(asked)


@pytest.mark.parametrize("condition", ["silent", "garbage"])
async def test_a_bad_mains_meter_gives_no_reading_and_comes_back(bench, condition: str) -> None:
    mains, circuit = bench.meter("mains"), bench.meter("circuit")
    bench.sim.set_world({"mains_meter": condition})
    for _ in range(2):
        with pytest.raises(BusError):
            await mains.read()
    assert (await circuit.read()).currents_a == (0.0, 0.0, 0.0)

    bench.sim.set_world({"mains_meter": "ok"})
    assert (await mains.read()).currents_a == (0.0, 0.0, 0.0)


async def test_garbage_is_no_number_or_far_too_much(bench) -> None:
    driver = bench.meter("mains").driver
    bench.sim.set_world({"mains_meter": "garbage"})
    first, second = await driver.read(), await driver.read()

    assert math.isnan(first.currents_a[0])
    assert second.currents_a == (1e6, 1e6, 1e6)


async def test_a_frozen_meter_repeats_what_it_showed_last(bench) -> None:
    mains = bench.meter("mains")
    bench.sim.set_world({"mains_meter": "frozen"})
    bench.sim.set_world({"house_a": (5.0, 0.0, 0.0)})
    before = await mains.read()
    bench.sim.set_world({"house_a": (9.0, 0.0, 0.0)})
    bench.clock.go(10.0)
    after = await mains.read()
    assert after == replace(before, at_s=before.at_s + 10.0)

    bench.sim.set_world({"mains_meter": "ok"})
    assert (await mains.read()).currents_a == (9.0, 0.0, 0.0)


async def test_an_inverted_meter_shows_import_as_export(bench) -> None:
    bench.sim.set_world({"house_a": (5.0, -1.0, 0.0), "mains_meter": "inverted"})
    reading = await bench.meter("mains").read()

    assert reading.currents_a == (-5.0, 1.0, 0.0)
    assert reading.power_w == pytest.approx(-920.0)


# --- registers -----------------------------------------------------------------------------


async def test_a_new_register_starts_at_zero_and_counts(bench) -> None:
    meter = bench.meter("evse/1")
    assert (await meter.read()).energy_wh == 0.0
    await charging(bench)
    bench.clock.go(3600.0)

    assert (await meter.read()).energy_wh == pytest.approx(48.0 * 230.0 * (1 + 55 / 3600), rel=1e-3)


async def test_sun_is_counted_as_export(bench_on) -> None:
    bench = bench_on(solar_w=1000)
    meter = bench.meter("mains")
    bench.clock.go(3600.0)
    reading = await meter.read()

    assert (reading.energy_wh, reading.export_wh) == (0.0, pytest.approx(1000.0))


async def test_no_kill_takes_back_what_was_read(bench_on) -> None:
    bench = bench_on()
    await charging(bench)
    read_wh = 0.0
    for _ in range(20):
        bench.clock.go(0.7)
        read_wh = (await bench.meter("evse/1").read()).energy_wh or 0.0
        reborn = await bench_on().meter("evse/1").read()
        assert reborn.energy_wh == read_wh
    assert read_wh > 0.0


async def test_a_kill_costs_at_most_two_seconds_of_energy(bench_on) -> None:
    bench = bench_on()
    await charging(bench)
    meter = bench.meter("evse/1")
    for _ in range(100):
        bench.clock.go(0.97)
        await meter.read()
    true_wh = bench.sim.now().registers["evse/1"].import_wh

    saved_wh = bench.disk.saved["evse/1"]["import_wh"]
    assert true_wh - saved_wh <= 48.0 * 230.0 * 2.0 / 3600.0


async def test_the_disk_is_written_at_most_once_a_second_and_only_for_news(bench) -> None:
    meter = bench.meter("evse/1")
    for _ in range(50):
        bench.clock.go(1.0)
        await meter.read()
    assert bench.disk.saves == 1  # the register is new, then nothing flows

    await charging(bench)
    saves = bench.disk.saves
    for _ in range(100):
        bench.clock.go(0.1)
        await meter.read()
    assert 9 <= bench.disk.saves - saves <= 10


async def test_registers_stand_still_while_the_disk_refuses(bench) -> None:
    await charging(bench)
    meter = bench.meter("evse/1")
    before = await meter.read()
    bench.disk.full = True
    bench.clock.go(10.0)
    during = await meter.read()
    assert during.energy_wh == before.energy_wh
    assert during.currents_a == (16.0, 16.0, 16.0)

    bench.disk.full = False
    bench.clock.go(1.0)
    assert (await meter.read()).energy_wh > before.energy_wh


async def test_readers_do_not_wait_for_a_save_that_is_under_way(bench) -> None:
    await charging(bench)
    meter = bench.meter("evse/1")
    quick: list[float | None] = []

    async def somebody_else_reads() -> None:
        bench.clock.go(5.0)
        quick.append((await meter.read()).energy_wh)

    bench.disk.meanwhile = somebody_else_reads
    reading = await meter.read()

    assert quick == [0.0]
    assert reading.energy_wh > 0.0


async def test_the_register_can_be_set_forward_but_never_back(bench) -> None:
    await charging(bench)
    meter = bench.meter("evse/1")
    bench.sim.set_evse(1, {"energy_wh": 50_000})
    bench.clock.go(1.0)
    assert (await meter.read()).energy_wh == pytest.approx(50_003.07, abs=0.01)

    with pytest.raises(NotNow, match="never falls"):
        bench.sim.set_evse(1, {"energy_wh": 49_999})


async def test_a_place_that_nobody_reads_now_keeps_its_register(bench_on, disk) -> None:
    disk.saved = {"evse/7": {"import_wh": 7.0, "export_wh": 0.0}}
    bench = bench_on()
    await charging(bench)
    await bench.meter("evse/1").read()

    assert disk.saved["evse/7"]["import_wh"] == 7.0
