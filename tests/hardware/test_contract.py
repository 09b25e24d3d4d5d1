"""What every board and every meter owes its caller, whoever made it: one suite for all.

A new driver gets a row in BOARDS or METERS that says how to stand it on the bench.
"""

import asyncio
import math
import threading
from dataclasses import replace
from typing import ClassVar

import pytest
from modbus_devices import words
from openevse_device import OpenEvseDevice
from telegrams import telegram

from hardware import registry
from hardware.api import Actuation, BusError, MeterReading, Pilot
from hardware.bus.line import Line
from hardware.drivers.rapi import Said
from hardware.registry import Kind
from hardware.wiring import Wiring, implausible


class Bus:
    """A line on which every device measures 1, 2 and 3 A: a meter at 11, a Sensorbox at 10."""

    def __init__(self) -> None:
        volts_and_amps = (230.0, 230.0, 230.0, 1.0, 2.0, 3.0)
        meter = (1.0, 2.0, 3.0, 230.0, 460.0, 690.0, 5.0)
        self.registers = {
            10: [0x0114, 0x3280, *(word for each in volts_and_amps for word in words(each))],
            11: [word for each in meter for word in words(each)],
        }

    def device(self, device_id: int) -> "Bus":
        self.held = [*self.registers[device_id], *[0] * 32]
        return self

    async def read(self, function: int, address: int, count: int) -> tuple[int, ...]:
        return tuple(self.held[address : address + count])


class P1(Line):
    """A port on which a smart meter says the same again and again."""

    async def heard(self) -> bytes:
        lines = ("1.8.0(1*kWh)", "1.7.0(1380*W)", "31.7.0(1*A)", "51.7.0(2*A)", "71.7.0(3*A)")
        return telegram("\n".join(f"1-0:{line}" for line in lines))


class Rapi:
    """The line of a board that measures 1 A on its one phase."""

    SAYS: ClassVar = {"GG": "1000 230000", "GU": "18000 0", "GS": "03 12 03 0140"}

    async def ask(self, command: str) -> Said:
        return Said("OK", tuple(self.SAYS[command].split()))


MEASURED = {
    "active_power_w": 1380,
    **{f"active_current_l{phase}_a": phase for phase in (1, 2, 3)},
    "total_power_import_kwh": 1,
}


CHARGE = Actuation(16.0, close_main=True, close_second=True, lock=True, valid_until_s=math.inf)
BOARDS = {
    "openevse": {"timeout_s": 1.0},
    "sim": {"connectors": 1, "connector_lock": True},
}
THREE_PHASES = {"sim"}  # boards with a second contactor
METERS = {
    "dsmr": {"port": "/dev/ttyUSB1"},
    "homewizard": {"url": "http://192.168.1.20"},
    "modbus": {
        "model": "custom",
        "bus": "rs485",
        "device_id": 11,
        "registers": {"currents": "0", "phase_powers": "6", "import_wh": "12"},
    },
    "openevse": {"port": "/dev/ttyUSB0"},
    "pushed": {},
    "sensorbox": {"bus": "rs485"},
    "sim": {},
}
ONE_PHASE = {"openevse"}  # meters that measure only the first


def test_every_driver_of_ours_stands_on_this_bench() -> None:
    assert (registry.OURS[Kind.BOARD].keys(), registry.OURS[Kind.METER].keys()) == (
        BOARDS.keys(),
        METERS.keys(),
    )


# --- boards --------------------------------------------------------------------------------


@pytest.fixture(params=BOARDS)
async def board(request, bench, tmp_path):
    """Yield a board of each kind, with a car on it that wants to charge."""
    name, given, device = request.param, dict(BOARDS[request.param]), None
    if name == "openevse":
        device = OpenEvseDevice(tmp_path / "ttyUSB0")
        device.plugged = True
        given["port"] = device.port
    board = registry.open_board(name, given, bench.context("evse/1"))
    if name == "sim":
        bench.sim.plug_in(1, {})
    yield board
    await board.close()
    if device is not None:
        await device.close()


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


async def test_a_board_charges_a_car_that_is_offered(board, clock, request) -> None:
    await charge(board, clock)
    sensed = await board.sense()
    three_phases = request.node.callspec.params["board"] in THREE_PHASES

    assert (sensed.pilot, sensed.second_closed) == (Pilot.C, three_phases)
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


async def test_a_board_that_is_offered_nothing_opens(board, clock) -> None:
    await charge(board, clock)
    await board.apply(Actuation(0.0, False, False, True, valid_until_s=math.inf))

    assert not (await board.sense()).main_closed


async def test_less_than_6_a_is_nothing(board, clock) -> None:
    for _ in range(50):
        await board.apply(Actuation(5.9, True, True, True, valid_until_s=math.inf))
        clock.go(0.1)

    assert (await board.sense()).pilot is Pilot.B


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
def open_meter(request, bench, monkeypatch):
    """Return a way to open a meter of each kind, one that can be read at once."""

    async def open_line(settings: object) -> Line:
        return P1()

    async def measured(meter: object) -> dict[str, int]:
        return MEASURED

    monkeypatch.setattr("hardware.drivers.dsmr.open_line", open_line)
    monkeypatch.setattr("hardware.drivers.homewizard.HomeWizard._measured", measured)
    monkeypatch.setattr("hardware.drivers.openevse_meter.line_at", lambda port: Rapi())

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


@pytest.fixture
def one_phase(request) -> bool:
    """Return whether the meter measures only the first phase."""
    return request.node.callspec.params["open_meter"] in ONE_PHASE


async def test_a_meter_gives_a_reading_that_can_be_true(open_meter, one_phase, clock) -> None:
    reading = await open_meter().read()

    assert reading.currents_a == ((1.0, 0.0, 0.0) if one_phase else (1.0, 2.0, 3.0))
    assert reading.at_s == clock()
    assert implausible(reading) is None


async def test_a_meter_is_read_as_it_is_wired(open_meter, one_phase) -> None:
    reading = await open_meter(Wiring(inverted=True, phase_map=(2, 1, 3))).read()

    assert reading.currents_a == ((0.0, -1.0, 0.0) if one_phase else (-2.0, -1.0, -3.0))
    assert reading.power_w in (-230.0 if one_phase else -1380.0, None)


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
