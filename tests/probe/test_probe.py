"""`chargepoint probe` over the real transport: what it says and how it ends."""

import asyncio
import sys
import tomllib
from io import StringIO

import pytest
from modbus_devices import SerialEnd
from modbus_meters import as_told
from rich.console import Console

from chargepoint.errors import SettingsError
from chargepoint.probe import Scan, ids_of, of_options, of_settings, probe
from chargepoint.settings.checks import all_mistakes
from chargepoint.settings.model import Settings
from hardware.api import WrongSettings
from hardware.bus.line import LineSettings
from hardware.drivers.rows import rows


def scan(end: SerialEnd, **configured: str) -> Scan:
    line = LineSettings(port=end.port, baudrate=115200, timeout_s=0.02)
    return Scan("rs485", line, {int(key[1:]): value for key, value in configured.items()})


def said(console: Console) -> str:
    return console.file.getvalue()  # type: ignore[attr-defined]


async def test_what_answers_is_named_with_values_and_toml(end: SerialEnd, console) -> None:
    end.devices.registers[11] = as_told(rows()["eastron_sdm630"], [6.0, -7.0, 8.0])
    end.devices.hold(12, 900, [0])
    assert await probe(scan(end), [10, 11, 12], False, console) == 0

    text = said(console)
    assert "  11  eastron_sdm630 or eastron_sdm72d_m_2" in text
    assert "  12  answers, but is no meter of the table" in text
    assert " 6.00 " in text
    assert " -7.00 " in text
    assert " 1610 " in text
    assert " 123.45 " in text
    toml = tomllib.loads(text.partition("To use it:")[2])
    settings = Settings.model_validate(toml)
    assert settings.hardware.meters.mains is not None
    assert settings.hardware.meters.mains.model == "eastron_sdm630"
    assert settings.hardware.buses["rs485"].baudrate == 115200
    assert {function for _, function, *_ in end.devices.asked} <= {3, 4}


async def test_each_meter_is_suggested_in_a_place_of_its_own(end: SerialEnd) -> None:
    narrow = Console(file=StringIO(), width=40)
    for device_id in range(11, 16):
        end.devices.registers[device_id] = as_told(rows()["eastron_sdm630"], [6.0, -7.0, 8.0])
    end.devices.hold(10, 0, [0x0114, 0x3280, *[0] * 18])
    await probe(scan(end), list(range(10, 16)), False, narrow)

    toml = tomllib.loads(said(narrow).partition("To use it:")[2])
    settings = Settings.model_validate(toml)
    assert list(all_mistakes(settings)) == []
    assert settings.hardware.meters.mains is not None
    assert settings.hardware.meters.mains.driver == "sensorbox"
    assert [evse.id for evse in settings.evse] == [1, 2, 3]


async def test_what_is_configured_is_not_suggested_again(end: SerialEnd, console) -> None:
    end.devices.registers[11] = as_told(rows()["chint_ddsu666"], [6.0])
    await probe(scan(end, _11="hardware.meters.mains: chint_ddsu666"), [11], False, console)

    assert "hardware.meters.mains: chint_ddsu666" in said(console)
    assert "To use it" not in said(console)


async def test_nobody_is_another_end_than_somebody(end: SerialEnd, console) -> None:
    assert await probe(scan(end), [11], False, console) == 69
    assert "Nobody answers. Are A and B the right way round" in said(console)


async def test_a_line_that_is_not_there_says_why(end: SerialEnd, console) -> None:
    end.unplug()

    assert await probe(scan(end), [11], False, console) == 74
    assert "there is no such device; is it plugged in?" in said(console)


async def test_a_line_that_the_daemon_has_says_so(end: SerialEnd, console) -> None:
    end.devices.registers[11] = as_told(rows()["chint_ddsu666"], [6.0])
    daemon = asyncio.create_task(probe(scan(end), [11], True, Console(file=console.file)))
    await end.devices.was_asked.wait()

    other = Console(file=type(console.file)(), width=200)
    assert await probe(scan(end), [11], False, other) == 74
    assert "perhaps this station's own daemon" in said(other)
    daemon.cancel()
    await asyncio.gather(daemon, return_exceptions=True)


async def test_whoever_stops_the_search_is_told_what_was_found(end: SerialEnd, console) -> None:
    end.devices.registers[11] = as_told(rows()["eastron_sdm630"], [6.0, -7.0, 8.0])
    end.devices.registers[12] = {}
    probing = asyncio.create_task(probe(scan(end), list(range(11, 248)), False, console))
    while not any(asked[0] == 13 for asked in end.devices.asked):
        end.devices.was_asked.clear()
        await end.devices.was_asked.wait()
    probing.cancel()

    assert await probing == 0
    assert 'model = "eastron_sdm630"' in said(console)


async def test_watching_goes_on(end: SerialEnd, console, monkeypatch) -> None:
    monkeypatch.setattr("chargepoint.probe.EVERY_S", 0.0)
    end.devices.registers[11] = as_told(rows()["chint_ddsu666"], [6.0])
    watching = asyncio.create_task(probe(scan(end), [11], True, console))
    seen = 0
    while seen < 200:
        end.devices.was_asked.clear()
        await end.devices.was_asked.wait()
        seen += 1
    assert not watching.done()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


@pytest.mark.parametrize(
    ("text", "ids"), [("11", [11]), ("1-3, 42", [1, 2, 3, 42]), ("5,4-6", [5, 4, 6])]
)
def test_addresses_are_written_short(text: str, ids: list[int]) -> None:
    assert ids_of(text) == ids


@pytest.mark.parametrize("text", ["", "0", "248", "9-3", "a", "1-2-3", "1,,2"])
def test_what_is_no_address_is_named(text: str) -> None:
    with pytest.raises(SettingsError, match="allowed: as in 1-20,42"):
        ids_of(text)


def test_a_configuration_without_a_line_says_so() -> None:
    with pytest.raises(SettingsError, match="there is none; name a line with --port"):
        of_settings(Settings())


def test_a_configuration_names_its_lines_and_devices() -> None:
    meter = {"driver": "modbus", "model": "eastron_sdm630", "bus": "a", "device_id": 11}
    settings = Settings.model_validate(
        {"hardware": {"buses": {"a": {"port": "/dev/x"}}, "meters": {"mains": meter}}}
    )
    (only,) = of_settings(settings)

    assert (only.name, only.line.port, only.line.timeout_s) == ("a", "/dev/x", 0.2)
    assert only.configured == {11: "hardware.meters.mains: eastron_sdm630"}


def test_options_are_checked() -> None:
    assert of_options("tcp://host:502", 9600, "N", 1).line.port == "tcp://host:502"
    with pytest.raises(WrongSettings, match="parity"):
        of_options("/dev/x", 9600, "X", 1)


async def test_the_command_itself(end: SerialEnd) -> None:
    end.devices.registers[11] = as_told(rows()["eastron_sdm630"], [6.0, -7.0, 8.0])
    options = ["--port", end.port, "--baudrate", "115200", "--ids", "10-11"]
    command = [sys.executable, "-m", "chargepoint", "probe", *options]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()

    assert process.returncode == 0
    assert 'model = "eastron_sdm630"' in out.decode()
