"""A link against a real WebSocket server."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from chargepoint.protocol.concerns import Concern
from chargepoint.protocol.link import LARGEST_MESSAGE_BYTES


def url_of(central: Any, scheme: str = "ws", host: str = "127.0.0.1") -> str:
    return f"{scheme}://{host}:{central.port}/ocpp"


@pytest.mark.requirement("J 1.6 3.1.2", "J 2.0.1 3.1.2", "A00.FR.302")
async def test_a_link_asks_for_what_it_speaks_and_says_who_it_is(central: Any, dial: Any):
    dialled = dial(url_of(central), password=b"\x00secret\xff")

    state = await dialled.connected()

    (request,) = central.requests
    assert request.path == "/ocpp/CP001"
    assert request.headers["Sec-WebSocket-Protocol"] == "ocpp2.0.1, ocpp1.6"
    assert "Sec-WebSocket-Extensions" not in request.headers
    basic = request.headers["Authorization"].removeprefix("Basic ")
    assert base64.b64decode(basic) == b"CP001:\x00secret\xff"
    assert (state.url, state.subprotocol) == (f"{url_of(central)}/CP001", "ocpp2.0.1")


async def test_an_open_link_serves_calls(central: Any, dial: Any):
    dial(url_of(central))
    line = await central.lines.get()

    await line.send('[2,"x","ClearCache",{}]')

    assert json.loads(await line.recv()) == [3, "x", {"status": "Accepted"}]


@pytest.mark.requirement("J 1.6 errata 3.4")
@pytest.mark.parametrize(
    ("status", "why", "concerns"),
    [
        (401, "refuses our credentials", [Concern.AUTHENTICATION]),
        (403, "forbids us", [Concern.AUTHENTICATION]),
        (404, "does not know this station", []),
        (429, "too many requests", []),
        (500, "HTTP 500", []),
        (503, "HTTP 503", []),
    ],
)
async def test_a_refused_link_says_why_and_tries_again(
    central: Any, dial: Any, status: int, why: str, concerns: list[Concern]
):
    central.statuses = [status, status]

    dialled = dial(url_of(central))

    assert why in await dialled.failed()
    await dialled.connected()
    assert len(central.requests) == 3
    assert [kind for kind, _ in dialled.concerns] == concerns


@pytest.mark.requirement("J 1.6 3.2", "J 2.0.1 3.2")
async def test_without_a_common_subprotocol_the_link_closes(open_central: Any, dial: Any):
    async with open_central(subprotocol=None) as central:
        dialled = dial(url_of(central))

        why = await dialled.failed()

        line = await central.lines.get()
        await line.wait_closed()
        assert why == "the central system agreed to none of ocpp2.0.1, ocpp1.6"
        assert line.close_code == 1002


async def test_a_subprotocol_that_was_not_offered_is_none(open_central: Any, dial: Any):
    async with open_central(subprotocol="ocpp1.2") as central:
        why = await dial(url_of(central)).failed()

    assert why == "the central system picked a subprotocol that we did not offer"


async def test_nobody_at_the_port_is_connection_refused(unused_port: int, dial: Any):
    why = await dial(f"ws://127.0.0.1:{unused_port}/ocpp").failed()

    assert why == f"127.0.0.1:{unused_port}: connection refused"


async def test_nobody_at_any_address_is_connection_refused_too(unused_port: int, dial: Any):
    why = await dial(f"ws://localhost:{unused_port}/ocpp").failed()

    assert why == f"localhost:{unused_port}: connection refused"


async def test_an_unknown_host_is_named(dial: Any):
    why = await dial("ws://no-such-host.invalid/ocpp").failed()

    assert "the host name no-such-host.invalid cannot be found" in why


async def test_a_port_that_is_no_websocket_is_told(dial: Any):
    async def mumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        writer.write(b"220 smtp\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(mumble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        why = await dial(f"ws://127.0.0.1:{port}/").failed()

    assert "does not speak WebSocket" in why


async def test_a_link_that_is_dropped_comes_back(central: Any, dial: Any):
    dialled = dial(url_of(central))
    line = await central.lines.get()
    await dialled.connected()

    await line.close(1012, "restarting")

    assert await dialled.failed() == "the central system closed the connection (1012: restarting)"
    await dialled.connected()
    assert len(central.requests) == 2


async def test_a_message_beyond_the_limit_ends_the_connection(central: Any, dial: Any):
    dialled = dial(url_of(central))
    line = await central.lines.get()
    await dialled.connected()

    await line.send("x" * (LARGEST_MESSAGE_BYTES + 1))

    assert await dialled.failed() == "we closed: it sent a message that is too big"
    assert line.close_code == 1009
    assert [kind for kind, _ in dialled.concerns] == [Concern.INVALID_MESSAGES]


async def test_a_disconnected_link_stays_offline_until_told(central: Any, dial: Any):
    dialled = dial(url_of(central))
    line = await central.lines.get()
    await dialled.connected()

    dialled.link.disconnect()
    assert await dialled.failed() == "disconnected by hand"
    assert line.close_code == 1000
    await asyncio.sleep(0.2)
    assert len(central.requests) == 1

    dialled.link.connect()
    await dialled.connected()


async def test_a_changed_target_holds_from_the_next_attempt(
    central: Any, open_central: Any, dial: Any
):
    dialled = dial(url_of(central))
    await dialled.connected()

    async with open_central(subprotocol="ocpp1.6") as other:
        dialled.target = replace(dialled.target, url=url_of(other), subprotocols=("ocpp1.6",))
        dialled.link.redial("another central system")
        state = await dialled.until(lambda state: state.subprotocol == "ocpp1.6")

        assert state.url == f"{url_of(other)}/CP001"


async def test_a_dead_connection_is_noticed_by_its_pings(
    central: Any, dial: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("chargepoint.protocol.link.PONG_TIMEOUT_S", 0.05)
    monkeypatch.setattr("chargepoint.protocol.link.CLOSE_TIMEOUT_S", 0.05)
    dialled = dial(url_of(central))
    dialled.ping_interval_s = 0.01
    line = await central.lines.get()
    await dialled.connected()

    line.transport.pause_reading()

    assert await dialled.failed() == "no pong within 0.05 s"


async def test_a_living_connection_passes_its_pings(central: Any, dial: Any):
    dialled = dial(url_of(central))
    dialled.ping_interval_s = 0.01
    await dialled.connected()

    await asyncio.sleep(0.1)

    assert dialled.link.state.connected


async def test_no_password_is_shown_anywhere(central: Any, dial: Any, caplog: Any):
    caplog.set_level(logging.INFO, "chargepoint")
    dialled = dial(f"ws://user:hunter2@127.0.0.1:{central.port}/ocpp")

    state = await dialled.connected()

    assert "hunter2" not in caplog.text + str(state)
    assert "***" in str(state)


@pytest.fixture
def unused_port(unused_tcp_port: int) -> int:
    return unused_tcp_port
