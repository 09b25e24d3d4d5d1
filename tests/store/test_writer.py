"""The awaited store: in order, to the end, with the same words in either form."""

from __future__ import annotations

import asyncio
import threading

import pytest

from chargepoint.core.messages import Batch, SecurityEvent
from chargepoint.errors import StoreError
from chargepoint.store import Inline, Writer


@pytest.fixture(params=[Writer, Inline], ids=["thread", "inline"])
def wrap(request):
    return request.param


async def test_both_forms_do_what_the_store_does(open_store, wrap, event):
    storage = wrap(open_store())

    (first, second) = await storage.commit(Batch(1, durable=(event("a"), event("b"))))
    assert await storage.last_id() == second
    assert await storage.load() == {}
    assert await storage.note_attempt(first) == 1
    assert [entry.id for entry in await storage.pending(1)] == [first]
    await storage.commit(Batch(2, given_up=((first, "why"),)))
    assert await storage.count_pending() == 1
    assert await storage.count_pending(SecurityEvent) == 1
    assert [aside.why for aside in await storage.aside()] == ["why"]
    assert [entry.id for entry in await storage.pending(9)] == [second]
    await storage.close()
    open_store()  # the folder is free


async def test_errors_reach_the_one_who_asked(open_store, wrap):
    store = open_store()
    store._database.execute("PRAGMA query_only = ON")
    storage = wrap(store)

    with pytest.raises(StoreError):
        await storage.commit(Batch(1, changes={("word", "a"): "b"}))
    await storage.close()


async def test_a_slow_disk_does_not_hold_up_the_loop_and_order_is_kept(open_store):
    gate = threading.Event()
    order: list[str] = []

    def on_step(step: str) -> None:
        if step == "begin":
            assert gate.wait(10)

    storage = Writer(open_store(on_step=on_step))

    async def put(word: str) -> None:
        await storage.commit(Batch(1, changes={("word", "a"): word}))
        order.append(word)

    tasks = [asyncio.create_task(put(word)) for word in ("one", "two", "three")]
    await asyncio.sleep(0)
    assert order == []  # and yet we are here
    gate.set()
    await asyncio.gather(*tasks)
    assert order == ["one", "two", "three"]
    await storage.close()


async def test_what_was_asked_is_done_even_when_the_asker_is_gone(open_store):
    gate = threading.Event()

    def on_step(step: str) -> None:
        if step == "begin":
            assert gate.wait(10)

    storage = Writer(open_store(on_step=on_step))
    tasks = [
        asyncio.create_task(storage.commit(Batch(1, changes={("word", word): word})))
        for word in ("one", "two")
    ]
    await asyncio.sleep(0)
    for task in tasks:
        task.cancel()
    gate.set()
    assert all(
        isinstance(result, asyncio.CancelledError)
        for result in await asyncio.gather(*tasks, return_exceptions=True)
    )
    await storage.close()

    assert open_store().load() == {"word": {"one": "one", "two": "two"}}
