"""What every board and every meter owes its caller, whoever made it: one suite for all.

A new driver gets a row in BOARDS or METERS that says how to stand it on the bench.
"""

import asyncio
import math
import threading
from dataclasses import replace

import pytest
from modbus_devices import words

from hardware import registry
from hardware.api import Actuation, BusError, MeterReading, Pilot
from hardware.registry import Kind
from hardware.wiring import Wiring, implausible


class Bus:
    """A line on which every device is a meter that measures 1, 2 and 3 A."""

    def device(self, device_id: int) -> "Bus":
        return self

    async def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        values = (1.0, 2.0, 3.0, 230.0, 460.0, 690.0, 5.0)
        return tuple(word for each in values for word in words(each))[address : address + count]


CHARGE = Actuation(16.0, close_main=True, close_second=True, lock=True, valid_until_s=math.inf)
BOARDS = {
    "sim": {"connectors": 1, "connector_lock": True},
}
NEEDS_A_DEVICE = {"dsmr", "homewizard", "sensorbox"}  # their own tests have it, and the same claims
METERS = {
    "modbus": {
        "model": "custom",
        "bus": "rs485",
        "device_id": 11,
        "registers": {"currents": "0", "phase_powers": "6", "import_wh": "12"},
    },
    "pushed": {},
    "sim": {},
}


def test_every_driver_of_ours_stands_on_this_bench() -> None:
    assert (registry.OURS[Kind.BOARD].keys(), registry.OURS[Kind.METER].keys()) == (
        BOARDS.keys(),
        METERS.keys() | NEEDS_A_DEVICE,
    )


# --- boards --------------------------------------------------------------------------------


@pytest.fixture(params=BOARDS)
def board(request, bench):
    """Return a board of each kind, with a car on it that wants to charge."""
    board = registry.open_board(request.param, BOARDS[request.param], bench.context("evse/1"))
    bench.sim.plug_in(1, {})
    return board


async def charge(board, clock, lease_s: float = 1.0) -> None:
    """Charge for a while on a lease that has *lease_s* to go."""
    for _ in range(50):
        await board.apply(Actuation(16.0, True, True, True, valid_until_s=clock() + lease_s))
        clock.go(0.1)
    assert (await board.sense()).main_closed


async def test_a_board_boots_safe(board) -> None:
    sensed = await board.sense()

    assert sensed.connected
    assert (sensed.main_closed, sensed.second_closed) == (False, False)


async def test_a_board_says_when_it_sensed(board, clock) -> None:
    clock.go(3.0)

    assert (await board.sense()).at_s == clock()


async def test_a_board_charges_a_car_that_is_offered(board, clock) -> None:
    await charge(board, clock)
    sensed = await board.sense()

    assert (sensed.pilot, sensed.second_closed) == (Pilot.C, True)
    assert sensed.cable_a > 0.0


async def test_a_board_goes_safe_by_itself_when_its_lease_ends(board, clock) -> None:
    await charge(board, clock)
    clock.go(0.8)
    assert (await board.sense()).main_closed
    clock.go(0.2)

    sensed = await board.sense()
    assert (sensed.main_closed, sensed.second_closed) == (False, False)
    clock.go(10.0)
    assert not (await board.sense()).main_closed


async def test_a_lease_that_has_lapsed_before_it_arrives_does_nothing(board, clock) -> None:
    for _ in range(50):
        await board.apply(Actuation(16.0, True, True, True, valid_until_s=clock() - 0.1))
        clock.go(0.1)

    assert (await board.sense()).pilot is Pilot.B
    assert not (await board.sense()).main_closed


async def test_a_watchdogs_thread_makes_a_board_safe(board, clock) -> None:
    await charge(board, clock, lease_s=1e6)
    watchdog = threading.Thread(target=board.make_safe)
    watchdog.start()
    watchdog.join()

    assert not (await board.sense()).main_closed
    await charge(board, clock)


async def test_a_closed_board_is_safe(board, clock) -> None:
    await charge(board, clock, lease_s=1e6)
    await board.close()

    assert not (await board.sense()).main_closed


async def test_sensing_and_applying_at_once_is_allowed(board) -> None:
    await asyncio.gather(*(board.sense() for _ in range(3)), board.apply(CHARGE))


# --- meters --------------------------------------------------------------------------------


@pytest.fixture(params=METERS)
def open_meter(request, bench):
    """Return a way to open a meter of each kind, one that can be read at once."""

    def opened(wiring: Wiring | None = None):
        name = request.param
        context = replace(bench.context("mains"), buses={"rs485": Bus()})
        meter = registry.open_meter(name, METERS[name], context, wiring)
        if name == "pushed":
            reading = MeterReading(bench.clock(), (1.0, 2.0, 3.0), None, 1380.0, 5.0, 4.0)
            meter.driver.push(reading)
        return meter

    bench.sim.set_world({"house_a": [1, 2, 3]})
    return opened


async def test_a_meter_gives_a_reading_that_can_be_true(open_meter, clock) -> None:
    reading = await open_meter().read()

    assert reading.currents_a == (1.0, 2.0, 3.0)
    assert reading.at_s == clock()
    assert implausible(reading) is None


async def test_a_meter_is_read_as_it_is_wired(open_meter) -> None:
    reading = await open_meter(Wiring(inverted=True, phase_map=(2, 1, 3))).read()

    assert reading.currents_a == (-2.0, -1.0, -3.0)
    assert reading.power_w == -1380.0


async def test_a_meters_registers_never_fall(open_meter, clock) -> None:
    meter, last = open_meter(), 0.0
    for _ in range(10):
        clock.go(1.0)
        energy_wh = (await meter.read()).energy_wh or 0.0
        assert energy_wh >= last
        last = energy_wh


async def test_a_meter_closes_once_and_again(open_meter) -> None:
    meter = open_meter()

    await meter.close()
    await meter.close()


# --- pushed --------------------------------------------------------------------------------


async def test_before_the_first_push_there_is_no_answer(bench) -> None:
    meter = registry.open_meter("pushed", {}, bench.context("circuit"))

    with pytest.raises(BusError, match="nothing has been pushed"):
        await meter.read()


async def test_garbage_pushed_changes_nothing(bench) -> None:
    meter = registry.open_meter("pushed", {}, bench.context("circuit"))
    good = MeterReading(7.0, (1.0, 1.0, 1.0))
    meter.driver.push(good)

    with pytest.raises(ValueError, match="currents_a"):
        meter.driver.push(MeterReading(8.0, (1.0, math.nan, 1.0)))
    assert await meter.read() == good
