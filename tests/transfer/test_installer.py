"""Firmware put in place by a real command, and by the simulator."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest

from chargepoint.transfer import installer
from chargepoint.transfer.installer import (
    CommandInstaller,
    InstallError,
    SimulatedInstaller,
    version_in,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "update-1"
    file.write_text("2.0\nthe rest\n")
    return file


def sh(script: str, timeout_s: float = 10.0) -> CommandInstaller:
    return CommandInstaller(("/bin/sh", "-c", script, "install"), timeout_s)


def content(file: Path) -> bytes:
    return file.read_bytes()


def write(file: Path, content: bytes) -> None:
    file.write_bytes(content)


async def test_the_file_is_the_last_argument_or_where_it_is_named(file: Path) -> None:
    await sh('cp "$1" copy').install(file)
    assert content(file.parent / "copy") == content(file)

    named = CommandInstaller(("/bin/cp", "{file}", f"{file.parent}/named"), 10.0)
    await named.install(file)
    assert (file.parent / "named").exists()


async def test_no_shell_reads_the_command(file: Path) -> None:
    await CommandInstaller(("/bin/echo", "$(touch harm)", "; touch harm", "{file}"), 10.0).install(
        file
    )
    assert not (file.parent / "harm").exists()


async def test_it_gets_nothing_of_our_environment(file: Path, monkeypatch) -> None:
    monkeypatch.setenv("CHARGEPOINT_CSMS__BASIC_AUTH_PASSWORD", "secret")
    await sh("env > seen").install(file)
    assert "secret" not in (file.parent / "seen").read_text()


async def test_what_it_says_is_logged_and_its_last_line_tells_why_it_failed(
    file: Path, caplog
) -> None:
    caplog.set_level(logging.INFO)
    with pytest.raises(InstallError, match=r"ended with 3: no room$"):
        await sh("echo unpacking; echo no room >&2; exit 3").install(file)
    assert "unpacking" in caplog.text
    with pytest.raises(InstallError, match=r"ended with 4$"):
        await sh("exit 4").install(file)


async def test_one_that_does_not_end_is_stopped_with_what_it_started(
    file: Path, monkeypatch
) -> None:
    monkeypatch.setattr(installer, "END_S", 0.2)
    script = "trap '' TERM; (trap '' TERM; sleep 0.7; touch late) & sleep 60 & wait; wait; wait"
    with pytest.raises(InstallError, match="not ended within"):
        await sh(script, timeout_s=0.1).install(file)
    await asyncio.sleep(0.8)
    assert not (file.parent / "late").exists()


async def test_one_that_is_stopped_by_us_is_gone(file: Path) -> None:
    task = asyncio.create_task(sh("sleep 60; touch late").install(file))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_what_it_leaves_running_does_not_hold_us_up(file: Path) -> None:
    async with asyncio.timeout(5.0):
        await sh("sleep 6 &").install(file)


async def test_a_command_that_is_not_there_is_an_error_of_the_system(file: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await CommandInstaller(("/no/such/command",), 1.0).install(file)


@pytest.mark.sim
async def test_the_simulator_takes_its_time_and_tells_the_new_version(file: Path) -> None:
    version = file.parent / "version"
    assert version_in(version) == ""
    began_s = asyncio.get_running_loop().time()
    await SimulatedInstaller(5.0, version).install(file)
    assert asyncio.get_running_loop().time() - began_s == pytest.approx(5.0)
    assert version_in(version) == "2.0"

    write(file, b"\x7fELF and what follows")
    await SimulatedInstaller(0.0, version).install(file)
    assert version_in(version).startswith("sim-")

    write(file, b"")
    with pytest.raises(InstallError):
        await SimulatedInstaller(0.0, version).install(file)


@pytest.mark.parametrize("content", [b"", b"\n2.0", b"a" * 51, b"\xff\xfe", "vé".encode()])
def test_what_is_no_version_is_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "version").write_bytes(content)
    assert version_in(tmp_path / "version") == ""
