"""Modbus meters over the real transport, one suite for every row."""

import pytest
from modbus_devices import words
from modbus_meters import USABLE, as_told

from hardware import registry
from hardware.api import BusError, WrongSettings
from hardware.bus.answers import Refused
from hardware.drivers.rows import Row, rows
from hardware.registry import Context, Kind
from hardware.wiring import Wiring

FLOWING = [-10.0, 5.0, 16.0]


@pytest.mark.parametrize("row", USABLE, ids=lambda row: row.model)
async def test_every_row_is_read_over_the_wire(meters, row: Row) -> None:
    flowing = FLOWING[: row.phases]
    meters.devices.registers[11] = as_told(row, flowing)
    reading = await meters.open(model=row.model, device_id=11).read()

    expected = tuple(flowing + [0.0] * (3 - row.phases))
    assert reading.at_s == meters.clock()
    assert reading.currents_a == pytest.approx(expected)
    assert reading.power_w == pytest.approx(230.0 * sum(flowing), abs=10.0)
    assert reading.energy_wh == pytest.approx(123_450.0, abs=100.0)
    assert reading.voltages_v is not None
    assert reading.voltages_v[0] == pytest.approx(230.0)
    assert {asked[1] for asked in meters.devices.asked} == {row.function}


@pytest.mark.parametrize("row", USABLE, ids=lambda row: row.model)
async def test_the_inverted_meter_mirrors(meters, row: Row) -> None:
    meters.devices.registers[11] = as_told(row, FLOWING[: row.phases])
    plain = await meters.open(model=row.model, device_id=11).read()
    inverted = await meters.open("mains", Wiring(True), model=row.model, device_id=11).read()

    assert inverted.currents_a == tuple(-each for each in plain.currents_a)
    assert inverted.power_w == -(plain.power_w or 0.0)
    assert (inverted.energy_wh, inverted.export_wh) == (plain.export_wh, plain.energy_wh)
    assert inverted.voltages_v == plain.voltages_v


async def test_phases_are_where_they_are_clamped(meters) -> None:
    row = rows()["eastron_sdm630"]
    meters.devices.registers[11] = as_told(row, [1.0, 2.0, 3.0])
    meter = meters.open("mains", Wiring(phase_map=(2, 3, 1)), model=row.model, device_id=11)

    assert (await meter.read()).currents_a == (3.0, 1.0, 2.0)


async def test_counters_of_the_mains_are_read_now_and_then(meters) -> None:
    meters.devices.registers[11] = as_told(rows()["eastron_sdm630"], FLOWING)
    meter = meters.open(model="eastron_sdm630", device_id=11)
    for _ in range(11):
        reading = await meter.read()
        assert reading.energy_wh == pytest.approx(123_450.0)
        meters.clock.go(1.0)

    assert [asked[2] for asked in meters.devices.asked] == [0, 72, *[6] * 9, 0, 72]


async def test_counters_of_an_evse_are_read_every_time(meters) -> None:
    meters.devices.registers[11] = as_told(rows()["eastron_sdm630"], FLOWING)
    meter = meters.open("evse/1", model="eastron_sdm630", device_id=11)
    await meter.read()
    await meter.read()

    assert [asked[2] for asked in meters.devices.asked] == [0, 72, 0, 72]


async def test_what_a_kind_may_not_have_is_asked_once(meters) -> None:
    row = rows()["phoenix_eem350"]
    registers = as_told(row, FLOWING)
    for missing in (0x5C, 0x5D):
        del registers[missing]
    meters.devices.registers[11] = registers
    meter = meters.open("evse/1", model=row.model, device_id=11)

    assert (await meter.read()).export_wh is None
    assert (await meter.read()).currents_a == tuple(FLOWING)
    assert [asked[2] for asked in meters.devices.asked].count(0x5C) == 1


async def test_a_meter_of_another_model_refuses(meters) -> None:
    meters.devices.registers[11] = as_told(rows()["eastron_sdm120"], [10.0])
    meter = meters.open(model="eastron_sdm630", device_id=11)

    with pytest.raises(Refused, match="device 11 refuses to read 18 at 0x0000: it does not have"):
        await meter.read()


async def test_silence_and_its_end(meters, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hardware.bus.bus.FIRST_PAUSE_S", 0.0)
    meter = meters.open(model="eastron_sdm630", device_id=11)
    with pytest.raises(BusError, match="device 11 does not answer"):
        await meter.read()
    meters.devices.registers[11] = as_told(rows()["eastron_sdm630"], FLOWING)

    assert (await meter.read()).currents_a == tuple(FLOWING)


async def test_swapped_words_are_an_error_and_no_reading(meters) -> None:
    registers = as_told(rows()["eastron_sdm630"], FLOWING)
    meters.devices.registers[11] = {address: registers.get(address ^ 1, 0) for address in registers}

    with pytest.raises(BusError, match="order of the words"):
        await meters.open(model="eastron_sdm630", device_id=11).read()


async def test_what_cannot_be_true_is_no_reading(meters) -> None:
    row = rows()["eastron_sdm630"]
    meters.devices.registers[11] = as_told(row, [1200.0, 0.0, 0.0])

    with pytest.raises(BusError, match="cannot be true"):
        await meters.open(model=row.model, device_id=11).read()


async def test_custom_registers_are_read(meters) -> None:
    meters.devices.hold(12, 100, [*words(-4_200, "int32", "cdab"), *words(900, "int32", "cdab")])
    meters.devices.hold(12, 104, words(0, "int32", "cdab"))
    meters.devices.hold(12, 200, words(77, "uint16"))
    registers = {
        "function": 3,
        "type": "int32",
        "order": "cdab",
        "currents": "100/3",
        "import_wh": "uint16@200/-3",
    }
    reading = await meters.open(model="custom", device_id=12, registers=registers).read()

    assert reading.currents_a == (-4.2, 0.9, 0.0)
    assert (reading.energy_wh, reading.power_w, reading.voltages_v) == (77_000.0, None, None)


# --- settings ------------------------------------------------------------------------------

GIVEN = {"model": "eastron_sdm630", "bus": "rs485", "device_id": 11}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model": "eastron_sdm360"}, r"no meter is called 'eastron_sdm360'; did you mean eastron"),
        ({"model": "zzz"}, "known are abb_b23, "),
        ({"model": "eastron_sdm72d_m"}, "totals only"),
        ({"model": "custom"}, "belong together"),
        ({"registers": {"currents": "6"}}, "belong together"),
        ({"model": "custom", "registers": {"currents": "six"}}, "'six' is no register"),
        ({"model": "custom", "registers": {"currents": "6", "order": "abdc"}}, "order"),
        ({"bus": ""}, "bus"),
        ({"device_id": 248}, "device_id"),
        ({"colour": "red"}, "colour: unknown here"),
    ],
)
def test_wrong_settings_are_named(change: dict[str, object], message: str) -> None:
    with pytest.raises(WrongSettings, match=message):
        registry.settings(Kind.METER, "modbus", {**GIVEN, **change})


def test_a_bus_that_is_not_there_is_named() -> None:
    context = Context("mains", lambda: 0.0)
    with pytest.raises(WrongSettings, match=r"mains\.bus: no bus is called 'rs485'; there is no"):
        registry.open_meter("modbus", GIVEN, context)


def test_wrong_lines_are_named() -> None:
    with pytest.raises(WrongSettings, match=r"hardware\.buses\.rs485\.baudrate: "):
        registry.open_bus("rs485", {"port": "/dev/ttyUSB0", "baudrate": 1})
