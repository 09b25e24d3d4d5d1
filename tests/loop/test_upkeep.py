"""New firmware as the settings want it."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargepoint.core.words import BootReason
from chargepoint.settings import load
from chargepoint.settings.convert import station_config
from chargepoint.settings.model import Settings
from chargepoint.upkeep import action_after, installed_version

COMMAND = 'firmware.command=["/bin/true"]'


def settings(folder: Path, *sets: str) -> Settings:
    return load(None, (f"agent.data_dir={folder}", *sets), ())


@pytest.mark.parametrize(
    ("sets", "why", "action"),
    [
        ((), BootReason.FIRMWARE_UPDATE, "restart"),
        ((COMMAND,), BootReason.FIRMWARE_UPDATE, "exit"),
        ((COMMAND, "firmware.activation=restart"), BootReason.FIRMWARE_UPDATE, "restart"),
        ((COMMAND,), BootReason.REMOTE_RESET, "restart"),
        (("agent.reset_action=exit",), BootReason.FIRMWARE_UPDATE, "exit"),
    ],
)
def test_a_new_program_needs_a_new_process(tmp_path, sets, why, action):
    assert action_after(why, settings(tmp_path, *sets)) == action


def test_the_version_is_what_the_firmware_tells_where_it_tells_any(tmp_path):
    def told(*sets: str) -> str:
        chosen = settings(tmp_path, "station.firmware_version=1.0", *sets)
        return station_config(chosen, installed_version(chosen)).identity.firmware_version

    file = tmp_path / "version"
    assert told() == told(COMMAND) == told(f"firmware.version_file={file}") == "1.0"
    file.write_text("2.0\n")
    assert told(f"firmware.version_file={file}") == "2.0"
    assert told(COMMAND) == "1.0"
    (tmp_path / "firmware").mkdir()
    (tmp_path / "firmware" / "version").write_text("sim-1\n")
    assert told() == "sim-1"
    assert told(COMMAND) == "1.0"


@pytest.mark.parametrize(
    ("sets", "can_install", "can_cancel", "must_change"),
    [
        ((), True, True, False),
        ((COMMAND, "firmware.version_file=v"), True, False, True),
        (('evse=[{"driver": "vendor"}]',), False, False, False),
    ],
)
def test_who_can_install(tmp_path, monkeypatch, sets, can_install, can_cancel, must_change):
    monkeypatch.setattr("chargepoint.settings.checks.CHECKS", ())
    config = station_config(settings(tmp_path, *sets)).firmware
    found = (config.can_install, config.can_cancel, config.must_change)
    assert found == (can_install, can_cancel, must_change)
