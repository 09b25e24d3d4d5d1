"""The Sensorbox: smart meter, clamps, nothing new."""

import pytest
from modbus_devices import words

from hardware.api import BusError

P1, OLD_P1, CLAMPS = 0x80, 0x40, 0x03


def box(meters, flags: int, wiring: int = 0x14) -> None:
    """Let the box say *flags*, with 1..3 A from the smart meter and 4..6 A from the clamps."""
    meters.devices.hold(10, 0, [0x0100 | wiring, 0x3200 | flags])
    values = (230.0, 231.0, 232.0, 1.0, -2.0, 3.0, 4.0, -5.0, 6.0)
    meters.devices.hold(10, 2, [word for value in values for word in words(value)])


async def test_the_smart_meter_goes_before_the_clamps(meters) -> None:
    box(meters, P1 | CLAMPS)
    reading = await meters.open(driver="sensorbox").read()

    assert reading.currents_a == (1.0, -2.0, 3.0)
    assert reading.voltages_v == (230.0, 231.0, 232.0)
    assert meters.devices.asked == [(10, 4, 0, 20)]


@pytest.mark.parametrize(("clamps_a", "factor"), [(100, 1.0), (200, 2.0)])
async def test_clamps_have_two_sizes(meters, clamps_a: int, factor: float) -> None:
    box(meters, CLAMPS)
    reading = await meters.open(driver="sensorbox", clamps_a=clamps_a).read()

    assert reading.currents_a == (4.0 * factor, -5.0 * factor, 6.0 * factor)
    assert reading.voltages_v is None


async def test_nothing_new_is_the_last_reading_with_its_own_time(meters) -> None:
    box(meters, CLAMPS)
    meter = meters.open(driver="sensorbox")
    first = await meter.read()
    meters.clock.go(5.0)
    box(meters, 0)

    assert await meter.read() == first
    box(meters, P1)
    assert (await meter.read()).at_s == meters.clock()


async def test_an_old_smart_meter_without_clamps_protects_nobody(meters) -> None:
    box(meters, OLD_P1)

    with pytest.raises(BusError, match="older than DSMR 5"):
        await meters.open(driver="sensorbox").read()


async def test_a_box_that_has_just_started_has_nothing(meters) -> None:
    box(meters, 0)

    with pytest.raises(BusError, match="nothing measured yet"):
        await meters.open(driver="sensorbox").read()


@pytest.mark.parametrize(
    ("wires", "wiring", "written"), [(3, 0x14, 2), (4, 0x16, 0), (3, 0x16, None), (4, 0x14, None)]
)
async def test_the_box_is_told_how_the_mains_is_wired(
    meters, wires: int, wiring: int, written: int | None
) -> None:
    box(meters, CLAMPS, wiring)
    await meters.open(driver="sensorbox", wires=wires).read()

    assert meters.devices.registers[10].get(0x0800) == written
