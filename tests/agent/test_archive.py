"""What leaves the station for somebody far away, and what does not."""

from __future__ import annotations

import tarfile
from datetime import UTC, datetime
from pathlib import Path

from chargepoint import archive
from chargepoint.core.messages import SecurityEvent
from chargepoint.settings.model import Settings

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ONE = datetime(2026, 3, 1, 13, 0, tzinfo=UTC)
LOG = [
    "2026-03-01T11:59:59.999Z INFO     a: before\n",
    "Traceback of before\n",
    "2026-03-01T12:00:00.000Z INFO     a: noon\n",
    "the rest of noon\n",
    "2026-03-01T13:00:00.000Z INFO     a: one\n",
    "2026-03-01T13:00:00.001Z INFO     a: after\n",
    "the rest of after\n",
]


def test_lines_are_of_the_time_that_is_asked_for_with_what_belongs_to_them() -> None:
    assert list(archive.between(LOG, None, None)) == LOG
    assert list(archive.between(LOG, NOON, ONE)) == LOG[2:5]
    assert list(archive.between(LOG, None, NOON)) == LOG[:4]
    assert list(archive.between(LOG, ONE, None)) == LOG[4:]


def test_a_log_that_was_turned_over_is_read_from_its_older_half_on(tmp_path: Path) -> None:
    (tmp_path / "chargepoint.log.1").write_text("".join(LOG[:4]))
    (tmp_path / "chargepoint.log").write_text("".join(LOG[4:]))
    to = tmp_path / "out" / "d.tar.gz"
    archive.write(to, {"status.json": "{}"}, tmp_path, NOON, ONE)
    with tarfile.open(to) as found:
        log = found.extractfile("d/chargepoint.log")
        assert log is not None
        assert log.read().decode() == "".join(LOG[2:5])
        assert "d/versions.json" in found.getnames()


def test_what_bears_a_telling_name_or_stands_beside_one_is_masked() -> None:
    plain = {
        "password": "p1",
        "free_vend_token": "p2",
        "AuthorizationKey": "p3",
        "nested": [{"variable": "BasicAuthPassword", "value": "p4", "component": "SecurityCtrlr"}],
        "tokens": ["p5"],
        "vendor": {"api_key": "p6", "apiKey": "p7"},
        "token_count": 3,
        "password_set": True,
        "empty_password": None,
        "mains_a": 25.0,
    }
    masked = archive.masked(plain)
    assert not any(f"p{number}" in str(masked) for number in range(1, 8))
    assert masked["nested"][0] == {
        "variable": "BasicAuthPassword",
        "value": "***",
        "component": "SecurityCtrlr",
    }
    assert (masked["mains_a"], masked["token_count"], masked["password_set"]) == (25.0, 3, True)


def test_no_secret_of_the_configuration_is_in_its_dump() -> None:
    settings = Settings.model_validate(
        {
            "csms": {"basic_auth_password": "CANARY"},
            "api": {"password": "CANARY"},
            "mqtt": {"password": "CANARY"},
            "offline": {"free_vend_token": "CANARY"},
            "ocpp16": {"AuthorizationKey": "CANARY"},
            "tls": {
                "client_key": "-----BEGIN PRIVATE KEY-----\nCANARY\n-----END PRIVATE KEY-----",
                "client_key_password": "CANARY",
            },
            "ocpp201": {
                "variables": [
                    {
                        "component": "SecurityCtrlr",
                        "variable": "BasicAuthPassword",
                        "value": "CANARY",
                    }
                ]
            },
        }
    )
    assert "CANARY" not in archive.pretty(archive.masked(settings.model_dump(mode="json")))


def test_a_security_log_is_a_line_for_each_event() -> None:
    events = [
        SecurityEvent("StartupOfTheDevice", NOON),
        SecurityEvent("InvalidMessages", ONE, "from ws://me:CANARY@host"),
    ]
    assert archive.security_lines(events).splitlines() == [
        "2026-03-01T12:00:00.000Z StartupOfTheDevice",
        "2026-03-01T13:00:00.000Z InvalidMessages from ws://me:***@host",
    ]
