"""Every kind of mistake is refused with its key and what is allowed, all of them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from chargepoint.errors import SettingsError
from chargepoint.settings import load
from chargepoint.settings.schema import known
from hardware.registry import Kind, names

BOARDS, METERS, READERS = (", ".join(names(kind)) for kind in Kind)
DRIVER = known()["hardware", "meters", "circuit", "driver"]
NUMBER = "a number from 0 to 1000 A"

LINE = '[hardware.buses.rs485]\nport = "/dev/ttyUSB0"\n'
METER = '[hardware.meters.circuit]\ndriver = "modbus"\nmodel = "eastron_sdm630"\nbus = "rs485"\n'
MISTAKES = {
    "unknown key": (
        "[limits]\nmians_a = 20",
        "limits.mians_a: unknown key; did you mean limits.mains_a?",
    ),
    "unknown section": ("[limts]\nmains_a = 20", "limts: unknown key; did you mean limits?"),
    "key without its section": (
        "mains_a = 20",
        "mains_a: unknown key; did you mean limits.mains_a?",
    ),
    "key like no other": (
        "[api]\nport = 80",
        "api.port: unknown key; known here: bind, password",
    ),
    "text for a number": (
        '[limits]\nmains_a = "lots"',
        f'limits.mains_a: "lots" is not allowed; allowed: {NUMBER}',
    ),
    "truth for a number": (
        "[limits]\nmains_a = true",
        f"limits.mains_a: true: true and false are no numbers; allowed: {NUMBER}",
    ),
    "not a number": (
        "[limits]\nmains_a = nan",
        f"limits.mains_a: NaN is not allowed; allowed: {NUMBER}",
    ),
    "endless": (
        "[limits]\nmains_a = inf",
        f"limits.mains_a: Infinity is not allowed; allowed: {NUMBER}",
    ),
    "too little": (
        "[limits]\nmin_a = 5",
        "limits.min_a: 5 is not allowed; allowed: a number from 6 to 16 A",
    ),
    "no time of the day": (
        '[limits]\ncapacity_intervals = [{from = "7:00", limit_a = 16}]',
        'limits.capacity_intervals[0].from: "7:00": not a time of the day; allowed: '
        '"HH:MM", as in "07:00"',
    ),
    "no such hour": (
        '[limits]\ncapacity_intervals = [{from = "24:00", limit_a = 16}]',
        'limits.capacity_intervals[0].from: "24:00": hour must be in 0..23; allowed: '
        '"HH:MM", as in "07:00"',
    ),
    "interval without a beginning": (
        "[limits]\ncapacity_intervals = [{limit_a = 16}]",
        'limits.capacity_intervals[0].from: is needed; allowed: "HH:MM", as in "07:00"',
    ),
    "interval without a limit": (
        '[limits]\ncapacity_intervals = [{from = "07:00"}]',
        "limits.capacity_intervals[0]: limit_a or limit_w is needed",
    ),
    "two intervals at once": (
        '[limits]\ncapacity_intervals = [{from = "07:00", limit_a = 1}, {from = 07:00:00, '
        "limit_w = 1}]",
        "limits.capacity_intervals[0].from: 07:00 is there 2 times\n"
        "limits.capacity_intervals[1].from: 07:00 is there 2 times",
    ),
    "capacity without a meter": (
        '[limits]\ncapacity_peak = true\n[hardware.meters.mains]\ndriver = "none"',
        "limits.capacity_peak: needs a meter: add [hardware.meters.mains]",
    ),
    "no time zone": (
        '[limits]\ntime_zone = "Europe/Atlantis"',
        'limits.time_zone: "Europe/Atlantis": no time zone that this machine knows; allowed: '
        'the name of a time zone, as in "Europe/Brussels"',
    ),
    "no path as a time zone": (
        '[limits]\ntime_zone = "/etc/localtime"',
        'limits.time_zone: "/etc/localtime": no time zone that this machine knows; allowed: '
        'the name of a time zone, as in "Europe/Brussels"',
    ),
    "fallback of a battery": (
        '[hardware.meters.battery]\ndriver = "sim"\nfallback_a = 6',
        "hardware.meters.battery.fallback_a: a battery limits nothing, so there is nothing to "
        "fall back to",
    ),
    "number for a text": (
        "[station]\nid = 7",
        "station.id: 7 is not allowed; allowed: a text of 1 to 48 characters",
    ),
    "phases chosen where there is one": (
        '[[evse]]\nphases = 1\nsecond_contactor = "auto"',
        "evse[0].second_contactor: auto needs an EVSE with three phases, this one has one",
    ),
    "no such contactor": (
        '[[evse]]\nsecond_contactor = "on"',
        'evse[0].second_contactor: "on" is not allowed; allowed: "absent", "always_off", '
        '"solar_off", "always_on" or "auto"',
    ),
    "not whole": (
        "[[evse]]\nconnectors = 1.5",
        "evse[0].connectors: 1.5 is not allowed; allowed: a whole number from 1 to 10",
    ),
    "not one of": (
        '[limits]\nmode = "fast"',
        'limits.mode: "fast" is not allowed; allowed: "normal", "smart" or "solar"',
    ),
    "table expected": ("limits = 3", "limits: this value is not allowed; allowed: a table"),
    "no such version": (
        '[csms]\nocpp_versions = ["1.5"]',
        'csms.ocpp_versions[0]: "1.5" is not allowed; allowed: a list with "2.0.1" or "1.6"',
    ),
    "no version": (
        "[csms]\nocpp_versions = []",
        'csms.ocpp_versions: [] is not allowed; allowed: a list with "2.0.1" or "1.6"',
    ),
    "version twice": (
        '[csms]\nocpp_versions = ["1.6", "1.6"]',
        "csms.ocpp_versions: each version at most once",
    ),
    "web address": (
        '[csms]\nurl = "https://host/"',
        'csms.url: "https://host/": not the address of a central system; allowed: '
        '"ws://host/path", "wss://host/path", or "" for none',
    ),
    "nothing may follow": (
        '[csms]\nurl = "ws://host/?a=b"',
        'csms.url: "ws://host/?a=b": station.id is appended to the path, so nothing may follow '
        'it; allowed: "ws://host/path", "wss://host/path", or "" for none',
    ),
    "bind without port": (
        '[api]\nbind = "localhost"',
        'api.bind: "localhost": not an address with a port; allowed: "host:port", '
        'as in "127.0.0.1:8080" or "[::]:8080"',
    ),
    "open without password": (
        '[api]\nbind = "0.0.0.0:8080"',
        "api.password: is needed, because api.bind 0.0.0.0 can be reached by others; "
        "allowed: a text",
    ),
    "open with an empty password": (
        '[api]\nbind = "[::]:8080"\npassword = ""',
        "api.password: is needed, because api.bind :: can be reached by others; allowed: a text",
    ),
    "TLS over ws": (
        '[csms]\nurl = "ws://host/"\nsecurity_profile = 3',
        "csms.security_profile: 3 needs a csms.url that begins with wss://",
    ),
    "profile without password": (
        '[csms]\nurl = "ws://host/"\nsecurity_profile = 1',
        "csms.basic_auth_password: is needed by security_profile 1; allowed: a text",
    ),
    "no such profile": (
        "[csms]\nsecurity_profile = 4",
        "csms.security_profile: 4 is not allowed; allowed: a whole number from 0 to 3",
    ),
    "colon in the user name": (
        '[csms]\nurl = "ws://host/"\nsecurity_profile = 1\nbasic_auth_password = "p"\n'
        '[station]\nid = "a:b"',
        "station.id: a colon is not allowed with security_profile 1: it ends the user name",
    ),
    "too long for 1.6": (
        '[station]\nvendor = "A vendor with a long name"',
        "station.vendor: at most 20 characters with OCPP 1.6",
    ),
    "list that is none": (
        "[csms]\nocpp_versions = '[1.6'",
        'csms.ocpp_versions: "[1.6" is not allowed; allowed: a list with "2.0.1" or "1.6"',
    ),
    "number there twice": (
        "[[evse]]\nid = 1\n[[evse]]\nid = 2\n[[evse]]\nid = 2",
        "evse[1].id: 2 is there 2 times\nevse[2].id: 2 is there 2 times",
    ),
    "gap in the numbers": (
        "[[evse]]\nid = 1\n[[evse]]\nid = 3",
        "evse[1].id: 3 leaves a gap; allowed: 1 to 2, each once",
    ),
    "no EVSE": ("evse = []", "evse: this value is not allowed; allowed: a list of tables"),
    "no permutation": (
        '[hardware.meters.mains]\ndriver = "sim"\nphase_map = [1, 2, 2]',
        "hardware.meters.mains.phase_map: [1, 2, 2]: each phase exactly once; "
        "allowed: 1, 2 and 3 in any order, as in [1, 2, 3]",
    ),
    "two phases": (
        "[hardware]\nphases = 2",
        "hardware.phases: 2 is not allowed; allowed: 1 or 3",
    ),
    "meter without driver": (
        '[hardware.meters.circuit]\nmodel = "x"',
        'hardware.meters.circuit.driver: is needed; allowed: a driver: "dsmr", '
        '"homewizard", "modbus", "openevse", "pushed", "sensorbox", "sim", "none"',
    ),
    "driver's key that is nearly ours": (
        '[hardware.meters.mains]\ndriver = "sim"\ninvertd = true',
        "hardware.meters.mains.invertd: unknown key; did you mean inverted?",
    ),
    "unknown bus": (
        '[hardware.buses.one]\nport = "/dev/ttyS0"\n[power_share]\nbus = "two"',
        "power_share.bus: no bus is called 'two'; there is one",
    ),
    "no bus at all": (
        '[power_share]\nbus = "two"',
        "power_share.bus: no bus is called 'two'; there is none; add [hardware.buses.NAME]",
    ),
    "unknown driver of a meter": (
        '[hardware.meters.mains]\ndriver = "acme"',
        f"hardware.meters.mains.driver: no driver is called 'acme'; known are {METERS}",
    ),
    "unknown driver of all boards": (
        '[hardware]\ndriver = "acme"',
        f"hardware.driver: no driver is called 'acme'; known are {BOARDS}",
    ),
    "unknown driver of one board": (
        '[[evse]]\ndriver = "acme"',
        f"evse[0].driver: no driver is called 'acme'; known are {BOARDS}",
    ),
    "key that no driver knows": (
        '[hardware.meters.mains]\ndriver = "sim"\ngain = 2',
        "hardware.meters.mains: driver 'sim': gain: unknown here; known are no keys",
    ),
    "bus without device": (
        '[hardware.buses.one]\nport = "ttyS0"',
        'hardware.buses.one.port: "ttyS0": neither a serial device nor a TCP address; '
        'allowed: "/dev/...", "tcp://host:port" or "rtu+tcp://host:port"',
    ),
    "two devices at one address": (
        f"{LINE}{METER}device_id = 11\n{METER.replace('circuit', 'mains')}device_id = 11",
        "hardware.meters.circuit.device_id: 11 is on bus 'rs485' already: hardware.meters.mains",
    ),
    "meter that is spelled differently": (
        f"{LINE}{METER}device_id = 11".replace("sdm630", "sdm360"),
        "hardware.meters.circuit: driver 'modbus': model: no meter is called "
        "'eastron_sdm360'; did you mean eastron_sdm630 or eastron_sdm230 or eastron_sdm120?",
    ),
    "meter without an address": (
        f"{LINE}{METER}",
        "hardware.meters.circuit: driver 'modbus': device_id: Field required",
    ),
    "sharing over nothing": (
        '[power_share]\nrole = "node"',
        "power_share.bus: is needed to share; allowed: a bus of [hardware]",
    ),
    "floor above ceiling": (
        "[limits]\nmin_a = 16\nmax_a = 10",
        "limits.min_a: 16 A is more than limits.max_a",
    ),
    "OCPP key with a list": (
        "[ocpp16]\nHeartbeatInterval = [1]",
        "ocpp16.HeartbeatInterval: this value is not allowed; allowed: a text, as OCPP writes it",
    ),
    "variable without value": (
        '[[ocpp201.variables]]\ncomponent = "A"\nvariable = "B"',
        "ocpp201.variables[0].value: is needed; allowed: a text, as OCPP writes it",
    ),
    "variable with an unknown field": (
        '[[ocpp201.variables]]\ncomponent = "A"\nvariable = "B"\nvalue = "1"\nattribut = "Target"',
        "ocpp201.variables[0].attribut: unknown key; did you mean ocpp201.variables.0.attribute?",
    ),
    "wildcard in a topic": (
        '[mqtt]\nprefix = "a/#"',
        'mqtt.prefix: "a/#" is not allowed; allowed: a text of 1 to 50 characters',
    ),
    "broker without scheme": (
        '[mqtt]\nurl = "host:1883"',
        'mqtt.url: "host:1883": not the address of a broker; allowed: "mqtt://host", '
        '"mqtts://host:port", or "" for none',
    ),
    "reader of an EVSE that is not there": (
        '[[reader]]\ndriver = "pn532"\nport = "/dev/ttyS1"\nevse_ids = [1, 2]',
        "reader[0].evse_ids: there is no EVSE 2",
    ),
    "two readers at one port": (
        '[[reader]]\ndriver = "pn532"\nport = "/dev/ttyS1"\n' * 2,
        "reader[1].port: /dev/ttyS1 is taken already: reader[0]",
    ),
    "reader on a bus": (
        LINE + '[[reader]]\ndriver = "serial"\nport = "/dev/ttyUSB0"',
        "reader[0].port: /dev/ttyUSB0 is taken already: hardware.buses.rs485",
    ),
    "reader with a key that its driver does not know": (
        '[[reader]]\ndriver = "keyboard"\nport = "/dev/input/event7"\nbaudrate = 9600',
        "reader[0]: driver 'keyboard': baudrate: unknown here; known are port, grab",
    ),
    "reader that nobody listens to": (
        '[[reader]]\ndriver = "pn533"\nport = "/dev/ttyS1"',
        f"reader[0].driver: no driver is called 'pn533'; known are {READERS}",
    ),
    "key without certificate": (
        "[tls]\nclient_key = '''-----BEGIN PRIVATE KEY-----'''",
        "tls.client_cert: is needed with client_key; allowed: a PEM file",
    ),
}


@pytest.mark.parametrize(("text", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_named_with_its_key_and_what_is_allowed(refusal, text, line):
    assert "\n".join(refusal(text)) == line


def test_all_mistakes_are_named_at_once(refusal):
    text = '[limits]\nmains_a = "x"\nfoo_a = 1\n[api]\nbind = "0.0.0.0:1"\n[[evse]]\nid = 2'

    lines = refusal(text, "limits.min_a=99", "nonsense")

    assert [line.split(":")[0] for line in lines] == [
        "--set",
        "api.password",
        "evse[0].id",
        "limits.foo_a",
        "limits.mains_a",
        "limits.min_a",
    ]


def test_a_missing_file_is_a_mistake(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"nowhere\.toml: cannot be read: No such file"):
        load(tmp_path / "nowhere.toml", secret_folders=[])


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(SettingsError, match="cannot be read: Is a directory"):
        load(tmp_path, secret_folders=[])


def test_a_file_that_is_not_toml_says_where(read):
    with pytest.raises(
        SettingsError, match=r"toml: not TOML: Invalid value \(at line 2, column 11"
    ):
        read("[limits]\nmains_a = twenty")


def test_a_file_that_is_not_text_is_a_mistake(tmp_path: Path):
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(SettingsError, match=r"binary\.toml: not UTF-8 text"):
        load(path, secret_folders=[])


def test_the_file_is_named_where_a_value_comes_from(tmp_path: Path):
    path = tmp_path / "my.toml"
    path.write_text("[limits]\nmains_a = -1")

    with pytest.raises(SettingsError, match=r"limits\.mains_a \(.*my\.toml\): -1 is not allowed"):
        load(path, secret_folders=[])


@pytest.mark.parametrize(
    "text",
    [
        "[csms]\nbasic_auth_password = ['canary']",
        '[csms]\nurl = "ws://me:canary@host/"',
        'mqtt = "canary"',
        '[mqtt]\nurl = "mqtt://me:canary@host"',
        "[ocpp16]\nAuthorizationKey = ['canary']",
        '[hardware.meters.mains]\ndriver = "homewizard"\ntoken = ["canary"]',
        "[tls]\nclient_key = ['-----BEGIN canary']",
    ],
)
def test_no_message_shows_a_secret(refusal, text):
    assert "canary" not in "\n".join(refusal(text))


def test_secrets_are_not_shown_by_the_settings_themselves(read):
    settings = read('[csms]\nbasic_auth_password = "canary"\n[api]\npassword = "canary"')

    assert "canary" not in repr(settings)
    assert settings.csms.basic_auth_password.get_secret_value() == "canary"
