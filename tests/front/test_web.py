"""Starting and stopping, and where to listen."""

from __future__ import annotations

import subprocess
import sys

import aiohttp
import pytest

from chargepoint.errors import SettingsError
from chargepoint.front.web import Front, parse_bind


@pytest.mark.parametrize(
    ("bind", "place"),
    [
        ("127.0.0.1:8080", ("127.0.0.1", 8080)),
        ("[::1]:0", ("::1", 0)),
        ("localhost:65535", ("localhost", 65535)),
    ],
)
def test_an_address_and_a_port(bind, place):
    assert parse_bind(bind) == place


@pytest.mark.parametrize(
    "bind", ["", "8080", ":8080", "127.0.0.1:", "127.0.0.1:x", "h:65536", "h:²"]
)
def test_anything_else_names_the_key(bind):
    with pytest.raises(SettingsError, match=r"api\.bind"):
        parse_bind(bind)


@pytest.mark.parametrize("bind", ["0.0.0.0:8080", "[::]:8080", "charger.local:8080"])
def test_other_machines_need_a_password(door, bind):
    for password in (None, ""):
        with pytest.raises(SettingsError, match=r"api\.password"):
            Front(door, bind, password)
    assert Front(door, bind, "secret").url.endswith(":8080/")


async def test_a_taken_port_is_a_clear_error(door, front):
    second = Front(door, front.url.removeprefix("http://").rstrip("/"))
    with pytest.raises(SettingsError, match=r"api\.bind: cannot listen on 127\.0\.0\.1"):
        await second.start()
    await second.stop()


async def test_stopping_twice_and_before_the_start_is_fine(door):
    front = Front(door, "127.0.0.1:0")
    await front.stop()
    await front.start()
    await front.stop()
    await front.stop()
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectionError):
            await session.get(front.url)


async def test_ipv6_is_served_too(door):
    front = Front(door, "[::1]:0")
    await front.start()
    assert front.url.startswith("http://[::1]:")
    async with aiohttp.ClientSession() as session, session.get(front.url) as answer:
        assert answer.status == 200
    await front.stop()


def test_the_server_is_not_imported_before_it_is_started():
    code = "import sys, chargepoint.front.web as w; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
