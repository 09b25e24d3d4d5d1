"""When a link dials, on simulated time: the network is a list of what happens next."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import InvalidStatus
from websockets.http11 import Response

from chargepoint.errors import LinkError
from chargepoint.protocol.backoff import BackOff
from chargepoint.protocol.concerns import Concern
from chargepoint.protocol.link import Link, LinkState, Target, keep_alive

pytestmark = pytest.mark.sim
TARGET = Target("ws://c.example/ocpp", "CP001", ("ocpp2.0.1",))


def refusal(status: int, **headers: str) -> InvalidStatus:
    fields = Headers((name.replace("_", "-"), value) for name, value in headers.items())
    return InvalidStatus(Response(status, HTTPStatus(status).phrase, fields, b""))


class Line:
    """An open connection that nobody listens to."""

    subprotocol = "ocpp2.0.1"

    def __init__(self) -> None:
        self.is_closed, self.pings, self.answers_pings = False, 0, True

    async def close(self, code: int = 1000, reason: str = "") -> None:
        self.is_closed = True

    async def ping(self) -> asyncio.Future[float]:
        self.pings += 1
        pong: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        if self.answers_pings:
            pong.set_result(0.0)
        return pong


class Talk:
    """A conversation that lasts *lasts_s* or until it is closed."""

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s, self._closed = lasts_s, asyncio.Event()
        self.why = "the connection broke"

    async def run(self) -> str:
        try:
            async with asyncio.timeout(self._lasts_s):
                await self._closed.wait()
        except TimeoutError:
            pass
        return self.why

    async def close(self, why: str) -> None:
        self.why = why
        self._closed.set()


class World:
    """What happens at each attempt: an exception, or a Line; at the end of the list, silence."""

    def __init__(self, *events: Any, lasts_s: float = 1000.0) -> None:
        self.events, self.dialled_s, self.states = list(events), [], []
        self.concerns: list[Concern] = []
        self.failures = 0
        self.ping_interval_s, self.rules = 0.0, BackOff(10, 0, 2)
        self.link = Link(
            lambda: TARGET,
            lambda websocket: Talk(lasts_s),
            back_off=lambda: self.rules,
            ping_interval_s=lambda: self.ping_interval_s,
            on_change=self.states.append,
            on_failed=self.fail,
            on_concern=lambda concern, why: self.concerns.append(concern),
            random=lambda: 0.0,
        )

    def fail(self) -> None:
        self.failures += 1

    async def dial(self, target: Target) -> Line:
        self.dialled_s.append(asyncio.get_running_loop().time())
        if not self.events:
            await asyncio.sleep(1e6)
        event = self.events.pop(0)
        if isinstance(event, Exception):
            raise event
        return event


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Return a world whose link runs."""
    running: list[asyncio.Task[None]] = []

    def live(*events: Any, **wishes: Any) -> World:
        world = World(*events, **wishes)
        monkeypatch.setattr("chargepoint.protocol.link.dial", world.dial)
        running.append(asyncio.create_task(world.link.run()))
        return world

    yield live
    for task in running:
        task.cancel()


@pytest.mark.requirement("J 2.0.1 5.3", "J 1.6 errata 3.4")
async def test_every_failure_doubles_the_wait_and_no_failure_ends_it(live: Any):
    world = live(*(refusal(401) for _ in range(100)))

    await asyncio.sleep(10 + 20 + 40 * 50 + 1)

    assert world.dialled_s[:5] == [0, 10, 30, 70, 110]
    assert len(world.dialled_s) == world.failures == 53


@pytest.mark.requirement("A00.FR.316")
async def test_a_concern_is_raised_once_until_a_connection_succeeds(live: Any):
    again = [refusal(401), refusal(403)]
    world = live(*again, Line(), *again, lasts_s=5.0)

    await asyncio.sleep(200)

    assert world.concerns == [Concern.AUTHENTICATION] * 2


@pytest.mark.requirement("J 2.0.1 errata 4.12", "TC_B_57_CS")
async def test_a_connection_that_succeeded_makes_the_wait_short_again(live: Any):
    world = live(LinkError("no"), LinkError("no"), Line(), LinkError("no"), Line(), lasts_s=5.0)

    await asyncio.sleep(100)

    assert world.dialled_s[:5] == [0, 10, 30, 45, 55]


async def test_a_busy_server_is_given_the_time_it_asks_for(live: Any):
    world = live(refusal(503, Retry_After="77"), refusal(429, Retry_After="1"), Line())

    await asyncio.sleep(200)

    assert world.dialled_s == [0, 77, 97]


async def test_changed_rules_hold_from_the_next_wait(live: Any):
    world = live(LinkError("no"), LinkError("no"), Line())
    await asyncio.sleep(1)

    world.rules = BackOff(1, 0, 0)
    await asyncio.sleep(100)

    assert world.dialled_s == [0, 10, 11]


async def test_going_offline_ends_the_wait_and_going_online_dials_at_once(live: Any):
    world = live(LinkError("no"), LinkError("no"), LinkError("no"))
    await asyncio.sleep(15)

    world.link.disconnect()
    await asyncio.sleep(1000)
    assert world.link.state == LinkState(False, why="disconnected by hand")

    world.link.connect()
    await asyncio.sleep(12)
    assert world.dialled_s == [0, 10, 1015, 1025]


async def test_going_offline_ends_an_attempt(live: Any):
    world = live()
    await asyncio.sleep(1)

    world.link.disconnect()
    world.link.disconnect()
    await asyncio.sleep(1)

    assert world.link.state.why == "disconnected by hand"


async def test_going_online_while_online_changes_nothing(live: Any):
    line = Line()
    world = live(line)
    await asyncio.sleep(1)

    world.link.connect()
    await asyncio.sleep(1)

    assert not line.is_closed
    assert world.dialled_s == [0]


async def test_a_changed_target_is_dialled_at_once(live: Any):
    first, second = Line(), Line()
    world = live(first, second)
    await asyncio.sleep(1)

    world.link.redial("new password")
    await asyncio.sleep(0.5)

    assert first.is_closed
    assert world.dialled_s == [0, 1]
    assert [state.why for state in world.states] == [None, "new password", None]


async def test_a_changed_target_does_not_bring_an_offline_link_online(live: Any):
    world = live(Line(), Line())
    await asyncio.sleep(1)
    world.link.disconnect("maintenance")
    await asyncio.sleep(1)

    world.link.redial("new password")
    await asyncio.sleep(1)

    assert world.link.state == LinkState(False, why="maintenance")


async def test_a_cancelled_link_closes_its_connection(live: Any):
    line = Line()
    world = World(line)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chargepoint.protocol.link.dial", world.dial)
        running = asyncio.create_task(world.link.run())
        await asyncio.sleep(1)

        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert line.is_closed


async def test_each_failure_is_one_line_in_the_log(live: Any, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, "chargepoint")
    live(refusal(404))

    await asyncio.sleep(1)

    assert [record.getMessage() for record in caplog.records] == [
        "no connection: the central system does not know this station or this path"
        " (HTTP 404 Not Found)",
        "dialling again in 10.0 s",
    ]


# --- pings -----------------------------------------------------------------------------------


@pytest.mark.requirement("J 1.6 7", "J 2.0.1 8.4")
@pytest.mark.requirement("1.6 9.1.34")
async def test_pings_follow_the_interval_and_its_changes(live: Any):
    line = Line()
    world = live(line, lasts_s=1e6)
    await asyncio.sleep(100)
    assert line.pings == 0

    world.ping_interval_s = 60.0
    await asyncio.sleep(305)
    assert line.pings in (5, 6)

    world.ping_interval_s = 0.0
    pings = line.pings
    await asyncio.sleep(300)
    assert line.pings == pings


async def test_silence_after_a_ping_closes_the_connection(live: Any):
    line = Line()
    world = live(line, Line(), lasts_s=1e6)
    world.ping_interval_s = 60.0
    await asyncio.sleep(61)

    line.answers_pings = False
    await asyncio.sleep(59 + 21)

    assert line.is_closed
    assert world.link.state.why == "no pong within 20 s"
    await asyncio.sleep(11)
    assert world.link.state.connected


async def test_a_negative_interval_is_no_ping():
    line = Line()

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1000):
            await keep_alive(line, lambda: -1.0)

    assert line.pings == 0
