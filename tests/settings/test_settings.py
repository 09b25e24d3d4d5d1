"""What the settings mean."""

from __future__ import annotations

from datetime import time
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from chargepoint.core.config import Mode, OfflinePolicy, StationConfig
from chargepoint.settings import Settings, station_config
from chargepoint.settings.checks import is_loopback
from chargepoint.settings.convert import program_version
from chargepoint.settings.drivers import board_given, meter_given, simulator_given
from chargepoint.settings.example import example
from chargepoint.settings.schema import known
from hardware.registry import Registers, open_simulator
from profiles.capacity import DayPart

ROOT = Path(__file__).parents[2]


def test_the_example_file_is_what_the_settings_say():
    assert (ROOT / "chargepoint.example.toml").read_text() == example(), (
        "run: python -m chargepoint.settings.example > chargepoint.example.toml"
    )


def test_the_example_file_is_the_defaults(read):
    settings = read(example())
    defaults = Settings()

    assert settings.model_copy(update={"agent": defaults.agent}) == defaults
    assert Path(settings.agent.data_dir).name == defaults.agent.data_dir


def test_every_key_is_in_the_example_file():
    text = example()

    assert [key for key in known() if key[-1] != "*" and key[-1] not in text] == []


@pytest.mark.usefixtures("acme")
def test_every_line_of_the_example_may_be_used(read):
    lines = [line.removeprefix("# ") for line in example().splitlines()]
    used = [line for line in lines if line.startswith("[") or line.split(" = ")[0].isidentifier()]
    text = "\n".join(used).replace('driver = "sim"', 'driver = "acme"')

    settings = read(
        text,
        "hardware.meters.circuit.driver=sim",
        "hardware.meters.battery.driver=sim",
        "evse=[{meter={driver='sim'}}]",
    )

    assert settings.hardware.buses["rs485"].baudrate == 9600
    assert settings.limits.sum_mains_a == 60


def test_every_setting_says_what_it_is():
    silent = [key for key, row in known().items() if not row.text]

    assert all(key[0] in ("ocpp16", "ocpp201") for key in silent)


def test_the_defaults_are_the_cores_own():
    found = station_config(Settings())
    core = StationConfig()

    assert found.limits == core.limits
    assert found.offline == core.offline
    assert found.evses == core.evses
    assert found.identity.id == core.identity.id
    assert found.identity.firmware_version == program_version()
    assert found.meter_roles == {"mains"}
    assert found.metered_evses == {1}
    assert not found.has_central


def test_the_capacity_reaches_the_core_in_amperes_and_by_the_clock_of_the_place(read):
    limits = station_config(
        read(
            """
            [limits]
            time_zone = "Europe/Brussels"
            capacity_peak = true
            capacity_intervals = [
                {from = "07:00", limit_w = 4600},
                {from = 22:30:00, limit_a = 40, limit_w = 23000},
            ]
            """
        )
    ).limits

    assert limits.capacity_intervals == (DayPart(time(7), 20.0), DayPart(time(22, 30), 40.0))
    assert limits.time_zone == ZoneInfo("Europe/Brussels")
    assert limits.capacity_peak


def test_the_ladders_of_all_meters_reach_the_core(read):
    found = station_config(
        read(
            """
            [hardware.meters.mains]
            driver = "sim"
            stale_after_s = 30
            fallback_a = 8
            suspend_after_s = 60
            [[evse]]
            meter = {driver = "sim", stale_after_s = 64, fallback_a = 6}
            """
        )
    )

    assert found.stale_after_s == {"mains": 30.0, "evse/1": 64.0}
    assert found.fallback_a == {"mains": 8.0, "evse/1": 6.0}
    assert found.suspend_after_s == {"mains": 60.0}


@pytest.mark.parametrize(
    ("said", "mains_s", "circuit_s"),
    [("", 900.0, 60.0), ("[limits]\nfrozen_after_s = 20", 20.0, 20.0)],
)
def test_a_meter_that_we_read_ourselves_may_hang_for_a_minute_unless_told(
    read, said, mains_s, circuit_s
):
    found = station_config(
        read(
            f"""
            {said}
            [hardware.meters.mains]
            driver = "pushed"
            [hardware.meters.circuit]
            driver = "homewizard"
            url = "http://meter.home"
            """,
        )
    )
    meters_s = [found.frozen_after_s.get(role) for role in ("mains", "circuit")]

    assert [each or found.limits.frozen_after_s for each in meters_s] == [mains_s, circuit_s]


def test_settings_reach_the_core(read):
    found = station_config(
        read(
            """
            [station]
            firmware_version = "9"
            [csms]
            url = "wss://host/ocpp"
            security_profile = 2
            basic_auth_password = "p"
            [limits]
            mode = "solar"
            sum_mains_a = 60
            [offline]
            authorization = "none"
            limit_a = 8
            [hardware]
            max_current_a = 20
            phases = 1
            [hardware.meters.circuit]
            driver = "pushed"
            [[evse]]
            id = 1
            connector_lock = false
            [[evse]]
            id = 2
            max_current_a = 10
            phases = 3
            meter = {driver = "none"}
            """
        )
    )

    assert found.identity.firmware_version == "9"
    assert found.has_central
    assert found.security_profile == 2
    assert found.limits.mode is Mode.SOLAR
    assert found.limits.sum_mains_a == 60
    assert found.offline.authorization is OfflinePolicy.NONE
    assert found.offline.limit_a == 8
    assert [evse.max_current_a for evse in found.evses] == [20, 10]
    assert [evse.phases for evse in found.evses] == [1, 1]  # no more than the supply has
    assert [evse.connector_lock for evse in found.evses] == [False, True]
    assert found.meter_roles == {"mains", "circuit"}
    assert found.metered_evses == {1}


@pytest.mark.parametrize(
    ("text", "roles", "evses"),
    [
        ("", {"mains"}, {1}),
        ('[hardware]\ndriver = "acme"', set(), set()),
        ('[hardware]\ndriver = "acme"\n[[evse]]\ndriver = "sim"', set(), {1}),
        ('[[evse]]\ndriver = "acme"', {"mains"}, set()),
        ('[hardware.meters.mains]\ndriver = "none"', set(), {1}),
        (
            '[hardware]\ndriver = "acme"\n[hardware.meters.battery]\ndriver = "pushed"',
            {"battery"},
            set(),
        ),
        ('[[evse]]\ndriver = "acme"\nmeter = {driver = "pushed"}', {"mains"}, {1}),
    ],
)
@pytest.mark.usefixtures("acme")
def test_what_is_simulated_has_a_simulated_meter_unless_told_otherwise(read, text, roles, evses):
    settings = read(text)

    assert set(settings.station_meters) == roles
    assert {evse.id for evse in settings.evse if settings.meter_of(evse)} == evses


@pytest.mark.usefixtures("acme")
def test_keys_that_only_a_driver_knows_are_given_to_it(read):
    settings = read(
        """
        [hardware.buses.rs485]
        port = "/dev/ttyUSB0"
        [hardware.meters.mains]
        driver = "acme"
        bus = "rs485"
        token = "secret"
        inverted = true
        stale_after_s = 3
        gain = 2
        [[evse]]
        driver = "acme"
        connector_lock = false
        device_id = 4
        pwm_chip = "pwmchip0"
        """
    )
    mains = settings.station_meters["mains"]

    assert mains.options == {"gain": 2}
    assert meter_given(mains) == {"bus": "rs485", "token": "secret", "gain": 2}
    assert settings.evse[0].options == {"pwm_chip": "pwmchip0"}
    assert board_given(settings, settings.evse[0]) == {
        "connectors": 1,
        "connector_lock": False,
        "max_current_a": 32.0,
        "phases": 3,
        "phase_map": (1, 2, 3),
        "device_id": 4,
        "pwm_chip": "pwmchip0",
    }


def test_the_simulator_is_given_what_it_takes(read):
    given = simulator_given(read("[simulator]\nhouse_a = [1, 2, 3]\n[hardware]\nphases = 1"))

    simulator = open_simulator(given, lambda: 0.0, {}, _save)

    assert given["house_a"] == (1, 2, 3)
    assert given["phases"] == 1
    assert simulator is not None


async def _save(registers: Registers) -> None:
    """Nobody asks for it here."""


def test_ocpp_keys_may_be_written_as_numbers_and_truths(read):
    settings = read("[ocpp16]\nHeartbeatInterval = 300\nAuthorizeRemoteTxRequests = true")

    assert settings.ocpp16 == {"HeartbeatInterval": "300", "AuthorizeRemoteTxRequests": "true"}


def test_a_program_that_is_not_installed_has_a_version_too(monkeypatch):
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("chargepoint.settings.convert.version", missing)

    assert program_version() == "0"


def test_a_long_vendor_is_fine_where_only_201_is_spoken(read):
    settings = read(
        '[station]\nvendor = "A vendor with a long name"\n[csms]\nocpp_versions = ["2.0.1"]'
    )

    assert len(settings.station.vendor) > 20


def test_the_password_may_come_with_the_seeds(read):
    head = '[csms]\nurl = "ws://h/"\nsecurity_profile = 1\n'

    read(head + '[ocpp16]\nAuthorizationKey = "00112233"')
    read(
        head + '[[ocpp201.variables]]\ncomponent = "SecurityCtrlr"\n'
        'variable = "BasicAuthPassword"\nvalue = "x"'
    )


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:80", ("localhost", 80)),
    ],
)
def test_the_address_to_listen_on(read, bind, address):
    assert read(f'[api]\nbind = "{bind}"').api.address == address


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.1.2", False),
        ("box.local", False),
    ],
)
def test_what_only_this_machine_reaches(host, loopback):
    assert is_loopback(host) is loopback
