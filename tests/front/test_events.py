"""Server-sent events: the same snapshot, whenever it changes, cheaply for many."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import aiohttp
import pytest

from chargepoint.front import app, feed
from chargepoint.front.feed import KEEP_ALIVE, PREAMBLE, Feed


async def next_status(stream: aiohttp.StreamReader) -> dict[str, Any]:
    """Return the next event's status; comments and retry lines are passed over."""
    while True:
        line = await stream.readline()
        assert line, "the stream ended"
        if line.startswith(b"data: "):
            return json.loads(line.removeprefix(b"data: "))


async def test_the_stream_begins_with_what_is_and_goes_on_with_what_changes(http, door):
    async with http.get("/api/v1/events") as answer, http.get("/api/v1/status") as status:
        assert answer.content_type == "text/event-stream"
        assert await next_status(answer.content) == await status.json()

        door.change(mode="solar")
        assert (await next_status(answer.content))["mode"] == "solar"

        door.change_evse(offer_a=6.0)
        assert (await next_status(answer.content))["evses"][0]["offer_a"] == 6.0


async def test_the_stream_ends_when_the_front_stops(http, front, door):
    async with http.get("/api/v1/events") as answer:
        await next_status(answer.content)
        await front.stop()
        assert await answer.content.read() == b"\n"


async def test_there_is_an_end_to_how_many_may_listen(http, monkeypatch):
    monkeypatch.setattr(app, "MAX_LISTENERS", 2)
    async with http.get("/api/v1/events") as one, http.get("/api/v1/events") as two:
        assert (one.status, two.status) == (200, 200)
        async with http.get("/api/v1/events") as three:
            assert three.status == 503
            assert "Retry-After" in three.headers


async def test_a_listener_that_left_makes_room(http, door, monkeypatch):
    monkeypatch.setattr(app, "MAX_LISTENERS", 1)
    monkeypatch.setattr(feed, "KEEP_ALIVE_S", 0.01)
    async with http.get("/api/v1/events") as answer:
        await next_status(answer.content)
    while True:
        async with http.get("/api/v1/events") as answer:
            if answer.status == 200:
                break
        await asyncio.sleep(0)


async def test_a_listener_that_takes_nothing_is_dropped(http, front, door, monkeypatch):
    monkeypatch.setattr(app, "MAX_LISTENERS", 1)
    monkeypatch.setattr(app, "SEND_TIMEOUT_S", 0.05)
    monkeypatch.setattr(feed, "GAP_S", 0.0)
    host, port = front.url.removeprefix("http://").rstrip("/").split(":")
    stuck, writer = await asyncio.open_connection(host, int(port), limit=1024)
    writer.write(b"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    await stuck.readline()

    for number in itertools.count():
        door.change(warnings=(str(number) * 100_000,))
        async with http.get("/api/v1/events") as answer:
            if answer.status == 200:
                break

    writer.close()


def rendered(door: Any) -> Feed:
    return Feed(door, lambda: f"{door.shown.mode} {door.snapshot().station_id}".encode())


async def test_a_hundred_listeners_share_one_rendering_a_change(door):
    one = rendered(door)
    listeners = [one.frames() for _ in range(100)]
    for listener in listeners:
        await anext(listener)
    before = door.renderings

    waiting = [asyncio.ensure_future(anext(listener)) for listener in listeners]
    await asyncio.sleep(0)
    door.change(mode="solar")

    assert set(await asyncio.gather(*waiting)) == {b"data: solar CP001\n\n"}
    # One for the turn that found nothing new, one for the change.
    assert door.renderings - before <= 2
    one.close()


async def test_a_burst_of_changes_is_one_frame_with_the_newest(door):
    one = rendered(door)
    listener = one.frames()
    assert await anext(listener) == PREAMBLE + b"data: smart CP001\n\n"

    waiting = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0)
    for number in range(1000):
        door.change(mode=f"mode{number}")

    assert await waiting == b"data: mode999 CP001\n\n"
    assert door.renderings <= 3
    one.close()


async def test_a_change_and_back_is_no_news(door, monkeypatch):
    monkeypatch.setattr(feed, "GAP_S", 0.0)
    monkeypatch.setattr(feed, "KEEP_ALIVE_S", 0.05)
    one = rendered(door)
    listener = one.frames()
    await anext(listener)
    door.change(mode="smart")
    assert await anext(listener) == KEEP_ALIVE
    one.close()


async def test_a_quiet_stream_says_that_it_lives(door, monkeypatch):
    monkeypatch.setattr(feed, "KEEP_ALIVE_S", 0.01)
    one = rendered(door)
    listener = one.frames()
    await anext(listener)
    assert await anext(listener) == KEEP_ALIVE
    assert await anext(listener) == KEEP_ALIVE
    one.close()


async def test_without_listeners_nothing_is_rendered(door):
    rendered(door)
    for _ in range(10):
        door.change(mode="solar")
        await asyncio.sleep(0)
    assert door.renderings == 0


async def test_a_closed_feed_lets_its_listeners_go(door):
    one = rendered(door)
    listener = one.frames()
    await anext(listener)
    waiting = asyncio.ensure_future(anext(listener))
    await asyncio.sleep(0)
    one.close()
    with pytest.raises(StopAsyncIteration):
        await waiting
