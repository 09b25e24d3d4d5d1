"""--set over the environment over secret files over the file over the defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargepoint.errors import SettingsError
from chargepoint.settings import Settings, load


def test_without_anything_the_defaults_hold():
    assert load(secret_folders=[]) == Settings()


def test_each_source_goes_over_the_next(tmp_path: Path, monkeypatch):
    path = tmp_path / "c.toml"
    path.write_text("[limits]\nmains_a = 1\ncircuit_a = 1\nstart_a = 1\nimport_a = 1")
    for key in ("mains_a", "circuit_a", "start_a"):
        (tmp_path / f"limits__{key}").write_text("2\n")
    monkeypatch.setenv("CHARGEPOINT_LIMITS__MAINS_A", "3")
    monkeypatch.setenv("chargepoint_limits__circuit_a".upper(), "3")

    limits = load(path, ["limits.mains_a=4"], [tmp_path]).limits

    assert (limits.mains_a, limits.circuit_a, limits.start_a, limits.import_a) == (4, 3, 2, 1)
    assert limits.stop_s == Settings().limits.stop_s


def test_the_last_override_wins(read):
    assert read("", "limits.mains_a=10", "limits.mains_a=11").limits.mains_a == 11


@pytest.mark.parametrize(
    ("override", "place", "value"),
    [
        ("csms.ocpp_versions=1.6", "csms.ocpp_versions", ["1.6"]),
        ("csms.ocpp_versions=1.6, 2.0.1", "csms.ocpp_versions", ["1.6", "2.0.1"]),
        ("csms.ocpp_versions=['1.6']", "csms.ocpp_versions", ["1.6"]),
        ('csms.ocpp_versions=["1.6"]', "csms.ocpp_versions", ["1.6"]),
        ("csms.verify_hostname=false", "csms.verify_hostname", False),
        ("simulator.house_a=1,2,3", "simulator.house_a", (1, 2, 3)),
        ("hardware.phases=1", "hardware.phases", 1),
        ("agent.log_level=DEBUG", "agent.log_level", "debug"),
        ("ocpp16.HeartbeatInterval=300", "ocpp16", {"HeartbeatInterval": "300"}),
        ("hardware.meters.mains.driver=pushed", "hardware.meters.mains.driver", "pushed"),
        ("limits={mains_a=20}", "limits.mains_a", 20),
    ],
)
def test_an_override_is_text_that_becomes_what_the_setting_is(read, override, place, value):
    found = read("", override)
    for step in place.split("."):
        found = getattr(found, step)

    assert found == value


def test_lists_of_tables_come_whole_from_the_environment(monkeypatch):
    monkeypatch.setenv("CHARGEPOINT_EVSE", '[{"id": 1}, {"id": 2, "connectors": 2}]')
    monkeypatch.setenv("CHARGEPOINT_HARDWARE__BUSES__RS485__PORT", "/dev/ttyUSB0")
    monkeypatch.setenv("CHARGEPOINT_OCPP201__VARIABLES", '[{component="A",variable="B",value=1}]')

    settings = load(secret_folders=[])

    assert [evse.connectors for evse in settings.evse] == [1, 2]
    assert settings.hardware.buses["rs485"].port == "/dev/ttyUSB0"
    assert settings.ocpp201.variables[0].value == "1"


def test_the_environment_does_not_care_for_case_so_it_finds_the_key_of_the_file(read, monkeypatch):
    monkeypatch.setenv("CHARGEPOINT_OCPP16__HEARTBEATINTERVAL", "60")

    assert read('[ocpp16]\nHeartbeatInterval = "300"').ocpp16 == {"HeartbeatInterval": "60"}


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("CHARGEPOINT_LIMTS__MAINS_A", "did you mean CHARGEPOINT_LIMITS__MAINS_A?"),
        ("CHARGEPOINT_LIMITS_MAINS_A", "did you mean CHARGEPOINT_LIMITS__MAINS_A?"),
        ("CHARGEPOINT_MAINS_A", "did you mean CHARGEPOINT_LIMITS__MAINS_A?"),
        ("CHARGEPOINT_QQQ", "sections are agent, api, "),
    ],
)
def test_an_unknown_environment_name_is_refused(monkeypatch, name, line):
    monkeypatch.setenv(name, "20")

    with pytest.raises(SettingsError) as refused:
        load(secret_folders=[])

    assert str(refused.value).startswith(f"{name}: unknown environment name; {line}")


def test_a_mistyped_key_in_the_environment_is_named_as_it_was_written(monkeypatch):
    monkeypatch.setenv("CHARGEPOINT_LIMITS__MIANS_A", "20")

    with pytest.raises(SettingsError) as refused:
        load(secret_folders=[])

    assert str(refused.value) == (
        "limits.mians_a (environment CHARGEPOINT_LIMITS__MIANS_A): "
        "unknown key; did you mean limits.mains_a?"
    )


def test_secret_files_have_plain_names(tmp_path: Path, monkeypatch):
    (tmp_path / "csms__basic_auth_password").write_text("s3cret\n")
    (tmp_path / "somebody_elses").write_text("x")
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))

    settings = load()

    assert settings.csms.basic_auth_password.get_secret_value() == "s3cret"


def test_a_mistyped_secret_file_is_refused(tmp_path: Path):
    (tmp_path / "csms__basic_auth_pasword").write_text("s3cret")

    with pytest.raises(SettingsError) as refused:
        load(secret_folders=[tmp_path])

    assert str(refused.value) == (
        "csms.basic_auth_pasword (secret files): "
        "unknown key; did you mean csms.basic_auth_password?"
    )


def test_a_folder_of_secrets_that_is_a_file_is_refused(tmp_path: Path):
    path = tmp_path / "file"
    path.touch()

    with pytest.raises(SettingsError, match="secret files: cannot be read"):
        load(secret_folders=[path])


def test_paths_count_from_the_folder_of_the_file_and_from_here_otherwise(
    read, tmp_path: Path, monkeypatch
):
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)

    assert read('[agent]\ndata_dir = "state"').agent.data_dir == str(tmp_path / "state")
    assert read("", "agent.data_dir=state").agent.data_dir == str(here / "state")
    assert read("", "agent.data_dir=/srv/x").agent.data_dir == "/srv/x"
