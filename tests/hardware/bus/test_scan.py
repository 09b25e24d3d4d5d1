"""Who is on a line, and what he may be."""

import pytest
from modbus_devices import Devices, SerialEnd, crc_error, words
from modbus_meters import USABLE, as_told

from hardware.api import BusError
from hardware.bus.line import LineSettings
from hardware.drivers.rows import Row, rows
from hardware.scan import Found, identified, present, scanned


@pytest.fixture
def scan(serial_end: SerialEnd):
    """Return the line for scanning, with a short time-out."""
    settings = {"port": serial_end.port, "baudrate": 115200, "timeout_s": 0.02}
    return scanned(LineSettings.model_validate(settings))


@pytest.fixture(autouse=True)
async def closed(scan):
    """Close the line afterwards."""
    yield
    await scan.close()


async def found(scan, device_id: int = 11) -> Found:
    return await identified(scan, device_id, lambda: 0.0)


async def test_whoever_says_anything_is_there(scan, devices: Devices) -> None:
    devices.hold(12, 500, [1])
    devices.hold(13, 0, [1, 2])
    devices.spoil[13] = crc_error
    asked: list[int] = []

    assert [each async for each in present(scan, range(9, 15), asked.append)] == [11, 12, 13]
    assert asked == [9, 10, 11, 12, 13, 14]


async def test_a_scan_only_reads(scan, devices: Devices) -> None:
    async for device_id in present(scan, (11,)):
        await found(scan, device_id)

    assert {function for _, function, *_ in devices.asked} <= {3, 4}


async def test_a_line_that_is_not_there_is_no_empty_line(scan, serial_end: SerialEnd) -> None:
    serial_end.unplug()

    with pytest.raises(BusError, match="no such device"):
        [each async for each in present(scan, (11,))]


@pytest.mark.parametrize("row", USABLE, ids=lambda row: row.model)
async def test_every_kind_is_recognized(scan, devices: Devices, row: Row) -> None:
    devices.registers[11] = as_told(row, [6.0, 7.0, 8.0][: row.phases])
    fits = (await found(scan)).fits

    assert row.model in [fit.settings.get("model") for fit in fits]
    best = fits[0].reading
    assert best is not None
    assert best.currents_a[0] == pytest.approx(6.0)


async def test_kinds_with_the_same_registers_fit_together(scan, devices: Devices) -> None:
    devices.registers[11] = as_told(rows()["eastron_sdm630"], [6.0, 7.0, 8.0])

    assert [fit.settings["model"] for fit in (await found(scan)).fits] == [
        "eastron_sdm630",
        "eastron_sdm72d_m_2",
    ]


async def test_a_meter_of_totals_is_named_and_not_suggested(scan, devices: Devices) -> None:
    devices.registers[11].clear()
    devices.hold(11, 0x34, words(1380.0))
    devices.hold(11, 0x48, [*words(7.0), *words(1.0)])
    (fit,) = (await found(scan)).fits

    assert (fit.title, fit.settings) == ("Eastron SDM72D-M (first version)", {})


async def test_a_sensorbox_is_recognized(scan, devices: Devices) -> None:
    devices.hold(10, 0, [0x0114, 0x3280, *words(230.0) * 3, *words(6.0) * 3, *[0] * 6])
    (fit,) = (await found(scan, 10)).fits

    assert fit.settings == {"driver": "sensorbox"}
    assert fit.reading is not None
    assert fit.reading.currents_a == (6.0, 6.0, 6.0)


async def test_a_sensorbox_without_anything_to_measure_is_recognized(
    scan, devices: Devices
) -> None:
    devices.hold(10, 0, [0x0114, 0x3240, *[0] * 18])
    (fit,) = (await found(scan, 10)).fits

    assert (fit.settings, fit.reading) == ({"driver": "sensorbox"}, None)


async def test_a_smartevse_is_recognized(scan, devices: Devices) -> None:
    devices.hold(2, 0, [2, 0, 60, 1, 0, 1, 0, 16])
    (fit,) = (await found(scan, 2)).fits

    assert fit.title.startswith("SmartEVSE as a node")


@pytest.mark.parametrize("values", [[0] * 0x100, list(range(0x100)), [0xFFFF] * 0x100])
async def test_what_is_no_house_is_no_meter(scan, devices: Devices, values: list[int]) -> None:
    devices.hold(11, 0, values)

    assert (await found(scan)).fits == ()
