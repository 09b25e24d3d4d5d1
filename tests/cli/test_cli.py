"""Commands, their options and their exit codes."""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import chargepoint.demo  # noqa: F401  # the stand-in needs the real parent
from chargepoint import cli
from chargepoint.errors import SettingsError, StoreError
from chargepoint.settings import Settings
from hardware.api import UnknownDriver


@pytest.fixture(autouse=True)
def same_log() -> Iterator[None]:
    """``run`` sets up the log of the process; put it back."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("websockets", "asyncio", "aiohttp")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


def test_check_says_that_all_is_fine_and_what_it_comes_to(chargepoint, tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text(
        '[csms]\nurl = "ws://host/ocpp"\n[[evse]]\nconnectors = 2\nconnector_lock = false\n'
        '[hardware.meters.mains]\ndriver = "none"'
    )

    left = chargepoint("check", "--config", str(path), "--set", "limits.mains_a=20")

    assert left.code == 0
    assert [" ".join(line.split()) for line in left.out.splitlines()] == [
        "configuration is fine",
        "station CP001, ChargePointAgent Agent",
        "central system ws://host/ocpp",
        "ocpp 2.0.1, 1.6, security profile 0",
        "evse 1 2 x fixed cable, driver sim, meter sim",
        "meters none",
        "limits mains 20 A, 6 to 32 A, normal",
        "page http://127.0.0.1:8080/",
        "data data",
    ]


def test_check_says_who_is_on_which_line(chargepoint, tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text(
        '[hardware.buses.rs485]\nport = "/dev/ttyUSB0"\n'
        '[hardware.meters.mains]\ndriver = "modbus"\nmodel = "eastron_sdm630"\n'
        'bus = "rs485"\ndevice_id = 11\n'
        '[[evse]]\n[evse.meter]\ndriver = "sensorbox"\nbus = "rs485"\ndevice_id = 10'
    )
    lines = [
        " ".join(line.split()) for line in chargepoint("check", "-c", str(path)).out.split("\n")
    ]

    assert "bus rs485 /dev/ttyUSB0, 11 hardware.meters.mains, 10 evse[0].meter" in lines
    assert not [line for line in lines if line.startswith("warning")]


def test_check_names_every_mistake_and_leaves_with_78(chargepoint, tmp_path: Path):
    path = tmp_path / "c.toml"
    path.write_text("[limits]\nmians_a = 1\nmin_a = 1")

    left = chargepoint("check", "--config", str(path))

    assert left.code == 78
    assert left.out == ""
    assert left.err.splitlines() == [
        f"chargepoint: limits.mians_a ({path}): unknown key; did you mean limits.mains_a?",
        f"chargepoint: limits.min_a ({path}): 1 is not allowed; allowed: a number from 6 to 16 A",
    ]


def test_check_leaves_no_trace_on_disk(chargepoint, tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert chargepoint("check").code == 0
    assert list(tmp_path.iterdir()) == []


def test_run_gives_the_settings_to_the_agent_and_leaves_with_its_code(chargepoint, stand_in):
    given: list[Settings] = []

    def run(settings: Settings) -> int:
        given.append(settings)
        return 0

    stand_in("chargepoint.agent", run)

    assert chargepoint("run", "--set", "limits.mains_a=20").code == 0
    assert given[0].limits.mains_a == 20


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SettingsError("limits.x: no"), 78),
        (UnknownDriver("no driver is called 'x'"), 78),
        (StoreError("another chargepoint (pid 7) uses data"), 70),
    ],
)
def test_what_the_agent_refuses_is_one_line(chargepoint, stand_in, error, code):
    def run(settings: Settings) -> int:
        raise error

    stand_in("chargepoint.agent", run)
    left = chargepoint("run")

    assert (left.code, left.err) == (code, f"chargepoint: {error}\n")


def test_the_agents_own_code_is_the_exit_code(chargepoint, stand_in):
    stand_in("chargepoint.agent", lambda settings: 70)

    assert chargepoint("run").code == 70


def test_a_broken_configuration_never_reaches_the_agent(chargepoint, stand_in):
    stand_in("chargepoint.agent", lambda settings: 0)

    assert chargepoint("run", "--config", "/nowhere/c.toml").code == 78


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), {"ocpp": "2.0.1", "once": False, "port": None}),
        (
            ("--ocpp", "1.6", "--once", "--port", "8088"),
            {"ocpp": "1.6", "once": True, "port": 8088},
        ),
    ],
)
def test_demo_tells_the_story_as_asked(chargepoint, stand_in, args, told):
    given: list[dict[str, object]] = []

    def run(**options: object) -> int:
        given.append(options)
        return 0

    stand_in("chargepoint.demo.story", run)

    assert chargepoint("demo", *args).code == 0
    assert given == [told]


def test_an_unknown_version_is_refused_with_those_that_exist(chargepoint):
    left = chargepoint("demo", "--ocpp", "1.5")

    assert left.code == 2
    assert "2.0.1" in left.err


def test_a_stranger_in_place_of_our_package_is_refused(chargepoint, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(cli, "NEIGHBOURS", ("json",))

    left = chargepoint("check")

    assert left.code == 78
    assert "the package 'json' is not ours but in " in left.err


def test_a_package_that_is_not_there_is_refused(chargepoint, monkeypatch):
    monkeypatch.setattr(cli, "NEIGHBOURS", ("no_such_package_anywhere",))

    assert "is not ours but in no folder" in chargepoint("check").err


def _python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )


def test_what_nobody_expected_leaves_with_its_traceback_and_70():
    left = _python(
        "import sys, types; from chargepoint import cli\n"
        "agent = types.ModuleType('chargepoint.agent'); agent.run = lambda settings: 1 / 0\n"
        "sys.modules['chargepoint.agent'] = agent\n"
        "import chargepoint; chargepoint.agent = agent\n"
        "sys.argv = ['chargepoint', 'run']; cli.main()"
    )

    assert left.returncode == 70
    assert left.stderr.rstrip().endswith("ZeroDivisionError: division by zero")


def test_nothing_heavy_is_imported_before_a_command_needs_it():
    left = _python(
        "import sys; from chargepoint import cli\n"
        "heavy = {'pydantic_settings', 'websockets', 'aiohttp', 'ocpp', 'pymodbus', 'sqlite3'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    assert left.stdout == "[]\n"


def test_the_package_itself_is_the_command():
    left = subprocess.run(
        [sys.executable, "-m", "chargepoint", "check"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert left.returncode == 0
    assert left.stdout.startswith("configuration is fine\n")
