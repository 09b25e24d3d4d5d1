"""What systemd is told, and that nothing happens without it."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from chargepoint.notify import notify, watchdog_interval_s


@pytest.fixture
def systemd() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.settimeout(5)
        yield ear


def test_systemd_is_told_at_its_socket(systemd, tmp_path: Path, monkeypatch):
    systemd.bind(str(tmp_path / "notify"))
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

    notify("READY=1")

    assert systemd.recv(99) == b"READY=1"


def test_a_socket_without_a_file_works_too(systemd, monkeypatch):
    name = f"chargepoint-test-{os.getpid()}"
    systemd.bind(f"\0{name}")
    monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")

    notify("STATUS=charging at 16 A")

    assert systemd.recv(99) == b"STATUS=charging at 16 A"


def test_without_systemd_nothing_happens(monkeypatch):
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)

    notify("READY=1")


def test_a_socket_that_is_gone_is_no_reason_to_stop(tmp_path: Path, monkeypatch, caplog):
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    with caplog.at_level(logging.DEBUG):
        notify("READY=1")

    assert "systemd cannot be told READY=1" in caplog.text


@pytest.mark.parametrize(
    ("usec", "pid", "interval_s"),
    [
        ("30000000", None, 30.0),
        ("30000000", "ours", 30.0),
        ("30000000", "1", None),
        ("0", None, None),
        ("soon", None, None),
        (None, None, None),
    ],
)
def test_how_often_systemd_wants_to_hear_of_us(monkeypatch, usec, pid, interval_s):
    pid = str(os.getpid()) if pid == "ours" else pid
    for name, value in (("WATCHDOG_USEC", usec), ("WATCHDOG_PID", pid)):
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)

    assert watchdog_interval_s() == interval_s
